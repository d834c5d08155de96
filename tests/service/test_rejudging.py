"""Reports judged again: by another policy, and by other trust lists, without the work."""

from __future__ import annotations

import base64
import hashlib
from dataclasses import replace
from datetime import UTC, datetime

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding

from provenance.asset import Asset
from provenance.c2pa.opinion import SecondReader
from provenance.c2pa.signed import Unknown
from provenance.c2pa.trust import TrustList, TrustStore
from provenance.evidence import (
    Credential,
    Detection,
    Exceedance,
    NotRun,
    NotRunReason,
    Reservation,
    ReservationState,
    SignerLevel,
)
from service import check
from service.policy import Policy
from service.rejudging import NeedsFile, Rejudging
from service.report import build_report
from service.verdict import Basis, Rights, VerdictOrigin
from tests.provenance.c2pa.stores import signed
from tests.provenance.c2pa.text_signing import sign_structured
from tests.provenance.making import apic, mp3, png

NOW = datetime.now(UTC)
NOTHING = TrustStore(*(TrustList(name, "") for name in ("official", "tsa", "interim")))


def report_on(data, store=NOTHING, policy=None):
    return check(data, trust=store, policy=policy, name="a.jpg")


@pytest.fixture(scope="module")
def made_by_ai(authority):
    return signed(authority)


def said(report):
    """The verdict but for the numbers of the records: a detector that is silent leaves none."""
    reasons = tuple(one.model_copy(update={"evidence": ()}) for one in report.verdict.reasons)
    return report.verdict.model_copy(update={"reasons": reasons})


def detection(upper):
    exceedance = Exceedance(value=upper, upper=upper, group="all", n_works=900, n_sources=9)
    return Detection(source="image", detector="image", model="m", score=1, exceedance=exceedance)


def with_evidence(report, *more, policy=None):
    rest = [one for one in report.evidence if getattr(one, "check", "") != "detect" or not more]
    return build_report(report.asset, [*rest, *more], policy or Policy(), report.engine)


def test_another_policy_is_decided_on_the_same_evidence(made_by_ai):
    report = with_evidence(report_on(png()), detection(0.008))
    assert report.verdict.origin is VerdictOrigin.AI_DETECTED
    strict = Policy(name="strict", max_fpr=0.001)
    found = Rejudging(strict).rejudge(report).report
    assert found.verdict.origin is VerdictOrigin.UNDETERMINED
    assert found.verdict.policy.name == "strict"
    assert found.evidence == report.evidence
    assert found == with_evidence(report, policy=strict)


def test_the_same_policy_changes_nothing(made_by_ai):
    report = report_on(made_by_ai)
    assert Rejudging(Policy()).rejudge(report).report == report


def test_a_check_that_was_not_run_takes_the_file(made_by_ai):
    report = report_on(made_by_ai, policy=Policy(run=("provenance",)))
    assert Rejudging(Policy(run=("provenance",))).rejudge(report).report == report
    found = Rejudging(Policy(run=("provenance", "rights"))).rejudge(report)
    assert (found.report, found.needs_file) == (None, (NeedsFile.CHECK_NOT_RUN,))


def test_a_check_that_is_no_longer_run_is_as_if_it_never_was(made_by_ai):
    less = Policy(run=("rights",))
    found = Rejudging(less).rejudge(report_on(made_by_ai)).report
    fresh = report_on(made_by_ai, policy=less)
    assert found.verdict == fresh.verdict
    assert found.evidence == fresh.evidence


def settled(report):
    gone = NotRun(
        source="image",
        check="detect",
        reason=NotRunReason.SETTLED,
        detail="provenance settles the origin",
    )
    return with_evidence(report, gone)


def test_detectors_that_would_run_now_take_the_file(made_by_ai, authority):
    report = settled(report_on(made_by_ai, NOTHING.with_private(authority.root)))
    assert report.verdict.basis is Basis.PROVEN
    always = Rejudging(Policy(detect="always")).rejudge(report)
    assert always.needs_file == (NeedsFile.DETECTORS_NOT_RUN,)
    stranger = Rejudging(Policy(), trust=NOTHING, at=NOW).rejudge(report)
    assert stranger.needs_file == (NeedsFile.DETECTORS_NOT_RUN,)


