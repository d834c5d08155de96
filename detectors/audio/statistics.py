"""Statistics of a window of sound: how its energy lies in frequency and time, and its phases.

None looks for peaks of a mean spectrum, which is what patent applications of 2024 describe. Each is
a mean over frames of something local: how noise-like the bands are, how steady, how they rise and
fall, how phases run on. Only numpy is used, for training and serving alike.
"""

from __future__ import annotations

from functools import cache
from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np

from detectors.audio.levelling import HIGHEST, RATE

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from numpy.typing import NDArray

    Reals = NDArray[np.float32]
    Complexes = NDArray[np.complex64]
    Named = tuple[str, Reals]

__all__ = [
    "BROAD",
    "FRAME",
    "TINY",
    "banded",
    "broad_edges",
    "called",
    "decibels",
    "inside",
    "names",
    "power_of",
    "spectrum",
    "statistics",
    "texture",
]

FRAME, HOP = 1024, 512
SHORT, SHORT_HOP = 256, 128
LONG, LONG_HOP = 4096, 2048
LOWEST = 40.0
BROAD = (40.0, 200.0, 400.0, 800.0, 1600.0, 2800.0, 4200.0, 5800.0, HIGHEST)
"""Edges in Hz of the broad bands."""

NARROW = 24
MODULATIONS = (0.25, 1.0, 2.0, 4.0, 8.0, 12.0, 15.6)
"""Edges in Hz of the rates at which loudness changes."""

TINY = np.float32(1e-10)
FLOOR = np.float32(1e-5)
"""Power added to what is turned into decibels: some 55 dB under that of white noise."""


def spectrum(samples: Reals, frame: int = FRAME, hop: int = HOP) -> Complexes:
    """Short-time Fourier transform with Hann windows, shape (frames, frame // 2 + 1)."""
    if samples.size < frame:
        samples = np.pad(samples, (0, frame - samples.size))
    cut = np.lib.stride_tricks.sliding_window_view(samples, frame)[::hop]
    return np.asarray(np.fft.rfft(cut * _window(frame), axis=1), np.complex64)


def statistics(samples: Reals, whole: Complexes | None = None) -> Reals:
    """The statistics of one window.

    Args:
        samples: float32, shape (n,), levelled, at 16 kHz; a second or more.
        whole: its `spectrum`, where that is known.

    Returns:
        float32, shape (len(names()),).
    """
    found = _measured(samples, spectrum(samples) if whole is None else whole)
    return np.concatenate([values for _, values in found]).astype(np.float32)


@cache
def names() -> tuple[str, ...]:
    """What each statistic is called."""
    noise = np.random.default_rng(0).standard_normal(4 * RATE).astype(np.float32)
    return called(_measured(noise, spectrum(noise)))


def called(found: Iterable[Named]) -> tuple[str, ...]:
    """What each value is called: those that come several at once are numbered."""
    return tuple(
        f"{name}_{place}" if len(values) > 1 else name
        for name, values in found
        for place in range(len(values))
    )


def inside(whole: Complexes) -> Complexes:
    """The part of a spectrum that counts: see `levelling`."""
    return whole[:, _bin(LOWEST, FRAME) : _bin(HIGHEST, FRAME)]


def broad_edges() -> NDArray[np.intp]:
    """Where the broad bands begin and end, in columns of what is inside."""
    return _edges(BROAD, FRAME, _bin(LOWEST, FRAME))


def texture(power: Reals, level: Reals) -> Iterator[Named]:
    """Fine structure in frequency and in time, and how like noise it is.

    Args:
        power: float32, shape (frames, frequencies), of what is `inside`.
        level: the same in decibels.
    """
    edges = broad_edges()
    yield from _across(level, edges)
    yield from _along(level, edges)
    yield from _noise(power, edges)


