"""What a file tells without its content, and a sketch of its content: found in the sandbox.

The facts are what the metadata-only model of `detectors.evaluation.leaks` sees; the sketch is what
near-duplicates are found by. A work that cannot be decoded has the facts of its bytes alone.
"""

from __future__ import annotations

from typing import Any

from pydantic import ValidationError

from detectors.decode import Undecodable
from detectors.decode.workers import LIMITS, Workers, asset_of, on_one_thread
from detectors.evaluation.likeness import sketch
from detectors.facts import Facts
from detectors.gathering.traces import trace_of
from provenance.asset import Asset
from provenance.credentials import Record
from provenance.limits import Limits
from provenance.sandbox import JobFailed, Task

__all__ = ["Inspected", "Inspecting", "Inspector"]

TASK = Task("detectors.evaluation.inspection:Inspecting")
MOST_SKETCH = 1500


class Inspected(Record):
    """What was found.

    Attributes:
        facts: of the file.
        sketch: of its content, empty where it shows too little.
    """

    facts: Facts
    sketch: str = ""


class Inspector:
    """Hands works to sandboxed workers that inspect them. Thread-safe.

    Args:
        workers: processes at most.
        limits: caps of what one work may cost.
    """

    def __init__(self, *, workers: int | None = None, limits: Limits = LIMITS) -> None:
        self._workers = Workers(TASK, size=workers, limits=limits)
        self.workers = self._workers.size

    def inspect(self, asset: Asset) -> Inspected:
        """The facts and the sketch of one work.

        Raises:
            EngineError: no worker can be started.
        """
        try:
            found = Inspected.model_validate_json(self._workers.call(asset))
        except (JobFailed, ValidationError):
            return bare(asset)
        return found if len(found.sketch) <= MOST_SKETCH else bare(asset)

    def close(self) -> None:
        """End the workers; the next call starts new ones."""
        self._workers.close()


def bare(asset: Asset) -> Inspected:
    """What is known of a work that is not decoded."""
    return Inspected(facts=Facts(media_type=asset.media_type, bytes=asset.size))


class Inspecting:
    """The worker's side: answers jobs of `{name, size, media_type}` with `Inspected` as JSON."""

    def __init__(self) -> None:
        on_one_thread()

    def __call__(self, job: dict[str, Any], fds: list[int], blobs: list[bytes]) -> bytes:
        """Inspect the one work of a job, which comes as a descriptor or as a blob."""
        asset = asset_of(job, fds, blobs)
        try:
            found = inspect(asset)
        except Undecodable:
            found = bare(asset)
        return found.model_dump_json().encode()


def inspect(asset: Asset) -> Inspected:
    """The facts and the sketch of a work.

    Raises:
        Undecodable: it has no pixels, samples or text.
    """
    traced = trace_of(asset)
    if traced is None:
        return bare(asset)
    return Inspected(facts=traced.facts, sketch=sketch(traced.kind, traced.numbers))
