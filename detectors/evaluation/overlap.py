"""Works of a manifest that the detector was trained on: their figures would flatter it.

A model folder says what it was made from in `training.csv`: the digest of each work that was used,
and a sketch of its content (`detectors.evaluation.likeness`), by which copies in another format are
found. Of a detector that says nothing, nothing can be told.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable
from typing import TYPE_CHECKING

from detectors.card import Overlap
from detectors.evaluation.likeness import Known

if TYPE_CHECKING:
    from detectors.evaluation.scored import Scored
    from detectors.protocol import Detector

__all__ = ["overlap_of", "training_works"]


def training_works(detector: Detector) -> tuple[tuple[str, str], ...] | None:
    """Digest and sketch of each work the detector was trained on; None where it does not say."""
    from detectors.models.folder import ModelFolder
    from detectors.models.records import TRAINING

    model = getattr(detector, "model", None)
    if not isinstance(model, ModelFolder) or not model.has(TRAINING):
        return None
    rows = csv.DictReader(io.StringIO(model.read(TRAINING).decode("utf-8", "replace")))
    return tuple(
        (row["sha256"], row.get("sketch") or "")
        for row in rows
        if row.get("sha256") and row.get("used", "yes") == "yes"
    )


def overlap_of(
    works: Iterable[Scored], trained_on: tuple[tuple[str, str], ...] | None
) -> tuple[Overlap, frozenset[int]]:
    """The overlap, and the numbers of the works it is of."""
    if trained_on is None:
        return Overlap(), frozenset()
    known = Known(trained_on)
    same: dict[int, str] = {}
    near: dict[int, str] = {}
    for work in works:
        if work.sha256 and known.has(work.sha256):
            same[work.number] = work.id
        elif work.sketch and known.has_near(work.sketch):
            near[work.number] = work.id
    overlap = Overlap(same=tuple(same.values()), near=tuple(near.values()), known=True)
    return overlap, frozenset(same) | frozenset(near)
