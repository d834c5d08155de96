"""Sound or video: what the first bytes of a stream tell of it.

A table of signatures cannot tell a recording in Matroska or MP4 from a film, nor find an MPEG
stream by its repeating marks. Follows RFC 9559 sections 5.1.4 (tracks), ISO/IEC 14496-12 section
8.4.3 (`hdlr`), ISO/IEC 11172-3 section 2.4.2.3 (audio frames), ISO/IEC 13818-1 section 2.4.3
(transport packets) and ETSI TS 102 366 section 4.3 (AC-3). A few small reads and no more: where
they do not settle it, the answer is no.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

__all__ = [
    "ac3",
    "boxes_hold_sound_alone",
    "mpeg_frame",
    "mpeg_frames_behind_zeros",
    "mpeg_packets",
    "tracks_are_sound_alone",
]

ReadAt = Callable[[int, int], bytes]
Pieces = Iterator[tuple[object, int, int]]
"""Boxes or elements: name, where the content starts, where it ends."""

MOST_PIECES = 32
NO_END = 1 << 62

SEGMENT, TRACKS, TRACK_ENTRY, TRACK_TYPE = 0x18538067, 0x1654AE6B, 0xAE, 0x83
VIDEO, AUDIO = b"\x01", b"\x02"


def tracks_are_sound_alone(read_at: ReadAt) -> bool:
    """Whether the tracks of a Matroska file are of sound, and none is video."""
    segment = _first(SEGMENT, _elements(read_at, 0, NO_END))
    tracks = segment and _first(TRACKS, _elements(read_at, *segment))
    if not tracks:
        return False
    kinds, seen_to = set(), tracks[0]
    for number, at, seen_to in _elements(read_at, *tracks):
        if number == TRACK_ENTRY:
            kind = _first(TRACK_TYPE, _elements(read_at, at, seen_to))
            kinds.add(read_at(kind[0], 1) if kind else b"")
    return seen_to == tracks[1] and AUDIO in kinds and not kinds & {VIDEO, b""}


def boxes_hold_sound_alone(read_at: ReadAt) -> bool:
    """Whether the tracks of an ISO base media file are of sound, and none is video."""
    movie = _first(b"moov", _boxes(read_at, 0, NO_END))
    if not movie:
        return False
    kinds, seen_to = set(), movie[0]
    for name, at, seen_to in _boxes(read_at, *movie):
        if name == b"trak":
            media = _first(b"mdia", _boxes(read_at, at, seen_to))
            handler = media and _first(b"hdlr", _boxes(read_at, *media))
            kinds.add(read_at(handler[0] + 8, 4) if handler else b"")
    return seen_to == movie[1] and b"soun" in kinds and not kinds & {b"vide", b""}


def _first(name: object, pieces: Pieces) -> tuple[int, int] | None:
    """Where the content of the first piece of that name lies."""
    return next(((at, end) for found, at, end in pieces if found == name), None)


def _elements(read_at: ReadAt, at: int, end: int) -> Pieces:
    """A few elements from `at` on, by number; RFC 8794 sections 4 to 6."""
    for _ in range(MOST_PIECES):
        header = read_at(at, 12) if at < end else b""
        id_size = 9 - header[0].bit_length() if header else 9
        if id_size > 4 or len(header) <= id_size:
            return
        length_size = 9 - header[id_size].bit_length()
        raw = header[id_size : id_size + length_size]
        if length_size > 8 or len(raw) != length_size:
            return
        size = int.from_bytes(raw, "big") - (1 << 7 * length_size)
        start = at + id_size + length_size
        at = min(start + size, end)  # a size that is not known is the largest there is
        yield int.from_bytes(header[:id_size], "big"), start, at


def _boxes(read_at: ReadAt, at: int, end: int) -> Pieces:
    """A few boxes from `at` on, by type; ISO/IEC 14496-12 section 4.2.2."""
    for _ in range(MOST_PIECES):
        header = read_at(at, 16) if at < end else b""
        size, start = int.from_bytes(header[:4], "big"), at + 8
        if size == 1:
            size, start = int.from_bytes(header[8:16], "big"), at + 16
        if len(header) < 8 or at + size < start:
            return
        at = min(at + size, end)
        yield header[4:8], start, at


BIT_RATES = {
    # (MPEG-1, layer): kbit/s by index; MPEG-2 and 2.5 share theirs.
    (True, 1): (0, 32, 64, 96, 128, 160, 192, 224, 256, 288, 320, 352, 384, 416, 448),
    (True, 2): (0, 32, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320, 384),
    (True, 3): (0, 32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320),
    (False, 1): (0, 32, 48, 56, 64, 80, 96, 112, 128, 144, 160, 176, 192, 224, 256),
    (False, 2): (0, 8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160),
    (False, 3): (0, 8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160),
}
SAMPLE_RATES = (44_100, 48_000, 32_000)
HALVINGS = {3: 0, 2: 1, 0: 2}  # MPEG-1, 2 and 2.5


def mpeg_frame(head: bytes) -> bool:
    """Whether an MPEG audio frame begins here: no field of its header is reserved."""
    if len(head) < 4 or head[0] != 0xFF or head[1] & 0xE0 != 0xE0:
        return False
    if head[1] == 0xFE:  # the byte-order mark of UTF-16; as audio, Layer I with a checksum: unseen
        return False
    version, layer = head[1] >> 3 & 3, head[1] >> 1 & 3
    return version != 1 and layer != 0 and head[2] >> 4 != 15 and head[2] >> 2 & 3 != 3


def mpeg_frame_length(head: bytes) -> int:
    """Bytes of the frame that `mpeg_frame` found; 0 when its bit rate is not written."""
    version, layer = head[1] >> 3 & 3, 4 - (head[1] >> 1 & 3)
    bit_rate = 1000 * BIT_RATES[version == 3, layer][head[2] >> 4]
    sample_rate = SAMPLE_RATES[head[2] >> 2 & 3] >> HALVINGS[version]
    padding = head[2] >> 1 & 1
    if layer == 1:
        return 4 * (12 * bit_rate // sample_rate + padding)
    samples = 72 if layer == 3 and version != 3 else 144
    return samples * bit_rate // sample_rate + padding


def mpeg_frames_behind_zeros(read_at: ReadAt, head: bytes) -> bool:
    """Whether two MPEG audio frames in a row follow zeros, as cutters and rippers leave them."""
    at = len(head) - len(head.lstrip(b"\x00"))
    first = read_at(at, 4)
    if not at or not mpeg_frame(first):
        return False
    length = mpeg_frame_length(first)
    second = read_at(at + length, 4)
    return length > 0 and mpeg_frame(second) and second[:2] == first[:2]


PACKET = 188


def mpeg_packets(head: bytes) -> bool:
    """Whether transport packets begin here: the mark every 188 bytes, three times and to the end.

    Text may repeat a letter, but holds no zero.
    """
    marks = head[::PACKET]
    return len(marks) > 2 and marks == b"G" * len(marks) and b"\x00" in head


def ac3(head: bytes) -> str | None:
    """`audio/ac3` or `audio/eac3` when a sync frame of such a stream begins here."""
    if len(head) < 6 or head[:2] != b"\x0b\x77":
        return None
    stream = head[5] >> 3
    if stream <= 10:  # ATSC A/52: up to 8, and 9 and 10 for half and quarter rates
        return "audio/ac3" if head[4] >> 6 != 3 and head[4] & 63 < 38 else None
    return "audio/eac3" if stream <= 16 else None
