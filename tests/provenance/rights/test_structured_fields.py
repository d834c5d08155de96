"""RFC 9651 dictionaries: what parses, what does not, and what either costs."""

from __future__ import annotations

import sys
from contextlib import suppress

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from provenance.rights.structured_fields import (
    Member,
    StructuredFieldError,
    Type,
    parse_dictionary,
)
from tests.fuzz.contract import calls_of


@pytest.mark.parametrize(
    ("text", "members"),
    [
        ("", {}),
        ("   ", {}),
        ("a=y", {"a": (Type.TOKEN, "y")}),
        ("a=y\t", {"a": (Type.TOKEN, "y")}),
        (" a=y ", {"a": (Type.TOKEN, "y")}),
        ("a=y,b=n", {"a": (Type.TOKEN, "y"), "b": (Type.TOKEN, "n")}),
        ("a=y \t,\t b=n", {"a": (Type.TOKEN, "y"), "b": (Type.TOKEN, "n")}),
        ("a", {"a": (Type.BOOLEAN, "?1")}),
        ("a;p, b;q=1;r=y", {"a": (Type.BOOLEAN, "?1"), "b": (Type.BOOLEAN, "?1")}),
        ("a=n;q=0.5", {"a": (Type.TOKEN, "n")}),
        ("a=y, a=n", {"a": (Type.TOKEN, "n")}),
        ("a=y, a", {"a": (Type.BOOLEAN, "?1")}),
        ("*a.b_c-1=*x/y:z", {"*a.b_c-1": (Type.TOKEN, "*x/y:z")}),
        ('a="y, \\"n\\""', {"a": (Type.STRING, '"y, \\"n\\""')}),
        ("a=?0", {"a": (Type.BOOLEAN, "?0")}),
        ("a=-12", {"a": (Type.INTEGER, "-12")}),
        ("a=1.125", {"a": (Type.DECIMAL, "1.125")}),
        ("a=@1659578233", {"a": (Type.DATE, "@1659578233")}),
        ("a=:aGk=:", {"a": (Type.BYTES, ":aGk=:")}),
        ("a=:aGk:", {"a": (Type.BYTES, ":aGk:")}),
        ('a=%"f%c3%bc"', {"a": (Type.DISPLAY_STRING, '%"f%c3%bc"')}),
        ("a=(y n;p)", {"a": (Type.INNER_LIST, "(y n;p)")}),
        ("a=()", {"a": (Type.INNER_LIST, "()")}),
    ],
)
def test_a_dictionary(text, members):
    expected = {key: Member(*member) for key, member in members.items()}
    assert parse_dictionary(text) == expected


@pytest.mark.parametrize(
    "text",
    [
        *("A=y", "a=y,", "a=y, ", "a=y b=n", "a=y,,b", ",a", "a =y", "a= y", "a=", "=y", "\ta=y"),
        *("a=y;", "a=y;P", "a=é", "é=y", "a=(y", "a=(y,n)", "a=(y)n", "a=((y))"),
        *(
            'a="y',
            'a="\t"',
            "a=?2",
            "a=?",
            "a=1.",
            "a=1.1234",
            "a=" + "1" * 16,
            "a=1234567890123.1",
        ),
        *("a=-", "a=--1", "a=@1.5", "a=:*:", "a=:a:", 'a=%"%FF"', 'a=%"%ff"', "a=\x00", "a=y\r\nb"),
    ],
)
def test_no_dictionary(text):
    with pytest.raises(StructuredFieldError):
        parse_dictionary(text)


@given(st.text(alphabet='ab*=,;? ()"\\:@%.-01yn\t\x00é', max_size=40))
@example("a=(")
def test_any_text_is_a_dictionary_or_an_error(text):
    try:
        found = parse_dictionary(text)
    except StructuredFieldError:
        return
    written = ", ".join(
        key if member.written == "?1" else f"{key}={member.written}"
        for key, member in found.items()
    )
    assert parse_dictionary(written) == found


HOSTILE = [
    ", ".join(f"k{number}=y" for number in range(20_000)),
    "a=y" + "".join(f";p{number}=1" for number in range(20_000)),
    "a=(" + "y " * 50_000 + ")",
    "a=" + "(" * 100_000,
    'a="' + '\\"' * 100_000,
    "a=y" + " " * 200_000 + "b",
    "a" * 200_000,
    "a=%" + '"' + "%41" * 60_000,
]


@pytest.mark.parametrize("text", HOSTILE, ids=range(len(HOSTILE)))
def test_the_cost_is_linear(text):
    def parse():
        with suppress(StructuredFieldError):
            parse_dictionary(text)

    assert calls_of(parse) < 20 * len(text) + 1000
    assert sys.getrecursionlimit() < len(text)  # nothing here nests
