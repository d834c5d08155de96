"""How the windows of a work hang together: a model of dependence, measured on held-out works.

Ten windows of one song are not ten songs. Their logits are taken as one-way random effects: a part
that all windows of a work share, and a part of each its own. The log-odds that the mean of n
windows gives are then the distance of that mean from the middle between the classes, times

    n / (n + ratio)

up to a factor that is the same for all works, `ratio` being the variance within works over that
between works of one class (Searle, Casella and McCulloch, *Variance Components*, 1992, ch. 3). A
score of few windows is drawn to the middle, and a hundred windows count for little more than ten.

The share of a work that is synthetic comes from the same windows: each is in one of two states,
whose logits are normal, and neighbours are mostly in the same (a hidden Markov model; forward and
backward sums as in Rabiner 1989). What is given is the mean of the probabilities.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from itertools import pairwise
from typing import Self

import numpy as np
from pydantic import Field

from provenance.credentials import Record

__all__ = ["Dependence", "Level"]

FEWEST = 3
"""Windows under which no share is told."""

CHANGES = 0.05
"""Probability that the next window is of the other kind."""

LEAST_SPREAD = 1e-3
DIGITS = 6


class Level(Record):
    """What logits of windows are in one class: their mean and standard deviation."""

    mean: float
    spread: float = Field(gt=0)

    def log_density(self, logit: float) -> float:
        """Of a normal distribution, without the constant."""
        return -0.5 * ((logit - self.mean) / self.spread) ** 2 - math.log(self.spread)


class Dependence(Record):
    """How the windows of works hang together.

    Attributes:
        middle: between the classes: where a mean says nothing.
        ratio: variance within works over variance between works.
        human, synthetic: logits of windows in each class; sources and families weigh the same.
    """

    middle: float
    ratio: float = Field(ge=0)
    human: Level
    synthetic: Level

    @classmethod
    def of(
        cls, works: Sequence[Sequence[float]], synthetic: Sequence[bool], origins: Sequence[str]
    ) -> Self:
        """Measured on the logits of works, none of which the model was fitted to.

        Args:
            works: logits of the windows of each work, at least one.
            synthetic: its label.
            origins: its human source, or its family of generators.
        """
        means = np.array([np.mean(one) for one in works])
        sizes = np.array([len(one) for one in works], np.float64)
        own = np.array([np.var(one) for one in works])
        label = np.array(synthetic, np.bool_)
        within = float((own * sizes).sum() / max((sizes - 1).sum(), 1.0))
        weights = _weights(label, np.array(origins, np.str_))
        levels, between = [], 0.0
        for which in (False, True):
            of_class = label == which
            share = weights[of_class] / weights[of_class].sum()
            mean = float(share @ means[of_class])
            spread = float(share @ np.square(means[of_class] - mean))
            noise = within * float(share @ (1 / sizes[of_class]))
            between += max(spread - noise, 0.0) / 2
            all_ = float(share @ (own[of_class] + np.square(means[of_class] - mean)))
            levels.append(_level(mean, math.sqrt(all_)))
        human, made = levels
        return cls(
            middle=_short((human.mean + made.mean) / 2),
            ratio=_short(within / max(between, LEAST_SPREAD)),
            human=human,
            synthetic=made,
        )

    def score(self, logits: Sequence[float]) -> float:
        """The score of a work, from those of its windows; their order does not matter."""
        count = len(logits)
        mean = math.fsum(logits) / count
        return (mean - self.middle) * count / (count + self.ratio)

    def share(self, logits: Sequence[float]) -> float | None:
        """Which part of the windows is synthetic, in order; None for fewer than three."""
        if len(logits) < FEWEST:
            return None
        odds = [
            self.synthetic.log_density(one) - self.human.log_density(one)
            for one in self._inside(logits)
        ]
        forward = _swept(odds)
        backward = _swept(odds[::-1])[::-1]
        both = [
            there + back - own for there, back, own in zip(forward, backward, odds, strict=True)
        ]
        return math.fsum(_logistic(one) for one in both) / len(both)

    def _inside(self, logits: Sequence[float]) -> list[float]:
        """Held between the two means, beyond which a normal density would turn around."""
        low, high = sorted((self.human.mean, self.synthetic.mean))
        return [min(max(one, low), high) for one in logits]


def _swept(odds: Sequence[float]) -> list[float]:
    """Log-odds of the second state at each place, given all up to it; even odds at first."""
    found = [odds[0]]
    for _, own in pairwise(odds):
        before = _logistic(found[-1])
        after = before * (1 - CHANGES) + (1 - before) * CHANGES
        found.append(own + math.log(after / (1 - after)))
    return found


def _logistic(value: float) -> float:
    return 1 / (1 + math.exp(-value)) if value > -700 else 0.0


def _weights(label: np.ndarray, origins: np.ndarray) -> np.ndarray:
    weights = np.zeros(len(label))
    for which in (False, True):
        of_class = label == which
        _, place, counts = np.unique(origins[of_class], return_inverse=True, return_counts=True)
        weights[of_class] = 1 / counts[place]
    return weights


def _level(mean: float, spread: float) -> Level:
    return Level(mean=_short(mean), spread=_short(max(spread, LEAST_SPREAD)))


def _short(value: float) -> float:
    return float(f"{value:.{DIGITS}g}")
