"""JPEG: EXIF, XMP, IPTC-IIM, comments and the size of the picture.

Follows ITU-T T.81 Annex B for the segments, EXIF 3.0 section 4.7 and XMP part 3 (Adobe, 2020)
section 1.1.3 for what APP1 holds, including Extended XMP. Only the segments before the first scan
are visited. Samsung phones append a directory of named blocks behind the picture ("SEF"); the
block in which their editor notes generative edits is kept. Photoshop's image resources (APP13) hold
IPTC-IIM, whose texts about rights are kept. JUMBF (APP11) is left to the C2PA reader.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from provenance.containers.iim import read_resources
from provenance.containers.packets import PacketKind
from provenance.containers.walk import over_limit, unreadable
from provenance.evidence import NotRunReason

if TYPE_CHECKING:
    from provenance.containers.walk import Walk

__all__ = ["find"]

EXIF = b"Exif\x00"
XMP = b"http://ns.adobe.com/xap/1.0/\x00"
EXTENDED_XMP = b"http://ns.adobe.com/xmp/extension/\x00"
PHOTOSHOP = b"Photoshop 3.0\x00"

SOF = frozenset(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC}
STANDALONE = frozenset(range(0xD0, 0xD8)) | {0x01}
END = frozenset({0xD9, 0xDA})

DIGEST = re.compile(rb"(?<![0-9A-Fa-f])[0-9A-Fa-f]{32}(?![0-9A-Fa-f])")

RE_EDIT = b"PhotoEditor_Re_Edit_Data"


class ExtendedXmp:
    """The chunks of Extended XMP (XMP part 3 section 1.1.3.1) met so far."""

    def __init__(self) -> None:
        self._chunks: dict[bytes, list[tuple[int, int, bytes]]] = {}
        self._held = 0

    def add(self, walk: Walk, data: bytes) -> None:
        """Keep one chunk: digest, total length, offset, bytes."""
        self._held += len(data)
        if self._held > 2 * walk.limits.metadata_bytes:
            raise over_limit(f"Extended XMP of more than {2 * walk.limits.metadata_bytes:,} bytes")
        total = int.from_bytes(data[32:36], "big")
        offset = int.from_bytes(data[36:40], "big")
        self._chunks.setdefault(data[:32], []).append((offset, total, data[40:]))

    def join(self, walk: Walk) -> None:
        """Put the packet together whose digest the main packet names; others are left over."""
        main = b"".join(p.data for p in walk.found.packets if p.kind is PacketKind.XMP)
        named = set(DIGEST.findall(main))
        for digest, chunks in self._chunks.items():
            total = chunks[0][1]
            if digest not in named or not walk.fits(total, "Extended XMP"):
                continue
            joined = bytearray()
            for offset, _, data in sorted(chunks, key=lambda chunk: chunk[0]):
                if offset == len(joined):
                    joined += data
            if len(joined) == total:
                walk.packet(PacketKind.XMP, "APP1", "extended", bytes(joined))
            else:
                walk.fault(NotRunReason.UNREADABLE, "Extended XMP is incomplete")


def find(walk: Walk) -> None:
    """Visit the segments up to the first scan, then the blocks behind the picture."""
    extended = ExtendedXmp()
    resources = bytearray()
    try:
        _segments(walk, extended, resources)
    finally:
        extended.join(walk)
        read_resources(walk, bytes(resources))
    _samsung_blocks(walk)


def _segments(walk: Walk, extended: ExtendedXmp, resources: bytearray) -> None:
    at = 2
    while True:
        walk.visit()
        first, marker = walk.take(at, 2)
        if first != 0xFF:
            raise unreadable(f"a JPEG segment was expected at byte {at}")
        if marker == 0xFF:  # a fill byte
            at += 1
            continue
        if marker in END:
            return
        at += 2
        if marker in STANDALONE:
            continue
        length = int.from_bytes(walk.take(at, 2), "big")
        if length < 2:
            raise unreadable(f"a JPEG segment at byte {at} has an impossible length")
        if marker == 0xED:
            _app13(walk, walk.take(at + 2, length - 2), resources)
        else:
            _segment(walk, marker, at + 2, length - 2, extended)
        at += length


def _segment(walk: Walk, marker: int, at: int, size: int, extended: ExtendedXmp) -> None:
    if marker == 0xE1:
        _app1(walk, walk.take(at, size), extended)
    elif marker == 0xFE:
        walk.text("COM", "", walk.take(at, size).rstrip(b"\x00"))
    elif marker in SOF and size >= 5:
        header = walk.take(at, 5)
        walk.pixels(int.from_bytes(header[3:5], "big"), int.from_bytes(header[1:3], "big"))


def _app1(walk: Walk, data: bytes, extended: ExtendedXmp) -> None:
    if data.startswith(EXIF):
        walk.packet(PacketKind.EXIF, "APP1", "", data[6:])
    elif data.startswith(XMP):
        walk.packet(PacketKind.XMP, "APP1", "", data[len(XMP) :])
    elif data.startswith(EXTENDED_XMP) and len(data) > len(EXTENDED_XMP) + 40:
        extended.add(walk, data[len(EXTENDED_XMP) :])


def _app13(walk: Walk, data: bytes, resources: bytearray) -> None:
    """Resources that do not fit into one segment go on in the next."""
    held = len(resources) + len(data)
    if data.startswith(PHOTOSHOP) and walk.fits(held, "Photoshop image resources"):
        resources += data[len(PHOTOSHOP) :]


def _samsung_blocks(walk: Walk) -> None:
    tail = walk.read(walk.size - 8, 8)
    if tail[4:] != b"SEFT":
        return
    length = int.from_bytes(tail[:4], "little")
    start = walk.size - 8 - length
    header = walk.read(start, 12)
    if header[:4] != b"SEFH":
        return
    count = min(int.from_bytes(header[8:12], "little"), (length - 12) // 12)
    for index in range(count):
        walk.visit()
        entry = walk.take(start + 12 + 12 * index, 12)
        at = start - int.from_bytes(entry[4:8], "little")
        size = int.from_bytes(entry[8:12], "little")
        name_length = int.from_bytes(walk.read(at + 4, 4), "little")
        if name_length == len(RE_EDIT) and walk.read(at + 8, name_length) == RE_EDIT:
            body = at + 8 + name_length
            walk.packet_at(PacketKind.TEXT, "SEF", RE_EDIT.decode(), body, size - 8 - name_length)
