"""PerTh: our network answers as the published one, and pure tones are not taken for marks."""

from __future__ import annotations

from importlib.util import find_spec
from pathlib import Path

import numpy as np
import pytest

from detectors.decode.audio import stretches
from detectors.marks.perth import RATE, Reading, is_marked, load, network, read, spectrum
from provenance.asset import Asset
from tools.measure_marks import stand_in_for_torchaudio

MARKED = Path(__file__).parent / "golden" / "perth.flac"


def golden():
    asset = Asset.from_bytes(MARKED.read_bytes(), name="perth.flac")
    return stretches(asset, rate=RATE, seconds=5, count=3)


def tones(*pitches, seconds=5, loudness=0.5):
    time = np.arange(seconds * RATE) / RATE
    wave = sum(np.sin(2 * np.pi * pitch * time) for pitch in pitches)
    return (loudness / len(pitches) * wave).astype(np.float32)


def test_what_the_original_library_marked_is_found():
    readings = [read(one) for one in golden()]
    assert is_marked(readings)
    assert readings[0].score == pytest.approx(1.0, abs=0.02)


@pytest.mark.parametrize("pitches", [(100, 200), (200,), (440,), (440, 660), (50, 100, 150)])
def test_pure_tones_are_not_marked(pitches):
    """The published rule takes several of these for marked, with a score of 1."""
    assert not is_marked([read(tones(*pitches))])


@pytest.mark.parametrize(
    "samples",
    [
        np.zeros(5 * RATE, np.float32),
        np.random.default_rng(1).normal(0, 0.1, 5 * RATE).astype(np.float32),
        np.full(5 * RATE, 0.5, np.float32),
    ],
    ids=["silence", "noise", "constant"],
)
def test_nothing_is_found_where_nothing_is(samples):
    assert not is_marked([read(samples)])


def test_every_window_must_be_marked():
    clear, weak = Reading(1.0, 6.0, 0.9), Reading(0.6, 3.0, 0.9)
    assert is_marked([clear, clear])
    assert not is_marked([clear, weak])
    assert not is_marked([])


def test_the_spectrum_is_that_of_the_published_decoder():
    levels = spectrum(tones(1000, loudness=1.0))
    assert levels.shape == (1025, 501)
    assert int(levels[:, 250].argmax()) == 64
    peak = 20 * np.log10(512)  # half the window's sum
    assert float(levels[64, 250]) == pytest.approx((peak + 180) / 195, abs=1e-4)


def test_the_network_answers_for_each_frame():
    mark, attention = network(np.zeros((128, 30), np.float32))
    assert mark.shape == attention.shape == (30,)


def test_the_weights_are_those_of_the_seven_layers():
    shapes = {name: array.shape for name, array in load().items()}
    assert shapes["0.weight"] == (256, 128, 1)
    assert shapes["6.weight"] == (2, 256, 1)
    assert len(shapes) == 14


@pytest.mark.filterwarnings("ignore")  # those libraries' own
def test_our_network_answers_as_the_published_one():
    """Where the library and PyTorch are installed; `tools/measure_marks.py` says how.

    The tones have grain: without it most bands hold the rounding of the transform, which differs.
    """
    if find_spec("perth") is None:
        pytest.skip("perth is not installed")  # before its stand-in is in the way of others
    torch = pytest.importorskip("torch")
    stand_in_for_torchaudio(torch)
    model = pytest.importorskip("perth.perth_net.perth_net_implicit.perth_watermarker")
    original = model.PerthImplicitWatermarker()
    grain = np.random.default_rng(2).normal(0, 1e-3, 5 * RATE).astype(np.float32)
    for one in (*golden(), tones(100, 200) + grain, tones(440) + grain, grain):
        with torch.no_grad():
            expected = original.get_watermark(one, RATE, round=False)
        assert min(max(read(one).score, 0), 1) == pytest.approx(float(expected), abs=1e-3)
