"""Windows of sound: where they begin, how long they are, and that a seek changes nothing."""

from __future__ import annotations

import numpy as np
import pytest

from detectors.decode.audio import open_sound
from detectors.decode.ffmpeg import FfmpegSource
from detectors.decode.sndfile import SndfileSource
from provenance.limits import DEFAULT
from tests.detectors.decode.making import RATE, asset, by_libsndfile, encoded, sound

KINDS = ("wav", "flac", "vorbis", "mp3", "aac", "opus")


@pytest.fixture(scope="module")
def works():
    return {kind: asset(encoded(kind), f"x.{kind}") for kind in KINDS}


def windows(work, **asked):
    with open_sound(work) as opened:
        return list(
            opened.windows(**{"rate": 16_000, "seconds": 5.0, "hop": 5.0, "most": 99} | asked)
        )


def whole(work, rate):
    return np.concatenate([samples for _, samples in windows(work, rate=rate)], axis=1)


@pytest.mark.parametrize("rate", [16_000, 22_050, 44_100, 48_000])
@pytest.mark.parametrize("kind", KINDS)
def test_a_window_reached_by_a_seek_equals_the_same_stretch_of_the_whole(works, kind, rate):
    work = works[kind]
    everything = whole(work, rate)
    assert abs(everything.shape[1] / rate - 40) < 0.05
    spread = windows(work, rate=rate, seconds=2.0, hop=2.0, most=6)
    assert len(spread) == 6
    for start, samples in spread:
        at = round(start * rate)
        assert at / rate == start
        same = everything[:, at : at + samples.shape[1]]
        assert np.abs(samples[:, : same.shape[1]] - same).max() < 2e-5


@pytest.mark.parametrize("kind", KINDS)
def test_windows_hold_the_sound_that_was_encoded(works, kind):
    rate = 48_000 if kind == "opus" else RATE
    given = sound(40.0, rate).mean(axis=0)
    for start, samples in windows(works[kind], rate=rate, seconds=2.0, hop=2.0, most=4):
        at = round(start * rate)
        expected = given[at : at + samples.shape[1]]
        assert np.corrcoef(samples[0, : expected.size], expected)[0, 1] > 0.98


@pytest.mark.parametrize("kind", KINDS)
def test_the_same_windows_come_again(works, kind):
    with open_sound(works[kind]) as opened:
        once, again = (
            list(opened.windows(rate=16_000, seconds=3.0, hop=3.0, most=4)) for _ in range(2)
        )
    for (start, samples), (start_again, samples_again) in zip(once, again, strict=True):
        assert start == start_again
        assert np.array_equal(samples, samples_again)


@pytest.mark.parametrize("kind", ["wav", "flac", "mp3"])
def test_libsndfile_and_ffmpeg_give_the_same_samples(works, kind):
    sources = [made(works[kind], DEFAULT) for made in (SndfileSource, FfmpegSource)]
    first, second = (source.read(10 * RATE) for source in sources)
    assert np.abs(first - second).max() < 1e-5
    assert sources[0].codec == sources[1].codec
    for source in sources:
        source.close()


def test_windows_in_a_row_overlap_as_asked_and_the_last_is_shorter(works):
    found = windows(works["wav"], seconds=15.0, hop=10.0)
    assert [start for start, _ in found] == [0.0, 10.0, 20.0, 30.0]
    assert [samples.shape for _, samples in found] == [(1, 240_000)] * 3 + [(1, 160_000)]
    assert np.abs(found[0][1][:, 160_000:] - found[1][1][:, :80_000]).max() < 2e-6


def test_more_windows_than_asked_for_are_spread_over_the_work(works):
    found = windows(works["flac"], seconds=5.0, hop=2.5, most=3)
    assert [start for start, _ in found] == [0.0, 17.5, 35.0]


def test_channels_are_kept_where_they_are_wanted(works):
    ((_, samples), *_) = windows(works["wav"], mono=False, rate=RATE)
    assert samples.shape == (2, 5 * RATE)
    assert not np.array_equal(samples[0], samples[1])


def test_what_would_alias_is_gone():
    time = np.arange(3 * RATE) / RATE
    tone = 0.5 * np.sin(2 * np.pi * 9000 * time)[np.newaxis].astype(np.float32)
    work = asset(by_libsndfile(tone, RATE, "WAV", "FLOAT"))
    ((_, samples),) = windows(work, rate=16_000)
    assert np.abs(samples[:, 500:-500]).max() < 1e-4


@pytest.mark.parametrize(
    ("kind", "codec", "depth"),
    [("wav", "pcm_s16le", 16), ("flac", "flac", 16), ("mp3", "mp3", None), ("aac", "aac", None),
     ("opus", "opus", None), ("vorbis", "vorbis", None)],
)  # fmt: skip
def test_facts_are_those_of_the_file(works, kind, codec, depth):
    with open_sound(works[kind]) as opened:
        facts = opened.facts
    assert (facts.codec, facts.bit_depth, facts.channels) == (codec, depth, 2)
    assert facts.rate == (48_000 if kind == "opus" else RATE)
    assert facts.seconds == pytest.approx(40, abs=0.05)
    assert facts.bitrate == pytest.approx(works[kind].size * 8 / facts.seconds, rel=0.001)
