"""An evaluation from manifest to card."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest

from detectors.card import ModelCard
from detectors.evaluation import run
from detectors.evaluation.run import Options, Progress, Step, evaluate
from provenance.errors import ConfigError
from tests.detectors.evaluation.making import (
    WORDS,
    Brightness,
    Reading,
    digests,
    manifest,
    picture,
    rows_of,
    saved,
    texts,
)

REPOSITORY = Path(__file__).resolve().parents[3]
QUIET = Options(fpr=0.05, plots=False)


@pytest.fixture(scope="module")
def judged(tmp_path_factory):
    folder = tmp_path_factory.mktemp("judged")
    path = texts(folder, each=40)
    done = evaluate(Reading(), path, folder / "out", Options(fpr=0.05, attacks=["text.case"]))
    return folder / "out", done


def metrics(out):
    return json.loads((out / "metrics.json").read_text())


def test_everything_is_written(judged):
    out, done = judged
    found = {name for name in digests(out) if not name.startswith(".evaluation")}
    plots = {f"plots/{name}.svg" for name in done.card.figures.plots}
    assert plots >= {
        f"plots/{name}.svg"
        for name in ("roc", "exceedance", "reliability", "sources", "families", "attacks")
    }
    assert found == plots | {
        *("scores.csv", "metrics.json", "card.json", "card.md", "card.fr.md"),
        "attacks/text.case.csv",
    }


def test_the_figures_are_those_of_the_decisions_in_scores_csv(judged):
    out, _ = judged
    rows = rows_of(out / "scores.csv")
    assert len(rows) == 320
    machines = [row for row in rows if row["label"] == "ai"]
    found = sum(row["decision"] == "synthetic" for row in machines) / len(machines)
    assert metrics(out)["at"]["tpr"]["value"] == pytest.approx(found)
    shares = {}
    for row in rows:
        if row["label"] == "human":
            shares.setdefault(row["source"], []).append(row["decision"] == "synthetic")
    alarms = np.mean([np.mean(one) for one in shares.values()])
    assert metrics(out)["at"]["measured"]["value"] == pytest.approx(alarms)
    assert all(
        (row["decision"] == "synthetic") == (float(row["exceedance"]) <= 0.05) for row in rows
    )


def test_families_stand_worst_first_and_the_leak_check_beside(judged):
    found = metrics(judged[0])
    shares = [one["figure"]["value"] for one in found["families"]]
    assert shares == sorted(shares)
    assert len(shares) == 4
    assert found["leak"]["folds"] == 4
    assert found["leak"]["auc"]["value"] < 0.7
    assert found["leak"]["detector"]["value"] == pytest.approx(found["auc"]["value"])
    assert "random" not in json.dumps(found)


def test_the_card_reads_back_and_names_every_attack(judged):
    out, done = judged
    card = ModelCard.read((out / "card.json").read_bytes(), shown="card.json")
    assert card == done.card
    assert [f"{one.suite}.{one.attack}" for one in card.figures.attacks] == ["text.case"]
    attack = card.figures.attacks[0]
    assert attack.tpr.value == card.figures.at.tpr.value
    assert attack.fpr.value == card.figures.at.measured.value
    assert "text.case" in (out / "card.md").read_text()


def test_the_same_again_gives_the_same_bytes(judged, tmp_path):
    out, _ = judged
    options = Options(fpr=0.05, attacks=["text.case"])
    evaluate(Reading(), out.parent / "manifest.csv", tmp_path / "again", options)
    assert digests(tmp_path / "again") == digests(out)


def test_a_finished_one_scores_nothing_again(judged):
    out, _ = judged
    before, detector = digests(out), Reading()
    options = Options(fpr=0.05, attacks=["text.case"], resume=True)
    evaluate(detector, out.parent / "manifest.csv", out, options)
    assert detector.seen == []
    assert digests(out) == before


def test_another_operating_point_needs_no_scores_anew(judged):
    out, _ = judged
    detector = Reading()
    options = Options(fpr=0.2, resume=True, plots=False)
    copy = out.parent / "copy"
    subprocess.run(["cp", "-r", out, copy], check=True)
    done = evaluate(detector, out.parent / "manifest.csv", copy, options)
    assert detector.seen == []
    assert done.card.figures.at.fpr == 0.2


def test_a_folder_in_use_or_of_another_set_is_refused(judged, tmp_path):
    out, _ = judged
    with pytest.raises(ConfigError, match="holds an evaluation already"):
        evaluate(Reading(), out.parent / "manifest.csv", out, QUIET)
    other = texts(tmp_path, each=1)
    with pytest.raises(ConfigError, match=r"something else \(manifest\)"):
        evaluate(Reading(), other, out, Options(resume=True))


@pytest.mark.parametrize("fpr", [0, -0.1, 1.5])
def test_a_rate_that_is_none_is_refused_before_anything_runs(tmp_path, fpr):
    detector = Reading()
    with pytest.raises(ConfigError, match="is none"):
        evaluate(detector, texts(tmp_path, each=1), tmp_path / "out", Options(fpr=fpr))
    assert detector.seen == []
    assert not (tmp_path / "out").exists()


KILLED = """
import sys, time
from pathlib import Path
sys.path.insert(0, sys.argv[1])
from detectors.evaluation.run import Options, evaluate
from tests.detectors.evaluation.making import Reading

