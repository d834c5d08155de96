"""Reading a gate, and what is refused."""

from __future__ import annotations

import hashlib
import json
import shutil

import numpy as np
import pytest
from safetensors.numpy import save

from detectors.gates.gate import PACKAGES, Gate, Told, gate, gates, place
from detectors.gates.records import GATE, WEIGHTS, GateRecord
from provenance.errors import ModelError, NoModel

TENSORS = {
    "mean": np.zeros(2, np.float32),
    "scale": np.ones(2, np.float32),
    "weight.0": np.eye(2, dtype=np.float32),
    "bias.0": np.zeros(2, np.float32),
    "temperature": np.array([1.0], np.float32),
}


def written(folder, sure=0.6, kinds=("left", "right"), untold=(), **tensors):
    data = save({**TENSORS, **tensors})
    folder.mkdir(exist_ok=True)
    (folder / WEIGHTS).write_bytes(data)
    record = GateRecord(
        name="tiny",
        version="1",
        modality="audio",
        features="tests:features",
        features_version="1",
        kinds=kinds,
        untold=untold,
        sure=sure,
        description="",
        licence="CC0-1.0",
        files={WEIGHTS: hashlib.sha256(data).hexdigest()},
    )
    (folder / GATE).write_bytes(record.to_json())
    return folder


def test_it_tells_a_kind_where_it_is_sure(tmp_path):
    one = Gate.read(written(tmp_path / "tiny"))
    assert one.width == 2
    told = one.told(np.array([3.0, 0.0], np.float32))
    assert told == Told("left", pytest.approx(1 / (1 + np.exp(-3)), abs=1e-6))
    assert one.told(np.array([0.1, 0.0], np.float32)).kind is None
    many = np.array([[3.0, 0.0], [0.0, 3.0], [0.0, 9.0]], np.float32)
    assert one.probabilities(many).sum(axis=1) == pytest.approx(1)
    assert one.told(many).kind == "right"


def test_far_features_do_not_shout(tmp_path):
    one = Gate.read(written(tmp_path / "tiny"))
    far = one.probabilities(np.array([[1e30, 0.0], [8.0, 0.0]], np.float32))
    assert far[0] == pytest.approx(far[1])


def test_what_is_likest_to_an_untold_kind_is_not_told(tmp_path):
    three = {"weight.0": np.eye(2, 3, dtype=np.float32), "bias.0": np.zeros(3, np.float32)}
    one = Gate.read(written(tmp_path / "one", untold=("far",), **three))
    assert one.record.known == ("left", "right", "far")
    assert one.told(np.array([3.0, 0.0], np.float32)).kind == "left"
    three["bias.0"] = np.array([0, 0, 6], np.float32)
    other = Gate.read(written(tmp_path / "other", untold=("far",), **three))
    told = other.told(np.array([3.0, 0.0], np.float32))
    assert told.kind is None
    assert told.confidence > one.record.sure


def test_a_record_without_untold_kinds_does_not_name_them(tmp_path):
    plain = written(tmp_path / "plain") / GATE
    assert b"untold" not in plain.read_bytes()
    assert GateRecord.read(plain.read_bytes(), shown="").to_json() == plain.read_bytes()


def test_a_temperature_makes_it_less_sure(tmp_path):
    hot = Gate.read(written(tmp_path / "hot", temperature=np.array([4.0], np.float32)))
    assert hot.told(np.array([3.0, 0.0], np.float32)).confidence == pytest.approx(
        1 / (1 + np.exp(-0.75)), abs=1e-6
    )


@pytest.mark.parametrize(
    ("tensors", "said"),
    [
        ({"scale": np.array([1, 0], np.float32)}, "not over zero"),
        ({"temperature": np.array([-1], np.float32)}, "not over zero"),
        ({"mean": np.array([np.nan, 0], np.float32)}, "finite"),
        ({"bias.0": np.zeros(3, np.float32)}, "do not fit"),
        ({"weight.0": np.zeros((2, 3), np.float32), "bias.0": np.zeros(3, np.float32)}, "kinds"),
        ({"more": np.zeros(3, np.float32)}, "the tensors are not"),
        ({"mean": np.zeros(2, np.float64)}, "float32"),
    ],
)
def test_weights_that_are_none_are_refused(tmp_path, tensors, said):
    with pytest.raises(ModelError, match=said):
        Gate.read(written(tmp_path / "tiny", **tensors))


def test_changed_files_are_refused(tmp_path):
    folder = written(tmp_path / "tiny")
    data = (folder / WEIGHTS).read_bytes()
    (folder / WEIGHTS).write_bytes(data[:-1] + bytes([data[-1] ^ 1]))
    with pytest.raises(ModelError, match="its SHA-256 is"):
        Gate.read(folder)
    (folder / WEIGHTS).write_bytes(data)
    one = Gate.read(folder)
    (folder / "more.py").write_text("")
    with pytest.raises(ModelError, match=r"more\.py"):
        list(one.check())


def test_pickles_are_refused(tmp_path):
    folder = written(tmp_path / "tiny")
    data = b"\x80\x04N."
    (folder / WEIGHTS).write_bytes(data)
    said = json.loads((folder / GATE).read_text())
    said["files"][WEIGHTS] = hashlib.sha256(data).hexdigest()
    (folder / GATE).write_text(json.dumps(said))
    with pytest.raises(ModelError, match="not the weights of a gate"):
        Gate.read(folder)


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("kinds", ["one"]),
        ("kinds", ["one", "one"]),
        ("untold", ["left"]),
        ("untold", ["Far Away"]),
        ("files", {"../x.csv": "0" * 64}),
        ("files", {"x.pkl": "0" * 64}),
        ("sure", 2),
        ("name", "Tiny Gate"),
        ("schema", "assay/model/1"),
    ],
)
def test_records_that_are_none_are_refused(tmp_path, field, value):
    folder = written(tmp_path / "tiny")
    said = json.loads((folder / GATE).read_text())
    (folder / GATE).write_text(json.dumps(said | {field: value}))
    with pytest.raises(ModelError, match="not a gate of schema assay/gate/1"):
        Gate.read(folder)


def test_links_are_refused(tmp_path):
    folder = written(tmp_path / "tiny")
    shutil.move(folder / WEIGHTS, tmp_path / WEIGHTS)
    (folder / WEIGHTS).symlink_to(tmp_path / WEIGHTS)
    with pytest.raises(ModelError, match="is a link"):
        Gate.read(folder)


def test_there_is_no_other_gate():
    with pytest.raises(NoModel, match="no gate is called"):
        place("voice")
    with pytest.raises(NoModel):
        Gate.read(place("sound-kind").parent)


@pytest.mark.parametrize("name", sorted(PACKAGES))
def test_shipped_gates_follow_from_their_answers(name):
    import importlib

    from detectors.gates.verification import follows

    if name not in gates():
        pytest.skip(f"{name} is not shipped")
    one = gate(name)
    assert list(one.check())
    assert follows(one)
    kinds = importlib.import_module(f"{PACKAGES[name]}.kinds")
    record = one.record
    assert (record.features, record.features_version) == (kinds.FEATURES, kinds.VERSION)
    assert record.name == name
    assert (one.path / WEIGHTS).stat().st_size < 200_000
    for lang in ("en", "fr"):
        assert one.card.limits[lang]
        assert one.card.intended_use[lang]
