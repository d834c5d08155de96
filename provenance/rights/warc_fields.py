"""The header fields of an archived answer, as bytes.

Follows RFC 9112 sections 4 and 5 as far as archives do: a status line, then fields of which some
are folded, and sometimes no end at all.
"""

from __future__ import annotations

import datetime as dt
import re
from typing import TYPE_CHECKING

from provenance.limits import KIB, MIB
from provenance.rights.moments import parse_moment
from provenance.rights.surroundings import Headers

if TYPE_CHECKING:
    from fastwarc.warc import WarcRecord

__all__ = [
    "FIRST",
    "LONGEST_HEADER",
    "beginning",
    "media_type_of",
    "moment_of",
    "pairs_of",
    "status_of",
]

FIRST = 16 * KIB
"""Bytes of a block that are read before anything is known of it."""

LONGEST_HEADER = 4 * MIB
"""Bytes of a record's headers that are read at all; readers of single fields look at less."""

MOST_HEADERS = 2000
STATUS = re.compile(rb"HTTP/\d(?:\.\d)?[ \t]+(\d{3})(?!\d)")
HEADERS_END = re.compile(rb"\r?\n\r?\n")
MEDIA_TYPE = re.compile(rb"\ncontent-type[ \t]*:[ \t]*([^\s;,]{1,200})")


def beginning(record: WarcRecord) -> tuple[bytes, int]:
    """The beginning of a block, and where its header fields end: with it when they do not."""
    block = record.reader.read(FIRST)
    end = block.find(b"\r\n\r\n")
    if end >= 0:
        return block, end + 4
    while (found := HEADERS_END.search(block)) is None:
        more = record.reader.read(max(len(block), FIRST)) if len(block) < LONGEST_HEADER else b""
        if not more:
            return block, len(block)
        block += more
    return block, found.end()


def media_type_of(low: bytes) -> str | None:
    """The media type header fields in lower case name, bare."""
    at = low.find(b"\ncontent-type")
    found = MEDIA_TYPE.match(low, at) if at >= 0 else None
    return found[1].decode("latin-1") if found else None


def status_of(fields: bytes) -> int | None:
    """The status of an HTTP answer; None when this is none."""
    found = STATUS.match(fields)
    return int(found[1]) if found else None


def pairs_of(fields: bytes) -> Headers:
    """The header fields in order; a folded one is one (RFC 9112 section 5.2)."""
    pairs: list[tuple[str, str]] = []
    for line in fields.split(b"\n", MOST_HEADERS + 1)[1 : MOST_HEADERS + 1]:
        text = line.decode("utf-8", "replace")
        if text[:1] in (" ", "\t") and pairs and text.strip():
            name, value = pairs[-1]
            pairs[-1] = name, f"{value} {text.strip()}"[:LONGEST_HEADER]
            continue
        name, colon, value = text.partition(":")
        if colon:
            pairs.append((name.strip(), value.strip()))
    return tuple(pairs)


def moment_of(written: str) -> dt.datetime | None:
    """The moment a date names; None for no date, and for one without a time of day."""
    try:
        start, end = parse_moment(written)
    except (ValueError, OverflowError):
        return None
    return start if start == end else None
