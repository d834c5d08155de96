"""TIFF and DNG: XMP, IPTC-IIM, and the text fields as a small EXIF packet.

Follows TIFF 6.0 section 2 and XMP part 3 section 1.1.4 (tag 700). A TIFF file is itself the
structure an EXIF packet is, but with the pictures in it; so that readers need not hold those, the
text fields are copied into a structure of their own, in the byte order of the file. Nothing is
decoded.
"""

from __future__ import annotations

from collections import deque
from typing import TYPE_CHECKING

from provenance.containers.ifd import EXIF_IFD, SUB_IFDS, TEXT_TAGS, Directory, Layout, layout
from provenance.containers.iim import read_data_sets, read_resources
from provenance.containers.packets import PacketKind
from provenance.containers.walk import unreadable
from provenance.evidence import NotRunReason

if TYPE_CHECKING:
    from provenance.containers.walk import Walk

__all__ = ["find"]

WIDTH, HEIGHT, XMP = 0x0100, 0x0101, 0x02BC
IIM = {0x83BB: read_data_sets, 0x8649: read_resources}
"""Tags of an IIM stream (33723) and of Photoshop's image resources (34377)."""
BYTE_TYPES = (1, 2, 7)

Fields = dict[int, tuple[int, bytes]]


def find(walk: Walk) -> None:
    """Visit every directory once: the chain, and the ones the first points to."""
    structure = layout(walk.take(0, 8) + walk.read(8, 8))
    if structure is None:
        raise unreadable("no TIFF header")
    fields: Fields = {}
    try:
        _directories(walk, structure, fields)
    finally:
        if fields:
            walk.packet(PacketKind.EXIF, "TIFF", "", _structure(structure, fields))


def _directories(walk: Walk, structure: Layout, fields: Fields) -> None:
    pending, seen = deque([structure.first]), set[int]()
    while pending:
        at = pending.popleft()
        walk.visit()
        if at in seen:
            walk.fault(NotRunReason.UNREADABLE, "the TIFF directories point in a circle")
            continue
        seen.add(at)
        directory = structure.directory(walk.read, at)
        if directory is None:
            raise unreadable(f"no TIFF directory at byte {at}")
        walk.visit(directory.rows)  # directories may overlap: a small file can have many large ones
        size = {WIDTH: 0, HEIGHT: 0}
        for entry in directory.entries:
            if entry.tag in (EXIF_IFD, SUB_IFDS):
                pending += [place for place in structure.numbers(walk.read, entry) if place]
            elif entry.tag in size:
                size[entry.tag] = next(iter(structure.numbers(walk.read, entry)), 0)
        walk.pixels(size[WIDTH], size[HEIGHT])
        _keep(walk, directory, fields)
        if directory.next:
            pending.append(directory.next)


def _keep(walk: Walk, directory: Directory, fields: Fields) -> None:
    for entry in directory.entries:
        if entry.tag == XMP:
            walk.packet_at(PacketKind.XMP, "TIFF", "", entry.at, entry.size)
        elif (read := IIM.get(entry.tag)) and walk.fits(entry.size, "IPTC data sets"):
            read(walk, walk.read(entry.at, entry.size))
        wanted = entry.tag in TEXT_TAGS and entry.tag not in fields
        if not wanted or entry.field_type not in BYTE_TYPES:
            continue
        held = sum(len(data) for _, data in fields.values())
        if walk.fits(held + entry.size, f"TIFF fields up to {TEXT_TAGS[entry.tag]}"):
            data = walk.read(entry.at, entry.size)
            if len(data) != entry.size:
                walk.fault(NotRunReason.UNREADABLE, "a TIFF field lies beyond the file")
            fields[entry.tag] = (entry.field_type, data)


def _structure(structure: Layout, fields: Fields) -> bytes:
    """A TIFF structure of one directory that holds `fields`."""
    order = structure.order
    head = (b"II*\x00" if order == "little" else b"MM\x00*") + (8).to_bytes(4, order)
    at = 8 + 2 + 12 * len(fields) + 4
    table, values = bytearray(len(fields).to_bytes(2, order)), bytearray()
    for tag, (field_type, data) in sorted(fields.items()):
        table += tag.to_bytes(2, order) + field_type.to_bytes(2, order)
        table += len(data).to_bytes(4, order)
        if len(data) <= 4:
            table += data.ljust(4, b"\x00")
        else:
            table += (at + len(values)).to_bytes(4, order)
            values += data
    return head + bytes(table) + bytes(4) + bytes(values)
