"""`assay policy dry-run`: what another policy would change, from reports alone."""

from __future__ import annotations

import io
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from service.cli.stored import NotExamined, Stored, Unusable, reports
from service.policy import Policy, load_policy
from service.rejudging import LACKING
from service.report import Report
from tests.provenance.making import png, png_text
from tests.service.test_rejudging import detection, report_on, signed, with_evidence

REPOSITORY = Path(__file__).resolve().parents[3]
STRICT = 'name = "strict"\nmax_fpr = 0.001\n'


@pytest.fixture(scope="module")
def plain():
    return report_on(png())


@pytest.fixture(scope="module")
def accused(plain):
    return with_evidence(plain, detection(0.008))


@pytest.fixture
def policy(tmp_path):
    path = tmp_path / "strict.toml"
    path.write_text(STRICT)
    return path


@pytest.fixture
def lines(tmp_path, plain, accused):
    path = tmp_path / "reports.ndjson"
    named = [
        one.model_copy(update={"asset": one.asset.model_copy(update={"name": f"{n}.png"})})
        for n, one in enumerate([accused, plain, accused])
    ]
    path.write_text("".join(one.to_json() + "\n" for one in named), encoding="utf-8")
    return path


def documents(said):
    return [json.loads(line) for line in said.out.splitlines()]


def test_the_table_counts_first_and_lists_after(assay, policy, lines):
    out = assay("policy", "dry-run", policy, lines).out
    assert "'strict'" in out
    assert "1  stay as they are" in out
    assert "2  change" in out
    assert "2  origin:" in out
    assert "2  no longer a finding:" in out
    assert "2  alert: yes → no" in out
    assert out.index("What changes") < out.index("0.png") < out.index("2.png")
    assert "1.png" not in out


def test_it_speaks_french(assay, policy, lines):
    out = assay("policy", "dry-run", policy, lines, "--lang", "fr").out
    assert "2  changent" in out
    assert "alerte\u202f: oui → non" in out


def test_machines_get_a_line_for_each_report(assay, policy, lines):
    first, second, _ = documents(assay("policy", "dry-run", policy, lines, "--format", "ndjson"))
    assert list(first) == ["asset", "before", "after", "changed", "needs_file"]
    assert first["asset"]["name"] == "0.png"
    assert first["before"]["origin"] == "ai_detected"
    assert first["after"]["origin"] == "undetermined"
    assert first["changed"] == ["origin", "basis", "findings", "review", "decision", "status"]
    assert (second["changed"], second["needs_file"]) == ([], [])


def test_or_an_array(assay, policy, lines):
    said = assay("policy", "dry-run", policy, lines, "--format", "json")
    assert [one["asset"]["name"] for one in json.loads(said.out)] == ["0.png", "1.png", "2.png"]


def test_nothing_is_an_empty_array(assay, policy, tmp_path):
    (tmp_path / "none.json").write_text("[]")
    said = assay("policy", "dry-run", policy, tmp_path / "none.json", "--format", "json")
    assert json.loads(said.out) == []


def test_a_former_policy_that_is_not_known_leaves_the_alert_open(assay, policy, tmp_path, plain):
    silent = tmp_path / "silent.toml"
    silent.write_text('name = "silent"\nalert_on = []\n')
    report = with_evidence(plain, detection(0.0005), policy=load_policy(silent))
    path = tmp_path / "one.json"
    path.write_text(report.to_json(2))
    (one,) = documents(assay("policy", "dry-run", policy, path, "--format", "ndjson"))
    assert (one["before"]["status"], one["changed"]) == (None, [])
    arguments = ("policy", "dry-run", policy, path, "--was", silent, "--format", "ndjson")
    (one,) = documents(assay(*arguments))
    assert (one["before"]["status"], one["changed"]) == (0, ["status"])