def test_detectors_that_would_not_run_now_are_as_if_they_never_did(made_by_ai, authority):
    store = NOTHING.with_private(authority.root)
    report = with_evidence(report_on(made_by_ai), detection(0.001))
    found = Rejudging(Policy(), trust=store, at=NOW).rejudge(report).report
    assert found.verdict.decision is None
    assert found.verdict == settled(report_on(made_by_ai, store)).verdict


def test_a_new_anchor_proves_what_was_declared(made_by_ai, authority):
    store = NOTHING.with_private(authority.root)
    before, fresh = report_on(made_by_ai), report_on(made_by_ai, store)
    found = Rejudging(Policy(), trust=store, at=NOW).rejudge(before).report
    assert (before.verdict.basis, found.verdict.basis) == (Basis.DECLARED, Basis.PROVEN)
    assert said(found) == said(fresh)
    codes = {"codes": before.evidence[0].codes}  # what the engine said when it read
    assert found.evidence[0] == fresh.evidence[0].model_copy(update=codes)
    assert found.engine.trust_lists == fresh.engine.trust_lists


def test_trust_that_is_taken_away_is_gone(made_by_ai, authority):
    store = NOTHING.with_private(authority.root)
    policy = Policy(run=("provenance", "rights"))
    trying = Rejudging(policy, trust=NOTHING, at=NOW, known=(store,))
    found = trying.rejudge(report_on(made_by_ai, store, policy)).report
    assert said(found) == said(report_on(made_by_ai, NOTHING, policy))


def test_a_permission_counts_when_its_signer_is_trusted(made_by_ai, authority):
    store = NOTHING.with_private(authority.root)
    state = {"train-genai": ReservationState.ALLOWED}
    fields = {"protocol": "cawg-training-mining", "channel": "embedded", "scope": "asset"}
    permission = Reservation(
        source="training_mining",
        purposes=state,
        native_value="{}",
        formal="valid",
        intent="clear",
        standing="B",
        authority="signed-untrusted",
        **fields,
    )
    report = report_on(made_by_ai)
    looked = [one for one in report.evidence if getattr(one, "check", "") != "rights"]
    before = build_report(report.asset, [*looked, permission], Policy(), report.engine)
    found = Rejudging(Policy(), trust=store, at=NOW).rejudge(before).report
    assert (before.verdict.rights, found.verdict.rights) == (Rights.UNDECLARED, Rights.PERMITTED)


def test_a_report_without_chains_needs_its_file_only_for_other_lists(made_by_ai, authority):
    old = check(made_by_ai, trust=NOTHING, name="a.jpg")
    bare = old.model_copy(
        update={
            "evidence": tuple(
                one.model_copy(update={"signer": one.signer.model_copy(update={"chain": ()})})
                if isinstance(one, Credential)
                else one
                for one in old.evidence
            )
        }
    )
    same = Rejudging(Policy(), trust=NOTHING, at=NOW).rejudge(bare)
    assert same.report.verdict == old.verdict
    other = Rejudging(Policy(), trust=NOTHING.with_private(authority.root), at=NOW).rejudge(bare)
    assert other.needs_file == (Unknown.NO_CHAIN,)


def signers(report):
    found = [one for one in report.evidence if isinstance(one, Credential) and one.signer]
    return [(one.source, one.part, one.signer.level, one.ai_vouched) for one in found]


def test_the_signers_of_parts_are_judged_by_the_same_lists(made_by_ai, authority):
    """A report that names a list holds nothing that another list said."""
    store = NOTHING.with_private(authority.root)
    song = mp3(apic(made_by_ai))
    known, unknown = (check(song, trust=one, name="a.mp3") for one in (store, NOTHING))
    assert [level for _, _, level, _ in signers(known)] == [SignerLevel.PRIVATE_TRUSTED]
    for before, after, lists in ((known, unknown, NOTHING), (unknown, known, store)):
        found = Rejudging(Policy(), trust=lists, at=NOW, known=(store,)).rejudge(before).report
        assert signers(found) == signers(after) != signers(before)
        assert found.engine.trust_lists == after.engine.trust_lists


