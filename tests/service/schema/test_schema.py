"""The committed schema is the one the records give, and says what a report must hold."""

from __future__ import annotations

import runpy

import service.schema
from service.report import report_schema
from service.schema import REPORT_FILE, report_schema_text


def test_the_committed_schema_is_up_to_date():
    committed = REPORT_FILE.read_text(encoding="utf-8")
    assert committed == report_schema_text(), "run: python -m service.schema"


def test_the_command_writes_what_the_test_compares(tmp_path, monkeypatch):
    monkeypatch.setattr(service.schema, "REPORT_FILE", tmp_path / "report-1.json")
    runpy.run_module("service.schema", run_name="__main__")
    assert (tmp_path / "report-1.json").read_text(encoding="utf-8") == report_schema_text()


def test_the_schema_names_itself_and_requires_every_field():
    schema = report_schema()
    assert schema["$schema"] == "https://json-schema.org/draft/2020-12/schema"
    assert schema["$id"] == "assay/report/1"
    assert schema["required"] == ["schema", "asset", "verdict", "evidence", "engine"]
    verdict = schema["$defs"][schema["properties"]["verdict"]["$ref"].rpartition("/")[2]]
    assert set(verdict["required"]) == set(verdict["properties"])
    assert schema["properties"]["schema"]["const"] == "assay/report/1"
    assert schema["$defs"]["Engine"]["properties"]["verified_at"]["format"] == "date-time"


def test_every_record_is_closed_and_every_kind_of_evidence_is_in_it():
    definitions = report_schema()["$defs"]
    records = [one for one in definitions.values() if one["type"] == "object"]
    assert all(one["additionalProperties"] is False for one in records)
    evidence = [one for one in records if "kind" in one["properties"]]
    assert all({"id", "kind", "source", "part"} <= set(one["required"]) for one in evidence)
    kinds = {one["properties"]["kind"]["const"] for one in evidence}
    assert kinds == {
        "credential",
        "declaration",
        "reservation",
        "detection",
        "match",
        "watermark",
        "not_run",
    }
