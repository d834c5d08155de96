"""Ogg: the comment headers of Vorbis, Opus, Theora, Speex and FLAC streams.

Follows RFC 3533 section 6 for pages and lacing, RFC 7845 section 5.2 for `OpusTags` and the
mappings of the other codecs: the second packet of each logical stream holds Vorbis comments. The
walk ends with the last of these headers; audio pages behind it are never visited.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from provenance.containers.vorbis import read_comments
from provenance.containers.walk import over_limit, unreadable

if TYPE_CHECKING:
    from provenance.containers.walk import Walk

__all__ = ["find"]

FIRST = 0x02

# The first bytes of a stream and what stands before the comments in its second packet.
CODECS = (
    (b"\x01vorbis", b"\x03vorbis"),
    (b"OpusHead", b"OpusTags"),
    (b"\x80theora", b"\x81theora"),
    (b"Speex   ", b""),
    (b"\x7fFLAC", b""),  # a FLAC metadata block header of 4 bytes stands there
)


@dataclass(slots=True)
class Stream:
    """A logical stream whose comment header is awaited."""

    prefix: bytes
    flac: bool
    packets: int = 0
    comment: bytearray = field(default_factory=bytearray)


def find(walk: Walk) -> None:
    """Visit pages until every stream has shown its comment header."""
    awaited: dict[bytes, Stream] = {}
    at, starting = 0, True
    while (awaited or starting) and at < walk.size:
        walk.visit()
        header = walk.take(at, 27)
        if header[:4] != b"OggS":
            raise unreadable(f"an Ogg page was expected at byte {at}")
        lacing = walk.take(at + 27, header[26])
        body = at + 27 + len(lacing)
        serial = header[14:18]
        if header[5] & FIRST:
            if stream := _begin(walk.read(body, 8)):
                awaited[serial] = stream
        else:
            starting = False  # all first pages stand before all others
        if serial in awaited and _page(walk, awaited[serial], body, lacing):
            del awaited[serial]
        at = body + sum(lacing)


def _begin(head: bytes) -> Stream | None:
    for start, prefix in CODECS:
        if head.startswith(start):
            return Stream(prefix, start == b"\x7fFLAC")
    return None


def _page(walk: Walk, stream: Stream, at: int, lacing: bytes) -> bool:
    """Take in one page; True when the comment header is complete."""
    for length in lacing:
        if stream.packets == 1:
            stream.comment += walk.take(at, length) if length else b""
            if len(stream.comment) > walk.limits.metadata_bytes:
                raise over_limit("an Ogg comment header is over the limit of metadata bytes")
        at += length
        if length < 255:
            stream.packets += 1
            if stream.packets == 2:
                _comments(walk, stream)
                return True
    return False


def _comments(walk: Walk, stream: Stream) -> None:
    data = bytes(stream.comment)
    if stream.flac:
        if data[:1] and data[0] & 0x7F == 4:
            read_comments(walk, data[4:])
    elif data.startswith(stream.prefix):
        read_comments(walk, data[len(stream.prefix) :])
    else:
        raise unreadable("an Ogg stream has no comment header where it belongs")
