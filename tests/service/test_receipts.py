"""Reports as statements: what is signed is what was written, about that work and no other."""

from __future__ import annotations

import json

import pytest

from provenance.attest.keys import PrivateKey
from provenance.attest.receipt import Issuer
from provenance.attest.statement import Statement
from provenance.attest.verifying import Verifier
from provenance.errors import InputError
from service import check
from service.receipts import PREDICATES, REPORT_PREDICATE, read_report, statement_of


@pytest.fixture(scope="module")
def report():
    return check(b"plain words", name="words.txt")


def test_the_predicate_is_the_report_and_the_subject_its_asset(report):
    statement = statement_of(report)
    assert statement.predicate_type == REPORT_PREDICATE == "urn:assay:report:1"
    assert statement.predicate == json.loads(report.canonical())
    assert [(one.name, one.sha256) for one in statement.subject] == [
        ("words.txt", report.asset.sha256)
    ]


def test_a_report_from_a_file_gives_the_same_statement(report):
    assert read_report(report.to_json(2).encode()) == statement_of(report)


@pytest.mark.parametrize("raw", [b"", b"[]", b"{}", b'{"schema": "assay/report/1"}', b"\xff"])
def test_what_is_no_report_is_not_signed(raw):
    with pytest.raises(InputError, match="not a report") as fault:
        read_report(raw)
    assert "assay check" in fault.value.hint


def test_a_report_with_a_field_of_its_own_is_not_signed(report):
    document = json.loads(report.to_json())
    document["verdict"]["human"] = True
    with pytest.raises(InputError, match=r"verdict\.human"):
        read_report(json.dumps(document).encode())


@pytest.mark.parametrize(
    "predicate", [{}, {"asset": None}, {"asset": {"sha256": "0" * 64}}, {"asset": {"sha256": None}}]
)
def test_a_report_of_another_work_does_not_vouch_for_this_one(report, predicate):
    key = PrivateKey.generate()
    statement = Statement.about("words.txt", report.asset.sha256, REPORT_PREDICATE, predicate)
    receipt = Issuer(key).issue(statement).to_json().encode()
    (failed,) = Verifier(predicates=PREDICATES).verify(receipt).failed
    assert failed.reason == "statement_other_subject"


def test_a_second_work_cannot_be_slipped_in(report):
    (subject,) = statement_of(report).subject
    other = subject.model_copy(update={"digest": {"sha256": "0" * 64}})
    statement = statement_of(report).model_copy(update={"subject": (subject, other)})
    receipt = Issuer(PrivateKey.generate()).issue(statement).to_json().encode()
    (failed,) = Verifier(predicates=PREDICATES).verify(receipt).failed
    assert failed.reason == "statement_other_subject"
