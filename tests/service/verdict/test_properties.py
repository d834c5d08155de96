"""What must hold for any evidence at all, also for evidence nobody thought of."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from provenance.evidence import (
    TRUSTED_LEVELS,
    AbstainReason,
    Carrier,
    Credential,
    Declaration,
    Detection,
    Exceedance,
    Ingredient,
    Integrity,
    NotRun,
    NotRunReason,
    Origin,
    Reservation,
    ReservationState,
    Signer,
    SignerLevel,
    Statement,
    Strength,
)
from service.policy import CHECKS, PURPOSES, Finding, Policy
from service.verdict import Basis, Outcome, VerdictOrigin, decide
from service.verdict.records import AI_VERDICTS


def numbered(found):
    return tuple(one.model_copy(update={"id": n}) for n, one in enumerate(found))


parts = st.sampled_from([None, None, "picture/0"])
names = st.none() | st.text(max_size=12)

signers = st.builds(Signer, level=st.sampled_from(SignerLevel), name=names, issuer=names)
leaves = st.builds(
    Ingredient,
    relationship=st.sampled_from(["parentOf", "componentOf"]),
    title=names,
    integrity=st.sampled_from(Integrity),
)
credentials = st.builds(
    Credential,
    source=st.just("c2pa"),
    part=parts,
    carrier=st.sampled_from(Carrier),
    integrity=st.sampled_from(Integrity),
    signer=st.none() | signers,
    origin=st.sampled_from(Origin),
    ai_statement=st.sampled_from([None, Origin.FULLY_AI, Origin.PARTLY_AI]),
    ai_vouched=st.booleans(),
    ai_denied=st.booleans(),
    human_level=st.integers(0, 4),
    human_level_reason=names,
    ingredients=st.lists(leaves, max_size=2).map(tuple),
    remote_url=names,
    problem=names,
)
declarations = st.builds(
    Declaration,
    source=st.just("xmp"),
    part=parts,
    field=st.text(max_size=12) | st.just("dcterms:provenance"),
    value=st.text(max_size=12) | st.just("self#jumbf=c2pa"),
    statement=st.sampled_from(Statement),
    generator=names,
    strength=st.sampled_from(Strength),
)
rates = st.sampled_from([0.0, 0.001, 0.002, 0.005, 0.01, 0.02, 1.0])
detections = st.builds(
    Detection,
    source=st.just("music"),
    part=parts,
    detector=st.just("music"),
    model=st.just("sha256:0"),
    score=st.floats(-9, 9),
    exceedance=st.none()
    | st.builds(
        Exceedance,
        value=rates,
        upper=rates,
        group=st.just("all"),
        n_works=st.just(999),
        n_sources=st.just(9),
    ),
    abstain=st.none() | st.sampled_from(AbstainReason),
    share=st.none() | st.floats(0, 1),
)
reservations = st.builds(
    Reservation,
    source=st.just("tdmrep"),
    part=parts,
    protocol=st.just("tdmrep"),
    channel=st.just("embedded"),
    scope=st.just("asset"),
    purposes=st.dictionaries(st.sampled_from(PURPOSES), st.sampled_from(ReservationState)),
    native_value=st.just("1"),
    formal=st.just("valid"),
    intent=st.just("clear"),
    standing=st.just("A"),
    authority=st.sampled_from(["unknown", "signed-trusted"]),
)
not_run = st.builds(
    NotRun,
    source=st.sampled_from(["c2pa", "music", "robots"]),
    part=parts,
    check=st.sampled_from(CHECKS),
    reason=st.sampled_from(NotRunReason),
)
anything = st.lists(
    credentials | declarations | detections | reservations | not_run, max_size=6
).map(numbered)
policies = st.builds(
    Policy,
    human_level=st.integers(1, 4),
    max_fpr=st.sampled_from([0.005, 0.01, 1.0]),
    purpose=st.sampled_from(PURPOSES),
)


def speaks(record):
    return (
        isinstance(record, Credential)
        and record.part is None
        and record.carrier is Carrier.EMBEDDED
        and record.integrity is Integrity.INTACT
    )


def vouched(record):
    return speaks(record) and record.signer is not None and record.signer.level in TRUSTED_LEVELS


def declares(record):
    return (
        isinstance(record, Declaration)
        and record.part is None
        and record.strength is not Strength.WEAK
        and record.statement in (Statement.FULLY_AI, Statement.PARTLY_AI)
    )


@given(anything, policies)
def test_human_is_attested_only_by_an_intact_and_trusted_manifest(evidence, policy):
    verdict = decide(evidence, policy)
    if verdict.origin is VerdictOrigin.HUMAN_ATTESTED:
        assert any(map(vouched, evidence))
        assert verdict.integrity is Integrity.INTACT


@given(anything, policies)
def test_what_is_proven_rests_on_an_intact_and_trusted_manifest(evidence, policy):
    if decide(evidence, policy).basis is Basis.PROVEN:
        assert any(map(vouched, evidence))


@given(anything, policies)
def test_only_a_manifest_that_holds_a_declaration_or_a_detection_accuses(evidence, policy):
    silent = tuple(
        one
        for one in evidence
        if not (speaks(one) or declares(one) or (isinstance(one, Detection) and one.part is None))
    )
    assert decide(silent, policy).origin is VerdictOrigin.UNDETERMINED


@given(anything, detections, policies)
def test_a_detection_never_yields_human_and_never_clears(evidence, detection, policy):
    before = decide(evidence, policy)
    after = decide(numbered((*evidence, detection)), policy)
    assert after.origin is before.origin or (
        before.origin is VerdictOrigin.UNDETERMINED and after.origin is VerdictOrigin.AI_DETECTED
    )


@given(anything, policies)
def test_weak_declarations_and_parts_never_change_the_origin(evidence, policy):
    kept = tuple(
        one
        for one in evidence
        if not (isinstance(one, Declaration) and one.strength is Strength.WEAK)
        and (one.part is None or not isinstance(one, Credential | Declaration | Detection))
    )
    before, after = decide(evidence, policy), decide(kept, policy)
    assert (before.origin, before.basis, before.integrity, before.decision) == (
        after.origin,
        after.basis,
        after.integrity,
        after.decision,
    )


@given(anything, policies)
def test_what_is_only_declared_is_always_reviewed(evidence, policy):
    verdict = decide(evidence, policy)
    if verdict.basis is Basis.DECLARED or verdict.origin is VerdictOrigin.CONTRADICTORY:
        assert verdict.review


@given(anything, policies)
def test_the_answers_fit_together(evidence, policy):
    verdict = decide(evidence, policy)
    synthetic = {Finding.FULLY_SYNTHETIC, Finding.PARTLY_SYNTHETIC} & set(verdict.findings)
    assert len(synthetic) == (verdict.origin in AI_VERDICTS)
    assert (verdict.basis is Basis.NONE) == (verdict.origin is VerdictOrigin.UNDETERMINED)
    assert list(verdict.findings) == sorted(verdict.findings, key=list(Finding).index)
    assert verdict.rights_by_purpose[policy.purpose] is verdict.rights
    if verdict.origin is VerdictOrigin.AI_DETECTED:
        assert verdict.decision is not None
        assert verdict.decision.outcome is Outcome.SYNTHETIC
    if verdict.decision is not None and verdict.decision.outcome is Outcome.SYNTHETIC:
        assert verdict.origin is not VerdictOrigin.UNDETERMINED


@given(anything, policies)
def test_every_reason_is_a_sentence_that_points_at_evidence_there_is(evidence, policy):
    ids = {one.id for one in evidence}
    reasons = decide(evidence, policy).reasons
    assert reasons
    for reason in reasons:
        assert set(reason.evidence) <= ids
        assert reason.text.endswith(".")
        assert "\n" not in reason.text
    assert len({(one.code, one.text) for one in reasons}) == len(reasons)


@given(anything, policies)
def test_the_same_evidence_and_policy_give_the_same_verdict(evidence, policy):
    assert decide(evidence, policy) == decide(evidence, Policy(**policy.model_dump()))
