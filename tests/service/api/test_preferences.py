"""What a request prefers, whatever its headers hold."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from service.api.preferences import preferred

FORMS, LANGUAGES = ("text/html", "application/json"), ("en", "fr")


@pytest.mark.parametrize(
    ("header", "chosen"),
    [
        (None, "text/html"),
        ("", "text/html"),
        ("*/*", "text/html"),
        ("application/json", "application/json"),
        ("application/json, text/html", "text/html"),
        ("application/json, text/html;q=0.9", "application/json"),
        ("text/html;q=0.1, */*;q=0.2", "text/html"),
        ("application/*", "application/json"),
        ("APPLICATION/JSON; Q=1", "application/json"),
        ("image/png", "text/html"),
        ("application/json;q=0", "text/html"),
        ("application/json;q=nonsense", "text/html"),
        ("application/json;q=-1", "text/html"),
        ("text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8", "text/html"),
    ],
)
def test_a_form(header, chosen):
    assert preferred(header, FORMS) == chosen


@pytest.mark.parametrize(
    ("header", "chosen"),
    [
        (None, "en"),
        ("fr", "fr"),
        ("fr-CA", "fr"),
        ("de, fr;q=0.5", "fr"),
        ("fr;q=0.5, en;q=0.8", "en"),
        ("en;q=0.5, fr;q=0.8", "fr"),
        ("de", "en"),
        ("*", "en"),
        ("fr;q=0", "en"),
        (", ,;q=1", "en"),
    ],
)
def test_a_language(header, chosen):
    assert preferred(header, LANGUAGES) == chosen


@given(st.text(max_size=200))
def test_whatever_a_header_holds_something_is_chosen(header):
    assert preferred(header, FORMS) in FORMS
    assert preferred(header, LANGUAGES) in LANGUAGES
