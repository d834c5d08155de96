"""Writes tables into an installed model, from the scores of works it was judged on.

The scores stand beside the tables, so that these can be made again at any time; the digest of the
model changes with them. A model of ours is calibrated when it is trained; this is for models that
came from elsewhere, and for a user's own material.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING

from detectors.evaluation.manifest import Label
from provenance.errors import ConfigError, InputError
from provenance.evidence import AbstainReason
from provenance.files import why

if TYPE_CHECKING:
    from detectors.evaluation.scored import Scored
    from detectors.exceedance import HumanScore
    from detectors.models.folder import ModelFolder
    from detectors.models.records import ModelRecord
    from detectors.protocol import Detector

__all__ = ["calibrate", "held_scores", "installed_folder"]

OF_TABLES = frozenset({"", AbstainReason.KIND_UNMEASURED, AbstainReason.REGISTER_UNMEASURED})
"""Reasons that the tables gave: the score itself is to be relied on."""


def installed_folder(detector: Detector) -> ModelFolder:
    """The folder of an installed model.

    Raises:
        ConfigError: the detector is not one.
    """
    from detectors.models.folder import ModelFolder
    from detectors.models.places import models_folder

    model = getattr(detector, "model", None)
    if not isinstance(model, ModelFolder) or model.path.parent != models_folder():
        raise ConfigError(
            f"{detector.card.detector} is not an installed model, and holds no tables",
            hint="Install it first: assay models add PATH",
        )
    return model


def calibrate(model: ModelFolder, works: Iterable[Scored]) -> str:
    """Put new tables into an installed model.

    Args:
        model: the folder.
        works: none of them from its training.

    Returns:
        The new digest of the model.

    Raises:
        ConfigError: there is no human work with a score.
        InputError: it cannot be written.
    """
    from detectors.models.folder import write_model
    from detectors.models.places import settle, staging
    from detectors.models.records import AI_SCORES, HUMAN_SCORES, TABLES
    from detectors.models.tables import UNMEASURED, Tables, write_scores

    record = model.record
    human, ai = held_scores(works, record)
    if not human:
        raise ConfigError("no human work of the manifest has a score: there is nothing to measure")
    unmeasured = UNMEASURED.get(record.modality, AbstainReason.KIND_UNMEASURED)
    tables = Tables.of(human, ai, record.groups, unmeasured=unmeasured)
    new = staging()
    try:
        for name in record.files:
            shutil.copyfile(model.path / name, new / name, follow_symlinks=False)
        (new / TABLES).write_bytes(tables.to_json())
        (new / HUMAN_SCORES).write_bytes(write_scores(human))
        _write_or_remove(new / AI_SCORES, write_scores(ai) if ai else None)
        write_model(new, record)
        return settle(new).digest
    except OSError as fault:
        raise InputError(f"{model.path}: cannot be written ({why(fault)})") from fault
    finally:
        shutil.rmtree(new, ignore_errors=True)


def held_scores(
    works: Iterable[Scored], record: ModelRecord
) -> tuple[list[HumanScore], list[HumanScore]]:
    """Scores of human works and of machines' that are to be relied on, with their groups."""
    from detectors.exceedance import HumanScore

    human: list[HumanScore] = []
    ai: list[HumanScore] = []
    for work in works:
        if work.score is not None and work.reason in OF_TABLES:
            side = ai if work.label is Label.AI else human
            name = work.sha256 or work.id
            side.append(HumanScore(work.origin, _group(work, record), name, work.score))
    return human, ai


def _group(work: Scored, record: ModelRecord) -> str:
    """The group the model put it in; of a model without tables, what the manifest says."""
    from detectors.models.records import ROOT

    named = (work.group, work.kind, work.language)
    return next((one for one in named if one is not None and one in record.groups), ROOT)


def _write_or_remove(path: Path, data: bytes | None) -> None:
    if data is None:
        path.unlink(missing_ok=True)
    else:
        path.write_bytes(data)
