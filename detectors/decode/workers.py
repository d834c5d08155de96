"""Hands works to sandboxed workers that decode them, and takes a work over on their side.

Everything that decodes goes through here: detectors, the preparations of models, laundering, and
what compares and shows files. Workers start when the first work comes and end with this process.
"""

from __future__ import annotations

import atexit
import os
import threading
from dataclasses import replace
from typing import Any

from provenance import media
from provenance.asset import Asset
from provenance.evidence import NotRunReason
from provenance.limits import DEFAULT, MIB, Limits
from provenance.sandbox import JobFailed, Sandbox, Task

__all__ = ["LIMITS", "Workers", "asset_of", "on_one_thread"]

LIMITS = replace(DEFAULT, worker_headroom=2048 * MIB, worker_jobs=500)
"""Decoding takes more memory than reading: a picture of 100 million pixels is 300 MB."""

MOST_WORKERS = 4


class Workers:
    """Processes that do one task with works, one work a job. Thread-safe.

    Args:
        task: what they do; see `asset_of` for its side of a job.
        size: processes at most; one a processor, up to four, when None.
        limits: caps of what one work may cost.
    """

    def __init__(self, task: Task, *, size: int | None = None, limits: Limits = LIMITS) -> None:
        self.size = size or min(os.cpu_count() or 1, MOST_WORKERS)
        self._task, self._limits = task, limits
        self._lock = threading.Lock()
        self._sandbox: Sandbox | None = None

    def call(self, asset: Asset, **more: Any) -> bytes:
        """What a worker answers about a work.

        Args:
            asset: handed over as the descriptor or the bytes it is.
            more: fields of the job besides those of the work.

        Raises:
            JobFailed: it cost the worker, or is too large to be handed over.
            EngineError: no worker can be started.
        """
        backing = asset.backing
        if isinstance(backing, bytes) and asset.size > self._limits.c2pa_bytes:
            detail = f"a part of {asset.size} bytes is not decoded"
            raise JobFailed(NotRunReason.LIMIT, detail)
        job = {"name": asset.name, "size": asset.size, "media_type": asset.media_type, **more}
        return self._started().call(
            job,
            fds=[backing] if isinstance(backing, int) else [],
            blobs=[backing] if isinstance(backing, bytes) else [],
            size=asset.size,
        )

    def close(self) -> None:
        """End the processes; the next call starts new ones."""
        with self._lock:
            sandbox, self._sandbox = self._sandbox, None
        if sandbox is not None:
            atexit.unregister(sandbox.close)
            sandbox.close()

    def _started(self) -> Sandbox:
        with self._lock:
            if self._sandbox is None:
                self._sandbox = Sandbox(self._task, size=self.size, limits=self._limits)
                atexit.register(self._sandbox.close)
            return self._sandbox


def asset_of(job: dict[str, Any], fds: list[int], blobs: list[bytes]) -> Asset:
    """The work of a job, on the worker's side: a descriptor, or a blob."""
    media_type = job["media_type"]
    backing: int | bytes = fds[0] if fds else blobs[0]
    return Asset(job["name"], job["size"], media_type, media.modality(media_type), backing)


def on_one_thread() -> None:
    """Keep linear algebra to one thread, before it is loaded in a worker.

    Each would reserve address space, of which a worker has little.
    """
    os.environ["OPENBLAS_NUM_THREADS"] = "1"
