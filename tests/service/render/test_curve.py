"""The curve of a group, with one work on it."""

from __future__ import annotations

import re

import pytest

from detectors.exceedance import Steps
from provenance.evidence import Exceedance
from service.render.curve import HIGH, MOST_STEPS, curve_drawn
from service.render.wording import Words

EN = Words("en")
STEPS = Steps(
    n_works=400,
    n_sources=5,
    spread=0.1,
    scores=(-2.0, 0.0, 2.0),
    values=(1.0, 0.1, 0.0),
    uppers=(1.0, 0.2, 0.01),
)


def drawn(detection, score, upper, limit=0.01, steps=STEPS):
    rarity = Exceedance(value=0, upper=upper, group="all", n_works=400, n_sources=5)
    return curve_drawn(steps, detection(score=score, exceedance=rarity), limit, EN)


def test_a_work_lies_on_the_bound_of_its_score(detection):
    curve = drawn(detection, 1.0, 0.2)
    steps = [tuple(map(float, pair)) for pair in re.findall(r"H([\d.]+)V([\d.]+)", curve.upper)]
    assert [x for x, _ in steps] == sorted(x for x, _ in steps)
    below = max((step for step in steps if step[0] <= curve.x), key=lambda step: step[0])
    assert curve.y == pytest.approx(below[1] / 100 * HIGH, abs=0.1)


def test_only_below_the_operating_point_a_work_lies_below_the_line(detection):
    assert drawn(detection, 3.0, 0.01).y == drawn(detection, 3.0, 0.01).limit
    common = drawn(detection, 1.0, 0.2)
    assert common.y < common.limit  # pixels count downwards
    assert drawn(detection, 1.0, 0.2, limit=None).limit is None


@pytest.mark.parametrize("score", [-1000.0, 1000.0])
def test_a_score_far_outside_is_on_the_curve_too(detection, score):
    curve = drawn(detection, score, 0.01)
    assert 0 <= curve.x <= 100
    assert 0 <= curve.y <= HIGH
    assert curve.anchor == ("end" if score > 0 else "start")


def test_a_bound_of_nothing_is_drawn_at_the_bottom(detection):
    assert drawn(detection, 3.0, 0.0).y == HIGH


def test_a_long_curve_is_thinned(detection):
    count = 5000
    steps = Steps(
        n_works=count,
        n_sources=5,
        spread=0.1,
        scores=tuple(n / 100 for n in range(count)),
        values=tuple(1 - n / count for n in range(count)),
        uppers=tuple(1 - n / count for n in range(count)),
    )
    assert drawn(detection, 3.0, 0.5, steps=steps).upper.count("V") == MOST_STEPS


def test_a_group_without_steps_has_no_curve(detection):
    empty = Steps(n_works=1, n_sources=1, spread=0.1, scores=(), values=(), uppers=())
    assert drawn(detection, 1.0, 1.0, steps=empty) is None
