"""Matroska and WebM: tags, the names of the writing programs, attached pictures.

Follows RFC 8794 (EBML) sections 4 to 6 and RFC 9559 sections 5.1.2, 5.1.6 and 5.1.8. Clusters are
stepped over; one of unknown size, as live streams have them, ends where an element of the
segment's own level begins.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from provenance.containers.walk import unreadable

if TYPE_CHECKING:
    from collections.abc import Iterator

    from provenance.containers.walk import Walk

__all__ = ["find"]

SEGMENT, CLUSTER, INFO, TAGS, ATTACHMENTS = (
    0x18538067,
    0x1F43B675,
    0x1549A966,
    0x1254C367,
    0x1941A469,
)
TAG, SIMPLE_TAG, TAG_NAME, TAG_STRING = 0x7373, 0x67C8, 0x45A3, 0x4487
ATTACHED_FILE, FILE_MEDIA_TYPE, FILE_DATA = 0x61A7, 0x4660, 0x465C
INFO_TEXTS = {0x4D80: "MuxingApp", 0x5741: "WritingApp", 0x7BA9: "Title"}
TOP_LEVEL = frozenset(
    {CLUSTER, INFO, TAGS, ATTACHMENTS, 0x114D9B74, 0x1654AE6B, 0x1C53BB6B, 0x1043A770}
)
UNKNOWN = -1


@dataclass(frozen=True, slots=True)
class Element:
    """An EBML element: its number and where its content lies; `end` is UNKNOWN if not written."""

    number: int
    at: int
    end: int


def find(walk: Walk) -> None:
    """Visit the elements of every segment."""
    for element in _elements(walk, 0, walk.size):
        if element.number == SEGMENT:
            _segment(walk, element.at, walk.size if element.end == UNKNOWN else element.end)


def _elements(walk: Walk, at: int, end: int) -> Iterator[Element]:
    while at < end:
        element = _element(walk, at, end)
        yield element
        if element.end == UNKNOWN:
            return
        at = element.end


def _element(walk: Walk, at: int, end: int) -> Element:
    """The element at `at` (RFC 8794 sections 4 to 6)."""
    walk.visit()
    header = walk.read(at, 12)
    id_size = 9 - header[0].bit_length() if header else 9
    if id_size > 4 or len(header) <= id_size:
        raise unreadable(f"a Matroska element was expected at byte {at}")
    number = int.from_bytes(header[:id_size], "big")
    length_size = 9 - header[id_size].bit_length()
    raw = header[id_size : id_size + length_size]
    if length_size > 8 or len(raw) != length_size:
        raise unreadable(f"a Matroska element was expected at byte {at}")
    size = int.from_bytes(raw, "big") - (1 << 7 * length_size)
    start = at + id_size + length_size
    if size == (1 << 7 * length_size) - 1:
        return Element(number, start, UNKNOWN)
    if start + size > end:
        raise unreadable(f"the Matroska element {number:X} at byte {at} is cut short")
    return Element(number, start, start + size)


def _segment(walk: Walk, at: int, end: int) -> None:
    while at < end:
        element = _element(walk, at, end)
        if element.end == UNKNOWN:
            if element.number != CLUSTER:
                raise unreadable(f"the Matroska element {element.number:X} has no size")
            at = _behind_cluster(walk, element.at, end)
            continue
        _top_level(walk, element)
        at = element.end


def _top_level(walk: Walk, element: Element) -> None:
    if element.number == INFO:
        _info(walk, element)
    elif element.number == TAGS:
        for tag in _elements(walk, element.at, element.end):
            if tag.number == TAG:
                _tag(walk, tag, 1)
    elif element.number == ATTACHMENTS:
        for attached in _elements(walk, element.at, element.end):
            if attached.number == ATTACHED_FILE:
                _attachment(walk, attached)


def _behind_cluster(walk: Walk, at: int, end: int) -> int:
    """Where a cluster of unknown size ends: at the next element of the segment's level."""
    while at < end:
        child = _element(walk, at, end)
        if child.number in TOP_LEVEL:
            return at
        if child.end == UNKNOWN:
            raise unreadable("a Matroska block has no size")
        at = child.end
    return end


def _info(walk: Walk, info: Element) -> None:
    for child in _elements(walk, info.at, info.end):
        if key := INFO_TEXTS.get(child.number):
            _text(walk, "Info", key, child)


def _tag(walk: Walk, tag: Element, depth: int) -> None:
    """A tag and the ones inside it; a SimpleTag names itself before its value."""
    walk.depth(depth)
    name, value = "", None
    for child in _elements(walk, tag.at, tag.end):
        if child.number == SIMPLE_TAG:
            _tag(walk, child, depth + 1)
        elif child.number == TAG_NAME and walk.fits(child.end - child.at, "a Matroska tag name"):
            name = walk.read(child.at, child.end - child.at).decode("utf-8", "replace")
        elif child.number == TAG_STRING:
            value = child
    if value is not None:
        _text(walk, "Matroska", name.rstrip("\x00"), value)


def _text(walk: Walk, place: str, key: str, element: Element) -> None:
    size = element.end - element.at
    if element.end != UNKNOWN and walk.fits(size, "a Matroska text"):
        walk.text(place, key, walk.read(element.at, size).rstrip(b"\x00"))


def _attachment(walk: Walk, attached: Element) -> None:
    media_type, content = b"", None
    for child in _elements(walk, attached.at, attached.end):
        if child.number == FILE_MEDIA_TYPE:
            media_type = walk.read(child.at, min(child.end - child.at, 64))
        elif child.number == FILE_DATA:
            content = child
    if content is not None and media_type.startswith(b"image/"):
        walk.picture_at(content.at, content.end - content.at)
