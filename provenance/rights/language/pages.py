"""The text of an HTML page, by its regions, with each character's place in the page.

Not a parser of HTML: one pass over tags, as in `provenance.containers.html`, so that every
character keeps its place and a hostile page costs no more than its length. Scripts, styles, code
and quotations (`blockquote`, `q`, `cite`, `pre`) are left out. A region is *about the page* when it
is a `<footer>`, or an element whose class, id or role says footer, copyright, legal or terms.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass, field
from html import unescape

__all__ = ["Region", "about_itself", "is_terms_title", "regions"]

TAG = re.compile(r"<(?:!--|(/?)([A-Za-z][A-Za-z0-9-]{0,30})|[!?])")
ENTITY = re.compile(r"&(?:#[0-9]{1,7}|#[xX][0-9A-Fa-f]{1,6}|[A-Za-z][A-Za-z0-9]{1,30});")
NAMED = re.compile(
    r"""(?:class|id|role|itemprop)\s*=\s*("[^"]{0,400}"|'[^']{0,400}'|[^\s>]+)""", re.I
)
ABOUT = re.compile(
    r"footer|copyright|\blegal|mentions|colophon|contentinfo|imprint|terms|\bcgu\b|\btdm\b|rights",
    re.I,
)
TERMS = re.compile(
    r"\b(?:terms|conditions|legal|copyright|licen[cs]e|cgu|cgv|mentions[\s_-]*l[eé]gales|tdm|opt-?out|"
    r"droits[\s_-]d|rights|imprint|notice[\s_-]l|usage[\s_-]policy|ai[\s_-]policy|tos)\b",
    re.I,
)
OPAQUE = frozenset({"script", "style", "textarea", "template", "svg", "math", "iframe", "object"})
LEFT_OUT = frozenset(
    {"pre", "code", "blockquote", "q", "cite", "samp", "kbd", "del", "s", "select"}
)
BLOCKS = frozenset(
    [
        "p",
        "div",
        "br",
        "li",
        "ul",
        "ol",
        "tr",
        "td",
        "th",
        "table",
        "h1",
        "h2",
        "h3",
        "h4",
        "h5",
        "h6",
        "section",
        "article",
        "header",
        "footer",
        "nav",
        "main",
        "aside",
        "form",
        "dl",
        "dt",
        "dd",
        "hr",
        "title",
        "body",
        "html",
        "head",
        "figure",
        "figcaption",
        "blockquote",
        "pre",
        "address",
    ]
)
TAG_CHARACTERS = 4096


@dataclass
class Region:
    """Text of one kind.

    Attributes:
        pieces: of the text, in order.
        places: for each piece: where it begins in the text, and where in the page it begins and
            ends; nowhere for a break that a tag makes.
        length: of the text.
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
        """Where `text[start:end]` stands in the page; what stands for an entity is all of it."""
        if not self.places:
            return 0, 0
        first, page_start, page_end = self._piece(start)
        begin = min(page_start + start - first, page_end)
        first, page_start, page_end = self._piece(max(start, end - 1))
        reach = page_start + end - first
        if self._is_entity(first, page_start, page_end, max(start, end - 1)):
            reach = page_end
        return begin, max(begin, min(reach, page_end))

    def _is_entity(self, first: int, start: int, end: int, at: int) -> bool:
        """Whether one character of the text stands for several of the page."""
        following = bisect_right(self.places, at, key=lambda place: place[0])
        beyond = self.places[following][0] if following < len(self.places) else self.length
        return end - start > beyond - first

    def _piece(self, at: int) -> tuple[int, int, int]:
        return self.places[max(0, bisect_right(self.places, at, key=lambda place: place[0]) - 1)]


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
    walk = _Walk(page, everything=everything)
    walk.run()
    if not everything and is_terms_title(walk.title.text):
        yield from _read(page, everything=True)
        return
    yield walk.region
    yield from walk.comments


class _Walk:
    """One pass over the tags of a page."""

    def __init__(self, page: str, *, everything: bool) -> None:
        self.region = Region()
        self.title = Region()
        self.comments: list[Region] = []
        self._page = page
        self._everything = everything
        self._inside: str | None = None  # the element that makes the region
        self._depth = 0
        self._hidden: str | None = None
        self._in_title = False

    def run(self) -> None:
        page, at = self._page, 0
        while at < len(page):
            tag = TAG.search(page, at)
            stop = tag.start() if tag else len(page)
            if self._hidden is None and (self._everything or self._inside):
                _text(self.region, page, at, stop)
            elif self._in_title:
                _text(self.title, page, at, stop)
            if tag is None:
                return
            at = self._comment(tag.end()) if tag[0] == "<!--" else self._element(tag)

    def _comment(self, start: int) -> int:
        end = self._page.find("-->", start)
        end = len(self._page) if end < 0 else end
        comment = Region()
        comment.add(self._page[start:end], start, end)
        self.comments.append(comment)
        return end + 3

    def _element(self, tag: re.Match[str]) -> int:
        """Past the tag; what is not text is stepped over."""
        close = self._page.find(">", tag.end(), tag.end() + TAG_CHARACTERS)
        at = tag.end() if close < 0 else close + 1
        name = (tag[2] or "").lower()
        if not name:
            return at
        if tag[1]:
            self._end(name)
        elif name in OPAQUE:
            at = _after(self._page, name, at)
        else:
            self._begin(name, tag.end(), close)
        if name in BLOCKS:
            mark = "\n\n- " if name == "li" and not tag[1] else "\n\n"
            self.region.add("\n" if name == "br" else mark, at, at)
        return at

    def _begin(self, name: str, start: int, close: int) -> None:
        self._in_title = self._in_title or name == "title"
        if name in LEFT_OUT:
            self._hidden = self._hidden or name
        elif self._inside == name:
            self._depth += 1
        elif self._inside is None and (name == "footer" or _is_about(self._page, start, close)):
            self._inside, self._depth = name, 1

    def _end(self, name: str) -> None:
        if self._hidden == name:
            self._hidden = None
        if self._inside == name:
            self._depth -= 1
            if self._depth <= 0:
                self._inside = None
        self._in_title = self._in_title and name != "title"


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
