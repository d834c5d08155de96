"""Boosted trees of scikit-learn as an ONNX graph: one `TreeEnsembleRegressor` (ai.onnx.ml 3).

scikit-learn goes left where a feature is at most the threshold, and so does `BRANCH_LEQ`. Features
are numbers always, so that nothing is said of missing ones.
"""

from __future__ import annotations

from typing import Any

import numpy as np

__all__ = ["graph_of"]

OPSET, ML_OPSET, IR_VERSION = 17, 3, 8


def graph_of(classifier: Any, width: int) -> bytes:
    """The graph of a two-class `HistGradientBoostingClassifier`.

    Args:
        classifier: fitted, its thresholds in single precision.
        width: how many features it takes.

    Returns:
        ONNX; takes `features`, float32, shape (n, width), and gives `logit`, shape (n, 1).
    """
    from onnx import TensorProto, helper

    columns: dict[str, list[Any]] = {name: [] for name in NODES}
    leaves: dict[str, list[Any]] = {name: [] for name in LEAVES}
    for tree, (predictor,) in enumerate(classifier._predictors):
        for place, node in enumerate(predictor.nodes):
            _add(columns, leaves, tree, place, node)
    base = float(np.ravel(classifier._baseline_prediction)[0])
    attributes: dict[str, Any] = {
        "n_targets": 1,
        "base_values": [base],
        "post_transform": "NONE",
        "aggregate_function": "SUM",
        **columns,
        **leaves,
    }
    trees = helper.make_node(
        "TreeEnsembleRegressor",
        ["features"],
        ["logit"],
        domain="ai.onnx.ml",
        **attributes,
    )
    graph = helper.make_graph(
        [trees],
        "boosted trees",
        [helper.make_tensor_value_info("features", TensorProto.FLOAT, [None, width])],
        [helper.make_tensor_value_info("logit", TensorProto.FLOAT, [None, 1])],
    )
    opsets = [helper.make_opsetid("", OPSET), helper.make_opsetid("ai.onnx.ml", ML_OPSET)]
    model = helper.make_model(graph, opset_imports=opsets, ir_version=IR_VERSION)
    return bytes(model.SerializeToString())


NODES = (
    *("nodes_treeids", "nodes_nodeids", "nodes_modes", "nodes_featureids", "nodes_values"),
    *("nodes_truenodeids", "nodes_falsenodeids"),
)
LEAVES = ("target_treeids", "target_nodeids", "target_ids", "target_weights")


def _add(
    columns: dict[str, list[Any]], leaves: dict[str, list[Any]], tree: int, place: int, node: Any
) -> None:
    is_leaf = bool(node["is_leaf"])
    row = (
        *(tree, place, "LEAF" if is_leaf else "BRANCH_LEQ"),
        *((0, 0.0, 0, 0) if is_leaf else _branch(node)),
    )
    for name, value in zip(NODES, row, strict=True):
        columns[name].append(value)
    if is_leaf:
        for name, value in zip(LEAVES, (tree, place, 0, float(node["value"])), strict=True):
            leaves[name].append(value)


def _branch(node: Any) -> tuple[int, float, int, int]:
    """Feature, threshold, and where to go when it is at most that, and when it is more."""
    return (
        int(node["feature_idx"]),
        float(node["num_threshold"]),
        int(node["left"]),
        int(node["right"]),
    )
