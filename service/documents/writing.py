"""Which paper is written by what, and the files it becomes."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import assert_never

from service.documents import art53, code, dsa16, indice, rebuttal
from service.documents.audit import Audit, read_audit
from service.documents.details import Details, Notice, read_details
from service.documents.draft import Draft
from service.documents.html import to_html
from service.documents.pdf import to_pdf
from service.documents.records import Document, DocumentKind

__all__ = ["HONOURED", "draft_of", "files_of", "prepare", "write"]

HONOURED = "protocols_honoured.json"


def prepare(kind: DocumentKind, folder: Path, details: Path | None, lang: str) -> Draft:
    """All a paper is written from, read; what would not be written is refused before the reading.

    Args:
        kind: which paper.
        folder: of the audit.
        details: the details file.
        lang: `en` or `fr`.

    Raises:
        NotFound: the audit or the details file is not there.
        ConfigError: the details file is wrong, or lacks what a notice must hold.
        InputError: the audit was not finished, or its files do not belong together.
    """
    given = read_details(details)
    notice = given.tables[kind]
    wanted: tuple[str, ...] = ()
    if isinstance(notice, Notice):
        dsa16.refuse_incomplete(notice, lang)
        wanted = notice.urls
    return draft_of(kind, read_audit(folder, wanted), given, lang)


def draft_of(kind: DocumentKind, audit: Audit, details: Details, lang: str) -> Draft:
    """An empty draft of a paper."""
    return Draft(kind, audit, details.tables[kind], lang, details.sha256)


def write(draft: Draft) -> Document:
    """The paper.

    Raises:
        ConfigError: it is a notice, and something is missing.
    """
    return _writer(draft.kind)(draft)


def _writer(kind: DocumentKind) -> Callable[[Draft], Document]:
    match kind:
        case DocumentKind.ART53:
            return art53.write
        case DocumentKind.CODE:
            return code.write
        case DocumentKind.DSA16:
            return dsa16.write
        case DocumentKind.INDICE:
            return indice.write
        case DocumentKind.REBUTTAL:
            return rebuttal.write
        case _:
            assert_never(kind)


def files_of(draft: Draft) -> dict[str, str | bytes]:
    """The files of a paper, by name."""
    document = write(draft)
    name = f"{document.kind}.{document.lang}"
    files: dict[str, str | bytes] = {
        f"{name}.json": document.to_json(),
        f"{name}.html": to_html(document),
        f"{name}.pdf": to_pdf(document),
    }
    if draft.kind is DocumentKind.CODE:
        files[HONOURED] = code.honoured_json(draft)
    return files
