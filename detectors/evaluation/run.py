"""An evaluation from manifest to card, in steps that can be interrupted anywhere.

What was found of each work stands in a journal under `.evaluation`; the figures are made from the
journals alone, so that the same command after an interrupt scores what is missing and comes to the
same. The leak check, and the search for works the detector was trained on, run by themselves.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Any

from detectors.card import AttackFigures, Figures, ModelCard, Overlap, Warned
from detectors.evaluation.calibrating import calibrate, installed_folder
from detectors.evaluation.figures import attack_figures, figures_of, songs_of
from detectors.evaluation.inspection import Inspector
from detectors.evaluation.journal import Journal
from detectors.evaluation.laundering import Attack, Launderer, attacks_of
from detectors.evaluation.manifest import Item, Manifest
from detectors.evaluation.overlap import overlap_of, training_works
from detectors.evaluation.report import Report, card_of
from detectors.evaluation.scored import LAUNDERING, Scored
from detectors.evaluation.scoring import Through, score_all
from provenance import media
from provenance.evidence import NotRun, NotRunReason

if TYPE_CHECKING:
    from detectors.protocol import Detector
    from provenance.asset import Asset

__all__ = ["Evaluated", "Options", "Progress", "Step", "evaluate"]

FOLDER = ".evaluation"
SCHEMA = "assay/evaluation/1"


class Step(StrEnum):
    """What an evaluation is doing."""

    CHECK = "check"
    SCORE = "score"
    ATTACK = "attack"
    FIGURES = "figures"
    CALIBRATE = "calibrate"


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a step is.

    Attributes:
        step: which.
        done: works that are done.
        total: of how many.
        name: of the attack.
    """

    step: Step
    done: int = 0
    total: int = 0
    name: str = ""


@dataclass(frozen=True, slots=True)
class Options:
    """The choices of an evaluation.

    Attributes:
        fpr: operating point, over 0 and at most 1.
        attacks: suites, or single ways of one (`audio.mp3_64`).
        resume: go on with what is in the folder.
        calibrate: write tables made from this set into the installed model.
        count_training: let works the detector was trained on count in the figures.
        seed: of what laundering draws by chance.
        plots: whether to draw them.
    """

    fpr: float = 0.01
    attacks: Sequence[str] = ()
    resume: bool = False
    calibrate: bool = False
    count_training: bool = False
    seed: int = 0
    plots: bool = True


@dataclass(frozen=True, slots=True)
class Evaluated:
    """What came of it.

    Attributes:
        card: with the figures.
        works: rows of `scores.csv`.
        overlap: works the detector was trained on.
        model: digest of the model with new tables, None unless it was calibrated.
    """

    card: ModelCard
    works: int
    overlap: Overlap
    model: str | None = None


def evaluate(
    detector: Detector,
    manifest: Path,
    out: Path,
    options: Options,
    *,
    watch: Callable[[Progress], None] = lambda _: None,
) -> Evaluated:
    """Judge a detector on a manifest.

    Args:
        detector: anything that keeps the protocol.
        manifest: CSV or JSON lines, see `detectors.evaluation.manifest`.
        out: folder for `scores.csv`, `metrics.json`, the card and its plots.
        options: the choices.
        watch: told of every work that is done.

    Raises:
        ConfigError: the manifest or an option is wrong, or the folder holds something else.
        AssayError: the machinery itself does not work.
    """
    wanted = _attacks(options.attacks)
    folder = installed_folder(detector) if options.calibrate else None
    works = Manifest(manifest)
    watch(Progress(Step.CHECK))
    count = works.check()
    identity: dict[str, Any] = {
        "schema": SCHEMA,
        "manifest": works.sha256(),
        "detector": detector.card.detector,
        "model": detector.card.model,
    }
    report = Report(out, options.fpr)
    with (
        Journal(out / FOLDER / "works.ndjson", identity, resume=options.resume) as journal,
        closing(Inspector()) as inspector,
    ):
        for done in score_all(detector, works, journal, inspector=inspector):
            watch(Progress(Step.SCORE, done, count))
        found = list(journal)
        report.write_scores(found)
        overlap, left_out = overlap_of(found, training_works(detector))
        overlap = overlap.model_copy(update={"counted": options.count_training})
        if options.count_training:
            left_out = frozenset()
        counted = [one for one in found if one.number not in left_out]
        attacked = [
            _attack(detector, works, attack, found, left_out, report, identity, options, watch)
            for attack in wanted
        ]
    watch(Progress(Step.FIGURES))
    digest = str(identity["manifest"])
    figures = _figures(counted, options, manifest.name, digest, overlap, attacked)
    model = None
    if folder is not None:
        watch(Progress(Step.CALIBRATE))
        model = calibrate(folder, counted)
        warnings = (*figures.warnings, Warned(code="calibrated_here"))
        figures = figures.model_copy(update={"warnings": warnings})
    card = report.write(card_of(detector), figures, counted, plots=options.plots)
    return Evaluated(card, len(found), overlap, model)


