"""How windows of a work hang together: a score that knows it, and the share that is synthetic."""

from __future__ import annotations

import numpy as np
import pytest
from pydantic import ValidationError

from detectors.models.aggregate import Aggregate, aggregate
from detectors.models.dependence import Dependence, Level
from detectors.models.tables import Measurement
from detectors.models.windowed import share_of
from provenance.evidence import Exceedance

OWN = Dependence(
    middle=-1.0,
    ratio=2.0,
    human=Level(mean=-4, spread=2),
    synthetic=Level(mean=2, spread=2),
)


def works(mean, count, *, between, within, chance, windows=12):
    return [
        (chance.normal(mean, between) + chance.normal(0, within, windows)).tolist()
        for _ in range(count)
    ]


def test_it_finds_the_variances_that_works_were_made_with():
    chance = np.random.default_rng(0)
    human = works(-4, 400, between=1.5, within=3.0, chance=chance)
    made = works(2, 400, between=1.5, within=3.0, chance=chance)
    found = Dependence.of(
        [*human, *made],
        [False] * 400 + [True] * 400,
        ["ann"] * 400 + ["alpha"] * 400,
    )
    assert found.ratio == pytest.approx(3.0**2 / 1.5**2, rel=0.15)
    assert found.middle == pytest.approx(-1, abs=0.2)
    assert found.human.mean == pytest.approx(-4, abs=0.2)
    assert found.synthetic.spread == pytest.approx((3**2 + 1.5**2) ** 0.5, rel=0.1)


def test_sources_weigh_the_same_however_many_works_they_have():
    logits = [[-4.0, -4.0]] * 90 + [[-2.0, -2.0]] * 10 + [[2.0, 2.0]] * 5
    origins = ["ann"] * 90 + ["bob"] * 10 + ["alpha"] * 5
    found = Dependence.of(logits, [False] * 100 + [True] * 5, origins)
    assert found.human.mean == pytest.approx(-3)


def test_few_windows_are_drawn_to_the_middle():
    one, ten, hundred = (OWN.score([3.0] * count) for count in (1, 10, 100))
    assert 0 < one < ten < hundred < 4
    assert one == pytest.approx(4 / 3)
    assert OWN.score([-1.0] * 7) == 0


def test_the_order_of_windows_does_not_change_the_score():
    logits = np.random.default_rng(1).normal(0, 3, 16).tolist()
    assert OWN.score(logits) == OWN.score(sorted(logits))


@pytest.mark.parametrize("part", [0.0, 0.25, 0.5, 1.0])
def test_the_share_of_songs_put_together(part):
    chance = np.random.default_rng(2)
    count = 16
    made = round(part * count)
    shares = []
    for _ in range(60):
        windows = [*chance.normal(2, 2, made), *chance.normal(-4, 2, count - made)]
        shares.append(OWN.share(windows))
    assert np.mean(shares) == pytest.approx(part, abs=0.06)


def test_neighbours_outvote_a_single_window():
    alone = OWN.share([-4.0] * 5 + [0.5] + [-4.0] * 5)
    together = OWN.share([-4.0] * 4 + [0.5] * 4 + [-4.0] * 3)
    assert alone < 1 / 11
    assert together > 3 / 11


def test_no_share_of_fewer_than_three_windows():
    assert OWN.share([3.0, 3.0]) is None
    assert OWN.share([3.0] * 3) > 0.9


def test_no_share_of_a_work_whose_score_is_common_among_human_works():
    def measured(value):
        found = Exceedance(value=value, upper=0.2, group="all", n_works=900, n_sources=90)
        return Measurement(found, likelihood=0.5, abstain=None)

    logits = [3.0] * 5
    assert share_of(OWN, logits, measured(0.04)) == OWN.share(logits)
    assert share_of(OWN, logits, measured(0.06)) is None
    assert share_of(OWN, logits, None) is None
    assert share_of(None, logits, measured(0.0)) is None


def test_huge_logits_give_numbers():
    assert OWN.share([1e30, -1e30, 1e30]) == pytest.approx(0.5, abs=0.5)


def test_random_effects_need_what_was_measured():
    assert aggregate(Aggregate.RANDOM_EFFECTS, [1.0, 3.0], OWN) == OWN.score([1.0, 3.0])
    with pytest.raises(ValueError, match="measured"):
        aggregate(Aggregate.RANDOM_EFFECTS, [1.0])


def test_a_spread_is_over_zero():
    with pytest.raises(ValidationError):
        Level(mean=0, spread=0)
