"""WARC and WET files as records of one answer each: the side that runs in the sandbox.

Reads ISO 28500 (WARC 1.0 and 1.1) with fastwarc, plain or compressed record by record. A record
that is damaged, or claims more than there is, is an answer too; reading goes on at the next place
where a record begins, so that one bad record costs itself and no other. Bodies are read up to a
limit, whatever they claim, and codings are undone within it (`provenance.rights.warc_bodies`).

Most answers say nothing about rights, and archives hold billions of them. Of those neither header
fields nor body are taken apart: `provenance.rights.warc_marks` tells them by their bytes.
"""

from __future__ import annotations

import datetime as dt
import os
import re
import zlib
from collections.abc import Iterator
from typing import IO, TYPE_CHECKING, NamedTuple

from provenance.limits import KIB, MIB
from provenance.rights.surroundings import Headers
from provenance.rights.warc_bodies import opened
from provenance.rights.warc_fields import (
    FIRST,
    LONGEST_HEADER,
    beginning,
    media_type_of,
    moment_of,
    pairs_of,
    status_of,
)
from provenance.rights.warc_marks import PAGES, header_speaks, names_document, page_speaks

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
PLAIN = re.compile(rb"(?:\A|\n)(?=WARC/[01]\.\d)")

RESPONSE, RESOURCE, REVISIT, CONVERSION = 4, 8, 64, 128
KINDS = frozenset({RESPONSE, RESOURCE, REVISIT, CONVERSION})
"""`fastwarc.warc.WarcRecordType`, as numbers: a comparison of its members costs more."""


class Answered(NamedTuple):
    """One record of an answer, or of the text that was made of one.

    Attributes:
        offset: where reading can begin with this record; the place where this reading began for
            one that shares its compressed member with an earlier record.
        url: `WARC-Target-URI`.
        at: `WARC-Date`, aware; None where there is none to the minute.
        status: of the HTTP answer; None in a WET record.
        headers: of the HTTP answer; none where they say nothing about rights.
        media_type: as the answer says, lower case and bare.
        body: of a document about rights; of a page its beginning, if it says something. Decoded.
        is_text: whether it is a WET record.
        size: bytes of the text, or of the body as it was sent.
        hidden: whether the body is coded in a way that is not known here.
        digest: `WARC-Payload-Digest` of a document about rights.
        is_revisit: whether the body stands in an earlier record, with the same digest.
        is_document: whether it is a document about rights, by its name or its type.
    """

    offset: int
    url: str
    at: dt.datetime | None
    status: int | None = None
    headers: Headers = ()
    media_type: str | None = None
    body: bytes = b""
    is_text: bool = False
    size: int = 0
    hidden: bool = False
    digest: str | None = None
    is_revisit: bool = False
    is_document: bool = False


class Damaged(NamedTuple):
    """A place where no record can be read."""

    offset: int
    detail: str


def records(
    fd: int, start: int = 0, *, head: int = 64 * KIB, documents: int = 512 * KIB
) -> Iterator[Answered | Damaged]:
    """The answers in an open file, from the record at `start` on.

    Args:
        fd: of the file; its position is moved.
        start: offset of a record.
        head: bytes of the body of a page that are read; none when 0.
        documents: bytes of the body of a document about rights that are read.
    """
    with os.fdopen(os.dup(fd), "rb") as file:
        yield from _Reading(file, start, head, documents).records()


def next_record(fd: int, at: int) -> int | None:
    """Where the first record at or behind a place begins; None when there is none."""
    with os.fdopen(os.dup(fd), "rb") as file:
        return _Reading(file, at, 0, 0).next_record(at)


def begins(head: bytes) -> bool:
    """Whether a file that begins like this is a WARC, plain or compressed."""
    return head.startswith(b"WARC/") or (head.startswith(GZIP) and _member(head[:WINDOW]) == 0)


class _Reading:
    """One way through a file."""

    def __init__(self, file: IO[bytes], start: int, head: int, documents: int) -> None:
        self._file, self._start, self._head, self._documents = file, start, head, documents
        file.seek(0)
        self._compressed = file.read(len(GZIP)) == GZIP
        self._size = os.fstat(file.fileno()).st_size
        self._wasted = 0

    def records(self) -> Iterator[Answered | Damaged]:
        """See `records`."""
        at: int | None = self._start
        damage = 0
        met: Damaged | None = None  # behind a good record: the bad one is yet to be found
        while at is not None:
            last, claimed, is_new = at, 0, True
            try:
                for record in self._iterate(at):
                    if met is not None:
                        yield met
                        met = None
                    last, claimed, is_new = record.stream_pos, record.content_length, False
                    if (found := self._answer(record)) is not None:
                        yield found
                if self._holds(last, claimed):
                    break
                is_new, detail = True, "the record claims more than there is"
            except (OSError, ValueError, EOFError) as fault:
                detail = str(fault)[:200] or type(fault).__name__
            damage += 1
            self._wasted += max(self._file.tell() - last, 0)
            if damage > MOST_DAMAGE or self._wasted > 2 * self._size + WASTE:
                met = Damaged(last, "so much is damaged that the rest was not read")
                break
            met = Damaged(last, detail)
            if is_new:
                yield met
                met = None
            at = self.next_record(last + 1)
        if met is not None:
            yield met

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
        if kind == RESPONSE:
            return self._http(record, offset, url, at)
        if kind == REVISIT:
            return self._http(record, offset, url, at, is_revisit=True)
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
            body=record.reader.read(self._documents) if self._documents else b"",
            size=record.content_length,
            digest=record.headers.get("WARC-Payload-Digest"),
            is_document=True,
        )

    def _http(
        self,
        record: WarcRecord,
        offset: int,
        url: str,
        at: dt.datetime | None,
        *,
        is_revisit: bool = False,
    ) -> Answered | Damaged:
        block, end = beginning(record)
        fields = block[:end]
        status = status_of(fields)
        if status is None and not is_revisit:
            return Damaged(offset, "the record holds no HTTP answer")
        low = fields.lower()
        media_type = media_type_of(low)
        is_document = names_document(url, media_type)
        limit = self._documents if is_document else self._head if media_type in PAGES else 0
        hidden = False
        body = b""
        if limit:
            body = block[end : end + limit]
            if len(body) < limit and len(block) >= FIRST:
                body += record.reader.read(limit - len(body))
            if b"\ncontent-encoding" in low or b"\ntransfer-encoding" in low:
                body, hidden = opened(body, low, limit)
            if not is_document and not page_speaks(body):
                body = b""
        return Answered(
            offset,
            url,
            at,
            status,
            pairs_of(fields) if is_document or header_speaks(low) else (),
            media_type,
            body,
            False,  # noqa: FBT003 - by position, for speed
            max(record.content_length - end, 0),
            hidden,
            record.headers.get("WARC-Payload-Digest") if is_document else None,
            is_revisit,
            is_document,
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


def _line(window: bytes) -> int | None:
    found = PLAIN.search(window)
    return found.end() if found else None
