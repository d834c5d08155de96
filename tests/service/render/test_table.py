"""Many reports in a terminal."""

from __future__ import annotations

import io

import pytest
from rich.cells import cell_len
from rich.console import Console

from provenance.asset import Modality
from provenance.errors import NotFound
from provenance.evidence import Carrier, Integrity, NotRunReason, SignerLevel
from service.i18n import languages
from service.render.rows import Row
from service.render.table import render_table
from service.screening import Failed


def printed(results, lang="en", width=80):
    out = io.StringIO()
    rows = [Row.of(result, lang) for result in results]
    render_table(rows, lang, Console(file=out, width=width, highlight=False))
    return out.getvalue()


@pytest.fixture
def absent(credential):
    """A credential that says there is no manifest."""
    return credential(
        carrier=Carrier.NONE, integrity=Integrity.ABSENT, signer=None, origin="no_statement"
    ).model_copy(update={"ai_statement": None})


@pytest.fixture
def several(report, credential, detection, not_run, absent, everything):
    claimed = credential(level=SignerLevel.UNTRUSTED, issuer="Adobe Inc.")
    timeout = not_run("c2pa", "provenance", NotRunReason.TIMEOUT)
    return [
        everything,
        report(credential(), name="a" * 60 + "/the-end.flac"),
        report(claimed, name="claimed.jpg", modality=Modality.IMAGE),
        report(credential(integrity=Integrity.BROKEN), name="歌" * 80 + ".mp3"),
        report(absent, detection(0.005), name="suspect.wav"),
        report(absent, name="notes.bin", modality=Modality.OTHER),
        report(absent, name="more.bin", modality=Modality.OTHER),
        report(timeout, name="slow.bin", modality=Modality.OTHER),
        Failed("gone\x1b[31m[bold].mp3", NotFound("gone: there is no such file")),
    ]


@pytest.mark.parametrize("lang", languages())
@pytest.mark.parametrize("width", [80, 100, 120, 200])
def test_it_fits(lang, width, several):
    for line in printed(several, lang, width).splitlines():
        assert cell_len(line) <= width
        assert line == line.rstrip()


def test_words_and_signs_carry_the_meaning(several):
    text = printed(several)
    for phrase in (
        "● AI declared",
        "proven by a trusted",
        "not proven",
        "◉ AI detected",
        "? Undetermined",
        "✗ Broken",
        "✓ Intact",
        "Fully synthetic",
        "! for review",
        "! a check failed",
        "✗ Not examined",
    ):
        assert phrase in text, phrase


def test_the_signer_has_a_line_at_80_and_a_column_at_120(several):
    narrow, wide = printed(several, width=80), printed(several, width=120)
    assert 'Signer: says it is "Adobe Inc." (not verified)' in narrow
    assert "Signer:" not in wide
    assert "Signer" in wide.splitlines()[0]


def test_whoever_signed_other_bytes_is_no_signer(report, credential):
    row = Row.of(report(credential(integrity=Integrity.BROKEN)), "en")
    assert row.signer == ""


def test_long_names_are_folded_in_the_middle(several):
    text = printed(several)
    assert "aaa…" in text
    assert "/the-end.flac" in text


def test_other_files_in_which_nothing_was_found_are_one_line(several):
    text = printed(several)
    assert "Other files, in which nothing was found: 2" in text
    assert "notes.bin" not in text
    assert "slow.bin" in text  # a check that failed is never silent


def test_a_lone_file_is_shown_even_when_there_is_nothing_to_say(report, absent):
    assert "notes.bin" in printed([report(absent, name="notes.bin", modality=Modality.OTHER)])


def test_inputs_that_could_not_be_opened_are_rows(several):
    text = printed(several)
    assert "gone: there is no such file" in text
    assert "\x1b" not in text
    assert "[bold].mp3" in text


def test_it_says_what_it_comes_to(several):
    text = printed(several, width=120)
    assert "Files checked: 9 · With findings: 5 · For review: 3 · Not fully checked: 3" in text
    assert "AI declared:\u00a03 · AI detected:\u00a01 · Undetermined:\u00a04" in text


def test_no_files_at_all():
    line = "Files checked: 0 · With findings: 0 · For review: 0 · Not fully checked: 0"
    assert printed([]) == f"{line}\n"


def test_the_reason_shown_is_the_one_that_explains_most(report, credential, declaration, absent):
    assert Row.of(report(absent, declaration()), "en").why.startswith("Unsigned metadata")
    assert Row.of(report(credential()), "fr").why.startswith("Un manifeste intact")
    assert Row.of(report(absent), "en").why.startswith("Nothing was found")


def test_a_row_is_small(everything):
    row = Row.of(everything, "en")
    assert sum(len(str(getattr(row, name))) for name in row.__slots__) < 1000
