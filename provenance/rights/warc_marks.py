"""Whether the bytes of an answer can say anything about rights, told without taking them apart.

A mark too many costs a reading that finds nothing; one too few would hide a reservation. So these
are all the words the readers of header fields and pages know, in every spelling they accept, and
what cannot be told here (another alphabet, escaped characters, a tag that is cut short) speaks.
"""

from __future__ import annotations

import re

__all__ = ["PAGES", "header_speaks", "names_document", "page_speaks"]

PAGES = frozenset({"text/html", "application/xhtml+xml"})
DOCUMENTS = re.compile(
    r"(?i)\Ahttps?://[^/?#]+/(?:robots\.txt|\.well-known/tdmrep\.json|ai\.txt|[^?#]*\.rsl"
    r"|(?:[^?#]*/)?rsl\.xml|(?:\.well-known/)?licen[cs]e\.xml)(?:[?#]|\Z)"
)

FIELDS = re.compile(rb"\n(?:content-(?:usage|signal)|tdm-|x-robots-tag|link[^\n]*rsl)")

TAGS = re.compile(rb"<[mMlLsS][eEiIcC][tTnNrR][aAkKiI][^<]*")
"""What begins like `<meta`, `<link` or `<script`, up to the next tag: so that a page is passed over
once, however it is broken."""

PAGE = re.compile(rb"tdm|content-(?:usage|signal)|rsl|&#|train|ai-")
NO = re.compile(rb"n[^a-z\s;|,]*o[^a-z\s;|,]*(?:[ai]|m[^a-z\s;|,]*l)")
"""The beginning of `noai`, `noimageai` and `noml`, with anything between their letters."""

PLAIN_NO = re.compile(rb"noindex|noimageindex|noopener|noarchive")

WIDE = (b"\xff\xfe", b"\xfe\xff")


def names_document(url: str, media_type: str | None = None) -> bool:
    """Whether a document about rights stands at `url`, by its name or its type."""
    if media_type == "application/rsl+xml":
        return True
    return DOCUMENTS.match(url) is not None


def header_speaks(low: bytes) -> bool:
    """Whether header fields, in lower case, hold one that a reader knows."""
    return FIELDS.search(low) is not None


def page_speaks(page: bytes) -> bool:
    """Whether the beginning of a page holds an element that a reader may understand."""
    if page.startswith(WIDE):
        return True
    said = b""
    for tag in TAGS.findall(page):
        if tag[1] in b"sS":
            said += tag.partition(b">")[0]
        elif b">" not in tag or tag.count(b'"') & 1 or b"'" in tag:
            return True  # a `<` inside quotes may have ended the tag before its time
        else:
            said += tag
    said = said.lower()
    return PAGE.search(said) is not None or (b"no" in said and _says_no(said))


def _says_no(said: bytes) -> bool:
    """Like `noai`, but not the `noindex` of half the web."""
    return NO.search(PLAIN_NO.sub(b"", said)) is not None
