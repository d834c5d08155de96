"""What a supplier declares, beside what the file itself shows: every combination."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from provenance.evidence import Declaration, Statement, Strength
from service.policy import DEFAULT
from service.report import in_report_order
from service.verdict import ReasonCode, decide

OWN = {
    "nothing": (),
    "declares": (
        Declaration(
            source="a1111",
            field="tEXt:parameters",
            value="a lighthouse",
            statement=Statement.FULLY_AI,
            strength=Strength.STRONG,
        ),
    ),
    "hints": (
        Declaration(
            source="tags",
            field="comment",
            value="suno",
            statement=Statement.NONE,
            generator="Suno",
            strength=Strength.WEAK,
        ),
    ),
}


def said(statement=Statement.NONE, *, denied=False):
    return Declaration(
        source="supplied",
        field="SoundRecording/ContainsAI",
        value="x",
        statement=statement,
        strength=Strength.MEDIUM,
        ai_denied=denied,
    )


SUPPLIED = {
    "nothing": (),
    "denies": (said(denied=True),),
    "fully": (said(Statement.FULLY_AI),),
    "partly": (said(Statement.PARTLY_AI),),
}


@pytest.mark.parametrize(
    ("own", "supplied", "origin", "findings", "review"),
    [
        ("nothing", "denies", "undetermined", (), False),
        ("nothing", "fully", "ai_declared", ("fully_synthetic",), True),
        ("nothing", "partly", "ai_assisted_declared", ("partly_synthetic",), True),
        ("declares", "nothing", "ai_declared", ("fully_synthetic",), True),
        ("declares", "denies", "ai_declared", ("fully_synthetic", "undeclared_ai"), True),
        ("declares", "partly", "ai_declared", ("fully_synthetic",), True),
        ("hints", "denies", "undetermined", (), True),
        ("hints", "nothing", "undetermined", (), True),
    ],
)
def test_the_combinations(own, supplied, origin, findings, review):
    evidence = in_report_order([*OWN[own], *SUPPLIED[supplied]])
    verdict = decide(evidence, DEFAULT)
    assert (verdict.origin, verdict.findings, verdict.review) == (origin, findings, review)


def test_a_denial_is_told_and_counts_as_nothing():
    verdict = decide(in_report_order([said(denied=True)]), DEFAULT)
    assert ReasonCode.SUPPLIED_DENIAL in {reason.code for reason in verdict.reasons}
    assert verdict.basis == "none"


@given(
    st.sampled_from([one for ones in OWN.values() for one in ones] + [said(Statement.FULLY_AI)]),
    st.booleans(),
)
def test_a_claim_in_ones_favour_never_takes_a_finding_away(own, capture):
    claim = said(Statement.CAPTURE) if capture else said(denied=True)
    without = decide(in_report_order([own]), DEFAULT)
    with_it = decide(in_report_order([own, claim]), DEFAULT)
    assert set(without.findings) <= set(with_it.findings)
    assert without.origin == with_it.origin
