"""From a manifest to a model: end to end, stopped in the middle, and what the model then holds."""

from __future__ import annotations

import csv
import dataclasses
import io
import json
import os
import signal
import subprocess
import sys
import time
from dataclasses import replace

import numpy as np
import pytest

from detectors.card import ModelCard
from detectors.models.folder import open_model
from detectors.models.preparation import Malformed, Unprepared, pack, unpack
from detectors.models.tables import read_scores
from detectors.models.windowed import Preparer
from detectors.training.features import FeatureStore
from detectors.training.recipe import Copy
from detectors.training.run import Step, train, work_folder
from provenance.errors import ConfigError, PluginError
from tests.detectors import tiny
from tests.provenance import making

KINDS = ("sound", "picture", "text")
WORKS = 8 * (len(tiny.SOURCES) + len(tiny.FAMILIES))


def accounts(folder):
    return list(csv.DictReader(io.StringIO((folder / "training.csv").read_text())))


@pytest.mark.parametrize("kind", KINDS)
def test_a_model_is_whole(tiny_run, kind):
    run = tiny_run(kind)
    model = open_model(run.folder)
    assert set(model.check()) == {
        *("network.onnx", "tables.json", "human_scores.csv", "ai_scores.csv"),
        *("training.csv", "card.json"),
    }
    assert run.trained.difference < 1e-4
    assert len(accounts(run.folder)) == WORKS
    assert {one["used"] for one in accounts(run.folder)} == {"yes"}
    human = read_scores(model.read("human_scores.csv"), shown="")
    made = read_scores(model.read("ai_scores.csv"), shown="")
    assert {one.source for one in human} == set(tiny.SOURCES)
    assert {one.source for one in made} == set(tiny.FAMILIES)
    assert len(human) + len(made) == WORKS
    assert sum(one.score for one in made) > sum(one.score for one in human)


def test_the_card_lists_sources_with_their_licences(tiny_run):
    card = ModelCard.read((tiny_run("text").folder / "card.json").read_bytes(), shown="")
    assert {one.name: one.works for one in card.data} == dict.fromkeys(
        (*tiny.SOURCES, *tiny.FAMILIES), 8
    )
    assert {one.licence for one in card.data} == {"CC0-1.0"}
    bare = ModelCard.read((tiny_run("sound").folder / "card.json").read_bytes(), shown="")
    assert {one.licence for one in bare.data} == {"none stated"}


def test_progress_is_told_step_by_step(tiny_run):
    told = tiny_run("picture").progress
    assert list(dict.fromkeys(one.step for one in told)) == list(Step)
    last = {one.step: one for one in told}
    assert all(one.done == one.total for one in last.values())
    assert last[Step.AUDIT].total == WORKS


@pytest.fixture
def pictures(tiny_plugins, tmp_path):
    return tiny.manifest(tmp_path / "works", "picture", each=4)


def test_reserved_works_are_left_out_and_listed(pictures, tmp_path):
    folder = pictures.parent
    mining = making.xmp(
        "<plus:DataMining>http://ns.useplus.org/ldf/vocab/DMI-PROHIBITED</plus:DataMining>",
        prefixes='xmlns:plus="http://ns.useplus.org/ldf/xmp/1.0/"',
    )
    rows = list(csv.DictReader(io.StringIO(pictures.read_text())))
    (folder / f"{rows[0]['path']}.xmp").write_bytes(mining)
    rows[1]["licence"] = "CC-BY-NC-4.0"
    (folder / rows[3]["path"]).write_bytes((folder / rows[2]["path"]).read_bytes())
    (folder / rows[-1]["path"]).write_bytes((folder / rows[4]["path"]).read_bytes())
    (folder / rows[5]["path"]).write_bytes(b"\x89PNG\r\n\x1a\nbroken")
    with pictures.open("w", newline="") as file:
        table = csv.DictWriter(file, rows[0].keys())
        table.writeheader()
        table.writerows(rows)
    train(pictures, tiny.PictureRecipe(), tmp_path / "model")
    found = accounts(tmp_path / "model")
    left_out = {one["id"]: one["reason"] for one in found if one["used"] == "no"}
    assert left_out.pop(rows[0]["path"]) == "reservation_reserved"
    assert left_out.pop(rows[1]["path"]) == "licence_nc"
    assert left_out.pop(rows[3]["path"]) == "duplicate"
    assert left_out.pop(rows[4]["path"]) == left_out.pop(rows[-1]["path"]) == "both_labels"
    assert left_out.pop(rows[5]["path"]) in ("unreadable", "rights_unread")
    assert not left_out
    card = ModelCard.read((tmp_path / "model" / "card.json").read_bytes(), shown="")
    assert {one.name: one.reserved for one in card.data}["ann"] == 2
    used = [one for one in found if one["used"] == "yes"]
    assert {one["licence"] for one in used} == {"none stated"}


