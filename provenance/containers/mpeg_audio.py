"""MP3 and AAC streams: the ID3 tags before and behind the frames.

An MPEG audio stream has no structure of its own for metadata; ID3v2 stands before it, ID3v1 behind
it (see `provenance.containers.id3`). Frames are never visited.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from provenance.containers.id3 import id3v2_end, read_id3v1, read_id3v2

if TYPE_CHECKING:
    from provenance.containers.walk import Walk

__all__ = ["find"]


def find(walk: Walk) -> None:
    """Read the tags; some writers put several ID3v2 tags in a row."""
    at = 0
    while (end := id3v2_end(walk, at)) > at:
        walk.visit()
        read_id3v2(walk, at, walk.size)
        at = end
    read_id3v1(walk)
