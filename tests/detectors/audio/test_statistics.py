"""Statistics tell what they are named after, are numbers always, and see nothing above the band."""

from __future__ import annotations

import numpy as np
import pytest

from detectors.audio.levelling import HIGHEST, RATE, levelled
from detectors.audio.statistics import BROAD, FRAME, HOP, names, spectrum, statistics

COUNT = 10 * RATE
TIME = np.arange(COUNT) / RATE


def tone(frequency):
    return np.sin(2 * np.pi * frequency * TIME).astype(np.float32)


def noise(seed=0):
    return np.random.default_rng(seed).standard_normal(COUNT).astype(np.float32)


def measured(samples):
    return dict(zip(names(), statistics(levelled(samples)).tolist(), strict=True))


def mean(found, name):
    return np.mean([value for key, value in found.items() if key.rpartition("_")[0] == name])


def test_one_number_a_name():
    assert len(set(names())) == len(names()) == statistics(noise()).size


@pytest.mark.parametrize(
    "samples",
    [
        np.zeros(COUNT, np.float32),
        np.zeros(RATE, np.float32),
        np.ones(RATE, np.float32),
        np.eye(1, COUNT, 5, np.float32)[0],
        tone(440.0),
        np.sign(tone(100.0)),
        noise(),
    ],
    ids=["silence", "short", "offset", "click", "tone", "square", "noise"],
)
@pytest.mark.filterwarnings("error")
def test_every_statistic_is_a_number(samples):
    found = statistics(levelled(samples))
    assert found.dtype == np.float32
    assert np.isfinite(found).all()


def test_the_transform_is_that_of_the_textbook():
    samples = noise()
    window = 0.5 - 0.5 * np.cos(2 * np.pi * np.arange(FRAME) / FRAME)
    third = np.fft.rfft(samples[2 * HOP : 2 * HOP + FRAME].astype(np.float64) * window)
    np.testing.assert_allclose(spectrum(samples)[2], third, atol=1e-3)


def test_noise_is_flat_and_gaussian_and_a_tone_is_neither():
    hiss, pure = measured(noise()), measured(tone(1000.0) + 0.001 * noise())
    assert mean(hiss, "flat") == pytest.approx(-2.5, abs=0.5)  # of a Rayleigh amplitude, in dB
    place = next(n for n, edge in enumerate(BROAD[1:]) if edge > 1000.0)
    assert pure[f"flat_{place}"] < -20
    assert mean(hiss, "noise") == pytest.approx(0.9, abs=0.02)  # near sqrt(pi / 4)
    assert mean(hiss, "tones") > 0.9
    assert pure[f"tones_{place}"] < 0.5


def test_the_phase_of_a_tone_runs_on_and_that_of_noise_does_not():
    hiss, pure = measured(noise()), measured(tone(1000.0))
    place = next(n for n, edge in enumerate(BROAD[1:]) if edge > 1000.0)
    assert pure[f"phase_time_steady_{place}"] > 0.8
    assert abs(hiss[f"phase_time_steady_{place}"]) < 0.25


def test_attacks_rise_faster_than_they_fall():
    decay = np.exp(-8 * (TIME % 0.5)).astype(np.float32) * noise()
    struck, reversed_ = measured(decay), measured(decay[::-1])
    assert mean(struck, "fast_skew") > 1 > -1 > mean(reversed_, "fast_skew")


def test_pulses_show_at_their_rate():
    slow = measured(noise() * (1 + np.sin(2 * np.pi * 3 * TIME)).astype(np.float32))
    found = np.array([value for key, value in slow.items() if key.startswith("rates_")])
    assert (found.reshape(6, -1).mean(axis=1).argmax()) == 2  # 2 to 4 Hz


def test_nothing_above_the_band_counts():
    high = 0.3 * tone(7800.0)
    assert HIGHEST < 7800
    low = noise()
    spectra = np.fft.rfft(low)
    spectra[round(7000 * COUNT / RATE) :] = 0
    low = np.fft.irfft(spectra, COUNT).astype(np.float32)
    np.testing.assert_allclose(statistics(low), statistics(low + high), atol=0.35)
