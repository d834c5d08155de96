"""Tempo without pitch, pitch without tempo: a phase vocoder with phases locked to its peaks.

Follows Laroche and Dolson, "Improved phase vocoder time-scale modification of audio" (1999): the
phase of each spectral peak advances by its own frequency, and the bins around a peak keep their
phases relative to it. Pitch is tempo followed by resampling, so any interval is possible.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Samples = NDArray[np.float32]

__all__ = ["shift_pitch", "stretch"]

FRAME, HOP = 2048, 512
TINY = 1e-9


def stretch(samples: Samples, tempo: float) -> Samples:
    """Play faster or slower at the same pitch.

    Args:
        samples: float32, shape (channels, n).
        tempo: 1.05 is five per cent faster, and shorter.

    Returns:
        float32, shape (channels, round(n / tempo)).
    """
    length = round(samples.shape[1] / tempo)
    return np.stack([_stretched(one, tempo, length) for one in samples])


def shift_pitch(samples: Samples, rate: int, semitones: float) -> Samples:
    """Higher or lower at the same tempo.

    Args:
        samples: float32, shape (channels, n).
        rate: of them, in Hz.
        semitones: of equal temperament; need not be whole.

    Returns:
        float32, the same shape.
    """
    import soxr

    ratio = 2.0 ** (semitones / 12)
    slower = stretch(samples, 1 / ratio)
    shifted = soxr.resample(slower.T, rate * ratio, rate, quality="HQ").T
    return _of_length(np.asarray(shifted, np.float32), samples.shape[1])


def _stretched(samples: Samples, tempo: float, length: int) -> Samples:
    if not length or not samples.size:
        return np.zeros(length, np.float32)
    if samples.size < FRAME:
        return np.asarray(
            np.interp(np.linspace(0, max(samples.size - 1, 0), length), *_points(samples)),
            np.float32,
        )
    window = np.hanning(FRAME + 1)[:-1].astype(np.float32)
    padded = np.pad(samples, (FRAME // 2, FRAME + HOP))
    count = length // HOP + 2
    out = np.zeros(count * HOP + FRAME, np.float32)
    weight = np.zeros_like(out)
    last = padded.size - FRAME - HOP
    advance = 2 * np.pi * HOP * np.arange(FRAME // 2 + 1) / FRAME
    phase: NDArray[np.float64] | None = None
    for number in range(count):
        at = min(round(number * HOP * tempo), last)
        now, after = (
            np.fft.rfft(window * padded[start : start + FRAME]) for start in (at, at + HOP)
        )
        if phase is None:
            phase = np.angle(now)
        frame = np.fft.irfft(np.abs(now) * np.exp(1j * phase)).astype(np.float32)
        place = slice(number * HOP, number * HOP + FRAME)
        out[place] += window * frame
        weight[place] += window**2
        phase = _next_phase(phase, now, after, advance)
    # Behind half a frame of padding is the first sample.
    whole = np.asarray(out / np.maximum(weight, 1e-3), np.float32)
    return np.asarray(_of_length(whole[None, FRAME // 2 :], length)[0], np.float32)


def _next_phase(
    phase: NDArray[np.float64],
    now: NDArray[np.complex128],
    after: NDArray[np.complex128],
    advance: NDArray[np.float64],
) -> NDArray[np.float64]:
    """The phases one hop on; each bin follows the peak that is nearest."""
    size = np.abs(after)
    turned = np.angle(after) - np.angle(now) - advance
    turned -= 2 * np.pi * np.round(turned / (2 * np.pi))
    following = phase + advance + turned
    inner = size[1:-1]
    peaks = 1 + np.flatnonzero((inner > size[:-2]) & (inner >= size[2:]) & (inner > TINY))
    if not peaks.size:
        return np.asarray(following)
    borders = (peaks[1:] + peaks[:-1]) // 2
    leader = peaks[np.searchsorted(borders, np.arange(size.size))]
    return np.asarray(following[leader] + np.angle(after) - np.angle(after[leader]))


def _points(samples: Samples) -> tuple[NDArray[np.int64], Samples]:
    return np.arange(samples.size), samples


def _of_length(samples: Samples, length: int) -> Samples:
    """Cut, or filled with silence at the end."""
    missing = length - samples.shape[1]
    return np.pad(samples, ((0, 0), (0, missing))) if missing > 0 else samples[:, :length]
