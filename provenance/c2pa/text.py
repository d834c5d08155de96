"""Finds manifests in text, without decoding the text.

C2PA 2.4 annex A has three ways to put a manifest into text, and each has a mark that can be looked
for in the bytes:

- A.7, HTML: `<script type="application/c2pa">`, or a link of relation `c2pa-manifest`;
- A.8, unstructured text: U+FEFF and a run of variation selectors, one for each byte, that begins
  with `C2PATXT` and a zero. Nobody sees it, and it survives copying;
- A.9, structured text (Markdown, source code, YAML, XML): a line between two delimiters.

A text is UTF-8 in all three; nothing is found in UTF-16. What a mark leads to, and whether it
holds, is for `provenance.c2pa.second`, which is only asked about a text that has one.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from provenance.asset import Asset

__all__ = ["MAGIC", "Marks", "find_marks", "is_text", "selectors"]

TEXT_LIKE = frozenset(
    {
        "application/javascript",
        "application/json",
        "application/toml",
        "application/x-pem-file",  # what a text that begins with a delimiter of A.9 looks like
        "application/x-subrip",
        "application/xhtml+xml",
        "application/xml",
        "application/yaml",
    }
)
MARKUP = frozenset({"text/html", "application/xhtml+xml"})
STRUCTURED = frozenset(
    {
        "application/javascript",
        "application/toml",
        "application/xhtml+xml",
        "application/xml",
        "application/yaml",
        "text/css",
        "text/html",
        "text/markdown",
        "text/x-python",
        "text/xml",
    }
)
"""Media types under which the verifier looks for the delimiters of A.9."""

DELIMITER = b"-----BEGIN C2PA MANIFEST-----"
HREF = re.compile(rb"""\bhref\s*=\s*["']?([^"'\s>]+)""", re.IGNORECASE)
DELIMITED = re.compile(re.escape(DELIMITER) + rb"[\s*#;/]{0,100}(?:data:|https?://)")
"""A delimiter with what it delimits; a text *about* manifests has the delimiter alone."""
SCRIPT = re.compile(rb"application/c2pa[^>]{0,200}>\s{0,100}[A-Za-z0-9+/=]{64}", re.IGNORECASE)
"""A script of A.7 with something in it."""
REFERENCE = re.compile(re.escape(DELIMITER) + rb"\s{0,100}(https?://[^\s<>\"']{1,2000})")
LONGEST_TAG = 2000
OVERLAP = 4096
"""Bytes of a chunk looked at again with the next one: no mark is longer."""


def selectors(data: bytes) -> str:
    """`data` as variation selectors, one for each byte (C2PA 2.4 A.8)."""
    return "".join(chr(0xFE00 + byte if byte < 16 else 0xE0100 + byte - 16) for byte in data)


MAGIC = ("\ufeff" + selectors(b"C2PATXT\0")).encode()
"""How an A.8 wrapper begins, as bytes of UTF-8."""


@dataclass(slots=True)
class Marks:
    """What a text has that points to a manifest.

    Attributes:
        wrapped: whether an A.8 wrapper begins.
        delimited: whether there is a delimiter of A.9.
        script: whether there is a script of A.7.
        filled: whether such a script holds something.
        link: where a link of A.7, or a delimiter of A.9, says that the manifest is, if not here.
    """

    wrapped: bool = False
    delimited: bool = False
    script: bool = False
    filled: bool = False
    link: str | None = None

    def __bool__(self) -> bool:
        return self.wrapped or self.delimited or self.script or self.link is not None

    def read_as(self, media_type: str) -> tuple[str, ...]:
        """The media types under which the verifier may find what was seen, in order."""
        types = ["text/html"] if self.script else []
        if self.delimited:
            types.append(media_type if media_type in STRUCTURED else "text/markdown")
        return (*types, "text/plain") if self.wrapped else tuple(types)


def is_text(media_type: str) -> bool:
    """Whether a work of this media type carries its manifest as annex A.7, A.8 or A.9 say."""
    return media_type.startswith("text/") or media_type in TEXT_LIKE


def find_marks(asset: Asset) -> Marks:
    """The marks in `asset`, in one pass over its bytes."""
    marks = Marks()
    markup = asset.media_type in MARKUP
    kept = b""
    left = asset.size
    for chunk in asset.chunks():
        data = kept + chunk
        left -= len(chunk)
        marks.wrapped = marks.wrapped or MAGIC in data
        marks.delimited = marks.delimited or DELIMITED.search(data) is not None
        marks.link = marks.link or _reference(data, whole=not left)
        if markup:
            marks.script = marks.script or _tag(data, b"<script", b"application/c2pa") is not None
            marks.filled = marks.filled or SCRIPT.search(data) is not None
            marks.link = marks.link or _linked(data, whole=not left)
        kept = data[-OVERLAP:]
    return marks


def _reference(data: bytes, *, whole: bool) -> str | None:
    """Where a delimiter says the manifest is; not before all of the address has been read."""
    found = REFERENCE.search(data)
    if found is None or (found.end() == len(data) and not whole):
        return None
    return found[1].decode("utf-8", "replace")


def _linked(data: bytes, *, whole: bool) -> str | None:
    """Where a link says the manifest is; not before all of its tag has been read."""
    link = _tag(data, b"<link", b"c2pa-manifest", cut=not whole)
    href = HREF.search(link) if link else None
    return href[1].decode("utf-8", "replace")[:LONGEST_TAG] if href else None


def _tag(data: bytes, name: bytes, inside: bytes, *, cut: bool = False) -> bytes | None:
    """The first tag called `name` that has `inside` in it; looked for from what is rare.

    When `data` are cut, a tag that has no end yet is left for the next piece.
    """
    low = data.lower()
    at = low.find(inside)
    while at >= 0:
        start = low.rfind(b"<", max(0, at - LONGEST_TAG), at)
        if start >= 0 and low.startswith(name, start) and b">" not in low[start:at]:
            tag, end, _ = data[start : start + LONGEST_TAG].partition(b">")
            return None if cut and not end and start + LONGEST_TAG > len(data) else tag
        at = low.find(inside, at + 1)
    return None
