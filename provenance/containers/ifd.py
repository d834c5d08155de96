"""TIFF directories: the one structure behind TIFF files and EXIF packets.

Follows TIFF 6.0 section 2 and, for files beyond 4 GiB, the BigTIFF design (libtiff 4). The caller
supplies a reading function, so that a directory at the end of a large file costs one read. Tag
numbers are those of TIFF 6.0 and EXIF 3.0 section 4.6.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from collections.abc import Callable

    ReadAt = Callable[[int, int], bytes]

__all__ = ["EXIF_IFD", "SUB_IFDS", "TEXT_TAGS", "Directory", "Entry", "Layout", "layout"]

EXIF_IFD = 0x8769
SUB_IFDS = 0x014A
MAX_ENTRIES = 1000

TEXT_TAGS = {
    0x010E: "ImageDescription",
    0x010F: "Make",
    0x0110: "Model",
    0x0131: "Software",
    0x013B: "Artist",
    0x8298: "Copyright",
    0x9286: "UserComment",
    0x9C9B: "XPTitle",
    0x9C9C: "XPComment",
    0x9C9D: "XPAuthor",
    0x9C9E: "XPKeywords",
    0x9C9F: "XPSubject",
}
"""The tags that hold text a reader may want."""

# Bytes of one value, by field type.
SIZES = {
    1: 1,
    2: 1,
    3: 2,
    4: 4,
    5: 8,
    6: 1,
    7: 1,
    8: 2,
    9: 4,
    10: 8,
    11: 4,
    12: 8,
    13: 4,
    129: 1,
}  # 129 is UTF-8, new in EXIF 3.0
BIG_SIZES = SIZES | {16: 8, 17: 8, 18: 8}


@dataclass(frozen=True, slots=True)
class Entry:
    """One field: `size` bytes of values at `at`."""

    tag: int
    field_type: int
    count: int
    at: int
    size: int


@dataclass(frozen=True, slots=True)
class Directory:
    """The fields of one directory.

    Attributes:
        entries: those of a known type.
        next: where the next directory is, 0 for none.
        rows: how many fields it has, of known types or not.
    """

    entries: tuple[Entry, ...]
    next: int
    rows: int


@dataclass(frozen=True, slots=True)
class Layout:
    """How the numbers of a structure are written, and where its first directory is."""

    order: Literal["little", "big"]
    wide: bool
    first: int

    def number(self, data: bytes) -> int:
        """An unsigned number in this byte order."""
        return int.from_bytes(data, self.order)

    def numbers(self, read: ReadAt, entry: Entry) -> list[int]:
        """The values of a field of whole numbers, at most 64 of them."""
        width = (BIG_SIZES if self.wide else SIZES)[entry.field_type]
        data = read(entry.at, min(entry.size, 64 * width))
        return [self.number(data[i : i + width]) for i in range(0, len(data) - width + 1, width)]

    def directory(self, read: ReadAt, at: int) -> Directory | None:
        """The directory at `at`, or None when there is none."""
        count_size, entry_size, pointer = (8, 20, 8) if self.wide else (2, 12, 4)
        count = self.number(read(at, count_size))
        if not 0 < count <= MAX_ENTRIES:
            return None
        start = at + count_size
        table = read(start, count * entry_size + pointer)
        if len(table) < count * entry_size:
            return None
        sizes = BIG_SIZES if self.wide else SIZES
        entries = []
        for index in range(count):
            raw = table[index * entry_size : (index + 1) * entry_size]
            field_type, values = self.number(raw[2:4]), self.number(raw[4 : 4 + pointer])
            if field_type not in sizes:
                continue
            size = values * sizes[field_type]
            inline = start + index * entry_size + 4 + pointer
            place = inline if size <= pointer else self.number(raw[4 + pointer :])
            entries.append(Entry(self.number(raw[:2]), field_type, values, place, size))
        return Directory(tuple(entries), self.number(table[count * entry_size :]), count)


def layout(head: bytes) -> Layout | None:
    """The layout a structure's first 16 bytes announce, or None."""
    orders: dict[bytes, Literal["little", "big"]] = {b"II": "little", b"MM": "big"}
    order = orders.get(head[:2])
    if order is None:
        return None
    match int.from_bytes(head[2:4], order):
        case 42:
            return Layout(order, wide=False, first=int.from_bytes(head[4:8], order))
        case 43:
            return Layout(order, wide=True, first=int.from_bytes(head[8:16], order))
    return None
