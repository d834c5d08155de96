"""How often each scheme is found where it is, and where it is not: the figures of `measured.json`.

`tools/measure_marks.py` writes that file; records, cards and documentation take their figures from
it and from nowhere else. A rate is the one-sided 95 % upper bound (Clopper and Pearson): three in
n where nothing was found among n works.
"""

from __future__ import annotations

import json
import math
from functools import cache
from importlib.resources import files
from typing import Any

from pydantic import Field

from provenance.evidence import Record

__all__ = ["ENOUGH_WORKS", "Figures", "Hits", "figures", "upper_bound"]

ENOUGH_WORKS = 500
"""Human works from which a rate of false alarms counts as measured."""


class Hits(Record):
    """How many of some marked works were found marked."""

    found: int = Field(ge=0)
    of: int = Field(gt=0)


class Figures(Record):
    """What was measured of one scheme.

    Attributes:
        false_alarms: human works in which it was found.
        human_works: in which it was looked for.
        human_sources: they came from.
        hits: marked works found, by what was done to them after marking.
    """

    false_alarms: int = Field(ge=0)
    human_works: int = Field(gt=0)
    human_sources: int = Field(gt=0)
    hits: dict[str, Hits] = Field(default_factory=dict)

    @property
    def false_alarm_rate(self) -> float:
        """Upper bound of the share of human works in which it is found, to three digits."""
        bound = upper_bound(self.false_alarms, self.human_works)
        return math.ceil(bound * 1e5) / 1e5

    @property
    def supporting(self) -> bool:
        """Whether too few human works were measured for it to be more than support."""
        return self.human_works < ENOUGH_WORKS


@cache
def figures() -> dict[str, Figures]:
    """The figures by scheme."""
    held: dict[str, Any] = json.loads(
        files("detectors.marks").joinpath("measured.json").read_text("utf-8")
    )
    return {name: Figures.model_validate(one) for name, one in held["schemes"].items()}


def upper_bound(found: int, of: int, confidence: float = 0.95) -> float:
    """The largest rate at which so few finds among `of` works are not yet improbable."""
    if found >= of:
        return 1.0
    if found == 0:
        return min(1.0, 3 / of)
    low, high = found / of, 1.0
    for _ in range(60):
        middle = (low + high) / 2
        if _at_most(found, of, middle) > 1 - confidence:
            low = middle
        else:
            high = middle
    return high


def _at_most(found: int, of: int, rate: float) -> float:
    """Probability of at most `found` among `of` at this rate."""
    return math.fsum(
        math.exp(
            math.lgamma(of + 1)
            - math.lgamma(one + 1)
            - math.lgamma(of - one + 1)
            + one * math.log(rate)
            + (of - one) * math.log1p(-rate)
        )
        for one in range(found + 1)
    )