def test_one_stopped_in_the_middle_goes_on_and_reads_nothing_twice(pictures, tmp_path, monkeypatch):
    asked = []
    answer = Preparer.answer

    def counted(self, asset):
        asked.append(asset.name)
        return answer(self, asset)

    monkeypatch.setattr(Preparer, "answer", counted)

    def stop(progress):
        if progress.step is Step.PREPARE and progress.done == 9:
            raise KeyboardInterrupt

    out = tmp_path / "model"
    with pytest.raises(KeyboardInterrupt):
        train(pictures, tiny.PictureRecipe(), out, watch=stop)
    assert not out.exists()
    before = list(asked)
    assert 9 <= len(before) < 28
    told = []
    train(pictures, tiny.PictureRecipe(), out, resume=True, watch=told.append)
    assert len(asked) == len(set(asked)) == 28
    known = {one.step: one.known for one in told}
    assert known[Step.AUDIT] == 28
    assert known[Step.PREPARE] == len(before)
    asked.clear()
    train(pictures, tiny.PictureRecipe(), out, resume=True)
    assert asked == []


def test_one_killed_outright_goes_on(tiny_plugins, pictures, tmp_path):
    out = tmp_path / "model"
    code = (
        "from detectors.training.run import train; from tests.detectors import tiny; "
        f"from pathlib import Path; train(Path({str(pictures)!r}), tiny.PictureRecipe(), "
        f"Path({str(out)!r}), workers=1)"
    )
    environment = {**os.environ, "PYTHONPATH": str(tiny_plugins)}
    running = subprocess.Popen([sys.executable, "-c", code], env=environment)
    features = work_folder(out) / "features"
    deadline = time.monotonic() + 60
    while running.poll() is None and time.monotonic() < deadline:
        if len([one for one in features.glob("*/*") if not one.name.startswith(".")]) >= 3:
            break
        time.sleep(0.005)
    running.send_signal(signal.SIGKILL)
    running.wait()
    assert not (out / "model.json").exists()
    told = []
    trained = train(pictures, tiny.PictureRecipe(), out, resume=True, watch=told.append)
    assert max(one.known for one in told if one.step is Step.PREPARE) >= 3
    assert set(trained.model.check())


def test_next_months_works_are_added_to_those_that_are_known(pictures, tmp_path):
    out = tmp_path / "model"
    train(pictures, tiny.PictureRecipe(), out)
    with pictures.open("a") as file:
        for seed in range(10):
            name = f"delta-{seed}.png"
            (pictures.parent / name).write_bytes(tiny.picture(synthetic=True, seed=500 + seed))
            file.write(f"{name},ai,delta,delta,\n")
    told = []
    trained = train(pictures, tiny.PictureRecipe(), out, resume=True, watch=told.append)
    last = {one.step: one for one in told}
    assert (last[Step.PREPARE].known, last[Step.PREPARE].total) == (28, 38)
    made = read_scores(trained.model.read("ai_scores.csv"), shown="")
    assert sum(one.source == "delta" for one in made) == 10


