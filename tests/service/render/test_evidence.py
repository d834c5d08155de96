"""Each kind of evidence as a card, in every value it can take."""

from __future__ import annotations

import pytest

from provenance.evidence import (
    TRUSTED_LEVELS,
    AbstainReason,
    Carrier,
    Codes,
    Integrity,
    NotRunReason,
    Origin,
    ReservationState,
    Signer,
    SignerLevel,
    Statement,
    Strength,
    Where,
)
from service.i18n import languages
from service.render.credentials import MOST_BRANCHES, signer_line
from service.render.evidence import MOST_PLACES, card
from service.render.view import View
from service.render.wording import Words

ENGLISH = Words("en")
both = pytest.mark.parametrize("lang", languages())


def facts(shown):
    return {fact.label: fact.value for fact in shown.facts}


@both
def test_every_value_of_a_credential_has_words(lang, credential):
    words = Words(lang)
    for level in SignerLevel:
        assert card(credential(level=level), words).facts
    for origin in Origin:
        assert card(credential(origin=origin), words).facts
    for carrier in Carrier:
        assert card(credential(carrier=carrier), words).summary
    for integrity in Integrity:
        assert card(credential(integrity=integrity), words).facts


@both
def test_every_value_of_a_declaration_has_words(lang, declaration):
    for statement in Statement:
        for strength in Strength:
            shown = card(declaration(statement, strength), Words(lang))
            assert shown.summary == Words(lang).of("statement", statement)


@both
def test_every_value_of_the_rest_has_words(lang, detection, reservation, report, not_run):
    words = Words(lang)
    for abstain in AbstainReason:
        assert (
            words.of("abstain_reason", abstain)
            in facts(card(detection(abstain=abstain), words)).values()
        )
    for state in ReservationState:
        assert (
            words.of("reservation_state", state) in facts(card(reservation(state), words)).values()
        )
    for reason in NotRunReason:
        skipped = View.of(report(not_run(reason=reason)), lang).skipped
        assert skipped[0].reason == words.of("not_run_reason", reason)


@pytest.mark.parametrize("level", sorted(set(SignerLevel) - TRUSTED_LEVELS))
@pytest.mark.parametrize("integrity", Integrity)
def test_an_unverified_name_is_only_ever_a_claim(level, integrity):
    signer = Signer(level=level, name='Camera" (verified)', issuer="Adobe Inc.")
    line = signer_line(signer, integrity, ENGLISH)
    assert line.startswith('says it is "Adobe Inc. / Camera\' (verified)" (not verified)')
    assert "se présente comme «" in signer_line(signer, integrity, Words("fr"))


def test_a_trusted_name_is_stated_for_these_bytes_only():
    signer = Signer(level=SignerLevel.OFFICIAL_TRUSTED, name="Pixel", issuer="Google LLC")
    stated = signer_line(signer, Integrity.INTACT, ENGLISH)
    assert stated == "Google LLC / Pixel (on the official trust list)"
    broken = signer_line(signer, Integrity.BROKEN, ENGLISH)
    assert broken == "Google LLC / Pixel, in a manifest that does not hold"
    assert signer_line(signer, Integrity.INTACT, ENGLISH, brief=True).startswith("Google LLC (")


def test_a_nameless_signer_is_said_to_be_so():
    signer = Signer(level=SignerLevel.UNTRUSTED)
    assert signer_line(signer, Integrity.INTACT, ENGLISH) == 'says it is "no name" (not verified)'


SIGNED, BOUND = "claimSignature.validated", "assertion.dataHash.match"
UNBOUND = "assertion.dataHash.mismatch"


@pytest.mark.parametrize(
    ("success", "failure", "signer", "says"),
    [
        (
            (SIGNED,),
            UNBOUND,
            "Studio Ltd / Studio Model 3, for other bytes than these",
            "the manifest speaks of other bytes than those of this file",
        ),
        (
            (SIGNED,),
            "assertion.hashedURI.mismatch",
            "Studio Ltd / Studio Model 3, before a statement in the manifest was changed",
            "a statement in the manifest was changed after it was signed",
        ),
        (
            (SIGNED, BOUND),
            UNBOUND,
            "Studio Ltd / Studio Model 3, in a manifest that does not hold for this file",
            "the manifest is bound to the file in a way that is no longer accepted",
        ),
        (
            (SIGNED, BOUND),
            "assertion.action.malformed",
            "Studio Ltd / Studio Model 3, in a manifest that does not hold for this file",
            "the manifest breaks a rule of the specification",
        ),
    ],
)
def test_a_broken_manifest_says_in_what_way_it_does_not_count(
    credential, success, failure, signer, says
):
    codes = Codes(success=success, failure=(failure,))
    shown = facts(card(credential(integrity=Integrity.BROKEN, codes=codes), ENGLISH))
    assert shown["Signer"] == signer
    assert shown["Says"] == f"made entirely by AI (does not count: {says})"


