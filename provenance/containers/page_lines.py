"""Lines of a page, put together again: paragraphs, words cut by hyphens, running heads left out.

Two lines are one paragraph unless the first word of the second would have fitted behind the first,
or the second begins further in, or further down than lines do. A hyphen at the end of a line is
taken away before a small letter, unless the work writes that word with a hyphen elsewhere. Running
heads and page numbers are lines at the edge of a page that, numbers aside, stand at an edge of a
third of the pages around it: left and right pages differ, and chapters too.

Pure functions of texts and places. Between the two steps a page is a text in which newlines end
paragraphs and `WRAP` ends the other lines.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import chain, pairwise
from statistics import median

__all__ = ["HYPHEN", "WRAP", "Line", "Place", "lines_joined", "pages_mended"]

WRAP = "\r"
"""The end of a line within a paragraph."""
HYPHEN = "\ufffe"
"""A hyphen at the end of a line, and that end, as PDFium gives the two."""

WIDE = "\u2e80-\ua4cf\uf900-\ufaff\ufe30-\ufe4f\uff00-\uffef"
"""Scripts without spaces, of which lines are joined without one."""
BETWEEN_WIDE = re.compile(rf"(?<=[{WIDE}]){WRAP}(?=[{WIDE}])")
LETTER = r"[^\W\d_]"
BROKEN = re.compile(rf"(?<!{LETTER})({LETTER}+){HYPHEN}(?=({LETTER}+))")
COMPOUND = re.compile(rf"(?<!{LETTER}){LETTER}+-{LETTER}+")
NUMBER = re.compile(r"\d+|\b[ivxlc]+\b")
SPACES = re.compile(r"[ \t]{2,}")
ITEM = re.compile(r"[\u2022\u25aa\u25e6\u2023\u25cf\u25cb\u2043*\u2013\u2014-]\s|\(?\w{1,3}[.)]\s")
BULLETS = "\u2022\u25aa\u25e6\u2023\u25cf\u25cb\u2043"

CUT = f"-\u00ad{HYPHEN}"
"""What a line may end in that is cut within a word."""

SAME_LINE, WIDE_GAP = 0.3, 1.4
"""In what is usual from line to line."""
MOST_LEADING = 6
"""What can be usual, in widths of a letter: more than double spacing."""
EDGE_LINES = 3
PAGES_AROUND = 5
LEAST_REPEATED = 3


@dataclass(frozen=True, slots=True)
class Place:
    """Where a line stands, in units of its page, y upwards.

    Attributes:
        x, y: of the first character, on its base line.
        end_x, end_y: of the last one.
        word: width of the first word and of the space behind it.
        letter: width of a letter in it, on the average.
    """

    x: float
    y: float
    end_x: float
    end_y: float
    word: float
    letter: float


@dataclass(frozen=True, slots=True)
class Line:
    """The characters of a line; its place, where that is known."""

    text: str
    place: Place | None


@dataclass(frozen=True, slots=True)
class _Column:
    """What the lines of a column have in common."""

    left: float
    right: float
    leading: float


def lines_joined(lines: Sequence[Line]) -> str:
    """A page, newlines at the ends of paragraphs and `WRAP` at those of other lines."""
    pieces = [lines[0].text] if lines else []
    columns = _columns([line.place for line in lines])
    for at, (above, line) in enumerate(pairwise(lines)):
        cut = above.text[-1] in CUT and line.text[0].isalpha()
        if _apart(above, line, columns[at], columns[at + 1], cut=cut):
            pieces.append("\n")
        elif cut:
            pieces[-1] = pieces[-1][:-1] + HYPHEN
        else:
            pieces.append(WRAP)
        pieces.append(line.text)
    return "".join(pieces)


def _columns(places: Sequence[Place | None]) -> list[_Column]:
    """The column of each line: a run of lines that go down the page."""
    drops = [a.end_y - b.y for a, b in pairwise(places) if a and b and a.end_y > b.y]
    letters = [place.letter for place in places if place]
    leading = min(median(drops), MOST_LEADING * median(letters)) if drops else 0.0
    runs: list[list[Place | None]] = []
    above: Place | None = None
    for place in places:
        if above is None or place is None or place.y > above.end_y + SAME_LINE * leading:
            runs.append([])
        runs[-1].append(place)
        above = place
    columns: list[_Column] = []
    for run in runs:
        known = [place for place in run if place]
        lefts, rights = sorted(one.x for one in known), sorted(one.end_x for one in known)
        left, right = lefts[len(lefts) // 4 :], rights[len(rights) * 3 // 4 :]
        column = _Column(left[0] if left else 0.0, right[0] if right else 0.0, leading)
        columns += [column] * len(run)
    return columns


def _apart(above: Line, line: Line, before: _Column, column: _Column, *, cut: bool) -> bool:
    """Whether a paragraph ends between two lines, of which a word may be cut in two."""
    if above.place is None or line.place is None:
        return not cut
    end, start = above.place, line.place
    drop = end.end_y - start.y
    climbs = drop < -SAME_LINE * column.leading
    if not climbs and not SAME_LINE * column.leading < drop < WIDE_GAP * column.leading:
        return True
    if cut:
        return False
    if end.end_x + end.letter + start.word < before.right or line.text[0] in BULLETS:
        return True
    indented = start.x > column.left + 0.9 * start.letter
    return indented and end.x <= before.left + 0.9 * end.letter and not ITEM.match(above.text)


def pages_mended(pages: Sequence[str]) -> Iterator[str]:
    """The texts of pages without running heads and without what ends of lines did to them.

    Args:
        pages: as `lines_joined` gives them.

    Yields:
        As many, some of them empty; newlines end paragraphs.
    """
    edges = [frozenset(map(_masked, chain(*_edges(page)))) for page in pages]
    compounds = frozenset[str]()
    if any(HYPHEN in page for page in pages):
        compounds = frozenset(one.lower() for page in pages for one in COMPOUND.findall(page))

    def whole(cut: re.Match[str]) -> str:
        first, second = cut.groups()
        kept = not second[0].islower() or f"{first}-{second}".lower() in compounds
        return f"{first}-" if kept else first

    for at, page in enumerate(pages):
        around = edges[max(at - PAGES_AROUND, 0) : at + PAGES_AROUND + 1]
        body = BROKEN.sub(whole, _without_heads(page, edges[at], around)).replace(HYPHEN, "-")
        body = BETWEEN_WIDE.sub("", body).replace(WRAP, " ")
        paragraphs = (one.strip() for one in SPACES.sub(" ", body).split("\n"))
        yield "\n".join(filter(None, paragraphs))


def _without_heads(page: str, edges: frozenset[str], around: Sequence[frozenset[str]]) -> str:
    least = max(LEAST_REPEATED, -(-len(around) // 3))
    heads = {one for one in edges if sum(one in other for other in around) >= least}
    if not heads:
        return page
    top, bottom = _edges(page)
    for line in top:
        if _masked(line) not in heads:
            break
        page = page[len(line) + 1 :]
    for line in reversed(bottom):
        if _masked(line) not in heads or not page:
            break
        page = page[: max(len(page) - len(line) - 1, 0)]
    return page


def _edges(page: str) -> tuple[list[str], list[str]]:
    """The first lines of a page and the last ones."""
    first = re.split(r"[\n\r]", page, maxsplit=EDGE_LINES)[:EDGE_LINES]
    last: list[str] = []
    end = len(page)
    while len(last) < EDGE_LINES and end >= 0:
        start = max(page.rfind("\n", 0, end), page.rfind(WRAP, 0, end))
        last.insert(0, page[start + 1 : end])
        end = start
    return first, last


def _masked(line: str) -> str:
    """A line with its numbers made one."""
    return NUMBER.sub("#", line.strip())
