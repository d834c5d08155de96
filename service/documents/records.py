"""What a paper is made of: sections of sentences, fields and tables, each with its sources.

A field is known or blank. A blank is shown as one, with the key of the details file that fills it.
No program can know that a paper is complete, so `complete` is false in all of them.
"""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated, Literal

from pydantic import ConfigDict, Field

from provenance.credentials import Record

__all__ = [
    "DOCUMENT_SCHEMA",
    "Block",
    "Column",
    "Document",
    "DocumentKind",
    "Entry",
    "Paragraph",
    "Section",
    "Sentence",
    "Source",
    "SourceKind",
    "Status",
    "Table",
    "WrittenFrom",
]

DOCUMENT_SCHEMA: Literal["assay/document/1"] = "assay/document/1"


class DocumentKind(StrEnum):
    """The papers there are."""

    ART53 = "art53"
    CODE = "code"
    DSA16 = "dsa16"
    INDICE = "indice"
    REBUTTAL = "rebuttal"


class SourceKind(StrEnum):
    """What a sentence can rest on."""

    AUDIT = "audit"
    """A field of `coverage.json`, as a JSON pointer (RFC 6901)."""
    FINDINGS = "findings"
    """A field of the lines of `findings.ndjson`; `*` stands for each element of an array."""
    DETAILS = "details"
    """A key of the details file: the word of whoever has the paper written."""
    LAW = "law"
    """A text of law or of soft law, cited."""
    STANDING = "standing"
    """The dated table of how far a protocol is accepted."""
    METHOD = "method"
    """How Assay works: what it does and what it cannot do."""


class Source(Record):
    """What a statement rests on.

    Attributes:
        kind: what sort of thing.
        ref: where in it; a code for law and method.
        text: the same for people, a citation for law.
        verified: False for a text of law that was not read when this software was written.
    """

    kind: SourceKind
    ref: str
    text: str
    verified: bool = True


class Sentence(Record):
    """One sentence.

    Attributes:
        code: of its text in the catalogue, or the key of the details it was given under.
        text: in the language of the paper.
        sources: at least one.
    """

    code: str
    text: str
    sources: tuple[Source, ...] = Field(min_length=1)

    @property
    def verified(self) -> bool:
        """Whether all it rests on was read when this software was written."""
        return all(source.verified for source in self.sources)


class Paragraph(Record):
    """Sentences that belong together."""

    block: Literal["paragraph"] = "paragraph"
    sentences: tuple[Sentence, ...] = Field(min_length=1)


class Status(StrEnum):
    """Whether somebody has said what stands in a field."""

    KNOWN = "known"
    BLANK = "blank"


class Entry(Record):
    """A labelled value: known, or a marked blank.

    Attributes:
        code: of its label.
        label: in the language of the paper.
        status: known or blank.
        value: in the language of the paper; None when it is blank. It may have several lines.
        key: of the details file, where it can be given; None when only an audit can fill it.
        sources: of the value; of what asks for it when it is blank.
    """

    block: Literal["field"] = "field"
    code: str
    label: str
    status: Status
    value: str | None = None
    key: str | None = None
    sources: tuple[Source, ...] = Field(min_length=1)


class Column(Record):
    """One column of a table and what its cells rest on."""

    code: str
    label: str
    sources: tuple[Source, ...] = Field(min_length=1)


class Table(Record):
    """Rows of values.

    Attributes:
        code: of its caption.
        caption: in the language of the paper.
        columns: at least one.
        rows: as many cells as columns; None is a marked blank.
        total: how many rows there would be without a cut.
    """

    block: Literal["table"] = "table"
    code: str
    caption: str
    columns: tuple[Column, ...] = Field(min_length=1)
    rows: tuple[tuple[str | None, ...], ...]
    total: int


Block = Annotated[Paragraph | Entry | Table, Field(discriminator="block")]


class Section(Record):
    """A part of a paper.

    Attributes:
        code: of its title.
        number: as the form it follows numbers it, or in order.
        title: in the language of the paper.
        blocks: what stands in it.
    """

    code: str
    number: str
    title: str
    blocks: tuple[Block, ...]


class WrittenFrom(Record):
    """The audit a paper was written from.

    Attributes:
        assay: version of the software that audited.
        finished_at: when the audit was finished, RFC 3339; the date of the paper.
        coverage_sha256: of `coverage.json`.
        findings_sha256: of `findings.ndjson`, as read.
        details_sha256: of the details file, None when none was given.
    """

    assay: str
    finished_at: str
    coverage_sha256: str
    findings_sha256: str
    details_sha256: str | None = None


class Document(Record):
    """A paper. The attribute `schema_` is `schema` in JSON.

    Attributes:
        kind: which one.
        lang: ISO 639-1.
        title: in that language.
        complete: never; a person says so.
        blanks: codes of the fields and cells left blank, in order.
        written_from: the audit and the details.
        sections: in order; the last says what the paper does not prove.
    """

    model_config = ConfigDict(validate_by_name=True, validate_by_alias=True)

    schema_: Literal["assay/document/1"] = Field(default=DOCUMENT_SCHEMA, alias="schema")
    kind: DocumentKind
    lang: str
    title: str
    complete: Literal[False] = False
    blanks: tuple[str, ...]
    written_from: WrittenFrom
    sections: tuple[Section, ...]

    def to_json(self) -> str:
        """Indented JSON, keys in the order of this record."""
        return self.model_dump_json(by_alias=True, indent=2) + "\n"
