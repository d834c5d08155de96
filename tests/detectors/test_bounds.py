"""Bounds on rates by source: exact where they are called exact, and covering what they say."""

from __future__ import annotations

import math
from statistics import NormalDist

import numpy as np
import pytest

from detectors.bounds import (
    agreement,
    beta_cdf,
    exceeding,
    excess,
    interval,
    limit_over_sources,
    lower_limit,
    spread_limit,
)
from tests.detectors.populations import LEVELS, rates


def test_the_incomplete_beta_function_is_scipys() -> None:
    special = pytest.importorskip("scipy.special")
    random = np.random.default_rng(1)
    a, b = 10 ** random.uniform(-3, 4, (2, 4000))
    x = random.random(4000)
    assert np.abs(beta_cdf(x, a, b) - special.betainc(a, b, x)).max() < 1e-10
    assert beta_cdf([0.0, 1.0], 2.0, 3.0).tolist() == [0.0, 1.0]


def test_the_p_value_is_the_sum_of_binomial_probabilities() -> None:
    n, rate = 40, 0.03
    for count in (0, 1, 4, 40):
        total = math.fsum(
            math.comb(n, k) * rate**k * (1 - rate) ** (n - k) for k in range(count, n + 1)
        )
        assert float(excess(count, n, rate)) == pytest.approx(total, rel=1e-9)


def test_the_lower_limit_is_where_the_test_stops_being_significant() -> None:
    limit = float(lower_limit(7, 50))
    assert float(excess(7, 50, limit)) == pytest.approx(0.05, rel=1e-6)
    assert lower_limit([0, 0], [1, 300]).tolist() == [0.0, 0.0]


def test_holm_rejects_step_by_step() -> None:
    """0.02 is over 0.05 / 3, but the second test is only held against 0.05 / 2."""
    assert exceeding([0.02, 0.01, 0.9]).tolist() == [True, True, False]
    assert exceeding([0.02, 0.02, 0.9]).tolist() == [False, False, False]
    assert exceeding([]).tolist() == []


def test_agreement_is_that_of_counted_pairs() -> None:
    random = np.random.default_rng(3)
    for rate, latent in ((0.01, 0.5), (0.1, 0.2), (0.5, 0.7)):
        level = NormalDist().inv_cdf(1 - rate)
        own, *works = random.normal(size=(3, 2_000_000))
        one, other = (latent**0.5 * own + (1 - latent) ** 0.5 * work >= level for work in works)
        counted = float(np.corrcoef(one, other)[0, 1])
        assert float(agreement(rate, latent)) == pytest.approx(counted, abs=0.005)


def test_works_of_a_source_agree_less_on_rare_events_though_sources_differ_as_much() -> None:
    shared = agreement([0.001, 0.01, 0.1, 0.5, 0.9], 0.5)
    assert shared.tolist()[:4] == sorted(shared.tolist()[:4])
    assert shared[3] == shared[4], "beyond a half it stays, which is prudent"
    assert float(agreement(0.2, 0.0)) == 0


def test_without_spread_it_is_the_rule_of_three() -> None:
    works = np.full(50, 20)
    assert float(limit_over_sources(np.zeros((50, 1)), works, 1e-6)[0]) == pytest.approx(
        -math.log(0.05) / 1000, rel=0.01
    )


def test_spread_makes_works_of_one_source_tell_less() -> None:
    zero, works = np.zeros((10, 1)), np.full(10, 100)
    limits = [float(limit_over_sources(zero, works, s)[0]) for s in (0.05, 0.2, 0.5)]
    assert limits == sorted(limits)
    many = float(limit_over_sources(zero, np.full(10, 100_000), 0.5)[0])
    assert many > 100 * 3 / 1e6, "no number of works makes up for a spread between ten sources"


def test_a_source_of_one_work_tells_less_than_one_of_many() -> None:
    """One exceeding work of a source that has only this one, or of one that has forty."""
    works = np.array([1] * 30 + [40] * 30)
    alone, among = np.zeros((60, 1)), np.zeros((60, 1))
    alone[0], among[-1] = 1.0, 1 / 40
    limit = [float(limit_over_sources(rates, works, 0.3)[0]) for rates in (among, alone)]
    assert limit[0] < limit[1]


def test_one_source_says_nothing_of_the_spread() -> None:
    assert spread_limit(np.array([[0.05, 0.1]]), np.array([500])) == 0.9
    single = np.zeros((40, 1))
    single[:4] = 1
    assert spread_limit(single, np.ones(40, np.int64)) == 0.9, "nor do sources of one work"


def test_the_spread_is_found_with_many_sources_and_overstated_with_few() -> None:
    random = np.random.default_rng(2)
    means = {}
    for sources in (4, 10, 40, 400):
        works = np.full(sources, 100)
        found = [spread_limit(one[:, 2:], works) for one in rates(random, works, 0.2, 100)]
        means[sources] = float(np.mean(found))
        assert np.mean(np.array(found) >= 0.2) >= 0.7
    assert means[400] == pytest.approx(0.2, rel=0.15)
    assert means[4] > means[10] > means[40] > means[400]


def test_sources_of_one_work_leave_the_spread_as_it_is() -> None:
    random = np.random.default_rng(4)
    works = np.array([1] * 200 + [20] * 200)
    one = rates(random, works, 0.2, 1)[0, :, 2:]
    assert spread_limit(one, works) == spread_limit(one[200:], works[200:])


@pytest.mark.parametrize("sources", [3, 5, 10, 20, 40])
@pytest.mark.parametrize("latent", [0.05, 0.2, 0.5])
def test_the_limit_covers_the_mean_of_all_sources_95_times_in_100(
    sources: int, latent: float
) -> None:
    """Of 1500 populations each, so that 93.5 % stands apart from 95 % by 2.7 standard errors."""
    assert min(covered(sources, latent)) >= 0.935


@pytest.mark.parametrize("sources", [10, 20, 40])
@pytest.mark.parametrize("latent", [0.05, 0.2, 0.5])
def test_where_some_sources_stand_far_out_it_covers_some_90_times_in_100(
    sources: int, latent: float
) -> None:
    """Their means are of Student's t with four degrees of freedom."""
    assert min(covered(sources, latent, tail=4.0)) >= 0.89


def covered(sources: int, latent: float, tail: float | None = None) -> list[float]:
    """How often the limit held, of 1500 populations, at each of the three rarest levels."""
    random = np.random.default_rng(sources)
    works = random.integers(1, 101, sources)
    held = rates(random, works, latent, 1500, tail=tail)
    spreads = np.array([spread_limit(one[:, 2:], works) for one in held])
    return [
        float(np.mean(limit_over_sources(held[:, :, place].T, works, spreads) >= truth))
        for place, truth in enumerate(LEVELS[:3])
    ]


def test_the_bootstrap_alone_would_not_cover() -> None:
    """Why the model is needed: sources that show nothing are drawn again and show nothing."""
    random = np.random.default_rng(5)
    works = np.full(5, 60)
    first = rates(random, works, 0.5, 200)[:, :, 0]
    drawn = random.integers(0, 5, (200, 500, 5))
    means = np.take_along_axis(first[:, None, :], drawn, axis=2).mean(axis=2)
    assert np.mean(np.quantile(means, 0.95, axis=1) >= 0.01) < 0.8


def test_an_interval_needs_two_sources_and_repeats_by_seed() -> None:
    assert interval([0.5]) is None
    ends = interval([0.1, 0.3, 0.2, 0.4], seed=3)
    assert ends is not None
    assert ends == interval([0.1, 0.3, 0.2, 0.4], seed=3)
    assert ends[0] < 0.25 < ends[1]
