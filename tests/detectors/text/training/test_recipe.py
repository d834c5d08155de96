"""The recipe of the detector of texts: from a manifest to a model that serves, on made texts."""

from __future__ import annotations

import json
import re

import numpy as np
import pytest

pytest.importorskip("onnx")
pytest.importorskip("sklearn")
pytest.importorskip("torch")

from detectors.models.windowed import WindowedDetector
from detectors.text.grams import BUCKETS
from detectors.text.pieces import vocabulary
from detectors.text.style import style_names
from detectors.text.text import GRAMS, TextWindows
from detectors.text.training.e5 import E5
from detectors.text.training.encoder import Fitting
from detectors.text.training.recipe import TextRecipe
from detectors.training.run import train
from provenance.asset import Asset
from provenance.evidence import AbstainReason, Detection, NotRun

PEOPLE = (
    "{who} walked down to the river in the {when} and looked at the water. It was cold, and "
    "nobody else had come. A dog barked somewhere. {who} thought of the {what} and laughed, "
    "then sat on a stone for a while and said nothing at all. "
)
MACHINES = (
    "The {what} stands as a testament to the enduring spirit of {who}, weaving together a rich "
    "tapestry of memory, hope, and quiet resilience. It is not merely a moment in the {when}, "
    "but a profound reminder that every journey matters, however delicate it may seem. "
)
WHO = ("Anna", "Peter", "Marie", "Tom", "Ruth", "Paul", "Ines", "Karl", "Lena", "Otto")
WHEN = ("morning", "evening", "winter", "summer", "night", "spring", "autumn", "dusk")
WHAT = ("bridge", "letter", "garden", "train", "house", "window", "table", "lantern", "boat")


def text_of(pattern, seed):
    rng = np.random.default_rng(seed)
    return "".join(
        pattern.format(who=rng.choice(WHO), when=rng.choice(WHEN), what=rng.choice(WHAT))
        for _ in range(4)
    )


def small_encoder(width=16, heads=2, inner=32):
    """Of random weights, with the pieces that the recipe keeps."""
    rng = np.random.default_rng(0)
    pieces = vocabulary()

    def some(*shape):
        return rng.normal(0, 0.3, shape).astype(np.float32).ravel()

    tensors = {
        "emb.word": some(len(pieces), width),
        "emb.pos": some(512, width),
        "emb.type": some(2, width),
        "emb.ln.w": np.ones(width, np.float32),
        "emb.ln.b": np.zeros(width, np.float32),
    }
    for name in ("q", "k", "v", "ao"):
        tensors[f"l0.{name}.w"], tensors[f"l0.{name}.b"] = some(width, width), some(width)
    tensors["l0.fi.w"], tensors["l0.fi.b"] = some(inner, width), some(inner)
    tensors["l0.fo.w"], tensors["l0.fo.b"] = some(width, inner), some(width)
    for name in ("aln", "oln"):
        tensors[f"l0.{name}.w"] = np.ones(width, np.float32)
        tensors[f"l0.{name}.b"] = np.zeros(width, np.float32)
    return E5(width, heads, 1, 1e-12, pieces, tensors)


@pytest.fixture(scope="module")
def model(tmp_path_factory):
    folder = tmp_path_factory.mktemp("texts")
    rows = []
    for number in range(48):
        machine = bool(number % 2)
        row = {
            "text": text_of(MACHINES if machine else PEOPLE, number),
            "label": "ai" if machine else "human",
            "source": f"place{number // 2 % 3}",
            "language": "en",
        }
        rows.append(row | ({"family": f"family{number // 2 % 3}"} if machine else {}))
    manifest = folder / "texts.jsonl"
    manifest.write_text("".join(json.dumps(row) + "\n" for row in rows))
    recipe = TextRecipe(Fitting(layers=1, windows=640), small_encoder())
    return train(manifest, recipe, folder / "model", workers=1).model


@pytest.fixture(scope="module")
def detector(model):
    made = WindowedDetector(model, workers=1)
    yield made
    made.close()


def detect(detector, *texts):
    assets = [Asset.from_bytes(one.encode(), name="a.txt") for one in texts]
    return [one for (one,) in detector.detect(assets)]


def test_a_model_is_made_and_tells_the_two_apart(detector):
    human, machine = detect(detector, text_of(PEOPLE, 901), text_of(MACHINES, 902))
    assert isinstance(human, Detection)
    assert machine.score > human.score
    assert machine.exceedance.group == "all"  # of fewer than 300 works a language is no group


