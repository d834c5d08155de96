"""The text of an HTML page, by its regions, with each character's place in the page.

Not a parser of HTML: one pass over tags, as in `provenance.containers.html`, so that every
character keeps its place and a hostile page costs no more than its length. Scripts, styles, code
and quotations (`blockquote`, `q`, `cite`, `pre`) are left out. A region is *about the page* when it
is a `<footer>`, or an element whose class, id or role says footer, copyright, legal or terms.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from html import unescape

__all__ = ["Region", "about_itself", "is_terms_title", "regions"]

TAG = re.compile(r"<(?:!--|(/?)([A-Za-z][A-Za-z0-9-]{0,30})|[!?])")
ENTITY = re.compile(r"&(?:#[0-9]{1,7}|#[xX][0-9A-Fa-f]{1,6}|[A-Za-z][A-Za-z0-9]{1,30});")
NAMED = re.compile(r"""(?:class|id|role|itemprop)\s*=\s*("[^"]{0,400}"|'[^']{0,400}'|[^\s>]+)""", re.I)
ABOUT = re.compile(
    r"footer|copyright|\blegal|mentions|colophon|contentinfo|imprint|terms|\bcgu\b|\btdm\b|rights", re.I
)
TERMS = re.compile(
    r"\b(?:terms|conditions|legal|copyright|licen[cs]e|cgu|cgv|mentions[\s_-]*l[eé]gales|tdm|opt-?out|"
    r"droits[\s_-]d|rights|imprint|notice[\s_-]l|usage[\s_-]policy|ai[\s_-]policy|tos)\b",
    re.I,
)
OPAQUE = frozenset({"script", "style", "textarea", "template", "svg", "math", "iframe", "object"})
LEFT_OUT = frozenset({"pre", "code", "blockquote", "q", "cite", "samp", "kbd", "del", "s", "select"})
BLOCKS = frozenset(
    "p div br li ul ol tr td th table h1 h2 h3 h4 h5 h6 section article header footer nav main aside "
    "form dl dt dd hr title body html head figure figcaption blockquote pre address".split()
)
TAG_CHARACTERS = 4096


@dataclass
class Region:
    """Text of one kind.

    Attributes:
        text: as it is read, white space as written.
        places: for each piece of `text`: where it begins in it, where in the page, and how many
            characters of the page one of its characters stands for (0: none).
    """

    pieces: list[str] = field(default_factory=list)
    places: list[tuple[int, int, int]] = field(default_factory=list)
    length: int = 0

    @property
    def text(self) -> str:
        """All of it."""
        return "".join(self.pieces)

    def add(self, piece: str, start: int, end: int) -> None:
        """Text that stands for `page[start:end]`."""
        if piece:
            self.places.append((self.length, start, end))
            self.pieces.append(piece)
            self.length += len(piece)

    def span(self, start: int, end: int) -> tuple[int, int]:
        """Where `text[start:end]` stands in the page."""
        return self._place(start), self._place(end - 1) + 1 if end > start else self._place(start)

    def _place(self, at: int) -> int:
        low, high = 0, len(self.places)
        while high - low > 1:
            middle = (low + high) // 2
            low, high = (middle, high) if self.places[middle][0] <= at else (low, middle)
        if not self.places:
            return 0
        first, start, end = self.places[low]
        return min(start + at - first, max(start, end - 1))


def about_itself(page: str) -> Iterator[Region]:
    """What a page says about itself: comments, and regions like footers."""
    yield from _read(page, everything=False)


def regions(page: str) -> Iterator[Region]:
    """All visible text of a page, and its comments."""
    yield from _read(page, everything=True)


def is_terms_title(title: str) -> bool:
    """Whether a title or address says that a page is about terms or rights."""
    return TERMS.search(title[:2000].replace("_", "-")) is not None


def _read(page: str, *, everything: bool) -> Iterator[Region]:
    region = Region()
    title = Region()
    comments: list[Region] = []
    depth: dict[str, int] = {}
    inside: str | None = None  # the element that makes the region
    hidden: str | None = None
    in_title = False
    at = 0
    while at < len(page):
        tag = TAG.search(page, at)
        stop = tag.start() if tag else len(page)
        if hidden is None and (everything or inside):
            _text(region, page, at, stop)
        elif in_title:
            _text(title, page, at, stop)
        if tag is None:
            break
        if tag[0] == "<!--":
            end = page.find("-->", tag.end())
            end = len(page) if end < 0 else end
            comment = Region()
            comment.add(page[tag.end() : end], tag.end(), end)
            comments.append(comment)
            at = end + 3
            continue
        close = page.find(">", tag.end(), tag.end() + TAG_CHARACTERS)
        at = tag.end() if close < 0 else close + 1
        name = (tag[2] or "").lower()
        if not name:
            continue
        if tag[1]:
            if hidden == name:
                hidden = None
            if inside == name:
                depth[name] -= 1
                if depth[name] <= 0:
                    inside = None
                    region.add("\n\n", at, at)
            in_title = in_title and name != "title"
        elif name in OPAQUE:
            at = _after(page, name, at)
        elif name in LEFT_OUT:
            hidden = hidden or name
        elif inside == name:
            depth[name] += 1
        elif inside is None and (name == "footer" or _is_about(page, tag.end(), close)):
            inside, depth[name] = name, 1
        if name == "title" and not tag[1]:
            in_title = True
        if name in BLOCKS:
            mark = "\n\n- " if name == "li" and not tag[1] else "\n\n"
            region.add(mark if name != "br" else "\n", at, at)
    if not everything and is_terms_title(title.text):
        yield from _read(page, everything=True)
        return
    yield region
    yield from comments


def _is_about(page: str, start: int, close: int) -> bool:
    return close > start and any(ABOUT.search(one[1]) for one in NAMED.finditer(page, start, close))


def _after(page: str, name: str, at: int) -> int:
    """Past the end of an element whose content is not text."""
    lowered = re.compile(rf"</{name}", re.I).search(page, at)
    return len(page) if lowered is None else lowered.start()


def _text(region: Region, page: str, start: int, end: int) -> None:
    at = start
    for entity in ENTITY.finditer(page, start, end):
        region.add(page[at : entity.start()], at, entity.start())
        region.add(unescape(entity[0]), entity.start(), entity.end())
        at = entity.end()
    region.add(page[at:end], at, end)
