"""What kind of sound a stretch is: levelled features, silence, and whole works."""

from __future__ import annotations

import csv

import numpy as np
import pytest

from detectors.audio.kind_statistics import names
from detectors.audio.kinds import (
    KINDS,
    NAME,
    RATE,
    SECONDS,
    SILENCE,
    Told,
    features,
    is_silent,
    tell,
    work_kind,
)
from detectors.gates.gate import gates
from tests.detectors.gates import works

needs_gate = pytest.mark.skipif(NAME not in gates(), reason="the gate is not shipped")


def heard(kind, seed=1, seconds=SECONDS):
    return works.samples(kind, seed, seconds)[::2]


def test_features_are_numbers_with_names():
    found = features(heard("music"))
    assert found.dtype == np.float32
    assert found.shape == (len(names()),)
    assert len(set(names())) == len(names())
    assert np.isfinite(found).all()


@pytest.mark.parametrize(
    "samples",
    [
        np.zeros(RATE * 5),
        np.ones(RATE * 5),
        np.eye(1, RATE * 5, 700)[0],
        np.sin(np.arange(RATE * 5)),
        np.tile([1.0, -1.0], RATE),
        np.full(RATE * 5, 1e-38),
    ],
    ids=["nothing", "offset", "click", "tone", "highest", "tiny"],
)
def test_strange_sounds_give_numbers(samples):
    assert np.isfinite(features(samples.astype(np.float32))).all()


@pytest.mark.parametrize("kind", KINDS)
def test_loudness_and_offset_change_nothing(kind):
    loud = heard(kind)
    assert features(loud * np.float32(0.02)) == pytest.approx(features(loud), abs=2e-2)
    assert features(loud + np.float32(0.1)) == pytest.approx(features(loud), abs=2e-2)


def test_what_a_telephone_cuts_off_changes_nothing():
    chance = np.random.default_rng(2)
    samples = chance.standard_normal(RATE * 5).astype(np.float32)
    spectrum = np.fft.rfft(samples)
    at = np.fft.rfftfreq(samples.size, 1 / RATE)
    spectrum[(at < 200) | (at > 3700)] = 0
    passed = np.fft.irfft(spectrum, samples.size).astype(np.float32)
    assert features(passed) == pytest.approx(features(samples), abs=0.08)


def test_longer_windows_are_told_by_their_middle():
    whole = heard("speech", seconds=9.0)
    assert features(whole) == pytest.approx(features(whole[2 * RATE : 7 * RATE]))


def test_silence_is_a_rule_of_level():
    quiet = heard("music")
    power = float(np.sqrt(np.mean(np.square(quiet))))
    assert is_silent(quiet * np.float32(0.0009 / power))
    assert not is_silent(quiet * np.float32(0.0011 / power))
    assert tell(np.zeros(16_000, np.float32), 16_000) == Told(SILENCE, 1.0)
    assert tell(np.zeros(0, np.float32), 16_000).kind == SILENCE


def told(*kinds):
    return [Told(None if kind == "?" else kind, 0.9) for kind in kinds]


def test_a_work_is_of_the_kind_its_windows_agree_on():
    one = work_kind(told("music", "music", "music", "speech", SILENCE))
    assert (one.kind, one.confidence) == ("music", pytest.approx(0.9))
    assert one.shares == {"music": 0.6, SILENCE: 0.2, "speech": 0.2}
    assert work_kind(told("music", "speech")).kind is None
    assert work_kind(told("music", "music", "speech")).kind is None
    assert work_kind(told("music", "?")).kind == "music"
    assert work_kind(told("music", "?", "?")).kind is None
    assert work_kind(told(SILENCE, SILENCE)).kind == SILENCE
    assert work_kind(told("?")).shares == {"not_told": 1.0}
    assert work_kind([]).kind is None


@needs_gate
def test_a_moment_is_not_told():
    assert tell(heard("music", seconds=0.5), RATE).kind is None


@needs_gate
def test_the_rate_changes_nothing():
    import soxr

    samples = works.samples("music", 5)
    faster = np.asarray(soxr.resample(samples, works.RATE, 44_100), np.float32)
    one, other = tell(samples, works.RATE), tell(faster, 44_100)
    assert one.kind == other.kind
    assert one.confidence == pytest.approx(other.confidence, abs=0.1)


@needs_gate
@pytest.mark.data
def test_real_recordings_are_told(data_pack):
    """Most works of either kind; how many of each source is in the card.

    What comes from the demo of vocos is speech and music, and called music there.
    """
    from detectors.decode.audio import open_sound
    from provenance.asset import Asset

    found = {"music": [], "speech": []}
    with (data_pack / "audio" / "manifest.csv").open() as file:
        rows = list(csv.DictReader(file))
    for kind, of in found.items():
        some = [row for row in rows if row["kind"] == kind and "vocos" not in row["origin"]][::12]
        for row in some:
            path = data_pack / "audio" / row["path"]
            with open_sound(Asset.from_bytes(path.read_bytes(), name=path.name)) as sound:
                windows = list(sound.windows(rate=16_000, seconds=5, hop=5, most=4))
            of.append(work_kind([tell(samples[0], 16_000) for _, samples in windows]).kind)
    assert len(found["music"]) > 10
    for kind, of in found.items():
        other = {"music": "speech", "speech": "music"}[kind]
        assert of.count(kind) > 0.7 * len(of)
        assert of.count(other) < 0.1 * len(of)
