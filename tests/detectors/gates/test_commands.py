"""Gates on the command line: listed beside the detectors, and verified as models are."""

from __future__ import annotations

import hashlib
import json
import shutil

import pytest
from typer.testing import CliRunner

from detectors.gates import gate as gates
from detectors.gates.gate import Gate
from detectors.gates.held_out import read_held_out, write_held_out
from detectors.gates.records import CARD, GATE, HELD_OUT
from service.cli.models.app import app


def assay(*arguments, status=0):
    done = CliRunner().invoke(app, [str(one) for one in arguments])
    assert done.exit_code == status, done.output
    return done.output


@pytest.fixture
def shipped(trained, monkeypatch):
    """As if the gate of these tests lay in the package."""
    folder = trained[0].path
    monkeypatch.setattr(gates, "PACKAGES", {"sound-kind": "detectors.audio"})
    monkeypatch.setattr(gates, "place", lambda _: folder)
    gates.gate.cache_clear()
    yield folder
    gates.gate.cache_clear()


def test_a_gate_is_listed_as_one(trained, shipped):
    listed = {one["name"]: one for one in json.loads(assay("list", "--format", "json"))}
    assert listed["sound-kind"]["kind"] == "gate"
    assert listed["sound-kind"]["model"] == trained[0].digest
    assert listed["sound-kind"]["kinds"] == ["music", "other", "speech"]
    assert listed["marks"]["kind"] == "detector"
    assert "gate" in assay("list").split("sound-kind", 1)[1].splitlines()[0]


def test_a_damaged_gate_is_named_in_the_list(shipped, tmp_path, monkeypatch):
    folder = shutil.copytree(shipped, tmp_path / "gate")
    (folder / "weights.safetensors").write_bytes(b"")
    monkeypatch.setattr(gates, "place", lambda _: folder)
    assert "sound-kind  CANNOT BE LOADED" in assay("list", status=3)


def test_a_gate_is_verified(trained):
    gate, *_ = trained
    said = assay("verify", gate.path)
    assert said.count("digest is right") == 4
    assert "derived again, the same figures: card.json" in said
    assert gate.digest in said


def test_a_card_that_does_not_follow_is_found(trained, tmp_path):
    gate, *_ = trained
    folder = shutil.copytree(gate.path, tmp_path / "gate")
    kinds = gate.record.kinds
    rows = read_held_out((folder / HELD_OUT).read_bytes(), kinds, shown="")
    better = write_held_out(rows[1:], kinds)
    (folder / HELD_OUT).write_bytes(better)
    record = json.loads((folder / GATE).read_text())
    record["files"][HELD_OUT] = hashlib.sha256(better).hexdigest()
    (folder / GATE).write_text(json.dumps(record))
    assert list(Gate.read(folder).check())
    assert f"{CARD} does not follow from the held-out answers" in assay("verify", folder, status=1)
