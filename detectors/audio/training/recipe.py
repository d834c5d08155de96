"""How a model of music is made: gradient boosting on the statistics of windows.

Fitted to works as they are and to two laundered copies of each, human sources and families of
generators weighing the same within their class.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from detectors.audio.music import GROUPS
from detectors.audio.training.trees import graph_of
from detectors.models.aggregate import Aggregate
from detectors.models.records import NetworkPlace
from detectors.training.recipe import Copy, Plan, balanced

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from detectors.models.preparation import Features

__all__ = ["Boosted", "MusicRecipe"]

DESCRIPTION = "Tells songs that a machine made from songs that people made, by statistics of sound."


@dataclass(frozen=True, slots=True)
class Boosted:
    """A gradient boosting classifier whose thresholds are numbers of single precision."""

    classifier: Any
    width: int

    def logits(self, features: Features) -> NDArray[np.float32]:
        """See `detectors.training.recipe.Fitted`."""
        return np.asarray(self.classifier.decision_function(features), np.float32)


class MusicRecipe:
    """`music`: the recipe of the detector of music."""

    name = preparation = "music"
    plan = Plan(
        description=DESCRIPTION,
        aggregate=Aggregate.MEAN,
        network=NetworkPlace(),
        groups=GROUPS,
        copies=(Copy("music-laundered", {"version": 1}), Copy("music-laundered", {"version": 2})),
    )

    def fit(
        self, features: Features, labels: NDArray[np.int8], groups: NDArray[np.str_], seed: int
    ) -> Boosted:
        """See `detectors.training.recipe.Recipe`."""
        from sklearn.ensemble import HistGradientBoostingClassifier

        classifier = HistGradientBoostingClassifier(
            max_iter=400,
            learning_rate=0.05,
            max_leaf_nodes=15,
            min_samples_leaf=20,
            l2_regularization=5.0,
            max_features=0.2,
            early_stopping=False,
            random_state=seed,
        )
        classifier.fit(features, labels, sample_weight=balanced(labels, groups))
        for (tree,) in classifier._predictors:
            tree.nodes["num_threshold"] = _single(tree.nodes["num_threshold"])
        return Boosted(classifier, features.shape[1])

    def export(self, fitted: Boosted) -> bytes:
        """See `detectors.training.recipe.Recipe`."""
        return graph_of(fitted.classifier, fitted.width)


def _single(thresholds: NDArray[np.float64]) -> NDArray[np.float32]:
    """The largest numbers of single precision that are no larger: graphs compare in these."""
    single = thresholds.astype(np.float32)
    return np.where(single > thresholds, np.nextafter(single, np.float32(-np.inf)), single)
