"""Prose: what a text says itself; quotations, code and boilerplate are set aside and counted."""

import pytest

from detectors.text.prose import prose
from detectors.text.windows import cut
from provenance.text import canonical

SAID = (
    "The committee met on Tuesday and heard the report of its members, who had looked into the "
    "matter for several weeks and had not come to the same conclusion."
)
QUOTED = "Nobody had told them what the work would cost, or how long it would take. " * 4


def kept(text: str) -> str:
    return " ".join(text[start:end].strip() for start, end in prose(text).spans)


def test_plain_prose_is_kept_whole() -> None:
    text = f"{SAID}\n\n{SAID} Again."
    found = prose(text)
    assert found.spans == ((0, len(text)),)
    assert (found.quotation, found.code, found.boilerplate) == (0, 0, 0)


@pytest.mark.parametrize(
    "quotation",
    [
        "\n".join(f"> {one}." for one in QUOTED.split(". ")),
        f"\u201c{QUOTED}\u201d",
        f"\u00ab\u00a0{QUOTED}\u00a0\u00bb",
        f'"{QUOTED}"',
    ],
)
def test_long_quotations_are_set_aside(quotation: str) -> None:
    found = prose(f"{SAID}\n\n{quotation}\n\n{SAID}")
    assert found.quotation >= 40
    assert "cost" not in kept(f"{SAID}\n\n{quotation}\n\n{SAID}")


def test_what_people_say_in_a_story_is_no_quotation() -> None:
    text = f"{SAID} \u201cI do not know,\u201d she said, \u201cand neither do you.\u201d"
    assert prose(text).quotation == 0
    assert "neither do you" in kept(text)


@pytest.mark.parametrize(
    "code",
    [
        "```python\nfor word in words:\n    print(word)\n```",
        "for (int i = 0; i < n; i++) {\n    total += values[i];\n}\nreturn total / (double) n;",
    ],
)
def test_code_is_set_aside(code: str) -> None:
    text = f"{SAID}\n\n{code}\n\n{SAID}"
    assert prose(text).code > 0
    assert "print" not in kept(text)
    assert "total +=" not in kept(text)


@pytest.mark.parametrize(
    "boilerplate",
    [
        "Home\nAbout us\nContact\nArchive",
        "| name | value |\n| a | b |",
        "\u00a9 2019 The Paper. All rights reserved.",
        "Lire aussi : Un autre article",
    ],
)
def test_menus_tables_and_notices_are_set_aside(boilerplate: str) -> None:
    text = f"{SAID}\n\n{boilerplate}\n\n{SAID}"
    assert kept(text) == f"{SAID} {SAID}"
    assert prose(text).boilerplate > 0


def test_a_line_that_comes_again_and_again_is_no_prose() -> None:
    pages = "".join(f"Annual report of the society, 2004.\n{SAID} {page}.\n" for page in range(4))
    assert "Annual" not in kept(pages)


def test_verse_is_told_from_prose() -> None:
    verse = "\n".join(["The sea is calm to-night", "The tide is full, the moon lies fair"] * 6)
    assert prose(verse).is_verse
    assert not prose(f"{SAID}\n" * 12).is_verse
    assert not prose("\n".join(f"- item {n}" for n in range(12))).is_verse


def test_an_empty_text_has_no_prose() -> None:
    assert prose("").spans == ()
    assert prose(" \n \n").spans == ()


@pytest.mark.parametrize(
    "text",
    [
        "!" * 300_000,
        '"' * 300_000,
        "{ " * 100_000,
        "a\n" * 100_000,
        "\u201c" * 300_000,
        "> " * 100_000,
    ],
)
def test_hostile_text_takes_no_more_than_its_length(text: str) -> None:
    """Were a pattern quadratic, this would take minutes."""
    found = prose(text)
    assert all(0 <= start < end <= len(text) for start, end in found.spans)
    cut(canonical(text).text)
