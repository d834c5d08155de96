"""Any classifier of the transformers library becomes a detector that informs and never decides."""

from __future__ import annotations

import io
import json
import pickle  # noqa: TID251 - to make one, never to read one
import shutil
from pathlib import Path

import numpy as np
import pytest

import detectors
from detectors.models.windowed import WindowedDetector
from detectors.plugins.adding import add
from detectors.plugins.labels import synthetic_labels
from provenance.asset import Asset
from provenance.errors import ConfigError, ModelError
from tests.detectors import tiny
from tests.detectors.plugins import classifiers

torch = pytest.importorskip("torch")
transformers = pytest.importorskip("transformers")

KINDS = ("image", "audio", "text")


@pytest.fixture(scope="module")
def saved(tmp_path_factory):
    """The folder of a tiny classifier of each kind, as `save_pretrained` leaves it."""
    done = {}

    def folder(kind):
        if kind not in done:
            done[kind] = classifiers.MAKERS[kind](tmp_path_factory.mktemp("saved") / f"tiny-{kind}")
        return done[kind]

    return folder


@pytest.fixture
def classifier(saved, tmp_path):
    """A copy of the text classifier that may be spoilt."""
    return Path(shutil.copytree(saved("text"), tmp_path / "classifier"))


def work(kind, seed=1):
    match kind:
        case "image":
            return Asset.from_bytes(tiny.picture(synthetic=True, seed=seed), name="w.png")
        case "audio":
            data = tiny.sound(synthetic=True, seed=seed, seconds=12.0)
            return Asset.from_bytes(data, name="w.wav")
        case _:
            data = tiny.text(synthetic=True, seed=seed).encode()
            return Asset.from_bytes(data, name="w.txt")


def change(folder, name="config.json", **fields):
    path = folder / name
    path.write_text(json.dumps(json.loads(path.read_text()) | fields))


def log_odds(outputs):
    return float(outputs[1] - outputs[0])


@pytest.mark.parametrize("kind", KINDS)
def test_it_scores_what_the_library_itself_scores(saved, models, kind):
    model = add(str(saved(kind)), name=f"my-{kind}")
    detector = detectors.load(f"my-{kind}")
    assert isinstance(detector, WindowedDetector)
    ((found,),) = detector.detect([work(kind)])
    detector.close()
    assert found.kind == "detection"
    assert found.model == model.digest
    assert (found.exceedance, found.likelihood) == (None, None)
    assert found.where[0].score == pytest.approx(log_odds(expected(kind, saved(kind))), abs=1e-3)


def expected(kind, folder):
    """The outputs of the library's own way from a work to a score, for its first window."""
    with torch.inference_mode():
        if kind == "image":
            from PIL import Image

            picture = Image.open(io.BytesIO(work(kind).read_at(0, 1 << 20))).convert("RGB")
            given = transformers.ViTImageProcessorPil.from_pretrained(folder)(
                images=picture, return_tensors="pt"
            )
            network = transformers.AutoModelForImageClassification
        elif kind == "audio":
            samples = np.frombuffer(work(kind).read_at(44, 160_000), "<i2") / np.float32(32768)
            given = transformers.AutoFeatureExtractor.from_pretrained(folder)(
                samples, sampling_rate=8000, return_tensors="pt"
            )
            network = transformers.AutoModelForAudioClassification
        else:
            text = work(kind).read_at(0, 1 << 20).decode()
            from detectors.plugins.preparations import stretches

            (_, first), *_ = stretches(text, 62 * 3)
            given = transformers.AutoTokenizer.from_pretrained(folder)(
                first, truncation=True, max_length=62, return_tensors="pt"
            )
            network = transformers.AutoModelForSequenceClassification
        return network.from_pretrained(folder).eval()(**given).logits[0]


@pytest.mark.parametrize("kind", KINDS)
def test_it_informs_and_never_decides(saved, models, kind, tmp_path):
    from service.policy import DEFAULT
    from service.verdict.detections import decision_of

    add(str(saved(kind)), name=f"my-{kind}")
    detector = detectors.load(f"my-{kind}")
    ((found,),) = detector.detect([work(kind)])
    detector.close()
    assert not detector.is_calibrated
    assert decision_of([found], DEFAULT).outcome != "synthetic"


