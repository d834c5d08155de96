"""Local scores as the places and lengths their SVG is written from.

Nothing depends on colour alone: a score is shown by direction and height too, and as a number.
"""

from __future__ import annotations

import base64
import io
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING

from detectors.explain import Spectrogram
from service.render.axes import (
    FULL,
    MINUS,
    Signed,
    Tick,
    clock,
    counts,
    hertz,
    rounded,
    short,
    signed,
    times,
)
from service.render.wording import DASH

if TYPE_CHECKING:
    from detectors.explain import Cell, Passage, Shown
    from service.render.wording import Words

__all__ = ["Bars", "Boxes", "bars_of", "boxes_of", "data_uri", "place"]

BARS_HIGH, IMAGE_HIGH, GAP = 96, 150, 8
MOST_NUMBERED = 36


@dataclass(frozen=True, slots=True)
class Bar:
    """One window."""

    x: float
    width: float
    y: float
    height: float
    signed: Signed
    label: str


@dataclass(frozen=True, slots=True)
class Bars:
    """Windows along an axis, with what lies above them.

    Attributes:
        image: a spectrogram as a data URI, or "".
        image_width: in per cent of the axis.
        top: where the bars begin, in pixels.
        zero: where a score of 0 lies.
        bottom: where they end.
        height: of the whole.
        side: marks of the axis to the left, in pixels down it.
        ticks: marks of the axis below.
    """

    image: str
    image_width: float
    top: float
    zero: float
    bottom: float
    height: float
    bars: tuple[Bar, ...]
    side: tuple[Tick, ...]
    ticks: tuple[Tick, ...]


@dataclass(frozen=True, slots=True)
class Box:
    """A rectangle of a picture; all in its pixels."""

    x: float
    y: float
    width: float
    height: float
    signed: Signed


@dataclass(frozen=True, slots=True)
class Boxes:
    """A picture and what was scored of it.

    Attributes:
        image: the picture made small as a data URI, or "".
        numbered: whether each box has its score written in it.
        letter: size of these letters, in pixels of the picture.
    """

    wide: float
    high: float
    image: str
    boxes: tuple[Box, ...]
    numbered: bool
    letter: float


def data_uri(pixels: bytes, size: tuple[int, int], mode: str) -> str:
    """Pixels of known shape as a PNG (ISO/IEC 15948) inside an address."""
    from PIL import Image

    held = io.BytesIO()
    Image.frombytes(mode, size, pixels).save(held, "PNG", optimize=True)
    return f"data:image/png;base64,{base64.b64encode(held.getvalue()).decode()}"


def bars_of(
    windows: Sequence[Passage], unit: str, beneath: Shown | None, words: Words
) -> Bars | None:
    """Windows along an axis; None where there are none."""
    if not windows:
        return None
    end = max(*(one.end for one in windows), 1e-3)
    image, image_width, top = "", 0.0, 0.0
    side: list[Tick] = []
    if isinstance(beneath, Spectrogram):
        end = max(end, beneath.seconds)
        levels = bytes(255 - level for level in beneath.levels)
        image = data_uri(levels, (beneath.columns, beneath.rows), "L")
        image_width = rounded(beneath.extent / end * 100)
        side = hertz(beneath.top, IMAGE_HIGH, words)
        top = IMAGE_HIGH + GAP
    zero, room = top + BARS_HIGH / 2, BARS_HIGH / 2 - 2
    most = max(*(abs(one.score) for one in windows), FULL)
    side += [Tick(zero - room + 6, f"+{short(most, words)}"), Tick(zero + 4, "0")]
    side.append(Tick(zero + room, f"{MINUS}{short(most, words)}"))
    ends = [min(a.end, b.start) if b.start > a.start else a.end for a, b in pairwise(windows)]
    bars = []
    for one, until in zip(windows, [*ends, windows[-1].end], strict=True):
        high = abs(one.score) / most * room
        where = place(one.start, one.end, unit, words)
        seen = signed(one.score, most, words)
        bars.append(
            Bar(
                x=rounded(one.start / end * 100),
                width=rounded(max((until - one.start) / end * 100, 0.05)),
                y=rounded(zero - high if one.score >= 0 else zero),
                height=rounded(max(high, 0.75)),
                signed=seen,
                label=f"{where}: {seen.label}",
            )
        )
    ticks = times(end, words) if unit == "second" else counts(end, words)
    bottom = top + BARS_HIGH
    return Bars(
        *(image, image_width, top, zero, bottom, bottom + 22, tuple(bars), tuple(side), ticks)
    )


def boxes_of(cells: Sequence[Cell], size: tuple[float, float], image: str, words: Words) -> Boxes:
    """The boxes of a picture; what lies outside of it is not drawn."""
    wide, high = size
    most = max((abs(one.score) for one in cells), default=0.0)
    boxes = []
    for one in cells:
        right, bottom = min(one.right, wide), min(one.bottom, high)
        if right > one.left and bottom > one.top:
            seen = signed(one.score, most, words)
            width, height = rounded(right - one.left), rounded(bottom - one.top)
            boxes.append(Box(rounded(one.left), rounded(one.top), width, height, seen))
    narrowest = min((box.width for box in boxes), default=wide)
    lowest = min((box.height for box in boxes), default=high)
    letter = rounded(min(narrowest / 4, lowest / 2, max(wide, high) / 20))
    numbered = len(boxes) <= MOST_NUMBERED and letter >= max(wide, high) / 60
    return Boxes(wide, high, image, tuple(boxes), numbered, letter)


def place(start: float, end: float, unit: str, words: Words) -> str:
    """Where a window lies."""
    if unit == "second":
        return f"{clock(start, words, places=1)}{DASH}{clock(end, words, places=1)}"
    return f"{words.number(start)}{DASH}{words.number(end)} {words.of('unit', unit)}"
