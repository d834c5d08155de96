"""RIFF: WAV, WebP and AVI, with the 64-bit form RF64.

Follows the Multimedia Programming Interface (1991) chapter 2 for chunks and `LIST INFO`, EBU Tech
3306 for RF64, and the WebP container specification for `VP8X`, `EXIF` and `XMP `. XMP stands in
`_PMX` in WAV and AVI (XMP part 3 section 1.1.8), ID3 in `id3 `, and the label of GB 45438-2025 in
an `AIGC` chunk of `LIST INFO`. Samples and frames are stepped over, never read.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from provenance.containers.id3 import read_id3v2
from provenance.containers.packets import PacketKind
from provenance.containers.walk import unreadable
from provenance.evidence import NotRunReason

if TYPE_CHECKING:
    from provenance.containers.walk import Walk

__all__ = ["find"]

UNKNOWN = (0, 0xFFFFFFFF)
SKIPPED_LISTS = frozenset({b"movi", b"hdrl", b"wavl"})


def find(walk: Walk) -> None:
    """Visit the chunks of each RIFF form; large AVI files have several in a row."""
    at = 0
    while at + 12 <= walk.size:
        header = walk.take(at, 12)
        if header[:4] not in (b"RIFF", b"RF64"):
            return  # what follows the form is none of its business
        size = int.from_bytes(header[4:8], "little")
        if header[:4] == b"RF64" or size in UNKNOWN:
            size = walk.size - at - 8
        end = min(at + 8 + size, walk.size)
        if end < at + 8 + size:
            walk.fault(NotRunReason.UNREADABLE, "the RIFF file is shorter than its header says")
        _chunks(walk, at + 12, end, 1)
        at = end + (size & 1)


def _chunks(walk: Walk, at: int, end: int, depth: int, list_type: bytes = b"") -> None:
    walk.depth(depth)
    data_size: int | None = None
    while at + 8 <= end:
        walk.visit()
        header = walk.take(at, 8)
        kind, size = header[:4], int.from_bytes(header[4:], "little")
        if not _is_name(kind):
            raise unreadable(f"a RIFF chunk was expected at byte {at}")
        if kind == b"ds64":
            data_size = int.from_bytes(walk.take(at + 16, 8), "little")
        if kind == b"data" and size in UNKNOWN:
            if data_size:
                size = data_size
            elif size or not _is_chunk(walk, at + 8, end):
                return  # a stream whose length was never written: the samples reach the end
        if at + 8 + size > end:
            raise unreadable(f"the RIFF chunk {kind.decode('latin-1')!r} at byte {at} is cut short")
        if list_type == b"INFO" and kind != b"LIST":
            _info(walk, kind, at + 8, size)
        else:
            _chunk(walk, kind, at + 8, size, depth)
        at += 8 + size + (size & 1)


def _is_name(kind: bytes) -> bool:
    return len(kind) == 4 and all(32 <= byte < 127 or byte == 0xA9 for byte in kind)


def _is_chunk(walk: Walk, at: int, end: int) -> bool:
    header = walk.read(at, 8)
    return _is_name(header[:4]) and at + 8 + int.from_bytes(header[4:], "little") <= end


def _chunk(walk: Walk, kind: bytes, at: int, size: int, depth: int) -> None:
    match kind:
        case b"LIST" | b"RIFF":
            list_type = walk.take(at, 4)
            if list_type not in SKIPPED_LISTS:
                _chunks(walk, at + 4, at + size, depth + 1, list_type)
        case b"EXIF":
            start = 6 if walk.read(at, 6) == b"Exif\x00\x00" else 0
            walk.packet_at(PacketKind.EXIF, "EXIF", "", at + start, size - start)
        case b"XMP " | b"_PMX":
            walk.packet_at(PacketKind.XMP, kind.decode(), "", at, size)
        case b"id3 " | b"ID3 ":
            read_id3v2(walk, at, at + size)
        case b"VP8X":
            canvas = walk.take(at, 10)
            walk.pixels(
                1 + int.from_bytes(canvas[4:7], "little"),
                1 + int.from_bytes(canvas[7:10], "little"),
            )
        case b"VP8 " | b"VP8L":
            _frame_size(walk, kind, walk.read(at, 10))


def _info(walk: Walk, kind: bytes, at: int, size: int) -> None:
    if walk.fits(size, "a RIFF INFO text"):
        text = walk.take(at, size).split(b"\x00", 1)[0]
        walk.text("INFO", kind.decode("latin-1").strip(), text)


def _frame_size(walk: Walk, kind: bytes, head: bytes) -> None:
    """Width and height of a WebP frame: RFC 6386 section 9.1, RFC 9649 section 3.4."""
    if kind == b"VP8 " and head[3:6] == b"\x9d\x01\x2a":
        walk.pixels(
            int.from_bytes(head[6:8], "little") & 0x3FFF,
            int.from_bytes(head[8:10], "little") & 0x3FFF,
        )
    elif kind == b"VP8L" and head[:1] == b"\x2f":
        bits = int.from_bytes(head[1:5], "little")
        walk.pixels(1 + (bits & 0x3FFF), 1 + (bits >> 14 & 0x3FFF))
