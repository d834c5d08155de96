"""One worker of a sandbox, on the side that hands it jobs: a child process and a socket to it.

It is started with an empty environment, in its own session, and told what to do; what it may cost
is said with each job. When it is gone, why is told in the words of a `not_run` record. What the
child does with itself is `provenance.sandbox_child`.
"""

from __future__ import annotations

import json
import logging
import os
import signal
import socket
import struct
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from contextvars import ContextVar
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Any

from provenance.errors import EngineError
from provenance.evidence import NotRunReason
from provenance.limits import Limits

__all__ = ["JobFailed", "Task", "Worker", "unhurried"]

log = logging.getLogger(__name__)

HEADER = struct.Struct(">I")
START_SECONDS = 60.0
RECEIVE = 1 << 16

ENVIRONMENT = {
    "LC_ALL": "C.UTF-8",
    # Each thread that waits for another would reserve 64 MiB of the address space a job may have:
    # two heaps leave a reader that was busy for long some 60 MiB of its cap, eight left it none.
    "MALLOC_ARENA_MAX": "2",
}


NICENESS: ContextVar[int] = ContextVar("niceness", default=0)


@contextmanager
def unhurried(niceness: int) -> Iterator[None]:
    """Workers that this thread starts meanwhile leave the processors to everybody else first.

    Args:
        niceness: on top of that of this process; 0 for no difference, 19 for the most.
    """
    before = NICENESS.set(niceness)
    try:
        yield
    finally:
        NICENESS.reset(before)


class JobFailed(Exception):  # noqa: N818 - what ended is the job, and only that
    """A job did not end with an answer; its worker is gone.

    Attributes:
        reason: `timeout`, `limit` or `unreadable`, as a `not_run` record spells it.
        detail: one plain sentence.
    """

    def __init__(self, reason: NotRunReason, detail: str) -> None:
        super().__init__(detail)
        self.reason = reason
        self.detail = detail


@dataclass(frozen=True, slots=True)
class Task:
    """What the workers of a sandbox do.

    Attributes:
        factory: `module:callable`, called once in each worker with `arguments` as keywords; the
            result is called for each job with the job's dict, the descriptors and the blobs, and
            answers with bytes.
        arguments: JSON-serialisable keyword arguments.
    """

    factory: str
    arguments: dict[str, Any] = field(default_factory=dict)


def _shared_memory() -> IO[bytes]:
    """A file in memory, or an unlinked one where the system has no such thing.

    One for each worker: whatever a worker does to it, it does to its own next job.
    """
    create = getattr(os, "memfd_create", None)
    return tempfile.TemporaryFile() if create is None else os.fdopen(create("blobs"), "w+b")


def _slow_down(pid: int, niceness: int) -> bool:
    """Let a worker yield; whether that is said once and for all.

    A worker has a session of its own. Where Linux groups processes by session (`autogroup`), their
    niceness counts among those of one session only, and what counts is that of the group, which
    may be changed ten times a second in the whole system.
    """
    try:
        os.setpriority(os.PRIO_PROCESS, pid, os.getpriority(os.PRIO_PROCESS, 0) + niceness)
        Path(f"/proc/{pid}/autogroup").write_text(str(niceness))
    except BlockingIOError:
        return False
    except OSError:  # there are no such groups here; or the worker is gone, and `ready` says why
        return True
    return True


