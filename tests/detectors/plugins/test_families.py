"""Classifiers of the families people publish score here what the library itself scores."""

from __future__ import annotations

import io
import wave

import numpy as np
import pytest

import detectors
from detectors.models.preparation import entry_point, preparation
from detectors.models.scorer import scorer_of
from detectors.plugins.adding import add
from provenance.asset import Asset
from tests.detectors import tiny
from tests.detectors.plugins import families

torch = pytest.importorskip("torch")
transformers = pytest.importorskip("transformers")

RATE = 16_000
LENGTHS = {"ast": 10.24, "whisper": 30.0}
TEXT = "the quick brown fox jumps over the lazy dog and a few words more than that"


def samples(seconds, seed=1):
    rng = np.random.default_rng(seed)
    return (rng.normal(0, 3000, int(seconds * RATE))).astype("<i2")


def recording(seconds):
    data = io.BytesIO()
    with wave.open(data, "wb") as file:
        file.setparams((1, 2, RATE, 0, "NONE", ""))
        file.writeframes(samples(seconds).tobytes())
    return Asset.from_bytes(data.getvalue(), name="w.wav")


def scores(model, asset):
    """The windows and their scores, prepared in this process: workers take seconds to start."""
    record = model.record
    prepare = preparation(entry_point(record.preparation).value, record.settings).prepare
    prepared = prepare(asset)
    return prepared.windows, scorer_of(model).logits(prepared.features)


def library_outputs(folder, network, given):
    """What the library itself makes of an input, in single precision."""
    with torch.inference_mode():
        loaded = network.from_pretrained(folder, dtype=torch.float32).eval()
        return loaded(**given).logits[0].tolist()


def library(folder, network, given):
    human, fake = library_outputs(folder, network, given)
    return fake - human


def heard(folder, part):
    with families.unwarned():
        extractor = transformers.AutoFeatureExtractor.from_pretrained(folder)
    given = extractor(part / np.float32(32768), sampling_rate=RATE, return_tensors="pt")
    return library(folder, transformers.AutoModelForAudioClassification, given)


@pytest.mark.parametrize("family", families.SOUND)
def test_sound(models, tmp_path, family):
    folder = families.SOUND[family](tmp_path / family)
    model = add(str(folder))
    seconds = LENGTHS.get(family, 10.0)
    windows, found = scores(model, recording(2.5 * seconds))
    assert [one.range for one in windows] == [
        pytest.approx((0.0, seconds)),
        pytest.approx((seconds, 2 * seconds)),
    ]
    size = round(seconds * RATE)
    parts = np.split(samples(2.5 * seconds)[: 2 * size], 2)
    wanted = [heard(folder, part) for part in parts]
    assert found == pytest.approx(wanted, abs=1e-4)
    assert abs(wanted[0] - wanted[1]) > 2e-4


def test_a_spectrogram_transformer_hears_a_whole_file(models, tmp_path):
    folder = families.spectrogram(tmp_path / "ast")
    add(str(folder))
    detector = detectors.load("ast")
    (found,), (short,) = detector.detect([recording(25.0), recording(0.5)])
    detector.close()
    assert [one.range for one in found.where] == [(0.0, 10.24), (10.24, 20.48)]
    first = heard(folder, samples(25.0)[: round(10.24 * RATE)])
    assert found.where[0].score == pytest.approx(first, abs=1e-4)
    assert (found.exceedance, found.abstain) == (None, None)
    assert short.abstain == "too_short"


@pytest.mark.parametrize("family", families.PICTURES)
def test_pictures(models, tmp_path, family):
    from PIL import Image

    folder = families.PICTURES[family](tmp_path / family)
    model = add(str(folder))
    found = []
    for seed in (1, 2):
        data = tiny.picture(synthetic=True, seed=seed)
        _, (score,) = scores(model, Asset.from_bytes(data, name="w.png"))
        processor = transformers.AutoImageProcessor.from_pretrained(folder, backend="pil")
        given = processor(Image.open(io.BytesIO(data)).convert("RGB"), return_tensors="pt")
        wanted = library(folder, transformers.AutoModelForImageClassification, given)
        assert score == pytest.approx(wanted, abs=1e-4)
        found.append(score)
    assert abs(found[0] - found[1]) > 2e-4


@pytest.mark.parametrize("family", families.TEXTS)
def test_texts(models, tmp_path, family):
    folder = families.TEXTS[family](tmp_path / family)
    model = add(str(folder))
    assert model.has("tokenizer.json")
    windows, (score,) = scores(model, Asset.from_bytes(TEXT.encode(), name="w.txt"))
    assert windows[0].range == (0.0, len(TEXT))
    network = transformers.AutoModelForSequenceClassification
    tokenizer = transformers.AutoTokenizer.from_pretrained(folder)
    assert score == pytest.approx(
        library(folder, network, tokenizer(TEXT, return_tensors="pt")), abs=1e-4
    )
    other = library(folder, network, tokenizer(TEXT[:40], return_tensors="pt"))
    assert abs(score - other) > 2e-4
