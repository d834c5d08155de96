"""What a detection rests on, drawn for people: the local scores, over the work itself.

A spectrogram with the windows that were scored, a heat map over a picture, the passages of a text.
What is drawn is `Detection.where` and nothing else: no score is computed here. The work comes
decoded, from a sandboxed worker. Drawn by matplotlib (extra `train`); names and texts of strangers
are never read as mark-up.
"""

from __future__ import annotations

import html
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING, Any, Literal

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from provenance.evidence import Detection, Where

__all__ = ["Marked", "marked_passages", "passages_html", "picture_heat", "sound_windows"]

Format = Literal["svg", "png"]

FRAME = 1024
MOST_COLUMNS, MOST_ROWS, MOST_SIDE = 900, 256, 900
DYNAMIC = 80.0
"""Decibels below the loudest that are shown."""


@dataclass(frozen=True, slots=True)
class Marked:
    """A stretch of a text.

    Attributes:
        start, end: characters of the text.
        text: what stands there.
        score: of it, None where nothing was scored.
        strength: 0 to 1, how high that is among the scores of this text.
    """

    start: int
    end: int
    text: str
    score: float | None
    strength: float


def sound_windows(
    detection: Detection,
    samples: NDArray[np.float32],
    rate: int,
    *,
    title: str = "",
    format_: Format = "svg",
) -> bytes:
    """A spectrogram with the windows that were scored below it.

    Args:
        detection: of the recording; its places are in seconds.
        samples: float32, shape (n,) or (channels, n).
        rate: of them, in Hz.
        title: above it.
        format_: `svg` or `png`.

    Raises:
        EngineError: matplotlib is not installed.
    """
    from detectors.evaluation.plots import draw

    mono = samples.mean(axis=0) if samples.ndim == 2 else samples
    seconds = max(len(mono) / rate, 1e-3)
    levels = _spectrogram(np.asarray(mono, np.float32))
    windows = [
        (one.range, one.score) for one in detection.where if one.unit == "second" and one.range
    ]
    strengths = _strengths([score for _, score in windows])

    def paint(axes: Any) -> None:
        top = rate / 2000
        extent = (0.0, seconds, 0.0, top)
        axes.imshow(levels, origin="lower", aspect="auto", extent=extent, cmap="Greys")
        for (place, score), strength in zip(windows, strengths, strict=True):
            start, end = (min(max(float(one), 0.0), seconds) for one in place)
            axes.axvspan(start, end, ymin=0, ymax=0.06, color=_colour(strength), lw=0.5, ec="0.2")
            axes.axvspan(start, end, color=_colour(strength), alpha=0.18 * strength, lw=0)
            if score is not None and len(windows) <= 24:
                axes.text((start + end) / 2, 0.08 * top, f"{score:.2f}", ha="center", fontsize=6)
        axes.set(xlim=(0, seconds), ylim=(0, top), xlabel="s", ylabel="kHz")

    return draw(title, paint, wide=8.0, high=3.2, format_=format_)


