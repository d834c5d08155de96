"""How often people reversed what a detector, a generator's name or a group led to.

Each work is counted once, by what was decided of it last. Works come to people because something
accused them, and not by chance, so a share of reversals is no false-alarm rate; it says where to
measure again, and in which language or kind of work.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

from service.review.facts import Facts
from service.review.records import Decided, Outcome

__all__ = ["Counted", "Reversals", "count", "wilson"]

Z = 1.959964


def wilson(count: int, of: int) -> tuple[float, float]:
    """95 % interval of a share (Wilson 1927), each 0 to 1; `of` is at least 1."""
    share = count / of
    middle = (share + Z * Z / (2 * of)) / (1 + Z * Z / of)
    half = Z / (1 + Z * Z / of) * math.sqrt(share * (1 - share) / of + Z * Z / (4 * of * of))
    return max(0.0, middle - half), min(1.0, middle + half)


@dataclass(frozen=True, slots=True)
class Counted:
    """One row: what led to the findings, and how often they were reversed.

    Attributes:
        by: `detector`, `generator` or `group`.
    """

    by: str
    value: str
    decided: int
    reversed: int

    @property
    def interval(self) -> tuple[float, float]:
        """95 % interval of the share of reversals (Wilson 1927), each 0 to 1."""
        return wilson(self.reversed, self.decided)


@dataclass(frozen=True, slots=True)
class Reversals:
    """All rows, and the works there are in all."""

    decided: int
    reversed: int
    items: tuple[Counted, ...]


def count(decisions: tuple[tuple[str, Decided, Facts], ...]) -> Reversals:
    """Count decisions, given oldest first with the digest of their work and what it rests on."""
    last = {sha256: (decided, facts) for sha256, decided, facts in decisions}
    seen: Counter[tuple[str, str]] = Counter()
    undone: Counter[tuple[str, str]] = Counter()
    for decided, facts in last.values():
        for key in _keys(facts):
            seen[key] += 1
            undone[key] += decided.outcome is Outcome.REVERSED
    return Reversals(
        decided=len(last),
        reversed=sum(one.outcome is Outcome.REVERSED for one, _ in last.values()),
        items=tuple(
            Counted(by, value, seen[by, value], undone[by, value]) for by, value in sorted(seen)
        ),
    )


def _keys(facts: Facts) -> Iterator[tuple[str, str]]:
    yield from (("detector", one) for one in facts.detectors)
    yield from (("generator", one) for one in facts.generators)
    yield from (("group", one) for one in facts.groups)
