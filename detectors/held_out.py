"""Scores of human works that were held out when they were scored, by source and by group.

Groups form a tree below `all`: language and register family, image kind, music kind. A source may
have works in several groups; pooled, they are works of one source.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

__all__ = ["ROOT", "STEP", "HeldOut", "HumanScore", "paths_of"]

ROOT = "all"
"""The group of all works, parent of every group that names no other."""

STEP = 1.02
"""A table has a step wherever its value falls by 2 %: some 470 from 1 down to 1 in 10 000."""

Floats = NDArray[np.float64]


class HumanScore(NamedTuple):
    """The score of a human work by a model that saw neither it nor its source."""

    source: str
    group: str
    work: str
    score: float


class HeldOut(dict[str, Floats]):
    """Scores of each source, sorted; the sources in the order of their names."""

    @classmethod
    def of(
        cls, scores: Iterable[HumanScore], paths: Mapping[str, tuple[str, ...]]
    ) -> dict[str, HeldOut]:
        """The scores of each group that has any; a work counts once, by its highest score.

        Args:
            scores: in any order.
            paths: every group there may be, as `paths_of` gives them.

        Raises:
            ValueError: none, one that is not finite, or of a group that is not declared.
        """
        best: dict[tuple[str, str, str], float] = {}
        for one in scores:
            if not math.isfinite(one.score):
                raise ValueError(f"the score of {one.work!r} is not a finite number")
            if one.group not in paths:
                raise ValueError(f"{one.work!r} is of group {one.group!r}, which is not declared")
            key = (one.group, one.source, one.work)
            best[key] = max(one.score, best.get(key, -math.inf))
        if not best:
            raise ValueError("an exceedance table needs scores of human works")
        found: dict[str, dict[str, list[float]]] = {}
        for (group, source, _work), score in sorted(best.items()):
            found.setdefault(group, {}).setdefault(source, []).append(float(score))
        return {
            group: cls({source: np.sort(np.array(s)) for source, s in sources.items()})
            for group, sources in found.items()
        }

    @classmethod
    def joined(cls, several: Iterable[HeldOut]) -> HeldOut:
        """All of these together: a source that is in several is one source."""
        found: dict[str, list[Floats]] = {}
        for held in several:
            for source, scores in held.items():
                found.setdefault(source, []).append(scores)
        return cls({name: np.sort(np.concatenate(found[name])) for name in sorted(found)})

    @property
    def works(self) -> NDArray[np.int64]:
        """Works of each source, shape (sources,)."""
        return np.array([len(scores) for scores in self.values()], dtype=np.int64)

    def counts(self, thresholds: Floats) -> NDArray[np.int64]:
        """Works of each source at or above each threshold, shape (sources, thresholds)."""
        return np.array(
            [len(scores) - np.searchsorted(scores, thresholds) for scores in self.values()],
            dtype=np.int64,
        )

    def thresholds(self) -> Floats:
        """Just above each work's score, one wherever the mean over sources has fallen enough."""
        scores = np.concatenate(list(self.values()))
        weights = np.concatenate([np.full(n, 1 / (n * len(self))) for n in self.works])
        order = np.argsort(scores, kind="stable")
        distinct, first = np.unique(scores[order], return_index=True)
        above = np.cumsum(weights[order][::-1])[::-1]
        left = np.append(above[first[1:]], 0.0)
        kept, last = [], math.inf
        for place, mean in enumerate(left):
            if mean <= last / STEP or place == len(left) - 1:
                kept.append(place)
                last = mean
        return np.asarray(np.nextafter(distinct[kept], np.inf))


def paths_of(parents: Mapping[str, str | None]) -> dict[str, tuple[str, ...]]:
    """Each group with its ancestors, itself first and `all` last."""
    found: dict[str, tuple[str, ...]] = {ROOT: (ROOT,)}
    for name in parents:
        path = [name]
        while path[-1] != ROOT:
            if path[-1] not in parents:
                raise ValueError(f"the parent {path[-1]!r} of {name!r} is not declared")
            parent = parents[path[-1]] or ROOT
            if parent in path:
                raise ValueError(f"the group {name!r} is its own ancestor")
            path.append(parent)
        found[name] = tuple(path)
    return found
