"""Facts about a file, and how a text is typed."""

from __future__ import annotations

import pytest
from pydantic import ValidationError

from detectors.facts import Facts, typography


def test_shares_are_of_all_characters():
    found = typography("\u201cA\u201d \u2014 b\n")
    assert found == {
        "curly_quotes": 0.25,
        "em_dashes": 0.125,
        "newlines": 0.125,
        "non_ascii": 0.375,
        "markdown": 0.0,
    }


@pytest.mark.parametrize(
    "text", ["# Title", "- one", "12. two", "> said", "**strong** word", "`x`"]
)
def test_marks_of_markdown_are_seen(text):
    assert typography(text)["markdown"] > 0


@pytest.mark.parametrize("text", ["2 * 3 * 4", "a - b", "#tag", "C# is sharp", "1.5 times"])
def test_plain_signs_are_not_markdown(text):
    assert typography(text)["markdown"] == 0


def test_no_text_has_no_typography():
    assert typography("") == {}


def test_what_does_not_apply_is_none_and_nothing_else_may_be_said():
    facts = Facts(media_type="image/png", bytes=3, width=1, height=1)
    assert facts.seconds is None
    assert Facts.model_validate_json(facts.model_dump_json()) == facts
    with pytest.raises(ValidationError):
        Facts(media_type="image/png", bytes=3, artist="A")
