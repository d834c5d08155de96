"""Asks a sandboxed worker for what lies beneath local scores. Nothing of the work is parsed here.

The work must be the one that was scored: who asks compares digests first.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from detectors.decode.workers import LIMITS, Workers
from detectors.explain.places import passages_of, unit_of
from detectors.explain.shown import MOST_PIECES, Malformed, Pieces, Shown, Unshown, unpack
from provenance.evidence import NotRunReason
from provenance.limits import Limits
from provenance.sandbox import JobFailed, Task

if TYPE_CHECKING:
    from detectors.explain.places import Passage
    from provenance.asset import Asset
    from provenance.evidence import Detection

__all__ = ["Asking", "shown_passages"]

TASK = Task("detectors.explain.showing:Showing", {})


class Asking:
    """Fetches what is shown under detections. Thread-safe.

    Args:
        limits: caps of what one work may cost.
    """

    def __init__(self, *, limits: Limits = LIMITS) -> None:
        self._workers = Workers(TASK, size=1, limits=limits)

    def close(self) -> None:
        """End the worker; the next call starts a new one."""
        self._workers.close()

    def ask(self, asset: Asset, detections: Sequence[Detection]) -> dict[int, Shown]:
        """What to show under each detection of a work, by its number in the report.

        Detections without local scores, and those of parts and pages, have nothing beneath them.

        Raises:
            EngineError: no worker can be started.
        """
        answers: dict[str, Shown] = {}
        found: dict[int, Shown] = {}
        for one in detections:
            wanted = _wanted(one, detections)
            if wanted is None or one.part is not None:
                continue
            key = repr(wanted)
            if key not in answers:
                answers[key] = self._answer(asset, wanted)
            found[one.id] = answers[key]
        return found

    def waveform(self, asset: Asset) -> Shown:
        """The waveform of a recording, or why there is none.

        Raises:
            EngineError: no worker can be started.
        """
        return self._answer(asset, {"show": "wave"})

    def picture(self, asset: Asset) -> Shown:
        """A picture made small, or why it cannot be.

        Raises:
            EngineError: no worker can be started.
        """
        return self._answer(asset, {"show": "pixel"})

    def _answer(self, asset: Asset, wanted: dict[str, Any]) -> Shown:
        try:
            answer = unpack(self._workers.call(asset, **wanted))
        except JobFailed as failed:
            return Unshown(reason=failed.reason, detail=failed.detail[:1000])
        except Malformed:
            detail = "the answer of the decoder was malformed"
            return Unshown(reason=NotRunReason.UNREADABLE, detail=detail)
        if isinstance(answer, Pieces) and len(answer.pieces) != len(wanted.get("places", ())):
            detail = "the decoder answered other than what it was asked"
            return Unshown(reason=NotRunReason.UNREADABLE, detail=detail)
        return answer


def shown_passages(detection: Detection) -> tuple[Passage, ...]:
    """The passages of a text whose words are shown: all, or as many of the highest as lowest."""
    passages = passages_of(detection)
    if len(passages) <= MOST_PIECES:
        return passages
    order = sorted(range(len(passages)), key=lambda n: passages[n].score)
    chosen = sorted({*order[: MOST_PIECES // 2], *order[-MOST_PIECES // 2 :]})
    return tuple(passages[n] for n in chosen)


def _wanted(one: Detection, others: Sequence[Detection]) -> dict[str, Any] | None:
    """The fields of the job; the same for all detections that one answer serves."""
    match unit_of(one):
        case "second":
            ends = [
                end
                for other in others
                if unit_of(other) == "second"
                for end in (passage.end for passage in passages_of(other))
            ]
            return {"show": "second", "seconds": max(ends, default=0.0)}
        case "pixel":
            return {"show": "pixel"}
        case "character":
            places = [(each.part, each.start, each.end) for each in shown_passages(one)]
            return {"show": "character", "places": places}
        case _:
            return None
