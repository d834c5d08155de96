"""One file of figures; records, module texts and documentation say what it says."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from detectors.marks import dwt_dct, hidden, perth
from detectors.marks.declared import PREFIX
from detectors.marks.figures import Figures, figures, upper_bound
from service.i18n import codes
from service.verdict.statements import MARKS

DOCS = Path(__file__).parents[3] / "docs"
SCHEMES = {
    **{one.scheme: dwt_dct for one in dwt_dct.SIGNATURES},
    "perth": perth,
    "unicode-tags": hidden,
    "unicode-variation-selectors": hidden,
    "unicode-zero-width": hidden,
    "unicode-spaces": hidden,
}
TOLD_AS = {dwt_dct: "sdxl-dwtdct", perth: "perth", hidden: "unicode-zero-width"}


def test_every_scheme_was_measured_and_nothing_else():
    assert set(figures()) == set(SCHEMES)


def test_every_scheme_has_words_for_people():
    assert {*codes("generator_mark"), *codes("hidden_mark")} == set(SCHEMES)


@pytest.mark.parametrize("module", TOLD_AS, ids=lambda one: one.__name__)
def test_the_text_of_each_module_tells_its_figures(module):
    measured = figures()[TOLD_AS[module]]
    text = " ".join(module.__doc__.split())
    told = f"{measured.false_alarms} false alarms in {measured.human_works} human works"
    assert told in text
    way = "speech_clean" if module is perth else "clean"
    hits = measured.hits.get(way) or measured.hits["copied"]
    assert f"{hits.found} of {hits.of} marked works found" in text


@pytest.mark.parametrize("page", ["marks.md", "marks.fr.md"])
def test_the_pages_show_the_same_table(page):
    rows = dict(
        re.findall(r"^\| `([a-z0-9-]+)` \| ([^\n]+) \|$", (DOCS / page).read_text("utf-8"), re.M)
    )
    assert set(rows) == set(figures())
    for scheme, row in rows.items():
        measured = figures()[scheme]
        alarms, _, rate, *hits = (cell.strip() for cell in row.split("|"))
        assert alarms == f"{measured.false_alarms}/{measured.human_works}"
        percent = f"{measured.false_alarm_rate * 100:.3g}"
        assert rate.replace(",", ".").replace("\u202f", "").rstrip(" %") == percent
        assert hits == [
            ", ".join(f"{name} {one.found}/{one.of}" for name, one in measured.hits.items())
        ]


def test_the_beginning_of_declared_marks_is_written_twice_and_the_same():
    assert PREFIX == MARKS


@pytest.mark.parametrize(
    ("found", "of", "expected"),
    [(0, 1000, 0.003), (0, 2, 1.0), (1, 182, 0.0258), (5, 100, 0.1022), (7, 7, 1.0)],
)
def test_the_bound_is_that_of_clopper_and_pearson(found, of, expected):
    assert upper_bound(found, of) == pytest.approx(expected, abs=2e-4)


def test_under_five_hundred_human_works_a_mark_is_support_only():
    few = Figures(false_alarms=0, human_works=499, human_sources=9)
    enough = Figures(false_alarms=2, human_works=500, human_sources=9)
    assert few.supporting
    assert not enough.supporting
