"""One band and one loudness for all recordings, before anything is measured.

What a recording was stored as tells who stored it and not who made it: sampling rates and codecs
cut off above some frequency, and masters differ in loudness. All are therefore brought to 16 kHz,
nothing above 7.4 kHz counts (`detectors.audio.spectra`), and each window is brought to one
loudness. What is too quiet is not raised: it would be its noise that is judged.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Samples = NDArray[np.float32]

__all__ = ["HIGHEST", "QUIET", "RATE", "SECONDS", "bandwidth", "is_quiet", "levelled"]

RATE = 16_000
SECONDS = 10.0
HIGHEST = 7_400.0
"""Hz: no frequency above counts."""

LOUDNESS = 0.1
"""Root mean square to which windows are brought, full scale being 1."""

QUIET = 10 ** (-50 / 20)
"""Root mean square under which a window is too quiet to judge."""

FLOOR = 1e-7
"""Power under which a band is empty, relative to the loudest."""


def levelled(samples: Samples) -> Samples:
    """A window at one loudness, without offset.

    Args:
        samples: float32, shape (n,) or (channels, n), at `RATE`.
    """
    centred = samples - samples.mean(axis=-1, keepdims=True)
    power = float(np.sqrt(np.mean(np.square(centred, dtype=np.float64)))) if centred.size else 0.0
    return np.asarray(centred * np.float32(LOUDNESS / max(power, QUIET)), np.float32)


def is_quiet(samples: Samples) -> bool:
    """Whether a window, not yet levelled, is too quiet to judge."""
    return not samples.size or float(np.sqrt(np.mean(np.square(samples)))) < QUIET


def bandwidth(power: NDArray[np.float32], frequencies: NDArray[np.float64]) -> float:
    """The highest frequency that holds anything, in Hz.

    Args:
        power: mean over a work, one value a frequency.
        frequencies: in Hz.
    """
    held = np.flatnonzero(power > FLOOR * float(power.max(initial=0.0)))
    return float(frequencies[held[-1]]) if held.size else 0.0
