"""The spectrogram of a window as a small network sees it: five seconds, in decibels."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from detectors.audio.statistics import decibels, inside, power_of

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Reals = NDArray[np.float32]

__all__ = ["SHAPE", "picture"]

STEP = 4
"""Frequencies of the transform that one row takes together: 62.5 Hz."""

SHAPE = (117, 156)
"""Rows from 40 Hz up, and columns of 32 ms."""

MIDDLE, SCALE = -10.0, 20.0


def picture(whole: NDArray[np.complex64]) -> Reals:
    """The middle of a window; shorter ones are repeated.

    Args:
        whole: its spectrum, shape (frames, frequencies).

    Returns:
        float32, shape `SHAPE`; 0 is what is common, 1 stands for 20 dB.
    """
    rows, columns = SHAPE
    power = power_of(inside(whole))[:, : rows * STEP]
    start = max(0, (len(power) - columns) // 2)
    some = power[start : start + columns]
    level = decibels(some.reshape(len(some), rows, STEP).mean(axis=2))
    level = np.resize(level, (columns, rows))
    return np.asarray((level.T - MIDDLE) / SCALE, np.float32)
