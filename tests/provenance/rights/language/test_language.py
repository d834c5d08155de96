"""How a sentence is taken apart and what it says: by example, on whole sets, and under attack."""

from __future__ import annotations

import json
import time
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from provenance.evidence import ReservationState
from provenance.rights.language.card import shipped
from provenance.rights.language.folding import fold, tokens
from provenance.rights.language.pages import about_itself, is_terms_title, regions
from provenance.rights.language.recognition import language_of, passages
from provenance.rights.language.sentences import sentences
from provenance.rights.language.statements import statements
from provenance.rights.purposes import strictest

FOLDER = Path(__file__).parent
RESERVING = {ReservationState.RESERVED, ReservationState.CONDITIONAL}


def development():
    for language in ("en", "fr"):
        path = FOLDER / f"development_{language}.jsonl"
        for line in path.read_text("utf-8").splitlines():
            one = json.loads(line)
            yield pytest.param(language, one, id=f"{language}-{one['text'][:60]}")


def reading(text, language="en"):
    """Purposes of all that a text says, and the strictest state."""
    found = {}
    for said in statements(text, language):
        found |= said.purposes
    return (strictest(found.values()).value if found else None), sorted(found)


@pytest.mark.parametrize(("language", "one"), list(development()))
def test_the_sentences_the_rules_were_written_with(language, one):
    state, purposes = reading(one["text"], language)
    assert state == one["reading"]
    if one["purposes"]:
        assert purposes == sorted(one["purposes"])


@pytest.mark.parametrize("language", ["en", "fr"])
def test_sentences_by_another_hand_stay_as_precise_as_the_card_says(language):
    hits = alarms = misses = 0
    for line in (FOLDER / f"sentences_{language}.jsonl").read_text("utf-8").splitlines():
        one = json.loads(line)
        said = statements(one["text"], language)
        found = any(set(each.purposes.values()) & RESERVING for each in said)
        hits += found and one["reserves"]
        alarms += found and not one["reserves"]
        misses += one["reserves"] and not found
    assert hits / (hits + alarms) >= 0.95
    assert hits / (hits + misses) >= 0.7


def test_only_a_language_that_was_measured_well_is_shipped():
    assert shipped() <= {"en", "fr"}


@pytest.mark.parametrize(
    "text",
    [
        "L\u2019ENTRAÎNEMENT D\u2019IA SUR NOS TEXTES EST INTERDIT.",
        "L'entrainement d'IA sur nos textes est interdit.",
        "L\u00b4entraînement d\u00b4I.A. sur nos textes est interdit.",
        "L\u2019entraîne\u00adment d\u2019IA sur nos textes est inter\u200bdit.",
        "L\u2019entrai\u0302nement d\u2019IA\nsur nos textes\nest interdit.",
    ],
)
def test_spelling_does_not_matter(text):
    assert reading(text, "fr") == ("reserved", ["train-ai"])


def test_words_are_folded_in_place():
    text = "Don\u2019t mine l\u2019Œuvre."
    words = tokens(text)
    assert [one.word for one in words] == ["do", "not", "mine", "l", "oeuvre"]
    assert text[words[-1].start : words[-1].end] == "Œuvre"
    assert fold("ÉTÉ") == "ete"


def test_lawyers_abbreviations_end_no_sentence():
    text = "Under art. 4 of Dir. 2019/790, cf. no. 18, rights are reserved. Thank you."
    assert len(list(sentences(text))) == 2


def test_an_item_has_the_line_that_leads_in():
    text = "You may not:\n- copy;\n- train AI.\n\nEnd."
    leads = [one.lead for one in sentences(text)]
    assert leads == [None, (0, 12), (0, 12), None]


def test_two_clauses_say_two_things():
    (said,) = statements(
        "Text and data mining is permitted, but you may not use our works to train AI.", "en"
    )
    assert said.purposes["train-ai"] is ReservationState.RESERVED
    assert said.purposes["tdm"] is ReservationState.ALLOWED


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("You may not use the content of this site.", "en"),
        ("Le contenu de ce site ne peut être utilisé.", "fr"),
        ("Die Inhalte dürfen nicht für das Training der KI genutzt werden.", "de"),
        ("No se permite el uso de los contenidos para la minería de textos.", "es"),
        ("TDM", None),
    ],
)
def test_languages_are_known_by_their_small_words(text, language):
    assert language_of(text) == language


@given(st.text(max_size=300))
def test_passages_are_all_of_a_text(text):
    found = list(passages(text))
    assert "".join(text[one.start : one.end] for one in found) == text


@given(st.text(alphabet="<>!-/ abfooterqpre&;='\"\n", max_size=200))
def test_places_in_a_page_are_in_order_and_inside(page):
    for region in [*about_itself(page), *regions(page)]:
        text = region.text
        for at in range(len(text)):
            start, end = region.span(at, at + 1)
            assert 0 <= start <= end <= len(page)


@given(st.text(max_size=400), st.sampled_from(["en", "fr"]))
def test_statements_stand_inside_the_text_and_say_something(text, language):
    for said in statements(text, language):
        assert 0 <= said.start < said.end <= len(text)
        assert said.purposes


@pytest.mark.parametrize("title", ["Terms & conditions", "Mentions légales", "/cgu", "AI policy"])
def test_titles_of_terms(title):
    assert is_terms_title(title)


@pytest.mark.parametrize("title", ["How they met", "/news/2024/05/ai", "Le journal", ""])
def test_other_titles(title):
    assert not is_terms_title(title)


@pytest.mark.parametrize(
    "repeated",
    [
        "not permitted to train ai or may not ",
        "you may not, except that ",
        "prohibited: ai training; ",
        "no ",
        "ai training prohibited and, ",
        "reserve rights ",
        "\u201cai ",
        "ai. ",
        "- ai:\n",
        "((",
    ],
)
def test_cost_grows_no_faster_than_the_text(repeated):
    def cost(size):
        text = (repeated * (size // len(repeated) + 1))[:size] + " AI"
        start = time.process_time()
        for _ in statements(text, "en"):
            pass
        return time.process_time() - start

    cost(1000)
    small, large = min(cost(20_000) for _ in range(3)), cost(160_000)
    assert large < 0.5 + small * 8 * 4