def test_another_family_of_networks_is_no_other_door(models, tmp_path):
    add(str(classifiers.residual(tmp_path / "resnet")))
    detector = detectors.load("resnet")
    ((found,),) = detector.detect([work("image")])
    assert found.kind == "detection"
    data = io.BytesIO()
    from PIL import Image

    Image.new("RGB", (20_000, 1)).save(data, "PNG")
    ((oblong,),) = detector.detect([Asset.from_bytes(data.getvalue(), name="x.png")])
    detector.close()
    assert (oblong.kind, oblong.reason) == ("not_run", "unsupported_media")


def test_hostile_works_raise_nothing(saved, models):
    add(str(saved("audio")), name="my-audio")
    add(str(saved("text")), name="my-text")
    sound, text = detectors.load("my-audio"), detectors.load("my-text")
    short = Asset.from_bytes(tiny.sound(synthetic=True, seed=1, seconds=0.01), name="w.wav")
    broken = Asset.from_bytes(b"fLaC" + bytes(100), name="w.flac")
    (one,), (two,) = sound.detect([short, broken])
    assert one.abstain == "too_short"
    assert two.kind == "not_run"
    odd = "".join(map(chr, (*range(1, 40), 0x202E, 0xFFFD, 0x10FFFF))) * 50
    (three,), (four,) = text.detect(
        [Asset.from_bytes(odd.encode(), name="w.txt"), Asset.from_bytes(b"   ", name="w.txt")]
    )
    assert three.kind == "detection"
    assert four.kind == "not_run"
    sound.close()
    text.close()


# What is refused


@pytest.mark.parametrize("name", ["config.json", "tokenizer_config.json"])
@pytest.mark.parametrize("key", ["auto_map", "custom_pipelines"])
def test_code_of_a_model_is_refused(classifier, models, name, key):
    change(classifier, name, **{key: {"AutoModel": "modeling.Evil"}})
    with pytest.raises(ModelError, match="names code of its own"):
        add(str(classifier))


def test_code_is_refused_however_deep_it_stands(classifier, models):
    change(classifier, text_config={"more": [{"auto_map": {"AutoModel": "x.Y"}}]})
    with pytest.raises(ModelError, match="names code of its own"):
        add(str(classifier))


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"_attn_implementation": "somebody/kernels"}, "names something to fetch"),
        ({"quantization_config": {"quant_method": "other"}}, "loader of its own"),
        ({"architectures": ["EvilForSequenceClassification"]}, "is no audio, image or sequence"),
        ({"architectures": None}, "is no audio, image or sequence"),
        ({"model_type": "unheard-of"}, "is no audio, image or sequence"),
        ({"architecture": "hf-hub:somebody/weights"}, "names something to fetch"),
        ({"id2label": {}}, "one label or more"),
        ({"id2label": {"0": "fake", "1": "fake"}}, "a name of its own"),
        ({"id2label": {"1": "fake", "2": "real"}}, "not numbered from 0"),
    ],
)
def test_a_configuration_that_is_not_run_is_refused(classifier, models, fields, said):
    change(classifier, **fields)
    with pytest.raises(ModelError, match=said):
        add(str(classifier))
    assert list(models.iterdir()) == []


def test_weights_as_a_pickle_are_refused(classifier, models):
    (classifier / "model.safetensors").unlink()
    (classifier / "pytorch_model.bin").write_bytes(pickle.dumps({}))
    with pytest.raises(ModelError, match=r"only pytorch_model\.bin, which can run code"):
        add(str(classifier))


def test_a_pickle_that_is_called_safetensors_is_refused(classifier, models):
    (classifier / "model.safetensors").write_bytes(pickle.dumps({"a": 1}))
    with pytest.raises(ModelError):
        add(str(classifier))


def test_weights_that_are_not_all_there_are_refused(classifier, models):
    from safetensors.numpy import load_file, save_file

    weights = load_file(classifier / "model.safetensors")
    del weights["classifier.weight"]
    save_file(weights, classifier / "model.safetensors", {"format": "pt"})
    with pytest.raises(ModelError, match=r"the weights lack classifier\.weight"):
        add(str(classifier))


