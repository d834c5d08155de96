"""What scores the windows of a model: its own network, or a classifier that a plug-in runs."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

import numpy as np

from detectors.models.preparation import explanation
from provenance.errors import EngineError, ModelError

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from detectors.models.folder import ModelFolder
    from detectors.models.preparation import Explain, Features, Prepared
    from detectors.models.records import NetworkPlace
    from detectors.runtime import Network
    from provenance.evidence import Feature

__all__ = ["NetworkScorer", "Scorer", "Unscored", "scorer_of"]


class Unscored(Exception):  # noqa: N818 - a property of the work, not an error of ours
    """A network of others cannot be run on the windows of one work; the text says why."""


class Scorer(Protocol):
    """Gives each window a logit: over 0 leans to synthetic."""

    @property
    def lacks(self) -> str | None:
        """What is not installed that it needs, None when nothing is missing."""
        ...

    def logits(self, features: Features) -> NDArray[np.float32]:
        """One logit a window, shape (n,); thread-safe; the same windows give the same logits.

        Raises:
            EngineError: it does not work at all.
            ModelError: it cannot be loaded.
            Unscored: it cannot be run on these windows.
        """
        ...

    def spoke(self, prepared: Prepared) -> tuple[Feature, ...]:
        """What moved the score, as far as it can be put in words.

        Raises:
            EngineError: it does not work at all.
        """
        ...


class NetworkScorer:
    """Runs the ONNX graph of a model, as many windows at once as its record says.

    The windows of one work are a batch of their own. Sums in a matrix product depend on how many
    rows it has: were works put together, what one scores would depend on its neighbours.
    """

    lacks = None

    def __init__(
        self, network: Network, place: NetworkPlace, explain: Explain | None = None
    ) -> None:
        self._network = network
        self._place = place
        self._explain = explain

    def logits(self, features: Features) -> NDArray[np.float32]:
        """See `Scorer`."""
        parts = [
            self._column(features[start : start + self._place.batch])
            for start in range(0, len(features), self._place.batch)
        ]
        return np.concatenate(parts) if parts else np.zeros(0, np.float32)

    def spoke(self, prepared: Prepared) -> tuple[Feature, ...]:
        """See `Scorer`."""
        return self._explain(self._network, prepared) if self._explain else ()

    def _column(self, features: Features) -> NDArray[np.float32]:
        place = self._place
        found = self._network.run({place.input: features}, [place.output]).get(place.output)
        if found is None:
            raise EngineError(f"the network gives no tensor called {place.output!r}")
        if found.ndim == 1:
            found = found[:, None]
        if found.ndim != 2 or len(found) != len(features) or found.shape[1] <= place.column:
            raise EngineError(f"the network gives a tensor of shape {found.shape}, not logits")
        return np.asarray(found[:, place.column], np.float32)


def scorer_of(model: ModelFolder) -> Scorer:
    """What scores the windows of `model`; nothing is loaded yet.

    Raises:
        ModelError: the record asks for what there is not.
    """
    record = model.record
    if record.network is not None:
        from detectors.runtime import Network

        file = record.network.file
        network = Network(model.place(file), record.files[file])
        return NetworkScorer(network, record.network, explanation(record.preparation))
    if record.classifier is not None:
        from detectors.plugins.huggingface import ClassifierScorer

        return ClassifierScorer(model)
    raise ModelError(f"{model.path}: nothing scores its windows")
