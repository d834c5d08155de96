"""Named cases of unsigned tags, parts, detectors and the rest: what may be said of a file."""

from __future__ import annotations

import pytest

from provenance.evidence import (
    AbstainReason,
    Detection,
    Exceedance,
    Integrity,
    Match,
    MatchWork,
    NotRun,
    NotRunReason,
    Origin,
    Statement,
    Strength,
    Watermark,
)
from service.policy import Finding, Policy
from service.verdict import Basis, Outcome, ReasonCode, VerdictOrigin
from tests.service.verdict.cases import NONE, codes, judge, manifest, reason, tag


def detection(upper=0.001, **more):
    exceedance = Exceedance(value=upper / 2, upper=upper, group="all", n_works=9000, n_sources=9)
    given = {"detector": "music", "exceedance": exceedance, "likelihood": 0.97, **more}
    return Detection(source="music", model="sha256:00", score=4.2, **given)


# --- unsigned metadata -----------------------------------------------------------------------


def test_an_aigc_label_pasted_on_an_attested_file_is_declared_and_never_automatic():
    verdict = judge(manifest(Origin.CAPTURE, human_level=3), tag())
    assert (verdict.origin, verdict.basis) == (VerdictOrigin.AI_DECLARED, Basis.DECLARED)
    assert verdict.findings == (Finding.FULLY_SYNTHETIC, Finding.UNDECLARED_AI)
    assert verdict.review


def test_a_generator_name_in_id3_is_shown_and_changes_no_origin():
    hint = tag(Statement.NONE, Strength.WEAK, field="ID3:COMM", generator="Suno")
    verdict = judge(manifest(Origin.CAPTURE, human_level=3), hint)
    assert verdict.origin == VerdictOrigin.HUMAN_ATTESTED
    assert verdict.review
    assert reason(verdict, ReasonCode.DECLARATION_WEAK).evidence == (1,)


def test_a_field_that_hints_at_nothing_calls_nobody():
    assert not judge(NONE, tag(Statement.NONE, Strength.WEAK)).review


def test_fully_beats_partly_among_declarations():
    verdict = judge(NONE, tag(Statement.PARTLY_AI), tag(Statement.FULLY_AI, Strength.MEDIUM))
    assert (verdict.origin, verdict.basis) == (VerdictOrigin.AI_DECLARED, Basis.DECLARED)
    assert ReasonCode.DECLARATION_DIFFERS not in codes(verdict)


def test_the_manifest_wins_over_a_declaration_and_the_difference_is_told():
    verdict = judge(manifest(Origin.PARTLY_AI, ai_statement=Origin.PARTLY_AI), tag())
    assert (verdict.origin, verdict.basis) == (VerdictOrigin.AI_ASSISTED_DECLARED, Basis.PROVEN)
    assert verdict.findings == (Finding.PARTLY_SYNTHETIC,)
    assert reason(verdict, ReasonCode.DECLARATION_DIFFERS).evidence == (1,)


def test_a_camera_tag_counts_as_nothing():
    verdict = judge(NONE, tag(Statement.CAPTURE))
    assert (verdict.origin, verdict.review) == (VerdictOrigin.UNDETERMINED, False)
    assert ReasonCode.UNSIGNED_HUMAN_CLAIM_IGNORED in codes(verdict)


def test_a_camera_tag_beside_evidence_of_ai_is_a_denial():
    verdict = judge(NONE, tag(Statement.CAPTURE), detection())
    assert verdict.findings == (Finding.FULLY_SYNTHETIC, Finding.UNDECLARED_AI)
    assert reason(verdict, ReasonCode.UNDECLARED_AI).evidence == (1,)


def test_a_label_that_says_maybe_settles_nothing():
    verdict = judge(NONE, tag(Statement.MAY_CONTAIN_AI))
    assert (verdict.origin, verdict.review) == (VerdictOrigin.UNDETERMINED, False)


def test_the_same_sentence_is_said_once_with_all_its_evidence():
    verdict = judge(NONE, tag(), tag())
    assert reason(verdict, ReasonCode.DECLARATION_AI).evidence == (1, 2)


# --- parts -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "found",
    [
        manifest(Origin.FULLY_AI, ai_statement=Origin.FULLY_AI, part="picture/0"),
        tag(part="picture/0"),
    ],
)
def test_a_cover_picture_made_by_ai_does_not_make_the_song_so(found):
    verdict = judge(NONE, found)
    assert (verdict.origin, verdict.integrity) == (VerdictOrigin.UNDETERMINED, Integrity.ABSENT)
    assert verdict.findings == ()
    assert verdict.review
    assert reason(verdict, ReasonCode.PART_AI_STATEMENT).params["part"] == "picture/0"


def test_a_detection_in_a_part_is_no_decision_on_the_whole():
    verdict = judge(NONE, detection(part="picture/0"))
    assert (verdict.origin, verdict.decision) == (VerdictOrigin.UNDETERMINED, None)
    assert verdict.review


def test_a_broken_manifest_in_a_part_is_told_and_breaks_nothing():
    verdict = judge(NONE, manifest(part="picture/0", integrity=Integrity.BROKEN))
    assert (verdict.integrity, verdict.findings) == (Integrity.ABSENT, ())
    assert ReasonCode.PART_MANIFEST_PROBLEM in codes(verdict)


