"""Whether a work is unlike everything a detector was measured on: a detector of its own.

The strangeness of a work is the Mahalanobis distance of its features from those of the works in
the domain, under probabilistic principal components (Tipping and Bishop 1999): the leading
directions with their variances, and one variance for all that these leave over, so that the
distance counts also what the components cannot reconstruct. Features are first put on the scale of
their median and quartiles and held within eight such units, so that no single one can be all.

The threshold is that of human works whose whole source was left out of the fit: at most the stated
share of them, as the mean over their sources, lies beyond it. A work of a new source in the domain
is what a user has, and it lies further out than one of a source that was fitted. The share stated
in the report is measured once more on sources that gave neither fit nor threshold. What it
catches is measured on works from outside the domain, which gave nothing at all; a test that catches
less than 30 % of them, or was never tried on any, is not to be kept.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Literal, Self

import numpy as np
from numpy.typing import ArrayLike, NDArray
from pydantic import Field

from detectors.bounds import interval
from provenance.evidence import Record

__all__ = ["LEAST_CATCH", "Caught", "Strangeness", "StrangenessReport", "Works"]

LEAST_CATCH = 0.3

MOST_COMPONENTS = 32
FARTHEST = 8.0
FOLDS = 5
SHRINKAGE = 0.1
"""Part of each variance that is taken from their mean: small samples overstate the differences."""

QUARTILES = 1.349
"""Distance of the quartiles of a normal distribution, in standard deviations."""

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Works:
    """Features of works, with their sources.

    Attributes:
        features: shape (works, features), one row a work.
        sources: human source or family of generators of each, shape (works,).
        human: whether each is a human work, shape (works,).
    """

    features: NDArray[np.floating]
    sources: NDArray[np.str_]
    human: NDArray[np.bool_]

    def __post_init__(self) -> None:
        works = len(self.features)
        if self.features.ndim != 2 or {len(self.sources), len(self.human)} != {works}:
            raise ValueError("features need shape (works, features), and a source for each work")


class Caught(Record):
    """How many works of one source from outside the domain were found strange."""

    source: str
    works: int
    caught: int


class StrangenessReport(Record):
    """What the test does, as its card says it.

    Attributes:
        share: largest share of human works in the domain it was set to abstain on.
        abstains: share it does abstain on, mean over sources that gave neither fit nor threshold.
        catches: share of works from outside that it catches, mean over their sources and
            families; None where there were none.
        outside: each of these, the worst first.
    """

    share: float
    abstains: float
    abstains_interval: tuple[float, float] | None
    n_human: int
    n_sources: int
    catches: float | None
    catches_interval: tuple[float, float] | None
    n_outside: int
    outside: tuple[Caught, ...]


class _Fit(Record):
    """Probabilistic principal components of scaled features."""

    centre: tuple[float, ...]
    scale: tuple[float, ...]
    mean: tuple[float, ...]
    components: tuple[tuple[float, ...], ...]
    variances: tuple[float, ...]
    rest: float

    @classmethod
    def of(cls, works: Works) -> Self:
        features = _finite(works.features)
        weights = _weights(works.sources)
        low, centre, high = np.quantile(features, [0.25, 0.5, 0.75], axis=0)
        deviation = features.std(axis=0)
        scale = np.where(high > low, (high - low) / QUARTILES, deviation)
        scale = _short(np.where(scale > 0, scale, 1.0))
        scaled = _scaled(features, _short(centre), scale)
        mean = _short(weights @ scaled)
        _, lengths, directions = np.linalg.svd(
            (scaled - mean) * np.sqrt(weights)[:, None], full_matrices=False
        )
        variances = lengths**2
        width = features.shape[1]
        count = min(MOST_COMPONENTS, max(1, len(features) // 10), len(variances))
        remaining = max(width - count, 1)
        floor = float(variances.sum()) / width or 1.0
        rest = (1 - SHRINKAGE) * float(variances[count:].sum()) / remaining + SHRINKAGE * floor
        kept = (1 - SHRINKAGE) * variances[:count] + SHRINKAGE * floor
        return cls(
            centre=_listed(centre),
            scale=_listed(scale),
            mean=_listed(mean),
            components=tuple(_listed(one) for one in directions[:count]),
            variances=_listed(kept),
            rest=_listed([rest])[0],
        )

    @cached_property
    def _arrays(self) -> tuple[Floats, Floats, Floats, Floats, Floats]:
        return (
            np.array(self.centre),
            np.array(self.scale),
            np.array(self.mean),
            np.array(self.components),
            np.array(self.variances),
        )

    def distances(self, features: NDArray[np.floating]) -> Floats:
        """Root mean square over the features, shape (works,); about 1 for fitted works."""
        centre, scale, mean, components, variances = self._arrays
        scaled = _scaled(_finite(features), centre, scale) - mean
        along = scaled @ components.T
        left = np.maximum(np.sum(scaled**2, axis=1) - np.sum(along**2, axis=1), 0)
        total = np.sum(along**2 / variances, axis=1) + left / self.rest
        return np.asarray(np.sqrt(total / len(centre)), dtype=np.float64)


class Strangeness(Record):
    """A fitted test: `of` gives the strangeness of a work, over `threshold` it is strange."""

    format: Literal["assay/strangeness/1"] = "assay/strangeness/1"
    threshold: float = Field(ge=0)
    report: StrangenessReport
    fitted: _Fit
    columns: tuple[int, int] | None = None
    """Of the features, those that are looked at: from one to before another; None for all."""

    @classmethod
    def fit(
        cls,
        inside: Works,
        outside: Works | None = None,
        *,
        share: float = 0.02,
        seed: int = 0,
        columns: tuple[int, int] | None = None,
    ) -> Self:
        """Fit to works in the domain, and try on works from outside.

        Args:
            inside: works in the domain, by people and by machines.
            outside: works of sources and families kept apart as what is to be caught.
            share: largest share of human works in the domain that may be found strange.
            seed: of the folds and of the intervals.
            columns: of the features, those that are looked at.

        Raises:
            ValueError: fewer than three human sources, so none can be left out of fit and
                threshold; or a source that is both inside and outside.
        """
        if len(set(inside.sources[inside.human].tolist())) < 3:
            raise ValueError("a test of strangeness needs at least three human sources")
        if outside is not None and set(inside.sources.tolist()) & set(outside.sources.tolist()):
            raise ValueError("a source cannot be in the domain and outside of it")
        inside, outside = _seen(inside, columns), outside and _seen(outside, columns)
        distances, folds = _held_out(inside, seed)
        human = inside.human
        threshold = _threshold(distances[human], inside.sources[human], share)
        fitted = _Fit.of(inside)
        beyond = _beyond_unseen(distances[human], inside.sources[human], folds[human], share)
        caught = tuple(_caught(fitted, threshold, outside)) if outside is not None else ()
        rates = [one.caught / one.works for one in caught]
        report = StrangenessReport(
            share=share,
            abstains=float(np.mean(beyond)),
            abstains_interval=interval(beyond, seed=seed),
            n_human=int(human.sum()),
            n_sources=len(beyond),
            catches=float(np.mean(rates)) if rates else None,
            catches_interval=interval(rates, seed=seed),
            n_outside=sum(one.works for one in caught),
            outside=caught,
        )
        return cls(threshold=threshold, report=report, fitted=fitted, columns=columns)

    @property
    def keep(self) -> bool:
        """Whether it catches enough to be shipped."""
        return self.report.catches is not None and self.report.catches >= LEAST_CATCH

    def of(self, features: ArrayLike) -> float:
        """The strangeness of one work.

        Args:
            features: shape (features,), or (windows, features), of which the mean is taken.
        """
        rows = np.atleast_2d(np.asarray(features, dtype=np.float64))
        row = rows[:, slice(*(self.columns or (None,)))].mean(axis=0)
        return float(self.fitted.distances(row[None, :])[0])

    def is_strange(self, features: ArrayLike) -> bool:
        """Whether one work lies beyond the threshold."""
        return self.of(features) > self.threshold


def _seen(works: Works, columns: tuple[int, int] | None) -> Works:
    if columns is None:
        return works
    return Works(works.features[:, slice(*columns)], works.sources, works.human)


def _finite(features: NDArray[np.floating]) -> Floats:
    """What is not a number is as far out as can be."""
    wide = np.asarray(features, dtype=np.float64)
    return np.nan_to_num(wide, nan=1e30, posinf=1e30, neginf=-1e30)


def _scaled(features: Floats, centre: Floats, scale: Floats) -> Floats:
    return np.clip((features - centre) / scale, -FARTHEST, FARTHEST)


def _listed(values: ArrayLike) -> tuple[float, ...]:
    return tuple(float(f"{one:.7g}") for one in np.asarray(values, dtype=np.float64).tolist())


def _short(values: Floats) -> Floats:
    return np.array(_listed(values))


def _weights(sources: NDArray[np.str_]) -> Floats:
    """Sources weigh the same, and in each its works."""
    names, place, works = np.unique(sources, return_inverse=True, return_counts=True)
    return np.asarray(1 / (works[place] * len(names)), dtype=np.float64)


def _held_out(inside: Works, seed: int) -> tuple[Floats, NDArray[np.intp]]:
    """Distances from fits that left the whole source out, and the fold of each work."""
    random = np.random.default_rng(seed)
    folds = np.zeros(len(inside.sources), dtype=np.intp)
    for human in (True, False):
        names = np.unique(inside.sources[inside.human == human])
        for number, name in enumerate(random.permutation(names)):
            folds[inside.sources == name] = number % FOLDS
    distances = np.zeros(len(folds))
    for fold in np.unique(folds):
        out = folds == fold
        rest = Works(inside.features[~out], inside.sources[~out], inside.human[~out])
        distances[out] = _Fit.of(rest).distances(inside.features[out])
    return distances, folds


def _threshold(distances: Floats, sources: NDArray[np.str_], share: float) -> float:
    """The lowest of the distances that no more than the share lies beyond (mean over sources)."""
    order = np.argsort(distances, kind="stable")
    beyond = np.append(np.cumsum(_weights(sources)[order][::-1])[::-1][1:], 0.0)
    place = int(np.argmax(beyond <= share + 1e-12))
    return float(distances[order][place])


def _beyond_unseen(
    distances: Floats, sources: NDArray[np.str_], folds: NDArray[np.intp], share: float
) -> Floats:
    """Share of each source beyond the threshold that the other folds give."""
    found: dict[str, float] = {}
    for fold in np.unique(folds):
        out = folds == fold
        threshold = _threshold(distances[~out], sources[~out], share)
        for name in np.unique(sources[out]):
            found[str(name)] = float(np.mean(distances[sources == name] > threshold))
    return np.array([found[name] for name in sorted(found)])


def _caught(fitted: _Fit, threshold: float, outside: Works) -> Iterator[Caught]:
    beyond = fitted.distances(outside.features) > threshold
    found = [
        Caught(
            source=str(name),
            works=int(np.sum(outside.sources == name)),
            caught=int(np.sum(beyond[outside.sources == name])),
        )
        for name in np.unique(outside.sources)
    ]
    return _worst_first(found)


def _worst_first(found: Iterable[Caught]) -> Iterator[Caught]:
    return iter(sorted(found, key=lambda one: (one.caught / one.works, one.source)))
