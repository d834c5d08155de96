"""Boosted trees of scikit-learn as one node of a graph: `TreeEnsembleRegressor` (ai.onnx.ml 3).

scikit-learn goes left where a feature is at most the threshold, and so does `BRANCH_LEQ`. Features
are numbers always, so that nothing is said of missing ones.
"""

from __future__ import annotations

from typing import Any

import numpy as np

__all__ = ["ML_OPSET", "trees_of"]

ML_OPSET = 3


def trees_of(classifier: Any, given: str, gives: str) -> Any:
    """The node of a two-class `HistGradientBoostingClassifier`.

    Args:
        classifier: fitted, its thresholds in single precision.
        given: tensor it takes, float32, shape (n, features).
        gives: tensor of its logits, shape (n, 1).
    """
    from onnx import helper

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
    return helper.make_node(
        "TreeEnsembleRegressor", [given], [gives], domain="ai.onnx.ml", **attributes
    )


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
