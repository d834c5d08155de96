"""The model card: what a detector is for, what it was made from, how well it works, where it fails.

A card is data (`card.json`, schema `assay/card/1`); `to_markdown` writes it for people, in English
or French. Training fills in what the model was made from, evaluation how it did. No figure stands
here without the number of works behind it, and none of a random split: works of the same source on
both sides measure how well a source is recognised.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, Literal

from pydantic import Field

from detectors.stored import Stored
from provenance.asset import Modality
from provenance.credentials import Record

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = [
    "AttackFigures",
    "ByName",
    "Calibration",
    "Counts",
    "Curve",
    "Figure",
    "Figures",
    "LeakCheck",
    "ModelCard",
    "Overlap",
    "Point",
    "SourceUsed",
    "StrangenessFigures",
    "Warned",
]

Label = Literal["human", "ai"]


class Figure(Record):
    """A measured value between 0 and 1.

    Attributes:
        value: None where it is not measurable.
        low, high: 95 % interval, bootstrapped by source; None where there is none.
        n: works behind it.
    """

    value: float | None = None
    low: float | None = None
    high: float | None = None
    n: int = Field(default=0, ge=0)


class Warned(Record):
    """Something a reader must know, by code: a sentence of the card's texts with its parameters."""

    code: str
    params: dict[str, str | int | float] = Field(default_factory=dict)


class SourceUsed(Record):
    """A source of works.

    Attributes:
        name: of the source, or of the family of generators.
        label: what its works are.
        works: how many were used.
        licence: as stated; `none stated` where it is not.
        reserved: works left out because their owner reserved them.
        known: how it is known who made them, one sentence.
    """

    name: str
    label: Label
    works: int = Field(ge=0)
    licence: str = "none stated"
    reserved: int = Field(default=0, ge=0)
    known: str | None = None


class Counts(Record):
    """Works of one label in an evaluation.

    Attributes:
        works: in the manifest, without those left out.
        covered: with a score that is to be relied on.
        abstained: with one that is not.
        not_run: without any.
        flagged: whose decision is `synthetic`.
        sources: how many human sources, or families of generators.
    """

    works: int = 0
    covered: int = 0
    abstained: int = 0
    not_run: int = 0
    flagged: int = 0
    sources: int = 0


class ByName(Record):
    """The figure of one source, or of one family.

    Attributes:
        name: of it.
        figure: share of its works that are flagged.
        flagged: how many.
        covered: share of its works with a score to rely on.
        excess: whether it is significantly above three times nominal (human sources only).
    """

    name: str
    figure: Figure
    flagged: int = 0
    covered: float | None = None
    excess: bool = False


class Curve(Record):
    """Points of a line, by x."""

    name: str
    x: tuple[float, ...]
    y: tuple[float, ...]
    upper: tuple[float, ...] = ()


class Calibration(Record):
    """How far likelihoods can be taken at their word.

    Attributes:
        ece: expected calibration error, classes and sources weighted equally.
        coverage: share of works that have a likelihood.
        bins: mean likelihood (x) and share of machine-made works (y).
    """

    ece: float | None = None
    coverage: float = 0.0
    bins: Curve | None = None


class Point(Record):
    """An operating point.

    Attributes:
        fpr: what the tables promise.
        tpr: share of machine-made works that are flagged.
        tpr_families: the same as the mean over families.
        measured: share of human works flagged, mean over sources.
        over_cap: human sources significantly above three times `fpr`, the worst first.
    """

    fpr: float = Field(gt=0, le=1)
    tpr: Figure = Figure()
    tpr_families: Figure = Figure()
    measured: Figure = Figure()
    over_cap: tuple[str, ...] = ()


class AttackFigures(Record):
    """What is left after one way of laundering.

    Attributes:
        suite, attack: its name.
        tpr, fpr: at the same operating point and tables as without.
        auc: of the scores.
        coverage: share of works with a score to rely on.
        failed: works that could not be laundered; they count as if they had not run.
    """

    suite: str
    attack: str
    tpr: Figure
    fpr: Figure
    auc: Figure
    coverage: float
    failed: int = 0


class LeakCheck(Record):
    """A model that sees only metadata, on the same split.

    Attributes:
        auc: of the metadata-only model, on families and sources it never saw.
        detector: that of the detector, on the same works.
        folds: how often families and sources were held out.
        features: what it saw, the most telling first.
        reason: why it could not be made, None where it was.
    """

    auc: Figure = Figure()
    detector: Figure = Figure()
    folds: int = 0
    features: tuple[str, ...] = ()
    reason: str | None = None