def picture_heat(
    detection: Detection,
    pixels: NDArray[np.uint8],
    *,
    title: str = "",
    format_: Format = "png",
) -> bytes:
    """A picture with its scored boxes as heat over it; where boxes overlap, their mean.

    Args:
        detection: of the picture; its boxes are left, top, right, bottom, in pixels.
        pixels: uint8, shape (rows, columns, 3).
        title: above it.
        format_: `svg` or `png`.

    Raises:
        EngineError: matplotlib is not installed.
    """
    from detectors.evaluation.plots import draw

    rows, columns = pixels.shape[:2]
    step = max(1, -(-max(rows, columns) // MOST_SIDE))
    small = pixels[::step, ::step]
    boxes = [(one.box, one.score) for one in detection.where if one.unit == "pixel" and one.box]
    strengths = _strengths([score for _, score in boxes])
    heat = np.zeros(small.shape[:2])
    count = np.zeros(small.shape[:2])
    for (box, _), strength in zip(boxes, strengths, strict=True):
        left, top, right, bottom = (round(max(0.0, float(edge)) / step) for edge in box)
        heat[top : max(bottom, top + 1), left : max(right, left + 1)] += strength
        count[top : max(bottom, top + 1), left : max(right, left + 1)] += 1
    shown = np.ma.masked_where(count == 0, heat / np.maximum(count, 1))

    def paint(axes: Any) -> None:
        extent = (0, columns, rows, 0)
        axes.imshow(small, extent=extent)
        axes.imshow(shown, extent=extent, cmap="inferno", alpha=0.45, vmin=0, vmax=1)
        if len(boxes) <= 64:
            for box, score in boxes:
                if score is not None:
                    middle = ((box[0] + box[2]) / 2, (box[1] + box[3]) / 2)
                    axes.text(*middle, f"{score:.2f}", ha="center", fontsize=6, color="white")
        axes.set(xlim=(0, columns), ylim=(rows, 0))
        axes.set_axis_off()

    high = min(max(6.0 * rows / max(columns, 1), 2.0), 12.0)
    return draw(title, paint, wide=6.4, high=high, format_=format_)


def marked_passages(detection: Detection, text: str) -> tuple[Marked, ...]:
    """The whole text in stretches, each with the mean score of the passages that cover it.

    Args:
        detection: of the text; its ranges are characters of it.
        text: the original.
    """
    places = [
        (_within(one, len(text)), one.score)
        for one in detection.where
        if one.unit == "character" and one.range and one.score is not None
    ]
    edges = sorted({0, len(text), *(edge for place, _ in places for edge in place)})
    found: list[tuple[int, int, float | None]] = []
    for start, end in pairwise(edges):
        over = [
            score
            for (low, high), score in places
            if low <= start and end <= high and score is not None
        ]
        found.append((start, end, sum(over) / len(over) if over else None))
    strengths = _strengths([score for _, _, score in found])
    return tuple(
        Marked(start, end, text[start:end], score, strength)
        for (start, end, score), strength in zip(found, strengths, strict=True)
    )


def passages_html(detection: Detection, text: str) -> str:
    """The text with its marked passages, as HTML without styles or scripts of its own.

    Each passage is a `mark` with the class `strength-0` to `strength-4`, and its score as text.
    """
    pieces = []
    for one in marked_passages(detection, text):
        inside = html.escape(one.text)
        if one.score is None:
            pieces.append(inside)
            continue
        level = min(4, int(one.strength * 5))
        pieces.append(f'<mark class="strength-{level}" title="{one.score:.3f}">{inside}</mark>')
    return "".join(pieces)


def _within(place: Where, length: int) -> tuple[int, int]:
    low, high = place.range or (0.0, 0.0)
    start = min(max(int(low), 0), length)
    return start, min(max(int(high), start), length)


def _strengths(scores: Sequence[float | None]) -> list[float]:
    """0 to 1 by the logistic function: scores are logits, or shares that change little by it."""
    return [0.0 if score is None else float(1 / (1 + np.exp(-_cut(score)))) for score in scores]


def _cut(score: float) -> float:
    return min(max(score, -30.0), 30.0)


def _colour(strength: float) -> tuple[float, float, float]:
    """From grey to red."""
    return 0.6 + 0.3 * strength, 0.6 * (1 - strength), 0.6 * (1 - strength)


def _spectrogram(samples: NDArray[np.float32]) -> NDArray[np.float64]:
    """Decibels, shape (frequencies, times), lowest first; at most as fine as can be shown."""
    whole = np.pad(samples, (0, max(0, FRAME - samples.size)))
    hop = max(FRAME // 4, (whole.size - FRAME) // MOST_COLUMNS + 1)
    frames = np.lib.stride_tricks.sliding_window_view(whole, FRAME)[::hop]
    power = np.abs(np.fft.rfft(frames * np.hanning(FRAME), axis=1)) ** 2
    rows = np.linspace(0, power.shape[1], MOST_ROWS + 1).astype(int)[:-1]
    decibels = 10 * np.log10(np.add.reduceat(power, rows, axis=1).T + 1e-12)
    return np.asarray(np.maximum(decibels, decibels.max() - DYNAMIC))
