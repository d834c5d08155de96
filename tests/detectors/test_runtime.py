"""Networks and weights are loaded only as they were recorded."""

from __future__ import annotations

import hashlib
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import numpy as np
import onnx
import pytest
from onnx import TensorProto, helper, numpy_helper
from safetensors.numpy import save

from detectors.graph import refers_outside
from detectors.runtime import THREADS, Network, tensors
from provenance.errors import EngineError
from provenance.limits import DEFAULT

WEIGHTS = np.array([[1.0], [2.0], [-1.0]], np.float32)


def graph(weights=WEIGHTS, *, change=lambda _: None):
    held = numpy_helper.from_array(weights, "w")
    change(held)
    made = helper.make_graph(
        [helper.make_node("MatMul", ["x", "w"], ["logit"])],
        "tiny",
        [helper.make_tensor_value_info("x", TensorProto.FLOAT, [None, 3])],
        [helper.make_tensor_value_info("logit", TensorProto.FLOAT, [None, 1])],
        [held],
    )
    return helper.make_model(made, opset_imports=[helper.make_opsetid("", 17)], ir_version=9)


def stored(folder, data, name="network.onnx"):
    path = folder / name
    path.write_bytes(data)
    return path, hashlib.sha256(data).hexdigest()


def outside(held):
    held.ClearField("raw_data")
    held.data_location = TensorProto.EXTERNAL
    held.external_data.add(key="location", value="secret.bin")


def test_a_network_gives_its_outputs_by_name(tmp_path):
    network = Network(*stored(tmp_path, graph().SerializeToString()), threads=1)
    inputs = np.eye(3, dtype=np.float32)
    assert np.array_equal(network.run({"x": inputs})["logit"], WEIGHTS)


def test_many_threads_load_it_once_and_get_the_same(tmp_path):
    network = Network(*stored(tmp_path, graph().SerializeToString()), threads=1)
    inputs = np.ones((4, 3), np.float32)
    with ThreadPoolExecutor(8) as pool:
        found = list(pool.map(lambda _: network.run({"x": inputs})["logit"], range(32)))
    assert all(np.array_equal(one, np.full((4, 1), 2, np.float32)) for one in found)


def test_another_file_is_not_given_to_the_runtime(tmp_path):
    path, digest = stored(tmp_path, graph().SerializeToString())
    path.write_bytes(graph(2 * WEIGHTS).SerializeToString())
    with pytest.raises(EngineError, match="not the file"):
        Network(path, digest).run({"x": np.ones((1, 3), np.float32)})


def test_a_missing_file_is_told_when_it_is_needed(tmp_path):
    network = Network(tmp_path / "network.onnx", "0" * 64)
    with pytest.raises(EngineError, match="cannot be read"):
        network.run({})


@pytest.mark.parametrize("data", [b"", b"not a graph", bytes(100), b"\x0b" * 50])
def test_what_is_no_graph_is_refused(tmp_path, data):
    with pytest.raises(EngineError, match="no network"):
        Network(*stored(tmp_path, data)).run({})


def test_a_graph_over_the_limit_is_refused(tmp_path):
    path, digest = stored(tmp_path, graph().SerializeToString())
    with pytest.raises(EngineError, match="over the limit"):
        Network(path, digest, limits=replace(DEFAULT, graph_bytes=20)).run({})


@pytest.mark.parametrize(
    "inputs", [{}, {"y": np.ones((1, 3), np.float32)}, {"x": np.ones((1, 4), np.float32)}]
)
def test_inputs_that_do_not_fit_are_the_fault_of_the_model(tmp_path, inputs):
    network = Network(*stored(tmp_path, graph().SerializeToString()), threads=1)
    with pytest.raises(EngineError, match="cannot be run"):
        network.run(inputs)


def test_weights_in_other_files_are_refused(tmp_path):
    (tmp_path / "secret.bin").write_bytes(WEIGHTS.tobytes())
    with pytest.raises(EngineError, match="other files"):
        Network(*stored(tmp_path, graph(change=outside).SerializeToString())).run({})


def test_weights_in_other_files_are_found_wherever_a_tensor_stands():
    held = TensorProto()
    outside(held)
    constant = helper.make_node("Constant", [], ["c"], value=held)
    branch = helper.make_graph([constant], "inner", [], [])
    nested = helper.make_node("If", ["b"], ["o"], then_branch=branch, else_branch=branch)
    whole = helper.make_graph([nested], "outer", [], [])
    function = helper.make_function("f", "g", [], ["c"], [constant], [helper.make_opsetid("", 17)])
    sparse = onnx.SparseTensorProto()
    sparse.values.CopyFrom(held)
    sparse_held = helper.make_graph([], "sparse", [], [], sparse_initializer=[sparse])
    models = (
        helper.make_model(whole),
        helper.make_model(helper.make_graph([], "x", [], []), functions=[function]),
        helper.make_model(sparse_held),
    )
    assert [refers_outside(one.SerializeToString()) for one in models] == [True] * 3
    assert not refers_outside(graph().SerializeToString())


@pytest.mark.parametrize("setting", ["0", "-1", "many", "\u0663"])
def test_a_setting_that_is_no_number_of_threads_is_told(tmp_path, monkeypatch, setting):
    monkeypatch.setenv(THREADS, setting)
    with pytest.raises(EngineError, match=THREADS):
        Network(*stored(tmp_path, graph().SerializeToString())).run({})


def test_the_setting_bounds_the_threads(tmp_path, monkeypatch):
    monkeypatch.setenv(THREADS, "3")
    network = Network(*stored(tmp_path, graph().SerializeToString()))
    network.run({"x": np.ones((1, 3), np.float32)})
    assert network._session.get_session_options().intra_op_num_threads == 3
    assert network._session.get_providers() == ["CPUExecutionProvider"]


def test_tensors_are_read_as_they_were_saved(tmp_path):
    path, digest = stored(tmp_path, save({"w": WEIGHTS}), "w.safetensors")
    assert np.array_equal(tensors(path, digest)["w"], WEIGHTS)
    with pytest.raises(EngineError, match="not the file"):
        tensors(path, "0" * 64)


@pytest.mark.parametrize("data", [b"", b"\xff" * 40, (10**6).to_bytes(8, "little") + b"{}"])
def test_what_holds_no_tensors_is_refused(tmp_path, data):
    with pytest.raises(EngineError, match="no tensors"):
        tensors(*stored(tmp_path, data))


def test_importing_loads_no_runtime():
    code = (
        "import sys, detectors.runtime, detectors.facts, detectors.decode.audio, "
        "detectors.decode.text; heavy = {'onnxruntime', 'safetensors', 'av', 'soundfile', 'soxr', "
        "'onnx', 'lxml'} & set(sys.modules); sys.exit(', '.join(heavy) or None)"
    )
    subprocess.run([sys.executable, "-c", code], check=True)
