"""Running text out of markup, without a tree: a parser calls for each tag and each piece of text.

HTML (the HTML standard, section 15.3 for what stands in a paragraph of its own), WordprocessingML
(ECMA-376 part 1 section 17.3) and ODF text (ODF 1.3 part 3 sections 5.1 and 6.1). What is no
running text is stepped over: scripts, styles, navigation, forms, notes of reviewers, what was
deleted or moved away. An enormous chapter costs its text and no more.
"""

from __future__ import annotations

import codecs
import io
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from html.entities import html5
from typing import Any

from provenance.containers.walk import unreadable

__all__ = ["HTML", "ODF", "WORD", "Kind", "text_of_html", "text_of_xml"]

WHITE_SPACE = re.compile(r"[ \t\r\n\f]+")
ENTITY = re.compile(r"&([A-Za-z][A-Za-z0-9]{1,31});")
XML_ENTITIES = frozenset({"amp", "lt", "gt", "quot", "apos"})
DECLARED = re.compile(
    rb"""<\?xml[^>]{0,200}?encoding\s*=\s*["']([\w.:-]{1,40})|<meta[^>]{0,200}?charset\s*=\s*["']?"""
    rb"""([\w.:-]{1,40})""",
    re.IGNORECASE,
)
MARKS = ((codecs.BOM_UTF8, "utf-8-sig"), (b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16"))
CHARSETS = re.compile(r"utf-8|cp\d+|iso8859-\d+|koi8-|mac-|gb|big5|euc_|shift_jis|iso2022_")
"""What a page may be written in, as Python calls it; some of its codecs are no charsets."""
WEB_NAMES = {"ascii": "windows-1252", "iso8859-1": "windows-1252"}
"""What the Encoding standard takes these two for."""
LONGEST_SPACE = 100


@dataclass(frozen=True, slots=True)
class Kind:
    """What the tags of a kind of markup mean, by their local names.

    Attributes:
        paragraphs: begin and end a paragraph.
        skipped: hold no running text.
        breaks: end a line.
        pieces: stand for a piece of text.
        holders: hold text; None where all tags do.
        collapses: whether any white space is one space.
    """

    paragraphs: frozenset[str]
    skipped: frozenset[str]
    breaks: frozenset[str]
    pieces: Mapping[str, str] = field(default_factory=dict)
    holders: frozenset[str] | None = None
    collapses: bool = True


HTML = Kind(
    paragraphs=frozenset(
        {
            *("address", "article", "aside", "blockquote", "body", "caption", "center", "dd"),
            *("details", "dialog", "dir", "div", "dl", "dt", "fieldset", "figcaption", "figure"),
            *("h1", "h2", "h3", "h4", "h5", "h6", "header", "hgroup", "hr", "html", "legend", "li"),
            *("listing", "main", "menu", "ol", "p", "plaintext", "pre", "search", "section"),
            *("summary", "table", "tbody", "td", "tfoot", "th", "thead", "tr", "ul", "xmp"),
        }
    ),
    skipped=frozenset(
        {
            *("head", "script", "style", "template", "noscript", "nav", "footer", "form", "button"),
            *("select", "textarea", "svg", "math", "iframe", "object", "audio", "video", "canvas"),
            *("noembed", "noframes", "rt", "rp"),
        }
    ),
    breaks=frozenset({"br"}),
)
WORD = Kind(
    paragraphs=frozenset({"p"}),
    skipped=frozenset({"Fallback", "moveFrom", "pPr", "rPr", "sectPr", "instrText", "delText"}),
    breaks=frozenset({"br", "cr"}),
    pieces={"tab": "\t", "noBreakHyphen": "\u2011"},
    holders=frozenset({"t"}),
    collapses=False,
)
ODF = Kind(
    paragraphs=frozenset({"p", "h"}),
    skipped=frozenset(
        {
            *("annotation", "annotation-end", "tracked-changes", "note-citation", "ruby-text"),
            *("scripts", "font-face-decls", "automatic-styles"),
        }
    ),
    breaks=frozenset({"line-break"}),
    pieces={"tab": "\t", "s": " "},
    holders=None,
)


class _Gatherer:
    """What a parser calls. The text is paragraphs, joined by newlines."""

    def __init__(self, kind: Kind) -> None:
        self._kind = kind
        self._out = io.StringIO()
        self._line: list[str] = []
        self._lines: list[str] = []
        self._skipping = self._holding = self._preformatted = 0

    def start(self, tag: str, attributes: Mapping[str, str]) -> None:
        """An element begins."""
        name = tag.rpartition("}")[2]
        kind = self._kind
        if self._skipping or name in kind.skipped or (kind is HTML and "hidden" in attributes):
            self._skipping += 1
            return
        if name in kind.paragraphs:
            self._end_paragraph()
            self._preformatted += name == "pre"
        elif name in kind.breaks:
            self._end_line()
        elif kind.holders is not None and name in kind.holders:
            self._holding += 1
        elif piece := kind.pieces.get(name):
            self._line.append(piece * _times(attributes))

    def end(self, tag: str) -> None:
        """An element ends."""
        if self._skipping:
            self._skipping -= 1
            return
        name = tag.rpartition("}")[2]
        if name in self._kind.paragraphs:
            self._end_paragraph()
            self._preformatted -= name == "pre"
        elif self._kind.holders is not None and name in self._kind.holders:
            self._holding -= 1

    def data(self, data: str) -> None:
        """Text stands here."""
        if self._skipping or (self._kind.holders is not None and not self._holding):
            return
        if not self._kind.collapses:
            self._line.append(data)
        elif self._preformatted:
            first, *others = data.split("\n")
            self._line.append(first)
            for other in others:
                self._end_line()
                self._line.append(other)
        else:
            self._line.append(WHITE_SPACE.sub(" ", data))

    def comment(self, text: str) -> None:
        """Comments are no text."""

    def close(self) -> str:
        """The text, once the document has ended."""
        self._end_paragraph()
        return self._out.getvalue()

    def _end_line(self) -> None:
        line = "".join(self._line)
        self._line.clear()
        if self._kind is HTML:
            line = WHITE_SPACE.sub(" ", line)
        self._lines.append(line.strip(" \t\r\n\f"))

    def _end_paragraph(self) -> None:
        if not self._line and not self._lines:
            return
        self._end_line()
        paragraph = "\n".join(self._lines).strip("\n")
        self._lines.clear()
        if paragraph:
            if self._out.tell():
                self._out.write("\n")
            self._out.write(paragraph)


def _target(kind: Kind) -> Any:
    """Typed loosely: the stubs of lxml expect methods that also take bytes, which never come."""
    return _Gatherer(kind)


def _times(attributes: Mapping[str, str]) -> int:
    """How often the piece stands there: `text:c` of ODF."""
    for name, value in attributes.items():
        if name.endswith("}c") and value.isascii() and value.isdecimal():
            return min(int(value[:4]), LONGEST_SPACE)
    return 1


def text_of_xml(data: bytes, kind: Kind) -> str:
    """The running text of an XML document.

    Raises:
        FaultError: it is not well-formed, or brings entities of its own.
    """
    from lxml import etree

    if b"<!ENTITY" in data.replace(b"\x00", b""):
        raise unreadable("a document with entities of its own is not read")
    parser = etree.XMLParser(
        target=_target(kind),
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        huge_tree=False,
    )
    try:
        return str(etree.fromstring(data, parser))
    except (etree.LxmlError, ValueError) as fault:
        raise unreadable(f"the text is not well-formed XML ({type(fault).__name__})") from fault


def text_of_html(data: bytes, *, xml: bool) -> str:
    """The running text of a page.

    Args:
        data: as stored.
        xml: whether it is to be XHTML; if it is not well-formed it is read as HTML all the same.

    Raises:
        FaultError: it is no markup at all.
    """
    from lxml import etree

    text = _decoded(data)
    if xml and "<!ENTITY" not in text:
        plain = ENTITY.sub(_entity, text).encode("utf-8", "replace")
        parser = etree.XMLParser(
            target=_target(HTML),
            encoding="utf-8",
            resolve_entities=False,
            no_network=True,
            load_dtd=False,
            huge_tree=False,
        )
        try:
            return str(etree.fromstring(plain, parser))
        except (etree.LxmlError, ValueError):
            pass  # then it is read as HTML, which takes anything
    loose = etree.HTMLParser(target=_target(HTML), encoding="utf-8", no_network=True)
    try:
        return str(etree.fromstring(text.encode("utf-8", "replace"), loose))
    except (etree.LxmlError, ValueError, AssertionError) as fault:
        raise unreadable(f"the page cannot be read ({type(fault).__name__})") from fault


def _entity(found: re.Match[str]) -> str:
    """A named character of HTML, which XML does not know."""
    name = found[1]
    return found[0] if name in XML_ENTITIES else html5.get(f"{name};", found[0])


def _decoded(data: bytes) -> str:
    """A byte-order mark first, then what the document declares, UTF-8 and Windows-1252."""
    for mark, encoding in MARKS:
        if data.startswith(mark):
            return data.decode(encoding, "replace")
    declared = DECLARED.search(data[:2048])
    named = "" if declared is None else _charset((declared[1] or declared[2]).decode("ascii"))
    for name in filter(None, (named, "utf-8")):
        try:
            return data.decode(name)
        except UnicodeError:
            continue
    return data.decode("windows-1252", "replace")


def _charset(named: str) -> str:
    """The codec of a declared charset, '' where there is none."""
    try:
        name = codecs.lookup(named).name
    except LookupError:
        return ""
    name = WEB_NAMES.get(name, name)
    return name if CHARSETS.match(name) or name in WEB_NAMES.values() else ""
