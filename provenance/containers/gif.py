"""GIF: XMP, comments and the size of the picture.

Follows the GIF89a specification sections 15 to 26 and XMP part 3 section 1.1.2: the XMP packet
stands bare in an application extension, and a trailer of 258 descending bytes leads readers that
do not know it to the end of the block.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from provenance.containers.packets import PacketKind
from provenance.containers.walk import unreadable

if TYPE_CHECKING:
    from provenance.containers.walk import Walk

__all__ = ["find"]

XMP_APPLICATION = b"\x0bXMP DataXMP"
XMP_TRAILER = 257
FIRST_READ, LARGEST_READ = 1 << 8, 1 << 20

EXTENSION, IMAGE, TRAILER = 0x21, 0x2C, 0x3B
COMMENT, APPLICATION = 0xFE, 0xFF


def find(walk: Walk) -> None:
    """Visit the blocks up to the trailer."""
    screen = walk.take(6, 7)
    walk.pixels(int.from_bytes(screen[:2], "little"), int.from_bytes(screen[2:4], "little"))
    at = 13 + _colour_table(screen[4])
    while True:
        walk.visit()
        kind = walk.take(at, 1)[0]
        if kind == TRAILER:
            return
        if kind == EXTENSION:
            at = _extension(walk, at + 1)
        elif kind == IMAGE:
            at = _behind(walk, at + 11 + _colour_table(walk.take(at + 9, 1)[0]))
        else:
            raise unreadable(f"a GIF block was expected at byte {at}")


def _colour_table(flags: int) -> int:
    """Bytes of the colour table the flags announce."""
    return 3 << (flags & 7) + 1 if flags & 0x80 else 0


def _extension(walk: Walk, at: int) -> int:
    label = walk.take(at, 1)[0]
    start = at + 1
    end = _behind(walk, start)
    if label == COMMENT and walk.fits(end - start, "a GIF comment"):
        walk.text("Comment", "", _joined(walk.take(start, end - start)))
    elif label == APPLICATION and walk.read(start, 12) == XMP_APPLICATION:
        size = end - start - len(XMP_APPLICATION) - XMP_TRAILER - 1
        walk.packet_at(PacketKind.XMP, "XMP Data", "", start + len(XMP_APPLICATION), size)
    return end


def _behind(walk: Walk, at: int) -> int:
    """The place behind the sub-blocks that start at `at` (GIF89a section 15)."""
    size = FIRST_READ
    while True:
        data = walk.read(at, size)
        size = min(2 * size, LARGEST_READ)
        position = 0
        while position < len(data):
            length = data[position]
            position += length + 1
            if length == 0:
                return at + position
        if not data:
            raise unreadable("the file ends within a GIF block")
        at += position


def _joined(blocks: bytes) -> bytes:
    """The bytes of sub-blocks without their lengths."""
    joined, position = bytearray(), 0
    while position < len(blocks) and (length := blocks[position]):
        joined += blocks[position + 1 : position + 1 + length]
        position += length + 1
    return bytes(joined)
