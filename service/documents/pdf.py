"""A paper as PDF (PDF/UA-1), by typst: the same bytes for the same paper, on any machine.

The template is ours and fixed. The texts go in as data, so nothing in them is markup: neither code
nor a path is read from them. The fonts are those inside the typst package, and the date is that of
the audit. A letter these fonts do not have is shown by its number; JSON and HTML hold it as it is.
"""

from __future__ import annotations

import json
import tempfile
from datetime import datetime
from functools import cache
from importlib import resources
from pathlib import Path
from typing import Any

from provenance.errors import EngineError
from service.documents.records import Document
from service.documents.view import View

__all__ = ["drawable", "to_pdf", "typeset"]

FONT_RANGES = (
    (0x0020, 0x007E),
    (0x00A0, 0x017F),
    (0x0391, 0x03A1),
    (0x03A3, 0x03CE),
    (0x0400, 0x045F),
    (0x2010, 0x2015),
    (0x2018, 0x201E),
    (0x2020, 0x2022),
)
"""Letters all fonts of the package hold: Latin, Greek, Cyrillic, common signs."""

FONT_LETTERS = frozenset("\u2026\u202f\u2030\u2032\u2033\u2039\u203a\u20ac\u2116\u2122\u2212")


def to_pdf(document: Document) -> bytes:
    """The file.

    Raises:
        EngineError: typst could not write it, which no content of a paper can bring about.
    """
    written = datetime.fromisoformat(document.written_from.finished_at)
    return typeset(_template(), View.of(document).plain(), written)


def typeset(template: bytes, view: object, written: datetime) -> bytes:
    """The file that a template of ours makes of data.

    Args:
        template: typst markup, which reads the data as `json(bytes(sys.inputs.view))`.
        view: what JSON can hold; a letter the fonts lack is shown by its number.
        written: the date of the file.

    Raises:
        EngineError: typst could not write it.
    """
    import typst

    data = json.dumps(_drawable(view), ensure_ascii=False)
    with tempfile.TemporaryDirectory(prefix="assay-") as folder:
        root = Path(folder)
        paper = root / "paper.typ"
        paper.write_bytes(template)
        try:
            return typst.compile(
                paper,
                root=root,
                ignore_system_fonts=True,
                sys_inputs={"view": data},
                pdf_standards=["ua-1"],
                package_path=root,
                package_cache_path=root,
                timestamp=written,
            )
        except typst.TypstError as fault:
            raise EngineError(f"the PDF cannot be written: {fault.message}") from fault


def drawable(text: str) -> str:
    """`text` with every letter the fonts lack written as `<U+4E2D>`."""
    if text.isascii():
        return text
    return "".join(
        letter if _in_fonts(ord(letter)) or letter in FONT_LETTERS else f"<U+{ord(letter):04X}>"
        for letter in text
    )


def _in_fonts(number: int) -> bool:
    return any(first <= number <= last for first, last in FONT_RANGES)


def _drawable(value: Any) -> Any:
    match value:
        case str():
            return drawable(value)
        case dict():
            return {key: _drawable(one) for key, one in value.items()}
        case list() | tuple():
            return [_drawable(one) for one in value]
        case _:
            return value


@cache
def _template() -> bytes:
    file = resources.files("service.documents").joinpath("templates", "document.typ")
    return file.read_bytes()
