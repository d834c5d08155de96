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
IN_HTML = re.compile(
    rb"<script[^>]{0,500}application/c2pa|<link[^>]{0,2000}c2pa-manifest", re.IGNORECASE
)
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
        in_html: whether there is a script or link of A.7.
    """

    wrapped: bool = False
    delimited: bool = False
    in_html: bool = False

    def __bool__(self) -> bool:
        return self.wrapped or self.delimited or self.in_html

    def read_as(self, media_type: str) -> str:
        """The media type under which the verifier finds the manifest that was seen."""
        if self.in_html and media_type in MARKUP:
            return "text/html"
        if self.delimited:
            return media_type if media_type in STRUCTURED else "text/markdown"
        return "text/plain"


def is_text(media_type: str) -> bool:
    """Whether a work of this media type carries its manifest as annex A.7, A.8 or A.9 say."""
    return media_type.startswith("text/") or media_type in TEXT_LIKE


def find_marks(asset: Asset) -> Marks:
    """The marks in `asset`, in one pass over its bytes."""
    marks = Marks()
    markup = asset.media_type in MARKUP
    kept = b""
    for chunk in asset.chunks():
        data = kept + chunk
        marks.wrapped = marks.wrapped or MAGIC in data
        marks.delimited = marks.delimited or DELIMITER in data
        if markup and not marks.in_html:
            marks.in_html = IN_HTML.search(data) is not None
        kept = data[-OVERLAP:]
    return marks