class Copying(tiny.SoundRecipe):
    """Is fitted to two copies of each work too, and keeps what it was given."""

    def __init__(self, *gains):
        copies = tuple(Copy("tiny-quieter", {"gain": gain}) for gain in gains)
        self.plan = replace(tiny.SoundRecipe.plan, copies=copies)
        self.given = []

    def fit(self, features, labels, groups, seed):
        self.given.append((features, labels, groups))
        return super().fit(features, labels, groups, seed)


def test_a_model_is_fitted_to_laundered_copies_and_held_out_of_works_alone(tiny_plugins, tmp_path):
    works = tiny.manifest(tmp_path / "works", "sound", each=2)
    alone, copying = Copying(), Copying(0.5, 0.1)
    plain = train(works, alone, tmp_path / "plain")
    told = []
    trained = train(works, copying, tmp_path / "copied", watch=told.append)
    (rows, labels, groups), (few, *_) = copying.given[-1], alone.given[-1]
    assert len(rows) == len(labels) == len(groups) == 3 * len(few)
    quieter = sorted(rows[:, 2].tolist())
    original = few[:, 2]
    expected = [*original, *(original * np.float32(0.5)), *(original * np.float32(0.1))]
    np.testing.assert_allclose(quieter, sorted(map(float, expected)), rtol=1e-5)
    for one in (plain, trained):
        assert len(read_scores(one.model.read("human_scores.csv"), shown="")) == 8
    last = {one.step: one for one in told}
    assert last[Step.PREPARE].done == last[Step.PREPARE].total == 3 * 14
    again = []
    train(works, Copying(0.5, 0.1), tmp_path / "copied", resume=True, watch=again.append)
    assert {one.step: one for one in again}[Step.PREPARE].known == 3 * 14


def test_the_same_training_gives_the_same_model(tiny_run, tmp_path):
    from tests.detectors.conftest import NOW

    run = tiny_run("text")
    again = train(run.manifest, tiny.TextRecipe(), tmp_path / "model", clock=lambda: NOW)
    assert again.model.digest == run.trained.model.digest


def test_what_is_there_is_not_written_over(tiny_run, tmp_path):
    run = tiny_run("text")
    with pytest.raises(ConfigError, match="exists already"):
        train(run.manifest, tiny.TextRecipe(), run.folder)


def test_a_graph_that_computes_something_else_is_refused(tiny_run, tmp_path):
    class Wrong(tiny.TextRecipe):
        def export(self, fitted):
            first = fitted.pipeline.steps[0][1]
            first.mean_ = first.mean_ + 0.5
            try:
                return super().export(fitted)
            finally:
                first.mean_ = first.mean_ - 0.5

    with pytest.raises(PluginError, match="its graph differs from what was fitted"):
        train(tiny_run("text").manifest, Wrong(), tmp_path / "model")
    assert not (tmp_path / "model").exists()


def test_the_test_of_strangeness_is_kept_only_where_it_catches(tiny_run, tmp_path):
    outside = tmp_path / "outside.jsonl"
    lines = [
        {"text": f"{n} " * 400, "label": "human", "source": f"numbers{n % 2}"} for n in range(20)
    ]
    outside.write_text("".join(json.dumps(line) + "\n" for line in lines))
    run = tiny_run("text")
    trained = train(run.manifest, tiny.TextRecipe(), tmp_path / "model", outside=outside)
    card = ModelCard.read(trained.model.read("card.json"), shown="")
    assert card.strangeness.catches.n == 20
    assert trained.model.has("strangeness.json") is card.strangeness.kept
    assert card.strangeness.kept is (card.strangeness.catches.value >= 0.3)
    assert not run.trained.model.has("strangeness.json")