def test_what_is_disguised_scores_the_same(detector):
    plain = text_of(MACHINES, 903)
    disguised = [
        plain.upper(),
        plain.replace("a", "\u0430").replace("e", "\u0435"),
        plain.replace(" ", "  \n"),
        "\u200b".join(plain),
        plain.replace(",", "\u200d,").replace(". ", ".\u00a0"),
    ]
    scores = [one.score for one in detect(detector, plain, *disguised)]
    assert scores == pytest.approx([scores[0]] * len(scores), abs=1e-6)


def test_a_window_scores_the_same_in_any_company(model):
    from detectors.models.scorer import scorer_of

    rows = (
        TextWindows()
        .prepare(
            Asset.from_bytes((text_of(PEOPLE, 1) + text_of(MACHINES, 2)).encode(), name="a.txt")
        )
        .features
    )
    scorer = scorer_of(model)
    together = scorer.logits(rows)
    alone = [scorer.logits(rows[place : place + 1])[0] for place in range(len(rows))]
    assert len(rows) > 2
    assert together.tolist() == [float(one) for one in alone]


def test_it_tells_which_runs_of_words_and_numbers_of_style_spoke(detector):
    text = text_of(MACHINES, 904)
    (found,) = detect(detector, text)
    runs = {one.name[4:]: one.value for one in found.features if one.name.startswith("run:")}
    style = {one.name[6:]: one.value for one in found.features if one.name.startswith("style:")}
    usual = {one.name[6:] for one in found.features if one.name.startswith("usual:")}

    assert set(style) == usual
    assert usual <= set(style_names())
    plain = " ".join(re.findall(r"\w+(?:'\w+)?|[^\w\s]", text.lower()))
    assert max(runs.values()) > 0
    assert all(f" {run} " in f" {plain} " for run in runs)


def test_the_shares_of_runs_add_up_to_what_they_say(model):
    from detectors.models.scorer import scorer_of
    from detectors.text.spoke import RUN_LOGITS

    prepared = TextWindows().prepare(
        Asset.from_bytes(text_of(MACHINES, 905).encode(), name="a.txt")
    )
    scorer = scorer_of(model)
    rows = prepared.features[:1].copy()
    told = scorer._network.run({"features": rows}, [RUN_LOGITS])[RUN_LOGITS][0]
    count, taken = (rows[0, GRAMS] < BUCKETS).sum(), told > 0
    before = scorer.logits(rows)[0]
    rows[0, GRAMS][taken] = BUCKETS  # runs taken away, and their number with them
    left = told[~taken].sum() * np.sqrt(count / (count - taken.sum()))
    gone = before - scorer.logits(rows)[0]
    assert gone > 0.1
    assert gone == pytest.approx(told.sum() - left, rel=1e-3)


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        (text_of(PEOPLE, 5)[:420], AbstainReason.TOO_SHORT),
        ("Der Hund lief durch den Wald und niemand sah ihn dort am Abend. " * 12, "language"),
        ("The sea is calm to-night\nThe tide is full, the moon lies fair\n" * 12, "verse"),
    ],
)
def test_what_was_not_measured_abstains(detector, text, reason):
    wanted = {
        "language": AbstainReason.UNSUPPORTED_LANGUAGE,
        "verse": AbstainReason.REGISTER_UNMEASURED,
    }.get(reason, reason)
    (found,) = detect(detector, text)
    assert found.abstain is wanted
    assert found.likelihood is None
    assert not [one.name for one in found.features if ":" in one.name]  # nothing spoke


def test_under_fifty_words_nothing_is_said(detector):
    (found,) = detect(detector, "A few words, and no more of them than these.")
    assert isinstance(found, NotRun)
    assert "under 50" in found.detail


def test_what_is_set_aside_is_told_and_passages_stand_where_they_stood(detector):
    quoted = "\n".join(f"> {one}." for one in text_of(PEOPLE, 7).split(". ") if one)
    own = text_of(MACHINES, 8)
    text = f"{quoted}\n\n{own}"
    (found,) = detect(detector, text)
    told = {one.name: one.value for one in found.features}
    assert told["quotation_words"] > 80
    assert all(place.range[0] >= len(quoted) for place in found.where)
    first, last = found.where[0], found.where[-1]
    assert text[int(first.range[0]) :].startswith("The ")
    assert text[: int(last.range[1])].rstrip().endswith(".")
