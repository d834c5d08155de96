"""Figures by the convention of the report, on results small enough to count by hand."""

from __future__ import annotations

import math

import numpy as np
import pytest

from detectors.evaluation.metrics import (
    Results,
    auc,
    by_family,
    by_kind,
    by_source,
    calibration,
    coverage,
    ece,
    measurable,
    operating_points,
    said,
    tpr_at,
)

NAN = math.nan
Row = tuple[bool, str, float, float, float, bool]


def results(*rows: Row) -> Results:
    """Rows of ai, source, score, likelihood, upper, answered."""
    ai, sources, scores, likelihoods, uppers, answered = zip(*rows, strict=True)
    return Results(
        ai=np.array(ai),
        sources=np.array(sources),
        answered=np.array(answered),
        scores=np.array(scores, dtype=np.float64),
        likelihoods=np.array(likelihoods, dtype=np.float64),
        uppers=np.array(uppers, dtype=np.float64),
    )


def human(source: str, upper: float = 0.5, *, answered: bool = True) -> Row:
    return False, source, 0.0, 0.2, upper, answered


def machine(family: str, upper: float = 0.004, *, answered: bool = True) -> Row:
    return True, family, 1.0, 0.9, upper, answered


def crowd(flagged: int = 0) -> list[Row]:
    """Ten human sources of forty works; of the first source, so many are flagged."""
    rows = [human(f"h{s}") for s in range(10) for _ in range(40)]
    return [human("h0", 0.001)] * flagged + rows[flagged:]


def test_kinds_of_one_class_with_exact_limits():
    rows = [*(human("rock") for _ in range(48)), *(human("rock", 0.001) for _ in range(2))]
    rows += [*(human("folk") for _ in range(60)), machine("rock"), machine("rock", 0.5)]
    rock, folk = by_kind(results(*rows), 0.01, ai=False)
    assert (rock.name, rock.flagged, rock.figure.n, rock.figure.value) == ("rock", 2, 50, 0.04)
    assert rock.figure.low == pytest.approx(0.00715, abs=2e-4)
    assert rock.figure.high == pytest.approx(0.1206, abs=2e-3)
    assert (folk.figure.value, folk.figure.low) == (0, 0)
    assert folk.figure.high == pytest.approx(1 - 0.05 ** (1 / 60), abs=1e-4)
    (made,) = by_kind(results(*rows), 0.01, ai=True)
    assert (made.flagged, made.figure.n) == (1, 2)


def test_an_abstained_machine_is_a_miss_and_an_abstained_human_is_not_flagged() -> None:
    judged = results(
        *crowd()[1:],
        human("h0", 0.001, answered=False),
        machine("a"),
        machine("a", answered=False),
        machine("b", NAN, answered=False),
        machine("b"),
    )
    point = tpr_at(judged, 0.01)
    assert point.tpr.value == 0.5
    assert (point.tpr.n, point.coverage_ai) == (4, 0.5)
    assert point.measured.value is None
    assert all(row.flagged == 0 for row in by_source(judged, 0.01))
    assert point.coverage_human == coverage(judged, ai=False) == 399 / 400


def test_the_bound_is_included() -> None:
    judged = results(*crowd(), machine("a", 0.01), machine("a", 0.010001))
    assert tpr_at(judged, 0.01).tpr.value == 0.5


def test_a_rate_that_n_does_not_allow_is_said_to_be_so() -> None:
    judged = results(*crowd(), machine("a"), machine("b"))
    points = {point.fpr: point for point in operating_points(judged)}
    assert points[0.01].tpr.value == 1.0
    assert points[0.005].tpr.value is None
    assert said(points[0.005].tpr) == "not measurable (n=400)"
    assert said(points[0.01].measured) == "not measurable (n=400)"
    assert by_family(judged, 0.005)[0].figure.value is None
    assert measurable(0.01, 300)
    assert not measurable(0.01, 299)
    assert not measurable(0.01, 0)


def test_the_false_alarm_rate_is_the_mean_over_sources() -> None:
    rows = [human("large") for _ in range(390)] + [human("small", 0.001)] * 5
    rows += [human("small")] * 5
    measured = tpr_at(results(*rows, machine("a")), 0.01).measured
    assert measured.value == 0.25
    assert (measured.low, measured.high) == (0.0, 0.5)


def test_a_source_over_the_cap_is_named_and_comes_first() -> None:
    """9 of 40 where 3 % are allowed is significant among ten sources; 4 of 40 is not."""
    point = tpr_at(results(*crowd(9), machine("a")), 0.01)
    assert point.over_cap == ("h0",)
    assert tpr_at(results(*crowd(4), machine("a")), 0.01).over_cap == ()
    rows = by_source(results(*crowd(9), machine("a")), 0.01)
    assert (rows[0].name, rows[0].flagged, rows[0].excess) == ("h0", 9, True)
    assert rows[0].figure.value == pytest.approx(9 / 40)
    assert rows[1].figure.value is None


