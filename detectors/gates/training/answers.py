"""Held-out answers, each of a network that never saw the source of the work; and the last one."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from detectors.gates.held_out import AS_IT_IS, ONE_WINDOW, HeldOut
from detectors.gates.network import Network, softmax
from detectors.gates.training.accounts import Account
from detectors.gates.training.fitting import (
    FOLDS,
    Shape,
    dealt,
    fit,
    sure_of,
    temperature_of,
    weights_of,
)
from detectors.gates.training.recipes import Recipe
from provenance.errors import ConfigError

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float32]

__all__ = ["Answered", "answer"]

DIGITS = 16
"""Letters of a SHA-256 that name a work."""


@dataclass(frozen=True, slots=True)
class Answered:
    """What came of fitting.

    Attributes:
        kinds: what is learnt; those that are never told come last.
        network: the final one.
        sure: least probability that counts as told.
        rows: held-out answers.
    """

    kinds: tuple[str, ...]
    network: Network
    sure: float
    rows: tuple[HeldOut, ...]


def answer(
    accounts: Sequence[Account], recipe: Recipe, seed: int, watch: Callable[[str, int, int], None]
) -> Answered:
    """Fit with each fold held out, then on all.

    Raises:
        ConfigError: a kind has fewer than two sources, or there is one kind only.
    """
    works = [one for one in accounts if one.reason is None and one.features is not None]
    learnt = [one for one in works if not one.listed.tried]
    kinds, shape = _kinds(learnt, recipe), recipe.shape
    fold_of = dealt([one.listed.kind for one in learnt], [one.origin for one in learnt])
    logits: dict[int, Floats] = {}
    count = min(FOLDS, len(set(fold_of.values())))
    watch("held out", 0, count + 1)
    for done, fold in enumerate(sorted(set(fold_of.values())), 1):
        others = [one for one in learnt if fold_of[one.origin] != fold]
        network = _fitted(others, kinds, shape, seed)
        for place, one in enumerate(works):
            # A work of a source that nothing was learnt from is answered by the first network.
            if fold_of.get(one.origin, min(fold_of.values())) == fold and one.features is not None:
                logits[place] = network.logits(np.asarray(one.features, np.float32))
        watch("held out", done, count + 1)
    temperature = _temperature(works, logits, kinds)
    final = replace(_fitted(learnt, kinds, shape, seed), temperature=temperature)
    rows = tuple(
        row
        for place, one in enumerate(works)
        for row in _rows(one, softmax(logits[place] / np.float32(temperature)))
    )
    watch("held out", count + 1, count + 1)
    return Answered(kinds, final, _sure(rows, works, kinds, recipe), rows)


def _kinds(learnt: Sequence[Account], recipe: Recipe) -> tuple[str, ...]:
    origins: dict[str, set[str]] = defaultdict(set)
    for one in learnt:
        origins[one.listed.kind].add(one.origin)
    few = sorted(kind for kind, of in origins.items() if len(of) < 2)
    if few or len(origins) < 2:
        raise ConfigError(
            f"there are too few sources of {few[0]}" if few else "there is one kind only",
            hint="Each kind needs two sources or more: each is judged by a gate that never saw it.",
        )
    return tuple(sorted(origins, key=lambda kind: (kind in recipe.untold, kind)))


def _fitted(works: Sequence[Account], kinds: tuple[str, ...], shape: Shape, seed: int) -> Network:
    each = [one for one in works for _ in one.ways]
    features = np.concatenate([np.asarray(one.features, np.float32) for one in works])
    labels = [one.listed.kind for one in each]
    if set(labels) != set(kinds):
        raise ConfigError(
            "without the sources that are held out, a kind is left without works",
            hint="Give more sources of each kind.",
        )
    weights = weights_of(labels, [one.origin for one in each], [one.audited.sha256 for one in each])
    places = np.array([kinds.index(one) for one in labels])
    return fit(features, places, weights, shape, seed)


def _temperature(
    works: Sequence[Account], logits: dict[int, Floats], kinds: tuple[str, ...]
) -> float:
    """From the rows of works as they are, of the kinds that are told."""
    found, each = [], []
    for place, one in enumerate(works):
        if one.listed.kind not in kinds or one.listed.tried:
            continue
        plain = [at for at, way in enumerate(one.ways) if way == AS_IT_IS]
        found.append(logits[place][plain])
        each += [one] * len(plain)
    labels = [one.listed.kind for one in each]
    weights = weights_of(labels, [one.origin for one in each], [one.audited.sha256 for one in each])
    places = np.array([kinds.index(one) for one in labels])
    return temperature_of(np.concatenate(found), places, weights)


def _rows(one: Account, probabilities: Floats) -> list[HeldOut]:
    """A row for each way in which the work was stored, and one for a single window of it."""
    of: dict[str, list[int]] = defaultdict(list)
    for at, way in enumerate(one.ways):
        of[way].append(at)
    plain = of.get(AS_IT_IS, [])
    if len(plain) > 1:
        of[ONE_WINDOW] = [plain[len(plain) // 2]]
    listed = one.listed
    return [
        HeldOut(
            kind=listed.kind,
            source=one.origin,
            label=listed.item.label.value,
            case=listed.case,
            copy=way,
            work=one.audited.sha256[:DIGITS],
            probabilities=tuple(map(float, probabilities[places].mean(axis=0))),
        )
        for way, places in of.items()
    ]


def _sure(
    rows: Sequence[HeldOut], works: Sequence[Account], kinds: tuple[str, ...], recipe: Recipe
) -> float:
    tried = {one.audited.sha256[:DIGITS] for one in works if one.listed.tried}
    judged = [
        row for row in rows if row.copy == AS_IT_IS and row.kind in kinds and row.work not in tried
    ]
    return sure_of(
        np.array([row.probabilities for row in judged], np.float32),
        np.array([kinds.index(row.kind) for row in judged]),
        [(row.kind, row.source) for row in judged],
        recipe.most_wrong,
        sum(kind not in recipe.untold for kind in kinds),
    )
