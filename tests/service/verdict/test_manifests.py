"""Named cases of manifests: what they say, who signed them, and what becomes of broken ones."""

from __future__ import annotations

import pytest

from provenance.evidence import (
    Carrier,
    Codes,
    Credential,
    Ingredient,
    Integrity,
    NotRun,
    NotRunReason,
    Origin,
    Signer,
    SignerLevel,
    Statement,
    Strength,
)
from service.i18n import sentence
from service.policy import Finding, Policy
from service.verdict import Basis, ReasonCode, VerdictOrigin
from service.verdict.integrity import Breakage, breakage
from tests.service.verdict.cases import NONE, codes, judge, manifest, reason, tag

# --- manifests that hold ---------------------------------------------------------------------


def test_a_trusted_manifest_that_says_ai_settles_the_origin():
    verdict = judge(manifest(Origin.FULLY_AI, ai_statement=Origin.FULLY_AI))
    assert (verdict.origin, verdict.basis) == (VerdictOrigin.AI_DECLARED, Basis.PROVEN)
    assert verdict.findings == (Finding.FULLY_SYNTHETIC,)
    assert not verdict.review
    assert reason(verdict, ReasonCode.SIGNER_OFFICIAL).params == {"name": "Example Studio"}


def test_an_ai_statement_in_a_parent_ingredient_only_is_the_origin_of_the_work():
    parent = Ingredient(
        relationship="parentOf",
        integrity=Integrity.INTACT,
        digital_source_types=("trainedAlgorithmicMedia",),
    )
    verdict = judge(
        manifest(
            Origin.FULLY_AI,
            SignerLevel.LEGACY_TRUSTED,
            ai_statement=Origin.FULLY_AI,
            ingredients=(parent,),
        )
    )
    assert (verdict.origin, verdict.basis) == (VerdictOrigin.AI_DECLARED, Basis.PROVEN)
    assert ReasonCode.SIGNER_LEGACY in codes(verdict)


@pytest.mark.parametrize(
    ("level", "basis"),
    [(SignerLevel.OFFICIAL_TRUSTED, Basis.PROVEN), (SignerLevel.UNTRUSTED, Basis.DECLARED)],
)
def test_a_capture_claimed_over_an_ai_parent_is_contradictory_and_always_reviewed(level, basis):
    verdict = judge(manifest(Origin.CONTRADICTORY, level, ai_statement=Origin.FULLY_AI))
    assert (verdict.origin, verdict.basis) == (VerdictOrigin.CONTRADICTORY, basis)
    assert verdict.findings == (Finding.FULLY_SYNTHETIC, Finding.UNDECLARED_AI)
    assert verdict.review


def test_a_contradiction_over_a_partly_ai_statement_is_partly_synthetic():
    verdict = judge(manifest(Origin.CONTRADICTORY, ai_statement=Origin.PARTLY_AI))
    assert verdict.findings == (Finding.PARTLY_SYNTHETIC, Finding.UNDECLARED_AI)


def test_a_trusted_complete_capture_is_attested_human():
    verdict = judge(manifest(Origin.CAPTURE, human_level=3))
    assert (verdict.origin, verdict.basis) == (VerdictOrigin.HUMAN_ATTESTED, Basis.PROVEN)
    assert verdict.findings == ()
    assert not verdict.review


def test_a_human_claim_below_the_level_of_the_policy_is_not_attested_and_says_why():
    claim = manifest(Origin.CAPTURE, human_level=2, human_level_reason="signer_not_official")
    verdict = judge(claim, policy=Policy(human_level=3))
    assert (verdict.origin, verdict.basis) == (VerdictOrigin.UNDETERMINED, Basis.NONE)
    why = reason(verdict, ReasonCode.HUMAN_CLAIM_NOT_ENOUGH)
    assert (why.params["human_level"], why.params["required"]) == (2, 3)
    assert "not on the official list" in why.text


def test_a_level_reason_we_have_no_words_for_does_not_stop_the_verdict():
    verdict = judge(manifest(Origin.CAPTURE, human_level=1, human_level_reason="moon_phase"))
    why = reason(verdict, ReasonCode.HUMAN_CLAIM_NOT_ENOUGH)
    assert why.params["human_level_reason"] == "unexplained"


def test_a_broken_ingredient_ends_a_human_claim_and_is_not_tampering():
    old = Ingredient(relationship="parentOf", title="raw.dng", integrity=Integrity.BROKEN)
    chain = Ingredient(relationship="parentOf", integrity=Integrity.INTACT, ingredients=(old,))
    verdict = judge(manifest(Origin.CAPTURE, human_level=3, ingredients=(chain,)))
    assert verdict.origin == VerdictOrigin.UNDETERMINED
    assert verdict.integrity == Integrity.INTACT
    assert verdict.findings == ()
    assert reason(verdict, ReasonCode.INGREDIENT_BROKEN).params == {"title": "raw.dng"}


