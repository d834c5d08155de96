"""Whether the bytes of an answer can say anything about rights, told without taking them apart.

A mark too many costs a reading that finds nothing; one too few would hide a reservation. So these
are all the words the readers of header fields and pages know, in every spelling they accept, and
what cannot be told here (another alphabet, escaped characters, a tag that is cut short) speaks.
"""

from __future__ import annotations

import re

__all__ = ["header_speaks", "page_speaks"]

FIELDS = (b"\ncontent-usage", b"\ncontent-signal", b"\ntdm-", b"\nx-robots-tag", b"rsl")

TAGS = re.compile(rb"<(?:(?:meta|link)\b[^<]*|script\b[^<>]*)", re.IGNORECASE)
"""Up to the next tag, so that a page is passed over once, however it is broken."""

WORDS = (
    *(b"tdm", b"content-usage", b"content-signal", b"rsl", b"&"),
    *(b"ai-train", b"train-ai"),
)
NO = re.compile(rb"n[^a-z\s;|,]*o[^a-z\s;|,]*(?:[ai]|m[^a-z\s;|,]*l)")
"""The beginning of `noai`, `noimageai` and `noml`, with anything between their letters."""

WIDE = (b"\xff\xfe", b"\xfe\xff")


def header_speaks(low: bytes) -> bool:
    """Whether header fields, in lower case, hold one that a reader knows."""
    return any(mark in low for mark in FIELDS)


def page_speaks(page: bytes) -> bool:
    """Whether the beginning of a page holds an element that a reader may understand."""
    if page.startswith(WIDE):
        return True
    tags = TAGS.findall(page)
    if any(_is_cut(tag) for tag in tags):
        return True
    said = b"\n".join(tags).lower()
    return any(word in said for word in WORDS) or _says_no(said)


def _is_cut(tag: bytes) -> bool:
    """Whether a `<` inside quotes may have ended the tag before its time."""
    if tag[1:2] in b"sS":
        return False
    return b">" not in tag or tag.count(b'"') % 2 == 1 or tag.count(b"'") % 2 == 1


def _says_no(said: bytes) -> bool:
    """Like `noai`, but not the `noindex` and `nofollow` of half the web."""
    return b"no" in said and NO.search(PLAIN_NO.sub(b"", said)) is not None


PLAIN_NO = re.compile(rb"noindex|noimageindex|noopener|noarchive")