def test_families_come_worst_first_and_count_the_same_in_their_mean() -> None:
    judged = results(
        *crowd(),
        *[machine("large")] * 30,
        *[machine("small", 0.5)] * 9,
        machine("small"),
        machine("unheard", NAN, answered=False),
    )
    rows = by_family(judged, 0.01)
    assert [row.name for row in rows] == ["unheard", "small", "large"]
    assert [row.covered for row in rows] == [0.0, 1.0, 1.0]
    point = tpr_at(judged, 0.01)
    assert point.tpr.value == pytest.approx(31 / 41)
    assert point.tpr_families.value == pytest.approx((0 + 0.1 + 1) / 3)
    assert point.tpr.low is not None
    assert point.tpr.low < 0.2, "whole families are drawn, not works"


def test_auc_weighs_families_and_sources_the_same() -> None:
    rows: list[Row] = [(False, "h", 0.0, NAN, NAN, True)] * 5
    rows += [(True, "found", 1.0, NAN, NAN, True)] * 90
    rows += [(True, "missed", -1.0, NAN, NAN, True), (True, "tied", 0.0, NAN, NAN, False)]
    rows += [(True, "silent", NAN, NAN, NAN, False)]
    figure = auc(results(*rows))
    assert figure.value == pytest.approx((1 + 0 + 0.5) / 3)
    assert figure.n == 97
    assert figure.low is None, "one human source has no interval"


def test_auc_of_one_source_each_is_scikit_learns() -> None:
    metrics = pytest.importorskip("sklearn.metrics")
    random = np.random.default_rng(0)
    labels = random.random(300) < 0.4
    scores = np.round(random.normal(labels.astype(float)), 1)
    rows = [
        (bool(label), "x", float(score), NAN, NAN, True)
        for label, score in zip(labels, scores, strict=True)
    ]
    assert auc(results(*rows)).value == pytest.approx(metrics.roc_auc_score(labels, scores))


def test_auc_without_one_of_the_classes_has_no_value() -> None:
    assert auc(results(machine("a"), machine("b"))).value is None


def test_ece_weighs_classes_and_sources_the_same() -> None:
    """By hand: both classes said 0.9, equally weighted, are half right: 0.4 off."""
    rows: list[Row] = [(True, f"a{n % 3}", 1.0, 0.9, 0.1, True) for n in range(90)]
    rows += [(False, "h", 0.0, 0.9, 0.1, True)] * 2
    rows += [(False, "h", 0.0, 0.1, 0.1, False)] * 6
    judged = results(*rows)
    assert ece(judged).value == pytest.approx(0.4)
    told = calibration(judged)
    assert told.coverage == pytest.approx(92 / 98)
    assert told.bins is not None
    assert told.bins.x == pytest.approx((0.9,))
    assert told.bins.y == pytest.approx((0.5,))


def test_likelihoods_that_are_right_have_a_small_error() -> None:
    random = np.random.default_rng(1)
    rows: list[Row] = []
    for n in range(20_000):
        chance = float(random.random())
        ai = bool(random.random() < chance)
        rows.append((ai, f"{ai}{n % 20}", 0.0, chance, NAN, True))
    figure = ece(results(*rows))
    assert figure.value is not None
    assert figure.value < 0.015
    assert figure.low is not None
    assert figure.high is not None
    assert figure.low <= figure.high


def test_ece_without_likelihoods_has_no_value() -> None:
    judged = results((True, "a", 1.0, NAN, NAN, True), (False, "h", 1.0, NAN, NAN, True))
    assert ece(judged).value is None
    assert calibration(judged).ece is None
    assert calibration(judged).coverage == 0.0


def test_figures_repeat_by_seed() -> None:
    judged = results(*crowd(9), machine("a"), machine("b", 0.9), machine("c"))
    assert tpr_at(judged, 0.01, seed=3) == tpr_at(judged, 0.01, seed=3)
    assert auc(judged, seed=3) == auc(judged, seed=3)


def test_an_interval_by_source_holds_the_rate_of_all_families() -> None:
    """Of 200 sets of 15 families, most intervals hold the mean over all families, 0.6."""
    held = 0
    for seed in range(200):
        random = np.random.default_rng(seed)
        rows = crowd()
        for family, rate in enumerate(random.beta(3, 2, 15)):
            hits = random.random(20) < rate
            rows += [machine(f"f{family}", 0.001 if hit else 0.9) for hit in hits]
        figure = tpr_at(results(*rows), 0.01).tpr
        assert figure.low is not None
        assert figure.high is not None
        held += figure.low <= 0.6 <= figure.high
    assert held >= 176


def test_columns_of_unequal_length_are_refused() -> None:
    with pytest.raises(ValueError, match="one entry for each"):
        Results(np.array([True]), np.array(["a", "b"]), np.array([True]), *(np.zeros(1),) * 3)
