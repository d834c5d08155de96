"""What a model of music is given: windows of music, and a reason where there are none."""

from __future__ import annotations

import numpy as np
import pytest

from detectors.audio.levelling import SECONDS
from detectors.audio.music import MUSIC, UNCLEAR, MusicWindows, statistics_of
from detectors.decode.fault import Undecodable
from provenance.asset import Asset
from provenance.evidence import AbstainReason, NotRunReason
from tests.detectors.audio.songs import RATE, song, wav


def prepared(samples, rate=RATE):
    return MusicWindows().prepare(Asset.from_bytes(wav(samples, rate), name="a.wav"))


def test_windows_of_ten_seconds_each_with_its_statistics():
    found = prepared(song(synthetic=False, seed=1, seconds=26))
    assert [one.range for one in found.windows] == [
        (0, SECONDS),
        (SECONDS, 2 * SECONDS),
        (pytest.approx(20), pytest.approx(26, abs=0.01)),
    ]
    assert found.features.shape == (3, len(statistics_of()))
    assert found.features.dtype == np.float32
    assert found.group in (MUSIC, UNCLEAR)
    assert found.abstain is None


def test_loudness_changes_nothing():
    one = song(synthetic=False, seed=2, seconds=10)
    loud, soft = prepared(one).features, prepared(one * np.float32(0.1)).features
    spread = np.abs(loud - prepared(song(synthetic=False, seed=3, seconds=10)).features)
    assert np.median(np.abs(loud - soft)) < 0.05 * np.median(spread)


def test_noise_and_hum_are_no_music():
    chance = np.random.default_rng(0)
    hiss = chance.normal(0, 0.1, 20 * RATE).astype(np.float32)
    with pytest.raises(Undecodable, match="no music") as none:
        prepared(hiss)
    assert none.value.reason is NotRunReason.NOT_APPLICABLE


@pytest.mark.parametrize(
    ("samples", "rate", "reason"),
    [
        (np.zeros(20 * RATE, np.float32), RATE, AbstainReason.TOO_QUIET),
        (song(synthetic=False, seed=3, seconds=8), RATE, AbstainReason.TOO_SHORT),
        (song(synthetic=False, seed=3, seconds=2), RATE, AbstainReason.TOO_SHORT),
        (song(synthetic=False, seed=3, seconds=20)[::3], RATE // 3, AbstainReason.NARROW_BAND),
    ],
    ids=["silence", "short", "very short", "telephone"],
)
def test_what_cannot_be_judged_says_why(samples, rate, reason):
    assert prepared(samples, rate).abstain is reason
