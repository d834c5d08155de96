"""Fits the network of a gate: a few small perceptrons whose logits are averaged, or one layer.

Kinds weigh the same; in each, a source weighs as the root of the number of its works, which lies
between counting works and counting sources. The perceptrons stand beside each other in one
network, which is all that serving knows.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from detectors.gates.network import Layer, Network, softmax

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float32]
    Places = NDArray[np.intp]

__all__ = ["Shape", "dealt", "fit", "sure_of", "temperature_of", "weights_of"]

FOLDS = 5
LEAST_SCALE = 1e-6
TEMPERATURES = np.geomspace(0.25, 8.0, 61)
SURES = tuple(round(0.40 + 0.01 * step, 2) for step in range(60))
LINEAR_STEPS = 200


@dataclass(frozen=True, slots=True)
class Shape:
    """How a network is fitted.

    Attributes:
        members: perceptrons that are averaged.
        hidden: units of each; 0 for a single layer, which needs no members and no passes.
        decay: penalty of large weights.
        epochs: passes over the rows.
    """

    members: int = 4
    hidden: int = 24
    decay: float = 10.0
    epochs: int = 15


def weights_of(
    kinds: Sequence[str], sources: Sequence[str], works: Sequence[str]
) -> NDArray[np.float64]:
    """The weight of each row; their mean is 1."""
    of_work = Counter(works)
    of_source = Counter(dict.fromkeys(zip(kinds, sources, strict=True), 0))
    for kind, source, _ in {*zip(kinds, sources, works, strict=True)}:
        of_source[kind, source] += 1
    of_kind = Counter(kind for kind, _ in of_source)
    found = np.array(
        [
            1 / (of_work[work] * of_kind[kind] * np.sqrt(of_source[kind, source]))
            for kind, source, work in zip(kinds, sources, works, strict=True)
        ]
    )
    for kind in of_kind:
        those = np.array([one == kind for one in kinds])
        found[those] /= found[those].sum()
    return np.asarray(found / found.mean())


def dealt(kinds: Sequence[str], origins: Sequence[str], most: int = FOLDS) -> dict[str, int]:
    """The fold of each origin: the largest first, to the fold that holds least of its kind."""
    held: Counter[tuple[int, str]] = Counter()
    sizes = Counter(zip(origins, kinds, strict=True))
    whole = Counter(origins)
    fold_of: dict[str, int] = {}
    for origin in sorted(whole, key=lambda one: (-whole[one], one)):
        those = {kind: n for (name, kind), n in sizes.items() if name == origin}
        main = max(sorted(those), key=lambda kind: those[kind])
        fold = min(range(most), key=lambda one: (held[one, main], one))
        fold_of[origin] = fold
        for kind, n in those.items():
            held[fold, kind] += n
    return fold_of


def fit(
    features: Floats,
    kinds: Places,
    weights: NDArray[np.float64],
    shape: Shape,
    seed: int,
) -> Network:
    """The network of these rows.

    Args:
        features: shape (n, d).
        kinds: place of the kind of each row.
        weights: of each row.
        shape: how it is fitted.
        seed: of everything that is drawn.
    """
    share = weights / weights.sum()
    mean = share @ features
    scale = np.sqrt(share @ np.square(features - mean))
    scale = np.where(scale > LEAST_SCALE, scale, 1.0)
    network = Network(mean.astype(np.float32), scale.astype(np.float32), (), 1.0)
    rows = network.standardised(features)
    if not shape.hidden:
        return Network(network.mean, network.scale, (_linear(rows, kinds, weights, shape),), 1.0)
    return Network(
        network.mean, network.scale, _perceptrons(rows, kinds, weights, shape, seed), 1.0
    )


def _linear(rows: Floats, kinds: Places, weights: NDArray[np.float64], shape: Shape) -> Layer:
    """Multinomial logistic regression."""
    from sklearn.linear_model import LogisticRegression

    fitted = LogisticRegression(C=1 / shape.decay, max_iter=LINEAR_STEPS)
    _quietly(fitted, rows, kinds, weights)
    return _both(Layer(fitted.coef_.T.astype(np.float32), fitted.intercept_.astype(np.float32)))


def _perceptrons(
    rows: Floats, kinds: Places, weights: NDArray[np.float64], shape: Shape, seed: int
) -> tuple[Layer, Layer]:
    from sklearn.neural_network import MLPClassifier

    members = []
    for member in range(shape.members):
        fitted = MLPClassifier(
            hidden_layer_sizes=(shape.hidden,),
            alpha=shape.decay,
            batch_size=min(256, len(rows)),
            learning_rate_init=2e-3,
            max_iter=shape.epochs,
            n_iter_no_change=shape.epochs + 1,
            random_state=seed * 1000 + member,
        )
        _quietly(fitted, rows, kinds, weights)
        members.append(_layers(fitted.coefs_, fitted.intercepts_))
    return _beside(members)


def temperature_of(logits: Floats, kinds: Places, weights: NDArray[np.float64]) -> float:
    """The temperature at which held-out logits are taken at their word (least log loss)."""
    rows = np.arange(len(kinds))
    losses = [
        -float(weights @ np.log(np.maximum(softmax(logits / np.float32(one))[rows, kinds], 1e-7)))
        for one in TEMPERATURES
    ]
    return float(TEMPERATURES[int(np.argmin(losses))])


def sure_of(
    probabilities: Floats,
    kinds: Places,
    sources: Sequence[tuple[str, str]],
    most: float = 0.02,
    told: int | None = None,
) -> float:
    """The least probability at which few held-out works are told as a wrong kind.

    The largest tried where there is none.

    Args:
        probabilities: of works, shape (n, kinds).
        kinds: place of the kind of each.
        sources: kind and source of each.
        most: share told wrong that is few, mean over sources.
        told: how many kinds, from the first, are ever told; all when None.
    """
    best = probabilities.argmax(axis=1)
    sure = probabilities.max(axis=1)
    wrong = (best != kinds) & (best < (probabilities.shape[1] if told is None else told))
    every = sorted(set(sources))
    of_source = [np.array([one == source for one in sources]) for source in every]
    for least in SURES:
        badly = wrong & (sure >= least)
        if np.mean([badly[those].mean() for those in of_source]) <= most:
            return least
    return SURES[-1]


def _quietly(fitted: object, rows: Floats, kinds: Places, weights: NDArray[np.float64]) -> None:
    """Fit, without the remark that the passes were used up: they are what was asked for."""
    import warnings

    from sklearn.exceptions import ConvergenceWarning

    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ConvergenceWarning)
        fitted.fit(rows, kinds, sample_weight=weights)  # type: ignore[attr-defined]


def _layers(weights: Sequence[Floats], biases: Sequence[Floats]) -> tuple[Layer, Layer]:
    """Hidden and output layer."""
    hidden, out = (
        Layer(w.astype(np.float32), b.astype(np.float32))
        for w, b in zip(weights, biases, strict=True)
    )
    return hidden, _both(out)


def _both(out: Layer) -> Layer:
    """Of two kinds there is one output, the log-odds of the second: both."""
    if out.bias.size > 1:
        return out
    return Layer(
        np.hstack([np.zeros_like(out.weight), out.weight]),
        np.concatenate([np.zeros_like(out.bias), out.bias]),
    )


def _beside(members: Sequence[tuple[Layer, Layer]]) -> tuple[Layer, Layer]:
    """One network whose logits are the mean of theirs."""
    share = np.float32(1 / len(members))
    return (
        Layer(
            np.hstack([hidden.weight for hidden, _ in members]),
            np.concatenate([hidden.bias for hidden, _ in members]),
        ),
        Layer(
            np.vstack([out.weight for _, out in members]) * share,
            np.asarray(sum(out.bias for _, out in members) * share, np.float32),
        ),
    )
