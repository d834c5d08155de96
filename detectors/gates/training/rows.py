"""A work as the rows a gate learns from: as it is, and stored otherwise; in the sandboxed worker.

A kind must not depend on how a work was stored. So each work is also measured as others would
store it, and a gate both learns from those copies and is judged on those of sources it never saw.
"""

from __future__ import annotations

import importlib
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import groupby
from typing import TYPE_CHECKING, Any

from detectors.decode.workers import asset_of, on_one_thread
from detectors.models.preparation import Prepared, Unprepared, Window, pack
from provenance.evidence import NotRunReason

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

__all__ = ["MAKERS", "VERSION", "MakingRows", "Row", "ways_of"]

MAKERS = {
    "image-kind": "detectors.gates.training.pictures",
    "sound-kind": "detectors.gates.training.sounds",
}
"""Modules whose `rows(asset)` gives the rows of a work."""

VERSION = "1"
"""Changes with what rows a work gives."""

LETTERS = 190
"""How much a group of `Prepared` may say."""


@dataclass(frozen=True, slots=True)
class Row:
    """One row.

    Attributes:
        copy: how it was stored.
        window: the place in the work.
        features: float32, shape (d,).
    """

    copy: str
    window: Window
    features: NDArray[np.float32]


class MakingRows:
    """The worker's side.

    Args:
        gate: name of the gate the rows are for.
    """

    def __init__(self, gate: str) -> None:
        on_one_thread()
        self._rows = importlib.import_module(MAKERS[gate]).rows

    def __call__(self, job: dict[str, Any], fds: list[int], blobs: list[bytes]) -> bytes:
        """The rows of the one work of a job, as `detectors.models.preparation.pack` makes them."""
        from detectors.decode import Undecodable

        try:
            return pack(_prepared(self._rows(asset_of(job, fds, blobs))))
        except Undecodable as undecodable:
            return pack(Unprepared(undecodable.reason, undecodable.detail))


def ways_of(prepared: Prepared) -> tuple[str, ...]:
    """How each row was stored."""
    found: list[str] = []
    for one in prepared.group.split(","):
        name, _, times = one.partition("*")
        found += [name] * int(times)
    return tuple(found)


def _prepared(made: Iterable[Row]) -> Prepared | Unprepared:
    import numpy as np

    from detectors.facts import Facts

    rows = list(made)
    if not rows:
        return Unprepared(NotRunReason.NOT_APPLICABLE, "there is nothing in it to tell a kind of")
    runs = ((name, sum(1 for _ in run)) for name, run in groupby(row.copy for row in rows))
    group = ",".join(f"{name}*{times}" for name, times in runs)
    if len(group) > LETTERS:
        raise ValueError("too many ways of storing a work")
    facts = Facts(media_type="application/octet-stream", bytes=0)
    features = np.stack([row.features for row in rows]).astype(np.float32)
    return Prepared(tuple(row.window for row in rows), features, group, facts)
