"""Scores works by models that saw neither them nor anything of their source, family or song."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from detectors.evaluation.manifest import Item, Label
from detectors.models.aggregate import aggregate
from detectors.models.preparation import Prepared
from detectors.models.records import ROOT
from detectors.training.audit import Audited
from detectors.training.folds import Work, folds_of
from provenance.errors import PluginError

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from detectors.models.preparation import Features
    from detectors.training.recipe import Fitted, Recipe

__all__ = ["Held", "Usable", "fit", "held_out", "stacked"]


@dataclass(frozen=True, slots=True)
class Usable:
    """A work that a model may be fitted on, as the preparation sees it; and laundered copies."""

    item: Item
    audited: Audited
    prepared: Prepared
    copies: tuple[Prepared, ...] = ()

    @property
    def synthetic(self) -> bool:
        """Its label."""
        return self.item.label is Label.AI


@dataclass(frozen=True, slots=True)
class Held:
    """The score of a work that was held out."""

    work: Usable
    score: float
    fold: int


def held_out(
    recipe: Recipe, works: Sequence[Usable], seed: int
) -> Iterator[tuple[int, list[Held]]]:
    """Every work with its score, fold by fold, after the number of folds.

    Raises:
        ConfigError: there are too few families or sources to hold any out.
        PluginError: the recipe, or its preparation, gives what it should not.
    """
    folds = folds_of([_work(one) for one in works])
    for number, fold in enumerate(folds):
        fitted = fit(recipe, [works[place] for place in fold.fitted], seed)
        held = [works[place] for place in fold.held_out]
        scores = _scores(recipe, fitted, held)
        yield (
            len(folds),
            [Held(one, score, number) for one, score in zip(held, scores, strict=True)],
        )


def fit(recipe: Recipe, works: Sequence[Usable], seed: int) -> Fitted:
    """What a recipe makes of some works and their copies.

    Raises:
        PluginError: features of two works do not have the same shape.
    """
    sizes = [sum(len(one.windows) for one in _versions(work)) for work in works]
    labels = np.repeat(np.array([one.synthetic for one in works], np.int8), sizes)
    groups = np.repeat(np.array([one.item.origin for one in works], np.str_), sizes)
    rows = _stacked([one for work in works for one in _versions(work)])
    return recipe.fit(rows, labels, groups, seed)


def stacked(works: Sequence[Usable]) -> Features:
    """The windows of some works, one below the other, without those of copies.

    Raises:
        PluginError: they do not have the same shape.
    """
    return _stacked([one.prepared for one in works])


def _versions(work: Usable) -> tuple[Prepared, ...]:
    return (work.prepared, *work.copies)


def _stacked(all_: Sequence[Prepared]) -> Features:
    shapes = {one.features.shape[1:] for one in all_}
    if len(shapes) != 1:
        some = ", ".join(sorted(map(str, shapes))[:3])
        raise PluginError(f"the preparation gives windows of different shapes: {some}")
    return np.concatenate([one.features for one in all_])


def group_of(recipe: Recipe, one: Usable) -> str:
    """The group of a work, as the model will call it."""
    return one.prepared.group if one.prepared.group in recipe.plan.groups else ROOT


def _work(one: Usable) -> Work:
    song = one.item.song or one.audited.sha256
    return Work(one.synthetic, one.item.origin, song)


def _scores(recipe: Recipe, fitted: Fitted, works: Sequence[Usable]) -> list[float]:
    logits: NDArray[np.float32] = np.asarray(fitted.logits(stacked(works)), np.float32)
    ends = np.cumsum([len(one.prepared.windows) for one in works])
    if logits.shape != (ends[-1],) or not np.isfinite(logits).all():
        raise PluginError(f"recipe {recipe.name}: not one finite logit for each window")
    parts = np.split(logits, ends[:-1])
    return [aggregate(recipe.plan.aggregate, part.tolist()) for part in parts]
