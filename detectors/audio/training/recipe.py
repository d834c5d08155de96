"""How a model of music is made: two kinds of model on windows, and the sum of what they say.

Boosted trees and dense networks see the statistics of windows as they are and of two laundered
copies of each work. Sources and families weigh as the square root of how many windows they have:
one of a hundred songs tells more than one of four, but not as much as twenty-five. A convolutional
network on log spectrograms was tried and left out: alone it found 2 % of songs of unseen families
at 1 % false alarms, where these found 35 %, and together with them they found fewer.
"""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from importlib import resources
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from detectors.about import About
from detectors.audio.music import statistics_of
from detectors.audio.training.dense_network import BATCH, DenseNetwork, fit_dense
from detectors.audio.training.graphs import Graph
from detectors.models.aggregate import Aggregate
from detectors.models.records import NetworkPlace
from detectors.training.recipe import Copy, Plan
from provenance.errors import ConfigError

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from detectors.models.preparation import Features

    Reals = NDArray[np.float32]

__all__ = ["Ensemble", "MusicRecipe"]

NEEDED = ("onnx", "sklearn", "torch")
"""What is imported when a model is fitted, and does not come with what serves."""

TREES, DENSE = 0.4, 0.6
"""What each part counts. Logits of networks fitted to mixed windows are the smaller ones."""

PASSES, LEAST_STEPS, MOST_STEPS = 8, 60, 800


@dataclass(frozen=True, slots=True)
class Ensemble:
    """What was fitted; thresholds of the trees are numbers of single precision."""

    trees: Any
    dense: DenseNetwork

    def logits(self, features: Features) -> Reals:
        """See `detectors.training.recipe.Fitted`."""
        rows = np.asarray(features, np.float32)
        trees = np.asarray(self.trees.decision_function(rows), np.float32)
        return np.asarray(TREES * trees + DENSE * self.dense.logits(rows), np.float32)


class MusicRecipe:
    """`music`: the recipe of the detector of music."""

    name = preparation = "music"

    def __init__(self) -> None:
        lacking = [name for name in NEEDED if find_spec(name) is None]
        if lacking:
            raise ConfigError(
                f"the recipe of music needs {', '.join(lacking)}",
                hint="pip install 'assay-provenance[torch,train]'",
            )
        about = About.read(Path(str(resources.files("detectors.audio"))) / "music.toml")
        self.plan = Plan(
            description=about.description,
            licence=about.licence,
            version=about.version,
            aggregate=Aggregate.RANDOM_EFFECTS,
            network=NetworkPlace(),
            copies=(
                Copy("music-laundered", {"version": 1}),
                Copy("music-laundered", {"version": 2}),
            ),
            known=True,
            intended_use=about.intended_use,
            limits=about.limits,
        )

    def fit(
        self, features: Features, labels: NDArray[np.int8], groups: NDArray[np.str_], seed: int
    ) -> Ensemble:
        """See `detectors.training.recipe.Recipe`."""
        rows = np.asarray(features, np.float32)
        weights = _weights(labels, groups)
        steps = min(max(PASSES * len(rows) // BATCH, LEAST_STEPS), MOST_STEPS)
        with ThreadPoolExecutor(1) as beside:
            dense = beside.submit(fit_dense, rows, labels, weights, steps=steps, seed=seed)
            trees = _trees(rows, labels, weights, seed)
            return Ensemble(trees, dense.result())

    def export(self, fitted: Ensemble) -> bytes:
        """See `detectors.training.recipe.Recipe`."""
        graph = Graph(len(statistics_of()))
        graph.trees(fitted.trees, TREES)
        graph.dense(fitted.dense, DENSE)
        return graph.to_bytes()


def _trees(rows: Reals, labels: NDArray[np.int8], weights: NDArray[np.float64], seed: int) -> Any:
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


def _weights(labels: NDArray[np.int8], groups: NDArray[np.str_]) -> NDArray[np.float64]:
    """Classes weigh the same, and their sources by the square root of their windows."""
    weights = np.zeros(len(labels), np.float64)
    for label in np.unique(labels):
        of_class = labels == label
        _, place, counts = np.unique(groups[of_class], return_inverse=True, return_counts=True)
        own = 1 / np.sqrt(counts[place])
        weights[of_class] = own / own.sum()
    return np.asarray(weights * (len(labels) / weights.sum()))


def _single(thresholds: NDArray[np.float64]) -> NDArray[np.float32]:
    """The largest numbers of single precision that are no larger: graphs compare in these."""
    single = thresholds.astype(np.float32)
    return np.where(single > thresholds, np.nextafter(single, np.float32(-np.inf)), single)