def _attacks(wanted: Sequence[str]) -> tuple[Attack, ...]:
    """Each once, in the order asked for; a wrong name is found before anything runs."""
    found = [attack for name in wanted for attack in attacks_of(name)]
    return tuple({str(attack): attack for attack in found}.values())


def _figures(
    works: Sequence[Scored],
    options: Options,
    manifest: str,
    digest: str,
    overlap: Overlap,
    attacked: Sequence[AttackFigures],
) -> Figures:
    figures = figures_of(works, options.fpr, manifest=manifest, manifest_sha256=digest)
    songs = None
    if any(work.song for work in works):
        songs = figures_of(
            songs_of(works),
            options.fpr,
            manifest=manifest,
            manifest_sha256=digest,
            with_leaks=False,
        )
    warnings = figures.warnings
    if count := len(overlap.same) + len(overlap.near):
        warnings = (Warned(code="overlap", params={"n": count}), *warnings)
    return figures.model_copy(
        update={
            "songs": songs,
            "attacks": tuple(attacked),
            "overlap": overlap,
            "warnings": warnings,
        }
    )


def _attack(  # noqa: PLR0913, PLR0917 - one step of the evaluation
    detector: Detector,
    manifest: Manifest,
    attack: Attack,
    clean: Sequence[Scored],
    left_out: frozenset[int],
    report: Report,
    identity: dict[str, Any],
    options: Options,
    watch: Callable[[Progress], None],
) -> AttackFigures:
    """Score all works of the kinds an attack is for, laundered by it."""
    fitting = _Fitting(manifest, frozenset(one.number for one in clean if _fits(one, attack)))
    about = identity | {"attack": str(attack), "seed": options.seed}
    place = report.out / FOLDER / f"{attack}.ndjson"
    with (
        Journal(place, about, resume=True) as journal,
        closing(Launderer(attack.suite, seed=options.seed)) as launderer,
    ):
        for done in score_all(detector, fitting, journal, through=_through(launderer, attack)):
            watch(Progress(Step.ATTACK, done, len(fitting), str(attack)))
        found = list(journal)
    report.write_attack(str(attack), found)
    counted = [one for one in found if one.number not in left_out]
    failed = sum(one.not_laundered for one in counted)
    return attack_figures(attack.suite, attack.name, counted, failed, options.fpr)


def _fits(one: Scored, attack: Attack) -> bool:
    """Whether a work is of a kind that the attack is for; one that cannot be read may be."""
    media_type = one.facts.get("media_type")
    return media_type is None or media.modality(media_type) in attack.modalities


def _through(launderer: Launderer, attack: Attack) -> Through:
    def through(asset: Asset) -> Asset | NotRun:
        if asset.modality not in attack.modalities:
            detail = f"{attack.suite} does not launder works of kind {asset.modality}"
            reason = NotRunReason.NOT_APPLICABLE
            return NotRun(source=LAUNDERING, check="detect", reason=reason, detail=detail)
        return launderer.launder(attack.name, asset)

    return through


class _Fitting:
    """The works of a manifest with certain numbers, read anew each time."""

    def __init__(self, manifest: Manifest, numbers: frozenset[int]) -> None:
        self._manifest, self._numbers = manifest, numbers

    def __len__(self) -> int:
        return len(self._numbers)

    def __iter__(self) -> Iterator[Item]:
        return (item for item in self._manifest if item.number in self._numbers)
