"""Writes what an evaluation found: scores, figures, and the card for people with its plots.

    scores.csv          a row a work
    metrics.json        every figure, with its interval and the number of works behind it
    card.json           the model card with these figures; card.md and card.fr.md for people
    plots/*.svg         what the card shows
    overlap.csv         works the detector was trained on, where there are any
    attacks/*.csv       the same rows for each way of laundering

The same journals give the same bytes.
"""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterable, Sequence
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING, Any

from detectors.card import Figures, ModelCard
from detectors.card_words import LANGUAGES, word
from detectors.evaluation.metrics import said
from detectors.evaluation.scored import Scored, write_scores
from provenance.errors import ConfigError, InputError
from provenance.files import replacement, why

if TYPE_CHECKING:
    from detectors.protocol import Detector

__all__ = ["Report", "card_of", "metrics_json"]

SCORES, METRICS, CARD, OVERLAP = "scores.csv", "metrics.json", "card.json", "overlap.csv"
PLOTS, ATTACKS = "plots", "attacks"


class Report:
    """The folder of an evaluation.

    Args:
        out: the folder; made where it is missing.
        fpr: the operating point.

    Raises:
        ConfigError: the operating point is none, or the folder cannot be made.
    """

    def __init__(self, out: Path, fpr: float) -> None:
        if not 0 < fpr <= 1:
            raise ConfigError(f"a false-alarm rate of {fpr} is none: it is over 0 and at most 1")
        self.out, self._fpr = out, fpr
        try:
            out.mkdir(parents=True, exist_ok=True)
        except OSError as fault:
            raise ConfigError(f"{out}: cannot be made ({why(fault)})") from fault

    def write_scores(self, works: Iterable[Scored]) -> None:
        """`scores.csv`."""
        write_scores(self.out / SCORES, works, self._fpr)

    def write_attack(self, name: str, works: Iterable[Scored]) -> None:
        """The scores after laundering."""
        folder = self._folder(ATTACKS)
        write_scores(folder / f"{name}.csv", works, self._fpr)

    def write(
        self, card: ModelCard, figures: Figures, works: Sequence[Scored], *, plots: bool = True
    ) -> ModelCard:
        """The rest; the card as it was written."""
        drawn = self._draw(figures, works) if plots else {}
        figures = figures.model_copy(update={"plots": tuple(drawn)})
        card = card.model_copy(update={"figures": figures})
        self._put(self.out / METRICS, metrics_json(card, figures).encode())
        self._put(self.out / CARD, card.to_json().encode())
        for lang in LANGUAGES:
            name = "card.md" if lang == "en" else f"card.{lang}.md"
            self._put(self.out / name, card.to_markdown(lang, plots=drawn).encode())
        self._write_overlap(figures)
        return card

    def _draw(self, figures: Figures, works: Sequence[Scored]) -> dict[str, str]:
        from detectors.evaluation.plots import plots_of

        folder = self._folder(PLOTS)
        drawn = plots_of(figures, works, lambda code: word("en", "plot", code))
        for name, picture in drawn.items():
            self._put(folder / f"{name}.svg", picture)
        return {name: f"{PLOTS}/{name}.svg" for name in drawn}

    def _write_overlap(self, figures: Figures) -> None:
        rows = [(one, "same") for one in figures.overlap.same]
        rows += [(one, "near") for one in figures.overlap.near]
        if not rows:
            (self.out / OVERLAP).unlink(missing_ok=True)
            return
        written = io.StringIO()
        table = csv.writer(written, lineterminator="\n")
        table.writerows([("id", "how"), *rows])
        self._put(self.out / OVERLAP, written.getvalue().encode("utf-8", "replace"))

    def _folder(self, name: str) -> Path:
        folder = self.out / name
        try:
            folder.mkdir(exist_ok=True)
        except OSError as fault:
            raise InputError(f"{folder}: cannot be made ({why(fault)})") from fault
        return folder

    def _put(self, path: Path, data: bytes) -> None:
        with replacement(path) as (file, put_in_place):
            file.write(data)
            file.flush()
            put_in_place()


def card_of(detector: Detector) -> ModelCard:
    """The card that lies with the model, else what the detector says of itself."""
    from detectors.models.folder import ModelFolder
    from detectors.models.records import CARD as HELD

    model = getattr(detector, "model", None)
    own = detector.card
    if isinstance(model, ModelFolder):
        digests = dict(model.record.files)
        if model.has(HELD):
            card = ModelCard.read(model.read(HELD), shown=str(model.path / HELD))
            return card.model_copy(update={"model": own.model, "digests": digests})
    else:
        digests = {}
    return ModelCard(
        detector=own.detector,
        modalities=own.modalities,
        model=own.model,
        description=own.description,
        licence=own.licence,
        digests=digests,
    )


def metrics_json(card: ModelCard, figures: Figures) -> str:
    """`metrics.json`: the figures, and the main ones as a line each."""
    leak = figures.leak
    told = {
        "tpr": said(figures.at.tpr),
        "tpr_families": said(figures.at.tpr_families),
        "measured_fpr": said(figures.at.measured),
        "auc": said(figures.auc),
        "metadata_auc": leak.reason or said(leak.auc) if leak is not None else "not made",
        "detector_auc_beside_metadata": said(leak.detector) if leak is not None else "not made",
    }
    held: dict[str, Any] = {
        "schema": "assay/evaluation/1",
        "assay": version("assay-provenance"),
        "detector": card.detector,
        "model": card.model,
        "said": told,
        **figures.model_dump(mode="json"),
    }
    return json.dumps(held, indent=2, ensure_ascii=False) + "\n"
