"""Exceedance tables: rare means rare among sources, and few sources never prove it."""

from __future__ import annotations

import math
import time

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from detectors.bounds import excess
from detectors.exceedance import ExceedanceTable, HumanScore, Steps
from provenance.evidence import AbstainReason
from tests.detectors.populations import people

GROUPS: dict[str, str | None] = {"all": None, "song": None, "folk": "song", "noise": None}


def some(seed: int = 0) -> list[HumanScore]:
    random = np.random.default_rng(seed)
    return [
        *people(random, 20, 30, name="song", group="song"),
        *people(random, 4, 20, name="folk", group="folk"),
    ]


@pytest.fixture(scope="module")
def table() -> ExceedanceTable:
    return ExceedanceTable.of(some(), GROUPS)


def share(scores: list[HumanScore], at: float) -> float:
    """Mean over sources of the share at or above, the plain way."""
    by: dict[str, list[float]] = {}
    for one in scores:
        by.setdefault(one.source, []).append(one.score)
    return float(np.mean([np.mean(np.array(held) >= at) for held in by.values()]))


def test_the_value_is_the_mean_over_sources_not_over_works() -> None:
    scores = [HumanScore("big", "all", f"b{n}", float(n)) for n in range(900)]
    scores += [HumanScore("small", "all", f"s{n}", 899.5) for n in range(10)]
    measured = ExceedanceTable.of(scores, {}).measure(899.2, "all").exceedance
    assert measured.value == pytest.approx(0.5, rel=0.02), "over works it were 0.01"
    assert (measured.n_works, measured.n_sources) == (910, 2)


def test_steps_lose_little_and_only_upwards(table: ExceedanceTable) -> None:
    scores = [one for one in some() if one.group in {"song", "folk"}]
    for at in np.linspace(-3, 5, 200):
        value = table.measure(float(at), "song").exceedance.value
        exact = share(scores, float(at))
        assert exact <= value <= exact * 1.021 + 1e-4
    assert len(table.tables["song"].scores) <= 470


def test_a_score_of_the_table_itself_counts_as_at_least_as_high(table: ExceedanceTable) -> None:
    highest = max(one.score for one in some())
    assert table.measure(highest, "all").exceedance.value > 0
    assert table.measure(math.nextafter(highest, math.inf), "all").exceedance.value == 0
    assert table.measure(-math.inf, "all").exceedance.value == 1


@given(st.floats(allow_nan=False), st.floats(allow_nan=False))
@settings(max_examples=200)
def test_upper_never_rises_with_the_score_and_never_goes_under_three_in_n(
    table: ExceedanceTable, one: float, other: float
) -> None:
    low, high = (table.measure(at, "song").exceedance for at in sorted((one, other)))
    assert low.value >= high.value
    assert low.upper >= high.upper >= max(3 / high.n_works, high.value)


def test_a_small_group_is_pooled_with_its_parent(table: ExceedanceTable) -> None:
    folk = table.measure(1.0, "folk").exceedance
    assert (folk.group, folk.n_works, folk.n_sources) == ("song", 680, 24)
    assert table.measure(1.0, "noise").exceedance.group == "all"
    assert table.measure(1.0, "never heard of").exceedance.group == "all"


def test_a_group_of_300_works_stands_by_itself() -> None:
    scores = [*some(), *people(np.random.default_rng(1), 10, 30, name="noise", group="noise")]
    made = ExceedanceTable.of(scores, GROUPS)
    assert made.measure(0.0, "noise").exceedance.group == "noise"
    less = [one for one in scores if one.work != "noise0/0"]
    assert ExceedanceTable.of(less, GROUPS).measure(0.0, "noise").exceedance.group == "all"


def test_a_group_whose_own_rate_is_three_times_nominal_abstains() -> None:
    random = np.random.default_rng(3)
    groups = {"song": None, "odd": "song", "odder": "odd"}
    scores = people(random, 40, 40, name="song", group="song")
    odd = people(random, 4, 40, name="odd", group="odd", shift=2.5)
    made = ExceedanceTable.of([*scores, *odd], groups, unmeasured=AbstainReason.REGISTER_UNMEASURED)
    assert made.groups["odd"].exceeds
    assert made.measure(3.0, "odd").abstain is AbstainReason.REGISTER_UNMEASURED
    assert made.measure(3.0, "odder").abstain is not None, "it is pooled with a group that exceeds"
    assert made.measure(3.0, "song").abstain is None
    plain = ExceedanceTable.of([*scores, *odd], groups)
    assert plain.measure(3.0, "odd").abstain is AbstainReason.KIND_UNMEASURED


