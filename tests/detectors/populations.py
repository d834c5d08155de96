"""Populations of sources that differ by a known amount, for tests of what is claimed of bounds."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from detectors.exceedance import HumanScore

LEVELS = (0.01, 0.03, 0.05, 0.1, 0.2)


def rates(
    random: np.random.Generator,
    works: NDArray[np.int64],
    latent: float,
    repeats: int,
    *,
    tail: float | None = None,
) -> NDArray[np.float64]:
    """Share of each source's works beyond `LEVELS`, shape (repeats, sources, levels).

    Scores are normal within a source. The means of the sources are normal too, or of Student's t
    with `tail` degrees of freedom, and make `latent` of the variance; levels are those of all
    works.
    """

    def means(shape: tuple[int, ...]) -> NDArray[np.float64]:
        if tail is None:
            return random.normal(size=shape)
        return random.standard_t(tail, shape) / (tail / (tail - 2)) ** 0.5

    within, between = (1 - latent) ** 0.5, latent**0.5
    many = between * means((1_000_000,)) + within * random.normal(size=1_000_000)
    beyond = np.quantile(many, 1 - np.array(LEVELS))
    own = between * means((repeats, len(works), 1))
    shown = np.empty((repeats, len(works), len(LEVELS)))
    for source, count in enumerate(works):
        scores = own[:, source] + within * random.normal(size=(repeats, count))
        shown[:, source] = (scores[:, :, None] >= beyond).mean(axis=1)
    return shown


def people(
    random: np.random.Generator,
    sources: int,
    works: int,
    *,
    name: str = "s",
    group: str = "all",
    shift: float = 0.0,
    apart: float = 0.5,
) -> list[HumanScore]:
    """Normal scores; the sources' means are normal with deviation `apart` around `shift`."""
    means = random.normal(shift, apart, sources)
    return [
        HumanScore(f"{name}{s}", group, f"{name}{s}/{w}", float(score))
        for s in range(sources)
        for w, score in enumerate(random.normal(means[s], 1.0, works))
    ]
