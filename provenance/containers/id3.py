"""ID3 tags, wherever they stand: MP3, AAC, AIFF, WAV, and before a FLAC stream.

Follows the informal standards ID3v2.2.0, v2.3.0 and v2.4.0 (structure: sections 3 and 4) and
ID3v1.1. Kept are text and link frames, comments, lyrics, terms of use, XMP in `PRIV`, and attached
pictures as parts. v2.2 frames are reported under their later names. `GEOB`, which carries C2PA
manifests, is left to the C2PA reader.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from provenance.containers.packets import PacketKind
from provenance.containers.walk import FaultError, bounded_inflate, decode_text, unreadable
from provenance.evidence import NotRunReason

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from provenance.containers.walk import Walk

    ReadAt = Callable[[int, int], bytes]

__all__ = ["id3v2_end", "read_id3v1", "read_id3v2"]

LATER_NAMES = {
    b"TXX": "TXXX",
    b"COM": "COMM",
    b"ULT": "USLT",
    b"PIC": "APIC",
    b"TSS": "TSSE",
    b"TEN": "TENC",
    b"TT2": "TIT2",
    b"TP1": "TPE1",
    b"TAL": "TALB",
    b"TCR": "TCOP",
    b"WXX": "WXXX",
    b"WCP": "WCOP",
}
ENCODINGS = ("latin-1", "utf-16", "utf-16-be", "utf-8")

UNSYNCHRONISED, EXTENDED, FOOTER = 0x80, 0x40, 0x10
# Flags of one frame, as (compressed, encrypted, grouped, unsynchronised, length stands first).
FLAGS_V23 = (0x80, 0x40, 0x20, 0, 0)
FLAGS_V24 = (0x08, 0x04, 0x40, 0x02, 0x01)


@dataclass(frozen=True, slots=True)
class Frame:
    """A frame whose body has not been read yet."""

    name: str
    at: int
    size: int
    flags: int


def id3v2_end(walk: Walk, at: int) -> int:
    """Where the ID3v2 tag at `at` ends; `at` itself when there is none."""
    header = walk.read(at, 10)
    if len(header) < 10 or header[:3] != b"ID3":
        return at
    footer = 10 if header[3] == 4 and header[5] & FOOTER else 0
    return at + 10 + _synchsafe(header[6:10]) + footer


def read_id3v2(walk: Walk, at: int, limit: int) -> None:
    """Keep what the tag at `at` holds; it is not read beyond `limit`."""
    header = walk.read(at, 10)
    if len(header) < 10 or header[:3] != b"ID3" or header[3] not in (2, 3, 4):
        return
    version, flags = header[3], header[5]
    start, end = at + 10, at + 10 + _synchsafe(header[6:10])
    if end > limit:
        walk.fault(NotRunReason.UNREADABLE, "the ID3 tag is cut short")
        end = limit
    read: ReadAt = walk.read
    if flags & UNSYNCHRONISED and version < 4:
        if end - start > walk.limits.zip_entry_bytes:
            walk.fault(NotRunReason.LIMIT, f"an ID3 tag of {end - start:,} bytes is not read")
            return
        body = walk.take(start, end - start).replace(b"\xff\x00", b"\xff")
        start, end = 0, len(body)
        read = lambda offset, size: body[offset : offset + size]  # noqa: E731
    if flags & EXTENDED and version > 2:
        length = read(start, 4)
        start += _synchsafe(length) if version == 4 else 4 + int.from_bytes(length, "big")
    for frame in _frames(walk, read, start, end, version):
        try:
            _keep(walk, read, frame, version)
        except FaultError as flaw:
            if flaw.fault.reason is NotRunReason.LIMIT:
                raise
            walk.fault(flaw.fault.reason, flaw.fault.detail)


def _frames(walk: Walk, read: ReadAt, at: int, end: int, version: int) -> Iterator[Frame]:
    name_size, header_size = (3, 6) if version == 2 else (4, 10)
    while at + header_size < end:
        walk.visit()
        header = read(at, header_size)
        raw = header[:name_size]
        if len(header) < header_size or not _is_frame_name(raw):
            if raw.strip(b"\x00"):
                walk.fault(NotRunReason.UNREADABLE, "the ID3 tag holds something that is no frame")
            return  # padding
        name = LATER_NAMES.get(raw, raw.decode("ascii"))
        if version == 2:
            size, flags = int.from_bytes(header[3:6], "big"), 0
        else:
            size = _frame_size(read, at, end, header[4:8], version)
            flags = header[9]
        if at + header_size + size > end:
            walk.fault(NotRunReason.UNREADABLE, f"the ID3 frame {name} is cut short")
            return
        yield Frame(name, at + header_size, size, flags)
        at += header_size + size


def _frame_size(read: ReadAt, at: int, end: int, field: bytes, version: int) -> int:
    """v2.4 sizes are synchsafe, but well-known writers stored plain ones."""
    plain = int.from_bytes(field, "big")
    if version == 3 or plain < 0x80:
        return plain
    synchsafe = _synchsafe(field)
    if plain == synchsafe or max(field) > 0x7F:
        return plain
    behind = at + 10 + synchsafe
    if behind >= end or _is_frame_name(read(behind, 4)) or read(behind, 4) == bytes(4):
        return synchsafe
    return plain if _is_frame_name(read(at + 10 + plain, 4)) else synchsafe


def _is_frame_name(name: bytes) -> bool:
    return name.isalnum() and name.upper() == name


def _keep(walk: Walk, read: ReadAt, frame: Frame, version: int) -> None:
    name = frame.name
    if name == "APIC":
        if walk.part_fits(frame.size) and (body := _body(walk, read, frame, version)):
            _picture(walk, body, version)
        return
    if name[0] not in "TW" and name not in ("COMM", "USLT", "USER", "PRIV"):
        return
    if walk.fits(frame.size, f"an ID3 frame {name}"):
        body = _body(walk, read, frame, version)
        if body:
            _text_frame(walk, name, body)


def _body(walk: Walk, read: ReadAt, frame: Frame, version: int) -> bytes:
    """The body with what its flags announce undone; empty when it is encrypted."""
    data = read(frame.at, frame.size)
    if version == 2 or not frame.flags:
        return data
    compressed, encrypted, grouped, unsynchronised, length_first = (
        FLAGS_V23 if version == 3 else FLAGS_V24
    )
    if frame.flags & encrypted:
        walk.fault(NotRunReason.ENCRYPTED, f"the ID3 frame {frame.name} is encrypted")
        return b""
    if frame.flags & unsynchronised:
        data = data.replace(b"\xff\x00", b"\xff")
    skip = 1 if frame.flags & grouped else 0
    if frame.flags & (length_first or compressed):
        skip += 4
    data = data[skip:]
    return bounded_inflate(data, walk.limits.metadata_bytes) if frame.flags & compressed else data


def _text_frame(walk: Walk, name: str, body: bytes) -> None:
    if name == "PRIV":
        owner, _, data = body.partition(b"\x00")
        if owner == b"XMP":
            walk.packet(PacketKind.XMP, "PRIV", "", data)
    elif name in ("COMM", "USLT"):
        description, text = _split(body[0], body[4:])
        walk.text("ID3", _key(name, description), _decode(body[0], text))
    elif name == "USER":  # encoding, language, text (v2.4 section 4.22)
        walk.text("ID3", name, _decode(body[0], body[4:]))
    elif name in ("TXXX", "WXXX"):
        description, text = _split(body[0], body[1:])
        value = _decode(body[0], text) if name == "TXXX" else decode_text(text)
        walk.text("ID3", _key(name, description), value)
    elif name[0] == "W":
        walk.text("ID3", name, body.rstrip(b"\x00"))
    else:
        walk.text("ID3", name, _decode(body[0], body[1:]))


def _key(name: str, description: str) -> str:
    return f"{name}:{description}" if description else name


def _picture(walk: Walk, body: bytes, version: int) -> None:
    """`APIC`: encoding, media type, kind, description, bytes (v2.4 section 4.14)."""
    rest = body[5:] if version == 2 else body[1:].partition(b"\x00")[2][1:]
    walk.picture(_split(body[0], rest)[1])


def _split(encoding: int, data: bytes) -> tuple[str, bytes]:
    """A terminated text and what follows it; UTF-16 ends with two zeros on an even place."""
    if encoding in (1, 2):
        at = data.find(b"\x00\x00")
        while at > 0 and at % 2:
            at = data.find(b"\x00\x00", at + 1)
        text, rest = (data[:at], data[at + 2 :]) if at >= 0 else (b"", data)
    else:
        text, nul, rest = data.partition(b"\x00")
        if not nul:
            text, rest = b"", data
    return _decode(encoding, text), rest


def _decode(encoding: int, data: bytes) -> str:
    """Text of a frame; several values stand on a line each."""
    if encoding >= len(ENCODINGS):
        raise unreadable("an ID3 text has an unknown encoding")
    if encoding == 0:
        text = decode_text(data)  # many writers put UTF-8 where only Latin-1 may stand
    elif encoding == 1 and not data.startswith((b"\xff\xfe", b"\xfe\xff")):
        text = data.decode("utf-16-le", "replace")
    else:
        text = data.decode(ENCODINGS[encoding], "replace")
    return text.rstrip("\x00").replace("\x00", "\n")


def _synchsafe(data: bytes) -> int:
    """Four bytes of seven bits each (v2.4 section 6.2)."""
    value = 0
    for byte in data:
        value = value << 7 | byte & 0x7F
    return value


def read_id3v1(walk: Walk) -> None:
    """Keep the fields of the 128 bytes at the end (ID3v1)."""
    tag = walk.read(walk.size - 128, 128)
    if tag[:3] != b"TAG":
        return
    for key, start, end in (("title", 3, 33), ("artist", 33, 63), ("comment", 97, 127)):
        text = tag[start:end].split(b"\x00", 1)[0].strip()
        if text:
            walk.text("ID3v1", key, text)