class Slow(Reading):
    def detection(self, score, *, abstain=False):
        time.sleep(0.01)
        return super().detection(score, abstain=abstain)

if __name__ == "__main__":
    folder = Path(sys.argv[2])
    options = Options(fpr=0.05, resume="--resume" in sys.argv, plots=False)
    evaluate(Slow(folder / "asked"), folder / "manifest.csv", folder / "out", options)
"""


def test_killed_and_run_again_it_scores_nothing_twice(tmp_path):
    texts(tmp_path, each=50)
    script = tmp_path / "run.py"
    script.write_text(KILLED)
    command = [sys.executable, str(script), str(REPOSITORY), str(tmp_path)]
    journal = tmp_path / "out/.evaluation/works.ndjson"
    with subprocess.Popen(command) as process:
        for _ in range(1000):
            if journal.exists() and journal.read_bytes().count(b"\n") > 100:
                break
            time.sleep(0.05)
        os.kill(process.pid, signal.SIGKILL)
    done = journal.read_bytes().count(b"\n") - 1
    assert 100 <= done < 400
    subprocess.run([*command, "--resume"], check=True)
    rows = rows_of(tmp_path / "out/scores.csv")
    assert [row["id"] for row in rows] == [
        row["path"] for row in rows_of(tmp_path / "manifest.csv")
    ]
    # The work that was being answered when the kill came has no answer, and is asked once more.
    assert 400 <= len((tmp_path / "asked").read_text().splitlines()) <= 401


def test_songs_have_figures_of_their_own(tmp_path):
    rng = np.random.default_rng(0)
    rows = []
    for label in ("human", "ai"):
        for source in range(3):
            for song in range(12):
                for part in range(3):
                    # Two of the three parts of each song of a machine give it away.
                    high = label == "ai" and part < 2
                    score = 0.99 if high else float(rng.uniform(0, 0.5))
                    name = f"{label}{source}-{song}-{part}.txt"
                    (tmp_path / name).write_text(f"{score:.4f} {rng.choice(WORDS)}")
                    row = {"path": name, "label": label, "source": f"{label}-{source}"}
                    rows.append(row | {"song": str(song)})
    path = manifest(tmp_path / "manifest.csv", rows)
    figures = evaluate(
        Reading(), path, tmp_path / "out", Options(fpr=0.1, plots=False)
    ).card.figures
    assert (figures.ai.works, figures.songs.ai.works) == (108, 36)
    assert figures.at.tpr.value == pytest.approx(2 / 3)
    assert figures.songs.at.tpr.value == 1.0
    assert figures.songs.ai.flagged == 36
    assert figures.songs.human.flagged == 0
    assert figures.songs.auc.value == 1.0


def test_works_of_its_own_training_are_left_out_and_listed(tmp_path, monkeypatch):
    path = texts(tmp_path, each=30)
    rows = rows_of(path)
    first = evaluate(Reading(), path, tmp_path / "all", QUIET)
    assert not first.overlap.known
    journal = tmp_path / "all/.evaluation/works.ndjson"
    works = [json.loads(line) for line in journal.read_text().splitlines()[1:]]
    near = "\n".join(
        f"  {line.upper()}" for line in (tmp_path / rows[5]["path"]).read_text().split()
    )
    (tmp_path / "copy.txt").write_text(near)
    path = manifest(
        path, [*rows, {"path": "copy.txt", "label": "human", "source": "human-0", "family": ""}]
    )
    trained_on = [(one["sha256"], one["sketch"]) for one in (works[0], works[5], works[200])]
    monkeypatch.setattr(run, "training_works", lambda _: tuple(trained_on))
    done = evaluate(Reading(), path, tmp_path / "out", QUIET)
    assert done.overlap.known
    assert done.overlap.same == tuple(rows[n]["path"] for n in (0, 5, 200))
    assert done.overlap.near == ("copy.txt",)
    assert done.card.figures.human.works == 118
    assert done.card.figures.ai.works == 119
    assert len(rows_of(tmp_path / "out/scores.csv")) == 241
    assert [row["how"] for row in rows_of(tmp_path / "out/overlap.csv")] == [*["same"] * 3, "near"]
    assert done.card.figures.warnings[0].code == "overlap"
    assert "copy.txt" in (tmp_path / "out/card.md").read_text()
    counted = evaluate(
        Reading(), path, tmp_path / "counted", Options(fpr=0.05, plots=False, count_training=True)
    )
    assert counted.card.figures.human.works == 121


def test_pictures_laundered_in_the_sandbox_and_a_leak_of_their_format(tmp_path):
    rng = np.random.default_rng(0)
    rows = []
    for label, level, form in (("human", 90, "JPEG"), ("ai", 160, "PNG")):
        for number in range(24):
            name = f"{label}{number}.{form.lower()}"
            (tmp_path / name).write_bytes(saved(picture(rng, level=level), form))
            source = f"{label}-{number % 2}"
            rows.append({"path": name, "label": label, "source": source, "family": source})
    (tmp_path / "note.txt").write_text("no picture")
    rows.append({"path": "note.txt", "label": "human", "source": "human-0"})

    class Pictures(Brightness):
        def detect(self, assets):
            fitting = [asset for asset in assets if asset.media_type.startswith("image/")]
            found = iter(list(super().detect(fitting)))
            for asset in assets:
                yield next(found) if asset in fitting else ()

    path = manifest(tmp_path / "manifest.csv", rows)
    options = Options(fpr=0.4, attacks=["image.jpeg_30", "image.blur"], plots=False)
    figures = evaluate(Pictures(), path, tmp_path / "out", options).card.figures
    assert [one.attack for one in figures.attacks] == ["jpeg_30", "blur"]
    assert all(one.coverage == 1.0 and one.failed == 0 for one in figures.attacks)
    assert len(rows_of(tmp_path / "out/attacks/image.blur.csv")) == 48
    assert {"leak"} <= {one.code for one in figures.warnings}
    assert "Metadata alone" in (tmp_path / "out/card.md").read_text()


def test_progress_is_told_by_step(tmp_path):
    told: list[Progress] = []
    path = texts(tmp_path, each=2)
    options = Options(attacks=["text.case"], plots=False)
    evaluate(Reading(), path, tmp_path / "out", options, watch=told.append)
    steps = list(dict.fromkeys(one.step for one in told))
    assert steps == [Step.CHECK, Step.SCORE, Step.ATTACK, Step.FIGURES]
    scored = [one for one in told if one.step is Step.SCORE]
    assert [one.done for one in scored] == list(range(17))
    assert {one.total for one in scored} == {16}


@pytest.mark.scale
def test_a_hundred_thousand_texts_in_flat_memory(tmp_path):
    rng = np.random.default_rng(0)
    path = tmp_path / "texts.jsonl"
    with path.open("w") as file:
        for number in range(100_000):
            row = {
                "text": f"{rng.random():.4f} {' '.join(rng.choice(WORDS, 20))}",
                "label": number % 2,
                "source": f"s{number % 40}",
            }
            file.write(json.dumps(row) + "\n")
    done = evaluate(Reading(), path, tmp_path / "out", QUIET)
    assert done.works == 100_000