def _measured(samples: Reals, whole: Complexes) -> Iterator[Named]:
    heard = inside(whole)
    power = power_of(heard)
    level, edges = decibels(power), broad_edges()
    yield from _loudness(power)
    yield from _shape(power, level, edges)
    yield from texture(power, level)
    yield from _phases(heard, power, edges)
    yield from _fast(samples)
    yield from _slow(samples)


def _loudness(power: Reals) -> Iterator[Named]:
    """Of narrow bands: mean, spread, and how far quiet and loud moments lie from the middle."""
    narrow = decibels(power @ _narrow())
    mean = narrow.mean(axis=0)
    yield "level", mean - mean.mean()
    yield "spread", narrow.std(axis=0)
    quiet, middle, loud = np.percentile(narrow, (5, 50, 95), axis=0).astype(np.float32)
    yield "quiet", quiet - middle
    yield "loud", loud - middle
    yield "least", narrow.min(axis=0) - middle
    steps = np.diff(narrow, axis=0)
    yield "steps", steps.std(axis=0)
    yield "narrow_skew", _skew(narrow)
    around = narrow - mean
    scale = np.sqrt(np.square(around).mean(axis=0)) + TINY
    near = (around[:, 1:] * around[:, :-1]).mean(axis=0) / (scale[1:] * scale[:-1])
    yield "neighbours", near


def _shape(power: Reals, level: Reals, edges: NDArray[np.intp]) -> Iterator[Named]:
    """Of broad bands: how flat, how peaked, and how fast their loudness changes."""
    width = np.asarray(np.diff(edges), np.float32)
    energy = np.add.reduceat(power, edges[:-1], axis=1)[:, : len(width)]
    summed = np.add.reduceat(level, edges[:-1], axis=1)[:, : len(width)]
    flat = summed / width - decibels(np.asarray(energy / width, np.float32))
    yield "flat", flat.mean(axis=0)
    yield "flat_spread", flat.std(axis=0)
    peaked = np.maximum.reduceat(level, edges[:-1], axis=1)[:, : len(width)] - summed / width
    yield "peaked", peaked.mean(axis=0)
    yield "peaked_spread", peaked.std(axis=0)
    loud = decibels(energy)
    loud -= loud.mean(axis=0)
    size = 512
    changes = np.square(np.abs(np.fft.rfft(loud * _window(len(loud))[:, None], size, axis=0)))
    at = np.fft.rfftfreq(size, HOP / RATE)
    bands = [
        changes[(at >= slow) & (at < fast)].sum(axis=0) for slow, fast in pairwise(MODULATIONS)
    ]
    rates = np.stack(bands)
    rates = rates / (rates.sum(axis=0) + 1e-6)
    yield "rates", np.log(rates + 1e-4).astype(np.float32).ravel()
    places = np.arange(power.shape[1], dtype=np.float32) / power.shape[1]
    total = power.sum(axis=1) + TINY
    centre = power @ places / total
    yield "centre", _moments(centre)
    share = np.cumsum(power, axis=1)
    roll = (share < 0.85 * share[:, -1:]).mean(axis=1, dtype=np.float32)
    yield "roll", _moments(roll)
    root = np.sqrt(power)
    root /= np.linalg.norm(root, axis=1, keepdims=True) + TINY
    yield "flux", _moments(np.square(np.diff(root, axis=0)).sum(axis=1))


def _across(level: Reals, edges: NDArray[np.intp]) -> Iterator[Named]:
    """Fine structure in frequency: how a level differs from those of the next frequencies."""
    step = np.diff(level, axis=1)
    yield "across", np.sqrt(banded(np.square(step).mean(axis=0), edges))
    yield "across_rough", banded(np.abs(step).mean(axis=0), edges)
    wide = level[:, 8:] - level[:, :-8]
    yield "across_wide", np.sqrt(banded(np.square(wide).mean(axis=0), edges))
    variance = np.square(step).mean(axis=0) + TINY
    near = (step[:, 1:] * step[:, :-1]).mean(axis=0) / variance[1:]
    yield "across_next", banded(near, edges)
    after = (step[:, 2:] * step[:, :-2]).mean(axis=0) / variance[2:]
    yield "across_after", banded(after, edges)