def test_a_report_that_needs_its_file_is_counted_with_the_reason(assay, tmp_path, lines):
    always = tmp_path / "match.toml"
    always.write_text('run = ["provenance", "rights", "match"]\n')
    narrow = tmp_path / "narrow.ndjson"
    report = report_on(png(), policy=Policy(run=("provenance",)))
    narrow.write_text(report.to_json() + "\n")
    said = assay("policy", "dry-run", always, narrow, status=3)
    assert "1  need their file to be examined again" in said.out
    assert "1  The policy asks for a check that was not run." in said.out


def test_what_could_not_be_opened_needs_its_file(assay, policy, tmp_path, plain):
    path = tmp_path / "some.ndjson"
    gone = {"schema": "assay/error/1", "asset": {"name": "gone.png"}, "error": {"code": "x"}}
    path.write_text(json.dumps(gone) + "\n" + plain.to_json() + "\n")
    said = assay("policy", "dry-run", policy, path, "--format", "ndjson", status=3)
    first, second = documents(said)
    assert (first["asset"], first["needs_file"]) == ({"name": "gone.png"}, ["not_examined"])
    assert second["changed"] == []


def test_bad_lines_are_told_by_their_place_and_nothing_else_is_lost(assay, policy, lines):
    good = lines.read_text().splitlines()
    other = json.loads(good[0]) | {"schema": "assay/report/9"}
    newer = json.loads(good[0]) | {"planet": "Mars"}
    bad = [good[0], '{"schema', "", json.dumps(other), json.dumps(newer), good[1]]
    lines.write_text("\n".join(bad))
    said = assay("policy", "dry-run", policy, lines, "--format", "ndjson", status=3)
    assert [one["asset"] is None for one in documents(said)] == [False, True, True, True, False]
    assert "reports.ndjson:2: not JSON" in said.err
    assert "reports.ndjson:4: not a report: it has the schema assay/report/9" in said.err
    assert "reports.ndjson:5: a report by another version, or a damaged one: see planet" in said.err
    text = assay("policy", "dry-run", policy, lines, status=3)
    assert "3  could not be read" in text.out


def test_reports_are_found_in_folders_and_are_not_changed(assay, policy, tmp_path, plain, accused):
    folder = tmp_path / "reports"
    (folder / "below").mkdir(parents=True)
    (folder / "a.json").write_text(plain.to_json(2))
    (folder / "below" / "b.json").write_text(f"[\n{plain.to_json(2)},\n{accused.to_json(2)}\n]\n")
    (folder / "index.html").write_text("<html>")
    before = {path: path.read_bytes() for path in folder.rglob("*.json")}
    said = assay("policy", "dry-run", policy, folder, "--format", "ndjson")
    assert [bool(one["changed"]) for one in documents(said)] == [False, False, True]
    assert before == {path: path.read_bytes() for path in folder.rglob("*.json")}


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["nowhere.json"], "no such file"),
        (["https://example.org/r.json"], "reports are not fetched"),
        (["empty"], "no reports in this folder"),
        (["-", "-"], "more than once"),
    ],
)
def test_wrong_usage_runs_nothing(assay, policy, tmp_path, arguments, told):
    (tmp_path / "empty").mkdir()
    assert told in assay("policy", "dry-run", policy, *arguments, status=2).err


def test_a_policy_that_is_wrong_is_told(assay, tmp_path, lines):
    wrong = tmp_path / "wrong.toml"
    wrong.write_text("max_fpr = 7")
    assert "max_fpr" in assay("policy", "dry-run", wrong, lines, status=2).err


def test_other_lists_prove_what_was_declared(assay, tmp_path, authority):
    report, root = report_on(signed(authority)), tmp_path / "root.pem"
    root.write_bytes(authority.root)
    path, same = tmp_path / "one.json", tmp_path / "same.toml"
    path.write_text(report.to_json(2))
    same.write_text("")
    arguments = ("policy", "dry-run", same, path, "--format", "ndjson")
    (stays,) = documents(assay(*arguments))
    assert stays["changed"] == []
    (one,) = documents(assay(*arguments, "--trust", root))
    assert (one["before"]["basis"], one["after"]["basis"]) == ("declared", "proven")
    assert one["changed"] == ["basis", "review"]
    (current,) = documents(assay(*arguments, "--current-trust"))
    assert current["changed"] == []
    assay("trust", "add", root)
    (kept,) = documents(assay(*arguments, "--current-trust"))
    assert kept["changed"] == ["basis", "review"]


