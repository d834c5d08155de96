"""A report: numbered, complete, the same every time, and JSON whatever the file was called."""

from __future__ import annotations

import datetime as dt
import json
import os

import pytest
from pydantic import ValidationError

from provenance.asset import Asset, Modality
from provenance.evidence import (
    Carrier,
    Credential,
    Declaration,
    Detection,
    Feature,
    Integrity,
    NotRun,
    NotRunReason,
    Statement,
    Strength,
)
from service.policy import DEFAULT
from service.report import AssetInfo, Engine, Report, TrustListInfo, build_report, in_report_order
from service.verdict import ReasonCode

NONE = Credential(source="c2pa", carrier=Carrier.NONE, integrity=Integrity.ABSENT)
NOON = dt.datetime(2026, 11, 20, 13, 0, 0, 250_000, dt.timezone(dt.timedelta(hours=1)))


def tag(source="xmp", part=None, value="v"):
    return Declaration(
        source=source,
        part=part,
        field="f",
        value=value,
        statement=Statement.NONE,
        strength=Strength.MEDIUM,
    )


def report_on(*evidence, name="Été.mp3"):
    asset = AssetInfo(
        name=name, sha256="0" * 64, media_type="audio/mpeg", modality=Modality.AUDIO, bytes=3
    )
    engine = Engine(
        assay="0.1.0",
        verified_at=NOON,
        readers={"xmp": "1", "c2pa": "0.38.1"},
        models={},
        trust_lists={"official": TrustListInfo(date=dt.date(2026, 11, 1), sha256="1" * 64)},
    )
    return build_report(asset, evidence, DEFAULT, engine)


def test_the_report_has_the_fields_of_the_contract():
    document = json.loads(report_on(NONE).to_json())
    assert list(document) == ["schema", "asset", "verdict", "evidence", "engine"]
    assert document["schema"] == "assay/report/1"
    assert list(document["asset"]) == ["name", "sha256", "media_type", "modality", "bytes"]
    assert list(document["verdict"]) == [
        "origin",
        "basis",
        "integrity",
        "rights",
        "rights_by_purpose",
        "decision",
        "findings",
        "review",
        "reasons",
        "policy",
    ]
    assert list(document["verdict"]["reasons"][0]) == ["code", "params", "text", "evidence"]
    assert list(document["evidence"][0])[:4] == ["id", "kind", "source", "part"]
    assert document["engine"] == {
        "assay": "0.1.0",
        "verified_at": "2026-11-20T12:00:00Z",
        "readers": {"c2pa": "0.38.1", "xmp": "1"},
        "models": {},
        "trust_lists": {"official": {"date": "2026-11-01", "sha256": "1" * 64, "stale": False}},
    }


def test_evidence_is_numbered_manifest_first_then_by_reader_then_by_part():
    found = in_report_order(
        [
            tag("xmp", "picture/0"),
            tag("aigc"),
            tag("xmp", value="first"),
            tag("xmp", value="second"),
            NONE.model_copy(update={"part": "picture/0"}),
            NONE,
        ]
    )
    assert [one.id for one in found] == [0, 1, 2, 3, 4, 5]
    assert [(one.source, one.part) for one in found] == [
        ("c2pa", None),
        ("c2pa", "picture/0"),
        ("aigc", None),
        ("xmp", None),
        ("xmp", None),
        ("xmp", "picture/0"),
    ]
    assert [one.value for one in found[3:5]] == ["first", "second"]


def test_reasons_point_at_the_numbers_of_the_report():
    late = NotRun(source="a", check="detect", reason=NotRunReason.TIMEOUT)
    report = report_on(tag("b"), late, NONE)
    (failed,) = [one for one in report.verdict.reasons if one.code == ReasonCode.CHECK_NOT_RUN]
    (number,) = failed.evidence
    assert report.evidence[number].kind == "not_run"


