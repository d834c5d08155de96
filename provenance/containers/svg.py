"""SVG: the XMP packet in `<metadata>`.

Follows SVG 2 section 5.8 and XMP part 3 section 1.1.9. A file without the word is left at once;
else the elements are parsed one by one, without network, external entities or DTDs, and emptied as
soon as they end, so that the drawing itself costs little memory. A C2PA manifest in the same
element is left to the C2PA reader.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from provenance.containers.packets import PacketKind
from provenance.containers.walk import over_limit, unreadable

if TYPE_CHECKING:
    from collections.abc import Iterable

    from lxml.etree import _Element

    from provenance.containers.walk import Walk

__all__ = ["find"]

METADATA = "{http://www.w3.org/2000/svg}metadata"
RDF = "{http://www.w3.org/1999/02/22-rdf-syntax-ns#}RDF"
OVERLAP = 16


def find(walk: Walk) -> None:
    """Keep every RDF description inside a `<metadata>` element."""
    if walk.size > walk.limits.zip_entry_bytes:
        raise over_limit(f"an SVG of {walk.size:,} bytes is not read")
    if not _mentions_metadata(walk):
        return
    from lxml import etree

    events = etree.iterparse(
        walk.asset.open(),
        events=("start", "end"),
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        huge_tree=False,
    )
    try:
        for rdf in _descriptions(walk, events):
            walk.packet(PacketKind.XMP, "metadata", "", etree.tostring(rdf, with_tail=False))
    except etree.LxmlError as fault:
        raise unreadable("the SVG is not well-formed XML") from fault


def _mentions_metadata(walk: Walk) -> bool:
    tail = b""
    for chunk in walk.asset.chunks():
        if b"metadata" in tail + chunk:
            return True
        tail = chunk[-OVERLAP:]
    return False


def _descriptions(walk: Walk, events: Iterable[tuple[str, _Element]]) -> Iterable[_Element]:
    inside = described = 0
    for event, element in events:
        if event == "start":
            walk.visit()
            inside += element.tag == METADATA
            described += element.tag == RDF
            continue
        described -= element.tag == RDF
        if inside and element.tag == RDF and not described:  # one inside another is part of it
            yield element
        inside -= element.tag == METADATA
        if not inside:
            element.clear()
