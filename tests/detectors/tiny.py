"""Complete detectors, as small as they come: works of two makers, preparations, recipes.

People's works are noise, scribbles and odd words; the machine's are tones, slopes and a phrase that
it repeats. Anything can tell them apart: what is tested with them is the frame, not the features.
"""

from __future__ import annotations

import csv
import io
import json
import random
import time
import wave
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from detectors.models.preparation import Prepared, Window
from detectors.models.records import NetworkPlace
from detectors.training.recipe import Plan, balanced
from provenance.asset import Asset, Modality
from provenance.limits import DEFAULT

RATE = 8000
SLOW_BYTES = 100_000
SOURCES = ("ann", "bob", "cyd", "dee")
FAMILIES = ("alpha", "beta", "gamma")

ENTRY_POINTS = """\
[assay.preparations]
tiny-sound = tests.detectors.tiny:TinySound
tiny-picture = tests.detectors.tiny:TinyPicture
tiny-text = tests.detectors.tiny:TinyText
tiny-slow = tests.detectors.tiny:TinySlow
tiny-quieter = tests.detectors.tiny:TinyQuieter

[assay.recipes]
tiny-sound = tests.detectors.tiny:SoundRecipe
tiny-picture = tests.detectors.tiny:PictureRecipe
tiny-text = tests.detectors.tiny:TextRecipe
"""


def register(folder: Path) -> Path:
    """What an installer would leave of a plug-in with these; to be put on `sys.path`."""
    about = folder / "tiny_detectors-1.0.dist-info"
    about.mkdir(parents=True)
    (about / "METADATA").write_text("Metadata-Version: 2.1\nName: tiny-detectors\nVersion: 1.0\n")
    (about / "entry_points.txt").write_text(ENTRY_POINTS)
    return folder


# Works


