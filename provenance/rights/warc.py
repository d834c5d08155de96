"""WARC and WET files as records of one answer each: the side that runs in the sandbox.

Reads ISO 28500 (WARC 1.0 and 1.1), plain or compressed record by record. Records that are as they
should be are read by `provenance.rights.warc_members`, all others by fastwarc. A record that is
damaged, or claims more than there is, is an answer too; reading goes on at the next place where a
record begins, so that one bad record costs itself and no other. Bodies are read up to a limit,
whatever they claim, and codings are undone within it (`provenance.rights.warc_bodies`).
"""

from __future__ import annotations

import datetime as dt
import os
import re
import zlib
from collections.abc import Generator, Iterator
from typing import TYPE_CHECKING

from provenance.descriptors import stream_of
from provenance.limits import KIB, MIB
from provenance.rights.warc_answers import Answered, Block, Damaged, Limits, answered
from provenance.rights.warc_fields import (
    FIRST,
    LONGEST_HEADER,
    beginning,
    media_type_of,
    moment_of,
)
from provenance.rights.warc_marks import PAGES, names_document
from provenance.rights.warc_members import PlainRecord, plain_records

if TYPE_CHECKING:
    from fastwarc.stream_io import GzipReader
    from fastwarc.warc import WarcRecord

__all__ = [
    "PAGES",
    "Answered",
    "Damaged",
    "begins",
    "names_document",
    "next_record",
    "records",
]

MOST_DAMAGE = 1000
"""Places in one file where reading goes on after damage."""

WASTE = 256 * MIB
"""Bytes that are read in vain in one file, besides twice its size, before it is given up."""

WINDOW = MIB
GZIP = b"\x1f\x8b\x08"
PAYLOAD_DIGEST = re.compile(rb"(?i)\r\nWARC-Payload-Digest:([^\r\n]*)")
PLAIN = re.compile(rb"(?:\A|\n)(?=WARC/[01]\.\d)")

RESPONSE, RESOURCE, REVISIT, CONVERSION = 4, 8, 64, 128
KINDS = frozenset({RESPONSE, RESOURCE, REVISIT, CONVERSION})
"""`fastwarc.warc.WarcRecordType`, as numbers: a comparison of its members costs more."""

PLAIN_KINDS = {b"response": RESPONSE, b"revisit": REVISIT, b"conversion": CONVERSION}
PASSED_OVER = frozenset({b"request", b"metadata", b"warcinfo"})


def records(
    fd: int, start: int = 0, *, head: int = 64 * KIB, documents: int = 512 * KIB
) -> Iterator[Answered | Damaged]:
    """The answers in an open file, from the record at `start` on.

    Args:
        fd: of the file; its position is neither used nor moved.
        start: offset of a record.
        head: bytes of the body of a page that are read; none when 0.
        documents: bytes of the body of a document about rights that are read.
    """
    yield from _Reading(fd, start, Limits(head, documents)).records()


def next_record(fd: int, at: int) -> int | None:
    """Where the first record at or behind a place begins; None when there is none."""
    return _Reading(fd, at, Limits(0, 0)).next_record(at)


def begins(head: bytes) -> bool:
    """Whether a file that begins like this is a WARC, plain or compressed."""
    return head.startswith(b"WARC/") or (head.startswith(GZIP) and _member(head[:WINDOW]) == 0)


