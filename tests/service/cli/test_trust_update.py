"""`assay trust update` fetches through the guard, and a report says when a list is out of date."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from typer.testing import CliRunner

from provenance.c2pa.trust import TrustStore
from provenance.errors import BlockedAddress
from service.cli.app import app
from service.render.view import View
from service.screening import Screener

SAMPLE = Path(__file__).resolve().parents[3] / "samples" / "untouched.jpg"


def test_a_private_address_is_refused_and_nothing_is_kept(tmp_path, monkeypatch):
    monkeypatch.setenv("ASSAY_HOME", str(tmp_path))
    outcome = CliRunner().invoke(app, ["trust", "update", "--official", "http://127.0.0.1/list"])
    assert isinstance(outcome.exception, BlockedAddress)
    assert not (tmp_path / "lists").exists()


@pytest.mark.parametrize(
    ("next_update", "stale"), [("2026-11-21", True), ("2026-11-22", False), (None, False)]
)
def test_every_report_says_when_a_list_is_out_of_date(next_update, stale):
    shipped = TrustStore.shipped()
    store = replace(shipped, official=replace(shipped.official, next_update=next_update))
    now = datetime(2026, 11, 22, tzinfo=UTC)
    with Screener(trust=store, clock=lambda: now) as screener:
        report = screener.screen(SAMPLE)
    assert report.engine.trust_lists["official"].stale is stale
    assert json.loads(report.to_json())["engine"]["trust_lists"]["interim"]["stale"] is False
    made = " ".join(fact.value for fact in View.of(report, "fr").made)
    assert ("périmée" in made) is stale
