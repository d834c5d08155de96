"""A model folder is data: whatever is more than that is refused."""

from __future__ import annotations

import hashlib
import json
import pickle  # noqa: TID251 - to make one, never to read one
import shutil

import pytest

import detectors
from detectors.exceedance import HumanScore
from detectors.models.folder import open_model
from detectors.models.places import install, installed_models
from detectors.models.records import ModelRecord
from detectors.models.tables import derive, read_scores, write_scores
from provenance.asset import Asset
from provenance.errors import AssayError, ConfigError, ModelError, NoModel
from tests.detectors import tiny


@pytest.fixture
def model(tiny_run, tmp_path):
    """A copy of a sound model that may be spoilt."""
    return shutil.copytree(tiny_run("sound").folder, tmp_path / "tiny-sound")


def edit(folder, **fields):
    """Change `model.json`, digests and all, as an attacker would."""
    path = folder / "model.json"
    path.write_text(json.dumps(json.loads(path.read_text()) | fields))


def add_file(folder, name, data):
    (folder / name).write_bytes(data)
    files = json.loads((folder / "model.json").read_text())["files"]
    edit(folder, files=files | {name: hashlib.sha256(data).hexdigest()})


def test_a_sound_model_opens(model):
    opened = open_model(model)
    assert (
        opened.digest == f"sha256:{hashlib.sha256((model / 'model.json').read_bytes()).hexdigest()}"
    )
    assert set(opened.check()) == set(opened.record.files)


def test_there_must_be_a_model(tmp_path):
    with pytest.raises(NoModel, match="no such folder"):
        detectors.load(tmp_path / "nothing")
    with pytest.raises(NoModel, match=r"no model\.json"):
        detectors.load(tmp_path)


def test_an_unknown_preparation_is_named(model):
    edit(model, preparation="os:system")
    with pytest.raises(ModelError, match="no preparation called 'os:system'") as error:
        detectors.load(model)
    assert "tiny-sound" in error.value.hint


def test_an_extra_file_is_refused(model):
    (model / "run.json").write_text("{}")
    with pytest.raises(ModelError, match=r"'run\.json', which model\.json does not name"):
        open_model(model)


def test_a_missing_file_is_refused(model):
    (model / "tables.json").unlink()
    with pytest.raises(ModelError, match=r"lacks 'tables\.json'"):
        open_model(model)


def test_a_folder_inside_is_refused(model):
    (model / "more").mkdir()
    with pytest.raises(ModelError, match="not a plain file"):
        open_model(model)


def test_a_link_is_refused(model, tmp_path):
    target = tmp_path / "tables.json"
    (model / "tables.json").rename(target)
    (model / "tables.json").symlink_to(target)
    with pytest.raises(ModelError, match="is a link"):
        open_model(model)


@pytest.mark.parametrize("name", ["../tables.json", "/etc/passwd.json", "a/b.json", ".hidden.json"])
def test_a_path_outside_is_refused(model, name):
    edit(model, files={"network.onnx": "0" * 64, name: "0" * 64})
    with pytest.raises(ModelError, match="not the name of a file beside"):
        open_model(model)


@pytest.mark.parametrize("name", ["code.py", "weights.pt", "weights.bin", "weights.pkl", "x.npz"])
def test_other_kinds_of_file_are_refused(model, name):
    add_file(model, name, b"1")
    with pytest.raises(ModelError, match="files only"):
        open_model(model)


@pytest.mark.parametrize("name", ["extra.json", "extra.safetensors", "extra.onnx", "extra.csv"])
@pytest.mark.parametrize("data", [pickle.dumps({"a": 1}), b"PK\x03\x04zip", b"\x7fELF"])
def test_a_pickle_under_another_name_is_refused(model, name, data):
    add_file(model, name, data)
    with pytest.raises(ModelError, match="is a pickle, an archive or a program"):
        open_model(model)


@pytest.mark.parametrize(
    ("name", "data"),
    [("a.onnx", b"#!/bin/sh\n"), ("a.safetensors", b"12345678[]"), ("a.json", b"<html>")],
)
def test_a_file_is_what_its_ending_says(model, name, data):
    add_file(model, name, data)
    with pytest.raises(ModelError, match="not what its ending says"):
        open_model(model)


def test_a_wrong_digest_is_refused_where_the_file_is_read(model):
    tables = model / "tables.json"
    tables.write_bytes(tables.read_bytes().replace(b"0.01", b"0.02"))
    with pytest.raises(ModelError, match="its SHA-256 is"):
        detectors.load(model)


def test_a_network_with_a_wrong_digest_never_runs(model):
    network = bytearray((model / "network.onnx").read_bytes())
    network[-1] ^= 1
    (model / "network.onnx").write_bytes(network)
    detector = detectors.load(model)
    work = Asset.from_bytes(tiny.sound(synthetic=True, seed=1), name="w.wav")
    for _ in range(2):  # nothing was kept of it the first time
        with pytest.raises(AssayError, match="not the file the model was made with"):
            list(detector.detect([work]))
    detector.close()


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"schema": "assay/model/2"}, "schema"),
        ({"module": "os"}, "module"),
        ({"name": "../up"}, "name"),
        ({"network": None}, "a network or a classifier"),
        ({"groups": {"a": None}}, "'all'"),
        ({"groups": {"all": None, "a": "b", "b": "a"}}, "lead up"),
        ({"network": {"file": "other.onnx"}}, "not among its files"),
    ],
)
def test_a_record_that_is_none_names_the_field(model, fields, said):
    edit(model, **fields)
    with pytest.raises(ModelError, match=said):
        open_model(model)


def test_a_model_is_installed_whole_or_not_at_all(model, models):
    install(model)
    assert installed_models() == ("tiny-sound",)
    assert detectors.load("tiny-sound").card.model == open_model(model).digest
    (model / "human_scores.csv").write_text("source,group,work,score\n")
    with pytest.raises(ModelError, match="its SHA-256"):
        install(model)
    assert sorted(one.name for one in models.iterdir()) == ["tiny-sound"]
    assert set(open_model(models / "tiny-sound").check())


def test_a_name_that_is_taken_is_refused(model, models):
    with pytest.raises(ModelError, match="comes with Assay"):
        install(model, taken=frozenset({"tiny-sound"}))
    assert installed_models() == ()


def test_an_unknown_name_is_a_wrong_option(models):
    with pytest.raises(ConfigError, match="no detector called 'gossip'"):
        detectors.load("gossip")
    with pytest.raises(NoModel, match="no weights for the speech detector"):
        detectors.load("speech")
    with pytest.raises(NoModel, match="is not installed"):
        detectors.load("hf:owner/name")


def test_tables_follow_from_the_scores(model):
    opened = open_model(model)
    assert derive(opened) == opened.read("tables.json")


def test_scores_read_back_exactly():
    scores = [HumanScore("a", "all", "1", 0.1 + 0.2), HumanScore("b, c", "all", "2", -1e-300)]
    assert read_scores(write_scores(reversed(scores)), shown="x") == tuple(sorted(scores))
    with pytest.raises(ModelError, match="line 2"):
        read_scores(b"source,group,work,score\na,all,1,nan\n", shown="x")


def test_the_record_says_nothing_of_code():
    assert "module" not in ModelRecord.model_fields
