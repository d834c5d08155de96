"""From a score to how likely it makes a machine, at equal priors: a monotone line of few knots.

Fitted to held-out scores with the two classes weighted equally, in each class its sources (of
machines: the families), and in each source its works. The backbone is a logistic curve fitted to
targets drawn in from 0 and 1 by the number of works, after Platt (1999). Isotonic regression says
where the data want another line: the share in each of its blocks counts with the works in it, the
backbone with `PRIOR` works. What comes out is made monotone again.

It is kept from 0 and 1 by what the numbers allow. Above the highest human score none of n works
is seen; the rate there, by the one-sided 95 % limit over sources (`detectors.bounds`), may still
be u. So the odds are never over 1/u, nor under the same for works of machines below their lowest.
With 300 works and no spread between sources, u is 1 %; a single source allows hardly any.
"""

from __future__ import annotations

import math
from bisect import bisect_right
from collections.abc import Iterable
from itertools import pairwise
from typing import Literal, Self

import numpy as np
from numpy.typing import NDArray
from pydantic import Field, model_validator

from detectors.bounds import limit_over_sources, spread_limit
from detectors.exceedance import HumanScore
from provenance.evidence import Record

__all__ = ["Likelihood"]

PRIOR = 20
MOST_KNOTS = 64
DIGITS = 10
LEVELS = (0.05, 0.1, 0.2)

Floats = NDArray[np.float64]


class Likelihood(Record):
    """P(synthetic) at equal priors: straight between knots, flat outside.

    Attributes:
        scores, values: the knots, rising and never falling.
        low, high: the values that n allows.
        n_human, n_ai: works behind it.
    """

    format: Literal["assay/likelihood/1"] = "assay/likelihood/1"
    scores: tuple[float, ...] = Field(min_length=1)
    values: tuple[float, ...] = Field(min_length=1)
    low: float = Field(gt=0, le=0.5)
    high: float = Field(ge=0.5, lt=1)
    n_human: int = Field(ge=1)
    n_ai: int = Field(ge=1)

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        rising = all(a < b for a, b in pairwise(self.scores))
        monotone = all(a <= b for a, b in pairwise(self.values))
        within = self.low <= self.values[0] and self.values[-1] <= self.high
        if len(self.scores) != len(self.values) or not (rising and monotone and within):
            raise ValueError("knots must rise and stay between low and high")
        return self

    @classmethod
    def of(cls, human: Iterable[HumanScore], ai: Iterable[HumanScore]) -> Self:
        """Fit to held-out scores; the order of the scores makes no difference.

        Args:
            human: of human works.
            ai: of works of machines; the source is the family of generators.

        Raises:
            ValueError: a class is empty or a score is not finite.
        """
        men, machines = _by_source(human), _by_source(ai)
        scores = np.concatenate([*men, *machines])
        made = np.repeat([0.0, 1.0], [sum(map(len, men)), sum(map(len, machines))])
        weights = np.concatenate([_weights(men), _weights(machines)]) / 2
        order = np.lexsort((made, scores))
        scores, made, weights = scores[order], made[order], weights[order]

        backbone = _logistic(scores, made, weights)
        blended = _blended(scores, made, weights, _sigmoid(backbone(scores)))
        knots = np.unique(np.quantile(scores, np.linspace(0, 1, MOST_KNOTS)))
        values = np.interp(knots, scores, blended)
        high = 1 / (1 + _unseen(men))
        low = 1 - 1 / (1 + _unseen([-one for one in machines]))
        return cls(
            scores=tuple(float(one) for one in knots),
            values=tuple(round(float(one), DIGITS) for one in np.clip(values, low, high)),
            low=round(low, DIGITS),
            high=round(high, DIGITS),
            n_human=sum(map(len, men)),
            n_ai=sum(map(len, machines)),
        )

    def at(self, score: float) -> float:
        """P(synthetic) of this score.

        Raises:
            ValueError: the score is not a number.
        """
        if math.isnan(score):
            raise ValueError("a score that is not a number has no likelihood")
        place = bisect_right(self.scores, score)
        if place in {0, len(self.scores)}:
            return self.values[max(place - 1, 0)]
        left, right = self.scores[place - 1], self.scores[place]
        part = (score - left) / (right - left)
        return self.values[place - 1] + part * (self.values[place] - self.values[place - 1])


def _by_source(scores: Iterable[HumanScore]) -> list[Floats]:
    found: dict[str, list[float]] = {}
    for one in scores:
        if not math.isfinite(one.score):
            raise ValueError(f"the score of {one.work!r} is not a finite number")
        found.setdefault(one.source, []).append(float(one.score))
    if not found:
        raise ValueError("a likelihood needs scores of human works and of works of machines")
    return [np.sort(np.array(found[name])) for name in sorted(found)]


