"""One loudness for all; what is too quiet stays quiet."""

from __future__ import annotations

import numpy as np
import pytest

from detectors.audio.levelling import LOUDNESS, RATE, bandwidth, is_quiet, levelled


def rms(samples):
    return float(np.sqrt(np.mean(np.square(samples))))


@pytest.fixture
def noise():
    return np.random.default_rng(7).standard_normal(RATE).astype(np.float32)


@pytest.mark.parametrize("gain", [0.01, 0.1, 1.0])
def test_one_loudness_whatever_the_master(noise, gain):
    assert rms(levelled(noise * np.float32(gain))) == pytest.approx(LOUDNESS, rel=1e-3)


def test_an_offset_is_taken_away(noise):
    assert abs(float(levelled(noise * np.float32(0.1) + np.float32(0.3)).mean())) < 1e-6


def test_near_silence_is_quiet_and_is_not_raised_to_full(noise):
    faint = noise * np.float32(1e-5)
    assert is_quiet(faint)
    assert is_quiet(noise[:0])
    assert not is_quiet(noise * np.float32(0.01))
    assert rms(levelled(faint)) < LOUDNESS / 100


def test_channels_keep_their_balance(noise):
    both = np.stack([noise, noise * np.float32(0.5)])
    left, right = levelled(both)
    assert rms(right) == pytest.approx(rms(left) / 2, rel=1e-3)


def test_the_bandwidth_is_where_power_ends():
    frequencies = np.linspace(0, 8000, 513)
    power = np.where(frequencies < 3400, 1.0, 1e-9).astype(np.float32)
    assert bandwidth(power, frequencies) == pytest.approx(3400, abs=16)
    assert bandwidth(np.zeros(513, np.float32), frequencies) == 0.0
