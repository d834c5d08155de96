"""Fits the test of strangeness, tries it on works from outside, and keeps it if it catches any.

See `detectors.strangeness`. The test sees the mean of a work's features over its windows, and is
fitted to the works the model was made from. What it catches can only be measured on works that gave
nothing: those of a second manifest, of sources outside the domain. Without one, or where it catches
too few, the model has no such test.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from detectors.card import Figure, StrangenessFigures
from detectors.strangeness import Strangeness, StrangenessReport, Works
from detectors.training.heldout import Usable

__all__ = ["MOST_FEATURES", "figures_of", "fit_strangeness"]

MOST_FEATURES = 4096
"""Features a window at most: raw samples or pixels say nothing by their mean."""

FEWEST_SOURCES = 3


def fit_strangeness(
    works: Sequence[Usable],
    outside: Sequence[Usable],
    seed: int,
    columns: tuple[int, int] | None = None,
) -> Strangeness | None:
    """The test, None where it cannot be fitted or there is nothing to try it on.

    Args:
        works: that the model was made from.
        outside: of sources and families that none of them is from; others are passed over.
        seed: of what is drawn.
        columns: of the features, those that are looked at; None for all.
    """
    inside = {one.item.origin for one in works}
    tried = [one for one in outside if one.item.origin not in inside]
    sources = {one.item.origin for one in works if not one.synthetic}
    width = works[0].prepared.features[0].size
    if not tried or len(sources) < FEWEST_SOURCES or width > MOST_FEATURES:
        return None
    return Strangeness.fit(_works(works), _works(tried), seed=seed, columns=columns)


def figures_of(report: StrangenessReport, *, kept: bool) -> StrangenessFigures:
    """What the card says of the test."""
    low, high = report.abstains_interval or (None, None)
    least, most = report.catches_interval or (None, None)
    return StrangenessFigures(
        abstains=Figure(value=report.abstains, low=low, high=high, n=report.n_human),
        catches=Figure(value=report.catches, low=least, high=most, n=report.n_outside),
        kept=kept,
    )


def _works(works: Sequence[Usable]) -> Works:
    rows = [
        one.prepared.features.reshape(len(one.prepared.windows), -1).mean(axis=0, dtype=np.float64)
        for one in works
    ]
    return Works(
        features=np.stack(rows),
        sources=np.array([one.item.origin for one in works], np.str_),
        human=np.array([not one.synthetic for one in works]),
    )
