"""ZIP archives: their directory, judged before anything is inflated.

Follows PKWARE's APPNOTE 6.3.10 sections 4.3 and 4.4, including ZIP64. The central directory says
how many entries there are and how large they claim to be; an archive whose claims exceed the limits
is refused as a bomb. Reading an entry is bounded again, since claims may be false. Archives
inside an archive are never opened.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from provenance.containers.walk import FaultError, bounded_inflate, over_limit, unreadable
from provenance.evidence import NotRunReason
from provenance.limits import MIB

if TYPE_CHECKING:
    from provenance.containers.walk import Walk

__all__ = ["ZipEntry", "read_directory", "read_entry"]

END_SIGNATURE, END64_SIGNATURE = b"PK\x05\x06", b"PK\x06\x06"
LOCATOR_SIGNATURE, ENTRY_SIGNATURE, LOCAL_SIGNATURE = b"PK\x06\x07", b"PK\x01\x02", b"PK\x03\x04"
END_SIZE, MAX_COMMENT = 22, 65_535
STORED, DEFLATED = 0, 8
ENCRYPTED = 0x0001
SATURATED = 0xFFFFFFFF


@dataclass(frozen=True, slots=True)
class ZipEntry:
    """One entry as the central directory describes it."""

    name: str
    flags: int
    method: int
    stored: int
    size: int
    at: int


def read_directory(walk: Walk) -> dict[str, ZipEntry]:
    """The entries by name.

    Raises:
        FaultError: when the archive is damaged or claims more than the limits allow.
    """
    count, size, at = _end(walk)
    if count > walk.limits.zip_entries:
        raise over_limit(f"an archive of {count:,} entries is over the limit")
    if size > walk.limits.metadata_bytes:
        raise over_limit(f"an archive directory of {size:,} bytes is over the limit")
    directory = walk.take(at, size)
    entries: dict[str, ZipEntry] = {}
    place = total = 0
    for _ in range(count):
        entry, place = _entry(directory, place)
        _check_ratio(walk, entry)
        total += entry.size
        if total > walk.limits.zip_total_bytes:
            raise over_limit(
                f"an archive of more than {walk.limits.zip_total_bytes:,} bytes inside"
            )
        entries.setdefault(entry.name, entry)
    return entries


def _end(walk: Walk) -> tuple[int, int, int]:
    """Number of entries, size and place of the central directory."""
    start = max(0, walk.size - END_SIZE - MAX_COMMENT)
    tail = walk.read(start, END_SIZE + MAX_COMMENT)
    found = tail.rfind(END_SIGNATURE)
    if found < 0 or len(tail) - found < END_SIZE:
        raise unreadable("the archive has no directory at its end")
    record = tail[found : found + END_SIZE]
    count = int.from_bytes(record[10:12], "little")
    size = int.from_bytes(record[12:16], "little")
    at = int.from_bytes(record[16:20], "little")
    if count == 0xFFFF or SATURATED in (size, at):
        locator = walk.read(start + found - 20, 20)
        if locator[:4] == LOCATOR_SIGNATURE:
            record = walk.take(int.from_bytes(locator[8:16], "little"), 56)
            if record[:4] != END64_SIGNATURE:
                raise unreadable("the archive's ZIP64 directory is not where it should be")
            count = int.from_bytes(record[32:40], "little")
            size = int.from_bytes(record[40:48], "little")
            at = int.from_bytes(record[48:56], "little")
    return count, size, at


def _entry(directory: bytes, at: int) -> tuple[ZipEntry, int]:
    header = directory[at : at + 46]
    if len(header) < 46 or header[:4] != ENTRY_SIGNATURE:
        raise unreadable("the archive's directory is damaged")
    flags = int.from_bytes(header[8:10], "little")
    method = int.from_bytes(header[10:12], "little")
    stored = int.from_bytes(header[20:24], "little")
    size = int.from_bytes(header[24:28], "little")
    name_size, extra_size, comment_size = (
        int.from_bytes(header[i : i + 2], "little") for i in (28, 30, 32)
    )
    place = int.from_bytes(header[42:46], "little")
    name = directory[at + 46 : at + 46 + name_size].decode("utf-8", "replace")
    extra = directory[at + 46 + name_size : at + 46 + name_size + extra_size]
    if SATURATED in (stored, size, place):
        size, stored, place = _zip64(extra, size, stored, place)
    return ZipEntry(name, flags, method, stored, size, place), (
        at + 46 + name_size + extra_size + comment_size
    )


def _zip64(extra: bytes, *numbers: int) -> tuple[int, int, int]:
    """The 64-bit numbers of the extra field replace the saturated ones, in this order."""
    at = 0
    while at + 4 <= len(extra):
        size = int.from_bytes(extra[at + 2 : at + 4], "little")
        if extra[at : at + 2] == b"\x01\x00":
            field, place, wide = extra[at + 4 : at + 4 + size], 0, list(numbers)
            for index, number in enumerate(numbers):
                if number == SATURATED:
                    wide[index] = int.from_bytes(field[place : place + 8], "little")
                    place += 8
            return wide[0], wide[1], wide[2]
        at += 4 + size
    return numbers[0], numbers[1], numbers[2]


def _check_ratio(walk: Walk, entry: ZipEntry) -> None:
    if entry.size > MIB and entry.size > entry.stored * walk.limits.zip_ratio:
        raise over_limit(
            f"an archive entry claims {entry.size:,} bytes from {entry.stored:,}: a ZIP bomb"
        )


def read_entry(walk: Walk, entry: ZipEntry, limit: int) -> bytes:
    """The bytes of an entry.

    Raises:
        FaultError: when it is encrypted, damaged, over `limit` or larger than it claims.
    """
    if entry.flags & ENCRYPTED:
        raise FaultError(NotRunReason.ENCRYPTED, "an archive entry is encrypted")
    if entry.size > limit or entry.stored > limit:
        raise over_limit(f"an archive entry of {entry.size:,} bytes is over the limit")
    header = walk.take(entry.at, 30)
    if header[:4] != LOCAL_SIGNATURE:
        raise unreadable("an archive entry is not where the directory says")
    names = int.from_bytes(header[26:28], "little") + int.from_bytes(header[28:30], "little")
    data = walk.take(entry.at + 30 + names, entry.stored)
    if entry.method == STORED:
        return data
    if entry.method != DEFLATED:
        raise unreadable("an archive entry is compressed in a way that is not read")
    return bounded_inflate(data, entry.size, raw=True)
