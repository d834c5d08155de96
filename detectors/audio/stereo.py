"""Statistics of what differs between two channels of a window of sound.

Recordings and mixes are spread over the channels by rooms, microphones and panning; generators
make both channels at once, and what differs between them often has another texture. One channel
is measured as two that are alike.
"""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Any

import numpy as np

from detectors.audio.levelling import RATE
from detectors.audio.statistics import (
    TINY,
    banded,
    broad_edges,
    called,
    decibels,
    inside,
    power_of,
    spectrum,
    texture,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    Reals = NDArray[np.float32]
    Complexes = NDArray[np.complex64]

__all__ = ["names", "stereo"]

BLOCK = 8
"""Frames over which channels are compared: a quarter of a second."""


def stereo(samples: Reals) -> Reals:
    """The statistics of the channels of one window.

    Args:
        samples: float32, shape (1, n) or (2, n), levelled, at 16 kHz; a second or more.

    Returns:
        float32, shape (len(names()),).
    """
    return np.concatenate([values for _, values in _measured(samples)]).astype(np.float32)


@cache
def names() -> tuple[str, ...]:
    """What each statistic is called."""
    noise = np.random.default_rng(0).standard_normal((2, 4 * RATE)).astype(np.float32)
    return called(_measured(noise))


def _measured(samples: Reals) -> Iterator[tuple[str, Reals]]:
    left, right = (inside(spectrum(one)) for one in (samples[0], samples[-1]))
    side = power_of((left - right) / 2)
    yield from _spread(power_of((left + right) / 2), side)
    yield from _together(left, right)
    for name, values in texture(side, decibels(side)):
        yield f"side_{name}", values


def _spread(middle: Reals, side: Reals) -> Iterator[tuple[str, Reals]]:
    """How loud what differs is against what is shared, in broad bands."""
    edges = broad_edges()
    width = np.diff(edges).astype(np.float32)
    summed = [np.add.reduceat(power, edges[:-1], axis=1) for power in (side, middle)]
    loud = [decibels(np.asarray(one[:, : len(width)] / width, np.float32)) for one in summed]
    difference = loud[0] - loud[1]
    yield "wide", difference.mean(axis=0)
    yield "wide_spread", difference.std(axis=0)


def _together(left: Complexes, right: Complexes) -> Iterator[tuple[str, Reals]]:
    """How alike the channels are, frequency by frequency, over a quarter of a second."""
    edges = broad_edges()
    crossed = left * np.conj(right)
    scale = np.sqrt(_blocks(power_of(left)) * _blocks(power_of(right))) + TINY
    mean = _blocks(crossed)
    size = np.abs(mean) / scale
    yield "coherent", banded(size.mean(axis=0), edges)
    yield "coherent_spread", banded(size.std(axis=0), edges)
    alike = mean.real / scale
    yield "alike", banded(alike.mean(axis=0), edges)
    yield "alike_spread", banded(alike.std(axis=0), edges)
    turned = np.abs(mean.imag) / (np.abs(mean) + TINY)
    yield "turned", banded(turned.mean(axis=0), edges)


def _blocks(rows: Any) -> Any:
    """Sums of frames, a quarter of a second at a time."""
    frames = max(len(rows) // BLOCK * BLOCK, BLOCK)
    return np.add.reduceat(rows[:frames], np.arange(0, frames, BLOCK), axis=0)
