"""The vocabulary of usage preferences, now and in the drafts before."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from provenance.evidence import ReservationState
from provenance.rights.aipref import EVERYTHING, read_statement
from provenance.rights.purposes import strictest
from provenance.rights.records import Formal

RESERVED, ALLOWED = ReservationState.RESERVED, ReservationState.ALLOWED
UNKNOWN = ReservationState.UNKNOWN
NO = {"train-ai": RESERVED, "train-genai": RESERVED}
YES = {"train-ai": ALLOWED, "train-genai": ALLOWED}
UNCLEAR = {"train-ai": UNKNOWN, "train-genai": UNKNOWN}


def said(text):
    return {one.formal: dict(one.purposes) for one in read_statement(text)}


def codes(text):
    return {warning.partition(":")[0] for one in read_statement(text) for warning in one.warnings}


@pytest.mark.parametrize(
    ("text", "purposes"),
    [
        ("train-ai=n", NO),
        ("train-ai=y", YES),
        ("search=n", {"search": RESERVED}),
        ("train-ai=n, search=y", NO | {"search": ALLOWED}),
        ("train-ai=y, train-ai=n", NO),
        ("train-ai=n, train-ai=y", YES),
        ("train-ai=n;strength=5", NO),
        ("other=n, train-ai=n, another", NO),
    ],
)
def test_the_vocabulary_of_the_draft(text, purposes):
    assert said(text) == {Formal.VALID: purposes}
    assert codes(text) == set()


@pytest.mark.parametrize("text", ["", "  ", "other=n", "bot, human=?1"])
def test_what_is_not_in_the_vocabulary_says_nothing(text):
    assert read_statement(text) == ()


@pytest.mark.parametrize(
    ("text", "purposes"),
    [
        ("ai=y", YES),
        ("ai=n", NO),
        ("ai=y, genai=n", {"train-ai": ALLOWED, "train-genai": RESERVED}),
        ("genai=n", {"train-genai": RESERVED}),
        ("train-genai=n", {"train-genai": RESERVED}),
        ("inference=n", {"ai-input": RESERVED}),
        ("ai-use=n", {"ai-input": RESERVED}),
        ("ai-output=n", {"ai-input": RESERVED}),
        ("all=n", dict.fromkeys(EVERYTHING, RESERVED)),
        ("bots=n", dict.fromkeys(EVERYTHING, RESERVED)),
        ("tdm=n", {**NO, "tdm": RESERVED, "ai-input": RESERVED, "search": RESERVED}),
        ("tdm=n, ai=y", {**YES, "tdm": RESERVED, "ai-input": RESERVED, "search": RESERVED}),
    ],
)
def test_labels_of_earlier_drafts_are_understood_with_their_hierarchy(text, purposes):
    assert said(text) == {Formal.NONCONFORMING: purposes}
    assert codes(text) == {"legacy_vocab"}


def test_a_broad_earlier_label_does_not_speak_of_what_the_draft_names():
    found = said("all=n, train-ai=y")
    assert found[Formal.VALID] == YES
    assert found[Formal.NONCONFORMING].keys() == set(EVERYTHING) - YES.keys()


def test_a_narrow_earlier_label_restricts_further_and_does_not_permit():
    assert said("train-ai=y, train-genai=n") == {
        Formal.VALID: YES,
        Formal.NONCONFORMING: {"train-genai": RESERVED},
    }
    both = read_statement("train-ai=n, train-genai=y")
    assert strictest(one.purposes["train-genai"] for one in both) is RESERVED


def test_the_labels_of_content_signals_are_a_misspelling():
    assert said("ai-train=n") == {Formal.NONCONFORMING: NO}
    assert codes("ai-train=n") == {"typo"}


@pytest.mark.parametrize(
    ("text", "purposes"),
    [
        ("train-ai", UNCLEAR),
        ("train-ai=?1", UNCLEAR),
        ("train-ai=?0", NO),
        ('train-ai="n"', NO),
        ('train-ai="y"', UNCLEAR),
        ("train-ai=no", NO),
        ("train-ai=yes", UNCLEAR),
        ("train-ai=N", NO),
        ("train-ai=0", NO),
        ("train-ai=(n)", UNCLEAR),
        ("train-ai=y, train-ai", UNCLEAR),
    ],
)
def test_other_values_say_nothing_by_the_letter_and_never_permit(text, purposes):
    assert said(text) == {Formal.MALFORMED: purposes}
    assert codes(text) == {"unknown_token"}


@pytest.mark.parametrize(
    ("text", "purposes"),
    [
        ("Train-AI=n", NO),
        ("train-ai=n,", NO),
        ("train-ai=n search=y", NO | {"search": UNKNOWN}),
        ("train-ai: n", NO),
        ("train-ai=y, SEARCH=n", UNCLEAR | {"search": RESERVED}),
        ("train-ai = n", NO),
        ("train_ai=y,", UNCLEAR),
        ("{'train-ai': 'n'}", {}),
        ("no training please!", {}),
    ],
)
def test_what_does_not_parse_says_nothing_of_anything(text, purposes):
    (reading,) = read_statement(text)
    assert (reading.formal, reading.purposes) == (Formal.MALFORMED, purposes)
    assert codes(text) == {"unparseable"}


@given(st.text(alphabet="trainaisearchlgeno-=,;? ()\"'\\:.01yn\tAI", max_size=60))
def test_nothing_but_a_token_permits(text):
    for one in read_statement(text):
        if ALLOWED in one.purposes.values():
            assert one.formal is not Formal.MALFORMED
            assert "=y" in text


def test_a_long_statement_costs_little():
    from tests.fuzz.contract import calls_of

    for text in ("train-ai=n " * 40_000, "a" * 500_000, "a-" * 200_000 + "=", "x=" * 200_000):
        assert calls_of(lambda text=text: read_statement(text)) < 2 * len(text)
