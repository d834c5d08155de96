"""What a supplier declares, beside what the work itself says and gives away: every combination."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from provenance.evidence import (
    Credential,
    Declaration,
    Detection,
    Exceedance,
    NotRun,
    NotRunReason,
    Origin,
    SignerLevel,
    Statement,
    Strength,
)
from service.policy import DEFAULT, Finding
from service.report import in_report_order
from service.verdict import AI_VERDICTS, Basis, ReasonCode, decide
from tests.service.verdict.cases import NONE, codes, manifest, reason, tag
from tests.service.verdict.test_properties import anything, numbered, policies


def said(statement=Statement.NONE, *, denied=False, strength=Strength.MEDIUM):
    return Declaration(
        source="supplied-ddex",
        field="SoundRecording/ContainsAI",
        value="x",
        statement=statement,
        strength=strength,
        ai_denied=denied,
    )


def detected(upper=0.001, **more):
    rare = Exceedance(value=upper, upper=upper, group="all", n_works=3000, n_sources=30)
    return Detection(
        source="music", detector="music", model="sha256:0", score=3.0, exceedance=rare, **more
    )


OWN = {
    "nothing": (NONE,),
    "ai by its manifest": (manifest(Origin.FULLY_AI),),
    "part by its manifest": (manifest(Origin.PARTLY_AI, SignerLevel.UNTRUSTED),),
    "ai by its metadata": (NONE, tag()),
    "part by its metadata": (NONE, tag(Statement.PARTLY_AI, Strength.MEDIUM)),
    "a hint": (NONE, tag(Statement.NONE, Strength.WEAK, generator="Suno")),
    "ai detected": (NONE, detected()),
    "part detected": (NONE, detected(share=0.3)),
    "not rare enough": (NONE, detected(0.3)),
    "human": (manifest(Origin.CAPTURE, human_level=3),),
    "human, detected": (manifest(Origin.CAPTURE, human_level=3), detected()),
    "claims human": (NONE, tag(Statement.HUMAN_CREATION, Strength.MEDIUM)),
}
SUPPLIED = {
    "nothing": (),
    "denies": (said(denied=True),),
    "claims capture": (said(Statement.CAPTURE),),
    "partly": (said(Statement.PARTLY_AI),),
    "fully": (said(Statement.FULLY_AI),),
    "may contain": (said(Statement.MAY_CONTAIN_AI),),
    "both": (said(denied=True), said(Statement.PARTLY_AI)),
}
FULLY, PARTLY, UNDECLARED = "fully_synthetic", "partly_synthetic", "undeclared_ai"


def judged(own, supplied):
    return decide(in_report_order([*OWN[own], *SUPPLIED[supplied]]), DEFAULT)


@pytest.mark.parametrize(
    ("own", "supplied", "origin", "findings", "review"),
    [
        ("nothing", "denies", "undetermined", (), False),
        ("nothing", "claims capture", "undetermined", (), False),
        ("nothing", "may contain", "undetermined", (), False),
        ("nothing", "fully", "ai_declared", (FULLY,), True),
        ("nothing", "partly", "ai_assisted_declared", (PARTLY,), True),
        ("nothing", "both", "ai_assisted_declared", (PARTLY,), True),
        ("ai by its manifest", "denies", "ai_declared", (FULLY, UNDECLARED), True),
        ("ai by its manifest", "claims capture", "ai_declared", (FULLY, UNDECLARED), True),
        ("ai by its manifest", "fully", "ai_declared", (FULLY,), False),
        ("ai by its manifest", "partly", "ai_declared", (FULLY,), True),
        ("ai by its manifest", "may contain", "ai_declared", (FULLY,), False),
        ("ai by its manifest", "both", "ai_declared", (FULLY,), True),
        ("part by its manifest", "denies", "ai_assisted_declared", (PARTLY, UNDECLARED), True),
        ("part by its manifest", "fully", "ai_assisted_declared", (PARTLY,), True),
        ("ai by its metadata", "nothing", "ai_declared", (FULLY,), True),
        ("ai by its metadata", "denies", "ai_declared", (FULLY, UNDECLARED), True),
        ("ai by its metadata", "partly", "ai_declared", (FULLY,), True),
        ("part by its metadata", "fully", "ai_declared", (FULLY,), True),
        ("a hint", "denies", "undetermined", (), True),
        ("a hint", "nothing", "undetermined", (), True),
        ("ai detected", "nothing", "ai_detected", (FULLY,), False),
        ("ai detected", "denies", "ai_detected", (FULLY, UNDECLARED), True),
        ("ai detected", "partly", "ai_detected", (FULLY,), True),
        ("ai detected", "fully", "ai_declared", (FULLY,), True),
        ("part detected", "partly", "ai_assisted_declared", (PARTLY,), True),
        ("part detected", "denies", "ai_detected", (PARTLY, UNDECLARED), True),
        ("not rare enough", "denies", "undetermined", (), False),
        ("human", "denies", "human_attested", (), False),
        ("human", "claims capture", "human_attested", (), False),
        ("human", "fully", "ai_declared", (FULLY,), True),
        ("human, detected", "denies", "human_attested", ("detector_disagrees",), True),
        ("claims human", "fully", "ai_declared", (FULLY,), True),
    ],
)
def test_the_combinations(own, supplied, origin, findings, review):
    verdict = judged(own, supplied)
    assert (verdict.origin, verdict.findings, verdict.review) == (origin, findings, review)


@pytest.mark.parametrize(
    ("own", "found"),
    [
        ("ai by its manifest", "its manifest says that AI was used"),
        ("ai by its metadata", "the file's own metadata say that AI was used"),
        ("ai detected", "a detector measured traces that are rare among human works"),
    ],
)
def test_the_sentence_names_both_sides_and_accuses_nobody(own, found):
    told = reason(judged(own, "denies"), ReasonCode.UNDECLARED_AI_SUPPLIED)
    assert f"no AI was used (SoundRecording/ContainsAI), while {found}" in told.text
    assert told.text.endswith("so a person should find out which of the two is mistaken.")


def test_a_denial_is_told_and_nothing_else_is_found():
    verdict = judged("nothing", "denies")
    assert codes(verdict) >= {ReasonCode.SUPPLIED_DENIAL, ReasonCode.NO_EVIDENCE}
    assert verdict.basis is Basis.NONE


def test_what_a_supplier_declares_is_not_called_metadata_of_the_file():
    assert ReasonCode.SUPPLIED_AI in codes(judged("nothing", "fully"))
    assert ReasonCode.DECLARATION_AI not in codes(judged("nothing", "fully"))
    claimed = codes(judged("nothing", "claims capture"))
    assert ReasonCode.UNSIGNED_HUMAN_CLAIM_IGNORED not in claimed


@pytest.mark.parametrize("own", ["ai by its manifest", "ai by its metadata", "ai detected"])
def test_an_account_of_less_than_was_found_is_told(own):
    told = reason(judged(own, "partly"), ReasonCode.SUPPLIED_SAYS_LESS)
    assert "AI made part of the work" in told.text


def test_a_delivery_that_contradicts_itself_has_declared_and_is_asked_about():
    verdict = judged("ai by its manifest", "both")
    assert len(reason(verdict, ReasonCode.SUPPLIED_CONTRADICTORY).evidence) == 2
    assert Finding.UNDECLARED_AI not in verdict.findings


def test_that_a_release_may_contain_ai_takes_no_denial_back():
    supplied = [*SUPPLIED["denies"], *SUPPLIED["may contain"]]
    verdict = decide(in_report_order([*OWN["ai detected"], *supplied]), DEFAULT)
    assert Finding.UNDECLARED_AI in verdict.findings


def test_a_message_in_which_nobody_knows_the_work_is_told():
    unread = NotRun(
        source="supplied-ddex",
        check="provenance",
        reason=NotRunReason.NOT_APPLICABLE,
        detail="the message has 2 resources of the kind audio",
    )
    verdict = decide(in_report_order([NONE, unread]), DEFAULT)
    assert ReasonCode.SUPPLIED_NOT_MATCHED in codes(verdict)
    assert not verdict.review


favours = st.lists(
    st.builds(
        Declaration,
        source=st.sampled_from(["supplied-ddex", "supplied-labels"]),
        field=st.just("ai"),
        value=st.just("x"),
        statement=st.sampled_from(
            [
                Statement.NONE,
                Statement.CAPTURE,
                Statement.HUMAN_CREATION,
                Statement.MAY_CONTAIN_AI,
            ]
        ),
        strength=st.sampled_from(Strength),
        ai_denied=st.booleans(),
    ),
    min_size=1,
    max_size=3,
)


@given(anything, favours, policies)
def test_a_claim_in_ones_favour_takes_no_finding_away_and_sets_no_origin(evidence, claims, policy):
    before = decide(evidence, policy)
    after = decide(numbered((*evidence, *claims)), policy)
    assert set(before.findings) <= set(after.findings)
    assert set(after.findings) - set(before.findings) <= {Finding.UNDECLARED_AI}
    assert (after.origin, after.basis, after.integrity) == (
        before.origin,
        before.basis,
        before.integrity,
    )
    assert after.review or not before.review


@given(anything, st.sampled_from([Statement.FULLY_AI, Statement.PARTLY_AI]), policies)
def test_an_account_of_ai_makes_less_of_nothing_that_says_ai(evidence, statement, policy):
    before = decide(evidence, policy)
    if before.origin not in AI_VERDICTS:
        return
    after = decide(numbered((*evidence, said(statement))), policy)
    assert set(before.findings) - {Finding.PARTLY_SYNTHETIC} <= set(after.findings)
    assert after.origin in AI_VERDICTS
    assert after.review or not before.review


@given(anything, favours, policies)
def test_ai_is_undeclared_only_where_the_work_itself_shows_it(evidence, claims, policy):
    silent = tuple(
        one for one in evidence if not isinstance(one, Credential | Declaration | Detection)
    )
    assert Finding.UNDECLARED_AI not in decide(numbered((*silent, *claims)), policy).findings
