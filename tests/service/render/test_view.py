"""A report in words: three answers apart, and never more certain than the verdict."""

from __future__ import annotations

import pytest

from provenance.evidence import (
    Carrier,
    Integrity,
    NotRunReason,
    ReservationState,
    Signer,
    SignerLevel,
)
from service.i18n import languages
from service.policy import Finding
from service.render.view import View
from service.render.wording import Words
from service.verdict import Basis, Rights, VerdictOrigin

both = pytest.mark.parametrize("lang", languages())


def with_verdict(report, **changes):
    """A report whose verdict says something else: every value must have words."""
    verdict = report.verdict.model_copy(update=changes)
    return report.model_copy(update={"verdict": verdict})


@both
def test_every_answer_has_words_and_a_sign_in_every_language(lang, report, credential):
    words, base = Words(lang), report(credential())
    for origin in VerdictOrigin:
        for basis in Basis:
            view = View.of(with_verdict(base, origin=origin, basis=basis), lang)
            assert view.origin.text == words.of("origin", origin)
            clash = (origin, basis) == (VerdictOrigin.CONTRADICTORY, Basis.PROVEN)
            assert (view.origin.rider == words.of("basis_phrase", basis)) != clash
            assert view.origin.sign
            assert view.origin.meaning
    for integrity in Integrity:
        view = View.of(with_verdict(base, integrity=integrity), lang)
        assert view.integrity.text == words.of("integrity", integrity)
        assert view.integrity.meaning
    for rights in Rights:
        view = View.of(with_verdict(base, rights=rights), lang)
        assert view.rights.text == words.of("rights", rights)
        assert view.rights.meaning
    everything = with_verdict(base, findings=tuple(Finding))
    assert len(View.of(everything, lang).findings) == len(Finding)


def test_no_two_origins_share_a_sign(report, credential):
    base = report(credential())
    signs = [View.of(with_verdict(base, origin=one), "en").origin.sign for one in VerdictOrigin]
    assert len(set(signs)) == len(signs)


def test_a_proven_and_an_unproven_declaration_read_differently(report, credential):
    proven = View.of(report(credential()), "en").origin
    assert (proven.text, proven.rider) == ("AI declared", "proven by a trusted signature")
    claimed = View.of(report(credential(level=SignerLevel.UNTRUSTED)), "en").origin
    assert (claimed.text, claimed.rider) == ("AI declared", "not proven")


def test_what_is_proven_of_a_contradiction_is_not_the_contradiction(report, credential):
    clash = credential(origin="contradictory", ai_vouched=True)
    english, french = (View.of(report(clash), lang).origin for lang in languages())
    assert (english.text, english.rider) == (
        "Contradictory",
        "the AI statement is signed by a trusted signer",
    )
    assert french.rider.endswith("IA est signée par un signataire de confiance")
    unproven = View.of(report(credential(origin="contradictory", level="untrusted")), "en")
    assert unproven.origin.rider == "not proven"


@both
def test_a_broken_manifest_is_said_not_to_hold_whatever_its_bytes(lang, report, credential):
    view = View.of(report(credential(integrity=Integrity.BROKEN)), lang)
    phrase = {"en": "does not hold for this file", "fr": "est pas valide pour ce fichier"}[lang]
    (_, meaning), *_ = view.findings
    assert phrase in view.integrity.meaning
    assert phrase in meaning


def test_not_looked_at_is_not_the_same_as_absent(report, credential, not_run):
    unread = report(not_run("c2pa", "provenance", NotRunReason.DISABLED))
    assert View.of(unread, "en").integrity.text == "Not checked"
    absent = credential(carrier=Carrier.NONE, integrity=Integrity.ABSENT, signer=None)
    assert View.of(report(absent), "en").integrity.text == "No manifest"
    remote = credential(
        carrier=Carrier.REMOTE_ONLY, integrity=Integrity.ABSENT, remote_url="https://x.example"
    )
    assert View.of(report(remote), "en").integrity.text == "Elsewhere, not fetched"


def test_the_decision_is_told_with_its_operating_point(report, detection):
    view = View.of(report(detection(0.004)), "en")
    assert view.origin.text == "AI detected"
    assert view.origin.rider == "suspected, not proven"
    assert "At most 0.4% of human works" in view.origin.notes[0]
    assert "up to 1%" in view.origin.notes[0]
    abstained = View.of(report(detection(abstain="too_short")), "en")
    assert abstained.origin.notes == ("Detector music: abstained.",)


def test_rights_name_the_purpose_asked_about_and_then_the_others(report, reservation):
    view = View.of(report(reservation(ReservationState.RESERVED)), "en")
    assert view.rights.text == "Reserved"
    assert view.rights.rider == "training of generative AI"
    assert "text and data mining: Reserved" in view.rights.notes


def test_details_recorded_in_english_are_not_mixed_into_french(report, not_run):
    told = report(not_run(detail="no weights"), not_run("x", reason=NotRunReason.LIMIT, detail="5"))
    assert [one.detail for one in View.of(told, "en").skipped] == ["no weights", "5"]
    assert [one.detail for one in View.of(told, "fr").skipped] == ["", "5"]
    assert [one.fault for one in View.of(told, "fr").skipped] == [False, True]


def test_what_made_the_report_is_told(report, credential):
    made = {fact.label: fact.value for fact in View.of(report(credential()), "en").made}
    assert made["Made by"] == "Assay 0.1.0"
    assert made["Policy"].startswith("default (")
    assert made["Trust lists"] == "official 2026-08-05"
    assert made["Readers"] == "c2pa 0.38.1"
    assert made["Verified at"] == "2026-11-22 14:03 UTC"


def test_hostile_names_are_visible_and_short(report):
    view = View.of(report(name="a\u202e\x1b" + "x" * 10_000 + ".mp3"), "en")
    assert view.name.startswith("a<U+202E><U+001B>")
    assert view.name.endswith(".mp3")
    assert len(view.name) <= 300


def test_a_signer_without_a_name_still_renders(report, credential):
    bare = credential().model_copy(update={"signer": Signer(level=SignerLevel.UNTRUSTED)})
    assert View.of(report(bare), "fr").cards[0].facts