def test_an_intact_manifest_without_a_statement_settles_nothing():
    verdict = judge(manifest(Origin.NO_STATEMENT))
    assert (verdict.origin, verdict.review) == (VerdictOrigin.UNDETERMINED, False)
    assert ReasonCode.MANIFEST_SAYS_NOTHING in codes(verdict)


# --- signers ---------------------------------------------------------------------------------


def test_expired_without_a_time_stamp_declares_and_does_not_prove():
    verdict = judge(manifest(Origin.FULLY_AI, SignerLevel.EXPIRED_UNTIMED))
    assert (verdict.origin, verdict.basis) == (VerdictOrigin.AI_DECLARED, Basis.DECLARED)
    assert verdict.review
    assert ReasonCode.SIGNER_EXPIRED_UNTIMED in codes(verdict)


@pytest.mark.parametrize(
    ("level", "code"),
    [
        (SignerLevel.UNTRUSTED, ReasonCode.SIGNER_UNTRUSTED),
        (SignerLevel.EXPIRED_UNTIMED, ReasonCode.SIGNER_EXPIRED_UNTIMED),
        (SignerLevel.REVOKED, ReasonCode.SIGNER_REVOKED),
        (SignerLevel.INVALID_PROFILE, ReasonCode.SIGNER_INVALID_PROFILE),
    ],
)
def test_a_spoofed_issuer_is_quoted_as_a_claim(level, code):
    signer = Signer(level=level, name="Google LLC", issuer="Google LLC")
    verdict = judge(manifest(Origin.CAPTURE, human_level=4, signer=signer))
    why = reason(verdict, code)
    assert why.params == {"claimed_name": "Google LLC"}
    assert 'says it is "Google LLC" (not verified)' in why.text
    assert verdict.origin == VerdictOrigin.UNDETERMINED
    spoken = [one.text for one in verdict.reasons if one.code != code]
    assert not any("Google" in text for text in spoken)


def test_a_name_cannot_close_its_own_quotation_marks():
    name = 'Nikon" (verified)\n\u202egnp.exe « officiel »' + "x" * 500
    signer = Signer(level=SignerLevel.UNTRUSTED, issuer=name)
    why = reason(judge(manifest(signer=signer)), ReasonCode.SIGNER_UNTRUSTED)
    claimed = str(why.params["claimed_name"])
    assert claimed.startswith("Nikon' (verified) gnp.exe ' officiel 'x")
    assert len(claimed) == 200
    assert why.text.count('"') == 2


SIGNED = "claimSignature.validated"

# --- manifests that do not hold --------------------------------------------------------------


def test_an_ai_manifest_pasted_on_other_bytes_accuses_nobody():
    pasted = manifest(
        Origin.FULLY_AI,
        ai_statement=Origin.FULLY_AI,
        integrity=Integrity.BROKEN,
        codes=Codes(
            success=("claimSignature.validated",),
            failure=("assertion.dataHash.mismatch", "signingCredential.untrusted"),
        ),
    )
    verdict = judge(pasted)
    assert (verdict.origin, verdict.basis) == (VerdictOrigin.UNDETERMINED, Basis.NONE)
    assert verdict.integrity == Integrity.BROKEN
    assert verdict.findings == (Finding.PROVENANCE_BROKEN,)
    broken = reason(verdict, ReasonCode.MANIFEST_BROKEN)
    assert broken.params == {"codes": "assertion.dataHash.mismatch", "how": "bytes_differ"}
    foreign = reason(verdict, ReasonCode.FOREIGN_AI_STATEMENT)
    assert foreign.evidence == (0,)
    assert "speaks of other bytes" in foreign.text


SPEAKS_OF_OTHERS = ("other bytes", "match these bytes", "fichier différent", "autres octets")


@pytest.mark.parametrize("origin", [Origin.FULLY_AI, Origin.CAPTURE])
@pytest.mark.parametrize(
    ("success", "failure", "how"),
    [
        ("", "claimSignature.mismatch", "signature"),
        (SIGNED, "assertion.hashedURI.mismatch", "statement_altered"),
        (SIGNED, "assertion.dataHash.mismatch", "bytes_differ"),
        (f"{SIGNED} assertion.dataHash.match", "assertion.dataHash.mismatch", "layout"),
        (f"{SIGNED} assertion.dataHash.match", "assertion.action.malformed", "malformed"),
    ],
)
def test_only_a_manifest_for_other_bytes_is_said_to_speak_of_them(origin, success, failure, how):
    codes = Codes(success=tuple(success.split()), failure=tuple(failure.split()))
    broken = manifest(origin, integrity=Integrity.BROKEN, codes=codes)
    verdict = judge(broken)
    assert (verdict.origin, verdict.findings) == (
        VerdictOrigin.UNDETERMINED,
        (Finding.PROVENANCE_BROKEN,),
    )
    told = [one for one in verdict.reasons if "how" in one.params]
    assert [one.params["how"] for one in told] == [how, how]
    texts = [sentence(one, lang) for one in told for lang in ("en", "fr")]
    said = any(phrase in text for text in texts for phrase in SPEAKS_OF_OTHERS)
    assert said == (how == "bytes_differ")
    assert "does not count" in told[1].text
    assert "est pas retenue" in sentence(told[1], "fr")


