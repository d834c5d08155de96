"""PNG: text chunks, EXIF, XMP and the size of the picture.

Follows PNG (W3C Third Edition, 2025) sections 5 and 11.3: `tEXt`, `zTXt`, `iTXt` with bounded
inflating, `eXIf`, and XMP in an `iTXt` chunk of keyword `XML:com.adobe.xmp` (XMP part 3 section
1.1.5). ImageMagick's `Raw profile type ...` texts hold EXIF, XMP and IPTC-IIM in hexadecimal. Check
sums are not verified: a wrong one changes nothing about what the text says.
"""

from __future__ import annotations

import binascii
from typing import TYPE_CHECKING

from provenance.containers.iim import read_resources
from provenance.containers.packets import PacketKind
from provenance.containers.walk import FaultError, bounded_inflate, unreadable
from provenance.evidence import NotRunReason

if TYPE_CHECKING:
    from provenance.containers.walk import Walk

__all__ = ["find"]

XMP_KEYWORD = b"XML:com.adobe.xmp"
RAW_PROFILE = b"Raw profile type "
WHITE_SPACE = b" \t\r\n\v\f"
WANTED = frozenset({b"tEXt", b"zTXt", b"iTXt", b"eXIf", b"IHDR"})


def find(walk: Walk) -> None:
    """Visit the chunks up to `IEND`."""
    at = 8
    while True:
        walk.visit()
        header = walk.take(at, 8)
        size, kind = int.from_bytes(header[:4], "big"), header[4:]
        if kind == b"IEND":
            return
        if not kind.isalpha():
            raise unreadable(f"a PNG chunk was expected at byte {at}")
        if kind in WANTED and walk.fits(size, f"a PNG chunk ({kind.decode()})"):
            _chunk(walk, kind, walk.take(at + 8, size))
        at += 12 + size


def _chunk(walk: Walk, kind: bytes, data: bytes) -> None:
    if kind == b"IHDR":
        walk.pixels(int.from_bytes(data[:4], "big"), int.from_bytes(data[4:8], "big"))
    elif kind == b"eXIf":
        walk.packet(PacketKind.EXIF, "eXIf", "", data)
    else:
        try:
            keyword, text = _text(kind, data, walk.limits.metadata_bytes)
        except FaultError as flaw:  # one bad text does not hide the next
            walk.fault(flaw.fault.reason, flaw.fault.detail)
        else:
            _keep(walk, kind.decode(), keyword, text)


def _text(kind: bytes, data: bytes, limit: int) -> tuple[bytes, bytes]:
    """Keyword and text of a text chunk (PNG sections 11.3.3.2 to 11.3.3.4)."""
    keyword, nul, rest = data.partition(b"\x00")
    if not nul:
        raise unreadable(f"a PNG {kind.decode()} chunk without a keyword")
    if kind == b"tEXt":
        return keyword, rest
    if kind == b"zTXt":
        return keyword, bounded_inflate(rest[1:], limit)
    compressed = rest[:1] == b"\x01"
    text = rest[2:].partition(b"\x00")[2].partition(b"\x00")[2]
    return keyword, bounded_inflate(text, limit) if compressed else text


def _keep(walk: Walk, kind: str, keyword: bytes, text: bytes) -> None:
    if keyword == XMP_KEYWORD:
        walk.packet(PacketKind.XMP, kind, "", text)
    elif keyword.startswith(RAW_PROFILE):
        _raw_profile(walk, kind, keyword[len(RAW_PROFILE) :], text)
    else:
        walk.text(kind, keyword.decode("latin-1"), text)


def _raw_profile(walk: Walk, kind: str, name: bytes, text: bytes) -> None:
    """A profile's name, its length in decimal, and its bytes in hexadecimal, a line each."""
    lines = text.split(None, 2)
    if name not in (b"exif", b"xmp", b"APP1", b"iptc", b"8bim") or len(lines) != 3:
        return
    try:
        data = binascii.unhexlify(lines[2].translate(None, WHITE_SPACE))
    except binascii.Error:
        walk.fault(NotRunReason.UNREADABLE, f"the raw {name.decode()} profile is damaged")
        return
    if name in (b"iptc", b"8bim"):
        read_resources(walk, data)
    elif data.startswith(b"Exif\x00\x00"):
        walk.packet(PacketKind.EXIF, kind, "", data[6:])
    elif b"<" in data[:256]:
        start = data.index(b"<")
        walk.packet(PacketKind.XMP, kind, "", data[start:])