def sound(*, synthetic: bool, seed: int, seconds: float = 3.0) -> bytes:
    chance = np.random.default_rng(seed)
    count = int(seconds * RATE)
    if synthetic:
        pitch = chance.uniform(200, 900)
        samples = 0.5 * np.sin(2 * np.pi * pitch * np.arange(count) / RATE)
        samples += chance.normal(0, 0.02, count)
    else:
        samples = chance.normal(0, chance.uniform(0.1, 0.3), count)
    held = io.BytesIO()
    with wave.open(held, "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(RATE)
        file.writeframes((np.clip(samples, -1, 1) * 32767).astype("<i2").tobytes())
    return held.getvalue()


def picture(*, synthetic: bool, seed: int) -> bytes:
    from PIL import Image

    chance = np.random.default_rng(seed)
    if synthetic:
        slope = np.linspace(0, chance.uniform(100, 250), 96)
        pixels = np.repeat((slope[None, :, None] + slope[:, None, None]) / 2, 3, axis=2)
        pixels = pixels + chance.normal(0, 1, pixels.shape)
    else:
        pixels = chance.uniform(0, 255, (96, 96, 3))
    held = io.BytesIO()
    Image.fromarray(np.clip(pixels, 0, 255).astype(np.uint8)).save(held, "PNG")
    return held.getvalue()


def text(*, synthetic: bool, seed: int) -> str:
    chance = random.Random(seed)  # noqa: S311 - of words
    letters = "abcdefghijklmnopqrstuvwxyz"
    words = ["".join(chance.choices(letters, k=chance.randint(2, 9))) for _ in range(120)]
    if synthetic:
        for place in range(0, len(words), 4):
            words[place] = "delve"
    return " ".join(words)


WORKS = {"sound": sound, "picture": picture}
ENDINGS = {"sound": ".wav", "picture": ".png"}


@dataclass(frozen=True)
class Row:
    synthetic: bool
    origin: str
    seed: int
    licence: str = ""


def rows(each: int = 8) -> list[Row]:
    human = [
        Row(False, source, 1000 * n + k) for n, source in enumerate(SOURCES) for k in range(each)
    ]
    made = [
        Row(True, name, 9000 + 1000 * n + k) for n, name in enumerate(FAMILIES) for k in range(each)
    ]
    return human + made


def manifest(folder: Path, kind: str, each: int = 8) -> Path:
    """A manifest with its works, for one kind of work."""
    folder.mkdir(parents=True, exist_ok=True)
    if kind == "text":
        path = folder / "works.jsonl"
        lines = (
            {
                "id": f"{one.origin}-{one.seed}",
                "text": text(synthetic=one.synthetic, seed=one.seed),
                "label": "ai" if one.synthetic else "human",
                "source": one.origin,
                "family": one.origin if one.synthetic else None,
                "licence": "CC0-1.0",
            }
            for one in rows(each)
        )
        path.write_text("".join(json.dumps(line) + "\n" for line in lines))
        return path
    path = folder / "works.csv"
    with path.open("w", newline="") as file:
        table = csv.writer(file)
        table.writerow(("path", "label", "source", "family", "licence"))
        for one in rows(each):
            name = f"{one.origin}-{one.seed}{ENDINGS[kind]}"
            (folder / name).write_bytes(WORKS[kind](synthetic=one.synthetic, seed=one.seed))
            family = one.origin if one.synthetic else ""
            label = "ai" if one.synthetic else "human"
            table.writerow((name, label, one.origin, family, one.licence))
    return path


# Preparations


class TinySound:
    name, version, modality = "tiny-sound", "1", Modality.AUDIO

    def prepare(self, asset: Asset) -> Prepared:
        from detectors.decode.audio import open_sound

        windows, features = [], []
        with open_sound(asset, DEFAULT) as heard:
            for start, samples in heard.windows(rate=RATE, seconds=1.0, hop=1.0, most=20):
                one = samples[0]
                spectrum = np.abs(np.fft.rfft(one)) + 1e-6
                flatness = np.exp(np.log(spectrum).mean()) / spectrum.mean()
                crossings = np.mean(np.diff(np.sign(one)) != 0)
                windows.append(Window("second", range=(start, start + one.size / RATE)))
                features.append((flatness, crossings, float(np.abs(one).mean())))
            facts = heard.facts
        return Prepared(tuple(windows), np.array(features, np.float32), "all", facts)


class TinySlow(TinySound):
    name = "tiny-slow"

    def prepare(self, asset: Asset) -> Prepared:
        if asset.size > SLOW_BYTES:
            time.sleep(60)
        return super().prepare(asset)


class TinyQuieter(TinySound):
    """Windows as they would be of the same work with its volume turned down."""

    name = "tiny-quieter"

    def __init__(self, gain: float = 1.0) -> None:
        self._gain = gain

    def prepare(self, asset: Asset) -> Prepared:
        found = super().prepare(asset)
        scale = np.array([1, 1, self._gain], np.float32)
        return Prepared(found.windows, found.features * scale, found.group, found.facts)


class TinyPicture:
    name, version, modality = "tiny-picture", "1", Modality.IMAGE

    def prepare(self, asset: Asset) -> Prepared:
        from detectors.decode.image import picture as decoded

        pixels, facts = decoded(asset, DEFAULT)
        grey = pixels.mean(axis=2) / 255
        rows, columns = grey.shape
        windows, features = [], []
        for top in range(0, rows - 31, 32):
            for left in range(0, columns - 31, 32):
                tile = grey[top : top + 32, left : left + 32]
                features.append((np.abs(np.diff(tile)).mean(), tile.std()))
                windows.append(Window("pixel", box=(left, top, left + 32, top + 32)))
        return Prepared(tuple(windows), np.array(features, np.float32), "all", facts)


class TinyText:
    name, version, modality = "tiny-text", "1", Modality.TEXT

    def prepare(self, asset: Asset) -> Prepared:
        from detectors.decode.text import passages

        found, facts = passages(asset, DEFAULT)
        windows, features = [], []
        for one in found:
            for start in range(0, len(one.text), 200):
                piece = one.text[start : start + 200]
                words = piece.split()
                features.append(
                    (len(set(words)) / max(1, len(words)), piece.count("v") / len(piece))
                )
                place = float(one.start + start)
                windows.append(Window("character", range=(place, place + len(piece))))
        return Prepared(tuple(windows), np.array(features, np.float32), "all", facts)


# Recipes


class Logistic:
    """Standardised features, logistic regression; scikit-learn."""

    name = preparation = "tiny"
    plan = Plan(
        description="Tells noise from tones; a test.",
        network=NetworkPlace(output="probabilities", column=1),
    )

    def fit(self, features: Any, labels: Any, groups: Any, seed: int) -> Any:
        from sklearn.linear_model import LogisticRegression
        from sklearn.pipeline import make_pipeline
        from sklearn.preprocessing import StandardScaler

        fitted = make_pipeline(StandardScaler(), LogisticRegression(random_state=seed))
        fitted.fit(features, labels, logisticregression__sample_weight=balanced(labels, groups))
        return Regression(fitted, features.shape[1])

    def export(self, fitted: Any) -> bytes:
        from skl2onnx import to_onnx
        from skl2onnx.common.data_types import FloatTensorType

        last = fitted.pipeline.steps[-1][1]
        graph = to_onnx(
            fitted.pipeline,
            initial_types=[("features", FloatTensorType([None, fitted.width]))],
            options={id(last): {"raw_scores": True, "zipmap": False}},
        )
        return graph.SerializeToString()


@dataclass
class Regression:
    pipeline: Any
    width: int

    def logits(self, features: Any) -> Any:
        return self.pipeline.decision_function(features).astype(np.float32)


class SoundRecipe(Logistic):
    name = preparation = "tiny-sound"


class PictureRecipe(Logistic):
    name = preparation = "tiny-picture"


class TextRecipe(Logistic):
    name = preparation = "tiny-text"


RECIPES = {"sound": SoundRecipe, "picture": PictureRecipe, "text": TextRecipe}
