"""Making a gate, from recordings to its folder."""

from __future__ import annotations

import csv
import datetime as dt
import io

import numpy as np
import pytest

from detectors.audio.kinds import features
from detectors.gates.gate import Gate
from detectors.gates.held_out import ONE_WINDOW, read_held_out
from detectors.gates.records import HELD_OUT, TRAINING
from detectors.gates.training.__main__ import main
from detectors.gates.training.fitting import Shape, dealt, fit, sure_of, weights_of
from detectors.gates.training.manifest import read_manifest
from detectors.gates.training.run import Asked, train
from detectors.gates.verification import follows
from provenance.errors import ConfigError, NotFound
from tests.detectors.gates import works


def test_it_tells_what_it_was_made_for(trained):
    gate, *_ = trained
    assert gate.record.kinds == works.KINDS
    for kind in works.KINDS:
        told = gate.told(features(works.samples(kind, 901)[::2]))
        assert told.kind == kind
        assert told.confidence >= gate.record.sure


def test_every_work_is_accounted_for(trained):
    gate, *_ = trained
    rows = list(csv.DictReader(io.StringIO(gate.file(TRAINING).decode())))
    by_name = {row["id"]: row for row in rows}
    assert len(rows) == 33
    assert (by_name["nc.wav"]["used"], by_name["nc.wav"]["reason"]) == (
        "no",
        "licence_nc",
    )
    assert by_name["tried.wav"]["used"] == by_name["both.wav"]["used"] == "tried"
    assert by_name["machine.wav"]["source"] == "songmaker"
    used = {one.name: one for one in gate.card.data if one.kind == "music"}
    assert (used["shop"].works, used["shop"].left_out) == (0, 1)
    assert used["choir"].works == 2


def test_held_out_answers_name_each_work_as_it_was_stored(trained):
    gate, *_ = trained
    rows = read_held_out(gate.file(HELD_OUT), gate.record.kinds, shown="")
    assert {row.copy for row in rows} == {"as_it_is", "mp3_64", "opus_24", "room", "telephone"}
    assert all(abs(sum(row.probabilities) - 1) < 0.001 for row in rows)
    figures = gate.card.figures
    assert [(one.case, sum(one.told.values())) for one in figures.cases] == [("a-cappella", 1)]
    assert [one.case for one in figures.beside] == ["speech-and-music"]
    assert follows(gate)
    assert ONE_WINDOW not in {row.copy for row in rows}, "of one window there is no other"


def test_it_goes_on_and_comes_out_the_same(trained):
    gate, listed, steps = trained
    out = gate.path
    assert {step for step, *_ in steps} == {"audit", "rows", "held out"}
    with pytest.raises(ConfigError, match="there is one already"):
        train("sound-kind", listed, out)
    again = train(
        "sound-kind",
        listed,
        out,
        Asked(shape=Shape(members=2, hidden=8, epochs=60), resume=True),
        clock=lambda: dt.datetime(2026, 1, 1, tzinfo=dt.UTC),
    )
    assert again.digest == gate.digest


def test_sources_are_held_out_as_a_whole():
    kinds = ["a"] * 6 + ["b"] * 6
    origins = ["x", "x", "x", "y", "y", "z", "x", "p", "p", "q", "q", "q"]
    folds = dealt(kinds, origins, 3)
    assert set(folds) == {"x", "y", "z", "p", "q"}
    assert len({folds[one] for one in ("x", "y", "z")}) == 3
    assert folds["p"] != folds["q"]


def test_kinds_weigh_the_same():
    kinds = ["a", "a", "a", "b"]
    weights = weights_of(kinds, ["x", "x", "y", "z"], ["1", "2", "3", "4"])
    assert weights[:3].sum() == pytest.approx(weights[3])
    assert weights[2] > weights[0] == weights[1]


def test_the_network_gives_what_was_fitted():
    chance = np.random.default_rng(0)
    rows = chance.standard_normal((90, 4)).astype(np.float32)
    for count in (2, 3):
        kinds = np.arange(90) % count
        rows[:, 0] = kinds * 3 + 0.1 * chance.standard_normal(90)
        network = fit(
            rows, kinds, np.ones(90), Shape(members=2, hidden=6, decay=0.001, epochs=300), seed=0
        )
        told = network.probabilities(rows)
        assert told.shape == (90, count)
        assert (told.argmax(axis=1) == kinds).mean() > 0.95


def test_a_single_layer_gives_what_was_fitted():
    chance = np.random.default_rng(0)
    for count in (2, 3):
        rows = chance.standard_normal((90, 4)).astype(np.float32)
        kinds = np.arange(90) % count
        rows[:, :3] += 4 * np.eye(3)[kinds]
        network = fit(rows, kinds, np.ones(90), Shape(hidden=0, decay=1.0), seed=0)
        assert len(network.layers) == 1
        assert (network.probabilities(rows).argmax(axis=1) == kinds).mean() > 0.95


def test_an_untold_kind_counts_as_wrong_only_where_another_is_told():
    told = np.array([[0.9, 0.1], [0.1, 0.9], [0.55, 0.45]], np.float32)
    sources = [("a", "x"), ("b", "y"), ("b", "z")]
    assert sure_of(told, np.array([0, 1, 1]), sources, most=0.1, told=1) == 0.56
    assert sure_of(told, np.array([0, 0, 0]), sources, most=0.1, told=1) == 0.40


def test_sure_is_where_few_are_told_wrong():
    chance = np.random.default_rng(1)
    right = chance.uniform(0.4, 1.0, 400)
    kinds = np.zeros(400, np.intp)
    # Those under 0.7 are wrong by half.
    wrong = (right < 0.7) & (chance.uniform(size=400) < 0.5)
    told = np.stack([np.where(wrong, 1 - right, right), np.where(wrong, right, 1 - right)], axis=1)
    least = sure_of(told.astype(np.float32), kinds, [("a", str(at % 10)) for at in range(400)])
    assert 0.62 < least < 0.72


def test_manifests_that_are_wrong_are_told(tmp_path):
    path = tmp_path / "works.csv"
    with pytest.raises(NotFound):
        read_manifest(path)
    for text, said in (
        ("path,kind\n", "names no work"),
        ("path,source\na.wav,x\n", "there is no kind"),
        ("path,kind,label\na.wav,music,robot\n", "the label is 'robot'"),
        ("path,kind\na.wav,Speech & Music\n", "is no name"),
    ):
        path.write_text(text)
        with pytest.raises(ConfigError, match=said):
            read_manifest(path)
    lines = tmp_path / "works.jsonl"
    lines.write_text('{"path": "a.wav", "kind": "music", "source": "x"}\n')
    (one,) = read_manifest(lines)
    assert (one.kind, one.item.source, one.item.path) == ("music", "x", tmp_path / "a.wav")


def test_too_few_sources_are_told(tmp_path, capsys):
    listed = works.manifest(tmp_path / "works", sources=1, each=1)
    assert main(["sound-kind", str(listed), "--out", str(tmp_path / "gate")]) == 2
    assert "too few sources of music" in capsys.readouterr().err
    assert not (tmp_path / "gate").exists()


def test_a_gate_that_was_made_is_a_gate(trained):
    gate, *_ = trained
    assert Gate.read(gate.path).digest == gate.digest
    assert sorted(gate.check()) == [
        "card.json",
        "held_out.csv",
        "training.csv",
        "weights.safetensors",
    ]