class Worker:
    """One child process and the socket to it."""

    def __init__(self, task: Task, limits: Limits) -> None:
        self.jobs = 0
        self._limits = limits
        self._ready = False
        self._socket, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_STREAM)
        complaints, their_complaints = os.pipe()
        os.set_blocking(complaints, False)
        os.set_blocking(their_complaints, False)  # a child that shouts is not read, not waited for
        self._complaints = complaints
        self._shared = _shared_memory()
        shared = str(self._shared.fileno())
        try:
            with theirs:
                self._process = subprocess.Popen(  # noqa: S603 - our own interpreter and module
                    [
                        sys.executable,
                        *("-I", "-B", "-m", "provenance.sandbox_child"),
                        *(str(theirs.fileno()), shared),
                    ],
                    stdin=subprocess.DEVNULL,
                    stdout=subprocess.DEVNULL,
                    stderr=their_complaints,
                    env=ENVIRONMENT,
                    cwd="/",
                    pass_fds=(theirs.fileno(), self._shared.fileno()),
                    start_new_session=True,
                )
        except BaseException:
            self._socket.close()
            self._shared.close()
            os.close(complaints)
            raise
        finally:
            os.close(their_complaints)
        self._niceness = NICENESS.get()
        self._slow_down()
        start = {
            "factory": task.factory,
            "arguments": task.arguments,
            "memory": limits.job_memory(limits.c2pa_bytes),
        }
        with suppress(OSError):  # if it is gone already, `ready` says why
            self._send(json.dumps(start).encode(), ())

    def lives(self) -> bool:
        """Whether the process has not ended."""
        return self._process.poll() is None

    def _slow_down(self) -> None:
        if self._niceness and _slow_down(self._process.pid, self._niceness):
            self._niceness = 0

    def ready(self) -> None:
        """Wait until the worker has loaded, once."""
        if self._ready:
            return
        try:
            answer = json.loads(self._receive(time.monotonic() + START_SECONDS))
        except (JobFailed, ValueError) as failure:
            raise EngineError(
                f"a reading worker cannot start: {failure} {self._last_words()[-500:]}",
                hint="Check that the installation is complete: pip check",
            ) from failure
        if error := answer.get("error"):
            raise EngineError(f"a reading worker refuses to work: {error}")
        self._ready = True

    def run(
        self,
        job: dict[str, Any],
        fds: Sequence[int],
        blobs: Sequence[bytes],
        size: int,
        meanwhile: Callable[[], None] | None,
    ) -> bytes:
        """Send one job, wait for the answer."""
        limits = self._limits
        self._slow_down()
        self.jobs += 1
        self._last_words()  # those of earlier jobs are not about this one
        deadline = time.monotonic() + limits.job_seconds(size)
        caps = {"memory": limits.job_memory(size), "cpu": limits.job_cpu(size)}
        message = {"caps": caps, "job": job, "blobs": [len(blob) for blob in blobs]}
        try:
            if blobs:
                os.pwritev(self._shared.fileno(), blobs, 0)
            self._send(json.dumps(message).encode(), fds)
        except OSError as broken:
            raise self._obituary() from broken
        if meanwhile is not None:
            meanwhile()
        answer = self._receive(deadline)
        if answer[:1] == b"+":
            return answer[1:]
        if answer[:1] == b"M":
            raise JobFailed(NotRunReason.LIMIT, "reading this file takes more memory than allowed")
        raise JobFailed(NotRunReason.UNREADABLE, "the reader's answer was malformed")

    def stop(self) -> None:
        """End the process; whoever uses it finds out and cleans up."""
        self._end()

    def _end(self) -> None:
        """End it and whatever it may have started: it leads a session of its own."""
        if self._process.poll() is None:
            with suppress(ProcessLookupError):
                os.killpg(self._process.pid, signal.SIGKILL)

    def kill(self) -> None:
        """End the process at once and give its resources back."""
        self._end()
        self._process.wait()
        self._socket.close()
        self._shared.close()
        if self._complaints >= 0:
            os.close(self._complaints)
            self._complaints = -1

    def _send(self, payload: bytes, fds: Sequence[int]) -> None:
        message = HEADER.pack(len(payload)) + payload
        sent = socket.send_fds(self._socket, [message], list(fds)) if fds else 0
        if sent < len(message):
            self._socket.sendall(message[sent:])

    def _receive(self, deadline: float) -> bytes:
        """The one answer that is due: its length, then as many bytes."""
        got = bytearray()
        while len(got) < HEADER.size:
            got += self._receive_some(deadline)
        (length,) = HEADER.unpack_from(got)
        if length > self._limits.reply_bytes:
            raise JobFailed(NotRunReason.LIMIT, f"the reader found {length} bytes of evidence")
        while len(got) < HEADER.size + length:
            got += self._receive_some(deadline)
        return bytes(memoryview(got)[HEADER.size :])

    def _receive_some(self, deadline: float) -> bytes:
        self._socket.settimeout(max(deadline - time.monotonic(), 0.001))
        try:
            data = self._socket.recv(RECEIVE)
        except TimeoutError as late:
            raise JobFailed(NotRunReason.TIMEOUT, "reading this file takes too long") from late
        except ConnectionError:
            data = b""
        if not data:
            raise self._obituary()
        return data

    def _obituary(self) -> JobFailed:
        """Why the process is gone, in the words of a `not_run` record."""
        try:
            status = self._process.wait(5)
        except subprocess.TimeoutExpired:
            return JobFailed(NotRunReason.UNREADABLE, "the reader closed its connection")
        words = self._last_words()
        if -status in (signal.SIGXCPU, signal.SIGALRM):
            return JobFailed(NotRunReason.TIMEOUT, "reading this file takes too much CPU time")
        if -status == signal.SIGKILL or "memory allocation" in words or "MemoryError" in words:
            return JobFailed(NotRunReason.LIMIT, "reading this file takes more memory than allowed")
        name = signal.Signals(-status).name if status < 0 else f"status {status}"
        if words:  # the kind of fault only: what follows it may quote the file
            log.warning("a worker ended by %s: %s", name, words.splitlines()[-1].partition(":")[0])
        return JobFailed(NotRunReason.UNREADABLE, f"the reader was stopped by this file ({name})")

    def _last_words(self) -> str:
        try:
            return os.read(self._complaints, 65_536).decode("utf-8", "replace").strip()
        except (BlockingIOError, OSError):
            return ""
