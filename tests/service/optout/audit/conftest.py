"""A small history and the command, run in this process."""

from __future__ import annotations

import json

import pytest

from service.cli import _run

OPEN = b"User-agent: *\nDisallow: /admin/\n"
CLOSED = b"User-agent: GPTBot\nDisallow: /\n"


@pytest.fixture
def history(tmp_path):
    """a.example shut GPTBot out between January and March 2024; b.example never did."""
    folder = tmp_path / "history"
    folder.mkdir()
    for day, body in (("20240101", OPEN), ("20240301", CLOSED), ("20240401", CLOSED)):
        (folder / f"a.example_{day}.txt").write_bytes(body)
    for day in ("20240101", "20240301", "20240401"):
        (folder / f"b.example_{day}.txt").write_bytes(OPEN)
    return folder


class Audit:
    """What an audit has written."""

    def __init__(self, folder, said):
        self.folder, self.said = folder, said
        lines = (folder / "findings.ndjson").read_text(encoding="utf-8").splitlines()
        self.findings = [json.loads(line) for line in lines]
        self.coverage = json.loads((folder / "coverage.json").read_text(encoding="utf-8"))

    @property
    def verdicts(self):
        return [one["verdict"] for one in self.findings]


@pytest.fixture
def assay(monkeypatch, tmp_path, capsys):
    monkeypatch.setenv("ASSAY_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("LC_ALL", "C.UTF-8")

    def assay(*arguments, status=0):
        ended = _run([str(one) for one in arguments])
        said = capsys.readouterr()
        assert ended == status, said.out + said.err
        return said

    return assay


@pytest.fixture
def audit(assay, tmp_path):
    def audit(source, *arguments, status=0, out=tmp_path / "out"):
        said = assay("optout", "audit", source, "--out", out, *arguments, status=status)
        return Audit(out, said)

    return audit
