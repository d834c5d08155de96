"""Runs work on untrusted bytes in a recycled, capped child process.

A worker is a fresh interpreter (spawned, never forked: native contexts die in a fork) started with
an empty environment, in its own session, without network where the system allows it, and with
limits on memory, CPU time, open files and file size. It is handed an open descriptor, never a
path. It answers one job at a time and is replaced after a crash, a timeout or a number of jobs.

What a worker sends back is as untrusted as the file it read: callers parse it with the strict
records of `provenance.evidence`. This module knows nothing of what the jobs do.

See `provenance.sandbox_worker` for one worker, `provenance.sandbox_child` for its other side.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from typing import Any, Self

from provenance.errors import EngineError
from provenance.limits import DEFAULT, Limits
from provenance.sandbox_worker import JobFailed, Task, Worker, unhurried

__all__ = ["JobFailed", "Sandbox", "Task", "unhurried"]


class Sandbox:
    """A pool of workers for one task. Thread-safe; each call uses one worker.

    Args:
        task: what the workers do.
        size: workers at most; they start when `warm` is called or when first needed.
        limits: caps of one job.
    """

    def __init__(self, task: Task, *, size: int = 1, limits: Limits = DEFAULT) -> None:
        self.task = task
        self.limits = limits
        self._size = size
        self._idle: list[Worker] = []
        self._busy: set[Worker] = set()
        self._started = 0
        self._closed = False
        self._free = threading.Condition()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def warm(self) -> None:
        """Start one worker in the background, so that it loads while the caller goes on."""
        with self._free:
            if self._started or self._closed:
                return
            self._started += 1
        try:
            worker = self._start()
        except BaseException:
            self._release(None)
            raise
        self._release(worker)

    @property
    def closed(self) -> bool:
        """Whether no more jobs are taken."""
        return self._closed

    def close(self) -> None:
        """End all idle workers; one that is busy ends after its job."""
        with self._free:
            self._closed = True
            idle, self._idle = self._idle, []
            self._free.notify_all()
        for worker in idle:
            worker.kill()

    def abort(self) -> None:
        """Close, and end the busy workers too; their callers get a `JobFailed`."""
        self.close()
        with self._free:
            for worker in self._busy:
                worker.stop()

    def call(
        self,
        job: dict[str, Any],
        *,
        fds: Sequence[int] = (),
        blobs: Sequence[bytes] = (),
        size: int = 0,
        meanwhile: Callable[[], None] | None = None,
    ) -> bytes:
        """Run one job and return its answer.

        Args:
            job: JSON-serialisable description.
            fds: open descriptors handed to the worker, which gets its own copies.
            blobs: small pieces of data for it, through memory the two share.
            size: bytes of the file the job reads; time and memory caps grow with it.
            meanwhile: called once in this thread while the worker works.

        Raises:
            JobFailed: the job timed out, passed a limit or ended its worker.
            EngineError: no worker can be started.
        """
        worker = self._lease()
        try:
            with self._free:
                self._busy.add(worker)
            answer = worker.run(job, fds, blobs, size, meanwhile)
        except BaseException:
            self._end(worker)
            self._release(None)
            raise
        if worker.jobs >= self.limits.worker_jobs:
            self._end(worker)
            self._release(None)
        else:
            self._release(worker)
        return answer

    def _lease(self) -> Worker:
        worker = self._idle_worker()
        try:
            if worker is None:
                worker = self._start()
            worker.ready()
        except BaseException:
            if worker is not None:
                worker.kill()
            self._release(None)
            raise
        return worker

    def _idle_worker(self) -> Worker | None:
        """A living idle worker, or None with the right to start one."""
        with self._free:
            while True:
                if self._closed:
                    raise EngineError("the sandbox is closed")
                while self._idle:
                    worker = self._idle.pop()
                    if worker.lives():
                        return worker
                    # Whatever ended it between two jobs says nothing about the next file.
                    worker.kill()
                    self._started -= 1
                if self._started < self._size:
                    self._started += 1
                    return None
                self._free.wait()

    def _start(self) -> Worker:
        try:
            return Worker(self.task, self.limits)
        except OSError as fault:
            raise EngineError(f"a reading worker cannot be started: {fault}") from fault

    def _release(self, worker: Worker | None) -> None:
        with self._free:
            if worker is not None:
                self._busy.discard(worker)
            kept = worker is not None and not self._closed
            if worker is not None and kept:
                self._idle.append(worker)
            else:
                self._started -= 1
            self._free.notify()
        if worker is not None and not kept:
            worker.kill()

    def _end(self, worker: Worker) -> None:
        with self._free:
            self._busy.discard(worker)
        worker.kill()
