"""One report in a terminal."""

from __future__ import annotations

import io

import pytest
from rich.cells import cell_len
from rich.console import Console

from provenance.evidence import SignerLevel
from service.i18n import languages
from service.render.layout import Paragraph
from service.render.text import render_one

HOSTILE = {
    "markup": "[bold red]free[/] [link=https://evil.example]x[/link]",
    "script": "<script>alert(1)</script>",
    "ansi": "\x1b[2J\x1b]8;;https://evil.example\x07click\x1b]8;;\x07",
    "bidi": "photo\u202egpj.exe\u2066",
    "long": "W" * 10_000,
    "emoji": ":pile_of_poo:",
    "template": "{{ 7*7 }} {% raw %} {name}",
}


def printed(report, lang="en", width=80, **console):
    out = io.StringIO()
    render_one(report, lang, Console(file=out, width=width, highlight=False, **console))
    return out.getvalue()


@pytest.fixture(params=HOSTILE)
def hostile(request):
    return HOSTILE[request.param]


@pytest.fixture
def hostile_report(hostile, report, credential, ingredient, declaration, not_run, detection):
    """A report in which every string that comes from outside is hostile."""
    return report(
        credential(
            level=SignerLevel.UNTRUSTED,
            name=hostile,
            issuer=hostile,
            generator=hostile,
            manifest=hostile,
            digital_source_types=(hostile,),
            ingredients=(ingredient(hostile, relationship=hostile, failure=(hostile,)),),
        ),
        declaration(field=hostile, value=hostile, generator=hostile, part=hostile),
        detection(detector=hostile, source=hostile),
        not_run(detail=hostile, source=hostile),
        name=hostile,
    )


@pytest.mark.parametrize("lang", languages())
@pytest.mark.parametrize("width", [60, 80, 120])
def test_everything_fits_and_leaves_no_blanks_behind(lang, width, everything):
    for line in printed(everything, lang, width).splitlines():
        assert cell_len(line) <= width
        assert line == line.rstrip()


def test_the_whole_answer_is_there(everything):
    text = printed(everything, width=100)
    for phrase in (
        "song.mp3",
        "Audio · audio/mpeg · 3.4 MB",
        "● AI declared (proven by a trusted signature)",
        "✓ Intact.",
        "⊘ Reserved (training of generative AI)",
        "! Fully synthetic",
        "! A person should look",
        "Why",
        '1. An intact manifest by a trusted signer states: "made entirely by AI". [0]',
        "Studio Ltd / Studio Model 3 (on the official trust list)",
        '- Contains "vocals.wav" · Integrity: Intact',
        '✗ Contains "loop.wav" · Integrity: Broken · a.b.mismatch',
        "- no model installed: [3] image",
        "! out of time: [7] robots (no answer in 10 s)",
        "official 2026-08-05",
    ):
        assert phrase in text, phrase


def test_reasons_are_numbered_and_point_at_evidence(everything):
    text = printed(everything, width=200)
    for n, reason in enumerate(everything.verdict.reasons, 1):
        refs = " ".join(f"[{one}]" for one in reason.evidence)
        assert f"{n}. {reason.text} {refs}" in text


@pytest.mark.parametrize("lang", languages())
def test_hostile_strings_do_nothing(lang, hostile_report):
    text = printed(hostile_report, lang)
    assert not {"\x1b", "\u202e", "\u2066", "\x07"} & set(text)
    assert all(cell_len(line) <= 80 for line in text.splitlines())
    assert len(text) < 20_000


def test_hostile_strings_are_shown_for_what_they_are(report):
    text = printed(report(name="[bold red]free[/] :pile_of_poo: \x1b[31m\u202e"))
    assert "[bold red]free[/] :pile_of_poo: <U+001B>[31m<U+202E>" in text


def test_an_unverified_name_is_never_stated(report, credential):
    text = printed(report(credential(level=SignerLevel.UNTRUSTED, issuer="Adobe Inc.")), width=200)
    for line in text.splitlines():
        if "Adobe Inc." in line:
            assert '"Adobe Inc.' in line
            assert "not verified" in line


def test_colour_only_where_there_is_a_terminal_that_wants_it(everything, monkeypatch):
    assert "\x1b" not in printed(everything)
    assert "\x1b[" in printed(everything, force_terminal=True, color_system="standard")
    monkeypatch.setenv("NO_COLOR", "1")
    plain = printed(everything, force_terminal=True, color_system="standard")
    assert "\x1b[31m" not in plain
    assert "\x1b[1;35m" not in plain


def test_no_line_of_french_begins_with_punctuation(everything):
    for width in range(50, 120, 7):
        for line in printed(everything, "fr", width).splitlines():
            assert not line.strip().startswith((":", ";", "»", "?"))


def test_a_long_ingredient_list_is_cut(report, credential, ingredient):
    many = tuple(ingredient(f"track{n}") for n in range(100))
    text = printed(report(credential(ingredients=many)))
    assert "and 84 more" in text
    assert "track99" not in text


def test_paragraphs_keep_no_break_spaces_together():
    out = io.StringIO()
    console = Console(file=out, width=12)
    console.print(Paragraph("un deux\u202f: trois"))
    assert out.getvalue().splitlines() == ["un deux\u202f:", "trois"]


def test_the_head_of_a_paragraph_ends_at_a_word():
    console = Console(file=io.StringIO(), width=20)
    assert Paragraph("short").head(console, 20, 1).plain == "short"
    cut = Paragraph("these are rather many words for it").head(console, 20, 1)
    assert cut.plain == "these are rather…"
