"""One-sided bounds on rates counted over works that come from few sources.

The exact binomial test and its confidence limits (Clopper and Pearson 1934), Holm's procedure for
several tests at once (Holm 1979), and a bound on the mean rate over sources whose own rates differ.
All need numpy only and take arrays. A rate is a share of works, in [0, 1].
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from statistics import NormalDist

import numpy as np
from numpy.typing import ArrayLike, NDArray

__all__ = [
    "LEVEL",
    "SPREAD_CEILING",
    "agreement",
    "beta_cdf",
    "exceeding",
    "excess",
    "interval",
    "limit_over_sources",
    "lower_limit",
    "redrawn",
    "spread_limit",
]

LEVEL = 0.05
"""Error of every one-sided bound and test here."""

SPREAD_FLOOR, SPREAD_CEILING = 0.02, 0.9
"""The least and the most that scores within a source are taken to be correlated."""

EIGHTY_PERCENT = 0.8416
"""Normal quantile: the spread taken is its one-sided 80 % limit."""

RESAMPLES = 2000

Floats = NDArray[np.float64]
Interval = tuple[float, float] | None

_TINY = 1e-300
_MOST_TERMS = 2000
_HALVINGS = 36
_RAREST = 1e-12
_NODES, _WEIGHTS = np.polynomial.legendre.leggauss(32)
_quantile = np.vectorize(NormalDist().inv_cdf, otypes=[np.float64])
_lgamma = np.vectorize(math.lgamma, otypes=[np.float64])


def beta_cdf(x: ArrayLike, a: ArrayLike, b: ArrayLike) -> Floats:
    """The regularised incomplete beta function I_x(a, b), for x in [0, 1] and a, b > 0.

    The continued fraction of DLMF 8.17.22 by the modified method of Lentz.
    """
    x, a, b = (np.asarray(one, dtype=np.float64) for one in np.broadcast_arrays(x, a, b))
    beyond = x > (a + 1) / (a + b + 2)
    x, a, b = np.where(beyond, 1 - x, x), np.where(beyond, b, a), np.where(beyond, a, b)
    with np.errstate(divide="ignore"):
        log_front = a * np.log(x) + b * np.log1p(-x)
    front = np.exp(log_front + _lgamma(a + b) - _lgamma(a) - _lgamma(b)) / a
    result = np.clip(front * _fraction(x, a, b), 0.0, 1.0)
    return np.asarray(np.where(beyond, 1 - result, result))


def _fraction(x: Floats, a: Floats, b: Floats) -> Floats:
    numerator = np.ones_like(x)
    denominator = 1 / _not_zero(1 - (a + b) * x / (a + 1))
    value = denominator.copy()
    for m in range(1, _MOST_TERMS):
        even = m * (b - m) * x / ((a + 2 * m - 1) * (a + 2 * m))
        odd = -(a + m) * (a + b + m) * x / ((a + 2 * m) * (a + 2 * m + 1))
        for term in (even, odd):
            denominator = 1 / _not_zero(1 + term * denominator)
            numerator = _not_zero(1 + term / numerator)
            step = numerator * denominator
            value = value * step
        if np.all(np.abs(step - 1) < 1e-13):
            break
    return value


def _not_zero(values: Floats) -> Floats:
    return np.where(np.abs(values) < _TINY, _TINY, values)


def excess(count: ArrayLike, works: ArrayLike, rate: ArrayLike) -> Floats:
    """Exact binomial: how probable at least `count` of `works` is at this rate (the p-value)."""
    count, works = np.asarray(count, dtype=np.float64), np.asarray(works, dtype=np.float64)
    some = np.maximum(count, 1)
    return np.where(count > 0, beta_cdf(rate, some, np.maximum(works - some, 0) + 1), 1.0)


def lower_limit(count: ArrayLike, works: ArrayLike, level: float = LEVEL) -> Floats:
    """The rate that `count` of `works` lies significantly above no lower one than (exact)."""
    count, works = np.broadcast_arrays(
        np.asarray(count, dtype=np.float64), np.asarray(works, dtype=np.float64)
    )
    low, high = np.zeros(count.shape), np.where(works > 0, count / np.maximum(works, 1), 0.0)
    for _ in range(_HALVINGS):
        middle = (low + high) / 2
        below = excess(count, works, middle) <= level
        low, high = np.where(below, middle, low), np.where(below, high, middle)
    return np.where(count > 0, low, 0.0)


def exceeding(p_values: Sequence[float] | Floats, level: float = LEVEL) -> NDArray[np.bool_]:
    """Which of several tests are significant together (Holm's step-down procedure)."""
    p = np.asarray(p_values, dtype=np.float64)
    significant = np.zeros(len(p), dtype=np.bool_)
    for rank, place in enumerate(np.argsort(p, kind="stable")):
        if p[place] > level / (len(p) - rank):
            break
        significant[place] = True
    return significant


def interval(parts: ArrayLike, sizes: ArrayLike | None = None, *, seed: int = 0) -> Interval:
    """95 % interval of a mean over sources, by drawing sources with replacement.

    Args:
        parts: the value of each source, shape (sources,).
        sizes: weight of each source in the mean; equal when None.
        seed: of the drawing.

    Returns:
        The 2.5th and the 97.5th percentile; None for fewer than two sources.
    """
    values = np.asarray(parts, dtype=np.float64)
    if len(values) < 2:
        return None
    weights = np.ones(len(values)) if sizes is None else np.asarray(sizes, dtype=np.float64)
    drawn = redrawn(len(values), seed)
    means = (drawn @ (values * weights)) / (drawn @ weights)
    low, high = np.quantile(means, [LEVEL / 2, 1 - LEVEL / 2])
    return float(low), float(high)


def redrawn(sources: int, seed: int) -> Floats:
    """How often each source is drawn in each resample, shape (2000, sources)."""
    random = np.random.default_rng(seed)
    even = np.full(sources, 1 / sources)
    return random.multinomial(sources, even, size=RESAMPLES).astype(np.float64)


def agreement(rate: ArrayLike, latent: ArrayLike) -> Floats:
    """How far two works of one source agree on lying beyond a level: their correlation, in [0, 1].

    A work's score is normal, and so are the means of the sources; `latent` is the part of the
    variance that lies between sources. Whether a work lies beyond a level is then a coin, and the
    coins of one source are correlated: less, the rarer the event, though the sources differ as
    much. By the integral of Plackett (1954) over the correlation.

    Args:
        rate: share of works beyond the level, in (0, 1); over a half counts as a half, where works
            of one source agree most.
        latent: correlation of scores within a source, in [0, 1).
    """
    rates, correlations = np.broadcast_arrays(
        np.clip(np.asarray(rate, np.float64), _RAREST, 0.5), np.asarray(latent, np.float64)
    )
    square = np.square(_quantile(rates))[..., None]
    half = np.arcsin(correlations)[..., None] / 2
    together = np.exp(-square / (1 + np.sin(half * (_NODES + 1)))) @ _WEIGHTS
    return np.asarray(together * half[..., 0] / (2 * math.pi) / (rates * (1 - rates)))


def spread_limit(rates: Floats, works: NDArray[np.int64]) -> float:
    """A prudent value of the correlation of scores within a source, in [0.02, 0.9].

    At each level, the between-source variance by the method of moments (the variance of the
    sources' rates, less what counting so few works adds to it), as a part of m(1 - m), where m is
    the mean rate; then the latent correlation that makes works agree so far (`agreement`), and the
    largest over the levels, as it grows with rarity where a few sources stand far out. The
    variance enters by its one-sided 80 % limit, on S - 1 degrees of freedom by Wilson and
    Hilferty's approximation of chi-square, so that the fewer the sources, the larger the spread
    that is allowed for. A source of one work says nothing of how works of a source agree and is
    left out; one source alone says nothing of the spread: the ceiling.

    Args:
        rates: share of works at or above each level, shape (sources, levels).
        works: works of each source, shape (sources,).
    """
    several = works > 1
    rates, works = rates[several], works[several]
    freedom = len(works) - 1
    if freedom < 1:
        return SPREAD_CEILING
    mean = rates.mean(axis=0)
    told = (mean > 0) & (mean < 1)
    if not told.any():
        return SPREAD_CEILING
    rates, mean = rates[:, told], mean[told]
    term = 2 / (9 * freedom)
    chi_square = freedom * max(1 - term - EIGHTY_PERCENT * math.sqrt(term), 0.05) ** 3
    between = rates.var(axis=0, ddof=1) * freedom / chi_square
    counting = (rates * (1 - rates) / (works - 1)[:, None]).mean(axis=0)
    shared = np.maximum(between - counting, 0) / (mean * (1 - mean))
    spread = float(_latent(shared, np.minimum(mean, 1 - mean)).max())
    return min(max(spread, SPREAD_FLOOR), SPREAD_CEILING)


def _latent(shared: Floats, rates: Floats) -> Floats:
    low, high = np.zeros(shared.shape), np.full(shared.shape, SPREAD_CEILING)
    for _ in range(_HALVINGS):
        middle = (low + high) / 2
        below = agreement(rates, middle) < shared
        low, high = np.where(below, middle, low), np.where(below, high, middle)
    return np.asarray(np.where(shared > 0, high, 0.0))


def limit_over_sources(rates: Floats, works: NDArray[np.int64], spread: float | Floats) -> Floats:
    """One-sided 95 % upper limit of the mean rate over all sources like these, at each level.

    A source has its own rate, around the mean m, and its works fall independently at that rate;
    works of one source agree by r = `agreement(m, spread)`. For the rates of interest (a few per
    cent and less) its rate is close to a gamma of shape t m, t = 1/r - 1, so its count is negative
    binomial. A source of n works is worth w = n t / (n + t) works that know nothing of each other,
    and counts so much in the mean that is compared; so many works in all lie beyond the level as
    one negative binomial of the same mean and variance says. The limit is the largest m at which
    so low a count has probability 5 %: I_{t/(t+n)}(S t m, count + 1) = 0.05, where n is such that
    S sources of n works are worth as much. With no spread it is the rule of three, 3 over the
    number of works; with spread, works of one source tell less and less, and a few sources never
    prove a rare event rare.

    How many works a source has must say nothing of its rate.

    Args:
        rates: share of works at or above each level, shape (sources, levels).
        works: works of each source, shape (sources,).
        spread: correlation of scores within a source, in (0, 1); one, or one for each level.
    """
    sources = len(works)
    number = works.astype(np.float64)[:, None]
    means = rates.mean(axis=0)
    at = np.maximum(means, 1 / float(works.sum()))
    worth = _worth(number, 1 / agreement(at, spread) - 1)
    seen = (worth * rates).sum(axis=0) / worth.sum(axis=0)
    low, high = np.log(np.maximum(seen, 1e-9)), np.full(means.shape, math.log(4.0))
    for _ in range(_HALVINGS):
        middle = (low + high) / 2
        precision = 1 / agreement(np.exp(middle), spread) - 1
        each = 1 / (sources / _worth(number, precision).sum(axis=0) - 1 / precision)
        shape, odds = sources * precision * np.exp(middle), precision / (precision + each)
        likely = beta_cdf(odds, shape, sources * each * seen + 1) > LEVEL
        low, high = np.where(likely, middle, low), np.where(likely, high, middle)
    return np.asarray(np.minimum(np.exp(high), 1.0))


def _worth(works: Floats, precision: Floats) -> Floats:
    return works * precision / (works + precision)
