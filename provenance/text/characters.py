"""What each character is folded to before anything else looks at a text.

Three kinds: characters nobody sees, which go; characters that are another one in different dress
(full width, mathematical letters, ligatures: compatibility forms of Unicode); and typography, for
which a typewriter has one sign where print has several. Line ends become newlines, other white
space a space.
"""

from __future__ import annotations

import sys
import unicodedata
from collections.abc import Iterator
from functools import cache
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

__all__ = ["GONE", "Folding", "Kind", "folding"]

GONE = 0xFFFFFFFF
"""Stands in the table for characters that are left out."""

INVISIBLE = (
    (0x00AD, 0x00AD),  # soft hyphen
    (0x034F, 0x034F),
    (0x061C, 0x061C),
    (0x115F, 0x1160),
    (0x17B4, 0x17B5),
    (0x180B, 0x180F),
    (0x200B, 0x200F),
    (0x202A, 0x202E),
    (0x2060, 0x206F),
    (0x3164, 0x3164),
    (0xFE00, 0xFE0F),
    (0xFEFF, 0xFEFF),
    (0xFFA0, 0xFFA0),
    (0xFFF9, 0xFFFB),
    (0x1BCA0, 0x1BCA3),
    (0x1D173, 0x1D17A),
    (0xE0000, 0xE0FFF),
)
CONTROLS = ((0x0000, 0x0008), (0x000E, 0x001B), (0x007F, 0x0084), (0x0086, 0x009F))
LINE_ENDS = "\n\r\x0b\x0c\x1c\x1d\x1e\x85\u2028\u2029"
SPACES = (
    " \t\x1f\u00a0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a"
    "\u202f\u205f\u3000"
)
DOUBLE_QUOTES = "\u201c\u201d\u201e\u201f\u2033\u301d\u301e\u301f\u275d\u275e\u2e42\uff02"
SINGLE_QUOTES = "\u2018\u2019\u201a\u201b\u2032\u02bc\u02b9\u0060\u00b4\u2039\u203a\uff07"
HYPHENS = "\u2010\u2011\u2012\u2212\ufe63\uff0d"
LONG_DASHES = "\u2014\u2015\u2e3a\u2e3b\u2500"
BULLETS = "\u2022\u2023\u25cf\u25aa\u25e6\u2219\u25cb\u25a0\u25b6\u2043\u25ba"
COMPATIBLE = (
    (0x00AA, 0x00AA),
    (0x00BA, 0x00BA),
    (0x0132, 0x0133),
    (0x017F, 0x017F),
    (0x2100, 0x214F),
    (0x2160, 0x217F),
    (0x2460, 0x24FF),
    (0x3000, 0x3000),
    (0xFB00, 0xFB06),
    (0xFF01, 0xFF60),
    (0xFFE0, 0xFFE6),
    (0x1D400, 0x1D7FF),
    (0x1F100, 0x1F189),
)


class Kind(NamedTuple):
    """A kind of folding that is counted: what was there, by its first code points."""

    name: str
    points: NDArray[np.uint32]


class Folding(NamedTuple):
    """How characters are folded.

    Attributes:
        table: shape (every code point,): what each becomes; `GONE` where it goes.
        several: what some become instead, where that is more than one character.
        kinds: those that are counted.
    """

    table: NDArray[np.uint32]
    several: dict[int, str]
    kinds: tuple[Kind, ...]


@cache
def folding() -> Folding:
    """The table, made on first use."""
    table = np.arange(sys.maxunicode + 1, dtype=np.uint32)
    several = {ord("\u2026"): "...", ord("\u2025"): ".."}
    for point in _of(COMPATIBLE):
        plain = unicodedata.normalize("NFKC", chr(point))
        if len(plain) == 1:
            table[point] = ord(plain)
        elif plain.isascii():
            several[point] = plain
    for signs, plain in (
        (DOUBLE_QUOTES, '"'),
        (SINGLE_QUOTES, "'"),
        (HYPHENS, "-"),
        (LONG_DASHES, "\u2014"),
        (BULLETS, "\u2022"),
        (LINE_ENDS, "\n"),
        (SPACES, " "),
    ):
        table[[ord(one) for one in signs]] = ord(plain)
    table[0x0D] = 0x0D  # what ends a line with a newline goes with it
    for point in (*_of(INVISIBLE), *_of(CONTROLS)):
        table[point] = GONE
    return Folding(table, several, tuple(_kinds()))


def _kinds() -> Iterator[Kind]:
    yield _kind("invisible", _of(INVISIBLE))
    yield _kind("controls", _of(CONTROLS))
    yield _kind("odd_spaces", map(ord, SPACES[3:]))
    yield _kind("curly_quotes", map(ord, "\u201c\u201d\u2018\u2019"))
    yield _kind("guillemets", map(ord, "\u00ab\u00bb"))
    yield _kind("long_dashes", map(ord, "\u2013\u2014\u2015"))
    yield _kind("ellipses", [0x2026])


def _kind(name: str, points: object) -> Kind:
    return Kind(name, np.array(sorted(points), np.uint32))  # type: ignore[call-overload]


def _of(ranges: tuple[tuple[int, int], ...]) -> Iterator[int]:
    for low, high in ranges:
        yield from range(low, high + 1)
