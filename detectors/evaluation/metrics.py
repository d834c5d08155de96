"""Figures of a detector on works of known origin, by one convention everywhere.

The convention is that of the report ("Statistics"). An item is flagged when its answer is to be
relied on and `exceedance.upper` of the shipped tables is at most the asked false-alarm rate; no
threshold is fitted to the set being judged. An abstained or not-run work of a machine is a miss; an
abstained human work is not flagged. The false-alarm rate is the mean over human sources, and none
may lie significantly above three times nominal (exact binomial, one-sided 5 %, Holm). A rate below
3/n human works is not measurable: no value, and n. Intervals are 95 %, by drawing whole sources and
whole families with replacement, and there is none for fewer than two.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from detectors.bounds import LEVEL, exceeding, excess, interval, lower_limit, redrawn
from detectors.card import ByName, Calibration, Curve, Figure
from provenance.evidence import Record

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

__all__ = [
    "BINS",
    "FPRS",
    "TIMES",
    "OperatingPoint",
    "Results",
    "auc",
    "by_family",
    "by_source",
    "calibration",
    "coverage",
    "ece",
    "flagged",
    "measurable",
    "operating_points",
    "said",
    "tpr_at",
]

FPRS = (0.05, 0.01, 0.005, 0.002, 0.001)
"""False-alarm rates at which a card says the share found, each where n allows."""

TIMES = 3
BINS = 15


@dataclass(frozen=True, slots=True)
class Results:
    """What a detector said of works of known origin; all arrays of shape (works,).

    Attributes:
        ai: whether the work was made by a machine.
        sources: its human source, or its family of generators.
        answered: whether there is a score to be relied on: neither abstained nor not run.
        scores: NaN where there is none.
        likelihoods: NaN where there is none.
        uppers: `exceedance.upper`; NaN where there is none.
    """

    ai: NDArray[np.bool_]
    sources: NDArray[np.str_]
    answered: NDArray[np.bool_]
    scores: Floats
    likelihoods: Floats
    uppers: Floats

    def __post_init__(self) -> None:
        columns = (self.sources, self.answered, self.scores, self.likelihoods, self.uppers)
        if {one.shape for one in columns} != {self.ai.shape} or self.ai.ndim != 1:
            raise ValueError("every column needs one entry for each work")


class OperatingPoint(Record):
    """What is found, and at what price, where the tables promise a false-alarm rate.

    Attributes:
        fpr: the rate asked for.
        tpr: share of works of machines that are flagged, abstained and not-run ones among them.
            Without a value where the rate is under 3/n; n is then that of human works.
        tpr_families: the same as the mean over families.
        measured: share of human works flagged, mean over sources. Without a value under 3/n.
        over_cap: human sources significantly above three times the rate, the worst first.
        coverage_human, coverage_ai: share of works with an answer to be relied on.
    """

    fpr: float
    tpr: Figure
    tpr_families: Figure
    measured: Figure
    over_cap: tuple[str, ...]
    coverage_human: float
    coverage_ai: float


def flagged(results: Results, fpr: float) -> NDArray[np.bool_]:
    """Which works the decision is `synthetic` of."""
    with np.errstate(invalid="ignore"):
        return np.asarray(results.answered & (results.uppers <= fpr))


def measurable(rate: float, works: int) -> bool:
    """Whether so many human works can show such a rate: it is at least 3/n."""
    return works > 0 and rate >= 3 / works * (1 - 1e-12)


def said(figure: Figure) -> str:
    """The figure as `metrics.json` spells it."""
    if figure.value is None:
        return f"not measurable (n={figure.n})"
    if figure.low is None or figure.high is None:
        return f"{figure.value:.4f} (n={figure.n})"
    return f"{figure.value:.4f} [{figure.low:.4f}, {figure.high:.4f}] (n={figure.n})"


def coverage(results: Results, *, ai: bool) -> float:
    """Share of the works of one class with an answer to be relied on; 0 where there are none."""
    of = results.answered[results.ai == ai]
    return float(of.mean()) if len(of) else 0.0


def tpr_at(results: Results, fpr: float, *, seed: int = 0) -> OperatingPoint:
    """The operating point at which the tables promise `fpr`."""
    hits = flagged(results, fpr)
    humans = int(np.sum(~results.ai))
    names, works, found = _counts(results, hits, ai=False)
    shares = found / np.maximum(works, 1)
    mean = float(shares.mean()) if len(names) else 0.0
    measured = Figure(n=humans)
    if measurable(mean, humans):
        measured = _figure(mean, interval(shares, seed=seed), humans)
    tpr = families = Figure(n=humans)
    if measurable(fpr, humans):
        tpr, families = _found(results, hits, seed)
    over = _over_cap(works, found, fpr)
    worst = sorted(np.flatnonzero(over), key=lambda one: (-shares[one], names[one]))
    return OperatingPoint(
        fpr=fpr,
        tpr=tpr,
        tpr_families=families,
        measured=measured,
        over_cap=tuple(names[one] for one in worst),
        coverage_human=coverage(results, ai=False),
        coverage_ai=coverage(results, ai=True),
    )


def operating_points(
    results: Results, fprs: Iterable[float] = FPRS, *, seed: int = 0
) -> tuple[OperatingPoint, ...]:
    """One for each rate, also for those that n does not allow."""
    return tuple(tpr_at(results, fpr, seed=seed) for fpr in fprs)


def by_family(results: Results, fpr: float) -> tuple[ByName, ...]:
    """Share of each family that is flagged, the worst (least found) first.

    Without values where so few human works cannot show the rate; see `OperatingPoint.tpr`.
    """
    shown = measurable(fpr, int(np.sum(~results.ai)))
    names, works, found = _counts(results, flagged(results, fpr), ai=True)
    rows = [
        ByName(
            name=name,
            figure=Figure(value=int(k) / int(n) if shown else None, n=int(n)),
            flagged=int(k),
            covered=float(results.answered[results.ai & (results.sources == name)].mean()),
        )
        for name, n, k in zip(names, works, found, strict=True)
    ]
    return tuple(sorted(rows, key=lambda row: (row.flagged / row.figure.n, row.name)))


def by_source(results: Results, fpr: float) -> tuple[ByName, ...]:
    """Share of each human source that is flagged, the worst (most flagged) first.

    A share under 3/n of the source's own works has no value; the number flagged always stands.
    """
    names, works, found = _counts(results, flagged(results, fpr), ai=False)
    over = _over_cap(works, found, fpr)
    rows = [
        ByName(
            name=name,
            figure=Figure(value=int(k) / int(n) if measurable(k / n, n) else None, n=int(n)),
            flagged=int(k),
            covered=float(results.answered[~results.ai & (results.sources == name)].mean()),
            excess=bool(one),
        )
        for name, n, k, one in zip(names, works, found, over, strict=True)
    ]
    return tuple(
        sorted(rows, key=lambda row: (not row.excess, -row.flagged / row.figure.n, row.name))
    )


def by_kind(results: Results, fpr: float, *, ai: bool) -> tuple[ByName, ...]:
    """Share of each kind that is flagged, of one class, the most flagged first.

    The interval is exact, from 0.05 on either side: works are taken as drawn one by one.

    Args:
        results: with kinds in place of sources.
        fpr: the operating point.
        ai: which class.
    """
    names, works, found = _counts(results, flagged(results, fpr), ai=ai)
    low, high = lower_limit(found, works), 1 - lower_limit(works - found, works)
    of = results.ai == ai
    rows = [
        ByName(
            name=name,
            figure=Figure(value=int(k) / int(n), low=float(least), high=float(most), n=int(n)),
            flagged=int(k),
            covered=float(results.answered[of & (results.sources == name)].mean()),
        )
        for name, n, k, least, most in zip(names, works, found, low, high, strict=True)
    ]
    return tuple(sorted(rows, key=lambda row: (-row.flagged / row.figure.n, row.name)))


def auc(results: Results, *, seed: int = 0) -> Figure:
    """How often a work of a machine outscores a human one, families and sources weighted equally.

    Over all works with a score, also those it is not to be relied on for: abstaining from what is
    hard would raise it. n is their number; no value where a class has none.
    """
    told = ~np.isnan(results.scores)
    machines = _groups(results.scores, results.sources, told & results.ai)
    men = _groups(results.scores, results.sources, told & ~results.ai)
    n = int(told.sum())
    if not machines or not men:
        return Figure(n=n)
    wins = np.array([[_wins(a, b) for b in men] for a in machines])
    ends = None
    if len(machines) > 1 and len(men) > 1:
        rows = redrawn(len(machines), seed) / len(machines)
        columns = redrawn(len(men), seed + 1) / len(men)
        ends = _percentiles(np.sum((rows @ wins) * columns, axis=1))
    return _figure(float(wins.mean()), ends, n)


def ece(results: Results, *, seed: int = 0) -> Figure:
    """Expected calibration error in 15 bins of equal width, over works with a likelihood.

    Those whose answer is not to be relied on are left out; `calibration` gives the coverage. The
    two classes weigh the same, in each its sources, and in each source its works: likelihoods are
    at equal priors. No value where a class has none; n is the number of works.
    """
    sums = _bin_sums(results)
    n = int(_calibrated(results).sum())
    if not len(sums[0]) or not len(sums[1]):
        return Figure(n=n)
    ends = None
    if len(sums[0]) > 1 and len(sums[1]) > 1:
        drawn = [redrawn(len(one), seed + place) for place, one in enumerate(sums)]
        parts = [
            np.einsum("rs,sbk->rbk", times / times.shape[1], one)
            for times, one in zip(drawn, sums, strict=True)
        ]
        ends = _percentiles(_gap(parts[0], parts[1]))
    value = float(_gap(sums[0].mean(axis=0)[None], sums[1].mean(axis=0)[None])[0])
    return _figure(value, ends, n)


def calibration(results: Results) -> Calibration:
    """The same error with its reliability curve, and the share of works it is about."""
    sums = _bin_sums(results)
    works = len(results.ai)
    covered = float(_calibrated(results).sum() / works) if works else 0.0
    if not len(sums[0]) or not len(sums[1]):
        return Calibration(coverage=covered)
    men, machines = sums[0].mean(axis=0), sums[1].mean(axis=0)
    mass = men[:, 0] + machines[:, 0]
    full = mass > 0
    likelihood = (men[:, 1] + machines[:, 1])[full] / mass[full]
    share = machines[full, 0] / mass[full]
    curve = Curve(name="reliability", x=tuple(likelihood.tolist()), y=tuple(share.tolist()))
    return Calibration(ece=ece(results).value, coverage=covered, bins=curve)


def _found(results: Results, hits: NDArray[np.bool_], seed: int) -> tuple[Figure, Figure]:
    """Share of works of machines that are flagged: of all works, and as the mean over families."""
    _, works, found = _counts(results, hits, ai=True)
    n = int(works.sum())
    if not n:
        return Figure(), Figure()
    shares = found / works
    return (
        _figure(float(found.sum() / n), interval(shares, works, seed=seed), n),
        _figure(float(shares.mean()), interval(shares, seed=seed), n),
    )


def _counts(
    results: Results, hits: NDArray[np.bool_], *, ai: bool
) -> tuple[list[str], NDArray[np.int64], NDArray[np.int64]]:
    """Names of the sources of a class, their works, and how many of these are flagged."""
    of = results.ai == ai
    names, place, works = np.unique(results.sources[of], return_inverse=True, return_counts=True)
    found = np.bincount(place, hits[of], minlength=len(names)).astype(np.int64)
    return [str(name) for name in names], works.astype(np.int64), found


def _over_cap(works: NDArray[np.int64], found: NDArray[np.int64], fpr: float) -> NDArray[np.bool_]:
    return exceeding(excess(found, works, min(TIMES * fpr, 1.0)))


def _groups(values: Floats, sources: NDArray[np.str_], of: NDArray[np.bool_]) -> list[Floats]:
    return [np.sort(values[of & (sources == name)]) for name in np.unique(sources[of])]


def _wins(machine: Floats, men: Floats) -> float:
    """Share of pairs in which the first scores higher, ties by half; `men` is sorted."""
    under = np.searchsorted(men, machine, side="left") + np.searchsorted(men, machine, side="right")
    return float(under.mean() / 2 / len(men))


def _calibrated(results: Results) -> NDArray[np.bool_]:
    return np.asarray(results.answered & ~np.isnan(results.likelihoods))


def _bin_sums(results: Results) -> tuple[Floats, Floats]:
    """For human sources and for families, shape (sources, bins, 2): weight, and its likelihoods."""
    told = _calibrated(results)
    found = []
    for ai in (False, True):
        rows = []
        for values in _groups(results.likelihoods, results.sources, told & (results.ai == ai)):
            place = np.minimum((values * BINS).astype(np.intp), BINS - 1)
            weight = np.bincount(place, minlength=BINS) / len(values) / 2
            total = np.bincount(place, values, minlength=BINS) / len(values) / 2
            rows.append(np.stack([weight, total], axis=1))
        found.append(np.array(rows).reshape(-1, BINS, 2))
    return found[0], found[1]


def _gap(men: Floats, machines: Floats) -> Floats:
    """Sum over the bins of |machines' weight - likelihoods|; inputs of shape (..., bins, 2)."""
    return np.asarray(
        np.abs(machines[..., 0] - men[..., 1] - machines[..., 1]).sum(axis=-1), dtype=np.float64
    )


def _percentiles(values: Floats) -> tuple[float, float]:
    low, high = np.quantile(values, [LEVEL / 2, 1 - LEVEL / 2])
    return float(low), float(high)


def _figure(value: float, ends: Sequence[float] | None, n: int) -> Figure:
    if math.isnan(value):
        return Figure(n=n)
    low, high = ends or (None, None)
    return Figure(value=value, low=low, high=high, n=n)