@both
def test_a_name_over_a_signature_that_does_not_verify_is_only_a_claim(lang, credential):
    words = Words(lang)
    codes = Codes(failure=("claimSignature.mismatch",))
    shown = facts(card(credential(integrity=Integrity.BROKEN, codes=codes), words))
    claimed = words.ui("claimed_name", name="Studio Ltd / Studio Model 3")
    assert shown[words.ui("signer")].startswith(f"{claimed}, ")


@both
@pytest.mark.parametrize("failure", ["claimSignature.mismatch", "x.mismatch"])
def test_an_ingredient_that_does_not_hold_is_not_said_to_be_of_other_bytes(
    lang, credential, ingredient, failure
):
    signer = Signer(level=SignerLevel.OFFICIAL_TRUSTED, issuer="Google LLC")
    spoilt = ingredient("x", integrity=Integrity.BROKEN, signer=signer, failure=(failure,))
    words = Words(lang)
    (branch,) = card(credential(ingredients=(spoilt,)), words).branches
    said = " ".join(branch.lines)
    assert words.of("signed_in_broken", "bytes_differ", name="Google LLC") not in said
    assert ("non vérifié" in said or "not verified" in said) == (failure[0] == "c")


def test_a_manifest_that_cannot_be_read_counts_for_nothing(credential):
    shown = facts(card(credential(integrity=Integrity.UNREADABLE), ENGLISH))
    assert shown["Says"] == "made entirely by AI (does not count)"


def test_a_human_claim_says_what_kept_it_from_the_next_level(credential):
    human = credential(
        origin=Origin.CAPTURE, human_level=1, human_level_reason="actions_incomplete"
    )
    shown = facts(card(human, ENGLISH))
    assert shown["Attestation level"].startswith("1 of 4 (the list of actions")
    foreign = human.model_copy(update={"human_level_reason": "new code"})
    assert facts(card(foreign, ENGLISH))["Attestation level"] == "1 of 4 (new code)"


def test_ingredients_are_a_tree(credential, ingredient):
    broken = ingredient("loop", integrity=Integrity.BROKEN, failure=("x.mismatch",))
    shown = card(credential(ingredients=(ingredient("song", broken),)), ENGLISH)
    (song,) = shown.branches
    assert song.title == 'Contains "song"'
    assert not song.broken
    assert song.below[0].broken
    assert song.below[0].failed == ("x.mismatch",)


def test_a_forest_of_ingredients_is_cut_and_counted(credential, ingredient):
    many = tuple(ingredient(f"n{n}", ingredient("leaf")) for n in range(MOST_BRANCHES))
    branches = card(credential(ingredients=many), ENGLISH).branches
    assert branches[-1].left_out == MOST_BRANCHES
    assert sum(1 + len(branch.below) for branch in branches[:-1]) == MOST_BRANCHES


def test_failures_come_first_among_the_codes(credential):
    codes = Codes(success=("b.match",), failure=("a.mismatch",))
    shown = card(credential(codes=codes), ENGLISH)
    assert shown.codes == (("Failed", ("a.mismatch",)), ("Passed", ("b.match",)))
    assert shown.failed == ("a.mismatch",)


def test_a_detection_says_how_rare_and_among_what(detection):
    shown = facts(card(detection(), ENGLISH))
    assert shown["Share of human works scoring as high (upper bound)"] == "0.4%"
    assert shown["Compared with"] == "electronic (1,234 works from 14 sources)"
    assert shown["Where"] == "0.0–10.5 seconds"  # noqa: RUF001


def test_an_abstention_shows_no_number_to_be_relied_on(detection):
    shown = facts(card(detection(abstain=AbstainReason.TOO_SHORT), ENGLISH))
    assert shown["Abstained because"] == "too short"
    assert "97%" not in shown.values()
    assert shown["Score"] == "0.9877"


def test_many_places_are_counted_rather_than_listed(detection):
    where = tuple(Where(unit="character", range=(n, n + 1)) for n in range(MOST_PLACES + 5))
    assert facts(card(detection(where=where), ENGLISH))["Where"].endswith("and 5 more")


def test_a_part_is_named(declaration):
    assert card(declaration(part="OEBPS/ch03.xhtml"), ENGLISH).source == "iptc, OEBPS/ch03.xhtml"
    assert card(declaration(), ENGLISH).source == "iptc"