class _Reading:
    """One way through a file."""

    def __init__(self, fd: int, start: int, limits: Limits) -> None:
        self._fd, self._start, self._limits = fd, start, limits
        self._size = os.fstat(fd).st_size
        self._file = stream_of(fd, self._size)
        self._compressed = os.pread(fd, len(GZIP), 0) == GZIP
        self._wasted = self._damage = 0

    def records(self) -> Iterator[Answered | Damaged]:
        """See `records`."""
        at: int | None = self._start
        while at is not None:
            if self._compressed:
                at = yield from self._plainly(at)
            at = (yield from self._carefully(at)) if at < self._size else None

    def _plainly(self, at: int) -> Generator[Answered | Damaged, None, int]:
        """The records from `at` on, up to one that is not as it should be: where that stands."""
        reading = plain_records(self._fd, at, self._size, kept=self._limits.head + 2 * FIRST)
        while True:
            try:
                record = next(reading)
            except StopIteration as end:
                return int(end.value)
            if (kind := record.fields[b"WARC-Type"]) in PASSED_OVER:
                continue
            found = self._plain(record, PLAIN_KINDS.get(kind))
            if found is None:
                return record.offset
            yield found

    def _plain(self, record: PlainRecord, kind: int | None) -> Answered | Damaged | None:
        """The answer in a record that is as it should be; None where that is not told here."""
        offset, fields, start, length, data = record
        url = fields.get(b"WARC-Target-URI", b"").decode().strip("<> ")
        if kind is None or not url:
            return None
        at = moment_of(fields[b"WARC-Date"].decode())
        if kind == CONVERSION:
            return Answered(offset, url, at, is_text=True, size=length)
        block = data[start : start + length]
        end = block.find(b"\r\n\r\n") + 4
        if end < 4 or (len(block) < length and self._asks_for_more(url, block, end)):
            return None
        return answered(
            *(offset, url, at, Block(block, end, length), self._limits),
            is_revisit=kind == REVISIT,
            digest=lambda: _digest_in(data[:start]),
        )

    def _asks_for_more(self, url: str, block: bytes, end: int) -> bool:
        """Whether the beginning of a block may not be enough of it."""
        media_type = media_type_of(block[:end].lower())
        return names_document(url, media_type) or end + self._limits.head > len(block)

    def _carefully(self, at: int) -> Generator[Answered | Damaged, None, int | None]:
        """The records from `at` on, whatever they are.

        Returns:
            Where a member begins: of a compressed archive the next one, else one behind damage.
            None at the end.
        """
        met: Damaged | None = None  # behind a good record: the bad one is yet to be found
        begin: int | None = at
        while begin is not None:
            last, claimed, is_new = begin, 0, True
            try:
                for record in self._iterate(begin):
                    if met is not None:
                        yield met
                        met = None
                    if self._begins_member(record, behind=at):
                        return int(record.stream_pos)
                    last, claimed, is_new = record.stream_pos, record.content_length, False
                    yield from self._answers(record)
                if self._holds(last, claimed):
                    break
                is_new, detail = True, "the record claims more than there is"
            except (OSError, ValueError, EOFError) as fault:
                detail = str(fault)[:200] or type(fault).__name__
            met = Damaged(last, detail)
            if self._is_too_much(last):
                met = Damaged(last, "so much is damaged that the rest was not read")
                break
            if is_new:
                yield met
                met = None
            begin = self.next_record(last + 1)
        if met is not None:
            yield met
        return None

    def _is_too_much(self, last: int) -> bool:
        """Whether damage behind a place is no longer worth reading on."""
        self._damage += 1
        self._wasted += max(self._file.tell() - last, 0)
        return self._damage > MOST_DAMAGE or self._wasted > 2 * self._size + WASTE

    def _begins_member(self, record: WarcRecord, *, behind: int) -> bool:
        """Whether a record is the first of a member behind a place."""
        if self._members is None or record.stream_pos <= behind:
            return False
        return bool(self._members.frame_start_position() == record.stream_pos)

    def _iterate(self, at: int) -> Iterator[WarcRecord]:
        from fastwarc.stream_io import GzipReader
        from fastwarc.warc import ArchiveIterator, WarcRecordType

        self._file.seek(at)
        self._members = GzipReader(self._file) if self._compressed else None
        return ArchiveIterator(
            self._members or self._file,
            record_types=WarcRecordType.any_type,
            parse_http=False,
            max_header_len=LONGEST_HEADER,
            stream_detect=False,
        )

    _members: GzipReader | None = None

    def _answers(self, record: WarcRecord) -> Iterator[Answered | Damaged]:
        """What is kept of a record: one answer, or none."""
        if (found := self._answer(record)) is not None:
            yield found

    def _answer(self, record: WarcRecord) -> Answered | Damaged | None:
        kind = int(record.record_type)
        if kind not in KINDS:
            return None
        offset = record.stream_pos
        if self._members is not None and self._members.frame_start_position() != offset:
            offset = self._start
        named = record.headers.get
        url = (named("WARC-Target-URI") or "").strip("<> ")
        if not url:
            return Damaged(offset, "the record names no WARC-Target-URI")
        at = moment_of(named("WARC-Date") or "")
        if kind == CONVERSION:
            return Answered(offset, url, at, is_text=True, size=record.content_length)
        if kind in (RESPONSE, REVISIT):
            data, end = beginning(record)
            more = record.reader.read if len(data) >= FIRST else None
            block = Block(data, end, record.content_length, more)
            return answered(
                *(offset, url, at, block, self._limits),
                is_revisit=kind == REVISIT,
                digest=lambda: named("WARC-Payload-Digest"),
            )
        if not names_document(url):  # a copy, of which no answer was kept
            return Answered(offset, url, at, is_text=True, size=record.content_length)
        return self._resource(record, offset, url, at)

    def _resource(
        self, record: WarcRecord, offset: int, url: str, at: dt.datetime | None
    ) -> Answered:
        """A document that was archived without the answer it came in."""
        return Answered(
            offset,
            url,
            at,
            200,
            body=record.reader.read(self._limits.documents) if self._limits.documents else b"",
            size=record.content_length,
            digest=record.headers.get("WARC-Payload-Digest"),
            is_document=True,
        )

    def _holds(self, at: int, claimed: int) -> bool:
        """Whether the last record, which stands at `at`, is as long as it says."""
        if claimed == 0:
            return True
        if not self._compressed and at + claimed > self._size:
            return False
        for record in self._iterate(at):
            while read := len(record.reader.read(WINDOW)):
                claimed -= read
            return claimed <= 0
        return True

    def next_record(self, at: int) -> int | None:
        """Where the next record begins; None when there is none."""
        while at < self._size:
            self._file.seek(at)
            window = self._file.read(WINDOW)
            found = _member(window) if self._compressed else _line(window)
            if found is not None:
                return at + found
            if len(window) < WINDOW:
                return None
            at += WINDOW - 64
        return None


def _member(window: bytes) -> int | None:
    """Where a compressed record begins."""
    found = window.find(GZIP)
    while found >= 0:
        try:
            inflated = zlib.decompressobj(31).decompress(window[found : found + 4 * KIB], 8)
        except zlib.error:
            inflated = b""
        if inflated.startswith(b"WARC/"):
            return found
        found = window.find(GZIP, found + 1)
    return None


def _digest_in(header: bytes) -> str | None:
    """`WARC-Payload-Digest` in the header of a record."""
    found = PAYLOAD_DIGEST.search(header)
    return found[1].decode().strip() if found else None


def _line(window: bytes) -> int | None:
    found = PLAIN.search(window)
    return found.end() if found else None
