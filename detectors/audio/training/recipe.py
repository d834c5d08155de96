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
from detectors.training.recipe import Copy, Plan, tempered
from detectors.training.trees import fit_trees
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
        weights = tempered(labels, groups)
        steps = min(max(PASSES * len(rows) // BATCH, LEAST_STEPS), MOST_STEPS)
        with ThreadPoolExecutor(1) as beside:
            dense = beside.submit(fit_dense, rows, labels, weights, steps=steps, seed=seed)
            trees = fit_trees(rows, labels, weights, seed)
            return Ensemble(trees, dense.result())

    def export(self, fitted: Ensemble) -> bytes:
        """See `detectors.training.recipe.Recipe`."""
        graph = Graph(len(statistics_of()))
        graph.trees(fitted.trees, TREES)
        graph.dense(fitted.dense, DENSE)
        return graph.to_bytes()
