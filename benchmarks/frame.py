"""What the frame of detectors costs by itself: a preparation and a network that do nothing.

    python benchmarks/frame.py

A work goes from its bytes through a sandboxed worker, the checks of its answer, the network, the
tables and into a record. Nothing is decoded, and the network copies a number, so all of the time is
the frame's. It is told as a share of 100 ms, a small detector; the bare call of the same worker and
of the same network stand beside it. Works come one by one, as `assay check` has them, and in a
batch, as an evaluation does.
"""

from __future__ import annotations

import argparse
import os
import platform
import statistics
import tempfile
import time
from importlib.metadata import version
from pathlib import Path
from unittest import mock

import numpy as np

from detectors.exceedance import HumanScore
from detectors.facts import Facts
from detectors.models.folder import write_model
from detectors.models.preparation import Prepared, Window
from detectors.models.records import NETWORK, TABLES, ModelRecord
from detectors.models.tables import Tables
from detectors.models.windowed import WindowedDetector
from provenance.asset import Asset, Modality

DETECTOR = 0.100
ALLOWED = 0.05
WINDOWS, FEATURES = 18, 128
"""A song of three minutes in windows of ten seconds, with as many features as ours have."""


class Nothing:
    """A preparation that looks at nothing."""

    name, version, modality = "nothing", "1", Modality.TEXT

    def prepare(self, asset: Asset) -> Prepared:
        """Windows of zeros."""
        windows = tuple(Window("second", range=(n * 10.0, n * 10.0 + 10)) for n in range(WINDOWS))
        features = np.zeros((WINDOWS, FEATURES), np.float32)
        return Prepared(windows, features, "all", Facts(media_type="text/plain", bytes=asset.size))


def model(folder: Path) -> Path:
    """A model whose network gives the first feature."""
    from onnx import TensorProto, helper, save

    taken = helper.make_tensor_value_info("features", TensorProto.FLOAT, ["n", FEATURES])
    given = helper.make_tensor_value_info("logit", TensorProto.FLOAT, ["n"])
    first = helper.make_tensor("first", TensorProto.INT64, [], [0])
    node = helper.make_node("Gather", ["features", "first"], ["logit"], axis=1)
    graph = helper.make_graph([node], "nothing", [taken], [given], [first])
    opset = [helper.make_opsetid("", 17)]
    save(helper.make_model(graph, opset_imports=opset, ir_version=9), folder / NETWORK)
    scores = [HumanScore(f"s{n % 10}", "all", str(n), n / 1000) for n in range(1000)]
    made = [HumanScore(f"f{n % 5}", "all", str(n), n / 1000 + 0.5) for n in range(500)]
    (folder / TABLES).write_bytes(Tables.of(scores, made, {"all": None}).to_json())
    record = ModelRecord.model_validate(
        {
            "name": "nothing",
            "version": "1",
            "modality": "text",
            "preparation": "nothing",
            "description": "Does nothing.",
            "licence": "Apache-2.0",
            "files": {NETWORK: "0" * 64},
            "network": {},
        }
    )
    write_model(folder, record)
    return folder


def milliseconds(run, count: int) -> tuple[float, float]:
    """Median and 95th percentile of the time of one call."""
    times = []
    for _ in range(count):
        begun = time.perf_counter()
        run()
        times.append((time.perf_counter() - begun) * 1000)
    return statistics.median(times), statistics.quantiles(times, n=20)[-1]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--works", type=int, default=300)
    count = parser.parse_args().works
    point = mock.Mock(value="benchmarks.frame:Nothing")
    point.name = "nothing"
    works = [Asset.from_bytes(b"words " * 500, name="w.txt") for _ in range(count)]
    with (
        tempfile.TemporaryDirectory() as folder,
        mock.patch("detectors.models.preparation.entry_points", return_value=[point]),
    ):
        detector = WindowedDetector(model(Path(folder)))
        list(detector.detect(works[:8]))
        job = {"name": "w", "size": works[0].size, "media_type": "text/plain"}
        sandbox = detector._preparer._workers()
        bare = milliseconds(lambda: sandbox.call(job, blobs=[works[0].backing]), count)
        features = np.zeros((WINDOWS, FEATURES), np.float32)
        network = milliseconds(lambda: detector._scorer.logits(features), count)
        one = milliseconds(lambda: list(detector.detect(works[:1])), count)
        begun = time.perf_counter()
        list(detector.detect(works))
        batch = (time.perf_counter() - begun) * 1000 / count
        detector.close()
    print(
        f"# {time.strftime('%Y-%m-%d')}, Python {platform.python_version()}, onnxruntime "
        f"{version('onnxruntime')}, {os.cpu_count()} cores, load {os.getloadavg()[0]:.1f}"
    )
    print(f"# {count} works of {WINDOWS} windows x {FEATURES} features; ms a work")
    print(f"worker and its preparation   {bare[0]:6.2f}  (95th percentile {bare[1]:.2f})")
    print(f"network that does nothing    {network[0]:6.2f}  (95th percentile {network[1]:.2f})")
    print(f"detect, one by one           {one[0]:6.2f}  (95th percentile {one[1]:.2f})")
    print(f"detect, a batch              {batch:6.2f}")
    share = max(one[0], batch) / 1000 / DETECTOR
    verdict = "within" if share <= ALLOWED else "OVER"
    print(f"of a detector of 100 ms      {share:6.1%}  ({verdict} {ALLOWED:.0%})")


if __name__ == "__main__":
    main()
