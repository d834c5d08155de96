"""The canonical form: what goes, what stays, and where each character came from."""

import string

import pytest
from hypothesis import given
from hypothesis import strategies as st

from provenance.text import Mapped, canonical, match_key
from provenance.text.lookalikes import BY_LETTER, LOOKALIKES

PLAIN = 'The password isn\'t "quoted" - it is 1990-1995, and so on... Really?'

SAME_WORDS = {
    "curly quotes": PLAIN.replace("'", "\u2019").replace('"', "\u201c"),
    "a long dash": PLAIN.replace(" - ", "\u2014"),
    "an em dash with spaces": PLAIN.replace(" - ", " \u2014 "),
    "two hyphens": PLAIN.replace(" - ", " -- "),
    "an en dash between numbers": PLAIN.replace("1990-", "1990\u2013"),
    "an ellipsis": PLAIN.replace("...", "\u2026"),
    "zero-width spaces": "\u200b".join(PLAIN),
    "soft hyphens": PLAIN.replace("ss", "s\u00ads"),
    "no-break spaces": PLAIN.replace(" ", "\u00a0"),
    "lines": PLAIN.replace(" ", "\n"),
    "lines of Windows": PLAIN.replace(" ", "\r\n"),
    "many spaces": PLAIN.replace(" ", "   \t"),
    "full width": "".join(chr(ord(one) + 0xFEE0) if one.isalnum() else one for one in PLAIN),
    "mathematical letters": PLAIN.replace(
        "password", "\U0001d429\U0001d41a\U0001d42c\U0001d42cword"
    ),
    "tags": PLAIN + "\U000e0041\U000e0042",
    "a direction": "\u202e" + PLAIN + "\u202c",
    "bold": PLAIN.replace("password", "**password**"),
    "emphasis": PLAIN.replace("password", "_password_"),
    "a link": PLAIN.replace("password", "[password](https://example.org/a_(b))"),
    "a heading before it": "## A title\n\n" + PLAIN,
    "a list sign": "* " + PLAIN,
    "a quotation sign": "> " + PLAIN,
    "an address after it": PLAIN + " https://example.org/x?y=z",
    "French spaces": PLAIN.replace("?", "\u202f?"),
}


@pytest.mark.parametrize("disguise", SAME_WORDS)
def test_a_text_in_another_dress_is_the_same(disguise: str) -> None:
    assert canonical(SAME_WORDS[disguise]).text == PLAIN


@pytest.mark.parametrize("letter", [one for one in BY_LETTER if one in string.ascii_lowercase])
def test_look_alikes_in_a_latin_word_are_read_as_latin(letter: str) -> None:
    for other in BY_LETTER[letter]:
        assert canonical(f"a few words and qu{other}rtz").text == f"a few words and qu{letter}rtz"


def test_every_look_alike_stands_for_one_letter() -> None:
    assert len(LOOKALIKES) == sum(map(len, BY_LETTER.values()))


@pytest.mark.parametrize(
    "text",
    [
        "\u041c\u043e\u0441\u043a\u0432\u0430 \u0438 \u0440\u043e\u0442.",
        "\u03b1-helix and \u03b2-sheet, where \u03c1 is small",
        "\u0391\u03b8\u03ae\u03bd\u03b1 \u03ba\u03b1\u03b9 \u03cc\u03c7\u03b9",
    ],
)
def test_words_of_other_scripts_stay(text: str) -> None:
    assert canonical(text).text == text


def test_accents_are_joined_and_disguises_of_accents_go() -> None:
    assert canonical("e\u0301te\u0301").text == "\u00e9t\u00e9"
    assert canonical("z" + "\u0300\u0301\u0302\u0303\u0304" * 4 + "algo").text.isalpha()


def test_what_was_folded_is_counted() -> None:
    marks = canonical(
        "\u200bp\u0430ssword \u201cx\u201d \u2014 \u00ab\u00a0y\u00a0\u00bb\u2026"
    ).marks
    assert (marks.invisible, marks.lookalikes, marks.curly_quotes) == (1, 1, 2)
    assert (marks.long_dashes, marks.guillemets, marks.odd_spaces) == (1, 2, 2)
    assert (marks.ellipses, marks.addresses, marks.markdown) == (1, 0, 0)


