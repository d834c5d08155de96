"""Local scores in the order in which they are drawn; pure functions of `Detection.where`.

Where places overlap, what lies in several of them is given the mean of their scores.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from itertools import groupby
from typing import TYPE_CHECKING, Literal

import numpy as np

if TYPE_CHECKING:
    from provenance.evidence import Detection

__all__ = [
    "Cell",
    "Passage",
    "Unit",
    "cells_of",
    "in_a_row",
    "passages_of",
    "stretches_of",
    "unit_of",
]

Unit = Literal["second", "character", "pixel", "page"]

MOST_EDGES = 64
"""Boxes with more edges than these, in one direction, are drawn on a grid of as many."""


@dataclass(frozen=True, slots=True)
class Passage:
    """A stretch of a recording, a text or the pages of a document, in the unit of its detection.

    `part` is the path inside the container that it lies in, None for the work itself.
    """

    start: float
    end: float
    score: float
    part: str | None = None


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
    """The windows as they were scored: parts as they come first, in each by their beginning."""
    unit = unit_of(detection)
    found = [
        Passage(*_ordered(one.range), one.score, one.part)
        for one in detection.where
        if one.unit == unit and one.range and one.score is not None
    ]
    order = {part: n for n, part in enumerate(dict.fromkeys(one.part for one in found))}
    return tuple(
        sorted(
            (one for one in found if _is_finite((one.start, one.end, one.score))),
            key=lambda one: (order[one.part], one.start, one.end),
        )
    )


def passages_of(detection: Detection) -> tuple[Passage, ...]:
    """Stretches that do not overlap, each with the mean score of the windows that cover it."""
    parts = groupby(stretches_of(detection), key=lambda one: one.part)
    return tuple(passage for part, windows in parts for passage in _apart(part, list(windows)))


def in_a_row(windows: Sequence[Passage]) -> tuple[Passage, ...]:
    """Windows of several parts as if each part began where the one before it ends."""
    placed: list[Passage] = []
    offset = 0.0
    for _, found in groupby(windows, key=lambda one: one.part):
        part = list(found)
        placed += (replace(one, start=one.start + offset, end=one.end + offset) for one in part)
        offset = max(one.end for one in placed)
    return tuple(placed)


def _apart(part: str | None, windows: Sequence[Passage]) -> tuple[Passage, ...]:
    edges = np.unique([edge for one in windows for edge in (one.start, one.end)])
    sums, counts = np.zeros(len(edges)), np.zeros(len(edges))
    for one in windows:
        low, high = np.searchsorted(edges, (one.start, one.end))
        sums[low:high] += one.score
        counts[low:high] += 1
    return tuple(
        Passage(float(edges[n]), float(edges[n + 1]), float(sums[n] / counts[n]), part)
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
