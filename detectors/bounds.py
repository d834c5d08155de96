"""One-sided bounds on rates counted over works that come from few sources.

The exact binomial test and its confidence limits (Clopper and Pearson 1934), Holm's procedure for
several tests at once (Holm 1979), and a bound on the mean rate over sources whose own rates differ.
All need numpy only and take arrays. A rate is a share of works, in [0, 1].
"""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
from numpy.typing import ArrayLike, NDArray

__all__ = [
    "LEVEL",
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

SPREAD_FLOOR = 0.005
SPREAD_CEILING = 0.5
EIGHTY_PERCENT = 0.8416
"""Normal quantile: the spread taken is its one-sided 80 % limit."""

RESAMPLES = 2000

Floats = NDArray[np.float64]
Interval = tuple[float, float] | None

_TINY = 1e-300
_MOST_TERMS = 2000
_HALVINGS = 36
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


def spread_limit(rates: Floats, works: NDArray[np.int64]) -> float:
    """A prudent value of the correlation between works of one source, in [0.005, 0.5].

    The between-source variance by the method of moments (the variance of the sources' rates, less
    what counting so few works adds to it), as a part of m(1 - m), where m is the mean rate; the
    mean over several score levels. The variance enters by its one-sided 80 % limit, on S - 1
    degrees of freedom by Wilson and Hilferty's approximation of chi-square, so that the fewer the
    sources, the larger the spread that is allowed for. One source alone says nothing of the
    spread: the ceiling.

    Args:
        rates: share of works at or above each level, shape (sources, levels).
        works: works of each source, shape (sources,).
    """
    sources = len(works)
    mean = rates.mean(axis=0)
    told = (mean > 0) & (mean < 1)
    if sources < 2 or not told.any():
        return SPREAD_CEILING
    rates, mean = rates[:, told], mean[told]
    freedom = sources - 1
    term = 2 / (9 * freedom)
    chi_square = freedom * max(1 - term - EIGHTY_PERCENT * math.sqrt(term), 0.05) ** 3
    between = rates.var(axis=0, ddof=1) * freedom / chi_square
    counting = (rates * (1 - rates) / np.maximum(works - 1, 1)[:, None]).mean(axis=0)
    spread = float((np.maximum(between - counting, 0) / (mean * (1 - mean))).mean())
    return min(max(spread, SPREAD_FLOOR), SPREAD_CEILING)


def limit_over_sources(means: Floats, works: NDArray[np.int64], spread: float | Floats) -> Floats:
    """One-sided 95 % upper limit of the mean rate over all sources like these.

    The model is beta-binomial: a source has its own rate, beta-distributed around the mean m with
    precision t = 1/spread - 1, and its works fall independently at that rate. For the rates of
    interest (a few per cent and less) the beta is close to a gamma of shape t m, so the count of a
    source is negative binomial, and with n works in each of S sources so is their sum, of shape
    S t m and odds n/t. The limit is the largest m at which so low a count has probability 5 %:
    I_{t/(t+n)}(S t m, count + 1) = 0.05. The gamma has the longer tail of the two, and unequal
    numbers of works enter by their harmonic mean, which gives small sources their full doubt: both
    err upwards. With no spread it is the rule of three, 3 over the number of works; with spread,
    works of one source tell less and less, and a few sources never prove a rare event rare.

    Args:
        means: mean over the sources of the share of works, any shape.
        works: works of each source, shape (sources,).
        spread: correlation between works of one source, in (0, 1); one, or one for each mean.
    """
    sources, precision = len(works), 1 / spread - 1
    each = sources / float(np.sum(1 / works))
    odds, count = precision / (precision + each), sources * each * means
    low, high = np.log(np.maximum(means, 1e-9)), np.full(means.shape, math.log(4.0))
    for _ in range(_HALVINGS):
        middle = (low + high) / 2
        likely = beta_cdf(odds, sources * precision * np.exp(middle), count + 1) > LEVEL
        low, high = np.where(likely, middle, low), np.where(likely, high, middle)
    return np.asarray(np.minimum(np.exp(high), 1.0))
