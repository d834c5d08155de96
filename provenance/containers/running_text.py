"""The running text of a document, part by part in reading order.

A page of HTML is one part; of an EPUB each document of its spine (EPUB 3.3 section 5.7) that is
not its table of contents; of a DOCX the main document, which its relationships name (ECMA-376 part
2 section 8); of an ODT its content; of a PDF each page, which must stay in a sandboxed worker:
PDFium reads it. Where the parts are too many or too large together, they are taken evenly over the
work.

The text of a part is its paragraphs, joined by newlines: a place in it is a number of characters.
"""

from __future__ import annotations

import posixpath
from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import unquote

from provenance.containers.archive import read_directory, read_entry
from provenance.containers.markup import ODF, WORD, text_of_html, text_of_xml
from provenance.containers.page_text import text_of_pages
from provenance.containers.walk import FaultError, Walk, over_limit, unreadable
from provenance.evidence import NotRunReason
from provenance.limits import DEFAULT, Limits

if TYPE_CHECKING:
    from collections.abc import Iterator

    from lxml.etree import _Element

    from provenance.asset import Asset
    from provenance.containers.archive import ZipEntry

    Entries = dict[str, ZipEntry]

__all__ = ["MEDIA_TYPES", "TextPart", "running_text"]

HTML, XHTML = "text/html", "application/xhtml+xml"
EPUB = "application/epub+zip"
DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
ODT = "application/vnd.oasis.opendocument.text"
PDF = "application/pdf"
MEDIA_TYPES = frozenset({HTML, XHTML, EPUB, DOCX, ODT, PDF})
"""What running text is taken out of."""

MAIN_DOCUMENT = "/officeDocument"
PAGES = frozenset({XHTML, HTML, "application/x-dtbook+xml", ""})


@dataclass(frozen=True, slots=True)
class TextPart:
    """The text of one part.

    Attributes:
        part: path inside the package, `page/12` of a PDF, None for the document itself.
        text: its paragraphs, joined by newlines.
    """

    part: str | None
    text: str


def running_text(asset: Asset, limits: Limits = DEFAULT) -> Iterator[TextPart]:
    """The parts with their texts, empty ones left out.

    Raises:
        FaultError: `unreadable`, `encrypted` or `limit`, of a PDF `no_text` too; ValueError for
            another media type.
    """
    walk = Walk(asset, limits)
    match asset.media_type:
        case "text/html" | "application/xhtml+xml":
            if asset.size > limits.text_bytes:
                raise over_limit(f"a page of {asset.size:,} bytes is over the limit")
            text = text_of_html(asset.read_at(0, asset.size), xml=asset.media_type == XHTML)
            parts: Iterator[TextPart] = iter([TextPart(None, text)])
        case "application/epub+zip":
            parts = _chapters(walk, read_directory(walk))
        case media_type if media_type == DOCX:
            entries = read_directory(walk)
            parts = _document(walk, entries, _main_document(walk, entries))
        case media_type if media_type == ODT:
            parts = _document(walk, read_directory(walk), "content.xml")
        case "application/pdf":
            parts = (
                TextPart(f"page/{number}", text) for number, text in text_of_pages(asset, limits)
            )
        case other:
            raise ValueError(f"no running text is taken out of {other}")
    return (part for part in parts if part.text)


def _document(walk: Walk, entries: Entries, name: str) -> Iterator[TextPart]:
    kind = WORD if walk.asset.media_type == DOCX else ODF
    entry = _entry(entries, name)
    yield TextPart(name, text_of_xml(read_entry(walk, entry, walk.limits.zip_entry_bytes), kind))


def _entry(entries: Entries, name: str) -> ZipEntry:
    entry = entries.get(name)
    if entry is None:
        raise unreadable(f"the package has no {name[:200]}")
    return entry


def _main_document(walk: Walk, entries: Entries) -> str:
    for relationship in _xml(walk, entries, "_rels/.rels").iter("{*}Relationship"):
        if relationship.get("Type", "").endswith(MAIN_DOCUMENT):
            return posixpath.normpath(relationship.get("Target", "").lstrip("/"))
    raise unreadable("the package names no main document")


def _chapters(walk: Walk, entries: Entries) -> Iterator[TextPart]:
    names = [name for name in _spine(walk, entries) if name in entries]
    if not names:
        raise unreadable("the book has no chapters in its reading order")
    _refuse_encrypted(walk, entries, frozenset(names))
    for name in _evenly(names, entries, walk.limits):
        data = read_entry(walk, entries[name], walk.limits.text_bytes)
        yield TextPart(name, text_of_html(data, xml=True))


def _spine(walk: Walk, entries: Entries) -> list[str]:
    """Paths of the documents in reading order, each once."""
    rootfile = next(_xml(walk, entries, "META-INF/container.xml").iter("{*}rootfile"), None)
    path = posixpath.normpath("" if rootfile is None else rootfile.get("full-path", ""))
    package = _xml(walk, entries, path)
    folder = posixpath.dirname(path)
    items: dict[str, str] = {}
    for item in package.iter("{*}item"):
        contents = "nav" in item.get("properties", "").split()
        if not contents and item.get("media-type", "") in PAGES:
            place = posixpath.join(folder, unquote(item.get("href", "")))
            items[item.get("id", "")] = posixpath.normpath(place)
    order = (items.get(one.get("idref", "")) for one in package.iter("{*}itemref"))
    return list(dict.fromkeys(name for name in order if name))


def _refuse_encrypted(walk: Walk, entries: Entries, names: frozenset[str]) -> None:
    """A book under digital rights management lists what is encrypted (OCF section 4.2.6.3.2)."""
    if "META-INF/encryption.xml" not in entries:
        return
    listed = _xml(walk, entries, "META-INF/encryption.xml").iter("{*}CipherReference")
    if names & {posixpath.normpath(unquote(one.get("URI", ""))) for one in listed}:
        raise FaultError(NotRunReason.ENCRYPTED, "the chapters are encrypted")


def _evenly(names: list[str], entries: Entries, limits: Limits) -> list[str]:
    """As many as may be opened, spread over the work."""
    most = min(len(names), limits.pages)
    while True:
        step = len(names) / most
        chosen = [names[int(number * step)] for number in range(most)]
        if most == 1 or sum(entries[name].size for name in chosen) <= limits.zip_entry_bytes:
            return chosen
        most = max(most * 3 // 4, 1)


def _xml(walk: Walk, entries: Entries, name: str) -> _Element:
    from lxml import etree

    data = read_entry(walk, _entry(entries, name), walk.limits.metadata_bytes)
    parser = etree.XMLParser(
        resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False
    )
    try:
        root: _Element | None = etree.fromstring(data, parser)
    except (etree.LxmlError, ValueError) as fault:
        raise unreadable(f"{posixpath.basename(name)} is not well-formed XML") from fault
    if root is None:
        raise unreadable(f"{posixpath.basename(name)} is empty")
    return root
