"""The folder of an audit and the details file: what is refused, and what is never guessed."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from provenance.errors import ConfigError, InputError, LimitExceeded, NotFound
from provenance.rights.finding import Verdict
from service.documents import audit as reading
from service.documents.audit import read_audit
from service.documents.details import read_details
from service.documents.dsa16 import missing
from service.documents.records import DocumentKind
from service.documents.tally import MOST_LISTED
from tests.service.documents.audits import finding, findings, robots, tdmrep, written


def test_an_audit_is_read_and_its_digests_are_of_its_files(tmp_path):
    import hashlib

    folder = written(tmp_path)
    audit = read_audit(folder)
    assert audit.tally.rows == audit.summary.judged == 12
    for name, digest in (
        ("findings.ndjson", audit.findings_sha256),
        ("coverage.json", audit.coverage_sha256),
    ):
        assert hashlib.sha256((folder / name).read_bytes()).hexdigest() == digest


def test_a_folder_without_an_audit_is_wrong_usage(tmp_path):
    with pytest.raises(NotFound, match=r"coverage\.json") as missing:
        read_audit(tmp_path)
    assert "assay optout audit" in missing.value.hint
    (written(tmp_path) / "findings.ndjson").unlink()
    with pytest.raises(NotFound, match=r"findings\.ndjson"):
        read_audit(tmp_path)


def test_an_audit_that_was_not_finished_gives_no_paper(tmp_path):
    with pytest.raises(InputError, match="not finished") as refused:
        read_audit(written(tmp_path, finished_at=None))
    assert "goes on where it stopped" in refused.value.hint


def test_findings_of_another_audit_are_refused(tmp_path):
    folder = written(tmp_path)
    path = folder / "findings.ndjson"
    path.write_bytes(path.read_bytes().replace(b"violation", b"compliant", 1))
    with pytest.raises(InputError, match="not the findings"):
        read_audit(folder)


def test_findings_that_are_fewer_than_the_summary_says_are_refused(tmp_path):
    folder = written(tmp_path, findings_sha256=None)
    path = folder / "findings.ndjson"
    path.write_bytes(b"".join(path.read_bytes().splitlines(keepends=True)[:-1]))
    with pytest.raises(InputError, match="11 findings"):
        read_audit(folder)


@pytest.mark.parametrize("line", [b"{", b"[]", b'{"schema": "assay/report/1"}', b"\xff\xfe"])
def test_a_line_that_is_no_finding_is_named(tmp_path, line):
    folder = written(tmp_path, findings_sha256=None)
    path = folder / "findings.ndjson"
    path.write_bytes(path.read_bytes() + line + b"\n")
    with pytest.raises(InputError, match="line 13 is no finding"):
        read_audit(folder)


@pytest.mark.parametrize("text", ["", "{}", "[]", '{"schema": "assay/audit/2"}'])
def test_a_summary_that_is_none_is_named(tmp_path, text):
    (written(tmp_path) / "coverage.json").write_text(text)
    with pytest.raises(InputError, match=r"coverage\.json"):
        read_audit(tmp_path)


def test_sizes_are_bounded(tmp_path, monkeypatch):
    folder = written(tmp_path)
    monkeypatch.setattr(reading, "MOST_LINE", 1000)
    with pytest.raises(LimitExceeded, match="line"):
        read_audit(folder)
    monkeypatch.setattr(reading, "MOST_COVERAGE", 100)
    with pytest.raises(LimitExceeded, match=r"coverage\.json"):
        read_audit(folder)


def test_what_is_kept_of_many_findings_is_bounded(tmp_path, monkeypatch):
    from service.documents import tally

    monkeypatch.setattr(tally, "MOST_DOCUMENTS", 10)
    rows = [
        finding(
            f"https://h{n}.example/", Verdict.VIOLATION, reservations=(tdmrep(f"h{n}.example"),)
        )
        for n in range(300)
    ]
    kept = read_audit(written(tmp_path, rows), [rows[7].input]).tally
    assert kept.rows == 300
    assert len(kept.listed[Verdict.VIOLATION]) == MOST_LISTED
    assert len(kept.documents) == 10
    assert kept.unlisted == 290
    assert list(kept.named) == [rows[7].input]
    assert kept.protocols["tdmrep"].reserving[Verdict.VIOLATION] == 300


def test_a_row_counts_once_for_a_protocol_that_says_it_twice(tmp_path):
    twice = (robots("a.example"), robots("a.example", observed_at=None))
    rows = [finding("https://a.example/", Verdict.VIOLATION, reservations=twice)]
    kept = read_audit(written(tmp_path, rows)).tally
    assert kept.protocols["robots.txt"].reserved == 1
    assert [one.rows[Verdict.VIOLATION] for one in kept.documents.values()] == [1]


def test_what_is_superseded_or_meant_for_others_reserves_nothing(tmp_path):
    records = (
        robots("a.example", warnings=("superseded",)),
        tdmrep("a.example").model_copy(update={"agent": "CCBot"}),
    )
    rows = [finding("https://a.example/", Verdict.COMPLIANT, reservations=records)]
    kept = read_audit(written(tmp_path, rows)).tally
    assert kept.protocols == {}
    assert kept.within[Verdict.COMPLIANT] == 1


# Details


def test_without_a_file_there_are_no_details():
    details = read_details(None)
    assert details.sha256 is None
    assert set(details.tables) == set(DocumentKind)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("art53 = [", "not TOML"),
        ("[art53]\nprovidr = 'x'", "art53.providr: there is no such key"),
        ("[art54]", "art54: there is no such key"),
        ("[art53]\nprovider = 7.5", "art53.provider"),
        ("[art53]\nprovider = '   '", "art53.provider"),
        ("[dsa16]\ngood_faith = 'yes, of course'", "dsa16.good_faith"),
        ("[dsa16]\nurls = 'https://example.org/'", "dsa16.urls"),
        ("[code.honoured]\nrsl = 'mostly'", "code.honoured.rsl"),
        ("a = " + "[" * 5000, "not TOML"),
    ],
)
def test_details_of_the_wrong_form_are_refused_by_name(tmp_path, text, said):
    path = tmp_path / "details.toml"
    path.write_text(text, "utf-8")
    with pytest.raises(ConfigError, match=said):
        read_details(path)


def test_details_that_are_no_text_or_too_long_are_refused(tmp_path):
    path = tmp_path / "details.toml"
    path.write_bytes(b"\xff\xfe")
    with pytest.raises(ConfigError, match="not TOML"):
        read_details(path)
    path.write_text("# " + "x" * 600_000)
    with pytest.raises(ConfigError, match="KiB"):
        read_details(path)
    with pytest.raises(NotFound):
        read_details(tmp_path / "none.toml")


def test_a_date_may_be_written_as_one(tmp_path):
    path = tmp_path / "details.toml"
    path.write_text("[art53]\nplaced_on_market = 2026-03-01\n")
    assert read_details(path).tables[DocumentKind.ART53].placed_on_market == "2026-03-01"


def test_good_faith_is_not_a_string_that_looks_like_it(tmp_path):
    path = tmp_path / "details.toml"
    path.write_text('[dsa16]\ngood_faith = "true"\n')
    with pytest.raises(ConfigError, match="good_faith"):
        read_details(path)


def test_every_verdict_stands_in_the_audit_of_these_tests():
    assert {one.verdict for one in findings()} == set(Verdict) - {Verdict.CONDITIONAL}


@pytest.mark.parametrize("page", ["documents.md", "documents.fr.md"])
def test_the_details_shown_in_the_docs_are_whole(tmp_path, page):
    docs = Path(__file__).parents[3] / "docs"
    (example,) = re.findall(r"```toml\n(.*?)```", (docs / page).read_text("utf-8"), re.DOTALL)
    path = tmp_path / "details.toml"
    path.write_text(example, "utf-8")
    notice = read_details(path).tables[DocumentKind.DSA16]
    assert missing(notice) == ()
    assert notice.trusted_flagger is not None
