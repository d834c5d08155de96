"""A comparison in a report: what stands there, and that reports without one are as they were."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest
from jsonschema import Draft202012Validator

from service.policy import DEFAULT, Policy
from service.report import Report, compared, report_schema
from service.screening import Screener

SAMPLES = Path(__file__).parents[3] / "samples"
NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)


@pytest.fixture(scope="module")
def screener():
    with Screener(clock=lambda: NOON) as screener:
        yield screener


@pytest.fixture(scope="module")
def reports(screener):
    """The original and a bare copy."""
    original = screener.screen(SAMPLES / "ai_image.png", name="ai_image.png")
    return original, screener.screen(SAMPLES / "untouched.jpg", name="untouched.jpg")


def test_a_report_without_a_comparison_does_not_mention_one(reports):
    assert "against" not in reports[0].document()
    assert "against" not in json.loads(reports[0].to_json())


def test_a_comparison_names_the_original_and_keeps_the_evidence_of_the_copy(reports):
    original, copy = reports
    report = compared(copy, original, DEFAULT)
    document = report.document()
    assert document["against"]["asset"] == {
        "name": "ai_image.png",
        "sha256": original.asset.sha256,
        "media_type": "image/png",
    }
    (told,) = document["against"]["survived"]
    assert (told["what"], told["outcome"], told["present"]) == ("credential", "lost", None)
    assert told["original"]["evidence"] == original.evidence[0].id
    assert document["evidence"] == copy.document()["evidence"]
    assert document["verdict"]["findings"] == ["provenance_stripped"]


def test_the_schema_knows_it_and_the_report_can_be_read_back(reports):
    original, copy = reports
    validator = Draft202012Validator(report_schema())
    for report in (copy, compared(copy, original, DEFAULT)):
        assert list(validator.iter_errors(report.document())) == []
        again = Report.model_validate_json(report.to_json())
        assert again.canonical() == report.canonical()


def test_the_same_files_policy_and_time_give_the_same_bytes(screener, reports):
    original, copy = reports
    again = screener.screen(SAMPLES / "untouched.jpg", name="untouched.jpg")
    first = compared(copy, original, DEFAULT).canonical()
    assert compared(again, original, DEFAULT).canonical() == first
    assert compared(compared(copy, original, DEFAULT), original, DEFAULT).canonical() == first


def test_the_policy_of_the_report_decides(reports):
    original, copy = reports
    strict = Policy(name="strict", purpose="tdm")
    assert compared(copy, original, strict).verdict.policy.name == "strict"
