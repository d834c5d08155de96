"""A paper laid out for people: its sources numbered once, and the words around it chosen.

HTML and PDF are drawn from this, so that both number and say the same.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any, Self

from service.documents.records import (
    Block,
    Document,
    Entry,
    Paragraph,
    Sentence,
    Source,
    Status,
    Table,
)
from service.i18n import translate
from service.render.wording import Words

__all__ = ["Cited", "View"]


@dataclass(frozen=True, slots=True)
class Cited:
    """A text and the numbers of what it rests on."""

    text: str
    refs: tuple[int, ...]
    verified: bool = True


@dataclass(frozen=True, slots=True)
class View:
    """A paper ready to be drawn.

    Attributes:
        lang: ISO 639-1.
        title: of the paper.
        lines: what stands under the title.
        sections: number, title and blocks of each; a block is a mapping with its `block`.
        sources: number and text of each.
        words: fixed words of the templates, by code.
    """

    lang: str
    title: str
    lines: tuple[str, ...]
    sections: tuple[dict[str, Any], ...]
    sources: tuple[tuple[int, str], ...]
    words: dict[str, str]

    @classmethod
    def of(cls, document: Document) -> Self:
        """The view of a paper."""
        numbers = _Numbers()
        lang = document.lang
        sections = tuple(
            {
                "code": section.code,
                "number": section.number,
                "level": min(section.number.count(".") + 1, 2),
                "title": section.title,
                "blocks": [_block(block, numbers, lang) for block in section.blocks],
            }
            for section in document.sections
        )
        words = {
            code: translate("document", code, lang)
            for code in ("blank", "draft", "not_verified", "sources", "sources_note")
        }
        return cls(
            lang=lang,
            title=document.title,
            lines=_lines(document),
            sections=sections,
            sources=numbers.listed(),
            words=words,
        )

    def plain(self) -> dict[str, Any]:
        """The same as mappings, sequences and strings."""
        return asdict(self)


class _Numbers:
    """Gives each source its number, in the order they come up."""

    def __init__(self) -> None:
        self._known: dict[tuple[str, str], tuple[int, str]] = {}

    def of(self, sources: tuple[Source, ...]) -> tuple[int, ...]:
        return tuple(dict.fromkeys(self._one(source) for source in sources))

    def _one(self, source: Source) -> int:
        key = source.kind.value, source.ref
        number, _ = self._known.setdefault(key, (len(self._known) + 1, source.text))
        return number

    def listed(self) -> tuple[tuple[int, str], ...]:
        return tuple(self._known.values())


def _lines(document: Document) -> tuple[str, ...]:
    lang, made = document.lang, document.written_from
    words = Words(lang)
    finished = made.finished_at.replace("T", " ").replace("Z", " UTC")
    blanks = words.number(len(document.blanks))
    details = (
        translate("document", "details_given", lang, sha256=made.details_sha256)
        if made.details_sha256
        else translate("document", "details_none", lang)
    )
    return (
        translate("document", "written_from", lang, moment=finished),
        translate("document", "blanks_left", lang, count=blanks),
        details,
    )


def _block(block: Block, numbers: _Numbers, lang: str) -> dict[str, Any]:
    match block:
        case Paragraph():
            return {
                "block": "paragraph",
                "sentences": [_sentence(one, numbers) for one in block.sentences],
            }
        case Entry():
            return {
                "block": "field",
                "label": block.label,
                "known": block.status is Status.KNOWN,
                "lines": (block.value or "").split("\n"),
                "blank": _blank(block, lang),
                "refs": numbers.of(block.sources),
            }
        case Table():
            return _table(block, numbers, lang)


def _sentence(sentence: Sentence, numbers: _Numbers) -> Cited:
    return Cited(sentence.text, numbers.of(sentence.sources), sentence.verified)


def _blank(entry: Entry, lang: str) -> str:
    if entry.key is None:
        code = "blank" if entry.code == "signature" else "blank_audit"
        return translate("document", code, lang)
    return translate("document", "blank_key", lang, key=entry.key)


def _table(table: Table, numbers: _Numbers, lang: str) -> dict[str, Any]:
    words = Words(lang)
    cut = None
    if table.total > len(table.rows):
        cut = translate(
            "document",
            "shown_of",
            lang,
            shown=words.number(len(table.rows)),
            total=words.number(table.total),
        )
    return {
        "block": "table",
        "code": table.code,
        "caption": table.caption,
        "columns": [
            {"code": one.code, "label": one.label, "refs": numbers.of(one.sources)}
            for one in table.columns
        ],
        "rows": [
            [None if cell is None else cell.split("\n") for cell in row] for row in table.rows
        ],
        "cut": cut,
    }
