"""The text of a PDF, page by page: PDFium finds the characters and where they stand.

Follows ISO 32000-2 sections 9.10 (what characters the codes of a font mean) and 7.6 (documents that
need a password). PDFium, through pypdfium2, parses a page and gives its characters with their
places; nothing is drawn, no form, script or picture is looked at, and no font of the system. It is
C++ on hostile input: this is only to be called in a sandboxed worker, which bounds what it costs in
time and memory.

The order is PDFium's, and that is the order of the content. Columns come one after the other where
they were written so, as typesetters and word processors do. Where a program wrote line by line
across both, each line of the one is followed by its neighbour in the other, as in a table.

Characters that stand for nothing are left out: controls and private use. A page has no text where
they are the most, or where a font does not say what its codes mean. Letters that nobody sees, white
ones or those behind a picture, are text all the same, as those behind a scan are.
"""

from __future__ import annotations

import ctypes
import re
from bisect import bisect_left
from itertools import pairwise
from math import isfinite
from typing import TYPE_CHECKING

from provenance.containers.page_lines import HYPHEN, Line, Place, lines_joined, pages_mended
from provenance.containers.walk import FaultError, unreadable
from provenance.evidence import NotRunReason

if TYPE_CHECKING:
    from collections.abc import Iterator

    import pypdfium2

    from provenance.asset import Asset
    from provenance.limits import Limits

__all__ = ["text_of_pages"]

ENDS = re.compile(rf"\r\n?|\n|(?<={HYPHEN})")
MEANINGLESS = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff\ue000-\uf8ff\ufff0-\ufffd\uffff"
    "\U000f0000-\U0010ffff]"
)
BEYOND = re.compile("[\U00010000-\U0010ffff]")
SAMPLED = 50
"""Characters of a page for which the font is asked."""


def text_of_pages(asset: Asset, limits: Limits) -> Iterator[tuple[int, str]]:
    """The pages that have text: their numbers, from 1, and their paragraphs, joined by newlines.

    Of a document with too many pages or characters every second page is taken, or every fourth, and
    so on; of an enormous page its first characters.

    Raises:
        FaultError: `encrypted`, `unreadable` or `no_text`.
    """
    taken = _pages(asset, limits)
    mended = pages_mended([text for _, text in taken])
    return ((number, text) for (number, _), text in zip(taken, mended, strict=True) if text)


def _pages(asset: Asset, limits: Limits) -> list[tuple[int, str]]:
    import pypdfium2
    from pypdfium2 import raw

    raw.FPDF_SetSystemFontInfo(None)  # what stands on a page is the same on every machine
    try:
        document = pypdfium2.PdfDocument(asset.open())
    except pypdfium2.PdfiumError as fault:
        if fault.err_code in (raw.FPDF_ERR_PASSWORD, raw.FPDF_ERR_SECURITY):
            detail = "the document needs a password"
            raise FaultError(NotRunReason.ENCRYPTED, detail) from fault
        raise unreadable("the document cannot be read") from fault
    with document:
        count = len(document)
        taken, opened = _evenly(document, count, limits)
    if taken:
        return taken
    if not opened:
        raise unreadable(f"none of its {count:,} pages can be read")
    raise FaultError(NotRunReason.NO_TEXT, f"{count:,} pages, and no text on any of them")


def _evenly(
    document: pypdfium2.PdfDocument, count: int, limits: Limits
) -> tuple[list[tuple[int, str]], bool]:
    """The pages with text by their numbers, and whether any page could be read."""
    import pypdfium2

    step = -(-count // limits.pages) or 1
    taken: list[tuple[int, str]] = []
    total, opened = 0, False
    for place in range(count):
        if place % step:
            continue
        try:
            page = document[place]
        except pypdfium2.PdfiumError:
            continue
        try:
            text = _text(page, limits.page_characters)
            opened = True
        except pypdfium2.PdfiumError:
            continue
        finally:
            page.close()
        if text:
            taken.append((place + 1, text))
            total += len(text)
        while total > limits.characters and len(taken) > 1:
            step *= 2
            taken = [one for one in taken if (one[0] - 1) % step == 0]
            total = sum(len(one) for _, one in taken)
    return taken, opened


def _text(page: pypdfium2.PdfPage, most: int) -> str:
    """The text of a page, '' where it has none that means anything."""
    from pypdfium2 import raw

    opened = page.get_textpage()
    first, last = 0, min(opened.count_chars(), most) - 1
    while first <= last and raw.FPDFText_GetTextIndexFromCharIndex(opened, first) < 0:
        first += 1
    while last >= first and raw.FPDFText_GetTextIndexFromCharIndex(opened, last) < 0:
        last -= 1
    if first > last:
        return ""
    origin = raw.FPDFText_GetTextIndexFromCharIndex(opened, first)
    length = raw.FPDFText_GetTextIndexFromCharIndex(opened, last) + 1 - origin
    buffer = (ctypes.c_ushort * (max(length, last + 1 - first) + 1))()
    written = raw.FPDFText_GetText(opened, first, last + 1 - first, buffer)
    text = bytes(buffer)[: 2 * max(written - 1, 0)].decode("utf-16-le", "replace")
    if not _means_something(opened, text, first, last):
        return ""
    return MEANINGLESS.sub("", lines_joined(list(_lines(opened, text, origin))))


def _means_something(opened: pypdfium2.PdfTextPage, text: str, first: int, last: int) -> bool:
    from pypdfium2 import raw

    letters = sum(map(len, text.split()))
    if 2 * len(MEANINGLESS.findall(text)) > letters:
        return False
    asked = range(first, last + 1, max((last + 1 - first) // SAMPLED, 1))
    unknown = sum(raw.FPDFText_HasUnicodeMapError(opened, at) == 1 for at in asked)
    return letters > 0 and 2 * unknown <= len(asked)


def _lines(opened: pypdfium2.PdfTextPage, text: str, origin: int) -> Iterator[Line]:
    ends = [(0, 0), *(found.span() for found in ENDS.finditer(text)), (len(text), len(text))]
    places = _Places(opened, text, origin)
    for (_, start), (end, _) in pairwise(ends):
        line = text[start:end].strip()
        if line.strip(HYPHEN):
            at = text.index(line[0], start)
            yield Line(line, places.of(at, line.rstrip(HYPHEN)))


class _Places:
    """Where characters of a text stand; PDFium counts those beyond U+FFFF as two."""

    def __init__(self, opened: pypdfium2.PdfTextPage, text: str, origin: int) -> None:
        from pypdfium2 import raw

        self._opened, self._origin = opened.raw, origin
        self._wide = [found.start() for found in BEYOND.finditer(text)]
        self._x, self._y = ctypes.c_double(), ctypes.c_double()
        self._index = raw.FPDFText_GetCharIndexFromTextIndex
        self._at = raw.FPDFText_GetCharOrigin

    def of(self, at: int, line: str) -> Place | None:
        """The place of the line that begins at a character."""
        behind = line.find(" ") + 1 or len(line) - 1
        start, next_, end = (self._point(at + one) for one in (0, behind, len(line) - 1))
        if start is None or next_ is None or end is None:
            return None
        word = abs(next_[0] - start[0])
        return Place(*start, *end, word=word, letter=word / max(behind, 1))

    def _point(self, at: int) -> tuple[float, float] | None:
        unit = self._origin + at + bisect_left(self._wide, at)
        index = self._index(self._opened, unit)
        if index < 0 or not self._at(self._opened, index, self._x, self._y):
            return None
        x, y = self._x.value, self._y.value
        return (x, y) if isfinite(x) and isfinite(y) else None
