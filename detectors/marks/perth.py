"""PerTh, the inaudible mark in speech by Resemble AI and by the free Chatterbox model.

The mark has no payload: a small network says whether it is there. This is that network in numpy:
the magnitudes of a short-time Fourier transform (32 kHz, Hann window of 2048 samples every 320),
their 128 lowest bands, seven convolutions along time. Two of the published decoder's three
branches give the same number for any sound, so they are four constants here. Weights are float16;
`tools/convert_perth.py` took them out of the published wheel (MIT, see NOTICE).

The published rule, one mean over the clip against a half, takes music and low pure tones for
marked. Here every window of five seconds must be marked clearly, through most of its frames, and
the sound must not be a few pure tones. What remains is told with the figures of `measured.json`.

Measured, hits on speech as it was marked: 29 of 30 marked works found, 1 false alarms in 178 human
works; the rest stands in `measured.json`.
"""

from __future__ import annotations

import hashlib
import io
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    Floats = NDArray[np.float32]

__all__ = ["RATE", "WEIGHTS_SHA256", "Reading", "is_marked", "read"]

RATE = 32_000
"""Samples a second of what is read."""

WEIGHTS_SHA256 = "8591fa10b0a4adea4f8a6f73c317bfb12d2cebea1ce3288e0b6a39e9e1326cfb"

FFT, HOP, BANDS = 2048, 320, 128
FLOOR, HEADROOM = 1e-9, 15.0
QUIET = 0.05
LEAK = 0.01
DEAD_MARKS = (0.061995614, 0.037017163)
DEAD_ATTENTION = (-0.044741601, -0.079214565)

SCORE = 0.9
"""Least score of a marked window."""
STEADY = 4.0
"""Least 20 % quantile, over the frames, of what the network says of each: 6 where it is marked."""
SPREAD = 0.25
"""Least share of the bands within 50 dB of the strongest, in the median frame."""


@dataclass(frozen=True, slots=True)
class Reading:
    """What the network says of one window.

    Attributes:
        score: as the published decoder gives it, 0 to 1 by and large.
        steady: the 20 % quantile over frames of its answer for each frame.
        spread: share of the bands within 50 dB of the strongest, in the median frame.
    """

    score: float
    steady: float
    spread: float


SILENCE = Reading(0.0, 0.0, 0.0)


def is_marked(readings: Sequence[Reading]) -> bool:
    """Whether every window is clearly marked."""
    return bool(readings) and all(
        one.score >= SCORE and one.steady >= STEADY and one.spread >= SPREAD for one in readings
    )


def read(samples: Floats) -> Reading:
    """The decoder's answer for one window.

    Args:
        samples: float32, shape (n,), mono at `RATE`, in [-1, 1]; at least `FFT` samples.
    """
    levels = spectrum(samples)
    loudness = levels.sum(axis=0)
    heard = loudness > QUIET * loudness.max()
    if not heard.any():
        return SILENCE
    answers, attention = network(levels[:BANDS])
    mark, weight = float(answers[heard].mean()), float(attention[heard].mean())
    weights = np.exp(np.array([DEAD_ATTENTION[0], weight, DEAD_ATTENTION[1]]))
    score = float(np.dot(weights / weights.sum(), [DEAD_MARKS[0], mark, DEAD_MARKS[1]]))
    return Reading(score, float(np.quantile(answers[heard], 0.2)), spread(levels[:BANDS, heard]))


def spectrum(samples: Floats) -> Floats:
    """Magnitudes in decibels, scaled: float32, shape (1025, frames)."""
    padded = np.pad(samples.astype(np.float32), FFT // 2, mode="reflect")
    frames = np.lib.stride_tricks.sliding_window_view(padded, FFT)[::HOP]
    window = (0.5 - 0.5 * np.cos(2 * np.pi * np.arange(FFT) / FFT)).astype(np.float32)
    magnitudes = np.abs(np.fft.rfft(frames * window, axis=1)).T
    floor = 20 * np.log10(FLOOR)
    decibels = 20 * np.log10(np.maximum(magnitudes, FLOOR))
    return np.asarray((decibels - floor) / (HEADROOM - floor), np.float32)


def network(levels: Floats) -> tuple[Floats, Floats]:
    """What the living branch says of each frame: the mark, and how much it is to be heeded."""
    weights = load()
    now = levels
    for layer in range(7):
        now = _convolve(now, weights[f"{layer}.weight"], weights[f"{layer}.bias"])
        if layer < 6:
            now = np.maximum(now, LEAK * now)
    return now[1], now[0]


def _convolve(levels: Floats, weight: Floats, bias: Floats) -> Floats:
    taps = weight.shape[2]
    frames = levels.shape[1]
    padded = np.pad(levels, ((0, 0), (taps // 2, taps // 2)))
    total = bias[:, None] + weight[:, :, 0] @ padded[:, :frames]
    for tap in range(1, taps):
        total += weight[:, :, tap] @ padded[:, tap : tap + frames]
    return total


def spread(levels: Floats) -> float:
    """See `Reading.spread`; 50 dB in the scale of `spectrum`."""
    near = 50 / (HEADROOM - 20 * np.log10(FLOOR))
    within = levels >= levels.max(axis=0) - near
    return float(np.median(within.mean(axis=0)))


@cache
def load() -> dict[str, Floats]:
    """The weights, once their digest was found right.

    Raises:
        ValueError: the file is not the one this was written for.
    """
    data = files("detectors.marks").joinpath("weights/perth.npz").read_bytes()
    if hashlib.sha256(data).hexdigest() != WEIGHTS_SHA256:
        raise ValueError("the weights of the PerTh decoder are damaged")
    with np.load(io.BytesIO(data), allow_pickle=False) as held:
        return {name: np.ascontiguousarray(held[name].astype(np.float32)) for name in held.files}
