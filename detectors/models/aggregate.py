"""How the local scores of a work become its score.

Local scores are logits: their mean is the log-odds of evidence shared evenly among the windows;
`random_effects` weighs it by how the windows of a work hang together (`Dependence`). The result
depends on the scores alone and not on their order, so that whoever holds a report can compute its
score again from the places shown, to the last bit.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from enum import StrEnum
from typing import assert_never

from detectors.models.dependence import Dependence

__all__ = ["Aggregate", "aggregate"]

CUT = 10


class Aggregate(StrEnum):
    """How local scores are put together."""

    MEAN = "mean"
    TRIMMED_MEAN = "trimmed_mean"
    """Without the lowest and the highest tenth, rounded down."""

    RANDOM_EFFECTS = "random_effects"
    """The mean, drawn to the middle where windows are few."""


def aggregate(
    how: Aggregate, scores: Sequence[float], dependence: Dependence | None = None
) -> float:
    """The score of a work.

    Args:
        how: one of the ways.
        scores: of its windows, at least one.
        dependence: of the windows; only random effects need it.

    Raises:
        ValueError: it is needed and not there.
    """
    match how:
        case Aggregate.RANDOM_EFFECTS:
            if dependence is None:
                raise ValueError("random effects need what was measured of them")
            return dependence.score(scores)
        case Aggregate.MEAN:
            kept = list(scores)
        case Aggregate.TRIMMED_MEAN:
            cut = len(scores) // CUT
            kept = sorted(scores)[cut : len(scores) - cut]
        case _:
            assert_never(how)
    return math.fsum(kept) / len(kept)  # exactly rounded: the order does not matter
