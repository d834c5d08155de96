"""Statistics of a stretch of sound that tell speech, music and other sounds apart.

Speech goes in syllables, three to six a second, with pauses, and its pitch glides; music holds
pitches, lies on a scale and repeats its onsets; other sounds do neither. The measures are classic
ones: the modulation of energy around 4 Hz and the share of low-energy frames (Scheirer and Slaney
1997, Houtgast and Steeneken 1985), spectral flux and flatness, cepstra, pitch by autocorrelation,
and how long spectral peaks stand.

Only 250 to 3,500 Hz count, which is what a telephone passes, and loudness does not: what a
recording was stored as tells nothing of its kind. Only numpy is used.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float32]
    Named = Iterator[tuple[str, Floats]]

__all__ = ["RATE", "names", "statistics"]

RATE = 8_000
LOWEST, HIGHEST = 250.0, 3_500.0
"""Hz: nothing outside counts."""

SHORT, SHORT_HOP = 256, 160
MIDDLE, MIDDLE_HOP = 512, 384
LONG, LONG_HOP = 1024, 768
"""Samples of the three views: syllables, pitch, held notes."""

BANDS, CEPSTRA = 20, 12
FLOOR = 1e-6
"""Power, relative to the loudest, under which nothing is heard: 60 dB down."""

MODULATIONS = (0.5, 1.0, 2.0, 4.0, 6.0, 10.0, 16.0, 25.0)
"""Hz: edges of the bands of modulation."""

PAUSE = 25.0
"""Decibels under the loud frames at which there is a pause."""

PITCHES = (70.0, 420.0)
VOICED = 0.5
STEADY = 0.3
"""Semitones that a held note may move in 48 ms."""

PEAK = 8.0
"""Decibels by which a peak stands out of what is around it."""

AROUND = 12

NARROW = 60
"""Bins above which semitones are wide enough to tell how a tone lies between two."""


def statistics(samples: Floats) -> Floats:
    """The statistics of a stretch of sound.

    Args:
        samples: float32, shape (n,), at `RATE`, of a second at least.

    Returns:
        float32, shape (len(names()),).
    """
    whole = np.concatenate([values for _, values in _measured(samples)])
    return np.asarray(np.nan_to_num(whole), np.float32)


@cache
def names() -> tuple[str, ...]:
    """What each statistic is called."""
    noise = np.random.default_rng(0).standard_normal(2 * RATE).astype(np.float32)
    return tuple(
        f"{name}_{place}" if len(values) > 1 else name
        for name, values in _measured(noise)
        for place in range(len(values))
    )


def _measured(samples: Floats) -> Named:
    centred = samples - samples.mean()
    short = _power(centred, SHORT, SHORT_HOP)
    inside = short[:, _band(SHORT)]
    inside = inside / max(float(inside.max(initial=0.0)), 1e-20) + np.float32(FLOOR)
    bands = np.log(inside @ _triangles())
    yield from _cepstra(bands)
    yield from _modulation(bands, inside)
    yield from _energy(inside)
    yield from _change(inside, bands)
    yield from _shape(inside)
    yield from _pitch(_power(centred, MIDDLE, MIDDLE_HOP))
    yield from _tones(_power(centred, LONG, LONG_HOP))


def _cepstra(bands: Floats) -> Named:
    """The outline of the spectrum, and how it moves."""
    cepstra = bands @ _cosines()
    yield "outline", cepstra[:, 1:9].mean(axis=0)
    yield "outline_spread", cepstra.std(axis=0)
    step = cepstra[2:] - cepstra[:-2]
    yield "outline_step", step.std(axis=0)
    yield "outline_ratio", step.std(axis=0) / (cepstra.std(axis=0) + np.float32(1e-3))


def _modulation(bands: Floats, inside: Floats) -> Named:
    """How energy comes and goes, in four parts of the band and in all of it."""
    parts = [bands[:, at : at + 5].mean(axis=1) for at in range(0, BANDS, 5)]
    loud = np.log(inside.sum(axis=1))
    envelopes = np.stack([*parts, loud], axis=1)
    envelopes = envelopes - envelopes.mean(axis=0)
    window = np.hanning(len(envelopes)).astype(np.float32)[:, None]
    size = 512
    power = np.abs(np.fft.rfft(envelopes[:size] * window[:size], size, axis=0)) ** 2
    at = np.fft.rfftfreq(size, SHORT_HOP / RATE)
    edges = np.searchsorted(at, MODULATIONS)
    sums = np.stack([power[low:high].sum(axis=0) for low, high in pairwise(edges)])
    yield "modulation", np.asarray(sums / (sums.sum(axis=0) + 1e-9), np.float32).T.ravel()
    # Syllables move all parts of the band together; instruments do so less.
    moves = envelopes[:, :4] / (envelopes[:, :4].std(axis=0) + np.float32(1e-3))
    matched = moves.T @ moves / len(moves)
    yield "together", matched[np.triu_indices(4, 1)].astype(np.float32)


def _energy(inside: Floats) -> Named:
    """Loud and quiet frames, and pauses."""
    energy = inside.sum(axis=1)
    level = 10 * np.log10(energy)
    loud = float(_quantiles(level, 0.95)[0])
    yield "levels", np.asarray(_quantiles(level, 0.02, 0.1, 0.25, 0.5, 0.75) - loud, np.float32)
    yield "low_energy", _one((np.sqrt(energy) < 0.5 * np.sqrt(energy).mean()).mean())
    paused = level < loud - PAUSE
    starts = np.flatnonzero(np.diff(paused.astype(np.int8)) == 1)
    yield "pauses", _one(len(starts) / len(level))
    yield "paused", _one(paused.mean())
    yield "longest_pause", _one(_longest(paused) / len(level))
    yield "level_spread", _one(level.std())
    rises = np.diff(level)
    yield "rises", np.asarray(_quantiles(rises, 0.02, 0.1, 0.9, 0.98), np.float32)


def _change(inside: Floats, bands: Floats) -> Named:
    """Flux of the spectrum, and whether onsets come at equal times."""
    share = inside / inside.sum(axis=1, keepdims=True)
    flux = np.abs(share[1:] - share[:-1]).sum(axis=1)
    yield "flux", np.asarray([flux.mean(), flux.std(), *_quantiles(flux, 0.1, 0.9)], np.float32)
    onset = np.maximum(bands[1:] - bands[:-1], 0).mean(axis=1)
    onset = onset - onset.mean()
    size = 1 << (2 * len(onset) - 1).bit_length()
    likeness = np.fft.irfft(np.abs(np.fft.rfft(onset, size)) ** 2)[: len(onset)]
    likeness = likeness / (likeness[0] + 1e-9)
    second = RATE / SHORT_HOP
    beats = likeness[int(0.2 * second) : int(1.5 * second)]
    beats = beats if len(beats) else np.zeros(1)
    yield (
        "onsets",
        np.asarray(
            [onset.std(), _skew(onset), beats.max(), beats.std(), np.argmax(beats) / second],
            np.float32,
        ),
    )
    sums = np.cumsum(np.sort(np.maximum(onset, 0))[::-1])
    yield "onset_share", _one(sums[len(sums) // 10] / (sums[-1] + 1e-9))


def _shape(inside: Floats) -> Named:
    """Flatness, centre and width of the spectrum, frame by frame."""
    logs = np.log(inside)
    flat = np.exp(logs.mean(axis=1)) / inside.mean(axis=1)
    yield "flatness", np.asarray([flat.std(), *_quantiles(flat, 0.1, 0.5, 0.9)], np.float32)
    share = inside / inside.sum(axis=1, keepdims=True)
    at = np.linspace(0, 1, inside.shape[1], dtype=np.float32)
    centre = share @ at
    width = np.sqrt(np.maximum(share @ (at * at) - centre * centre, 0))
    yield "centre", np.asarray([centre.mean(), centre.std(), _skew(centre)], np.float32)
    yield "width", np.asarray([width.mean(), width.std()], np.float32)
    crest = inside.max(axis=1) / inside.mean(axis=1)
    yield "crest", np.asarray([np.log(crest).mean(), np.log(crest).std()], np.float32)


def _pitch(power: Floats) -> Named:
    """How voiced frames are, and how their pitch moves: by autocorrelation, frame by frame."""
    held = power[:, _band(MIDDLE)]
    energy = held.sum(axis=1)
    # The root of the power flattens formants, so that the lag is that of the voice.
    likeness = np.sqrt(held) @ _lags()
    low = int(RATE / PITCHES[1])
    likeness = likeness / (likeness[:, :1] + np.float32(1e-20))
    lags = likeness[:, low:]
    best = lags.argmax(axis=1)
    rows = np.arange(len(lags))
    strength = lags[rows, best]
    audible = energy > FLOOR * 100 * energy.max(initial=0.0)
    pitch = 12 * np.log2(RATE / _vertex(likeness, best + low))
    voiced = audible & (strength > VOICED * _quantiles(strength, 0.95)[0])
    yield (
        "voicing",
        np.asarray([strength.std(), *_quantiles(strength, 0.1, 0.25, 0.5, 0.75, 0.9)], np.float32),
    )
    both = voiced[1:] & voiced[:-1]
    step = np.abs(np.diff(pitch))[both]
    step = step if len(step) else np.array([12.0])
    steady = np.zeros(len(pitch), np.bool_)
    steady[1:] = both & (np.abs(np.diff(pitch)) < STEADY)
    yield "voiced", np.asarray([voiced.mean(), both.mean(), steady.mean()], np.float32)
    yield "glides", np.asarray(np.minimum(_quantiles(step, 0.25, 0.5, 0.75), 6), np.float32)
    sliding = (step > STEADY) & (step < 2.0)
    yield "sliding", _one(sliding.mean())
    yield "held_notes", _one(_longest(steady) / len(steady))
    heard = pitch[voiced] if voiced.any() else np.zeros(1)
    yield "range", np.asarray(np.diff(_quantiles(heard, 0.1, 0.5, 0.9)), np.float32)


def _tones(power: Floats) -> Named:
    """Spectral peaks: how many, how sharp, how long they stand, and whether they lie on a scale."""
    inside = power[:, _band(LONG)]
    level = 10 * np.log10(inside / max(float(inside.max(initial=0.0)), 1e-20) + np.float32(FLOOR))
    flat = level - _around(level)
    peaks = np.zeros(flat.shape, np.bool_)
    peaks[:, 1:-1] = (
        (flat[:, 1:-1] > PEAK) & (flat[:, 1:-1] >= flat[:, :-2]) & (flat[:, 1:-1] > flat[:, 2:])
    )
    count = peaks.sum(axis=1)
    yield "peaks", np.asarray([count.mean(), count.std(), (count == 0).mean()], np.float32)
    near = peaks.copy()
    near[:, 1:] |= peaks[:, :-1]
    near[:, :-1] |= peaks[:, 1:]
    total = max(int(peaks.sum()), 1)
    chance = float(near.mean())
    stands = [(peaks[gap:] & near[:-gap]).sum() / total for gap in (1, 2, 4, 8) if gap < len(peaks)]
    stands += [0.0] * (4 - len(stands))
    yield "stands", np.asarray([*stands, *(one - chance for one in stands[1:])], np.float32)
    whole = flat.mean(axis=0)
    yield (
        "lines",
        np.asarray(
            [
                whole.std(),
                _quantiles(whole, 0.98)[0],
                whole.std() / (flat.std() + 1e-3),
                flat.std(),
            ],
            np.float32,
        ),
    )
    across = np.diff(flat, axis=0).std() / (np.diff(flat, axis=1).std() + 1e-3)
    yield "across", _one(across)
    _, at = np.nonzero(peaks)
    first = int(np.flatnonzero(_band(LONG))[0])
    places = 12 * np.log2((at + first) * RATE / LONG / 440.0)
    turns = np.exp(2j * np.pi * places)[at + first > NARROW]
    yield "scale", _one(np.abs(turns.mean()) if len(turns) else 0.0)
    notes = np.bincount(np.mod(np.round(places), 12).astype(np.intp), minlength=12) / total
    yield "notes", np.asarray([notes.max(), -(notes * np.log(notes + 1e-6)).sum()], np.float32)


def _power(samples: Floats, size: int, hop: int) -> Floats:
    """Power of overlapping frames, shape (frames, size // 2 + 1)."""
    if len(samples) < size:
        samples = np.pad(samples, (0, size - len(samples)))
    frames = np.lib.stride_tricks.sliding_window_view(samples, size)[::hop]
    spectrum = np.fft.rfft(frames * _hann(size), axis=1)
    return np.asarray(spectrum.real**2 + spectrum.imag**2, np.float32)


def _around(level: Floats) -> Floats:
    """What lies around each frequency, by running means."""
    wide = np.pad(level, ((0, 0), (AROUND + 1, AROUND)), mode="edge").cumsum(axis=1)
    return np.asarray((wide[:, 2 * AROUND + 1 :] - wide[:, : -2 * AROUND - 1]) / (2 * AROUND + 1))


def _vertex(rows: Floats, place: NDArray[np.intp]) -> NDArray[np.float64]:
    """The top of the parabola through the highest value of each row and those beside it."""
    at = np.clip(place, 1, rows.shape[1] - 2)
    every = np.arange(len(rows))
    left, mid, right = (rows[every, at + by].astype(np.float64) for by in (-1, 0, 1))
    bend = left - 2 * mid + right
    with np.errstate(divide="ignore", invalid="ignore"):
        shift = np.where(bend < 0, 0.5 * (left - right) / bend, 0.0)
    return np.asarray(at + np.clip(shift, -0.5, 0.5), np.float64)


def _quantiles(values: NDArray[np.floating], *shares: float) -> NDArray[np.floating]:
    """The values that stand at these shares of the way, from the least to the most."""
    ordered = np.sort(values)
    return ordered[[round(share * (len(ordered) - 1)) for share in shares]]


def _longest(held: NDArray[np.bool_]) -> int:
    """Length of the longest run."""
    edges = np.flatnonzero(np.diff(np.concatenate([[0], held.astype(np.int8), [0]])))
    return int((edges[1::2] - edges[::2]).max(initial=0))


def _skew(values: NDArray[np.floating]) -> float:
    far = values - values.mean()
    return float((far**3).mean() / ((far**2).mean() ** 1.5 + 1e-9))


def _one(value: float | np.floating) -> Floats:
    return np.array([value], np.float32)


@cache
def _hann(size: int) -> Floats:
    return np.hanning(size + 1)[:-1].astype(np.float32)


@cache
def _band(size: int) -> NDArray[np.bool_]:
    at = np.fft.rfftfreq(size, 1 / RATE)
    return np.asarray((at >= LOWEST) & (at <= HIGHEST))


@cache
def _triangles() -> Floats:
    """Bands that overlap by half, equally wide in mel (O'Shaughnessy 1987)."""
    low, high = (2595 * np.log10(1 + one / 700) for one in (LOWEST, HIGHEST))
    centres = 700 * (10 ** (np.linspace(low, high, BANDS + 2) / 2595) - 1)
    at = np.fft.rfftfreq(SHORT, 1 / RATE)[_band(SHORT)][:, None]
    up = (at - centres[:-2]) / (centres[1:-1] - centres[:-2])
    down = (centres[2:] - at) / (centres[2:] - centres[1:-1])
    held = np.maximum(np.minimum(up, down), 0)
    return np.asarray(held / held.sum(axis=0), np.float32)


@cache
def _lags() -> Floats:
    """What turns a spectrum into its autocorrelation, up to the lag of the lowest pitch."""
    at = np.fft.rfftfreq(MIDDLE, 1 / RATE)[_band(MIDDLE)][:, None]
    lags = np.arange(int(RATE / PITCHES[0]) + 2) / RATE
    return np.asarray(np.cos(2 * np.pi * at * lags), np.float32)


@cache
def _cosines() -> Floats:
    order = np.arange(CEPSTRA)
    at = (np.arange(BANDS)[:, None] + 0.5) / BANDS
    return np.asarray(np.cos(np.pi * order * at) * np.sqrt(2 / BANDS), np.float32)
