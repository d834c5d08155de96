"""Statistics of two channels: what differs between them is measured, loudness is not."""

from __future__ import annotations

import numpy as np

from detectors.audio.levelling import RATE, levelled
from detectors.audio.stereo import names, stereo


def noises(count, seed=0, seconds=6):
    return np.random.default_rng(seed).standard_normal((count, seconds * RATE)).astype(np.float32)


def value(samples, name):
    found = dict(zip(names(), stereo(levelled(samples)), strict=True))
    return np.array([found[f"{name}_{place}"] for place in range(8)])


def test_one_channel_is_two_that_are_alike():
    (one,) = noises(1)
    np.testing.assert_array_equal(stereo(one[None]), stereo(np.stack([one, one])))


def test_every_statistic_has_a_name_and_is_a_number():
    for samples in (noises(2), noises(1), np.zeros((2, 5 * RATE), np.float32)):
        found = stereo(samples)
        assert found.shape == (len(names()),)
        assert found.dtype == np.float32
        assert np.isfinite(found).all()
    assert len(set(names())) == len(names())


def test_channels_that_share_nothing_are_as_loud_apart_as_together():
    apart, alike = noises(2), np.repeat(noises(1), 2, axis=0)
    assert np.abs(value(apart, "wide")).max() < 1
    assert value(alike, "wide").max() < -30
    assert value(alike, "alike").min() > 0.99
    assert np.abs(value(apart, "alike")).max() < 0.1


def test_a_channel_turned_around_is_coherent_and_not_alike():
    left, other = noises(2)
    turned = np.stack([left + 0.3 * other, -left + 0.3 * other])
    assert value(turned, "coherent").min() > 0.8
    assert value(turned, "alike").max() < -0.8


def test_swapping_the_channels_changes_nothing():
    samples = noises(2)
    np.testing.assert_allclose(stereo(samples), stereo(samples[::-1]), rtol=1e-3, atol=1e-4)
