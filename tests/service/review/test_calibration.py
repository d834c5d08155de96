"""Whether detectors keep here what their cards say."""

from __future__ import annotations

import pytest

from service.review.calibration import Scored, calibrated
from service.review.records import Outcome

KEY = ("music", "rock")


def works(count, upper, start=0, max_fpr=0.01, key=KEY):
    return [Scored(f"{start + n:064x}", max_fpr, {key: upper}) for n in range(count)]


def all_of(works, outcome):
    return {one.sha256: outcome for one in works}


def rows(works, decided):
    return calibrated(len(works), works, decided).rows


def test_works_are_counted_by_what_was_scored_accused_decided_and_cleared():
    accused, others = works(10, 0.004), works(90, 0.4, 10)
    decided = all_of(accused[:3], Outcome.UPHELD) | all_of(accused[3:5], Outcome.REVERSED)
    (row,) = rows([*accused, *others], decided)
    assert (row.detector, row.group) == KEY
    assert (row.scored, row.accused, row.decided, row.cleared) == (100, 10, 5, 2)
    assert row.allowed == pytest.approx(1.0)
    assert not row.worse


def test_more_cleared_than_allowed_is_said_only_beyond_chance():
    accused, others = works(10, 0.004), works(190, 0.4, 10)
    for cleared, worse in ((4, False), (6, True)):
        decided = all_of(accused[:cleared], Outcome.REVERSED)
        (row,) = rows([*accused, *others], decided)
        assert row.worse is worse
        assert (row.p_value < 0.05) is worse


def test_a_work_scored_twice_counts_by_the_newest():
    newest, older = works(1, 0.4), works(1, 0.004)
    (row,) = rows([*newest, *older], all_of(older, Outcome.REVERSED))
    assert (row.scored, row.accused, row.cleared) == (1, 0, 0)


def test_works_cleared_that_were_not_accused_are_no_false_alarms_of_it():
    declared = works(5, 0.6)
    (row,) = rows(declared, all_of(declared, Outcome.REVERSED))
    assert (row.cleared, row.p_value, row.worse) == (0, 1.0, False)


def test_rows_are_judged_together():
    """Two cleared of ten at 1 % would be too many alone, and among ninety rows are not."""
    many = [one for n in range(89) for one in works(10, 0.4, 1000 * n, key=("music", f"g{n}"))]
    accused = works(2, 0.004, 10**6)
    rest = works(8, 0.4, 10**6 + 2)
    decided = all_of(accused, Outcome.REVERSED)
    (alone,) = rows([*accused, *rest], decided)
    among = next(one for one in rows([*many, *accused, *rest], decided) if one.cleared)
    assert alone.worse
    assert not among.worse


def test_nothing_scored_says_nothing():
    assert rows([], {}) == ()
