"""WARC and WET files as records of one answer each: the side that runs in the sandbox.

Reads ISO 28500 (WARC 1.0 and 1.1) with fastwarc, plain or compressed record by record. A record
that is damaged is an answer too; reading goes on at the next place where a record begins, so that
one bad record costs itself and no other. Bodies are read up to a limit, whatever they claim, and
content encodings are undone within it.
"""

from __future__ import annotations

import datetime as dt
import os
import re
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from provenance.limits import KIB, MIB
from provenance.rights.surroundings import Headers

if TYPE_CHECKING:
    from fastwarc.warc import WarcRecord

__all__ = ["Answered", "Damaged", "records"]

LONGEST_HEADER = 4 * MIB
"""Bytes of a record's headers that are read at all; readers of single fields look at less."""

MOST_HEADERS = 2000
MOST_DAMAGE = 1000
"""Places in one file where reading goes on after damage."""

WINDOW = MIB
GZIP = b"\x1f\x8b\x08"
PLAIN = re.compile(rb"(?:\A|\n)WARC/[01]\.\d")


@dataclass(frozen=True, slots=True)
class Answered:
    """One record of an answer, or of the text that was made of one.

    Attributes:
        offset: of the record in its file.
        url: `WARC-Target-URI`.
        at: `WARC-Date`, aware; None where there is none.
        status: of the HTTP answer; None in a WET record, or where it has none.
        headers: of the HTTP answer.
        media_type: as the answer says, lower case and bare.
        body: its beginning, decoded.
        is_text: whether it is a WET record.
        size: bytes of the record's block.
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


@dataclass(frozen=True, slots=True)
class Damaged:
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
        head: bytes of the body of a page that are read.
        documents: bytes of the body of a document about rights that are read.
    """
    at = start
    damage = 0
    with os.fdopen(os.dup(fd), "rb") as file:
        while True:
            last = at
            try:
                for one in _iterate(file, at, head, documents):
                    last = one.offset
                    yield one
            except (OSError, ValueError, EOFError) as fault:
                damage += 1
                yield Damaged(last, str(fault)[:200] or type(fault).__name__)
            else:
                return
            following = _next_record(file, last + 1)
            if following is None or damage >= MOST_DAMAGE:
                return
            at = following


def _iterate(file: Any, at: int, head: int, documents: int) -> Iterator[Answered | Damaged]:
    from fastwarc.warc import ArchiveIterator, WarcRecordType

    file.seek(at)
    wanted = WarcRecordType.response | WarcRecordType.conversion | WarcRecordType.resource
    for record in ArchiveIterator(
        file,
        record_types=wanted,
        parse_http=True,
        max_header_len=LONGEST_HEADER,
    ):
        yield _answered(record, head, documents)


def _answered(record: WarcRecord, head: int, documents: int) -> Answered | Damaged:
    from fastwarc.warc import WarcRecordType

    offset = record.stream_pos
    url = (record.headers.get("WARC-Target-URI") or "").strip("<> ")
    if not url:
        return Damaged(offset, "the record names no WARC-Target-URI")
    at = record.record_date
    if at is not None and at.tzinfo is None:
        at = at.replace(tzinfo=dt.UTC)
    size = record.content_length
    if record.record_type == WarcRecordType.conversion:
        return Answered(offset, url, at, is_text=True, size=size)
    found = record.http_headers
    status = found.status_code if found is not None else None
    if not isinstance(status, int):
        return Damaged(offset, "the record holds no HTTP answer")
    pairs: Headers = tuple(found.astuples()[:MOST_HEADERS]) if found is not None else ()
    media_type = (record.http_content_type or "").strip().lower() or None
    is_document = names_document(url, media_type)
    limit = documents if is_document else head if media_type in PAGES else 0
    body = _decoded(record.reader.read(limit) if limit else b"", pairs, limit)
    return Answered(offset, url, at, status, pairs, media_type, body, size=size)


PAGES = frozenset({"text/html", "application/xhtml+xml"})
DOCUMENTS = re.compile(
    r"(?i)\Ahttps?://[^/?#]+/(?:robots\.txt|\.well-known/tdmrep\.json|ai\.txt|(?:[^?#]*/)?rsl\.xml"
    r"|[^?#]*\.rsl)(?:[?#]|\Z)"
)


def names_document(url: str, media_type: str | None = None) -> bool:
    """Whether a document about rights stands at `url`, by its name or its type."""
    return media_type == "application/rsl+xml" or DOCUMENTS.match(url) is not None


def _decoded(body: bytes, headers: Headers, limit: int) -> bytes:
    """The body without its content encoding, as far as it can be undone within `limit`."""
    encoding = next((v.strip().lower() for k, v in headers if k.lower() == "content-encoding"), "")
    if encoding not in ("gzip", "x-gzip", "deflate") or not body:
        return body
    import zlib

    for bits in (47, -15) if encoding == "deflate" else (47,):
        with suppress(zlib.error):
            return zlib.decompressobj(bits).decompress(body, limit)
    return body


def _next_record(file: Any, at: int) -> int | None:
    """Where the next record begins; None when there is none."""
    file.seek(0)
    compressed = file.read(len(GZIP)) == GZIP
    while True:
        file.seek(at)
        window = file.read(WINDOW)
        if len(window) < len(GZIP):
            return None
        if compressed:
            found = window.find(GZIP)
            if found >= 0:
                return at + found
        elif match := PLAIN.search(window):
            return at + match.end() - len(b"WARC/1.0")
        if len(window) < WINDOW:
            return None
        at += WINDOW - 16
