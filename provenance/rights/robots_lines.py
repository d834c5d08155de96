"""The lines of a robots.txt: which record each of them is, and where it stands.

Follows RFC 9309 section 2.2 and, in Google's mode, what Google's open-source parser makes of a file
that does not keep to it: misspelt keys, a missing colon, lines of any length cut at 16,663 bytes, a
byte order mark, a line that ends at its first NUL. Positions are bytes of the document as it came.
"""

from __future__ import annotations

import re
from enum import StrEnum
from typing import Literal, NamedTuple

from provenance.limits import KIB

__all__ = [
    "CAP",
    "INVISIBLE",
    "LONGEST_LINE",
    "Flaw",
    "Kind",
    "Line",
    "Mode",
    "Record",
    "lines_of",
    "looks_utf16",
    "mark_length",
    "record_of",
    "token_of",
]

Mode = Literal["google", "rfc9309"]

CAP = 500 * KIB
"""Bytes that are read; RFC 9309 section 2.5 asks for at least as many."""

LONGEST_LINE = 8 * 2083 - 1
"""Bytes of a line that Google reads: eight times the longest URL of old browsers, less a NUL."""

MARK = b"\xef\xbb\xbf"
WIDE_MARKS = (b"\xff\xfe", b"\xfe\xff")
LOOKED_AT = 2 * KIB

INVISIBLE = re.compile(
    rb"\xc2[\xa0\xad]|\xe2\x80[\x80-\x8f\xa8\xa9\xaf]|\xe2\x81\xa0|\xe3\x80\x80|\xef\xbb\xbf"
)
"""Spaces and marks nobody sees, which come along when text is copied from a page."""

TOKEN = re.compile(rb"[A-Za-z_-]*")
COLONLESS = re.compile(rb"([^ \t]+)[ \t]+([^ \t]+)")
"""Key and value without a colon: two words and no more."""


class Kind(StrEnum):
    """What a line is."""

    USER_AGENT = "user-agent"
    ALLOW = "allow"
    DISALLOW = "disallow"
    SITEMAP = "sitemap"
    OTHER = "other"
    """A record that is no rule of RFC 9309, as Crawl-delay or Content-Usage are."""


class Flaw(StrEnum):
    """What is wrong with a file that is read all the same."""

    BOM = "bom"
    UTF16 = "utf16"
    """Not UTF-8: by the standard it holds no record, whatever its owner meant."""
    NUL = "nul"
    TRUNCATED = "truncated"
    LONG_LINE = "long_line"
    TYPO = "typo"
    """A key is misspelt, or its colon is missing."""
    STRAY_RULE = "stray_rule"
    """A rule stands before any user agent: it is for nobody."""


class Record(NamedTuple):
    """One line with a key and a value.

    Attributes:
        kind: what it is.
        key: as written.
        value: as written, without comment and surrounding space.
        typo: whether only lenience makes it what it is.
    """

    kind: Kind
    key: bytes
    value: bytes
    typo: bool


class Line(NamedTuple):
    """A record where it stands.

    Attributes:
        kind, key, value, typo: as in `Record`.
        number: from 1.
        start, end: bytes of the line, with its ending.
    """

    kind: Kind
    key: bytes
    value: bytes
    number: int
    start: int
    end: int
    typo: bool = False


KEYS = (
    (b"user-agent", Kind.USER_AGENT, False),
    (b"useragent", Kind.USER_AGENT, True),
    (b"user agent", Kind.USER_AGENT, True),
    (b"allow", Kind.ALLOW, False),
    (b"disallow", Kind.DISALLOW, False),
    (b"dissallow", Kind.DISALLOW, True),
    (b"dissalow", Kind.DISALLOW, True),
    (b"disalow", Kind.DISALLOW, True),
    (b"diasllow", Kind.DISALLOW, True),
    (b"disallaw", Kind.DISALLOW, True),
    (b"sitemap", Kind.SITEMAP, False),
    (b"site-map", Kind.SITEMAP, True),
)
"""Beginnings of keys, in the order Google tries them, and whether each is a misspelling."""

EXACT = {key: kind for key, kind, typo in KEYS if not typo}

