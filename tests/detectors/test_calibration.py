"""Likelihoods: monotone, at equal priors, and never surer than the numbers allow."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from detectors.calibration import Likelihood, _isotonic
from detectors.exceedance import HumanScore
from tests.detectors.populations import people


def fitted(sources: int = 20, works: int = 40, gap: float = 2.0, seed: int = 0) -> Likelihood:
    random = np.random.default_rng(seed)
    human = people(random, sources, works)
    return Likelihood.of(human, people(random, sources // 2 + 1, works, name="f", shift=gap))


LIKELIHOOD = fitted()


@given(st.floats(allow_nan=False), st.floats(allow_nan=False))
def test_it_never_falls_and_stays_within_what_n_allows(one: float, other: float) -> None:
    low, high = (LIKELIHOOD.at(at) for at in sorted((one, other)))
    assert 0 < LIKELIHOOD.low <= low <= high <= LIKELIHOOD.high < 1


def test_it_is_right_at_equal_priors() -> None:
    """Twenty normal sources a class: the truth is the ratio of two known densities."""
    random = np.random.default_rng(9)
    scores = np.concatenate([random.normal(0, 1.118, 5000), random.normal(2, 1.118, 5000)])
    found = np.array([LIKELIHOOD.at(float(at)) for at in scores])
    truth = 1 / (1 + np.exp(-(2 * scores - 2) / 1.25))
    assert np.abs(found - truth).mean() < 0.04


def test_isotonic_bends_what_is_not_logistic() -> None:
    """Scores that jump: next to nothing is known below 1, all above."""
    random = np.random.default_rng(1)

    def works(name: str, scores: np.ndarray) -> list[HumanScore]:
        return [
            HumanScore(f"{name}{n % 30}", "all", f"{name}{n}", float(one))
            for n, one in enumerate(scores)
        ]

    human = works("h", random.uniform(-3, 1, 1500))
    made = [*works("a", random.uniform(-3, 1, 750)), *works("b", random.uniform(1, 1.2, 750))]
    likelihood = Likelihood.of(human, made)
    for at in (-2.5, -1.0, 0.5):
        assert likelihood.at(at) == pytest.approx(1 / 3, abs=0.06)
    assert likelihood.at(1.15) > 0.9


def test_classes_and_sources_weigh_the_same_however_many_works_they_have() -> None:
    """A family nine times as large as the other does not decide."""
    random = np.random.default_rng(2)
    human = people(random, 30, 30, apart=0)
    small = people(random, 5, 20, name="small", apart=0, shift=0)
    large = people(random, 5, 180, name="large", apart=0, shift=3)
    likelihood = Likelihood.of(human, [*small, *large])
    even = 0.5 / (1 + 0.5)
    assert likelihood.at(-1.0) == pytest.approx(even, abs=0.07)


def test_few_works_or_sources_are_never_sure() -> None:
    assert fitted(3, 20, gap=50).high < 0.95
    assert fitted(40, 60, gap=50).high > 0.99
    one = Likelihood.of(
        people(np.random.default_rng(1), 1, 1000),
        people(np.random.default_rng(2), 20, 100, name="f", shift=50),
    )
    assert one.high < 0.75


def test_a_score_that_ranks_backwards_says_nothing() -> None:
    likelihood = fitted(gap=-3)
    assert likelihood.at(-10) == pytest.approx(likelihood.at(10), abs=0.15)
    assert likelihood.at(10) <= 0.6


def test_the_isotonic_line_is_scikit_learns() -> None:
    isotonic = pytest.importorskip("sklearn.isotonic")
    random = np.random.default_rng(3)
    values, weights = random.normal(size=300) + np.arange(300) / 100, random.random(300)
    theirs = isotonic.IsotonicRegression().fit(np.arange(300), values, sample_weight=weights)
    assert np.allclose(_isotonic(values, weights)[0], theirs.predict(np.arange(300)))


def test_it_reads_back_and_repeats() -> None:
    written = LIKELIHOOD.model_dump_json()
    assert Likelihood.model_validate_json(written) == LIKELIHOOD
    assert fitted().model_dump_json() == written
    random = np.random.default_rng(0)
    human = people(random, 20, 40)
    made = people(random, 11, 40, name="f", shift=2.0)
    assert Likelihood.of(reversed(human), reversed(made)).model_dump_json() == written


def test_all_scores_alike_say_nothing() -> None:
    human = [HumanScore(f"h{n}", "all", "w", 1.0) for n in range(9)]
    made = [HumanScore(f"a{n}", "all", "w", 1.0) for n in range(4)]
    assert Likelihood.of(human, made).at(1.0) == pytest.approx(0.5, abs=0.05)


def test_what_is_no_score_is_refused() -> None:
    with pytest.raises(ValueError, match="not a number"):
        LIKELIHOOD.at(math.nan)
    with pytest.raises(ValueError, match="needs scores"):
        Likelihood.of([], [HumanScore("f", "all", "w", 0.0)])
    with pytest.raises(ValueError, match="not a finite"):
        Likelihood.of([HumanScore("s", "all", "w", math.nan)], [])