def test_a_link_out_of_the_folder_is_refused(classifier, models, tmp_path):
    (classifier / "config.json").rename(tmp_path / "config.json")
    (classifier / "config.json").symlink_to(tmp_path / "config.json")
    with pytest.raises(ModelError, match="leads out of the folder"):
        add(str(classifier))


def test_only_data_is_copied(classifier, models):
    (classifier / "modeling_evil.py").write_text("raise SystemExit")
    (classifier / "README.md").write_text("hello")
    (classifier / "pytorch_model.bin").write_bytes(pickle.dumps({}))
    model = add(str(classifier), name="clean")
    found = {one.suffix for one in model.path.iterdir()}
    assert found == {".json", ".safetensors"}
    assert not (model.path / "README.md").exists()


def test_an_older_tokenizer_is_written_anew(classifier, saved, models):
    words = json.loads((classifier / "tokenizer.json").read_text())["model"]["vocab"]
    (classifier / "vocab.txt").write_text("\n".join(sorted(words, key=words.get)) + "\n")
    for name in ("tokenizer.json", "tokenizer_config.json"):
        (classifier / name).unlink()
    told = {"tokenizer_class": "BertTokenizer", "model_max_length": 64}
    (classifier / "tokenizer_config.json").write_text(json.dumps(told))
    add(str(saved("text")), name="newer")
    older = add(str(classifier), name="older")
    assert older.has("tokenizer.json")
    assert not (older.path / "vocab.txt").exists()
    scores = []
    for name in ("newer", "older"):
        detector = detectors.load(name)
        ((found,),) = detector.detect([work("text")])
        detector.close()
        scores.append(found.score)
    assert scores[0] == pytest.approx(scores[1], abs=1e-5)


def test_weights_that_were_changed_later_never_load(saved, models):
    model = add(str(saved("text")), name="my-text")
    path = model.path / "model.safetensors"
    data = bytearray(path.read_bytes())
    data[-1] ^= 1
    path.write_bytes(data)
    detector = WindowedDetector(model.path)
    with pytest.raises(ModelError, match="its SHA-256 is"):
        list(detector.detect([work("text")]))
    detector.close()


# Which label is which


@pytest.mark.parametrize(
    ("labels", "meaning"),
    [
        (["human", "fake"], ("fake",)),
        (["Real", "AI-generated"], ("AI-generated",)),
        (["bonafide", "spoof"], ("spoof",)),
        (["human", "gpt", "chatgpt"], ("gpt", "chatgpt")),
        (["LABEL_0", "LABEL_1"], None),
        (["real", "other"], None),
        (["fake", "deepfake"], None),
        (["not human", "human"], None),
        (["human", "humanized ai"], ("humanized ai",)),
    ],
)
def test_labels_tell_only_if_all_of_them_do(labels, meaning):
    assert synthetic_labels(labels) == meaning


def test_it_is_asked_which_label_means_synthetic(models, tmp_path):
    folder = classifiers.image(tmp_path / "dumb", {0: "LABEL_0", 1: "LABEL_1"})
    with pytest.raises(ConfigError, match="cannot be told from: LABEL_0, LABEL_1") as error:
        add(str(folder))
    assert "--synthetic-label" in error.value.hint
    with pytest.raises(ConfigError, match="no label 'fake'"):
        add(str(folder), synthetic=["fake"])
    add(str(folder), name="first", synthetic=["LABEL_0"])
    add(str(folder), name="second", synthetic=["LABEL_1"])
    scores = []
    for name in ("first", "second"):
        detector = detectors.load(name)
        ((found,),) = detector.detect([work("image")])
        detector.close()
        scores.append(found.score)
    assert scores[0] == pytest.approx(-scores[1])


# What is not installed


def test_without_torch_it_says_so_and_raises_nothing(saved, models, monkeypatch):
    from detectors.plugins import huggingface

    add(str(saved("text")), name="my-text")
    detector = WindowedDetector(models / "my-text")
    monkeypatch.setattr(huggingface, "lacking", lambda: huggingface.LACKING)
    ((found,),) = detector.detect([work("text")])
    assert (found.kind, found.reason) == ("not_run", "not_installed")
    assert "pip install" in found.detail
