"""What is said in subtitles: the text of their cues, and where it stands in the file.

WebVTT (W3C Candidate Recommendation, sections 4 and 6.2) and SubRip, which has no specification and
differs in a comma, in numbers before the times and in `{...}` for positions. Numbers, times,
settings, tags, comments and styles are left out; so is the first line of a cue that repeats the
last of the one before, as captions do that roll up.

Lines of a cue are joined by a space, or by a newline where the second begins with a dash, as
another speaker's does; cues by a newline.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import chain

__all__ = ["MEDIA_TYPES", "Spoken", "text_of_cues"]

MEDIA_TYPES = frozenset({"text/vtt", "application/x-subrip"})

LINE = re.compile(r"[^\r\n]*(?:\r\n|\r|\n|$)")
TIMES = re.compile(r"\s*(?:\d+:)?\d+:\d\d[.,]\d{1,3}\s*-->\s*(?:\d+:)?\d+:\d\d[.,]\d{1,3}(?!\d)")
UNSAID = re.compile(r"</?[A-Za-z0-9][^<>]{0,200}>|\{\\[^{}]{0,200}\}|&(?:amp|lt|gt|nbsp|[lr]rm);")
"""Tags, positions, and characters that are written otherwise."""
ENTITIES = {
    "&amp;": "&",
    "&lt;": "<",
    "&gt;": ">",
    "&nbsp;": "\xa0",
    "&lrm;": "\u200e",
    "&rlm;": "\u200f",
}
DASHES = ("-", "\u2010", "\u2013", "\u2014")

Pieces = list[tuple[str, int]]


@dataclass(frozen=True, slots=True)
class Spoken:
    """The text of all cues.

    Attributes:
        text: as the module says.
        places: for each stretch that stands in the file as it does here, where it begins here.
        origins: where it begins in the file, in characters.
    """

    text: str
    places: tuple[int, ...]
    origins: tuple[int, ...]


def text_of_cues(text: str) -> Spoken:
    """The text of the cues of a file, whatever else is in it; '' where there is none."""
    written: list[str] = []
    places: list[int] = []
    origins: list[int] = []
    length = 0
    before = ""
    for cue in _cues(text):
        lines = ["".join(piece for piece, _ in line) for line in cue]
        repeats = " " in lines[0] and lines[0] == before
        before = lines[-1]
        for line, words in zip(cue[repeats:], lines[repeats:], strict=True):
            separator = "\n" if line is cue[repeats] or words.startswith(DASHES) else " "
            for piece, origin in chain([(separator if written else "", line[0][1])], line):
                if piece:
                    written.append(piece)
                    places.append(length)
                    origins.append(origin)
                    length += len(piece)
    return Spoken("".join(written), tuple(places), tuple(origins))


def _cues(text: str) -> Iterator[list[Pieces]]:
    """The lines of each cue that has any."""
    cue: list[Pieces] | None = None
    for found in LINE.finditer(text):
        line = found[0]
        if TIMES.match(line):
            if cue:
                if len(cue[-1]) == 1 and cue[-1][0][0].isdecimal():
                    cue.pop()  # the number of this one, and no empty line before it
                if cue:
                    yield cue
            cue = []
        elif cue is not None and not line.strip():
            if cue:
                yield cue
            cue = None
        elif cue is not None and (pieces := _pieces(line, found.start())):
            cue.append(pieces)
    if cue:
        yield cue


def _pieces(line: str, start: int) -> Pieces:
    """What of a line is said, and where it stands."""
    pieces: Pieces = []
    said = len(line) - len(line.lstrip())
    end = len(line.rstrip())
    for found in UNSAID.finditer(line, said, end):
        pieces.append((line[said : found.start()], start + said))
        pieces.append((ENTITIES.get(found[0], ""), start + found.start()))
        said = found.end()
    pieces.append((line[said:end], start + said))
    pieces = [(piece, origin) for piece, origin in pieces if piece]
    return pieces if any(not piece.isspace() for piece, _ in pieces) else []
