"""Sentences of a text, by their places in it.

A sentence ends at a full stop, question or exclamation mark before white space, and at an empty
line or a new item of a list. Lines that a column broke belong together. An item of a list stands
under the line that leads it in ("You may not:"): both are one sentence. Abbreviations of lawyers
(`art.`, `L.`, `no.`) end nothing. One pass, linear.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

__all__ = ["LONGEST", "Sentence", "sentences"]

LONGEST = 4000
"""Characters of a sentence; a longer one is cut there."""

ABBREVIATED = frozenset(
    [
        "art",
        "arts",
        "al",
        "cf",
        "dr",
        "eg",
        "ex",
        "etc",
        "inc",
        "ltd",
        "co",
        "corp",
        "mr",
        "mrs",
        "ms",
        "mme",
        "mlle",
        "no",
        "nos",
        "nr",
        "p",
        "pp",
        "par",
        "s",
        "sect",
        "sec",
        "st",
        "vs",
        "v",
        "vol",
        "ie",
        "l",
        "r",
        "d",
        "i",
        "ii",
        "iii",
        "m",
        "abs",
        "incl",
        "excl",
        "resp",
        "no.",
        "approx",
        "u.s",
        "e.g",
        "i.e",
        "a.i",
        "i.a",
        "cie",
        "s.a",
        "no°",
        "ref",
        "cl",
        "directive",
        "reg",
        "dir",
    ]
)
STOP = re.compile(r"[.!?\u2026]+[\"'\u201d\u2019\u00bb)\]]*(?=\s|$)|[.](?=[A-Z\u00c0-\u00dc][a-z])")
BULLET = re.compile(
    r"[ \t>]*(?:[-*\u2022\u25cf\u25aa\u2023\u2013+]\s|\(?(?:[0-9]{1,2}|[a-z]|[ivx]{1,4})[.)]\s)"
)
HEADING = re.compile(r" {0,3}(?:#{1,6}\s|(?:-{3,}|={3,}|\*{3,})\s*$)")
LINE = re.compile(r"[^\n]*\n?|[^\n]+")
LEAD_LONGEST = 600


@dataclass(frozen=True, slots=True)
class Sentence:
    """A place in a text.

    Attributes:
        start: first character.
        end: past the last one.
        lead: place of the line that leads in the list it is an item of.
        title: whether it stands alone and ends without a mark, as headings do.
    """

    start: int
    end: int
    lead: tuple[int, int] | None = None
    title: bool = False


def sentences(text: str) -> Iterator[Sentence]:
    """The sentences of `text` in order; none is empty."""
    lead: tuple[int, int] | None = None
    for start, end, item in _blocks(text):
        if not item and lead is not None:
            lead = None
        pieces = list(_split(text, start, end))
        for at, (first, last) in enumerate(pieces):
            title = len(pieces) == 1 and text[last - 1] not in ".!?;:,"
            yield Sentence(first, last, lead if item and at == 0 else None, title=title)
        if not item and pieces:
            first, last = pieces[-1]
            if text[last - 1] == ":" and last - first <= LEAD_LONGEST:
                lead = (first, last)


def _blocks(text: str) -> Iterator[tuple[int, int, bool]]:
    """Paragraphs and items: runs of lines with no empty line and no new bullet in them."""
    start = end = -1
    item = after_heading = False
    for match in LINE.finditer(text):
        line = match[0]
        if not line:
            continue
        bullet = BULLET.match(line)
        heading = HEADING.match(line) is not None
        if not line.strip() or bullet or heading or after_heading:
            if start >= 0:
                yield start, end, item
            start = -1
        if line.strip():
            if start < 0:
                start, item = match.start() + (bullet.end() if bullet else 0), bullet is not None
            end = match.end()
        after_heading = heading
    if start >= 0:
        yield start, end, item


def _split(text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    first = start
    for stop in STOP.finditer(text, start, end):
        if stop[0] == "." and _abbreviation(text, first, stop.start()):
            continue
        yield from _trimmed(text, first, stop.end())
        first = stop.end()
    yield from _trimmed(text, first, end)


def _abbreviation(text: str, start: int, stop: int) -> bool:
    at = max(start, stop - 12)
    word = re.split(r"[\s(,;:'\u2019\u00b4`\u00ab\"]", text[at:stop])[-1].lower()
    return word in ABBREVIATED


def _trimmed(text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    while start < end and text[start].isspace():
        start += 1
    while end > start and text[end - 1].isspace():
        end -= 1
    if end > start:
        yield start, min(end, start + LONGEST)