def test_the_same_lists_leave_parts_as_they_are(made_by_ai, authority):
    store = NOTHING.with_private(authority.root)
    report = check(mp3(apic(made_by_ai)), trust=store, name="a.mp3")
    found = Rejudging(Policy(), trust=store, at=NOW).rejudge(report).report
    assert found.evidence == report.evidence


def test_a_second_opinion_takes_the_file_only_for_other_lists(made_by_ai, authority):
    """It keeps no certificates, so nothing can be said of its signer."""
    reader = SecondReader()
    reader.use_trust(NOTHING)
    opinion = reader.read(Asset.from_bytes(made_by_ai, name="a.jpg"))[0]
    report = report_on(made_by_ai)
    both = build_report(report.asset, [*report.evidence, opinion], Policy(), report.engine)
    same = Rejudging(Policy(), trust=NOTHING, at=NOW).rejudge(both).report
    assert same.evidence == both.evidence
    store = NOTHING.with_private(authority.root)
    other = Rejudging(Policy(), trust=store, at=NOW).rejudge(both)
    assert other.needs_file == (Unknown.NO_CHAIN,)


def test_a_text_is_judged_as_a_text(authority):
    """A list that names the very certificate of a signer helps a picture; a text takes the file."""
    text = sign_structured("# ", "\nprint(1)\n", authority).encode()
    certificate = x509.load_pem_x509_certificate(authority.chain).public_bytes(Encoding.DER)
    allowed = base64.b64encode(hashlib.sha256(certificate).digest()).decode()
    listed = TrustList("interim", "", f"# Assay Tests\n{allowed}\n")
    trying = Rejudging(Policy(), trust=replace(NOTHING, interim=listed), at=NOW)
    picture = trying.rejudge(report_on(signed(authority))).report
    assert [level for _, _, level, _ in signers(picture)] == [SignerLevel.LEGACY_TRUSTED]
    found = trying.rejudge(check(text, trust=NOTHING, name="a.py"))
    assert (found.report, found.needs_file) == (None, (Unknown.UNCLEAR_PATH,))


def test_another_chain_in_a_stored_report_gains_no_trust(made_by_ai, authority, impostor):
    forged, good = report_on(signed(impostor)).evidence, report_on(made_by_ai)
    (mine,) = (one for one in good.evidence if isinstance(one, Credential))
    swapped = tuple(
        one.model_copy(
            update={
                "signer": one.signer.model_copy(update={"chain": mine.signer.chain}),
                "certificates": mine.certificates,
            }
        )
        if isinstance(one, Credential)
        else one
        for one in forged
    )
    report = good.model_copy(update={"evidence": swapped})
    store = NOTHING.with_private(authority.root)
    found = Rejudging(Policy(), trust=store, at=NOW).rejudge(report)
    assert (found.report, found.needs_file) == (None, (Unknown.DAMAGED_CHAIN,))


def test_lists_change_nothing_of_a_work_without_a_manifest(authority):
    report = report_on(png())
    store = NOTHING.with_private(authority.root)
    found = Rejudging(Policy(), trust=store, at=NOW).rejudge(report).report
    assert found.verdict == report.verdict
    assert found.verdict.rights in {Rights.UNDECLARED, Rights.UNCHECKED}


def test_every_reason_is_told_at_once(made_by_ai, authority):
    old = check(made_by_ai, trust=NOTHING, policy=Policy(run=("provenance",)), name="a.jpg")
    bare = old.model_copy(
        update={
            "evidence": tuple(
                one.model_copy(update={"signer": one.signer.model_copy(update={"chain": ()})})
                if isinstance(one, Credential)
                else one
                for one in old.evidence
            )
        }
    )
    found = Rejudging(Policy(), trust=NOTHING.with_private(authority.root), at=NOW).rejudge(bare)
    assert found.needs_file == (NeedsFile.CHECK_NOT_RUN, Unknown.NO_CHAIN)


def test_lists_are_judged_by_at_a_time():
    with pytest.raises(ValueError, match="at a time"):
        Rejudging(Policy(), trust=NOTHING)
