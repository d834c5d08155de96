"""Every sentence in every language: same keys, same parameters, nothing missing, well set."""

from __future__ import annotations

import re
import tomllib
from importlib import resources
from typing import get_args

import pytest

from detectors.text.style import style_names
from provenance import evidence as ev
from provenance.asset import Modality
from provenance.attest import checks
from provenance.credentials import Identity, IdentityStatus
from provenance.errors import ConfigError, EngineError
from provenance.rights.known import When
from provenance.text.canonical import Marks
from service.i18n import codes, languages, placeholders, sections, sentence, translate
from service.policy import CHECKS, PURPOSES, Finding
from service.rejudging import LACKING
from service.retention import RetentionCode
from service.survival import MarkKind, SurvivalOutcome
from service.verdict import Basis, Outcome, ReasonCode, Rights, VerdictOrigin
from service.verdict.integrity import Breakage
from service.verdict.reasons import because
from service.verdict.supplies import AiEvidence

CLOSED_SETS = {
    "needs_file": LACKING,
    "reason": ReasonCode,
    "origin": VerdictOrigin,
    "origin_meaning": VerdictOrigin,
    "basis": Basis,
    "integrity": ev.Integrity,
    "breakage": Breakage,
    "ai_evidence": AiEvidence,
    "discounted": Breakage,
    "signed_in_broken": Breakage,
    "rights": Rights,
    "finding": Finding,
    "finding_meaning": Finding,
    "outcome": Outcome,
    "signer_level": ev.SignerLevel,
    "identity_status": IdentityStatus,
    "identity_method": get_args(Identity.model_fields["method"].annotation),
    "credential_origin": ev.Origin,
    "statement": ev.Statement,
    "strength": ev.Strength,
    "carrier": ev.Carrier,
    "not_run_reason": ev.NotRunReason,
    "abstain_reason": ev.AbstainReason,
    "reservation_state": ev.ReservationState,
    "modality": Modality,
    "check": CHECKS,
    "purpose": PURPOSES,
    "use_when": When,
    "mark": MarkKind,
    "survival": SurvivalOutcome,
    "match": get_args(ev.Match.model_fields["match"].annotation),
    "retention": RetentionCode,
    "receipt_outcome": checks.Outcome,
    "receipt_check": checks.CheckName,
    "receipt_reason": checks.Reason,
    "measurement": (
        *("words", "quotation_words", "code_words", "boilerplate_words"),
        *Marks._fields,
        *style_names(),
    ),
    "unit": get_args(ev.Where.model_fields["unit"].annotation),
    "kind": tuple(
        record.model_fields["kind"].default for record in get_args(get_args(ev.Evidence)[0])
    ),
}

ALL = [(section, code) for section in sections() for code in codes(section)]


def texts(lang):
    """Every text as it stands in the files, by section and code."""
    tables = {}
    for name in (f"{lang}.toml", f"documents.{lang}.toml", f"pages.{lang}.toml"):
        file = resources.files("service.i18n").joinpath(name)
        tables |= tomllib.loads(file.read_text(encoding="utf-8"))
    return {(name, code): text for name, table in tables.items() for code, text in table.items()}


def test_english_and_french_are_there():
    assert languages() == ("en", "fr")


def test_every_language_has_the_same_keys_in_the_same_order():
    assert sections("fr") == sections("en")
    for section in sections("en"):
        assert codes(section, "fr") == codes(section, "en"), section


def test_every_language_has_the_same_parameters():
    for section, code in ALL:
        english = placeholders(section, code, "en")
        assert placeholders(section, code, "fr") == english, f"{section}.{code}"


@pytest.mark.parametrize("section", CLOSED_SETS)
def test_every_value_of_a_closed_set_has_a_text_and_no_other(section):
    assert set(codes(section)) == {str(value) for value in CLOSED_SETS[section]}


def test_every_parameter_that_is_a_code_names_a_section():
    named = {spec for section, code in ALL for _, spec in placeholders(section, code, "en")}
    assert "credential_origin" in named
    assert named - {"", "percent"} <= set(sections())


def test_french_is_translated():
    english, french = texts("en"), texts("fr")
    sentences = [key for key, text in english.items() if " " in text]
    assert len(sentences) > 150
    assert not [key for key in sentences if english[key] == french[key]]


def test_french_typography():
    for key, text in texts("fr").items():
        assert "'" not in text, f"{key}: typographic apostrophe"
        assert not re.search(r"[^\u202f{\w][:;?!%»]|\w[;?!%»]", text), f"{key}: narrow space"
        assert not re.search(r"\w:(?!\w+\})", text), f"{key}: narrow space before a colon"
        assert not re.search("«[^\u202f]", text), f"{key}: narrow space after «"
        assert "  " not in text, key
        assert text.count("«") == text.count("»"), key


def test_reasons_are_one_sentence():
    for lang in languages():
        for code in ReasonCode:
            text = texts(lang)["reason", code.value]
            assert text.endswith("."), (lang, code)
            assert not re.search(r"[.!?] [A-ZÀÉ]", text), (lang, code)


def test_a_reason_carries_its_english_sentence_and_has_one_in_french():
    reason = because(
        ReasonCode.DETECTION_SYNTHETIC, detector="music", exceedance=0.004, max_fpr=0.01
    )
    assert reason.text == sentence(reason, "en")
    assert "at most 0.4% of human works" in reason.text
    assert "au plus 0,4\u202f% des œuvres humaines" in sentence(reason, "fr")


@pytest.mark.parametrize(
    ("share", "shown"), [(0.01, "1"), (1, "100"), (0.000001, "0.0001"), (0.123456, "12.3")]
)
def test_shares_are_shown_as_percent_without_exponents(share, shown):
    reason = because(
        ReasonCode.DETECTION_SYNTHETIC, detector="music", exceedance=share, max_fpr=0.5
    )
    assert f"at most {shown}% of" in reason.text


def test_codes_inside_a_sentence_are_translated_too():
    reason = because(ReasonCode.CHECK_NOT_RUN, check="rights", source="robots", reason="timeout")
    assert "rights (robots) could not be completed (out of time)" in reason.text
    assert "«\u202fdroits\u202f» (robots)" in sentence(reason, "fr")
    assert "(délai dépassé)" in sentence(reason, "fr")


def test_a_value_is_never_read_as_a_format():
    reason = because(ReasonCode.SIGNER_UNTRUSTED, claimed_name="{0.__class__} {x}")
    assert '"{0.__class__} {x}"' in reason.text


def test_a_missing_text_is_an_error_and_never_another_language():
    with pytest.raises(EngineError, match=r"no text for reason\.gossip in fr\.toml"):
        translate("reason", "gossip", "fr")
    with pytest.raises(EngineError, match=r"no text for gossip\.x in en\.toml"):
        translate("gossip", "x", "en")


def test_a_missing_parameter_is_an_error():
    with pytest.raises(EngineError, match="needs the parameter 'url'"):
        translate("reason", "manifest_remote", "en")


def test_an_unknown_language_is_a_wrong_option():
    with pytest.raises(ConfigError, match="no language 'tlh'") as error:
        translate("ui", "yes", "tlh")
    assert "en, fr" in error.value.hint
