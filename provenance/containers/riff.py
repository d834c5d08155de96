"""RIFF: WAV, WebP and AVI, with the 64-bit forms RF64 and BW64.

Follows the Multimedia Programming Interface (1991) chapter 2 for chunks and `LIST INFO`, EBU Tech
3306 for RF64, ITU-R BS.2088 for BW64, and the WebP container specification for `VP8X`, `EXIF` and
`XMP `. XMP stands in `_PMX` in WAV and AVI (XMP part 3 section 1.1.8), ID3 in `id3 `, the label of
GB 45438-2025 in an `AIGC` chunk of `LIST INFO`, and a manifest in `C2PA` (C2PA 2.4 appendix A),
which is left to the C2PA reader. Samples and frames are stepped over.

A program that writes into a pipe never learns how long the file became, and leaves a length of 0 or
0xFFFFFFFF behind: such a file is whole, and ends where it ends.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from provenance.containers.id3 import read_id3v2
from provenance.containers.packets import PacketKind
from provenance.containers.walk import FaultError, Walk, unreadable
from provenance.evidence import NotRunReason
from provenance.limits import DEFAULT, MIB, Limits

if TYPE_CHECKING:
    from collections.abc import Iterator

    from provenance.asset import Asset

__all__ = ["find", "surely_unsigned"]

FORMS = (b"RIFF", b"RF64", b"BW64")
UNWRITTEN = (0, 0xFFFFFFFF)
UNWRITTEN_64 = (0, 0xFFFFFFFFFFFFFFFF)
MANIFEST_START = 16
MANIFEST = re.compile(rb"C2PA.{8}jumb", re.DOTALL)
SKIPPED_LISTS = frozenset({b"movi", b"hdrl", b"wavl"})


def find(walk: Walk) -> None:
    """Visit the chunks of each RIFF form; large AVI files have several in a row."""
    for form in _forms(walk):
        _visit(walk, form.at + 4, form.end, 1)


def surely_unsigned(asset: Asset, limits: Limits = DEFAULT) -> bool:
    """Whether a form whose length its header does not hold has no manifest chunk.

    That is a 64-bit form, or one whose length was never written: whole files, which the C2PA
    library cannot parse. A plain length that is wrong is damage, and what it took away may have
    been the manifest: the answer is then no, as it is when the chunks cannot be followed to the
    last byte within `limits`. Samples of unwritten length, which hide what may stand behind them,
    are searched for a manifest.
    """
    walk = Walk(asset, limits)
    head = walk.read(0, 12)
    if len(head) < 12 or head[:4] not in FORMS or not _is_open(head):
        return False
    try:
        signed = any(_holds_manifest(walk, form) for form in _forms(walk))
    except FaultError:
        return False
    return not signed and not walk.found.faults


def _holds_manifest(walk: Walk, form: Chunk) -> bool:
    at = form.at + 4
    for chunk in _chunks(walk, at, form.end):
        if chunk.kind in (b"C2PA", b"RIFF"):  # a form inside a form may hold anything
            return True
        at = chunk.end
    while at < form.end:
        if MANIFEST.search(walk.read(at, MIB)):
            return True
        at += MIB - MANIFEST_START
    return False


@dataclass(frozen=True, slots=True)
class Chunk:
    """A chunk, or a form: its name and where its content lies."""

    kind: bytes
    at: int
    end: int


def _forms(walk: Walk) -> Iterator[Chunk]:
    at = 0
    while at + 12 <= walk.size:
        walk.visit()
        header = walk.take(at, 12)
        if header[:4] not in FORMS:
            return  # what follows the form is none of its business
        size = int.from_bytes(header[4:8], "little")
        if _is_open(header):
            size = walk.size - at - 8
        end = min(at + 8 + size, walk.size)
        if end < at + 8 + size:
            walk.fault(NotRunReason.UNREADABLE, "the RIFF file is shorter than its header says")
        yield Chunk(header[8:12], at + 8, end)
        at = end + (size & 1)


def _is_open(header: bytes) -> bool:
    """Whether the header of a form leaves its length to others: to `ds64`, or to the file."""
    return header[:4] != b"RIFF" or int.from_bytes(header[4:8], "little") in UNWRITTEN


def _chunks(walk: Walk, at: int, end: int) -> Iterator[Chunk]:
    """The chunks between two places; samples of unwritten length are the last, and left out."""
    data_size = 0
    while at + 8 <= end:
        walk.visit()
        header = walk.take(at, 8)
        kind, size = header[:4], int.from_bytes(header[4:], "little")
        if not _is_name(kind):
            raise unreadable(f"a RIFF chunk was expected at byte {at}")
        if kind == b"ds64":
            data_size = int.from_bytes(walk.take(at + 16, 8), "little")
        if kind == b"data" and size in UNWRITTEN:
            if data_size not in UNWRITTEN_64:
                size = data_size
            elif size or not _is_chunk(walk, at + 8, end):
                return
        if at + 8 + size > end:
            raise unreadable(f"the RIFF chunk {kind.decode('latin-1')!r} at byte {at} is cut short")
        yield Chunk(kind, at + 8, at + 8 + size)
        at += 8 + size + (size & 1)


def _visit(walk: Walk, at: int, end: int, depth: int, list_type: bytes = b"") -> None:
    walk.depth(depth)
    for chunk in _chunks(walk, at, end):
        size = chunk.end - chunk.at
        if list_type == b"INFO" and chunk.kind != b"LIST":
            _info(walk, chunk.kind, chunk.at, size)
        else:
            _chunk(walk, chunk.kind, chunk.at, size, depth)


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
                _visit(walk, at + 4, at + size, depth + 1, list_type)
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
