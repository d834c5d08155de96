"""AIFF and AIFF-C: the ID3 tag and the text chunks.

Follows the Audio Interchange File Format specification 1.3 (Apple, 1989): chunks with big-endian
sizes, padded to even length. XMP stands in an `APPL` chunk of signature `XMP ` (XMP part 3
section 1.1.1).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from provenance.containers.id3 import read_id3v2
from provenance.containers.packets import PacketKind
from provenance.containers.walk import unreadable

if TYPE_CHECKING:
    from provenance.containers.walk import Walk

__all__ = ["find"]

TEXTS = frozenset({b"NAME", b"AUTH", b"ANNO", b"(c) "})


def find(walk: Walk) -> None:
    """Visit the chunks of the form."""
    at = 12
    while at + 8 <= walk.size:
        walk.visit()
        header = walk.take(at, 8)
        kind, size = header[:4], int.from_bytes(header[4:], "big")
        if at + 8 + size > walk.size:
            raise unreadable(f"the AIFF chunk {kind.decode('latin-1')!r} at byte {at} is cut short")
        if kind == b"ID3 ":
            read_id3v2(walk, at + 8, at + 8 + size)
        elif kind in TEXTS:
            if walk.fits(size, "an AIFF text"):
                key = kind.decode("latin-1").strip()
                walk.text("AIFF", key, walk.take(at + 8, size).rstrip(b"\x00"))
        elif kind == b"APPL" and walk.read(at + 8, 4) == b"XMP ":
            walk.packet_at(PacketKind.XMP, "APPL", "", at + 12, size - 4)
        at += 8 + size + (size & 1)
