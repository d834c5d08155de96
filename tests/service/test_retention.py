"""What a report of the service says becomes of the bytes; `assay check` says nothing of it."""

from __future__ import annotations

from pathlib import Path

import pytest

from service import check
from service.render.html import render_page
from service.render.view import View
from service.report import Report
from service.retention import Retention, RetentionCode
from service.settings import Settings

SAMPLES = Path(__file__).parents[2] / "samples"
EACH = {
    RetentionCode.DELETED: Retention.of(kept=False, days=30),
    RetentionCode.LIMITED: Retention.of(kept=True, days=30),
    RetentionCode.KEPT: Retention.of(kept=True),
}


@pytest.fixture(scope="module")
def report():
    return check(SAMPLES / "unsigned.txt")


def test_a_check_keeps_nothing_and_says_nothing_of_it(report):
    assert report.retention is None
    assert "retention" not in report.document()


@pytest.mark.parametrize("code", RetentionCode)
def test_each_is_told_by_code_and_in_words(report, code):
    told = report.model_copy(update={"retention": EACH[code]})
    written = told.document()["retention"]
    assert written["code"] == code
    assert ("days" in written) is (code is RetentionCode.LIMITED)
    assert Report.model_validate_json(told.to_json()) == told
    assert list(told.document())[:-1] == list(report.document())


@pytest.mark.parametrize(
    ("lang", "label", "word"),
    [("en", "What becomes of the bytes", "deleted"), ("fr", "Ce que deviennent", "effacés")],
)
def test_a_page_shows_it_in_both_languages(report, lang, label, word):
    told = report.model_copy(update={"retention": EACH[RetentionCode.DELETED]})
    page = render_page(told, lang)
    assert label in page
    assert word in EACH[RetentionCode.DELETED].sentence(lang)
    assert label not in render_page(report, lang)
    assert EACH[RetentionCode.DELETED].sentence(lang) in {
        fact.value for fact in View.of(told, lang).made
    }


@pytest.mark.parametrize(
    ("works", "reports", "days"),
    [(None, None, None), (30, None, 30), (None, 90, 90), (30, 90, 30), (90, 30, 30)],
)
def test_no_bytes_outlive_their_screening(tmp_path, works, reports, days):
    given = {"retention_days": works, "report_retention_days": reports}
    assert Settings.read(data=tmp_path, **given).work_days == days
