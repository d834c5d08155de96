"""One training, from a manifest to a model folder.

The steps, each told to whoever watches: audit (which works may be trained on), preparation in the
sandbox, held-out scores, the final fit, the graph and its equality with what was fitted, tables,
card. What the first two find is kept in a work folder beside the model, `OUT.work`: a training that
was stopped goes on there, and next month's, with a few more works, reads only those.

The model is put in place in one step, when it is complete. The same manifest, bytes, recipe and
versions give the same files but for the time of making.
"""

from __future__ import annotations

import datetime as dt
import shutil
import tempfile
from collections.abc import Callable, Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from detectors.card import StrangenessFigures
from detectors.evaluation.manifest import Manifest
from detectors.models.aggregate import Aggregate
from detectors.models.folder import ModelFolder, put_in_place, write_model
from detectors.models.preparation import entry_point, preparation
from detectors.models.records import (
    AI_SCORES,
    CARD,
    HUMAN_SCORES,
    STRANGENESS,
    TABLES,
    TRAINING,
    ModelRecord,
)
from detectors.models.tables import write_scores
from detectors.strangeness import Strangeness
from detectors.training.accounts import Account, card_of, write_accounts
from detectors.training.exporting import export
from detectors.training.figures import Measuring
from detectors.training.heldout import (
    Held,
    Usable,
    dependence_of,
    fit,
    held_out,
    stacked,
)
from detectors.training.progress import Progress, Step, Watch
from detectors.training.recipe import Recipe
from detectors.training.scored_folds import ScoredFolds
from detectors.training.unlike import figures_of, fit_strangeness
from detectors.training.workshop import Workshop
from provenance.asset import Modality
from provenance.errors import ConfigError
from provenance.files import why

__all__ = ["Progress", "Step", "Trained", "train", "work_folder"]

REUSED_WORK = "--resume goes on with it; or give another folder, or take this one away."


@dataclass(frozen=True, slots=True)
class Trained:
    """What came of a training.

    Attributes:
        model: the folder.
        accounts: what became of each work of the manifest, in order.
        difference: largest difference of a logit between the graph and what was fitted.
    """

    model: ModelFolder
    accounts: tuple[Account, ...]
    difference: float


def train(  # noqa: PLR0913 - the choices of a training
    manifest: Path,
    recipe: Recipe,
    out: Path,
    *,
    name: str | None = None,
    outside: Path | None = None,
    resume: bool = False,
    workers: int | None = None,
    seed: int = 0,
    watch: Watch = lambda _: None,
    clock: Callable[[], dt.datetime] = lambda: dt.datetime.now(dt.UTC),
) -> Trained:
    """Train a model.

    Args:
        manifest: CSV or JSON lines, see `detectors.evaluation.manifest`.
        recipe: how it is made.
        out: the model folder; it must not exist yet, unless `resume`.
        name: of the detector; the recipe's when None.
        outside: another manifest, of works unlike those: the test of strangeness is tried on them.
        resume: go on with what is in the work folder, and replace the model.
        workers: sandboxed processes.
        seed: of everything that is drawn.
        watch: told of every step.
        clock: what time it is.

    Raises:
        ConfigError: the manifest is wrong, too little may be trained on, or `out` exists.
        ModelError: the preparation is not installed.
        PluginError: the recipe or the preparation does not do as it should.
        EngineError: the sandbox does not work.
    """
    for given in (manifest, outside):
        if given is not None:
            Manifest(given).check()
    prepared_by = preparation(entry_point(recipe.preparation).value, recipe.plan.settings)
    _claim(out, resume=resume)
    workshop = Workshop(recipe, work_folder(out), workers, watch)
    with closing(workshop):
        accounts, works = workshop.usable(manifest)
        unlike = workshop.usable(outside, evaluated=True)[1] if outside else []
    kept = ScoredFolds(work_folder(out) / "folds")
    held, known = _held_out(recipe, works, seed, watch, kept)
    watch(Progress(Step.FIT, 0, 1))
    own = [one for one in works if one.may_be_fitted]
    fitted = fit(recipe, own, seed)
    watch(Progress(Step.FIT, 1, 1))
    new = Path(tempfile.mkdtemp(prefix=f".{out.name}-", dir=out.parent))
    try:
        watch(Progress(Step.EXPORT, 0, 1))
        network = new / recipe.plan.network.file
        difference = export(recipe, fitted, stacked(works), network)
        watch(Progress(Step.EXPORT, 1, 1))
        watch(Progress(Step.TABLES, 0, 1))
        record = _record(recipe, name or recipe.name, prepared_by.modality, clock(), held)
        measuring = Measuring(recipe, record, held)
        _write_tables(new, measuring)
        (new / TRAINING).write_bytes(write_accounts(accounts))
        card = card_of(
            record,
            recipe.plan,
            accounts,
            strangeness=_write_strangeness(
                new, fit_strangeness(own, unlike, seed, recipe.plan.strange_columns)
            ),
            figures=measuring.figures(manifest, Manifest(manifest).sha256(), known),
        )
        (new / CARD).write_text(card.to_json(), "utf-8")
        write_model(new, record)
        model = put_in_place(new, out)
        watch(Progress(Step.TABLES, 1, 1))
    finally:
        shutil.rmtree(new, ignore_errors=True)
    return Trained(model, tuple(accounts), difference)


