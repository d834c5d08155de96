"""IPTC-IIM: the old caption fields about rights, in Photoshop's image resources.

Follows the IPTC Information Interchange Model 4.2 chapters 3 to 6 (data sets: a tag marker, record
and number, length, bytes) and Adobe's Photoshop file format (image resource blocks, 0x0404). Only
the two data sets that hold sentences about rights are kept: 2:40 special instructions and 2:116
copyright notice. All other data sets are stepped over.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from provenance.evidence import NotRunReason

if TYPE_CHECKING:
    from provenance.containers.walk import Walk

__all__ = ["read_data_sets", "read_resources"]

RESOURCE = b"8BIM"
IPTC_NAA = 0x0404
MARKER = 0x1C
WANTED = {(2, 40), (2, 116)}
EXTENDED = 0x8000


def read_resources(walk: Walk, data: bytes) -> None:
    """Keep what the IPTC block among some image resources says."""
    at = 0
    while data[at : at + 4] == RESOURCE and at + 12 <= len(data):
        walk.visit()
        name = 1 + data[at + 6]
        start = at + 6 + name + (name & 1)
        size = int.from_bytes(data[start : start + 4], "big")
        body = data[start + 4 : start + 4 + size]
        if len(body) != size:
            walk.fault(NotRunReason.UNREADABLE, "a Photoshop image resource is cut short")
        if int.from_bytes(data[at + 4 : at + 6], "big") == IPTC_NAA:
            read_data_sets(walk, body)
        at = start + 4 + size + (size & 1)


def read_data_sets(walk: Walk, data: bytes) -> None:
    """Keep the wanted data sets of an IIM stream."""
    at = 0
    while at + 5 <= len(data) and data[at] == MARKER:
        walk.visit()
        record, number = data[at + 1], data[at + 2]
        size = int.from_bytes(data[at + 3 : at + 5], "big")
        at += 5
        if size & EXTENDED:  # the length itself takes this many bytes
            width = size & ~EXTENDED
            size = int.from_bytes(data[at : at + width], "big") if width <= 8 else len(data)
            at += width
        body = data[at : at + size]
        if len(body) != size:
            walk.fault(NotRunReason.UNREADABLE, "the IPTC data sets are cut short")
            return
        if (record, number) in WANTED:
            walk.text("IIM", f"{record}:{number}", body.rstrip(b"\x00"))
        at += size
