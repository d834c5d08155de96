"""The detector `marks`: hands each work to a sandboxed worker and takes its answer.

Nothing heavy is imported here: what decodes and computes is `detectors.marks.looking`, in a worker
that starts when the first work comes and ends with this process.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator
from functools import cached_property
from importlib.resources import files

from pydantic import ValidationError

from detectors.decode.workers import LIMITS, Workers
from detectors.marks.looking import SOURCE, TASK, Found, answers
from detectors.protocol import Card
from provenance.asset import Asset, Modality
from provenance.errors import EngineError
from provenance.evidence import NotRun, NotRunReason
from provenance.limits import Limits
from provenance.sandbox import JobFailed

__all__ = ["MarksDetector"]

PARTS = ("measured.json", "weights/perth.npz")


class MarksDetector:
    """Decodes marks in pictures, sound and text. Thread-safe.

    Args:
        limits: caps of what one work may cost.
    """

    def __init__(self, *, limits: Limits = LIMITS) -> None:
        self._workers = Workers(TASK, limits=limits)

    @cached_property
    def card(self) -> Card:
        """What it is; its digest is over the figures and the weights.

        Raises:
            EngineError: a file of it is missing.
        """
        digest = hashlib.sha256()
        try:
            for part in PARTS:
                digest.update(files("detectors.marks").joinpath(part).read_bytes())
        except OSError as fault:
            raise EngineError(
                f"the decoders of marks are incomplete: {fault}", hint="Install Assay again."
            ) from fault
        return Card(
            detector=SOURCE,
            modalities=(Modality.IMAGE, Modality.AUDIO, Modality.TEXT),
            model=f"sha256:{digest.hexdigest()}",
            description="Decodes watermarks of generators and hidden characters in text.",
            licence="Apache-2.0 AND MIT",
            positive_only=True,
        )

    def detect(self, assets: Iterable[Asset]) -> Iterator[tuple[Found, ...]]:
        """The marks found in each asset, in input order; an empty tuple where there is none.

        Raises:
            EngineError: no worker can be started.
        """
        return (self._look(asset) for asset in assets)

    def close(self) -> None:
        """End the workers; the next call starts new ones."""
        self._workers.close()

    def _look(self, asset: Asset) -> tuple[Found, ...]:
        try:
            return answers.validate_json(self._workers.call(asset))
        except JobFailed as failed:
            return (_not_run(failed.reason, failed.detail),)
        except ValidationError:
            return (_not_run(NotRunReason.UNREADABLE, "the decoder's answer was malformed"),)


def _not_run(reason: NotRunReason, detail: str) -> NotRun:
    return NotRun(source=SOURCE, check="detect", reason=reason, detail=detail)
