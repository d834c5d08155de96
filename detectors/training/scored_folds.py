"""What the folds of a training scored, kept beside the model: a run that was stopped goes on.

A fold is known by the recipe and what its fit depends on, the seed, the works that were fitted to
with their labels, and the works that were held out. Windows are not compared, for they are those of
the bytes: the preparation and its version are part of the key.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from detectors.models.preparation import entry_point, preparation
from provenance.files import replacement

if TYPE_CHECKING:
    from detectors.training.heldout import Usable
    from detectors.training.recipe import Recipe

__all__ = ["ScoredFolds", "fold_key"]

Logits = tuple[float, ...]
OfWork = tuple[Logits, ...]
"""Of a work, and of each of its copies."""


class ScoredFolds:
    """A folder with a file for each fold.

    Args:
        folder: made where there is none.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def found(self, key: str, sizes: Sequence[Sequence[int]]) -> list[OfWork] | None:
        """What a fold scored; None where it is not known, or of another shape.

        Args:
            key: of the fold.
            sizes: how many windows each version of each work has.
        """
        try:
            held = json.loads((self._folder / f"{key}.json").read_bytes())
        except (OSError, ValueError):
            return None
        if not isinstance(held, list) or len(held) != len(sizes):
            return None
        works = [tuple(tuple(map(float, one)) for one in work) for work in held]
        shapes = [[len(one) for one in work] for work in works]
        return works if shapes == [list(one) for one in sizes] else None

    def keep(self, key: str, scored: Iterable[OfWork]) -> None:
        """Keep what a fold scored."""
        self._folder.mkdir(parents=True, exist_ok=True)
        with replacement(self._folder / f"{key}.json") as (file, put_in_place):
            file.write(json.dumps(list(scored)).encode())
            file.flush()
            put_in_place()


def fold_key(
    recipe: Recipe, fitted_to: Sequence[Usable], measured: Sequence[Usable], seed: int
) -> str:
    """What a fold is known by."""
    plan = recipe.plan
    made = preparation(entry_point(recipe.preparation).value, plan.settings)
    copies = [[one.preparation, sorted(one.settings.items())] for one in plan.copies]
    told = {
        "recipe": [recipe.name, plan.version, sorted(plan.fit.items())],
        "preparation": [recipe.preparation, made.version, sorted(plan.settings.items()), copies],
        "seed": seed,
        "fitted": [[one.audited.sha256, one.synthetic, one.item.origin] for one in fitted_to],
        "measured": [one.audited.sha256 for one in measured],
    }
    return hashlib.sha256(json.dumps(told, sort_keys=True).encode()).hexdigest()[:32]
