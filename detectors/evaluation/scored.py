"""What a detector made of one work of a manifest, and the row of `scores.csv` it becomes."""

from __future__ import annotations

import codecs
import csv
import json
import math
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass, field
from enum import StrEnum
from pathlib import Path
from typing import Any, Self

from detectors.evaluation.manifest import Item, Label
from provenance.evidence import Detection, NotRun, NotRunReason, Watermark
from provenance.files import replacement

__all__ = ["COLUMNS", "LAUNDERING", "Decision", "Scored", "scored", "write_scores"]

COLUMNS = ("id", "label", "source", "score", "likelihood", "exceedance", "decision", "reason")


LAUNDERING = "laundering"
"""Source of the `not_run` of a work that could not be laundered."""


class Decision(StrEnum):
    """What a score comes to at an operating point."""

    SYNTHETIC = "synthetic"
    ABSTAIN = "abstain"
    BELOW_THRESHOLD = "below_threshold"
    NOT_RUN = "not_run"


@dataclass(frozen=True, slots=True)
class Scored:
    """One work.

    Attributes:
        number, id, label, source, family, kind, language, song: of its row.
        sha256: of its bytes, empty when they cannot be read.
        ran: whether there is a detection.
        score, likelihood: of the detection that decides.
        exceedance: its upper bound.
        value: what the bound is of.
        group: of human works it was compared with.
        reason: why the detector abstained, or did not run; empty otherwise.
        facts: of the file, as `detectors.facts.Facts`; empty where they were not asked for.
        sketch: of its content.
        not_laundered: whether it did not run because it could not be laundered.
    """

    number: int
    id: str
    label: Label
    source: str
    family: str | None = None
    kind: str | None = None
    language: str | None = None
    song: str | None = None
    sha256: str = ""
    ran: bool = False
    score: float | None = None
    likelihood: float | None = None
    exceedance: float | None = None
    value: float | None = None
    group: str | None = None
    reason: str = ""
    facts: dict[str, Any] = field(default_factory=dict)
    sketch: str = ""
    not_laundered: bool = False

    @property
    def origin(self) -> str:
        """The family of generators, or the human source."""
        return (self.family or self.source) if self.label is Label.AI else self.source

    @property
    def is_usable(self) -> bool:
        """Whether there is a measured exceedance that is to be relied on."""
        return self.ran and not self.reason and self.exceedance is not None

    def decision(self, fpr: float) -> Decision:
        """What it comes to: synthetic exactly when a usable upper bound is within `fpr`."""
        if not self.ran:
            return Decision.NOT_RUN
        if self.exceedance is None or not self.is_usable:
            return Decision.ABSTAIN
        return Decision.SYNTHETIC if self.exceedance <= fpr else Decision.BELOW_THRESHOLD

    def row(self, fpr: float) -> tuple[str, ...]:
        """Of `scores.csv`."""
        numbers = (self.score, self.likelihood, self.exceedance)
        return (
            self.id,
            self.label,
            self.source,
            *("" if number is None else repr(number) for number in numbers),
            self.decision(fpr),
            self.reason,
        )

    def to_line(self) -> bytes:
        """As the journal keeps it; what is None or empty is left out."""
        held = {name: value for name, value in asdict(self).items() if value not in (None, "", {})}
        return json.dumps(held).encode() + b"\n"

    @classmethod
    def of_line(cls, line: bytes) -> Self:
        """What `to_line` wrote."""
        held = json.loads(line)
        return cls(**held | {"label": Label(held["label"]), "id": held.get("id", "")})


def scored(
    item: Item,
    answer: Sequence[Detection | Watermark | NotRun],
    *,
    sha256: str = "",
    facts: dict[str, Any] | None = None,
    sketch: str = "",
) -> Scored:
    """What an answer says of an item: of several detections the smallest upper bound counts."""
    about: dict[str, Any] = {
        "number": item.number,
        "id": item.id,
        "label": item.label,
        "source": item.source,
        "family": item.family,
        "kind": item.kind,
        "language": item.language,
        "song": item.song,
        "sha256": sha256,
        "facts": facts or {},
        "sketch": sketch,
    }
    detections = [one for one in answer if isinstance(one, Detection)]
    best = min(detections, key=_rank, default=None)
    if best is None:
        missing = next((one for one in answer if isinstance(one, NotRun)), None)
        # A detector of marks that found none, or a mark, measured nothing.
        reason = NotRunReason.NOT_APPLICABLE if missing is None else missing.reason
        by_laundering = missing is not None and missing.source == LAUNDERING
        return Scored(**about, reason=str(reason), not_laundered=by_laundering)
    if not math.isfinite(best.score):
        return Scored(**about, reason=str(NotRunReason.UNREADABLE))
    exceedance = best.exceedance
    return Scored(
        **about,
        ran=True,
        score=best.score,
        likelihood=best.likelihood,
        exceedance=None if exceedance is None else exceedance.upper,
        value=None if exceedance is None else exceedance.value,
        group=None if exceedance is None else exceedance.group,
        reason="" if best.abstain is None else str(best.abstain),
    )


def _rank(detection: Detection) -> tuple[bool, float]:
    upper = 2.0 if detection.exceedance is None else detection.exceedance.upper
    return detection.abstain is not None or detection.exceedance is None, upper


def write_scores(path: Path, rows: Iterable[Scored], fpr: float) -> int:
    """Write `scores.csv`, in one step.

    Returns:
        How many rows it has.
    """
    count = 0
    with replacement(path) as (file, put_in_place):
        written = csv.writer(codecs.getwriter("utf-8")(file, "replace"), lineterminator="\n")
        written.writerow(COLUMNS)
        for row in rows:
            written.writerow(row.row(fpr))
            count += 1
        file.flush()
        put_in_place()
    return count