def test_the_place_of_a_word_is_where_it_stood() -> None:
    text = (
        "# Title\n\n\u200b**First** word\u2026 then \u201csec\u00adond\u201d "
        "([link](http://x.org)) \ufb01n."
    )
    found = canonical(text)
    for word, stood in (("First", "First"), ("second", "sec\u00adond"), ("link", "link")):
        start = found.text.index(word)
        low, high = found.span(start, start + len(word))
        assert text[low:high] == stood
    low, high = found.span(found.text.index("fin"), len(found.text))
    assert text[low:high] == "\ufb01n."


def test_chosen_stretches_keep_their_places() -> None:
    text = "left out. kept one.\nleft out too. kept \u2018two\u2019."
    spans = [(text.index("kept one"), text.index("\n")), (text.index("kept \u2018"), len(text))]
    found = canonical(Mapped.of(text, spans))
    assert found.text == "kept one. kept 'two'."
    start = found.text.index("two")
    assert text[slice(*found.span(start, start + 3))] == "two"


def test_a_dash_before_speech_goes_with_the_line_it_began() -> None:
    lines = "\u2014 Bonjour.\n\u2014 Tu viens ?\n\u2014 Non."
    assert canonical(lines).text == "Bonjour. Tu viens? Non."


ALPHABET = st.one_of(
    st.sampled_from(sorted(LOOKALIKES)),
    st.sampled_from(
        list("abcdef XYZ.,;!?'\"-*_#>[]()`~|\n\r\t01\u2014\u00ab\u00bb\u2019\u200b\u0301")
    ),
    st.characters(),
)


@given(st.text(ALPHABET, max_size=60))
def test_places_rise_and_lie_inside_for_any_text(text: str) -> None:
    mapped = canonical(text).mapped
    origins = mapped.origins.tolist()
    assert len(origins) == len(mapped.text) + 1
    assert origins == sorted(origins)
    assert all(0 <= one <= len(text) for one in origins)
    key = match_key(canonical(text))
    assert len(key.origins) == len(key.text) + 1
    assert all(map(str.isalnum, key.text))


@given(st.text(st.sampled_from(list("ab cd.,!?'\"\u2014\u2019\u200b\u00e9\n")), max_size=80))
def test_the_form_of_a_form_is_itself(text: str) -> None:
    once = canonical(text).text
    assert canonical(once).text == once


def test_match_keys_know_letters_and_digits_only() -> None:
    key = match_key(canonical("L\u2019\u00c9t\u00e9, c'est 20 \u00b0C \u2014 Stra\u00dfe!"))
    assert key.text == "letecest20cstrasse"
    text = "Un \u00c9t\u00e9."
    found = match_key(canonical(text))
    assert text[slice(*found.span(2, 5))] == "\u00c9t\u00e9"


HOSTILE = {
    "spaces": " " * 300_000,
    "spaces and dashes": ("\u2014" + " " * 1_000) * 300,
    "guillemets far away": "\u00ab" + " " * 300_000 + "\u00bb",
    "strong that never ends": "__a " * 80_000,
    "emphasis that never ends": "*a " * 80_000,
    "images that never end": "![" * 80_000,
    "links that never end": "[a](" * 80_000,
    "fences that never end": "```\n" * 80_000,
    "stars": "*" * 300_000,
    "underscores": "_" * 300_000,
    "accents": "e" + "\u0301" * 300_000,
    "dots": "." * 300_000,
    "at signs": "a@" * 100_000,
    "look-alikes": "\u0430" * 300_000,
    "quotation signs": ">" * 300_000,
    "invisible": "\u200b" * 300_000,
}


@pytest.mark.parametrize("text", HOSTILE.values(), ids=HOSTILE)
def test_hostile_text_takes_no_more_than_its_length(text: str) -> None:
    """Were a pattern quadratic, this would take minutes."""
    assert len(canonical(text).text) <= len(text)