def work_folder(out: Path) -> Path:
    """Where a training keeps what it found: beside the model, for the next one."""
    return out.with_name(f"{out.name}.work")


def _claim(out: Path, *, resume: bool) -> None:
    for one in (out, work_folder(out)):
        if one.exists() and not resume:
            raise ConfigError(f"{one}: exists already", hint=REUSED_WORK)
    try:
        (work_folder(out) / "features").mkdir(parents=True, exist_ok=True)
    except OSError as fault:
        raise ConfigError(f"{out}: cannot be written ({why(fault)})") from fault


def _held_out(
    recipe: Recipe, works: Sequence[Usable], seed: int, watch: Watch, kept: ScoredFolds
) -> tuple[list[Held], list[Held]]:
    """All works, scored without their families; and once more with other songs of these."""
    found: tuple[list[Held], list[Held]] = ([], [])
    ways = 2 if recipe.plan.known else 1
    watch(Progress(Step.HELD_OUT, 0, ways))
    for way in range(ways):
        folds_done = held_out(recipe, works, seed, known=way == 1, kept=kept)
        for done, (folds, held) in enumerate(folds_done, 1):
            found[way].extend(held)
            watch(Progress(Step.HELD_OUT, way * folds + done, ways * folds))
    return found


def _record(
    recipe: Recipe, name: str, modality: Modality, created_at: dt.datetime, held: Sequence[Held]
) -> ModelRecord:
    plan = recipe.plan
    by_dependence = plan.aggregate is Aggregate.RANDOM_EFFECTS
    return ModelRecord(
        name=name,
        version=plan.version,
        modality=modality,
        preparation=recipe.preparation,
        settings=plan.settings,
        description=plan.description,
        licence=plan.licence,
        created_at=created_at.astimezone(dt.UTC).replace(microsecond=0),
        files={plan.network.file: "0" * 64},
        aggregate=plan.aggregate,
        dependence=dependence_of(held) if by_dependence else None,
        minimum_windows=plan.minimum_windows,
        network=plan.network,
        groups=dict(plan.groups),
    )


def _write_tables(folder: Path, measuring: Measuring) -> None:
    human, made = measuring.parted()
    (folder / HUMAN_SCORES).write_bytes(write_scores(human))
    (folder / AI_SCORES).write_bytes(write_scores(made))
    (folder / TABLES).write_bytes(measuring.tables().to_json())


def _write_strangeness(folder: Path, test: Strangeness | None) -> StrangenessFigures | None:
    """Keep the test where it is worth its abstentions; its figures either way."""
    if test is None:
        return None
    if test.keep:
        (folder / STRANGENESS).write_text(test.model_dump_json() + "\n", "utf-8")
    return figures_of(test.report, kept=test.keep)
