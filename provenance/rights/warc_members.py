"""Records of archives as nearly all are: one after the other, each compressed for itself.

Follows ISO 28500 section 4 and annex D.2 ("one record at a time") with RFC 1952, inflated by
Intel's ISA-L, which takes half the time of zlib. Only a record that stands alone in its member,
whole, with its header fields spelled as the specification spells them, is told here; at anything
else this reading stops, and `provenance.rights.warc` takes a careful look with another library.
"""

from __future__ import annotations

import os
import re
from collections.abc import Generator
from typing import Any, NamedTuple

from provenance.limits import KIB, MIB

__all__ = ["PlainRecord", "plain_records"]

LONGEST = 64 * MIB
"""A record that is longer is left to the careful reading: its member may hold a whole archive."""

WINDOW = MIB
OFFER = 8 * KIB
"""Compressed bytes that are offered at once, at least: what a member does not take is copied."""

STEP = 256 * KIB
FIRST_LINE = (b"WARC/1.0\r\n", b"WARC/1.1\r\n")
NAMED = re.compile(
    rb"\n(WARC-Type|WARC-Target-URI|WARC-Date|Content-Length):[ \t]*([!-~]*)[ \t]*(?=\r\n[^ \t])"
)
"""One of the fields needed here, in one line and without other characters than an address has."""

LENGTH = re.compile(rb"\d{1,12}")
NEEDED = frozenset({b"WARC-Type", b"WARC-Date", b"Content-Length"})
USUAL = NEEDED | {b"WARC-Target-URI"}
SEPARATOR = b"\r\n\r\n"
PAIR = len(SEPARATOR)


class PlainRecord(NamedTuple):
    """One record.

    Attributes:
        offset: of its member.
        fields: type, target, date and length, as written, without white space around them.
        block: where the block begins in `data`.
        length: of the block.
        data: the beginning of the record, as much as is kept.
    """

    offset: int
    fields: dict[bytes, bytes]
    block: int
    length: int
    data: bytes


def plain_records(fd: int, at: int, size: int, *, kept: int) -> Generator[PlainRecord, None, int]:
    """The records from the member at `at` on.

    Args:
        fd: of the archive; its position is not moved.
        at: where a member begins.
        size: of the archive.
        kept: bytes of a record that are kept.

    Returns:
        Where something else stands: `size` when nothing does.
    """
    members = _Members(fd, size, kept)
    while at < size:
        found = members.inflated(at)
        if found is None:
            return at
        data, whole, following = found
        head = data.find(SEPARATOR)
        named = NAMED.findall(data, 0, head + PAIR)
        fields = dict(named)
        if len(named) != len(fields) or fields.keys() not in (USUAL, NEEDED):
            return at
        if LENGTH.fullmatch(fields[b"Content-Length"]) is None or not data.startswith(FIRST_LINE):
            return at
        length = int(fields[b"Content-Length"])
        if whole != head + PAIR + length + PAIR:
            return at
        yield PlainRecord(at, fields, head + PAIR, length, data)
        at = following
    return size


class _Members:
    """The members of an archive, inflated one by one."""

    def __init__(self, fd: int, size: int, kept: int) -> None:
        from isal.isal_zlib import decompressobj, error

        self._fd, self._size, self._kept = fd, size, kept
        self._inflater = decompressobj
        self._fault: Any = error  # a class, though its stub has an instance
        self._window, self._base = memoryview(b""), 0
        self._offer = OFFER

    def inflated(self, at: int) -> tuple[bytes, int, int] | None:
        """The beginning of what a member holds, bytes of all of it, and where the next begins.

        None where no member stands that is whole and not too long.
        """
        first = at - self._base
        end = first + self._offer
        if end > len(self._window) or first < 0:
            self._window, self._base = memoryview(os.pread(self._fd, WINDOW, at)), at
            first, end = 0, min(self._offer, len(self._window))
        inflater = self._inflater(31)
        try:
            data = inflater.decompress(self._window[first:end], self._kept)
            whole = len(data)
            end += self._base
            while not inflater.eof:
                given = inflater.unconsumed_tail
                if not given:
                    given = os.pread(self._fd, self._offer, end)
                    end += len(given)
                room = self._kept - len(data)
                more = inflater.decompress(given, room or STEP)
                whole += len(more)
                if room:
                    data += more
                if whole > LONGEST or not (given or more):
                    return None
        except self._fault:
            return None
        following = end - len(inflater.unused_data)
        self._offer = max(OFFER, min(following - at, WINDOW // 4))
        return data, whole, following
