"""Boosted trees of scikit-learn, and one node of a graph: `TreeEnsembleRegressor` (ai.onnx.ml 3).

scikit-learn goes left where a feature is at most the threshold, and so does `BRANCH_LEQ`. Features
are numbers always, so that nothing is said of missing ones.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Reals = NDArray[np.float32]

__all__ = ["ML_OPSET", "fit_trees", "trees_of"]

ML_OPSET = 3


def fit_trees(
    rows: Reals, labels: NDArray[np.int8], weights: NDArray[np.float64], seed: int
) -> Any:
    """A `HistGradientBoostingClassifier` whose thresholds are numbers of single precision.

    Args:
        rows: float32, shape (n, features).
        labels: shape (n,), 1 synthetic.
        weights: of each row.
        seed: of everything that is drawn.
    """
    from sklearn.ensemble import HistGradientBoostingClassifier
    from threadpoolctl import threadpool_limits

    classifier = HistGradientBoostingClassifier(
        max_iter=250,
        learning_rate=0.07,
        max_leaf_nodes=15,
        min_samples_leaf=20,
        l2_regularization=5.0,
        max_features=0.1,
        max_bins=127,
        early_stopping=False,
        random_state=seed,
    )
    with threadpool_limits(1, "openmp"):  # threads that wait for each other cost more than they do
        classifier.fit(rows, labels, sample_weight=weights)
    for (tree,) in classifier._predictors:
        tree.nodes["num_threshold"] = _single(tree.nodes["num_threshold"])
    return classifier


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


def _single(thresholds: NDArray[np.float64]) -> NDArray[np.float32]:
    """The largest numbers of single precision that are no larger: graphs compare in these."""
    single = thresholds.astype(np.float32)
    return np.where(single > thresholds, np.nextafter(single, np.float32(-np.inf)), single)
