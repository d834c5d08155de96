"""Values in a report are bounded and cannot act on whoever displays them."""

from __future__ import annotations

import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st

from provenance.metadata.values import clean, json_object


def test_terminal_escapes_and_overrides_are_written_out():
    assert clean("a\x1b[31mb") == "a\\x1b[31mb"
    assert clean("a\rb\x9bc") == "a\\x0db\\x9bc"
    assert clean("abc\u202egpj.exe") == "abc\\u202egpj.exe"
    assert clean("a\u2028b\ud800c") == "a\\u2028b\\ud800c"


def test_lines_tabs_and_joined_emoji_stay():
    assert clean("a\r\nb\tc \U0001f469\u200d\U0001f680") == "a\nb\tc \U0001f469\u200d\U0001f680"


def test_a_value_is_cut_on_a_character():
    assert clean("é" * 3000) == "é" * 2048
    assert clean("aé" * 3000, 4) == "aéa"


@given(st.text(st.characters(), max_size=300), st.integers(1, 64))
def test_any_text_becomes_harmless_and_short(text, limit):
    cleaned = clean(text, limit)
    assert len(cleaned.encode()) <= limit
    assert not any(ord(c) < 32 and c not in "\n\t" for c in cleaned)


@pytest.mark.parametrize(
    "text",
    ["", "[1]", "1", "{", '{"a":', "{" * 5, '{"a":' * sys.getrecursionlimit() * 2, "{'a':1}"],
)
def test_what_is_no_json_object_is_none(text):
    assert json_object(text) is None


def test_a_number_too_long_to_convert_is_none():
    assert json_object('{"a": ' + "9" * 10_000 + "}") is None


def test_an_object_is_read_between_white_space():
    assert json_object('\ufeff {"a": 1}\x00\n') == {"a": 1}
