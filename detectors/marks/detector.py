"""The detector `marks`: hands each work to a sandboxed worker and takes its answer.

Nothing heavy is imported here: what decodes and computes is `detectors.marks.looking`, in a worker
that starts when the first work comes and ends with this process.
"""

from __future__ import annotations

import atexit
import hashlib
import os
import threading
from collections.abc import Iterable, Iterator
from dataclasses import replace
from functools import cached_property
from importlib.resources import files

from pydantic import ValidationError

from detectors.marks.looking import SOURCE, TASK, Found, answers
from detectors.protocol import Card
from provenance.asset import Asset, Modality
from provenance.errors import EngineError
from provenance.evidence import NotRun, NotRunReason
from provenance.limits import DEFAULT, MIB, Limits
from provenance.sandbox import JobFailed, Sandbox

__all__ = ["LIMITS", "MarksDetector"]

LIMITS = replace(DEFAULT, worker_headroom=2048 * MIB, worker_jobs=500)
"""Decoding takes more memory than reading: a picture of 100 million pixels is 300 MB."""

MOST_WORKERS = 4
PARTS = ("measured.json", "weights/perth.npz")


class MarksDetector:
    """Decodes marks in pictures, sound and text. Thread-safe.

    Args:
        limits: caps of what one work may cost.
    """

    def __init__(self, *, limits: Limits = LIMITS) -> None:
        self._limits = limits
        self._lock = threading.Lock()
        self._sandbox: Sandbox | None = None

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
        with self._lock:
            sandbox, self._sandbox = self._sandbox, None
        if sandbox is not None:
            atexit.unregister(sandbox.close)
            sandbox.close()

    def _look(self, asset: Asset) -> tuple[Found, ...]:
        job = {"name": asset.name, "size": asset.size, "media_type": asset.media_type}
        in_file = isinstance(asset.backing, int)
        if not in_file and asset.size > self._limits.c2pa_bytes:
            return (_not_run(NotRunReason.LIMIT, f"a part of {asset.size} bytes is not decoded"),)
        try:
            answer = self._workers().call(
                job,
                fds=[asset.backing] if isinstance(asset.backing, int) else [],
                blobs=[asset.backing] if isinstance(asset.backing, bytes) else [],
                size=asset.size,
            )
            return answers.validate_json(answer)
        except JobFailed as failed:
            return (_not_run(failed.reason, failed.detail),)
        except ValidationError:
            return (_not_run(NotRunReason.UNREADABLE, "the decoder's answer was malformed"),)

    def _workers(self) -> Sandbox:
        with self._lock:
            if self._sandbox is None:
                size = min(os.cpu_count() or 1, MOST_WORKERS)
                self._sandbox = Sandbox(TASK, size=size, limits=self._limits)
                atexit.register(self._sandbox.close)
            return self._sandbox


def _not_run(reason: NotRunReason, detail: str) -> NotRun:
    return NotRun(source=SOURCE, check="detect", reason=reason, detail=detail)
