"""`assay models list|add|verify|train`, as they are typed."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys

import pytest

from tests.detectors import tiny
from tests.detectors.plugins import classifiers


class Assay:
    """The command, with the tiny recipes installed and a folder of models of its own."""

    def __init__(self, folder):
        self.site = tiny.register(folder / "site")
        self.models = folder / "models"

    def __call__(self, *arguments, status=0):
        done = subprocess.run(
            [sys.executable, "-c", "from service.cli import main; main()", *map(str, arguments)],
            capture_output=True,
            text=True,
            check=False,
            env={**os.environ, "PYTHONPATH": str(self.site), "ASSAY_MODELS": str(self.models)},
        )
        assert done.returncode == status, done.stderr
        return done


@pytest.fixture(scope="module")
def assay(tmp_path_factory):
    return Assay(tmp_path_factory.mktemp("assay"))


@pytest.fixture(scope="module")
def trained(assay, tmp_path_factory):
    folder = tmp_path_factory.mktemp("works")
    manifest = tiny.manifest(folder / "works", "text", each=5)
    done = assay(
        *("models", "train", manifest, "--recipe", "tiny-text"),
        *("--out", folder / "model", "--name", "my-text"),
    )
    return folder / "model", done


def test_train_says_what_was_used(trained):
    folder, done = trained
    assert "human: 20 works of 4 human sources" in done.stdout
    assert "ai: 15 works of 3 families of generators" in done.stdout
    assert "no licence stated: 0 of 35" in done.stdout
    assert "assay models add" in done.stderr
    assert (folder / "model.json").exists()


def test_a_model_is_added_listed_verified_and_heard(assay, trained, tmp_path):
    folder, _ = trained
    digest = assay("models", "add", folder).stdout.split()[-1]
    listed = {
        one["name"]: one for one in json.loads(assay("models", "list", "--format", "json").stdout)
    }
    assert listed["my-text"]["model"] == digest
    assert listed["my-text"]["calibrated"] is True
    assert listed["marks"]["calibrated"] is None
    assert "my-text" in assay("models", "list").stdout
    verified = assay("models", "verify", "my-text").stdout
    assert "derived again, the same bytes: tables.json" in verified
    assert verified.count("digest is right") == 6
    work = tmp_path / "w.txt"
    work.write_text(tiny.text(synthetic=True, seed=4))
    report = json.loads(assay("check", work, "--format", "json").stdout)
    (found,) = [one for one in report["evidence"] if one["source"] == "my-text"]
    assert found["model"] == digest == report["engine"]["models"]["my-text"]


def test_tables_that_do_not_follow_from_the_scores_are_found(assay, trained, tmp_path):
    from detectors.models.folder import open_model, write_model
    from detectors.models.tables import read_scores, write_scores

    folder = shutil.copytree(trained[0], tmp_path / "model")
    path = folder / "human_scores.csv"
    scores = read_scores(path.read_bytes(), shown="")
    path.write_bytes(write_scores(one._replace(score=one.score - 5) for one in scores))
    assert "its SHA-256 is" in assay("models", "verify", folder, status=3).stderr
    record = open_model(folder).record
    (folder / "model.json").unlink()
    write_model(folder, record)
    said = assay("models", "verify", folder, status=1).stdout
    assert "does not follow from the held-out scores" in said


def test_a_spoilt_model_is_named_in_the_list(assay, trained, tmp_path):
    other = Assay(tmp_path)
    other("models", "add", trained[0])
    (other.models / "my-text" / "extra.py").write_text("")
    done = other("models", "list", status=3)
    assert "my-text  CANNOT BE LOADED" in done.stdout
    work = tmp_path / "w.txt"
    work.write_text("words")
    assert "extra.py" in other("check", work, status=3).stderr


def test_train_goes_on_only_when_told_to(assay, trained, tmp_path):
    folder, _ = trained
    manifest = folder.parent / "works" / "works.jsonl"
    wanted = ("models", "train", manifest, "--recipe", "tiny-text", "--out", folder)
    assert "--resume goes on with it" in assay(*wanted, status=2).stderr


def test_wrong_usage_is_told(assay, trained, tmp_path):
    folder, _ = trained
    manifest = folder.parent / "works" / "works.jsonl"
    none = assay(*("models", "train", manifest, "--recipe", "x", "--out", tmp_path / "m"), status=2)
    assert "Known: music, text, tiny-picture, tiny-sound, tiny-text" in none.stderr
    assert "no model called 'x'" in assay("models", "verify", "x", status=2).stderr
    assert "a revision is needed" in assay("models", "add", "hf:owner/name", status=2).stderr
    assert "no such folder" in assay("models", "add", tmp_path / "none", status=2).stderr


def test_a_classifier_is_added_once_its_labels_are_told(assay, tmp_path):
    pytest.importorskip("transformers")
    folder = classifiers.sequence(tmp_path / "My Classifier", {0: "LABEL_0", 1: "LABEL_1"})
    asked = assay("models", "add", folder, status=2)
    assert "Say so with --synthetic-label" in asked.stderr
    done = assay(
        *("models", "add", folder, "--synthetic-label", "LABEL_1", "--licence", "MIT"),
    )
    assert done.stdout.startswith("my-classifier  text  sha256:")
    assert "decides nothing until it is calibrated" in done.stderr
    assert "no tables" in assay("models", "verify", "my-classifier").stdout
    listed = json.loads(assay("models", "list", "--format", "json").stdout)
    (row,) = [one for one in listed if one["name"] == "my-classifier"]
    assert (row["calibrated"], row["licence"]) == (False, "MIT")
    work = tmp_path / "w.txt"
    work.write_text(tiny.text(synthetic=True, seed=4))
    report = json.loads(assay("check", work, "--format", "json").stdout)
    (found,) = [one for one in report["evidence"] if one["source"] == "my-classifier"]
    assert found["kind"] == "detection"
    assert found["exceedance"] is None