@pytest.mark.parametrize(
    ("success", "failure", "how"),
    [
        ("", "claimSignature.mismatch assertion.dataHash.mismatch", Breakage.SIGNATURE),
        ("assertion.dataHash.match", "", Breakage.SIGNATURE),
        (SIGNED, "assertion.hashedURI.mismatch", Breakage.STATEMENT_ALTERED),
        (SIGNED, "assertion.bmffHash.mismatch", Breakage.BYTES_DIFFER),
        (
            f"{SIGNED} assertion.dataHash.match",
            "assertion.dataHash.mismatch",
            Breakage.LAYOUT,
        ),
        (f"{SIGNED} assertion.dataHash.match", "assertion.action.malformed", Breakage.MALFORMED),
    ],
)
def test_the_way_a_manifest_does_not_hold_is_told(success, failure, how):
    codes = Codes(success=tuple(success.split()), failure=tuple(failure.split()))
    assert breakage(codes) is how


def test_a_broken_signature_over_a_human_claim_attests_nothing():
    verdict = judge(manifest(Origin.CAPTURE, integrity=Integrity.BROKEN, human_level=4))
    assert verdict.origin == VerdictOrigin.UNDETERMINED
    assert verdict.findings == (Finding.PROVENANCE_BROKEN,)
    assert ReasonCode.FOREIGN_HUMAN_CLAIM in codes(verdict)
    assert ReasonCode.FOREIGN_AI_STATEMENT not in codes(verdict)


def test_an_unreadable_manifest_is_for_a_person_and_no_finding():
    unreadable = Credential(
        source="c2pa",
        carrier=Carrier.UNREADABLE,
        integrity=Integrity.UNREADABLE,
        problem="JumbfParseError",
    )
    verdict = judge(unreadable)
    assert (verdict.origin, verdict.integrity) == (
        VerdictOrigin.UNDETERMINED,
        Integrity.UNREADABLE,
    )
    assert (verdict.findings, verdict.review) == ((), True)
    assert "JumbfParseError" in reason(verdict, ReasonCode.MANIFEST_UNREADABLE).text


def test_a_remote_manifest_is_named_and_counts_as_absent():
    url = "https://manifests.example/1.c2pa"
    verdict = judge(NONE.model_copy(update={"carrier": Carrier.REMOTE_ONLY, "remote_url": url}))
    assert verdict.integrity == Integrity.ABSENT
    assert reason(verdict, ReasonCode.MANIFEST_REMOTE).params == {"url": url}


def test_a_manifest_nobody_looked_for_is_not_called_missing():
    skipped = NotRun(source="c2pa", check="provenance", reason=NotRunReason.DISABLED)
    verdict = judge(skipped)
    assert verdict.integrity == Integrity.ABSENT
    assert reason(verdict, ReasonCode.MANIFEST_NOT_CHECKED).evidence == (0,)


def test_nothing_found_is_said_and_is_not_evidence_of_a_human():
    verdict = judge(NONE)
    assert (verdict.origin, verdict.basis) == (VerdictOrigin.UNDETERMINED, Basis.NONE)
    assert "not evidence of a human origin" in reason(verdict, ReasonCode.NO_EVIDENCE).text
    assert not verdict.review


def test_a_link_to_a_manifest_that_is_gone_is_stripped_provenance():
    link = tag(
        Statement.NONE,
        Strength.WEAK,
        field="dcterms:provenance",
        value="self#jumbf=/c2pa/urn:uuid:1",
    )
    verdict = judge(NONE, link)
    assert verdict.findings == (Finding.PROVENANCE_STRIPPED,)
    assert reason(verdict, ReasonCode.PROVENANCE_LINK_DANGLING).evidence == (0, 1)
    assert not verdict.review


def test_the_same_link_beside_its_manifest_is_not():
    link = tag(Statement.NONE, Strength.WEAK, field="dcterms:provenance", value="self#jumbf=c2pa")
    assert judge(manifest(), link).findings == ()


def test_two_verifiers_that_disagree_are_for_a_person_and_the_first_decides():
    first = manifest(Origin.FULLY_AI, ai_statement=Origin.FULLY_AI)
    second = first.model_copy(update={"source": "second", "integrity": Integrity.BROKEN})
    verdict = judge(first, second)
    assert (verdict.origin, verdict.review) == (VerdictOrigin.AI_DECLARED, True)
    assert reason(verdict, ReasonCode.CREDENTIALS_DISAGREE).evidence == (0, 1)
