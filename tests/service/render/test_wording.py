"""Words, numbers, and strings written to deceive."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len

from service.render.visibility import visible
from service.render.wording import Words, folded, one_line, quotable

ENGLISH, FRENCH = Words("en"), Words("fr")


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("Été 歌 ñ \u2019.mp3", "Été 歌 ñ \u2019.mp3"),
        ("\x1b[31mred", "<U+001B>[31mred"),
        ("photo\u202egpj.exe", "photo<U+202E>gpj.exe"),
        ("a\nb\tc", "a<U+000A>b<U+0009>c"),
        ("zero\u200bwidth\u2066", "zero<U+200B>width<U+2066>"),
        ("tag\U000e0041", "tag<U+E0041>"),
        ("filler\u3164\ufe01", "filler<U+3164><U+FE01>"),
        ("line\u2028end\x9b", "line<U+2028>end<U+009B>"),
        ("lone\udc80", "lone<U+DC80>"),
        ("no\u00a0break\u202fspace", "no\u00a0break\u202fspace"),
    ],
)
def test_what_is_not_seen_is_written_out(text, shown):
    assert visible(text) == shown


def test_a_tower_of_marks_is_cut_off_at_its_base():
    shown = visible("e" + "\u0301" * 40)
    assert shown.count("\u0301") == 4
    assert shown.count("<U+0301>") == 36


@given(st.text())
def test_nothing_invisible_is_left(text):
    unseen = {"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"}
    assert not unseen & {unicodedata.category(letter) for letter in visible(text)}


@given(st.text(), st.integers(min_value=2, max_value=40))
def test_one_line_is_one_and_within_its_limit(text, limit):
    line = one_line(text, limit)
    assert len(line) <= limit
    assert len(line.splitlines()) <= 1


def test_quotation_marks_cannot_be_closed_from_inside():
    assert '"' not in quotable('Adobe" (verified) "')
    assert not {"«", "»", "“", "”"} & set(quotable("« Adobe » “x”"))
    assert quotable("\u202eevil") == "<U+202E>evil"


@given(st.text(min_size=1, max_size=200), st.integers(min_value=8, max_value=60))
def test_folded_names_fit(text, width):
    assert cell_len(folded(visible(text), width)) <= width


def test_folding_keeps_the_beginning_and_more_of_the_end():
    shown = folded("uploads/2026/november/artist/the-long-title-of-a-song.flac", 24)
    assert shown.startswith("upload")
    assert shown.endswith("of-a-song.flac")
    assert "…" in shown
    assert folded("short.mp3", 24) == "short.mp3"


@pytest.mark.parametrize(
    ("count", "english", "french"),
    [
        (0, "0 bytes", "0\u00a0octets"),
        (999, "999 bytes", "999\u00a0octets"),
        (1_000, "1.0 kB", "1,0\u00a0ko"),
        (3_400_000, "3.4 MB", "3,4\u00a0Mo"),
        (999_600, "1.0 MB", "1,0\u00a0Mo"),
        (123_000_000, "123 MB", "123\u00a0Mo"),
        (5 * 10**16, "50,000 TB", "50\u202f000\u00a0To"),
    ],
)
def test_sizes(count, english, french):
    assert ENGLISH.size(count) == english
    assert FRENCH.size(count) == french


def test_numbers_are_set_as_the_language_sets_them():
    assert ENGLISH.number(1234567) == "1,234,567"
    assert FRENCH.number(1234567.891, 2) == "1\u202f234\u202f567,89"
    assert ENGLISH.percent(0.004) == "0.4%"
    assert FRENCH.percent(0.004) == "0,4\u202f%"
    assert ENGLISH.labelled("Signer", "x") == "Signer: x"
    assert FRENCH.labelled("Signataire", "x") == "Signataire\u202f: x"


def test_an_unknown_code_of_an_open_set_is_shown_as_it_is():
    assert ENGLISH.known("relationship", "parentOf") == "Made from"
    assert ENGLISH.known("relationship", "odd\x1b") == "odd<U+001B>"