def test_only_the_first_changes_are_listed(assay, policy, tmp_path, accused):
    path = tmp_path / "many.ndjson"
    path.write_text((accused.to_json() + "\n") * 25)
    few = assay("policy", "dry-run", policy, path).out
    assert (few.count("a.jpg:"), "(--all shows them): 5" in few) == (20, True)
    assert assay("policy", "dry-run", policy, path, "--all").out.count("a.jpg:") == 25


def test_it_reads_what_check_writes(tmp_path, policy):
    """Through pipes, as anyone would: a table of what `assay check` has just found."""
    (tmp_path / "a.png").write_bytes(png_text(parameters="a cat\nSteps: 20, Sampler: Euler"))
    assay = [sys.executable, "-c", "from service.cli import main; main()"]
    env = os.environ | {"PYTHONPATH": str(REPOSITORY), "ASSAY_HOME": str(tmp_path / "home")}
    for form in ("json", "ndjson"):
        checked = subprocess.run(
            [*assay, "check", "a.png", "--format", form],
            cwd=tmp_path,
            env=env,
            capture_output=True,
            check=False,
        )
        tried = subprocess.run(
            [*assay, "policy", "dry-run", str(policy), "-", "--format", "ndjson"],
            cwd=tmp_path,
            env=env,
            input=checked.stdout,
            capture_output=True,
            check=False,
        )
        assert tried.returncode == 0, tried.stderr
        (one,) = [json.loads(line) for line in tried.stdout.splitlines()]
        assert (one["asset"]["name"], one["changed"]) == ("a.png", [])


def read(monkeypatch, data):
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(data)))
    return list(reports(["-"]))


def test_objects_that_follow_each_other_are_read(monkeypatch, plain):
    two = plain.to_json(2).encode() * 2
    assert [type(one) for one in read(monkeypatch, two)] == [Stored, Stored]


def test_an_array_that_is_cut_gives_what_is_whole(monkeypatch, plain):
    data = f"[\n{plain.to_json(2)},\n{plain.to_json(2)}\n]".encode()[:-200]
    whole, rest = read(monkeypatch, data)
    assert isinstance(whole, Stored)
    assert isinstance(rest, Unusable)
    assert rest.place == f"-:{plain.to_json(2).count(chr(10)) + 3}"


@pytest.mark.parametrize("data", [b"", b"\n\n", b"[]", b" [ ] \n"])
def test_nothing_is_nothing(monkeypatch, data):
    assert read(monkeypatch, data) == []


@pytest.mark.parametrize("data", [b"hello", b"{", b"[1", b"\xff\xfe", b"[" * 100_000, b"]"])
def test_what_is_no_json_is_told(monkeypatch, data):
    assert all(isinstance(one, Unusable) for one in read(monkeypatch, data))
    assert read(monkeypatch, data)


def test_a_mark_of_the_byte_order_is_no_fault(monkeypatch, plain):
    (one,) = read(monkeypatch, b"\xef\xbb\xbf" + plain.to_json().encode())
    assert isinstance(one, Stored)
    assert one.report == plain


def test_a_file_that_was_not_opened_is_known_by_name(monkeypatch):
    (one,) = read(monkeypatch, b'{"schema":"assay/error/1","asset":{"name":"x"}}')
    assert one == NotExamined("-:1", "x")


def test_a_report_read_back_is_the_report(monkeypatch, accused):
    (one,) = read(monkeypatch, accused.to_json().encode())
    assert isinstance(one.report, Report)
    assert one.report == accused


def test_every_reason_stands_on_both_pages():
    for page in ("docs/rejudging.md", "docs/rejudging.fr.md"):
        told = (REPOSITORY / page).read_text("utf-8")
        assert [reason for reason in LACKING if f"`{reason}`" not in told] == []
