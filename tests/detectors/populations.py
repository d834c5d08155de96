"""Populations of sources that differ by a known amount, for tests of what is claimed of bounds."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from detectors.exceedance import HumanScore

LEVELS = (0.01, 0.03, 0.05, 0.1, 0.2)


def rates(
    random: np.random.Generator, works: NDArray[np.int64], spread: float, repeats: int
) -> NDArray[np.float64]:
    """Share of each source's works beyond `LEVELS`, shape (repeats, sources, levels).

    A source draws its whole distribution of scores from a Dirichlet process, so its rate beyond
    any level is beta-distributed around that level with the same spread.
    """
    weights = np.diff([0.0, *LEVELS, 1.0]) * (1 / spread - 1)
    drawn = random.gamma(np.broadcast_to(weights, (repeats, len(works), len(weights)))) + 1e-300
    counts = random.multinomial(
        np.broadcast_to(works, (repeats, len(works))), drawn / drawn.sum(axis=-1, keepdims=True)
    )
    return np.cumsum(counts, axis=-1)[..., :-1] / works[:, None]


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
