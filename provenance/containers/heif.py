"""The EXIF and XMP items of HEIF pictures (HEIC, AVIF).

Follows ISO/IEC 14496-12 sections 8.11.3 (`iloc`) and 8.11.6 (`iinf`) and ISO/IEC 23008-12 annex A:
EXIF is an item of type `Exif`, XMP one of type `mime` with content type `application/rdf+xml`.
Pictures themselves are never read.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from provenance.containers.packets import PacketKind
from provenance.containers.walk import unreadable

if TYPE_CHECKING:
    from provenance.containers.bmff import Box
    from provenance.containers.walk import Walk

__all__ = ["read_items"]

XMP_TYPES = frozenset({b"application/rdf+xml", b"application/xmp+xml"})
MAX_EXTENTS = 256

Extents = list[tuple[int, int]]


class Fields:
    """The numbers of a box, read one after the other."""

    def __init__(self, data: bytes) -> None:
        self.data = data
        self.at = 0

    def number(self, size: int) -> int:
        """The next `size` bytes as a number; no bytes are 0."""
        if self.at + size > len(self.data):
            raise unreadable("a HEIF item table is cut short")
        value = int.from_bytes(self.data[self.at : self.at + size], "big")
        self.at += size
        return value


def read_items(walk: Walk, children: dict[bytes, Box]) -> None:
    """Keep the metadata items of a `meta` box."""
    if not {b"iinf", b"iloc"} <= children.keys():
        return
    wanted = _wanted(walk, children[b"iinf"])
    if not wanted:
        return
    idat = children.get(b"idat")
    for item, extents in _locations(walk, children[b"iloc"], idat, set(wanted)):
        size = sum(size for _, size in extents)
        if not walk.fits(size, "a HEIF metadata item"):
            continue
        data = b"".join(walk.take(at, size) for at, size in extents if size)
        if wanted[item] is PacketKind.EXIF:
            data = data[4 + int.from_bytes(data[:4], "big") :]
            data = data.removeprefix(b"Exif\x00\x00")
        walk.packet(wanted[item], "Exif" if wanted[item] is PacketKind.EXIF else "mime", "", data)


def _wanted(walk: Walk, box: Box) -> dict[int, PacketKind]:
    """Numbers of the items that hold metadata."""
    version = walk.take(box.at, 1)[0]
    at = box.at + (6 if version == 0 else 8)
    wanted: dict[int, PacketKind] = {}
    while at + 12 <= box.end:
        walk.visit()
        size = int.from_bytes(walk.take(at, 4), "big")
        if size < 12 or at + size > box.end:
            raise unreadable("a HEIF item entry has a wrong size")
        entry = walk.take(at + 8, min(size - 8, 512))
        wide = entry[0] > 2
        number = int.from_bytes(entry[4 : 8 if wide else 6], "big")
        kind = entry[10:14] if wide else entry[8:12]
        if kind == b"Exif":
            wanted[number] = PacketKind.EXIF
        elif kind == b"mime":
            content_type = entry[14 if wide else 12 :].partition(b"\x00")[2].partition(b"\x00")[0]
            if content_type in XMP_TYPES:
                wanted[number] = PacketKind.XMP
        at += size
    return wanted


def _locations(
    walk: Walk, box: Box, idat: Box | None, wanted: set[int]
) -> list[tuple[int, Extents]]:
    """Where the wanted items lie."""
    if not walk.fits(box.end - box.at, "a HEIF item table"):
        return []
    fields = Fields(walk.take(box.at, box.end - box.at))
    version = fields.number(4) >> 24
    sizes = fields.number(2)
    offset_size, length_size, base_size = sizes >> 12, sizes >> 8 & 15, sizes >> 4 & 15
    index_size = sizes & 15 if version in (1, 2) else 0
    number_size = 2 if version < 2 else 4
    found: list[tuple[int, Extents]] = []
    for _ in range(fields.number(number_size)):
        walk.visit()
        number = fields.number(number_size)
        method = fields.number(2) & 15 if version in (1, 2) else 0
        fields.number(2)  # data reference
        base = fields.number(base_size)
        extents: Extents = []
        for _ in range(fields.number(2)):
            walk.visit()  # extents may take no bytes at all
            fields.number(index_size)
            place, length = base + fields.number(offset_size), fields.number(length_size)
            if number in wanted and len(extents) < MAX_EXTENTS:
                extents.append((place + (idat.at if method == 1 and idat else 0), length))
        if number in wanted and method in (0, 1):
            found.append((number, extents))
    return found
