"""What all papers are written with: sentences by code, fields, tables, in one language.

Strings of strangers (addresses, statements, names) are shown by `service.render.visibility`, so
that nothing in them hides, moves or turns what stands around them. That is done here, once, before
any of the three forms is made; how each form escapes is its own business.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime

from provenance.credentials import Record
from service.documents.audit import Audit
from service.documents.records import (
    Block,
    Column,
    Document,
    DocumentKind,
    Entry,
    Paragraph,
    Section,
    Sentence,
    Source,
    Status,
    Table,
    WrittenFrom,
)
from service.documents.sources import Sources
from service.i18n import codes, translate
from service.render.visibility import visible
from service.render.wording import DASH, Words, one_line

__all__ = ["Cell", "Draft", "foreign", "paragraph_of"]

LONGEST = 300
"""Characters of a foreign string in a cell or a sentence."""

Cell = str | None


@dataclass(slots=True)
class Draft:
    """One paper while it is written.

    Attributes:
        kind: which one.
        audit: it is written from.
        details: its table of the details file.
        lang: of the paper.
        details_sha256: of that file.
        blanks: what was left blank so far.
    """

    kind: DocumentKind
    audit: Audit
    details: Record
    lang: str
    details_sha256: str | None = None
    blanks: list[str] = field(default_factory=list)

    @property
    def of(self) -> Sources:
        """Names what sentences rest on."""
        return Sources(self.lang)

    @property
    def words(self) -> Words:
        """Numbers and words of the language."""
        return Words(self.lang)

    def number(self, count: int) -> str:
        """A count, grouped as the language does."""
        return self.words.number(count)

    def day(self, when: datetime | None) -> str:
        """A moment in UTC, or a dash."""
        return self.words.moment(when) if when else DASH

    def word(self, section: str, code: str) -> str:
        """The word for a code; the code itself, visible, where there is none."""
        return translate(section, code, self.lang) if code in codes(section) else foreign(code)

    def say(self, code: str, *sources: Source, **params: str | float) -> Sentence:
        """A sentence of this paper, or of all papers."""
        section = f"document_{self.kind}"
        section = section if code in codes(section) else "document"
        text = translate(section, code, self.lang, **params)
        return Sentence(code=code, text=text, sources=sources)

    def given(self, key: str, text: str) -> Iterable[Sentence]:
        """What stands in the details under a key, line by line."""
        source = self.of.details(f"{self.kind}.{key}")
        for line in text.splitlines():
            if line.strip():
                yield Sentence(code=key, text=visible(line.strip()), sources=(source,))

    def entry(self, code: str, value: str | None, *sources: Source) -> Entry:
        """A field the audit fills."""
        if value is None:
            self.blanks.append(code)
        return Entry(
            code=code,
            label=translate("document_field", code, self.lang),
            status=Status.BLANK if value is None else Status.KNOWN,
            value=value,
            sources=sources,
        )

    def asked(self, key: str, *asked_by: Source) -> Entry:
        """A field only the details can fill: known where they do, else a blank."""
        value = getattr(self.details, key)
        if value is None:
            entry = self.entry(key, None, *asked_by)
            return entry.model_copy(update={"key": f"{self.kind}.{key}"})
        text = "\n".join(visible(line.rstrip()) for line in str(value).splitlines())
        return self.entry(key, text, self.of.details(f"{self.kind}.{key}"))

    def column(self, code: str, *sources: Source) -> Column:
        """A column of a table."""
        return Column(
            code=code, label=translate("document_column", code, self.lang), sources=sources
        )

    def table(
        self,
        code: str,
        columns: Sequence[Column],
        rows: Iterable[Sequence[Cell]],
        total: int | None = None,
    ) -> Table:
        """A table; a cell of None is a blank to fill in."""
        kept = tuple(tuple(row) for row in rows)
        for row in kept:
            self.blanks += [
                f"{code}.{column.code}.{row[0]}"
                for column, cell in zip(columns, row, strict=True)
                if cell is None
            ]
        return Table(
            code=code,
            caption=translate("document_caption", code, self.lang),
            columns=tuple(columns),
            rows=kept,
            total=len(kept) if total is None else total,
        )

    def section(self, code: str, number: str, *blocks: Block) -> Section:
        """A part of the paper."""
        title = translate("document_section", code, self.lang)
        return Section(code=code, number=number, title=title, blocks=blocks)

    def finish(self, sections: Iterable[Section]) -> Document:
        """The paper."""
        finished = self.audit.finished_at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
        sections = tuple(sections)
        return Document(
            kind=self.kind,
            lang=self.lang,
            title=translate("document_kind", self.kind, self.lang),
            blanks=tuple(self.blanks),
            written_from=WrittenFrom(
                assay=self.audit.summary.assay,
                finished_at=finished,
                coverage_sha256=self.audit.coverage_sha256,
                findings_sha256=self.audit.findings_sha256,
                details_sha256=self.details_sha256,
            ),
            sections=sections,
        )


def foreign(text: str) -> str:
    """A string of a stranger for a cell or a sentence: visible, on one line, cut."""
    return one_line(text, LONGEST)


def paragraph_of(*sentences: Sentence) -> Paragraph:
    """Sentences that belong together."""
    return Paragraph(sentences=sentences)
