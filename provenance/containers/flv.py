"""FLV: the texts of `onMetaData`.

Follows the Adobe Flash Video File Format Specification 10.1, annex E, and the AMF 0 specification
section 2. The script tag with `onMetaData` stands first or nearly so; after a few tags the search
ends. Values that are no text are read over; objects are reported as JSON.
"""

from __future__ import annotations

import json
import struct
from typing import TYPE_CHECKING

from provenance.containers.walk import over_limit, unreadable

if TYPE_CHECKING:
    from collections.abc import Iterator

    from provenance.containers.walk import Walk

__all__ = ["find"]

SCRIPT = 18
TAGS_SEARCHED = 64

Value = float | bool | str | None | dict[str, "Value"] | list["Value"]


def find(walk: Walk) -> None:
    """Look for `onMetaData` in the first tags."""
    at = int.from_bytes(walk.take(5, 4), "big") + 4
    for _ in range(TAGS_SEARCHED):
        if at + 11 > walk.size:
            return
        walk.visit()
        header = walk.take(at, 11)
        size = int.from_bytes(header[1:4], "big")
        if header[0] & 0x1F == SCRIPT and walk.fits(size, "an FLV script tag"):
            _script(walk, walk.take(at + 11, size))
            return
        at += 11 + size + 4


def _script(walk: Walk, data: bytes) -> None:
    amf = Amf(data, walk)
    if amf.value(1) != "onMetaData":
        return
    for key, value in amf.members():
        if isinstance(value, str):
            walk.text("onMetaData", key, value)
        elif isinstance(value, dict | list):
            walk.text("onMetaData", key, json.dumps(value, ensure_ascii=False))


class Amf:
    """AMF 0 values, read one after the other."""

    def __init__(self, data: bytes, walk: Walk) -> None:
        self._data = data
        self._at = 0
        self._walk = walk

    def value(self, depth: int) -> Value:
        """The next value; `depth` counts the objects around it."""
        self._walk.depth(depth)
        self._walk.visit()
        match self._take(1)[0]:
            case 0:
                number: float = struct.unpack(">d", self._take(8))[0]
                return number
            case 1:
                return self._take(1) != b"\x00"
            case 2:
                return self._string(2)
            case 3:
                return dict(self._members(depth))
            case 5 | 6:
                return None
            case 8:
                self._take(4)
                return dict(self._members(depth))
            case 10:
                return self._array(depth)
            case 11:
                self._take(10)
                return None
            case 12:
                return self._string(4)
            case marker:
                raise unreadable(f"FLV metadata hold a value of unknown kind {marker}")

    def _take(self, size: int) -> bytes:
        data = self._data[self._at : self._at + size]
        if len(data) != size:
            raise unreadable("FLV metadata are cut short")
        self._at += size
        return data

    def _string(self, length_size: int) -> str:
        length = int.from_bytes(self._take(length_size), "big")
        return self._take(length).decode("utf-8", "replace")

    def members(self) -> Iterator[tuple[str, Value]]:
        """The members of the object or ECMA array that stands next."""
        marker = self._take(1)[0]
        if marker == 8:
            self._take(4)
        if marker in (3, 8):
            yield from self._members(1)

    def _members(self, depth: int) -> Iterator[tuple[str, Value]]:
        while self._data[self._at : self._at + 3] != b"\x00\x00\x09":
            key = self._string(2)
            yield key, self.value(depth + 1)
        self._take(3)

    def _array(self, depth: int) -> list[Value]:
        count = int.from_bytes(self._take(4), "big")
        if count > self._walk.limits.boxes:
            raise over_limit("FLV metadata hold an array over the limit")
        return [self.value(depth + 1) for _ in range(count)]
