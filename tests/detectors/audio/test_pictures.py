"""The spectrogram of a window as a small network sees it."""

from __future__ import annotations

import numpy as np
import pytest

from detectors.audio.levelling import RATE, levelled
from detectors.audio.pictures import SHAPE, picture
from detectors.audio.statistics import spectrum


def tone(frequency, seconds=10.0):
    at = np.arange(int(seconds * RATE)) / RATE
    return levelled(np.sin(2 * np.pi * frequency * at).astype(np.float32))


@pytest.mark.parametrize("frequency", [440.0, 1500.0, 5000.0])
def test_a_tone_is_a_line_at_its_height(frequency):
    found = picture(spectrum(tone(frequency)))
    assert found.shape == SHAPE
    assert found.dtype == np.float32
    loudest = found.mean(axis=1).argmax()
    assert loudest == pytest.approx((frequency - 40) / 62.5, abs=1)


def test_it_is_the_middle_of_a_window():
    quiet, loud = np.zeros(2 * RATE, np.float32), tone(1000, 6)
    found = picture(spectrum(np.concatenate([quiet, loud, quiet])))
    row = round((1000 - 40) / 62.5)
    assert found[row].min() > 1


def test_a_short_window_is_repeated():
    found = picture(spectrum(tone(1000, 2)))
    assert found.shape == SHAPE
    assert np.isfinite(found).all()
    assert found[round((1000 - 40) / 62.5)].min() > 1
