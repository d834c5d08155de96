"""Splits works so that whole families of generators and whole human sources are held out together.

What a detector scores on a source it was trained on says little of the next source. So each fold
holds out some human sources and some families, and nothing of either is left in what is fitted;
neither is another version of a held-out song, nor another excerpt of it. Which go together depends
on their names and sizes alone, so that the same manifest gives the same folds.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Hashable, Iterable, Sequence
from dataclasses import dataclass

from provenance.errors import ConfigError

__all__ = ["MOST_FOLDS", "Fold", "Work", "folds_of"]

MOST_FOLDS = 5


@dataclass(frozen=True, slots=True)
class Work:
    """What splitting needs to know of a work.

    Attributes:
        synthetic: its label.
        origin: the family of its generator, or its human source.
        song: equal for works that must not be on both sides: versions, excerpts, copies.
    """

    synthetic: bool
    origin: str
    song: Hashable


@dataclass(frozen=True, slots=True)
class Fold:
    """Places of works, in order: those held out, and those a model may be fitted on for them."""

    held_out: tuple[int, ...]
    fitted: tuple[int, ...]


def folds_of(works: Sequence[Work], most: int = MOST_FOLDS) -> tuple[Fold, ...]:
    """Folds in which every work is held out once.

    Raises:
        ConfigError: there are fewer than two families, or fewer than two human sources.
    """
    families = _sizes(work.origin for work in works if work.synthetic)
    sources = _sizes(work.origin for work in works if not work.synthetic)
    if len(families) < 2 or len(sources) < 2:
        raise ConfigError(
            f"there are {len(families)} families of generators and {len(sources)} human sources",
            hint="At least two of each are needed: each is scored by a model that never saw it. "
            "The columns family and source of the manifest say which is which.",
        )
    count = min(most, len(families), len(sources))
    fold_of = {(True, name): fold for name, fold in _dealt(families, count).items()}
    fold_of |= {(False, name): fold for name, fold in _dealt(sources, count).items()}
    placed = [fold_of[work.synthetic, work.origin] for work in works]
    return tuple(_fold(number, works, placed) for number in range(count))


def _fold(number: int, works: Sequence[Work], placed: Sequence[int]) -> Fold:
    held_out = tuple(place for place, fold in enumerate(placed) if fold == number)
    songs = {works[place].song for place in held_out}
    fitted = tuple(
        place
        for place, fold in enumerate(placed)
        if fold != number and works[place].song not in songs
    )
    if len({works[place].synthetic for place in fitted}) < 2:
        raise ConfigError(
            "without the works that are held out, only one label is left",
            hint="The same songs stand in all sources: give more of them, or more sources.",
        )
    return Fold(held_out, fitted)


def _sizes(names: Iterable[str]) -> dict[str, int]:
    return dict(Counter(names))


def _dealt(sizes: dict[str, int], count: int) -> dict[str, int]:
    """Each name to a fold: the largest first, always to the fold that holds least."""
    held = [0] * count
    dealt: dict[str, int] = {}
    for name in sorted(sizes, key=lambda one: (-sizes[one], one)):
        fold = held.index(min(held))
        dealt[name] = fold
        held[fold] += sizes[name]
    return dealt
