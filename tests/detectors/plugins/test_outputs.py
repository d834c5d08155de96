"""How outputs become log-odds: softmax of labels, sigmoid of one output or of several."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from pydantic import ValidationError

import detectors
from detectors.models.records import MODEL, Classifier, ModelRecord, Outputs
from detectors.models.scorer import scorer_of
from detectors.plugins.adding import add
from detectors.plugins.labels import Meaning, meaning
from provenance.asset import Asset
from provenance.errors import ConfigError, ModelError
from tests.detectors import tiny
from tests.detectors.plugins import classifiers, families
from tests.detectors.plugins.test_families import library_outputs, scores

torch = pytest.importorskip("torch")
transformers = pytest.importorskip("transformers")

TEXT = "the quick brown fox jumps over the lazy dog"


@pytest.fixture
def made(models, tmp_path):
    """Makes a text classifier of these labels, with weights so large that its outputs differ."""

    def make(*labels, **about) -> Path:
        folder = classifiers.sequence(tmp_path / "made", dict(enumerate(labels)))
        network = transformers.AutoModelForSequenceClassification.from_pretrained(folder)
        families.saved(network, transformers.AutoTokenizer.from_pretrained(folder), folder)
        config = json.loads((folder / "config.json").read_text())
        (folder / "config.json").write_text(json.dumps(config | about))
        return folder

    return make


def score(model):
    _, (found,) = scores(model, Asset.from_bytes(TEXT.encode(), name="w.txt"))
    return float(found)


def outputs(folder):
    """What the library's own network gives for the text."""
    tokenizer = transformers.AutoTokenizer.from_pretrained(folder)
    network = transformers.AutoModelForSequenceClassification
    return library_outputs(folder, network, tokenizer(TEXT, return_tensors="pt"))


def test_one_output_is_the_log_odds(made):
    folder = made("LABEL_0")
    (wanted,) = outputs(folder)
    assert abs(wanted) > 0.01
    straight = add(str(folder), name="straight", synthetic=["LABEL_0"])
    turned = add(str(folder), name="turned", inverted=True)
    assert straight.record.classifier.outputs is Outputs.SIGMOID
    assert (turned.record.classifier.synthetic, turned.record.classifier.inverted) == ((), True)
    assert score(straight) == pytest.approx(wanted, abs=1e-5)
    assert score(turned) == pytest.approx(-wanted, abs=1e-5)


def test_it_is_asked_what_one_output_means(made):
    folder = made("LABEL_0")
    with pytest.raises(ConfigError, match="cannot be told from: LABEL_0") as error:
        add(str(folder))
    assert "--synthetic-label LABEL_0, or with --inverted" in error.value.hint


def test_the_command_says_what_a_higher_score_means(made):
    from typer.testing import CliRunner

    from service.cli.models.app import app

    done = CliRunner().invoke(app, ["add", str(made("LABEL_0")), "--inverted"])
    assert done.exit_code == 0
    assert done.stdout.startswith("made  text  sha256:")
    assert "a higher score means: less of LABEL_0" in done.stderr


@pytest.mark.parametrize(("label", "sign"), [("AI-generated", 1), ("human", -1)])
def test_the_label_of_one_output_may_say_it(made, label, sign):
    folder = made(label)
    (wanted,) = outputs(folder)
    assert score(add(str(folder))) == pytest.approx(sign * wanted, abs=1e-5)


def test_a_whole_work_is_scored_by_one_output(models, tmp_path):
    folder = classifiers.image(tmp_path / "one", {0: "LABEL_0"})
    add(str(folder), name="one", inverted=True)
    detector = detectors.load("one")
    work = Asset.from_bytes(tiny.picture(synthetic=True, seed=1), name="w.png")
    ((found,),) = detector.detect([work])
    detector.close()
    assert (found.kind, found.exceedance) == ("detection", None)
    from PIL import Image

    given = transformers.ViTImageProcessorPil.from_pretrained(folder)(
        Image.fromarray(np.asarray(Image.open(_bytes(work)).convert("RGB"))), return_tensors="pt"
    )
    (wanted,) = library_outputs(folder, transformers.AutoModelForImageClassification, given)
    assert found.score == pytest.approx(-wanted, abs=1e-4)


def _bytes(work):
    import io

    return io.BytesIO(work.read_at(0, 1 << 20))


MULTI = {"problem_type": "multi_label_classification"}


def test_of_several_outputs_the_largest_counts(made):
    folder = made("human", "gpt", "diffusion", **MULTI)
    wanted = outputs(folder)
    model = add(str(folder))
    assert model.record.classifier.synthetic == ("gpt", "diffusion")
    assert score(model) == pytest.approx(max(wanted[1:]), abs=1e-5)
    last = add(str(folder), name="last", synthetic=["diffusion"])
    assert score(last) == pytest.approx(wanted[2], abs=1e-5)


def test_several_outputs_may_all_mean_synthetic(made):
    folder = made("gpt", "diffusion", **MULTI)
    with pytest.raises(ConfigError, match="cannot be told from: gpt, diffusion"):
        add(str(folder))
    model = add(str(folder), synthetic=["gpt", "diffusion"])
    assert score(model) == pytest.approx(max(outputs(folder)), abs=1e-5)


