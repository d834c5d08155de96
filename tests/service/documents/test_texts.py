"""The catalogue of papers: closed sets have all their texts, and no text is without a use."""

from __future__ import annotations

from pathlib import Path

import pytest

import service.documents
from provenance.rights.decide import BEFORE_DIRECTIVE, CONTESTING
from provenance.rights.finding import Because, Verdict
from provenance.rights.records import Formal
from provenance.rights.standing import ACCEPTED, table
from service.documents.protocols import Shown
from service.documents.records import DocumentKind
from service.i18n import codes, sections

OPEN = {"document_unreadable"}
"""Codes an audit makes, of which new ones are shown as they are."""

DISPUTES = {
    *CONTESTING,
    BEFORE_DIRECTIVE,
    *(f"form_{form}" for form in Formal if form is not Formal.VALID),
    *(
        f"standing_{one.grade}"
        for grades in table().grades.values()
        for one in grades
        if one.grade not in ACCEPTED
    ),
}
CLOSED = {
    "document_kind": DocumentKind,
    "document_verdict": Verdict,
    "document_because": Because,
    "document_shown": Shown,
    "document_contested": DISPUTES,
}


@pytest.mark.parametrize("section", CLOSED)
def test_a_closed_set_has_all_its_texts_and_no_other(section):
    assert set(codes(section)) == {str(one) for one in CLOSED[section]}


def test_every_text_is_used():
    folder = Path(service.documents.__file__).parent
    code = "\n".join(path.read_text("utf-8") for path in folder.rglob("*.py"))
    made = {f"verdict_{verdict.value}" for verdict in Verdict}
    made |= {f"state_{state}" for state in ("reserved", "conditional", "allowed", "unknown")}
    made |= {f"dossier_{one}" for one in ("plain", "disputed", "weak")}
    made |= {f"{one}_{end}" for one in ("plain", "disputed", "weak") for end in ("meaning", "none")}
    made |= {f"flagger_{key}" for key in ("coordinator", "reference", "expertise")}
    looked = {"read", "absent", "not_looked"}
    unused = [
        f"{section}.{text}"
        for section in sections()
        if section.startswith("document") and section not in {*CLOSED, *OPEN}
        for text in codes(section)
        if f'"{text}"' not in code and text not in made | looked and f"{text}:" not in code
    ]
    assert unused == []
