"""`assay models evaluate`, as a person runs it."""

from __future__ import annotations

import json

import pytest

import detectors
from provenance.errors import NoModel
from tests.detectors.evaluation.making import Reading, rows_of, texts


@pytest.fixture
def reading(monkeypatch):
    made = Reading()

    def load(name):
        if name != "reading":
            raise NoModel(f"no weights for the {name} detector are installed")
        return made

    monkeypatch.setattr(detectors, "load", load)
    return made


def test_the_figures_on_standard_output_and_the_rest_in_the_folder(assay, reading, tmp_path):
    texts(tmp_path, each=30)
    said = assay("models", "evaluate", "reading", "manifest.csv", "--fpr", "0.05", "--out", "out")
    lines = said.out.splitlines()
    assert [line.partition(":")[0] for line in lines] == [
        "Found, of all AI works",
        "False alarms, mean over human sources",
        "AUC",
        "AUC of metadata alone",
        "Works with a score to rely on",
    ]
    assert "assay: written: out/card.md" in said.err
    rows = rows_of(tmp_path / "out/scores.csv")
    assert len(rows) == 240
    metrics = json.loads((tmp_path / "out/metrics.json").read_text())
    assert metrics["at"]["fpr"] == 0.05
    assert metrics["said"]["tpr"].split()[0][:4] == lines[0].split(": ")[1][:4]


def test_laundering_by_suite_or_by_attack(assay, reading, tmp_path):
    texts(tmp_path, each=6)
    command = ("models", "evaluate", "reading", "manifest.csv", "--out", "out")
    assay(*command, "--attack", "text.case", "--attack", "text.typos", "--attack", "text.case")
    attacks = sorted(one.stem for one in (tmp_path / "out/attacks").iterdir())
    assert attacks == ["text.case", "text.typos"]


def test_it_goes_on_only_when_asked_to(assay, reading, tmp_path):
    texts(tmp_path, each=3)
    command = ("models", "evaluate", "reading", "manifest.csv", "--out", "out")
    assay(*command)
    asked = len(reading.seen)
    said = assay(*command, status=2)
    assert "--resume goes on with it" in said.err
    assay(*command, "--resume")
    assert len(reading.seen) == asked


@pytest.mark.parametrize(
    ("arguments", "status", "said"),
    [
        (("reading", "none.csv"), 2, "there is no such manifest"),
        (("reading", "manifest.csv", "--fpr", "2"), 2, "--fpr 2 is no rate"),
        (("reading", "manifest.csv", "--attack", "video"), 2, "no laundering suite called 'video'"),
        (("reading", "manifest.csv", "--calibrate"), 2, "is not an installed model"),
        (("speech", "manifest.csv"), 3, "no weights for the speech detector"),
    ],
)
def test_mistakes_are_told_before_anything_runs(assay, reading, tmp_path, arguments, status, said):
    texts(tmp_path, each=1)
    answer = assay("models", "evaluate", *arguments, "--out", "out", status=status)
    assert said in answer.err
    assert reading.seen == []


def test_a_wrong_label_is_named_by_its_line(assay, reading, tmp_path):
    (tmp_path / "manifest.csv").write_text("path,label\na.txt,human\nb.txt,robot\n")
    said = assay("models", "evaluate", "reading", "manifest.csv", "--out", "out", status=2)
    assert "line 3: the label is 'robot'" in said.err
    assert reading.seen == []
