"""`assay optout origin`: one site, one agent, one date."""

from __future__ import annotations

import json

import pytest

from provenance.rights.finding import Finding
from tests.provenance.rights.webarchives import archive, record
from tests.service.optout.audit.conftest import CLOSED, OPEN

URL = "https://a.example/x"


@pytest.mark.parametrize(
    ("day", "agent", "verdict", "status"),
    [
        ("2024-03-01", "GPTBot", "violation", 1),
        ("2024-03-01", "Mozilla/5.0 (compatible; GPTBot/1.2; +https://x)", "violation", 1),
        ("2024-01-01", "GPTBot", "post_hoc", 0),
        ("2024-02-01", "GPTBot", "undetermined", 0),
        ("2023-02-01", "GPTBot", "undetermined", 0),
        ("2024-03-01", "CCBot", "no_reservation_found", 0),
    ],
)
def test_a_date_is_judged_by_what_was_in_force(assay, history, day, agent, verdict, status):
    options = ("--history", history, "--agent", agent, "--at", day, "--format", "json")
    finding = Finding.model_validate_json(
        assay("optout", "origin", URL, *options, status=status).out
    )
    assert finding.verdict == verdict
    assert finding.input == URL
    assert finding.coverage["robots.txt"] == "read"


def test_several_histories_are_asked_as_one(assay, history, tmp_path):
    archive(
        tmp_path / "later.warc.gz",
        record("https://a.example/robots.txt", OPEN, at="2024-06-01T00:00:00Z"),
        record("https://a.example/robots.txt", CLOSED, at="2024-07-01T00:00:00Z"),
    )
    both = ("--history", history, "--history", tmp_path / "later.warc.gz")
    said = assay(
        *("optout", "origin", URL, *both, "--agent", "GPTBot", "--at", "2024-05-01"),
        *("--format", "ndjson"),
    )
    finding = json.loads(said.out)
    assert finding["verdict"] == "undetermined"
    assert finding["bounds"] == ["2024-04-01T00:00:00Z", "2024-06-01T00:00:00Z"]


def test_a_history_or_the_present_and_not_both(assay, history):
    said = assay("optout", "origin", URL, "--agent", "GPTBot", status=2)
    assert "--history PATH or --online" in said.err
    assay("optout", "origin", URL, "--history", history, "--online", status=2)


def test_a_date_that_is_none_says_how_to_write_one(assay, history):
    said = assay("optout", "origin", URL, "--history", history, "--at", "spring", status=2)
    assert "Write 2025-03-31" in said.err


def test_text_is_for_people(assay, history):
    options = ("--history", history, "--agent", "GPTBot", "--at", "2024-03-01", "--lang", "fr")
    said = assay("optout", "origin", URL, *options, status=1)
    assert "Réservé, et utilisé malgré cela" in said.out
    assert "robots.txt" in said.out
