"""The leak check: a model that sees only how files were made, on the same split as the detector.

It is gradient boosting on `detectors.facts.Facts`: format, size, codec, bit rate, sample rate,
dimensions, JPEG quality, typography. Whole families of generators and whole human sources are held
out together, as for the detector. Where it tells the classes apart, a figure about content may be a
figure about files: "vorbis means human" and "PNG means AI" have both stood in real sets.

Scores of different folds come from different models. Each is therefore placed among the human works
of its own fold first: 0.9 means that nine tenths of them, sources weighing the same, score lower.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from detectors.evaluation.manifest import Label
from detectors.evaluation.scored import Scored

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = ["LEAST_SIDE", "SUSPICIOUS", "MetadataScores", "metadata_scores"]

SUSPICIOUS = 0.7
"""An AUC of metadata alone above which figures about content are doubtful."""

LEAST_SIDE = 20
"""Works of each label that are needed."""

MOST_CATEGORIES = 30
UNKNOWN, LARGEST = -1.0, 1e15
SEED = 0
NUMBERS = (
    *("bytes", "bitrate", "rate", "channels", "seconds", "width", "height", "quality"),
    *("bit_depth", "characters"),
)
CATEGORIES = ("media_type", "codec")


@dataclass(frozen=True, slots=True)
class MetadataScores:
    """What the metadata-only model made of works it did not see.

    Attributes:
        works: those it was asked about.
        scores: of each, float64, shape (n,), its place among the human works of its fold, 0 to 1.
        folds: how often families and sources were held out.
        features: what it saw, the most telling first.
        reason: why there is none, empty where there is.
    """

    works: tuple[Scored, ...] = ()
    scores: NDArray[np.float64] | None = None
    folds: int = 0
    features: tuple[str, ...] = ()
    reason: str = ""


def metadata_scores(works: Iterable[Scored]) -> MetadataScores:
    """Score works by their files alone, each by a model that saw neither its family nor source."""
    from threadpoolctl import threadpool_limits

    with threadpool_limits(1, "openmp"):  # threads that wait for each other cost more than they do
        return _scores(works)


def _scores(works: Iterable[Scored]) -> MetadataScores:
    from detectors.training.folds import Work, folds_of
    from provenance.errors import ConfigError

    known = tuple(work for work in works if work.facts)
    labels = Counter(work.label for work in known)
    if any(labels[label] < LEAST_SIDE for label in Label):
        return MetadataScores(reason="few_works")
    songs = [work.song or work.number for work in known]
    split = [
        Work(work.label is Label.AI, work.origin, song)
        for work, song in zip(known, songs, strict=True)
    ]
    try:
        folds = folds_of(split)
    except ConfigError:
        return MetadataScores(reason="few_sources")
    names, features, are_categories = table(known)
    label = np.array([work.label is Label.AI for work in known])
    weights = _weights(known)
    scores = np.full(len(known), np.nan)
    telling = np.zeros(len(names))
    for fold in folds:
        fitted, held_out = np.array(fold.fitted), np.array(fold.held_out)
        varied = np.flatnonzero(np.ptp(features[fitted], axis=0) > 0)
        if not varied.size:
            scores[held_out] = 0.5
            continue
        model = _model(are_categories[varied])
        model.fit(features[np.ix_(fitted, varied)], label[fitted], sample_weight=weights[fitted])
        seen = features[np.ix_(held_out, varied)]
        chances = model.predict_proba(seen)[:, 1]
        scores[held_out] = _places(chances, ~label[held_out], weights[held_out])
        telling[varied] += _telling(model, seen, label[held_out], weights[held_out])
    order = np.argsort(-telling, kind="stable")
    shown = tuple(names[place] for place in order if telling[place] > 0)
    return MetadataScores(known, scores, len(folds), shown)


def table(works: Sequence[Scored]) -> tuple[list[str], NDArray[np.float64], NDArray[np.bool_]]:
    """Names, values (works, features), and which are categories; what is not known is -1."""
    typed = sorted({name for work in works for name in work.facts.get("typography", {})})
    names = [*CATEGORIES, *NUMBERS, "bytes_a_pixel", "aspect", *typed]
    codes = [_codes(work.facts.get(name) for work in works) for name in CATEGORIES]
    values = np.full((len(works), len(names)), np.nan)
    for row, work in enumerate(works):
        facts = work.facts
        values[row] = [
            *(code[row] for code in codes),
            *(_number(facts.get(name)) for name in NUMBERS),
            _ratio(facts.get("bytes"), _area(facts)),
            _ratio(facts.get("width"), facts.get("height")),
            *(_number(facts.get("typography", {}).get(name)) for name in typed),
        ]
    values = np.nan_to_num(values, nan=UNKNOWN)
    return names, values, np.array([name in CATEGORIES for name in names])


def _codes(values: Iterable[Any]) -> list[float]:
    """Each value as a number; the rarest share one."""
    held = ["" if value is None else str(value) for value in values]
    common = [value for value, _ in Counter(held).most_common(MOST_CATEGORIES - 1)]
    code = {value: float(place) for place, value in enumerate(sorted(common))}
    return [code.get(value, float(len(code))) for value in held]


def _number(value: Any) -> float:
    """Finite, or NaN: what a file says of itself may be any number."""
    if isinstance(value, int | float) and abs(value) <= LARGEST:
        return float(value)
    return math.nan


def _area(facts: dict[str, Any]) -> float:
    return _number(facts.get("width")) * _number(facts.get("height"))


def _ratio(above: Any, below: Any) -> float:
    over, under = _number(above), _number(below)
    return over / under if under > 0 else math.nan


def _weights(works: Sequence[Scored]) -> NDArray[np.float64]:
    """Classes weigh the same, and within each its sources or families."""
    sizes = Counter((work.label, work.origin) for work in works)
    origins = Counter(label for label, _ in sizes)
    return np.array(
        [1 / (sizes[work.label, work.origin] * origins[work.label]) for work in works]
    ) * len(works)


def _model(are_categories: NDArray[np.bool_]) -> Any:
    from sklearn.ensemble import HistGradientBoostingClassifier

    return HistGradientBoostingClassifier(
        categorical_features=are_categories,
        max_iter=100,
        max_depth=4,
        learning_rate=0.1,
        min_samples_leaf=10,
        early_stopping=False,
        random_state=SEED,
    )


def _places(
    chances: NDArray[np.float64], human: NDArray[np.bool_], weights: NDArray[np.float64]
) -> NDArray[np.float64]:
    """Share of the human works, by weight, that score lower; half of those that score the same."""
    order = np.argsort(chances[human], kind="stable")
    held, weight = chances[human][order], weights[human][order]
    below = np.concatenate(([0.0], np.cumsum(weight) / weight.sum()))
    left = below[np.searchsorted(held, chances, "left")]
    return np.asarray((left + below[np.searchsorted(held, chances, "right")]) / 2)


def _telling(
    model: Any,
    features: NDArray[np.float64],
    label: NDArray[np.bool_],
    weights: NDArray[np.float64],
) -> NDArray[np.float64]:
    """How much worse it ranks when one feature is shuffled among the held-out works."""
    from sklearn.metrics import roc_auc_score

    if len(set(label.tolist())) < 2:
        return np.zeros(features.shape[1])
    rng = np.random.default_rng(SEED)
    order = rng.permutation(len(label))

    def auc(seen: NDArray[np.float64]) -> float:
        chances = model.predict_proba(seen)[:, 1]
        return float(roc_auc_score(label, chances, sample_weight=weights))

    whole = auc(features)
    lost = np.zeros(features.shape[1])
    for place in range(features.shape[1]):
        shuffled = features.copy()
        shuffled[:, place] = shuffled[order, place]
        lost[place] = round(whole - auc(shuffled), 6)
    return lost
