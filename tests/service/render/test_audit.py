"""The page of an audit: what it says first, in both languages, and what it never lets through."""

from __future__ import annotations

import re

import pytest

from provenance.rights.finding import Because, Verdict
from service.optout.audit.summary import AuditSummary, HostFigures
from service.render.audit import _interval, render_audit

SHA = "0" * 64


def summary(**changes):
    values = {
        "assay": "0.1.0",
        "started_at": "2024-05-01T12:00:00Z",
        "finished_at": "2024-05-01T12:01:00Z",
        "input": {"name": "corpus.csv", "kind": "csv", "sha256": "1" * 64, "bytes": 9},
        "history": [{"name": "h", "kind": "folder", "hosts": 2, "observations": 3}],
        "agents": {"date": "2024-01-01", "sha256": SHA},
        "standing": {"date": "2024-01-01", "sha256": SHA},
        "purpose": "train-genai",
        "rows": 1000,
        "judged": 1000,
        "verdicts": {Verdict.VIOLATION: 100, Verdict.UNDETERMINED: 900},
        "undetermined_because": {Because.TIME: 900},
        "channels": {},
        "hosts": 1,
        "observed_hosts": 1,
        "findings_sha256": "2" * 64,
    }
    return AuditSummary.model_validate(values | changes)


def host(name, **verdicts):
    return HostFigures(host=name, rows=9, observed=True, verdicts=verdicts)


def shown(page):
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", page))


def test_the_first_line_is_the_answer():
    said = shown(render_audit(summary(), "en"))
    assert "100 of 1,000 uses (10%) were reserved when the copy was made" in said
    assert "None of them counts as allowed" in said


def test_without_a_violation_it_does_not_say_that_all_is_well():
    said = shown(render_audit(summary(verdicts={Verdict.UNDETERMINED: 1000}), "en"))
    assert "No use was found" in said
    assert "1,000 (100%) cannot be told" in said


@pytest.mark.parametrize("lang", ["en", "fr"])
def test_it_is_one_file_without_script_in_each_language(lang):
    page = render_audit(summary(), lang)
    assert f'<html lang="{lang}">' in page
    assert "default-src 'none'" in page
    assert "<script" not in page
    assert not re.search(r'(?:src|href)="(?!#)', page)
    assert all(digest in page for digest in ("1" * 64, "2" * 64, SHA))


def test_names_given_by_strangers_are_text():
    name = "<script>alert(1)</script>\u202e\x1b[31m"
    given = {"name": name, "kind": "csv"}
    figures = {"violating_hosts": [host("<b>x", violation=1)], "agents_seen": {"<i>": 3}}
    page = render_audit(summary(input=given, actor=name, claims=[name], **figures), "en")
    assert "<script" not in page
    assert not {"\u202e", "\x1b"} & set(page)
    assert "<b>x" not in page
    assert "<i>" not in page


def test_a_sample_says_how_far_it_speaks_for_the_rest():
    said = shown(render_audit(summary(sampled=0.1, rows=10_000), "en"))
    assert "between 8.29% and 12% (95 % confidence)" in said
    assert "not the sample alone" not in shown(render_audit(summary(), "en"))


@pytest.mark.parametrize(
    ("count", "of", "low", "high"),
    # Of none in n the upper end is z²/(n + z²); the ends of k and n - k mirror each other.
    [(0, 10, 0.0, 0.2775), (5, 10, 0.2366, 0.7634), (10, 10, 0.7225, 1.0)],
)
def test_the_interval_is_that_of_wilson(count, of, low, high):
    assert _interval(count, of) == pytest.approx((low, high), abs=1e-4)


def test_rows_that_were_not_drawn_are_not_called_no_copies():
    left = {"not_in_sample": 9000}
    said = shown(render_audit(summary(sampled=0.1, rows=10_000, passed_over=left), "en"))
    assert "Rows that are no copy of a work" not in said
    assert "not in the sample" in said


def test_faults_of_rows_and_of_the_history_are_told():
    history = [{"name": "h", "kind": "folder", "hosts": 2, "observations": 3, "unreadable": 2}]
    said = shown(render_audit(summary(history=history, noted={"bad_date": 7}), "en"))
    assert "a date that is none: 7" in said
    assert "2 of these documents could not be read" in said


def test_why_something_can_be_disputed_is_said_in_words():
    said = shown(render_audit(summary(contested={"standing_C": 3, "new_code": 1}), "fr"))
    assert "protocole de statut C" in said
    assert "new_code" in said