def _along(level: Reals, edges: NDArray[np.intp]) -> Iterator[Named]:
    """Fine structure in time: how a level differs from that of the next frames."""
    step = np.diff(level, axis=0)
    square = np.square(step)
    second = square.mean(axis=0) + TINY
    yield "along", np.sqrt(banded(second, edges))
    yield "along_skew", banded((square * step).mean(axis=0) / second**1.5, edges)
    yield "along_tails", banded(np.square(square).mean(axis=0) / second**2, edges)
    yield "along_next", banded((step[1:] * step[:-1]).mean(axis=0) / second, edges)
    yield "along_after", banded((step[2:] * step[:-2]).mean(axis=0) / second, edges)
    yield "along_across", banded((step[:, 1:] * step[:, :-1]).mean(axis=0) / second[1:], edges)
    middle = np.median(level[::4], axis=0)
    yield "rises", banded((level[::4] > middle + 6).mean(axis=0, dtype=np.float32), edges)


def _phases(inside: Complexes, power: Reals, edges: NDArray[np.intp]) -> Iterator[Named]:
    """How phases run on, in time and in frequency; of what is louder than its band's mean."""
    unit = inside / (np.sqrt(power) + TINY)
    counts = power > power.mean(axis=0)
    for name, low, mid, high, heard in (
        ("phase_time", unit[:-2], unit[1:-1], unit[2:], counts[1:-1]),
        ("phase_frequency", unit[:, :-2], unit[:, 1:-1], unit[:, 2:], counts[:, 1:-1]),
    ):
        turned = high * np.conj(mid) * np.conj(mid) * low
        number = heard.sum(axis=0) + 1
        real = np.where(heard, turned.real, 0).sum(axis=0) / number
        size = np.where(heard, np.square(turned.real), 0).sum(axis=0) / number
        yield f"{name}_steady", banded(real.astype(np.float32), edges)
        yield f"{name}_square", banded(size.astype(np.float32), edges)


def _noise(power: Reals, edges: NDArray[np.intp]) -> Iterator[Named]:
    """How like noise: over a quarter of a second, the mean amplitude against the mean power."""
    frames = len(power) // 8 * 8
    blocks = power[:frames].reshape(-1, 8, power.shape[1])
    mean = blocks.mean(axis=1) + TINY
    ratio = np.sqrt(blocks).mean(axis=1) / np.sqrt(mean)
    yield "noise", banded(ratio.mean(axis=0), edges)
    yield "noise_spread", banded(ratio.std(axis=0), edges)
    tails = np.square(blocks).mean(axis=1) / np.square(mean)
    yield "noise_tails", banded(tails.mean(axis=0), edges)


def _fast(samples: Reals) -> Iterator[Named]:
    """Attacks: how loudness rises and falls within hundredths of a second."""
    power = power_of(spectrum(samples, SHORT, SHORT_HOP))
    edges = np.array([_bin(edge, SHORT) for edge in (100.0, 800.0, 2000.0, 4200.0, HIGHEST)])
    energy = np.add.reduceat(power, edges, axis=1)[:, : len(edges) - 1]
    loud = decibels(energy)
    step = np.diff(loud, axis=0)
    yield "fast", step.std(axis=0)
    yield "fast_skew", _skew(step)
    yield "fast_tails", _tails(step)
    yield "fast_most", np.percentile(step, 99, axis=0).astype(np.float32)
    yield "fast_least", np.percentile(step, 1, axis=0).astype(np.float32)
    scale = np.square(step).mean(axis=0) + TINY
    for lag in (1, 2, 4, 8):
        yield f"fast_again_{lag}", (step[lag:] * step[:-lag]).mean(axis=0) / scale
    around = step - step.mean(axis=0)
    together = around.T @ around / len(around)
    root = np.sqrt(np.diag(together)) + TINY
    yield "fast_together", (together / np.outer(root, root))[np.triu_indices(4, 1)]