class Overlap(Record):
    """Works of a manifest that the model was trained on.

    Attributes:
        same: ids of works with the digest of a training work.
        near: ids of works that are near-duplicates of one.
        counted: whether they are in the figures all the same.
        known: whether the model says what it was trained on.
    """

    same: tuple[str, ...] = ()
    near: tuple[str, ...] = ()
    counted: bool = False
    known: bool = False


class StrangenessFigures(Record):
    """The out-of-distribution test, as the detector it is.

    Attributes:
        abstains: share of held-out human works of known sources on which it abstains.
        catches: share of works of held-out sources and families that it catches.
        kept: whether it is in use; one that catches under 30 % is not.
    """

    abstains: Figure = Figure()
    catches: Figure = Figure()
    kept: bool = False


class Figures(Record):
    """How a detector did on one manifest, at one operating point.

    Attributes:
        manifest, manifest_sha256: what it was judged on.
        held_out: whether these works are those it was made from, each scored and measured without
            its own family or source.
        at: the operating point asked for; that of `decision` in `scores.csv`.
        human, ai: works of each label.
        coverage: share of all works with a score to rely on.
        auc: of the scores, families and sources weighted equally.
        points: further operating points, those that the number of human works allows.
        calibration: of the likelihoods.
        families: share found of each, the worst first.
        sources: false alarms of each human source, the worst first.
        kinds: false alarms by kind of human works, where the manifest names kinds; worst first.
        made_kinds: share found by kind of works of machines.
        songs: the same per song, where the manifest names songs.
        known: the same when other songs of the same families were seen.
        attacks: what is left after laundering.
        leak: what a model of metadata alone reaches.
        overlap: works that the model was trained on.
        warnings: what a reader must know.
        plots: names of the plots beside the card.
    """

    manifest: str
    manifest_sha256: str
    held_out: bool = False
    at: Point
    human: Counts = Counts()
    ai: Counts = Counts()
    coverage: float = 0.0
    auc: Figure = Figure()
    points: tuple[Point, ...] = ()
    calibration: Calibration = Calibration()
    families: tuple[ByName, ...] = ()
    sources: tuple[ByName, ...] = ()
    kinds: tuple[ByName, ...] = ()
    made_kinds: tuple[ByName, ...] = ()
    songs: Figures | None = None
    known: Figures | None = None
    attacks: tuple[AttackFigures, ...] = ()
    leak: LeakCheck | None = None
    overlap: Overlap = Overlap()
    warnings: tuple[Warned, ...] = ()
    plots: tuple[str, ...] = ()


class ModelCard(Stored):
    """A model card.

    Attributes:
        detector: name of the detector.
        version: of the model.
        modalities: kinds of work it takes.
        model: its digest, `sha256:...`.
        description: one plain sentence.
        licence: SPDX identifier of the weights.
        intended_use: what it is for, by language: paragraphs of whoever made it.
        limits: where it fails, by language, the same.
        data: the sources it was made from.
        figures: how it did.
        strangeness: of its out-of-distribution test, None where it has none.
        digests: name to SHA-256 of its files.
    """

    called: ClassVar = "a card"

    schema_: Literal["assay/card/1"] = Field(default="assay/card/1", alias="schema")
    detector: str
    version: str = "1"
    modalities: tuple[Modality, ...]
    model: str
    description: str
    licence: str
    intended_use: dict[str, tuple[str, ...]] = Field(default_factory=dict)
    limits: dict[str, tuple[str, ...]] = Field(default_factory=dict)
    data: tuple[SourceUsed, ...] = ()
    figures: Figures | None = None
    strangeness: StrangenessFigures | None = None
    digests: dict[str, str] = Field(default_factory=dict)

    def to_json(self) -> str:
        """As `card.json` holds it; the same card gives the same bytes."""
        return self.model_dump_json(by_alias=True, indent=2) + "\n"

    def to_markdown(self, lang: str = "en", *, plots: Mapping[str, str] | None = None) -> str:
        """The card for people.

        Args:
            lang: `en` or `fr`.
            plots: name of a plot to the address of its picture.

        Raises:
            ConfigError: there is no such language.
        """
        from detectors.card_page import page

        return page(self, lang, plots or {})