def test_the_same_inputs_give_the_same_bytes():
    again = report_on(NONE, tag())
    assert report_on(NONE, tag()).canonical() == again.canonical()
    assert again.canonical() != report_on(NONE).canonical()


def test_canonical_json_is_sorted_compact_utf_8():
    canonical = report_on(NONE).canonical()
    assert canonical.startswith(b'{"asset":{"bytes":3,"media_type":"audio/mpeg",')
    assert "Été.mp3".encode() in canonical


def test_the_readers_of_the_engine_are_in_one_order_however_they_were_given():
    none = {"models": {}, "trust_lists": {}}
    one = Engine(assay="1", verified_at=NOON, readers={"a": "1", "b": "2"}, **none)
    other = Engine(assay="1", verified_at=NOON, readers={"b": "2", "a": "1"}, **none)
    assert one.model_dump_json() == other.model_dump_json()


def test_json_keeps_letters_and_reads_back_to_the_same_report():
    report = report_on(NONE, tag())
    assert "Été.mp3" in report.to_json()
    assert Report.model_validate_json(report.to_json()) == report
    assert report.to_json(indent=2).startswith('{\n  "schema": "assay/report/1",\n  "asset"')


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        (os.fsdecode(b"caf\xe9.mp3"), "caf\N{REPLACEMENT CHARACTER}.mp3"),
        ("\ud800x", "\N{REPLACEMENT CHARACTER}x"),
        ("a\nb\x00\x1b[31m.mp3", "a\nb\x00\x1b[31m.mp3"),
        ("line\u2028end.mp3", "line\u2028end.mp3"),
        ("a\u2029b\x85c\u2028\udc80", "a\u2029b\x85c\u2028\N{REPLACEMENT CHARACTER}"),
    ],
)
def test_no_file_name_breaks_the_json(name, shown):
    report = report_on(NONE, name=name)
    assert report.asset.name == shown
    line = report.to_json()
    assert len(line.splitlines()) == 1
    assert json.loads(line)["asset"]["name"] == shown
    assert json.loads(report.canonical())["asset"]["name"] == shown
    line.encode("utf-8")


def test_line_ends_that_json_allows_are_escaped_and_not_in_what_is_signed():
    report = report_on(NONE, tag(value="a\u2028b\u2029c\x85d é"))
    assert r"a\u2028b\u2029c\u0085d é" in report.to_json()
    assert r"a\u2028b\u2029c\u0085d é" in report.to_json(indent=2)
    assert "a\u2028b\u2029c\x85d é".encode() in report.canonical()
    assert Report.model_validate_json(report.to_json()) == report


def test_no_value_from_a_file_breaks_the_json():
    broken = tag(value="\udcff")
    score = Detection(
        source="music",
        detector="music",
        model="sha256:0",
        score=1.0,
        features=(Feature(name="ratio", value=float("nan")),),
    )
    document = json.loads(report_on(NONE, broken, score).canonical())
    values = {one["kind"]: one for one in document["evidence"]}
    assert values["declaration"]["value"] == "\N{REPLACEMENT CHARACTER}"
    assert values["detection"]["features"] == [{"name": "ratio", "value": None}]


def test_an_asset_describes_itself():
    asset = Asset.from_bytes(b"\x89PNG\r\n\x1a\n", name="x.png")
    info = AssetInfo.of(asset, asset.sha256())
    assert (info.name, info.media_type, info.modality, info.bytes) == (
        "x.png",
        "image/png",
        "image",
        8,
    )
    assert info.sha256 == "4c4b6a3be1314ab86138bef4314dde022e600960d8689a2c8f8631802d20dab6"


def test_a_time_without_a_zone_is_refused():
    with pytest.raises(ValidationError, match="timezone"):
        Engine(
            assay="1",
            verified_at=dt.datetime(2026, 1, 1),  # noqa: DTZ001
            readers={},
            models={},
            trust_lists={},
        )
