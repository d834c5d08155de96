"""What holds of every paper, in both languages: its sources, its blanks, what it does not prove."""

from __future__ import annotations

import json
from pathlib import Path
from types import UnionType
from typing import Annotated, Union, get_args, get_origin

import pytest
from pydantic import BaseModel

from provenance.rights.finding import Finding
from service.documents import details as given
from service.documents.code import honoured_json
from service.documents.records import Document, DocumentKind, SourceKind, Status
from service.documents.sources import UNREAD
from service.documents.writing import HONOURED, prepare
from service.i18n import codes

GOLDEN = Path(__file__).parent / "golden"
LANGUAGES = ("en", "fr")
ALL = [(kind, lang) for kind in DocumentKind for lang in LANGUAGES]
TABLES = {
    "art53": given.Art53Details,
    "code": given.CodeDetails,
    "dsa16": given.Notice,
    "indice": given.IndiceDetails,
    "rebuttal": given.RebuttalDetails,
}


def blocks(document, kind):
    return [
        block for section in document.sections for block in section.blocks if block.block == kind
    ]


def sentences(document):
    return [one for paragraph in blocks(document, "paragraph") for one in paragraph.sentences]


def sources(document):
    for one in sentences(document):
        yield from one.sources
    for one in blocks(document, "field"):
        yield from one.sources
    for table in blocks(document, "table"):
        for column in table.columns:
            yield from column.sources


@pytest.mark.parametrize(("kind", "lang"), ALL)
def test_a_paper_reads_as_it_was_read_and_approved(paper, kind, lang):
    """The golden texts are read by people; `tools/make_golden_documents.py` writes them anew."""
    assert paper(kind, lang).to_json() == (GOLDEN / f"{kind}.{lang}.json").read_text("utf-8")


def test_the_matrix_for_programs_is_as_it_was_approved(audit):
    draft = prepare(DocumentKind.CODE, audit, None, "en")
    assert honoured_json(draft) == (GOLDEN / HONOURED).read_text("utf-8")
    assert honoured_json(prepare(DocumentKind.CODE, audit, None, "fr")) == honoured_json(draft)


@pytest.mark.parametrize(("kind", "lang"), ALL)
def test_the_json_is_read_back_as_the_same_paper(paper, kind, lang):
    document = paper(kind, lang)
    written = document.to_json()
    assert json.loads(written)["schema"] == "assay/document/1"
    assert Document.model_validate_json(written) == document


# Sources


def pointed_at(document, pointer):
    """What a JSON pointer leads to (RFC 6901)."""
    for part in pointer.split("/")[1:]:
        document = document[part]
    return document


def fields_of(annotation):
    """The record an annotation leads to, through unions, tuples and mappings."""
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return annotation
    if get_origin(annotation) in (Union, UnionType, Annotated, tuple):
        for one in get_args(annotation):
            if (found := fields_of(one)) is not None:
                return found
    return None


def leads_into_findings(pointer):
    record = Finding
    for part in pointer.split("/")[1:]:
        if part == "*":
            continue
        assert part in record.model_fields, pointer
        record = fields_of(record.model_fields[part].annotation)


def leads_into_details(key):
    name, *parts = key.split(".")
    record = TABLES[name]
    for part in parts:
        assert part in record.model_fields, key
        record = fields_of(record.model_fields[part].annotation)


@pytest.mark.parametrize(("kind", "lang"), ALL)
def test_every_statement_names_a_source_that_exists(audit, paper, kind, lang):
    coverage = json.loads((audit / "coverage.json").read_text("utf-8"))
    flagger = {"coordinator": "Arcom", "reference": "2025-44", "expertise": "propriété littéraire"}
    more = {"trusted_flagger": flagger, "territory": "France"} if kind == "dsa16" else {}
    seen = set()
    for source in sources(paper(kind, lang, **_as_toml(more))):
        seen.add(source.kind)
        match source.kind:
            case SourceKind.AUDIT:
                pointed_at(coverage, source.ref)
                assert source.text == f"coverage.json#{source.ref}"
            case SourceKind.FINDINGS:
                leads_into_findings(source.ref)
            case SourceKind.DETAILS:
                leads_into_details(source.ref)
            case SourceKind.LAW:
                assert source.ref in codes("document_law", lang)
                assert source.verified == (source.ref not in UNREAD)
            case SourceKind.METHOD:
                assert source.ref in codes("document_method", lang)
            case SourceKind.STANDING:
                assert source.ref == "standing.toml"
    assert {SourceKind.AUDIT, SourceKind.LAW, SourceKind.METHOD} <= seen


