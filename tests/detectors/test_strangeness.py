"""The test for works unlike all that was measured: what it costs, and whether it is worth it."""

from __future__ import annotations

import time

import numpy as np
import pytest
from numpy.typing import NDArray

from detectors.strangeness import Strangeness, Works

WIDTH = 40
BASIS = np.random.default_rng(99).normal(size=(6, WIDTH))


def works(
    seed: int,
    sources: int,
    each: int,
    *,
    name: str = "s",
    human: bool = True,
    basis: NDArray[np.float64] = BASIS,
    shift: float = 0.0,
) -> Works:
    """Features in six directions, with noise in all; sources differ from one another."""
    random = np.random.default_rng(seed)
    means = random.normal(0, 0.6, (sources, len(basis)))
    inner = np.repeat(means, each, axis=0) + random.normal(size=(sources * each, len(basis)))
    features = inner @ basis + 0.3 * random.normal(size=(sources * each, WIDTH)) + shift
    names = np.repeat([f"{name}{n}" for n in range(sources)], each)
    return Works(features, names, np.full(len(names), human))


def both(one: Works, other: Works) -> Works:
    return Works(
        np.concatenate([one.features, other.features]),
        np.concatenate([one.sources, other.sources]),
        np.concatenate([one.human, other.human]),
    )


INSIDE = both(works(0, 20, 30), works(1, 6, 30, name="family", human=False))
ELSEWHERE = works(2, 5, 30, name="other", basis=np.random.default_rng(98).normal(size=(6, WIDTH)))


def test_it_catches_what_has_other_directions_and_is_kept() -> None:
    test = Strangeness.fit(INSIDE, ELSEWHERE, share=0.03)
    assert test.report.catches is not None
    assert test.report.catches > 0.8
    assert test.keep
    assert test.report.abstains_interval is not None


def test_new_sources_in_the_domain_are_seldom_strange() -> None:
    """On 200 sources that gave nothing: near the share, and near what the report says."""
    test = Strangeness.fit(INSIDE, share=0.03)
    unseen = works(7, 200, 20, name="new")
    beyond = np.mean([test.is_strange(row) for row in unseen.features])
    assert beyond <= 0.06
    assert test.report.abstains == pytest.approx(beyond, abs=0.04)


def test_the_threshold_leaves_no_more_than_the_share_beyond() -> None:
    shares = [Strangeness.fit(INSIDE, share=s).threshold for s in (0.01, 0.05, 0.2)]
    assert shares == sorted(shares, reverse=True)


def test_one_that_catches_nothing_is_not_kept() -> None:
    test = Strangeness.fit(INSIDE, works(5, 6, 30, name="same"), share=0.03)
    assert test.report.catches is not None
    assert test.report.catches < 0.3
    assert not test.keep


def test_one_that_was_never_tried_is_not_kept() -> None:
    test = Strangeness.fit(INSIDE)
    assert test.report.catches is None
    assert not test.keep


def test_the_worst_source_comes_first() -> None:
    mixed = both(ELSEWHERE, works(5, 2, 30, name="same"))
    outside = Strangeness.fit(INSIDE, mixed).report.outside
    assert {one.source for one in outside[:2]} == {"same0", "same1"}


def test_what_is_not_a_number_is_strange() -> None:
    test = Strangeness.fit(INSIDE)
    assert test.is_strange(np.full(WIDTH, np.nan))
    assert test.is_strange(np.full(WIDTH, np.inf))
    assert not test.is_strange(INSIDE.features.mean(axis=0))


def test_only_some_columns_are_looked_at_where_it_is_told_so() -> None:
    loud = np.concatenate([INSIDE.features, 1e6 * np.ones((len(INSIDE.features), 3))], axis=1)
    inside = Works(loud, INSIDE.sources, INSIDE.human)
    beside = Works(
        np.concatenate([ELSEWHERE.features, np.zeros((len(ELSEWHERE.features), 3))], axis=1),
        ELSEWHERE.sources,
        ELSEWHERE.human,
    )
    test = Strangeness.fit(inside, beside, columns=(0, WIDTH))
    assert test.report == Strangeness.fit(INSIDE, ELSEWHERE).report
    other = inside.features[0].copy()
    other[WIDTH:] = -1e9
    assert test.of(other) == test.of(inside.features[0])


def test_windows_are_taken_by_their_mean() -> None:
    test = Strangeness.fit(INSIDE)
    windows = INSIDE.features[:5]
    assert test.of(windows) == pytest.approx(test.of(windows.mean(axis=0)))


def test_a_constant_feature_does_no_harm() -> None:
    features = np.concatenate([INSIDE.features, np.full((len(INSIDE.sources), 1), 3.0)], axis=1)
    test = Strangeness.fit(Works(features, INSIDE.sources, INSIDE.human))
    assert np.isfinite(test.threshold)
    assert test.of(features[0]) < 3


def test_it_reads_back_to_the_same_numbers_and_repeats_by_seed() -> None:
    test = Strangeness.fit(INSIDE, ELSEWHERE, seed=4)
    again = Strangeness.model_validate_json(test.model_dump_json())
    assert again == test
    assert again.of(ELSEWHERE.features[0]) == test.of(ELSEWHERE.features[0])
    assert Strangeness.fit(INSIDE, ELSEWHERE, seed=4).model_dump_json() == test.model_dump_json()


def test_it_takes_well_under_a_millisecond() -> None:
    test, row = Strangeness.fit(INSIDE), INSIDE.features[0]
    test.of(row)
    begun = time.perf_counter()
    for _ in range(100):
        test.of(row)
    assert (time.perf_counter() - begun) / 100 < 2e-3


def test_what_cannot_be_held_out_is_refused() -> None:
    with pytest.raises(ValueError, match="three human sources"):
        Strangeness.fit(works(0, 2, 50))
    with pytest.raises(ValueError, match="in the domain and outside"):
        Strangeness.fit(INSIDE, works(3, 2, 10))
    with pytest.raises(ValueError, match="shape"):
        Works(np.zeros(3), np.array(["a"]), np.array([True]))
