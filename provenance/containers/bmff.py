"""ISO base media files: MP4, M4A, MOV, HEIC, AVIF, CR3, and the boxes of JPEG XL and JPEG 2000.

Follows ISO/IEC 14496-12 sections 4.2 (boxes) and 8.10 (user data), the QuickTime File Format for
`keys`/`ilst` and international text, and XMP part 3 section 1.1.6 and 1.1.7 for where XMP stands.
The items of HEIF pictures are read by `provenance.containers.heif`. Media data are stepped over.
C2PA's `uuid` box is left to the C2PA reader.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from provenance.containers import heif
from provenance.containers.ilst import read_items, read_keys
from provenance.containers.packets import PacketKind
from provenance.containers.walk import decode_text, unreadable
from provenance.evidence import NotRunReason

if TYPE_CHECKING:
    from collections.abc import Iterator

    from provenance.containers.walk import Walk

__all__ = ["Box", "boxes", "find"]

XMP_UUID = bytes.fromhex("be7acfcb97a942e89c71999491e3afac")
CANON_UUID = bytes.fromhex("85c0b687820f11e08111f4ce462b6a48")
CANON_EXIF = frozenset({b"CMT1", b"CMT2"})
CONTAINERS = frozenset({b"moov", b"trak", b"udta", b"iprp", b"ipco"})


@dataclass(frozen=True, slots=True)
class Box:
    """A box: its four-character type and where its content lies."""

    kind: bytes
    at: int
    end: int


def find(walk: Walk) -> None:
    """Visit the boxes that can hold metadata."""
    _visit(walk, 0, walk.size, 1, b"")


def boxes(walk: Walk, at: int, end: int) -> Iterator[Box]:
    """The boxes between two places (ISO/IEC 14496-12 section 4.2.2)."""
    while at + 8 <= end:
        walk.visit()
        header = walk.take(at, 8)
        size, kind, start = int.from_bytes(header[:4], "big"), header[4:], at + 8
        if size == 1:
            size, start = int.from_bytes(walk.take(at + 8, 8), "big"), at + 16
        elif size == 0:
            if kind == bytes(4):
                return  # QuickTime ends a list of user data with a zero
            size = end - at
        if at + size < start or at + size > end:
            raise unreadable(f"the box {kind.decode('latin-1')!r} at byte {at} has a wrong size")
        yield Box(kind, start, at + size)
        at += size


def _visit(walk: Walk, at: int, end: int, depth: int, parent: bytes) -> None:
    walk.depth(depth)
    for box in boxes(walk, at, end):
        if box.kind in CONTAINERS:
            _visit(walk, box.at, box.end, depth + 1, box.kind)
        elif box.kind == b"meta":
            _meta(walk, box, depth + 1)
        elif box.kind == b"uuid":
            _uuid(walk, box)
        elif box.kind == b"ispe" and parent == b"ipco":
            size = walk.take(box.at, 12)
            walk.pixels(int.from_bytes(size[4:8], "big"), int.from_bytes(size[8:12], "big"))
        elif parent == b"udta":
            _user_data(walk, box)
        elif depth == 1:
            _picture_boxes(walk, box)


def _meta(walk: Walk, box: Box, depth: int) -> None:
    """`meta` in its ISO form (a full box) and in its QuickTime form (a plain one)."""
    walk.depth(depth)
    start = box.at if walk.read(box.at + 4, 4) == b"hdlr" else box.at + 4
    children = {child.kind: child for child in boxes(walk, start, box.end)}
    keys = read_keys(walk, children.get(b"keys"))
    if items := children.get(b"ilst"):
        read_items(walk, items, keys, boxes)
    if iprp := children.get(b"iprp"):
        _visit(walk, iprp.at, iprp.end, depth + 1, b"iprp")
    heif.read_items(walk, children)


def _uuid(walk: Walk, box: Box) -> None:
    identifier = walk.take(box.at, 16)
    if identifier == XMP_UUID:
        walk.packet_at(PacketKind.XMP, "uuid", "", box.at + 16, box.end - box.at - 16)
    elif identifier == CANON_UUID:
        for child in boxes(walk, box.at + 16, box.end):
            if child.kind in CANON_EXIF:
                place = child.kind.decode()
                walk.packet_at(PacketKind.EXIF, place, "", child.at, child.end - child.at)


def _user_data(walk: Walk, box: Box) -> None:
    size = box.end - box.at
    if box.kind == b"XMP_":
        walk.packet_at(PacketKind.XMP, "XMP_", "", box.at, size)
    elif box.kind[:1] == b"\xa9" and size > 4 and walk.fits(size, "a user data text"):
        # International text: length, language, bytes; the first language speaks.
        length = int.from_bytes(walk.take(box.at, 2), "big")
        walk.text("udta", box.kind.decode("latin-1"), walk.read(box.at + 4, min(length, size - 4)))
    elif box.kind == b"cprt" and size > 6 and walk.fits(size, "a user data text"):
        # A full box (3GPP TS 26.244 section 8): language, then UTF-8, or UTF-16 with its mark.
        text = walk.take(box.at + 6, size - 6)
        wide = text.startswith((b"\xfe\xff", b"\xff\xfe"))
        decoded = text.decode("utf-16", "replace") if wide else decode_text(text)
        walk.text("udta", "cprt", decoded.rstrip("\x00"))
    elif box.kind == b"AIGC" and walk.fits(size, "a user data text"):
        text = walk.take(box.at, size)
        walk.text("udta", "AIGC", text[text.find(b"{") :] if b"{" in text else text)


def _picture_boxes(walk: Walk, box: Box) -> None:
    """The top-level boxes of JPEG XL (ISO/IEC 18181-2) and JPEG 2000 (ISO/IEC 15444-1)."""
    size = box.end - box.at
    if box.kind == b"Exif" and size > 4:
        skip = 4 + int.from_bytes(walk.take(box.at, 4), "big")
        walk.packet_at(PacketKind.EXIF, "Exif", "", box.at + skip, size - skip)
    elif box.kind == b"xml ":
        walk.packet_at(PacketKind.XMP, "xml", "", box.at, size)
    elif box.kind == b"brob" and walk.read(box.at, 4) in (b"Exif", b"xml "):
        detail = "metadata compressed with Brotli are not read"
        walk.fault(NotRunReason.UNREADABLE, detail)