def _weights(sources: list[Floats]) -> Floats:
    return np.concatenate([np.full(len(one), 1 / (len(one) * len(sources))) for one in sources])


def _sigmoid(logits: Floats) -> Floats:
    return 1 / (1 + np.exp(-np.clip(logits, -500, 500)))


def _effective(weights: Floats) -> float:
    """How many works of equal weight say as much (Kish)."""
    return float(weights.sum() ** 2 / np.sum(weights**2))


class _Line:
    """A logit linear in the score, that never falls."""

    def __init__(self, centre: float, scale: float, level: float, slope: float) -> None:
        self._centre, self._scale, self._level, self._slope = centre, scale, level, slope

    def __call__(self, scores: Floats) -> Floats:
        return self._level + self._slope * (scores - self._centre) / self._scale


def _logistic(scores: Floats, made: Floats, weights: Floats) -> _Line:
    """Weighted maximum likelihood by Newton's method, its steps halved where they overshoot."""
    centre = float(weights @ scores)
    scale = math.sqrt(float(weights @ (scores - centre) ** 2)) or 1.0
    design = np.stack([np.ones(len(scores)), (scores - centre) / scale], axis=1)
    counts = [_effective(weights[made == label]) for label in (0.0, 1.0)]
    targets = np.where(made > 0, (counts[1] + 1) / (counts[1] + 2), 1 / (counts[0] + 2))

    def loss(theta: Floats) -> float:
        logits = design @ theta
        return float(weights @ (np.logaddexp(0, logits) - targets * logits))

    theta = np.zeros(2)
    for _ in range(100):
        chances = _sigmoid(design @ theta)
        gradient = design.T @ (weights * (chances - targets))
        curvature = (design * (weights * chances * (1 - chances))[:, None]).T @ design
        step = np.linalg.solve(curvature + 1e-9 * np.eye(2), gradient)
        while loss(theta - step) > loss(theta) and np.abs(step).max() > 1e-10:
            step /= 2
        theta = theta - step
        if np.abs(step).max() < 1e-10:
            break
    level, slope = (float(one) for one in theta)
    return _Line(centre, scale, level, slope) if slope > 0 else _Line(centre, scale, 0.0, 0.0)


def _blended(scores: Floats, made: Floats, weights: Floats, backbone: Floats) -> Floats:
    """At each score: the share in its isotonic block, against `PRIOR` works of the backbone."""
    _, place = np.unique(scores, return_inverse=True)
    mass = np.bincount(place, weights).astype(np.float64)
    shares = (np.bincount(place, weights * made) / mass).astype(np.float64)
    seen, blocks = _isotonic(shares, mass)
    block = blocks[place]
    works = np.bincount(block, weights) ** 2 / np.bincount(block, weights**2)
    mixed = (works[block] * seen[place] + PRIOR * backbone) / (works[block] + PRIOR)
    return _isotonic(mixed, weights)[0]


def _isotonic(values: Floats, weights: Floats) -> tuple[Floats, NDArray[np.intp]]:
    """The closest line that never falls, and the block of each value (pool adjacent violators)."""
    means: list[float] = []
    masses: list[float] = []
    sizes: list[int] = []
    for value, weight in zip(values.tolist(), weights.tolist(), strict=True):
        mean, mass, size = value, weight, 1
        while means and means[-1] >= mean:
            last = masses.pop()
            mean = (means.pop() * last + mean * mass) / (last + mass)
            mass, size = mass + last, size + sizes.pop()
        means.append(mean)
        masses.append(mass)
        sizes.append(size)
    blocks = np.repeat(np.arange(len(sizes)), sizes)
    return np.array(means)[blocks], blocks


def _unseen(sources: list[Floats]) -> float:
    """How often works may yet score above all that were seen (one-sided 95 %, over sources)."""
    works = np.array([len(one) for one in sources])
    scores = np.concatenate(sources)
    order = np.argsort(scores, kind="stable")
    above = 1 - np.cumsum(_weights(sources)[order])
    levels = [scores[order][int(np.searchsorted(-above, -level))] for level in LEVELS]
    rates = np.array([[np.mean(one > level) for level in levels] for one in sources])
    limit = float(limit_over_sources(np.zeros(1), works, spread_limit(rates, works))[0])
    return max(limit, 3 / float(works.sum())) if works.sum() > 3 else 1.0
