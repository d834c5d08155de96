"""FLAC: Vorbis comments, pictures, and an ID3 tag before the stream.

Follows RFC 9639 section 8; the ID3 tag before the marker is against it, but common. Frames are
never visited.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from provenance.containers.id3 import id3v2_end, read_id3v2
from provenance.containers.vorbis import read_comments, read_picture
from provenance.containers.walk import unreadable

if TYPE_CHECKING:
    from provenance.containers.walk import Walk

__all__ = ["find"]

VORBIS_COMMENT, PICTURE = 4, 6


def find(walk: Walk) -> None:
    """Visit the metadata blocks."""
    read_id3v2(walk, 0, walk.size)
    at = id3v2_end(walk, 0)
    if walk.take(at, 4) != b"fLaC":
        raise unreadable("no FLAC stream behind the ID3 tag")
    at += 4
    last = False
    while not last:
        walk.visit()
        header = walk.take(at, 4)
        last, kind = bool(header[0] & 0x80), header[0] & 0x7F
        size = int.from_bytes(header[1:], "big")
        if kind == VORBIS_COMMENT and walk.fits(size, "a block of Vorbis comments"):
            read_comments(walk, walk.take(at + 4, size))
        elif kind == PICTURE and walk.part_fits(size):
            read_picture(walk, walk.take(at + 4, size))
        at += 4 + size
