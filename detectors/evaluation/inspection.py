"""What a file tells without its content, and a sketch of its content: found in the sandbox.

The facts are what the metadata-only model of `detectors.evaluation.leaks` sees; the sketch is what
near-duplicates are found by. A work that cannot be decoded has the facts of its bytes alone.
"""

from __future__ import annotations

import atexit
import os
import threading
from dataclasses import replace
from typing import Any

from pydantic import ValidationError

from detectors.decode import Undecodable
from detectors.evaluation.likeness import sketch
from detectors.facts import Facts
from provenance import media
from provenance.asset import Asset, Modality
from provenance.credentials import Record
from provenance.limits import DEFAULT, MIB, Limits
from provenance.sandbox import JobFailed, Sandbox, Task

__all__ = ["Inspected", "Inspecting", "Inspector"]

LIMITS = replace(DEFAULT, worker_headroom=2048 * MIB, worker_jobs=500)
TASK = Task("detectors.evaluation.inspection:Inspecting")
STRETCHES, SECONDS = 3, 30.0
MOST_WORKERS = 4
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
        self.workers = workers or min(os.cpu_count() or 1, MOST_WORKERS)
        self._limits = limits
        self._lock = threading.Lock()
        self._sandbox: Sandbox | None = None

    def inspect(self, asset: Asset) -> Inspected:
        """The facts and the sketch of one work.

        Raises:
            EngineError: no worker can be started.
        """
        job = {"name": asset.name, "size": asset.size, "media_type": asset.media_type}
        if isinstance(asset.backing, bytes) and asset.size > self._limits.c2pa_bytes:
            return bare(asset)
        try:
            answer = self._workers().call(
                job,
                fds=[asset.backing] if isinstance(asset.backing, int) else [],
                blobs=[asset.backing] if isinstance(asset.backing, bytes) else [],
                size=asset.size,
            )
            found = Inspected.model_validate_json(answer)
        except (JobFailed, ValidationError):
            return bare(asset)
        return found if len(found.sketch) <= MOST_SKETCH else bare(asset)

    def close(self) -> None:
        """End the workers; the next call starts new ones."""
        with self._lock:
            sandbox, self._sandbox = self._sandbox, None
        if sandbox is not None:
            atexit.unregister(sandbox.close)
            sandbox.close()

    def _workers(self) -> Sandbox:
        with self._lock:
            if self._sandbox is None:
                self._sandbox = Sandbox(TASK, size=self.workers, limits=self._limits)
                atexit.register(self._sandbox.close)
            return self._sandbox


def bare(asset: Asset) -> Inspected:
    """What is known of a work that is not decoded."""
    return Inspected(facts=Facts(media_type=asset.media_type, bytes=asset.size))


class Inspecting:
    """The worker's side: answers jobs of `{name, size, media_type}` with `Inspected` as JSON."""

    def __init__(self) -> None:
        # Each thread of the linear algebra would reserve address space, of which a worker has few.
        os.environ["OPENBLAS_NUM_THREADS"] = "1"

    def __call__(self, job: dict[str, Any], fds: list[int], blobs: list[bytes]) -> bytes:
        """Inspect the one work of a job, which comes as a descriptor or as a blob."""
        media_type = job["media_type"]
        backing: int | bytes = fds[0] if fds else blobs[0]
        asset = Asset(job["name"], job["size"], media_type, media.modality(media_type), backing)
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
    from detectors.gathering import traces

    match asset.modality:
        case Modality.IMAGE:
            from detectors.decode.image import picture

            pixels, facts = picture(asset, LIMITS)
            return Inspected(facts=facts, sketch=sketch("picture", traces.trace_of_picture(pixels)))
        case Modality.AUDIO | Modality.VIDEO:
            from detectors.decode.audio import open_sound

            numbers: list[int] = []
            with open_sound(asset, LIMITS) as sound:
                heard = sound.windows(
                    rate=traces.RATE, seconds=SECONDS, hop=SECONDS, most=STRETCHES
                )
                for _, samples in heard:
                    numbers += traces.trace_of_sound(samples[0])
                return Inspected(facts=sound.facts, sketch=sketch("sound", numbers))
        case Modality.TEXT | Modality.DOCUMENT:
            from detectors.decode.text import passages

            found, facts = passages(asset, LIMITS)
            whole = "\n".join(passage.text for passage in found)
            return Inspected(facts=facts, sketch=sketch("text", traces.trace_of_text(whole)))
        case _:
            return bare(asset)
