"""What opinions come to, and what a decision leaves standing: over every combination."""

from __future__ import annotations

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from service.policy import Finding
from service.review.facts import Facts
from service.review.records import Decided, Opinion, Outcome, Stage, agreed, is_reviewed, standing
from service.review.reversals import count

NOW = dt.datetime(2026, 11, 24, tzinfo=dt.UTC)
FINDINGS = st.lists(st.sampled_from(Finding), unique=True).map(tuple)


def opinion(outcome, caller="a"):
    return Opinion(caller, caller, outcome, "because", NOW)


def decided(outcome, findings=()):
    return Decided("dec_x", Stage.REVIEW, outcome, findings, NOW)


@pytest.mark.parametrize(
    ("given_so_far", "two_person", "outcome"),
    [
        ("", False, None),
        ("u", False, "upheld"),
        ("r", False, "reversed"),
        ("", True, None),
        ("u", True, None),
        ("ur", True, None),
        ("uu", True, "upheld"),
        ("uru", True, "upheld"),
        ("urr", True, "reversed"),
    ],
)
def test_one_decides_or_two_that_agree(given_so_far, two_person, outcome):
    short = {"u": Outcome.UPHELD, "r": Outcome.REVERSED}
    opinions = [opinion(short[one], str(n)) for n, one in enumerate(given_so_far)]
    assert agreed(opinions, two_person=two_person) == outcome


@given(FINDINGS, FINDINGS)
def test_a_reversal_takes_away_what_it_was_about_and_nothing_else(findings, reversed_ones):
    left = standing(findings, decided(Outcome.REVERSED, reversed_ones))
    assert set(left) == set(findings) - set(reversed_ones)
    assert [one for one in findings if one in left] == list(left)


@given(FINDINGS, FINDINGS)
def test_nothing_else_changes_a_finding(findings, upheld):
    assert standing(findings, None) == findings
    assert standing(findings, decided(Outcome.UPHELD, upheld)) == findings


@given(FINDINGS, FINDINGS)
def test_a_finding_nobody_has_looked_at_comes_to_people(findings, before):
    looked = is_reviewed(findings, decided(Outcome.UPHELD, before))
    assert looked == (not set(findings) - set(before))
    assert not is_reviewed(findings, None)


def test_a_work_counts_once_by_what_was_decided_last():
    facts = Facts(detectors=("music",), groups=("song",))
    made = (
        ("a" * 64, decided(Outcome.UPHELD), facts),
        ("a" * 64, decided(Outcome.REVERSED), facts),
        ("b" * 64, decided(Outcome.UPHELD), facts),
        ("c" * 64, decided(Outcome.UPHELD), Facts(generators=("Suno",))),
    )
    counted = count(made)
    assert (counted.decided, counted.reversed) == (3, 1)
    rows = {(one.by, one.value): (one.decided, one.reversed) for one in counted.items}
    assert rows == {
        ("detector", "music"): (2, 1),
        ("group", "song"): (2, 1),
        ("generator", "Suno"): (1, 0),
    }


def test_the_interval_is_wilsons():
    counted = count(
        tuple(
            (
                f"{n:064d}",
                decided(Outcome.REVERSED if n < 3 else Outcome.UPHELD),
                Facts(detectors=("x",)),
            )
            for n in range(10)
        )
    )
    low, high = counted.items[0].interval
    assert (round(low, 4), round(high, 4)) == (0.1078, 0.6032)