def test_a_generator_name_in_a_part_is_for_a_person():
    hint = tag(Statement.NONE, Strength.WEAK, generator="Suno", part="picture/0")
    assert judge(NONE, hint).review


# --- detectors -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("upper", "origin", "review", "outcome"),
    [
        (0.001, VerdictOrigin.AI_DETECTED, False, Outcome.SYNTHETIC),
        (0.002, VerdictOrigin.AI_DETECTED, False, Outcome.SYNTHETIC),
        (0.0021, VerdictOrigin.AI_DETECTED, True, Outcome.SYNTHETIC),
        (0.01, VerdictOrigin.AI_DETECTED, True, Outcome.SYNTHETIC),
        (0.0101, VerdictOrigin.UNDETERMINED, False, Outcome.BELOW_THRESHOLD),
    ],
)
def test_the_policy_decides_how_rare_is_rare_enough(upper, origin, review, outcome):
    verdict = judge(NONE, detection(upper))
    assert (verdict.origin, verdict.review) == (origin, review)
    assert verdict.decision is not None
    assert (verdict.decision.outcome, verdict.decision.exceedance) == (outcome, upper)
    assert (verdict.decision.detector, verdict.decision.max_fpr) == ("music", 0.01)


@pytest.mark.parametrize(
    ("share", "finding"),
    [
        (None, Finding.FULLY_SYNTHETIC),
        (0.8, Finding.FULLY_SYNTHETIC),
        (0.79, Finding.PARTLY_SYNTHETIC),
    ],
)
def test_a_work_of_which_less_than_four_fifths_are_synthetic_is_partly_so(share, finding):
    assert judge(NONE, detection(share=share)).findings == (finding,)


def test_the_rarest_of_several_detections_decides():
    first, second = detection(0.005, detector="a"), detection(0.001, detector="b")
    verdict = judge(NONE, first, second)
    assert verdict.decision is not None
    assert (verdict.decision.detector, verdict.review) == ("b", False)


def test_an_abstention_counts_only_when_all_abstain():
    silent = detection(0.0001, detector="a", abstain=AbstainReason.TOO_SHORT)
    verdict = judge(NONE, silent, detection(0.5, detector="b"))
    assert verdict.decision is not None
    assert (verdict.decision.detector, verdict.decision.outcome) == ("b", Outcome.BELOW_THRESHOLD)
    alone = judge(NONE, silent)
    assert alone.decision is not None
    assert (alone.decision.outcome, alone.origin) == (Outcome.ABSTAIN, VerdictOrigin.UNDETERMINED)


def test_a_score_without_measured_exceedance_decides_nothing():
    verdict = judge(NONE, detection(exceedance=None))
    assert verdict.decision is not None
    assert (verdict.decision.outcome, verdict.decision.exceedance) == (Outcome.ABSTAIN, None)
    assert ReasonCode.DETECTION_UNCALIBRATED in codes(verdict)


def test_a_detector_that_disagrees_with_an_attested_origin_does_not_overrule_it():
    verdict = judge(manifest(Origin.CAPTURE, human_level=3), detection())
    assert (verdict.origin, verdict.basis) == (VerdictOrigin.HUMAN_ATTESTED, Basis.PROVEN)
    assert verdict.findings == (Finding.DETECTOR_DISAGREES,)
    assert verdict.review


def test_no_detector_no_decision():
    assert judge(NONE).decision is None


# --- the rest --------------------------------------------------------------------------------


def test_checks_that_failed_are_said_and_those_that_did_not_apply_are_not():
    late = NotRun(source="music", check="detect", reason=NotRunReason.TIMEOUT)
    moot = NotRun(source="image", check="detect", reason=NotRunReason.NOT_APPLICABLE)
    failed = reason(judge(NONE, late, moot), ReasonCode.CHECK_NOT_RUN)
    assert failed.evidence == (1,)
    assert failed.params == {"check": "detect", "source": "music", "reason": "timeout"}


@pytest.mark.parametrize(
    ("kind", "findings"), [("copy", (Finding.KNOWN_WORK,)), ("shared_material", ())]
)
def test_a_match_is_a_known_work_unless_only_material_is_shared(kind, findings):
    found = Match(source="audio", work=MatchWork(id="w1"), match=kind, similarity=0.9)
    verdict = judge(NONE, found)
    assert verdict.findings == findings
    assert reason(verdict, ReasonCode.WORK_MATCHED).params == {"title": "w1", "match": kind}


def test_a_decoded_mark_sets_no_origin():
    mark = Watermark(source="marks", scheme="sdxl", payload="00", confidence=1.0)
    verdict = judge(NONE, mark)
    assert verdict.origin == VerdictOrigin.UNDETERMINED
    assert ReasonCode.WATERMARK_FOUND in codes(verdict)


def test_the_verdict_names_the_policy_that_made_it():
    policy = Policy(name="radio", max_fpr=0.05)
    assert judge(NONE, policy=policy).policy.model_dump() == {
        "name": "radio",
        "digest": policy.digest,
    }
