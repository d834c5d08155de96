"""The page of an audit: every figure in both languages, and nothing that runs or is fetched."""

from __future__ import annotations

import re

import pytest
from lxml import html

from service.i18n import translate
from service.render.audit import render_audit


@pytest.fixture
def summary(audit, history, tmp_path):
    from service.optout.audit.summary import AuditSummary

    source = tmp_path / "corpus.csv"
    hosts = ("a", "b", "<script>alert(1)</script>")
    rows = [
        f"https://{host}.example/{n},2024-{month:02d}-01\n"
        for month in (1, 2, 3, 4)
        for host in hosts
        for n in range(5)
    ]
    source.write_text("url,date\n" + "".join(rows))
    done = audit(source, "--history", history, "--agent", "GPTBot", "--actor", "A & B", status=1)
    return AuditSummary.model_validate(done.coverage)


@pytest.mark.parametrize("lang", ["en", "fr"])
def test_the_page_tells_the_figures(summary, lang):
    page = render_audit(summary, lang)
    text = " ".join(html.fromstring(page).text_content().split())
    assert f'<html lang="{lang}">' in page
    for code in ("verdicts", "channels", "months", "protocols", "hosts", "reading", "limits"):
        assert translate("audit", code, lang) in text
    for verdict in summary.verdicts:
        assert translate("use_verdict", verdict, lang) in text
    assert "a.example" in text
    assert "2024-03" in text
    assert "A & B" in text


def test_the_page_holds_no_script_and_asks_for_nothing(summary):
    page = render_audit(summary, "en")
    assert "default-src 'none'" in page
    assert "<script" not in page
    assert not re.search(r"\b(?:src|href|url)\s*[=(]\s*[\"']?(?:https?:|//)", page)


def test_what_is_drawn_is_also_written(summary):
    tree = html.fromstring(render_audit(summary, "en"))
    assert all(drawing.get("aria-label") for drawing in tree.xpath("//svg[@role='img']"))
    assert len(tree.xpath("//svg[@role='img']")) == 3
    table = tree.xpath("//details//table//tbody/tr")
    assert len(table) == len(summary.months)
    assert all(one.get("aria-label") for one in tree.xpath("//table"))


def test_columns_stay_inside_the_drawing(summary):
    tree = html.fromstring(render_audit(summary, "fr"))
    drawing = tree.xpath("//svg[@role='img']")[2]
    for one in drawing.xpath(".//rect"):
        assert float(one.get("x")) + float(one.get("width")) <= 900
        assert 0 <= float(one.get("y")) <= 220
        assert float(one.get("y")) + float(one.get("height")) <= 221
