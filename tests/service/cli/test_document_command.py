"""`assay optout document`: papers from a folder, or a refusal that says what to do."""

from __future__ import annotations

import json

import pytest

from service.documents.records import DocumentKind
from tests.service.documents.audits import NOTICE, toml, written


@pytest.fixture
def audit(tmp_path):
    return written(tmp_path / "audit")


@pytest.mark.parametrize("kind", [one for one in DocumentKind if one is not DocumentKind.DSA16])
def test_a_paper_is_written_in_three_forms(assay, audit, tmp_path, kind):
    said = assay("optout", "document", kind, audit, "--out", tmp_path / "papers", "--lang", "fr")
    names = {path.name for path in (tmp_path / "papers").iterdir()}
    expected = {f"{kind}.fr.{form}" for form in ("json", "html", "pdf")}
    expected |= {"protocols_honoured.json"} if kind is DocumentKind.CODE else set()
    assert names == expected
    assert said.out == ""
    assert all(name in said.err for name in expected)
    document = json.loads((tmp_path / "papers" / f"{kind}.fr.json").read_text("utf-8"))
    assert document["lang"] == "fr"
    assert f"blanks to fill in: {len(document['blanks'])}" in said.err
    assert (tmp_path / "papers" / f"{kind}.fr.pdf").read_bytes().startswith(b"%PDF-")


def test_a_notice_without_details_is_not_written(assay, audit, tmp_path):
    said = assay("optout", "document", "dsa16", audit, "--out", tmp_path / "papers", status=2)
    assert "The notice is not written" in said.err
    for key in ("reasons", "urls", "name", "email", "good_faith", "right", "ownership"):
        assert f"- {key} = " in said.err
    assert not (tmp_path / "papers").exists()


def test_a_whole_notice_is_written(assay, audit, tmp_path):
    details = tmp_path / "details.toml"
    details.write_text(toml({"dsa16": NOTICE}), "utf-8")
    assay("optout", "document", "dsa16", audit, "--out", tmp_path, "--details", details)
    assert (tmp_path / "dsa16.en.pdf").exists()


def test_both_languages_stand_side_by_side(assay, audit, tmp_path):
    for lang in ("en", "fr"):
        assay("optout", "document", "indice", audit, "--out", tmp_path / "p", "--lang", lang)
    assert len(list((tmp_path / "p").iterdir())) == 6


def test_wrong_usage_is_told_as_such(assay, audit, tmp_path):
    assay("optout", "document", "gossip", audit, "--out", tmp_path, status=2)
    assay("optout", "document", "code", tmp_path / "none", "--out", tmp_path, status=2)
    (tmp_path / "file").write_text("x")
    assay("optout", "document", "code", audit, "--out", tmp_path / "file", status=2)


def test_an_unfinished_audit_is_not_judged(assay, tmp_path):
    folder = written(tmp_path / "audit", finished_at=None)
    said = assay("optout", "document", "code", folder, "--out", tmp_path / "p", status=3)
    assert "not finished" in said.err


def test_the_help_teaches(assay):
    said = assay("optout", "document", "--help").out
    for word in ("art53", "rebuttal", "--details", "AUDIT", "does not prove", "Examples:"):
        assert word in " ".join(said.split())
