"""Local scores in the order in which they are drawn; pure functions of `Detection.where`.

Where places overlap, what lies in several of them is given the mean of their scores.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

import numpy as np

if TYPE_CHECKING:
    from provenance.evidence import Detection

__all__ = ["Cell", "Passage", "Unit", "cells_of", "passages_of", "stretches_of", "unit_of"]

Unit = Literal["second", "character", "pixel", "page"]

MOST_EDGES = 64
"""Boxes with more edges than these, in one direction, are drawn on a grid of as many."""


@dataclass(frozen=True, slots=True)
class Passage:
    """A stretch of a recording, a text or the pages of a document, in the unit of its detection."""

    start: float
    end: float
    score: float


@dataclass(frozen=True, slots=True)
class Cell:
    """A rectangle of a picture, in its pixels."""

    left: float
    top: float
    right: float
    bottom: float
    score: float


def unit_of(detection: Detection) -> Unit | None:
    """What the places of its local scores are counted in; None when there are none to draw."""
    drawn = (one for one in detection.where if one.score is not None and (one.range or one.box))
    return next((one.unit for one in drawn), None)


def stretches_of(detection: Detection) -> tuple[Passage, ...]:
    """The windows as they were scored, in order of their beginning."""
    unit = unit_of(detection)
    found = [
        Passage(*_ordered(one.range), one.score)
        for one in detection.where
        if one.unit == unit and one.range and one.score is not None
    ]
    return tuple(
        sorted(
            (one for one in found if _is_finite((one.start, one.end, one.score))),
            key=lambda one: (one.start, one.end),
        )
    )


def passages_of(detection: Detection) -> tuple[Passage, ...]:
    """Stretches that do not overlap, each with the mean score of the windows that cover it."""
    windows = stretches_of(detection)
    if not windows:
        return ()
    edges = np.unique([edge for one in windows for edge in (one.start, one.end)])
    sums, counts = np.zeros(len(edges)), np.zeros(len(edges))
    for one in windows:
        low, high = np.searchsorted(edges, (one.start, one.end))
        sums[low:high] += one.score
        counts[low:high] += 1
    return tuple(
        Passage(float(edges[n]), float(edges[n + 1]), float(sums[n] / counts[n]))
        for n in range(len(edges) - 1)
        if counts[n]
    )


def cells_of(detection: Detection) -> tuple[Cell, ...]:
    """Rectangles that do not overlap, each with the mean score of the boxes that cover it."""
    boxes = [
        (*_ordered(one.box[::2]), *_ordered(one.box[1::2]), one.score)
        for one in detection.where
        if one.unit == "pixel" and one.box and one.score is not None
    ]
    boxes = [one for one in boxes if _is_finite(one) and one[0] < one[1] and one[2] < one[3]]
    if not boxes:
        return ()
    across = _edges(edge for one in boxes for edge in one[:2])
    down = _edges(edge for one in boxes for edge in one[2:4])
    sums = np.zeros((len(down), len(across)))
    counts = np.zeros_like(sums)
    for left, right, top, bottom, score in boxes:
        rows = _between(down, top, bottom)
        columns = _between(across, left, right)
        sums[rows, columns] += score
        counts[rows, columns] += 1
    return tuple(
        Cell(
            *(float(across[x]), float(down[y]), float(across[x + 1]), float(down[y + 1])),
            float(sums[y, x] / counts[y, x]),
        )
        for y, x in np.argwhere(counts[:-1, :-1] > 0).tolist()
    )


def _edges(values: Iterable[float]) -> np.ndarray[tuple[int], np.dtype[np.float64]]:
    edges = np.unique(list(values))
    return edges if len(edges) <= MOST_EDGES else np.linspace(edges[0], edges[-1], MOST_EDGES)


def _between(edges: np.ndarray[tuple[int], np.dtype[np.float64]], low: float, high: float) -> slice:
    """The cells between two places; at least one."""
    first = int(np.abs(edges - low).argmin())
    last = int(np.abs(edges - high).argmin())
    first = min(first, len(edges) - 2)
    return slice(first, max(last, first + 1))


def _ordered(ends: Sequence[float]) -> tuple[float, float]:
    low, high = (max(float(end), 0.0) for end in ends)
    return (low, high) if low <= high else (high, low)


def _is_finite(numbers: Iterable[float]) -> bool:
    return all(math.isfinite(number) for number in numbers)
