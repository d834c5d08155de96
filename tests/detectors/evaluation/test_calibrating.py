"""From an installed model to new tables, and a trained model judged on works it saw and did not."""

from __future__ import annotations

import json

import pytest

import detectors
from detectors.evaluation.run import Options, evaluate
from detectors.models.folder import open_model
from detectors.models.places import install, models_folder
from detectors.models.tables import TABLES, derive
from detectors.models.windowed import WindowedDetector
from provenance.errors import ConfigError
from tests.detectors import tiny
from tests.detectors.evaluation.making import manifest, rows_of

KIND = "text"


@pytest.fixture
def others(tmp_path):
    """Works like those it was trained on, and none of them."""
    rows = []
    for number in range(240):
        synthetic = number % 2 == 1
        name = f"{number}.txt"
        (tmp_path / name).write_text(tiny.text(synthetic=synthetic, seed=500_000 + number))
        source = f"{'g' if synthetic else 's'}{number // 2 % 4}"
        label = "ai" if synthetic else "human"
        rows.append({"path": name, "label": label, "source": source, "family": source})
    return manifest(tmp_path / "others.csv", rows)


def test_a_trained_model_is_judged_on_works_it_never_saw(tiny_run, others, tmp_path):
    detector = WindowedDetector(tiny_run(KIND).folder)
    done = evaluate(detector, others, tmp_path / "out", Options(fpr=0.5))
    detector.close()
    assert done.overlap.known
    assert done.overlap.same == ()
    assert done.card.figures.auc.value > 0.9
    assert done.card.data == detector_card(tiny_run(KIND).folder).data
    assert done.card.digests == dict(open_model(tiny_run(KIND).folder).record.files)
    rows = rows_of(tmp_path / "out/scores.csv")
    for row in rows:
        flagged = row["decision"] == "synthetic"
        assert flagged == (row["reason"] == "" and float(row["exceedance"]) <= 0.5)


def detector_card(folder):
    from detectors.card import ModelCard

    return ModelCard.read((folder / "card.json").read_bytes(), shown="card.json")


def test_its_own_training_works_are_all_left_out(tiny_run, tmp_path):
    run = tiny_run(KIND)
    detector = WindowedDetector(run.folder)
    done = evaluate(detector, run.manifest, tmp_path / "out", Options(fpr=0.5, plots=False))
    detector.close()
    used = [one for one in run.trained.accounts if one.reason is None]
    assert len(done.overlap.same) >= len(used) > 0
    counted = done.card.figures.human.works + done.card.figures.ai.works
    assert counted == done.works - len(done.overlap.same) - len(done.overlap.near)


def test_copies_of_training_works_in_another_layout_are_left_out_too(tiny_run, others, tmp_path):
    run = tiny_run(KIND)
    used = [one for one in run.trained.accounts if one.reason is None][:3]
    for number, one in enumerate(used):
        copy = one.item.text.upper().replace(" ", "\n")
        (tmp_path / f"{number}.txt").write_text(copy)  # in place of works it never saw
    detector = WindowedDetector(run.folder)
    done = evaluate(detector, others, tmp_path / "out", Options(fpr=0.5, plots=False))
    detector.close()
    assert done.overlap.same == ()
    assert set(done.overlap.near) == {"0.txt", "1.txt", "2.txt"}


def test_new_tables_are_written_into_an_installed_model(tiny_run, others, tmp_path, models):
    install(tiny_run(KIND).folder)
    name = tiny_run(KIND).trained.model.record.name
    detector = detectors.load(name)
    before = open_model(models_folder() / name)
    old = before.read(TABLES)
    done = evaluate(detector, others, tmp_path / "out", Options(calibrate=True, plots=False))
    after = open_model(models_folder() / name)
    assert done.model == after.digest != before.digest
    assert list(after.check()) == sorted(after.record.files)
    assert derive(after) == after.read(TABLES)
    assert json.loads(after.read(TABLES)) != json.loads(old)
    scores = after.read("human_scores.csv").decode().splitlines()[1:]
    rows = [row for row in rows_of(tmp_path / "out/scores.csv") if row["label"] == "human"]
    assert len(scores) == len([row for row in rows if row["score"]]) > 100
    assert {line.split(",")[0] for line in scores} == {"s0", "s1", "s2", "s3"}
    assert "calibrated_here" in {one.code for one in done.card.figures.warnings}
    judged = evaluate(
        WindowedDetector(after), others, tmp_path / "again", Options(fpr=0.5, plots=False)
    )
    assert judged.card.figures.human.covered == 120


def test_a_model_without_tables_gets_some(tiny_run, others, tmp_path, models):
    from detectors.models.folder import write_model

    bare = tmp_path / "bare"
    bare.mkdir()
    model = tiny_run(KIND).trained.model
    for name in set(model.record.files) - {TABLES, "human_scores.csv", "ai_scores.csv"}:
        (bare / name).write_bytes((model.path / name).read_bytes())
    write_model(bare, model.record.model_copy(update={"name": "bare"}))
    install(bare)
    detector = WindowedDetector(models_folder() / "bare")
    assert not detector.is_calibrated
    done = evaluate(detector, others, tmp_path / "out", Options(calibrate=True, plots=False))
    codes = {one.code for one in done.card.figures.warnings}
    assert {"uncalibrated", "calibrated_here"} <= codes
    assert {row["decision"] for row in rows_of(tmp_path / "out/scores.csv")} == {"abstain"}
    assert WindowedDetector(models_folder() / "bare").is_calibrated


def test_a_model_that_is_not_installed_is_not_written_to(tiny_run, others, tmp_path, models):
    detector = WindowedDetector(tiny_run(KIND).folder)
    with pytest.raises(ConfigError, match="not an installed model"):
        evaluate(detector, others, tmp_path / "out", Options(calibrate=True))
    assert not (tmp_path / "out").exists()