@pytest.mark.parametrize(
    ("labels", "fields", "said"),
    [
        (["LABEL_0"], {"problem_type": "regression"}, "estimates a quantity"),
        (["human", "fake"], {"problem_type": "regression"}, "estimates a quantity"),
        (["LABEL_0"], {"problem_type": "single_label_classification"}, "outputs say nothing"),
        (["human", "fake"], {"problem_type": "ranking"}, "'ranking' is not known"),
    ],
)
def test_outputs_that_are_no_log_odds_are_refused(made, models, labels, fields, said):
    with pytest.raises(ModelError, match=said):
        add(str(made(*labels, **fields)), synthetic=labels[:1])
    assert list(models.iterdir()) == []


@pytest.mark.parametrize(
    ("labels", "how", "asked", "inverted"),
    [
        (["human", "fake"], Outputs.SOFTMAX, (), True),
        (["LABEL_0"], Outputs.SIGMOID, ("LABEL_0",), True),
        (["LABEL_0"], Outputs.SIGMOID, ("LABEL_1",), False),
        (["a", "b"], Outputs.SOFTMAX, ("a", "b"), False),
    ],
)
def test_what_is_said_of_outputs_must_fit(labels, how, asked, inverted):
    with pytest.raises(ConfigError):
        meaning(labels, how, asked=asked, inverted=inverted)


def test_what_is_said_counts_more_than_the_label():
    assert meaning(["human"], Outputs.SIGMOID, asked=("human",), inverted=False) == Meaning(
        ("human",)
    )


# Records


def test_a_record_without_the_field_reads_as_softmax(made):
    model = add(str(made("human", "fake")))
    before = score(model)
    written = json.loads((model.path / MODEL).read_text())
    for field in ("outputs", "inverted"):
        del written["classifier"][field]
    record = ModelRecord.read(json.dumps(written).encode(), shown="x")
    assert record.classifier.outputs is Outputs.SOFTMAX
    (model.path / MODEL).write_text(json.dumps(written))
    from detectors.models.folder import open_model

    old = open_model(model.path)
    assert old.record == record
    assert score(old) == before


@pytest.mark.parametrize(
    "fields",
    [
        {"labels": ("a", "b"), "synthetic": ("a", "b")},
        {"labels": ("a", "b"), "synthetic": ()},
        {"labels": ("a",), "synthetic": ("b",), "outputs": "sigmoid"},
        {"labels": ("a",), "synthetic": ("a",)},
        {"labels": ("a",), "synthetic": ()},
        {"labels": ("a",), "synthetic": (), "inverted": True},
        {"labels": ("a",), "synthetic": ("a",), "outputs": "sigmoid", "inverted": True},
        {"labels": ("a", "b"), "synthetic": (), "outputs": "sigmoid", "inverted": True},
        {"labels": ("a", "b"), "synthetic": ("a",), "outputs": "argmax"},
    ],
)
def test_records_that_say_nothing_plain_are_refused(fields):
    with pytest.raises(ValidationError):
        Classifier(origin="x", **fields)


# How weights are stored


@pytest.mark.parametrize("half", ["bfloat16", "float16"])
def test_half_precision_is_run_in_single(made, half):
    folder = made("human", "fake")
    network = transformers.AutoModelForSequenceClassification.from_pretrained(
        folder, dtype=getattr(torch, half)
    )
    network.save_pretrained(folder)
    assert json.loads((folder / "config.json").read_text())["dtype"] == half
    model = add(str(folder))
    # The rounded weights, computed with in single precision.
    human, fake = outputs(folder)
    assert score(model) == pytest.approx(fake - human, abs=1e-5)
    with torch.inference_mode():
        given = transformers.AutoTokenizer.from_pretrained(folder)(TEXT, return_tensors="pt")
        rough = network.eval()(**given).logits[0].float()
    assert abs(float(rough[1] - rough[0]) - score(model)) > 1e-4


@pytest.mark.parametrize("kind", ["I8", "U8", "F8_E4M3"])
def test_quantised_weights_are_refused(made, models, kind):
    from safetensors.torch import load_file, save_file

    types = {"I8": torch.int8, "U8": torch.uint8, "F8_E4M3": torch.float8_e4m3fn}
    folder = made("human", "fake")
    weights = load_file(folder / "model.safetensors")
    weights["classifier.weight"] = weights["classifier.weight"].to(types[kind])
    save_file(weights, folder / "model.safetensors", {"format": "pt"})
    with pytest.raises(ModelError, match=rf"is quantised \(classifier\.weight is {kind}\)"):
        add(str(folder))
    assert list(models.iterdir()) == []


@pytest.mark.parametrize("key", ["quantization_config", "quantization", "compression_config"])
def test_a_quantiser_is_refused(made, key):
    with pytest.raises(ModelError, match="quantised, which needs a loader of its own"):
        add(str(made("human", "fake", **{key: {"quant_method": "other", "bits": 4}})))


def test_a_scorer_refuses_outputs_of_another_shape(made):
    model = add(str(made("human", "fake")))
    written = json.loads((model.path / MODEL).read_text())
    written["classifier"]["labels"] = ["human", "fake", "other"]
    (model.path / MODEL).write_text(json.dumps(written))
    from detectors.models.folder import open_model

    with pytest.raises(ModelError, match="outputs of shape"):
        scorer_of(open_model(model.path)).logits(np.full((1, 30), 97, np.int32))