def test_nothing_is_kept_under_a_wrong_digest(tmp_path):
    answer = pack(Unprepared("unreadable", "a test"))
    store = FeatureStore(tmp_path, "tiny", "1", {})
    store.put("a" * 64, answer)
    assert store.get("a" * 64) == Unprepared("unreadable", "a test")
    (place,) = tmp_path.glob("*/*")
    place.rename(place.with_name("b" * 64))
    assert store.get("b" * 64) is None
    store.put("a" * 64, answer)
    place.write_bytes(place.read_bytes()[:-1])
    assert store.get("a" * 64) is None
    assert FeatureStore(tmp_path, "tiny", "2", {}).get("a" * 64) is None


@pytest.mark.parametrize(
    "answer",
    [b"", b"\0\0\0\xff{}", b"\0\0\0\x02{}", b'\0\0\0\x09{"a": nan', b"\xff\xff\xff\xff"],
)
def test_an_answer_of_a_worker_is_checked(answer):
    with pytest.raises(Malformed):
        unpack(answer)


def test_a_wrong_manifest_leaves_nothing_behind(tiny_plugins, tmp_path):
    manifest = tmp_path / "works.csv"
    manifest.write_text("path,label\na.png,perhaps\n")
    out = tmp_path / "model"
    with pytest.raises(ConfigError, match="line 2: the label is 'perhaps'"):
        train(manifest, tiny.PictureRecipe(), out)
    assert not work_folder(out).exists()


def test_too_few_families_are_told(tiny_plugins, tmp_path):
    folder = tmp_path / "works"
    manifest = tiny.manifest(folder, "text", each=2)
    lines = manifest.read_text().splitlines(keepends=True)
    manifest.write_text("".join(one for one in lines if "beta" not in one and "gamma" not in one))
    with pytest.raises(ConfigError, match="1 families of generators and 4 human sources"):
        train(manifest, tiny.TextRecipe(), tmp_path / "model")


class Marked(tiny.PictureRecipe):
    """Measures works whose licence keeps them out of training; keeps what it was fitted to."""

    def __init__(self):
        super().__init__()
        self.plan = dataclasses.replace(self.plan, measures_marked=True)
        self.fitted = []

    def fit(self, features, labels, groups, seed):
        self.fitted.append(sorted(set(groups.tolist())))
        return super().fit(features, labels, groups, seed)


def test_works_that_may_not_be_fitted_to_are_measured_where_the_plan_says(pictures, tmp_path):
    rows = list(csv.DictReader(io.StringIO(pictures.read_text())))
    marked = {one["path"] for one in rows if one["source"] == "ann"}
    for one in rows:
        one["licence"] = "CC-BY-NC-4.0" if one["path"] in marked else ""
    with pictures.open("w", newline="") as file:
        table = csv.DictWriter(file, rows[0].keys())
        table.writeheader()
        table.writerows(rows)
    recipe = Marked()
    train(pictures, recipe, tmp_path / "model")
    assert all("ann" not in groups for groups in recipe.fitted)
    found = accounts(tmp_path / "model")
    assert {one["id"] for one in found if one["used"] == "measured"} == marked
    scores = (tmp_path / "model" / "human_scores.csv").read_text()
    assert "ann" in {one["source"] for one in csv.DictReader(io.StringIO(scores))}


def test_folds_that_were_scored_are_not_fitted_again(pictures, tmp_path):
    first = Marked()
    train(pictures, first, tmp_path / "model")
    again = Marked()
    train(pictures, again, tmp_path / "model", resume=True)
    assert len(first.fitted) > 1
    assert len(again.fitted) == 1, "the model itself, and no fold"
    for name in ("human_scores.csv", "ai_scores.csv", "tables.json"):
        assert (tmp_path / "model" / name).exists()
    other = Marked()
    other.plan = dataclasses.replace(other.plan, fit={"rounds": 2})
    train(pictures, other, tmp_path / "model", resume=True)
    assert len(other.fitted) == len(first.fitted)