def _slow(samples: Reals) -> Iterator[Named]:
    """Tones: how sharp, in frames of a quarter of a second."""
    low, high = _bin(LOWEST, LONG), _bin(HIGHEST, LONG)
    power = power_of(spectrum(samples, LONG, LONG_HOP)[:, low:high])
    edges = _edges(BROAD, LONG, low)
    width = np.diff(edges)
    energy = np.add.reduceat(power, edges[:-1], axis=1)[:, : len(width)] + TINY
    share = power / np.repeat(energy, width, axis=1)[:, : power.shape[1]]
    entropy = -np.add.reduceat(share * np.log(share + TINY), edges[:-1], axis=1)
    entropy = entropy[:, : len(width)] / np.log(width)
    yield "tones", entropy.mean(axis=0)
    yield "tones_spread", entropy.std(axis=0)
    level = decibels(power)
    step = np.diff(level, axis=1)
    yield "tones_across", np.sqrt(banded(np.square(step).mean(axis=0), edges))
    along = np.diff(level, axis=0)
    yield "tones_along", np.sqrt(banded(np.square(along).mean(axis=0), edges))


def power_of(values: Complexes) -> Reals:
    """Power of each value."""
    return np.asarray(np.square(values.real) + np.square(values.imag), np.float32)


def decibels(power: Reals) -> Reals:
    """Power in decibels, over a floor."""
    return np.asarray(np.float32(10 / np.log(10)) * np.log(power + FLOOR), np.float32)


def _moments(values: Reals) -> Reals:
    """Mean, spread and skew of a row."""
    return np.array([values.mean(), values.std(), _skew(values[:, None])[0]], np.float32)


def _skew(columns: Reals) -> Reals:
    around = columns - columns.mean(axis=0)
    square = np.square(around)
    return np.asarray(
        (square * around).mean(axis=0) / (square.mean(axis=0) + TINY) ** 1.5, np.float32
    )


def _tails(columns: Reals) -> Reals:
    square = np.square(columns - columns.mean(axis=0))
    return np.asarray(
        np.square(square).mean(axis=0) / (np.square(square.mean(axis=0)) + TINY), np.float32
    )


def banded(row: Reals, edges: NDArray[np.intp]) -> Reals:
    """The mean of a row, which may lack a value or two at its end, in each band."""
    inside = np.minimum(edges, len(row))
    summed = np.add.reduceat(row, inside[:-1])
    return np.asarray(summed / np.maximum(np.diff(inside), 1), np.float32)


def _bin(frequency: float, frame: int) -> int:
    return round(frequency * frame / RATE)


def _edges(bands: tuple[float, ...], frame: int, low: int) -> NDArray[np.intp]:
    return np.array([max(_bin(one, frame) - low, 0) for one in bands], np.intp)


@cache
def _window(length: int) -> Reals:
    return np.hanning(length + 1)[:-1].astype(np.float32)


@cache
def _narrow() -> Reals:
    """Triangles evenly spaced on the mel scale, shape (frequencies, bands)."""
    low, high = _bin(LOWEST, FRAME), _bin(HIGHEST, FRAME)
    at = np.arange(low, high) * RATE / FRAME
    mel = 2595 * np.log10(1 + np.array([LOWEST, HIGHEST]) / 700)
    points = 700 * (10 ** (np.linspace(mel[0], mel[1], NARROW + 2) / 2595) - 1)
    rising = (at[:, None] - points[:-2]) / (points[1:-1] - points[:-2])
    falling = (points[2:] - at[:, None]) / (points[2:] - points[1:-1])
    triangles = np.maximum(np.minimum(rising, falling), 0)
    nearest = np.abs(at[:, None] - points[1:-1]).argmin(axis=0)
    triangles[nearest, np.arange(NARROW)] = np.maximum(
        triangles[nearest, np.arange(NARROW)], 0.1
    )  # the lowest bands may lie between two frequencies
    return np.asarray(triangles / triangles.sum(axis=0), np.float32)