SPELT: tuple[bytes, ...] = (
    b"user-agent",
    b"User-agent",
    b"User-Agent",
    b"USER-AGENT",
    b"User-Agent ",
    b"User-agent ",
)
SPELT += (b"disallow", b"Disallow", b"DISALLOW", b"Disallow ", b"allow", b"Allow", b"ALLOW")
SPELT += (b"Allow ", b"sitemap", b"Sitemap", b"SITEMAP", b"Crawl-delay", b"crawl-delay")


KINDS = {key: EXACT.get(key.strip().lower(), Kind.OTHER) for key in SPELT}
"""Kinds by keys as they are mostly spelt, so that few lines need a closer look."""


def lines_of(body: bytes, mode: Mode) -> tuple[list[Line], set[Flaw]]:
    """The records of a document in order, and what is wrong with its lines.

    Args:
        body: as it came; of what is beyond `CAP` nothing is read, nor the line that is cut by it.
        mode: whose reading.
    """
    flaws = set()
    if len(body) > CAP:
        flaws.add(Flaw.TRUNCATED)
        # A line that is cut says what nobody wrote: of `/private` only `/` may be left.
        body = body[: max(body.rfind(b"\n", 0, CAP), body.rfind(b"\r", 0, CAP)) + 1]
    end = mark_length(body)
    if end:
        flaws.add(Flaw.BOM)
    nul = b"\0" in body
    if nul:
        flaws.add(Flaw.NUL)
    found: list[Line] = []
    for number, line in enumerate(body[end:].splitlines(keepends=True), 1):
        start = end
        end += len(line)
        key, _, value = line.partition(b":")
        kind = KINDS.get(key)
        if kind is None or nul or len(line) > LONGEST_LINE:
            read = _closely(line, mode, flaws)
            if read is not None:
                found.append(Line(read.kind, read.key, read.value, number, start, end, read.typo))
        else:
            if b"#" in value:
                value = value.partition(b"#")[0]
            found.append(Line(kind, key, value.strip(), number, start, end))
    return found, flaws


def _closely(line: bytes, mode: Mode, flaws: set[Flaw]) -> Record | None:
    line = line.rstrip(b"\r\n")
    if len(line) > LONGEST_LINE and mode == "google":
        flaws.add(Flaw.LONG_LINE)
        line = line[:LONGEST_LINE]
    record = record_of(line, mode)
    if record is not None and record.typo:
        flaws.add(Flaw.TYPO)
    return record


def record_of(line: bytes, mode: Mode) -> Record | None:
    """The record a line holds; None for a blank one, a comment, or one that is no record.

    Args:
        line: without its ending.
        mode: whose reading.
    """
    # Google's lines are C strings: a NUL is their end, whatever follows it.
    line = line.partition(b"\0")[0].partition(b"#")[0].strip()
    if not line:
        return None
    key, colon, value = line.partition(b":")
    if not colon:
        words = COLONLESS.fullmatch(line)
        if words is None:
            return None
        key, value = words[1], words[2]
    key, value = key.strip(), value.strip()
    if not key:
        return None
    kind, typo = _kind_of(key.lower(), mode)
    return Record(kind, key, value, typo or (not colon and kind is not Kind.OTHER))


def _kind_of(key: bytes, mode: Mode) -> tuple[Kind, bool]:
    if mode == "rfc9309":
        return EXACT.get(key, Kind.OTHER), False
    for beginning, kind, typo in KEYS:
        if key.startswith(beginning):
            return kind, typo or key != beginning
    return Kind.OTHER, False


def token_of(value: bytes, mode: Mode) -> bytes:
    """The product token a user-agent line names, in lower case: `*`, or letters, `_` and `-`.

    What follows the first other character does not count (`GPTBot/1.0` is `gptbot`), so that a
    token can be empty; nobody is called that.
    """
    if value[:1] == b"*" and (len(value) == 1 or (mode == "google" and value[1:2].isspace())):
        return b"*"
    found = TOKEN.match(value)
    return found[0].lower() if found else b""


def mark_length(body: bytes) -> int:
    """Bytes of a byte order mark at the beginning; also of one that is broken off."""
    return next((n for n in range(3, 0, -1) if body[:n] == MARK[:n]), 0)


def looks_utf16(body: bytes) -> bool:
    """Whether the file is UTF-16, by its mark or because every other byte is NUL."""
    if body.startswith(WIDE_MARKS):
        return True
    sample = body[:LOOKED_AT]
    half = len(sample) // 2
    return half >= 4 and max(sample[0::2].count(0), sample[1::2].count(0)) > 0.8 * half
