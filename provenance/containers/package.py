"""EPUB, OOXML and ODF packages: document properties, and the pictures inside as parts.

Follows EPUB 3.3 OCF section 4.2 and package document section 5.5, ECMA-376 part 2 section 11 (core
properties) and part 1 sections 15.2.12 (application and custom properties), and ODF 1.3 part 2
section 3.1 (`meta.xml`). A plain ZIP is only checked for being a bomb.
"""

from __future__ import annotations

import posixpath
from typing import TYPE_CHECKING

from provenance.containers.archive import ZipEntry, read_directory, read_entry
from provenance.containers.walk import FaultError, unreadable
from provenance.evidence import NotRunReason

if TYPE_CHECKING:
    from lxml.etree import _Element

    from provenance.containers.walk import Walk

    Entries = dict[str, ZipEntry]

__all__ = ["find"]

EPUB = "application/epub+zip"
OOXML = "application/vnd.openxmlformats-officedocument."
ODF = "application/vnd.oasis.opendocument."
RSL = "{https://rslstandard.org/rsl}rsl"
"""A licence in the metadata of a book (RSL 1.0 section 4.8)."""

OOXML_PROPERTIES = ("docProps/core.xml", "docProps/app.xml", "docProps/custom.xml")
PICTURES = (".jpg", ".jpeg", ".png", ".webp", ".gif", ".avif", ".heic", ".tif", ".tiff")


def find(walk: Walk) -> None:
    """Judge the archive, then read the properties of the kind of package it is."""
    entries = read_directory(walk)
    media_type = walk.asset.media_type
    if media_type == EPUB:
        _epub(walk, entries)
    elif media_type.startswith(OOXML):
        for name in OOXML_PROPERTIES:
            _properties(walk, entries, name)
    elif media_type.startswith(ODF):
        _properties(walk, entries, "meta.xml")
    else:
        return
    _pictures(walk, entries)


def _properties(walk: Walk, entries: Entries, name: str, place: str | None = None) -> None:
    """Keep every property of a document; a damaged one does not hide the rest of the package."""
    try:
        document = _document(walk, entries, name)
    except FaultError as flaw:
        walk.fault(flaw.fault.reason, flaw.fault.detail)
        return
    root = document
    if document is not None and place is not None:
        root = next(document.iter("{*}metadata"), None)
    for element in root.iter("*") if root is not None else ():
        _property(walk, element, place or posixpath.basename(name))


def _property(walk: Walk, element: _Element, place: str) -> None:
    walk.visit()
    local = str(element.tag).rpartition("}")[2]
    if element.tag == RSL:  # kept as it is written: attributes say what it permits
        from lxml import etree

        walk.text(place, "rsl:rsl", etree.tostring(element, with_tail=False))
    key = element.get("name") or element.get("property") or _odf_name(element) or local
    if local == "property":  # a custom property holds its value in a typed child
        value = "".join(map(str, element.itertext()))
    else:
        value = element.get("content") or element.text or ""
    if value.strip():
        walk.text(place, key, value.strip())


def _epub(walk: Walk, entries: Entries) -> None:
    """`META-INF/container.xml` names the package document, which holds the metadata."""
    container = _document(walk, entries, "META-INF/container.xml")
    if container is None:
        raise unreadable("the EPUB has no META-INF/container.xml")
    rootfiles = container.iter("{*}rootfile")
    paths = (posixpath.normpath(rootfile.get("full-path", "")) for rootfile in rootfiles)
    for path in dict.fromkeys(paths):  # each is read once, however often it is named
        _properties(walk, entries, path, place="OPF")


def _odf_name(element: _Element) -> str | None:
    return element.get("{urn:oasis:names:tc:opendocument:xmlns:meta:1.0}name")


def _document(walk: Walk, entries: Entries, name: str) -> _Element | None:
    """An XML entry, parsed without entities, DTDs or network."""
    entry = entries.get(name)
    if entry is None:
        return None
    from lxml import etree

    data = read_entry(walk, entry, walk.limits.metadata_bytes)
    parser = etree.XMLParser(
        resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False
    )
    try:
        return etree.fromstring(data, parser)
    except (etree.LxmlError, ValueError) as fault:
        raise unreadable(f"{posixpath.basename(name)} is not well-formed XML") from fault


def _pictures(walk: Walk, entries: Entries) -> None:
    for entry in entries.values():
        if not entry.name.lower().endswith(PICTURES):
            continue
        if len(walk.found.parts) >= walk.limits.parts:
            walk.fault(NotRunReason.LIMIT, f"only {walk.limits.parts} pictures were read")
            return
        if not walk.part_fits(entry.size):
            continue
        try:
            walk.part(entry.name, read_entry(walk, entry, walk.limits.zip_entry_bytes))
        except FaultError as flaw:  # one damaged picture does not hide the next
            walk.fault(flaw.fault.reason, flaw.fault.detail)
