"""Scores works by models that saw neither them nor anything of their source, family or song."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from detectors.evaluation.manifest import Item, Label
from detectors.models.dependence import Dependence
from detectors.models.preparation import Prepared
from detectors.models.records import ROOT
from detectors.training.audit import Audited
from detectors.training.folds import Work, folds_of
from detectors.training.scored_folds import ScoredFolds, fold_key
from provenance.errors import PluginError

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from detectors.models.preparation import Features
    from detectors.training.recipe import Fitted, Recipe

__all__ = ["Held", "Usable", "dependence_of", "fit", "group_of", "held_out", "stacked"]


RESYNTHESIS = "resynth-"
"""How families of human works are called that went through a neural decoder."""


@dataclass(frozen=True, slots=True)
class Usable:
    """A work as the preparation sees it, and laundered copies; some are for measuring only."""

    item: Item
    audited: Audited
    prepared: Prepared
    copies: tuple[Prepared, ...] = ()
    may_be_fitted: bool = True

    @property
    def synthetic(self) -> bool:
        """Its label."""
        return self.item.label is Label.AI

    @property
    def is_resynthesis(self) -> bool:
        """Whether it is a human work that only went through a neural decoder.

        Such works are fitted to, for what decoders leave behind, and never measured: no machine
        made them.
        """
        return (self.item.family or "").startswith(RESYNTHESIS)


@dataclass(frozen=True, slots=True)
class Held:
    """A work that was held out, with the logits of its windows and of those of its copies."""

    work: Usable
    logits: tuple[float, ...]
    copies: tuple[tuple[float, ...], ...]
    fold: int


def held_out(
    recipe: Recipe,
    works: Sequence[Usable],
    seed: int,
    *,
    known: bool = False,
    kept: ScoredFolds | None = None,
) -> Iterator[tuple[int, list[Held]]]:
    """Every work with its logits, fold by fold, after the number of folds.

    Args:
        recipe: how they are scored.
        works: all that may be fitted to.
        seed: of everything that is drawn.
        known: whether other songs of the same families of generators are fitted to; human sources
            are held out whole either way.
        kept: what was scored in an earlier run, and is not scored again.

    Raises:
        ConfigError: there are too few families or sources to hold any out.
        PluginError: the recipe, or its preparation, gives what it should not.
    """
    folds = folds_of([_work(one, known=known) for one in works], recipe.plan.folds)
    for number, fold in enumerate(folds):
        fitted_to = [works[place] for place in fold.fitted if works[place].may_be_fitted]
        held = [works[place] for place in fold.held_out]
        measured = [one for one in held if not one.is_resynthesis]
        yield len(folds), _held(recipe, fitted_to, measured, number, seed, kept)


def _held(
    recipe: Recipe,
    fitted_to: Sequence[Usable],
    measured: Sequence[Usable],
    fold: int,
    seed: int,
    kept: ScoredFolds | None,
) -> list[Held]:
    sizes = [[len(one.windows) for one in _versions(work)] for work in measured]
    key = fold_key(recipe, fitted_to, measured, seed)
    found = kept.found(key, sizes) if kept else None
    if found is not None:
        return [
            Held(work, own, tuple(copies), fold)
            for work, (own, *copies) in zip(measured, found, strict=True)
        ]
    scored = list(_scored(recipe, fit(recipe, fitted_to, seed), measured, fold))
    if kept:
        kept.keep(key, [(one.logits, *one.copies) for one in scored])
    return scored


def dependence_of(held: Sequence[Held]) -> Dependence:
    """How the windows of works hang together, as works that were held out show it."""
    return Dependence.of(
        [one.logits for one in held],
        [one.work.synthetic for one in held],
        [one.work.item.origin for one in held],
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


def _work(one: Usable, *, known: bool) -> Work:
    song = one.item.song or one.audited.sha256
    origin = f"song {song}" if known and one.synthetic else one.item.origin
    return Work(one.synthetic, origin, song)


def _scored(recipe: Recipe, fitted: Fitted, works: Sequence[Usable], fold: int) -> Iterator[Held]:
    if not works:
        return
    all_ = [one for work in works for one in _versions(work)]
    logits: NDArray[np.float32] = np.asarray(fitted.logits(_stacked(all_)), np.float32)
    ends = np.cumsum([len(one.windows) for one in all_])
    if logits.shape != (ends[-1],) or not np.isfinite(logits).all():
        raise PluginError(f"recipe {recipe.name}: not one finite logit for each window")
    parts = iter(np.split(logits, ends[:-1]))
    for work in works:
        own, *copies = (tuple(next(parts).tolist()) for _ in _versions(work))
        yield Held(work, own, tuple(copies), fold)