def _as_toml(values):
    """Tables inside a table, as dotted keys of the small writer of these tests."""
    flat = {}
    for key, value in values.items():
        if isinstance(value, dict):
            flat |= {f"{key}.{name}": one for name, one in value.items()}
        else:
            flat[key] = value
    return flat


def test_what_was_not_read_is_shown_as_not_verified(paper):
    document = paper("art53")
    unread = {one.code for one in sentences(document) if not one.verified}
    assert unread == {"form_not_read", "large_datasets", "domains_rule", "thresholds_not_read"}
    assert all(
        UNREAD & {source.ref for source in one.sources}
        for one in sentences(document)
        if not one.verified
    )


def test_the_unread_texts_are_texts_of_law():
    assert set(codes("document_law")) >= UNREAD


# Blanks and limits


@pytest.mark.parametrize(("kind", "lang"), ALL)
def test_no_paper_calls_itself_complete_and_all_blanks_are_listed(paper, kind, lang):
    document = paper(kind, lang)
    assert document.complete is False
    fields = [one for one in blocks(document, "field") if one.status is Status.BLANK]
    cells = [
        cell
        for table in blocks(document, "table")
        for row in table.rows
        for cell in row
        if cell is None
    ]
    assert len(document.blanks) == len(fields) + len(cells)
    assert all(one.value is None for one in fields)
    assert all(one.value for one in blocks(document, "field") if one.status is Status.KNOWN)
    assert all(
        len(row) == len(table.columns) for table in blocks(document, "table") for row in table.rows
    )


def test_complete_cannot_be_true(paper):
    said = json.loads(paper("art53").to_json()) | {"complete": True}
    with pytest.raises(ValueError, match="complete"):
        Document.model_validate(said)


@pytest.mark.parametrize("kind", DocumentKind)
def test_a_blank_is_filled_by_the_key_it_names(paper, kind):
    empty = paper(kind)
    keys = {one.code: one.key for one in blocks(empty, "field") if one.key}
    assert keys, kind
    filled = paper(kind, **{key.partition(".")[2]: f"value of {key}" for key in keys.values()})
    known = {one.code: one for one in blocks(filled, "field")}
    for code, key in keys.items():
        assert known[code].value == f"value of {key}"
        assert [source.ref for source in known[code].sources] == [key]
    assert set(filled.blanks) == set(empty.blanks) - set(keys)


@pytest.mark.parametrize(("kind", "lang"), ALL)
def test_every_paper_says_what_it_does_not_prove(paper, kind, lang):
    last = paper(kind, lang).sections[-1]
    assert last.code == "not_proved"
    assert last.title == {"en": "What this does not prove", "fr": "Ce que ceci ne prouve pas"}[lang]
    own, shared = last.blocks
    assert len(own.sentences) >= 3
    assert {"silence", "not_looked_at", "as_given"} <= {one.code for one in shared.sentences}


@pytest.mark.parametrize("kind", DocumentKind)
def test_both_languages_say_the_same(paper, kind):
    english, french = paper(kind, "en"), paper(kind, "fr")
    assert english.blanks == french.blanks
    for one, other in zip(english.sections, french.sections, strict=True):
        assert (one.code, one.number) == (other.code, other.number)
        assert [block.code if hasattr(block, "code") else "" for block in one.blocks] == [
            block.code if hasattr(block, "code") else "" for block in other.blocks
        ]
    assert [(one.code, one.sources[0].ref) for one in sentences(english)] == [
        (one.code, one.sources[0].ref) for one in sentences(french)
    ]


@pytest.mark.parametrize(("kind", "lang"), ALL)
def test_the_law_is_cited_as_each_language_cites_it(paper, kind, lang):
    cited = {source.text for source in sources(paper(kind, lang)) if source.kind is SourceKind.LAW}
    for text in cited:
        assert not ("Regulation (EU)" in text or "Directive (EU)" in text) or lang == "en"
        assert "(UE)" not in text or lang == "fr"


def test_a_sample_is_called_one(paper, tmp_path):
    from tests.service.documents.audits import written

    folder = written(tmp_path / "sampled", sampled=0.05)
    said = {one.code: one.text for one in sentences(paper("rebuttal", folder=folder))}
    assert "5% of the rows" in said["sampled"]
