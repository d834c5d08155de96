"""What a decoded, a hidden or a declared mark comes to: a person looks, and no origin follows."""

from __future__ import annotations

from provenance.evidence import NotRun, NotRunReason, Origin, Watermark
from service.i18n import sentence
from service.verdict import ReasonCode
from tests.service.verdict.cases import NONE, codes, judge, manifest, reason


def mark(scheme="sdxl-dwtdct", **more):
    given = {"payload": "0xb3", "confidence": 1.0, "false_alarm_rate": 0.0024, "supporting": False}
    return Watermark(source="marks", scheme=scheme, **{**given, **more})


def test_the_mark_of_a_generator_is_reviewed_and_sets_no_origin():
    verdict = judge(NONE, mark())
    assert (verdict.origin, verdict.basis) == ("undetermined", "none")
    assert verdict.review
    assert not verdict.findings
    found = reason(verdict, ReasonCode.WATERMARK_OF_GENERATOR)
    assert "Stable Diffusion XL" in found.text
    assert "0.24%" in found.text
    assert found.evidence == (1,)
    assert "0,24" in sentence(found, "fr")


def test_a_mark_that_is_only_support_is_told_as_that():
    verdict = judge(NONE, mark("perth", supporting=True))
    assert "supporting evidence" in reason(verdict, ReasonCode.WATERMARK_FOUND).text
    assert not verdict.review


def test_a_scheme_nobody_here_knows_accuses_nobody():
    verdict = judge(NONE, mark("of-a-plug-in"))
    assert ReasonCode.WATERMARK_FOUND in codes(verdict)
    assert not verdict.review


def test_hidden_characters_say_nothing_about_ai():
    verdict = judge(NONE, mark("unicode-tags"))
    assert verdict.origin == "undetermined"
    assert not verdict.review
    assert "nothing about who or what" in reason(verdict, ReasonCode.HIDDEN_CHARACTERS).text


def test_a_human_claim_stands_beside_a_mark():
    human = manifest(Origin.CAPTURE, human_level=3)
    assert judge(human, mark()).origin == "human_attested"


def test_a_mark_nobody_here_can_read_is_told_and_no_more():
    declared = NotRun(
        source="marks:synthid", check="detect", reason=NotRunReason.NOT_INSTALLED, detail="x"
    )
    verdict = judge(NONE, declared)
    found = reason(verdict, ReasonCode.MARK_NOT_CHECKABLE)
    assert found.params == {"scheme": "synthid"}
    assert not verdict.review
    assert not verdict.findings
