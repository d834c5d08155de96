"""Detectors and works that the tests of evaluation are about."""

from __future__ import annotations

import csv
import hashlib
import io
import re
from pathlib import Path

import numpy as np
from PIL import Image

from detectors.protocol import Card
from provenance.asset import Modality
from provenance.evidence import AbstainReason, Detection, Exceedance, NotRun, NotRunReason

GROUP = {"group": "all", "n_works": 1000, "n_sources": 10}


class Reading:
    """Scores a text by the number it begins with; the lower, the more human.

    `abstain` and `refuse` in a text make it do that; `break` makes it fail; each call is counted.
    """

    def __init__(self, asked: Path | None = None, modality: Modality = Modality.TEXT) -> None:
        self.asked = asked
        self.seen: list[str] = []
        self.modality = modality

    @property
    def card(self) -> Card:
        return Card(
            detector="reading",
            modalities=(self.modality,),
            model="sha256:" + "0" * 64,
            description="Reads the score that the text states.",
            licence="Apache-2.0",
        )

    def detect(self, assets):
        for asset in assets:
            text = asset.read_at(0, asset.size).decode()
            self.seen.append(text)
            if self.asked is not None:
                with self.asked.open("a") as file:
                    file.write(text.split("\n")[0] + "\n")
            if "break" in text:
                raise RuntimeError("as plug-ins do")
            if "refuse" in text:
                yield (
                    NotRun(source="reading", check="detect", reason=NotRunReason.LIMIT, detail="."),
                )
                continue
            yield (self.detection(stated(text), abstain="abstain" in text),)

    def detection(self, score, *, abstain=False):
        upper = min(1.0, max(0.003, 1 - score))
        return Detection(
            source="reading",
            detector="reading",
            model=self.card.model,
            score=score,
            likelihood=min(max(score, 0.01), 0.99),
            exceedance=Exceedance(value=min(1.0, max(0.0, 1 - score)), upper=upper, **GROUP),
            abstain=AbstainReason.TOO_SHORT if abstain else None,
        )


def stated(text):
    """The first number that stands in a text, whatever became of the rest of it."""
    found = re.search(r"\d\.\d+", text)
    return float(found[0]) if found else 0.5


class Brightness:
    """Scores a picture by its mean brightness, 0 to 1."""

    @property
    def card(self) -> Card:
        return Reading(modality=Modality.IMAGE).card

    def detect(self, assets):
        for asset in assets:
            with Image.open(asset.open()) as picture:
                bright = float(np.asarray(picture.convert("L"), np.float64).mean() / 255)
            yield (Reading().detection(round(bright, 4)),)


def manifest(path, rows, columns=("path", "label", "id", "source", "family", "song")):
    with path.open("w", encoding="utf-8", newline="") as file:
        written = csv.DictWriter(file, columns, restval="")
        written.writeheader()
        written.writerows(rows)
    return path


def texts(folder, *, sources=4, families=4, each=60, seed=0):
    """A manifest of texts: machines score above .99 in nine of ten, humans anywhere below."""
    rng = np.random.default_rng(seed)
    rows = []
    (folder / "works").mkdir(parents=True, exist_ok=True)
    for label, names in (("human", sources), ("ai", families)):
        for name in range(names):
            for number in range(each):
                sure = rng.random() < 0.9
                score = rng.uniform(0.995, 1) if label == "ai" and sure else rng.uniform(0, 0.98)
                work = f"works/{label}-{name}-{number}.txt"
                body = " ".join(rng.choice(WORDS, 40))
                (folder / work).write_text(f"{score:.4f} of {label} {name}\n{body}\n")
                rows.append(
                    {
                        "path": work,
                        "label": label,
                        "source": f"{label}-{name}",
                        "family": f"family-{name}" if label == "ai" else "",
                    }
                )
    return manifest(folder / "manifest.csv", rows)


WORDS = np.array(
    " ".join(
        (
            "the of and to in a is that for it as was with be by on not he his but at are this",
            "have from or had an they which one you were all her she there would their we him",
            "been has when who will no more if out so up said what its about than into them can",
            "only other time new some could these two may first then do any like my now over such",
            "our man me even most made after also well before must through back years where much",
            "your way down should because long each just those people how too little state good",
            "very make world still see own men work here between both life being under never day",
            "same another know while last might us great old year off come since against go came",
            "right used take three",
        )
    ).split()
)


def picture(rng, *, size=(64, 64), level=128, spread=40):
    noise = rng.normal(level, spread, (size[1] // 8, size[0] // 8, 3)).clip(0, 255)
    small = Image.fromarray(noise.astype(np.uint8))
    return small.resize(size, Image.Resampling.BICUBIC)


def saved(image, format_, **how):
    held = io.BytesIO()
    image.save(held, format_, **how)
    return held.getvalue()


def rows_of(path):
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def digests(folder):
    return {
        str(one.relative_to(folder)): hashlib.sha256(one.read_bytes()).hexdigest()
        for one in sorted(folder.rglob("*"))
        if one.is_file()
    }