def test_a_few_works_too_many_are_not_significant() -> None:
    random = np.random.default_rng(4)
    scores = people(random, 40, 40, name="song", group="song", apart=0)
    few = [HumanScore("few0", "few", "a", 9.0), *people(random, 1, 20, name="few", group="few")]
    made = ExceedanceTable.of([*scores, *few], {"song": None, "few": "song"})
    assert made.groups["few"].flagged >= 1
    assert made.measure(9.0, "few").abstain is None


def test_ordinary_groups_seldom_abstain() -> None:
    """Holm: of 20 sets of five ordinary groups, hardly any has one that abstains."""
    groups = dict.fromkeys("abcde")
    alarms = 0
    for seed in range(20):
        random = np.random.default_rng(seed)
        scores = [one for g in groups for one in people(random, 6, 15, name=g, group=g, apart=0.2)]
        made = ExceedanceTable.of(scores, groups)
        alarms += any(rate.abstains for rate in made.groups.values())
    assert alarms <= 2


def test_one_source_far_beyond_the_cap_moves_the_operating_point() -> None:
    random = np.random.default_rng(6)
    scores = people(random, 60, 100, apart=0)
    worst = people(random, 1, 100, name="worst", apart=0, shift=3.0)
    made = ExceedanceTable.of([*scores, *worst], {})
    point = next(
        s
        for s, u in zip(made.tables["all"].scores, made.tables["all"].uppers, strict=True)
        if u <= 0.01
    )
    flagged = sum(one.score >= point for one in worst)
    assert flagged < 30, "most of its works score beyond what the others alone would ask"
    assert float(excess(flagged, 100, 0.03)) > 0.05 / 61


def test_few_sources_never_allow_a_decision_at_one_percent() -> None:
    scores = people(np.random.default_rng(7), 3, 1000)
    assert ExceedanceTable.of(scores, {}).measure(1e9, "all").exceedance.upper > 0.01


def test_forty_sources_of_fifty_works_do() -> None:
    scores = people(np.random.default_rng(8), 40, 50, apart=0.3)
    exceedance = ExceedanceTable.of(scores, {}).measure(4.0, "all").exceedance
    assert exceedance.upper <= 0.005


@pytest.mark.parametrize("sources", [6, 25])
def test_the_point_where_five_percent_is_promised_keeps_it(sources: int) -> None:
    """True rates of the chosen points over 40 populations: one-sided 95 %, with room for chance."""
    kept = 0
    for seed in range(40):
        scores = people(np.random.default_rng(1000 + seed), sources, 60, apart=0.5)
        steps = ExceedanceTable.of(scores, {}, nominal=0.05).tables["all"]
        point = next(
            (s for s, u in zip(steps.scores, steps.uppers, strict=True) if u <= 0.05), math.inf
        )
        kept += math.erfc(point / math.sqrt(2 * 1.25)) / 2 <= 0.05
    assert kept >= 35


def test_a_work_scored_twice_counts_once_by_its_highest_score() -> None:
    scores = some()
    again = [one._replace(score=one.score - 1) for one in scores]
    assert ExceedanceTable.of([*again, *scores], GROUPS) == ExceedanceTable.of(scores, GROUPS)


def test_the_same_scores_give_the_same_bytes_in_any_order(table: ExceedanceTable) -> None:
    written = table.model_dump_json()
    assert ExceedanceTable.of(reversed(some()), GROUPS).model_dump_json() == written
    assert ExceedanceTable.model_validate_json(written) == table
    assert ExceedanceTable.of(some(), GROUPS, seed=1).model_dump_json() != written
    assert len(written) < 80_000


def test_measuring_takes_less_than_fifty_microseconds(table: ExceedanceTable) -> None:
    best = math.inf
    for _ in range(20):
        begun = time.perf_counter()
        for _ in range(200):
            table.measure(1.7, "folk")
        best = min(best, (time.perf_counter() - begun) / 200)
    assert best <= 50e-6


def test_what_cannot_be_measured_is_refused(table: ExceedanceTable) -> None:
    with pytest.raises(ValueError, match="not a number"):
        table.measure(math.nan, "all")
    with pytest.raises(ValueError, match="not a finite"):
        ExceedanceTable.of([HumanScore("s", "all", "w", math.inf)], {})
    with pytest.raises(ValueError, match="needs scores"):
        ExceedanceTable.of([], {})
    with pytest.raises(ValueError, match="not declared"):
        ExceedanceTable.of([HumanScore("s", "verse", "w", 0.0)], {})
    with pytest.raises(ValueError, match="own ancestor"):
        ExceedanceTable.of(some(), {"song": "folk", "folk": "song"})
    with pytest.raises(ValueError, match="must have rising"):
        Steps(n_works=1, n_sources=1, spread=0.1, scores=(1, 2), values=(0, 1), uppers=(1, 1))
