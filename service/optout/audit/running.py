"""Runs an audit: hands stretches of the input to the workers and keeps what they answer, in order.

Nothing is read here. What a worker sends is checked before it counts: figures by their records,
lines by their number. A stretch that no worker can bear is counted as damaged, and the audit goes
on behind it.
"""

from __future__ import annotations

import json
import logging
import os
import struct
from collections import deque
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import asdict, dataclass, field, replace
from importlib.metadata import version
from itertools import islice
from typing import Any, Self

from pydantic import BaseModel, ConfigDict, ValidationError

from provenance.errors import EngineError, InputError
from provenance.evidence import NotRunReason
from provenance.limits import DEFAULT, MIB
from provenance.rights.agents import table as agents
from provenance.rights.finding import Verdict
from provenance.rights.history import Span
from provenance.rights.standing import table as standing
from provenance.sandbox import JobFailed, Sandbox, Task
from service.optout.audit.chain import Chain
from service.optout.audit.figures import Counts, HostCounts
from service.optout.audit.inputs import END, AuditInput, ParquetFile, Stretch
from service.optout.audit.judging import CSV_COLUMNS, Asked
from service.optout.audit.licences import Licence
from service.optout.audit.pack import HistoryPack
from service.optout.audit.state import State
from service.optout.audit.worker import SIZES

__all__ = ["Options", "Running", "identity_of"]

log = logging.getLogger(__name__)

LIMITS = replace(
    DEFAULT,
    worker_headroom=3 * 1024 * MIB,
    wall_seconds=600.0,
    cpu_seconds=600,
    reply_bytes=1024 * MIB,
)
"""Of one stretch. Native libraries reserve address space they never use; what a worker keeps of
hosts it has seen is the rest."""

DAMAGED = "damaged"
CUT_OFF = "cut_off"
"""All that follows in an archive, where no worker can bear what comes next."""


@dataclass(frozen=True, slots=True)
class Options:
    """How rows are judged.

    Attributes:
        asked: what is asked about each.
        at: as given.
        licences: claimed.
        sample: about how many rows to judge; None for all.
        seed: which rows a sample takes; the input's digest when None.
    """

    asked: Asked
    at: str | None = None
    licences: tuple[Licence, ...] = field(default=())
    sample: int | None = None
    seed: str | None = None

    def described(self) -> dict[str, Any]:
        """As JSON values."""
        return {**asdict(self), "asked": _described(self.asked)}


def _described(asked: Asked) -> dict[str, Any]:
    span: Span | None = asked.at
    at = [span.start.isoformat(), span.end.isoformat()] if span else None
    return {**asdict(asked), "at": at}


def identity_of(given: AuditInput, pack: HistoryPack, options: Options) -> dict[str, Any]:
    """What makes two audits the same."""
    return {
        "assay": version("assay-provenance"),
        "input": [
            given.kind,
            given.sha256,
            given.size,
            given.name if given.sha256 is None else None,
        ],
        "history": pack.digest,
        "options": json.loads(json.dumps(options.described())),
        "agents": agents().sha256,
        "standing": standing().sha256,
    }


class _Head(BaseModel):
    """What a worker says of a stretch."""

    model_config = ConfigDict(extra="forbid")

    class Figures(BaseModel):
        """Both kinds."""

        model_config = ConfigDict(extra="forbid")

        counts: Counts
        hosts: dict[str, tuple[int, int, int, bool, dict[Verdict, int]]]

    figures: Figures
    first: int | None = None
    next: int | None = None


@dataclass(frozen=True, slots=True)
class _Answered:
    """What a worker made of a stretch, checked.

    Attributes:
        lines: of `findings.ndjson`.
        table: of `findings.csv`.
        counts: of the rows.
        hosts: figures of each.
        first: in an archive where its first record stands; None when there was none.
        next: and the first one behind it; None at the end.
    """

    lines: bytes
    table: bytes
    counts: Counts
    hosts: dict[str, HostCounts]
    first: int | None
    next: int | None

    @classmethod
    def of(cls, answer: bytes, stretch: Stretch) -> Self:
        """The parts of an answer.

        Raises:
            ValueError: it makes no sense.
        """
        sizes = SIZES.unpack_from(answer)
        at = SIZES.size
        if len(answer) != at + sum(sizes):
            raise ValueError("its parts are not as long as it says")
        head = _Head.model_validate_json(answer[at : at + sizes[0]])
        lines = answer[at + sizes[0] : at + sizes[0] + sizes[1]]
        table = answer[at + sizes[0] + sizes[1] :]
        counts = head.figures.counts
        if lines.count(b"\n") != counts.judged:
            raise ValueError("its findings are not as many as it says")
        if head.next is not None and head.next <= max(stretch.job.get("start", 0), head.first or 0):
            raise ValueError("it goes back")
        hosts = {
            host: HostCounts(
                rows=rows, bytes=size, sized=sized, observed=observed, verdicts=verdicts
            )
            for host, (rows, size, sized, observed, verdicts) in head.figures.hosts.items()
        }
        return cls(lines, table, counts, hosts, head.first, head.next)


class Running:
    """One audit, from where it stands to its end.

    Args:
        given: the input.
        pack: what was observed.
        options: how to judge.
        state: what is done already.
        workers: processes.
    """

    def __init__(
        self,
        given: AuditInput,
        pack: HistoryPack,
        options: Options,
        state: State,
        *,
        workers: int,
    ) -> None:
        self._given, self._pack, self._state = given, pack, state
        self._workers = workers
        self._options = options
        self._sandbox: Sandbox | None = None
        self.share: float | None = None

    def run(self) -> Iterator[float]:
        """Judge what is left; yields the share of the input that is done, as it grows.

        Raises:
            InputError: the input cannot be read at all.
        """
        self._sandbox = Sandbox(self._task(None), size=self._workers, limits=LIMITS)
        try:
            self._describe(self._sandbox)
            self.share = self._state.progress.share = self._share_of_sample()
        except BaseException:
            self._sandbox.close()
            raise
        if self.share is not None:
            self._sandbox.close()
            self._sandbox = Sandbox(self._task(self.share), size=self._workers, limits=LIMITS)
        if self._state.progress.written == (0, 0):
            heading = ",".join(CSV_COLUMNS).encode() + b"\r\n"
            self._state.add(None, (b"", heading), Counts(), {})
        pool = ThreadPoolExecutor(self._workers, thread_name_prefix="audit")
        try:
            yield from self._all(pool)
        except BaseException:
            self._sandbox.abort()
            raise
        finally:
            pool.shutdown(wait=True, cancel_futures=True)
            self._sandbox.close()
        self._state.finish()

    def _task(self, share: float | None) -> Task:
        """What the workers do; `share` of the rows is judged."""
        return Task(
            "service.optout.audit.worker:Worker",
            {
                "asked": _described(self._options.asked),
                "licences": [list(asdict(one).values()) for one in self._options.licences],
                "share": share,
                "seed": self._options.seed or self._given.sha256 or self._given.name,
            },
        )

    def _all(self, pool: ThreadPoolExecutor) -> Iterator[float]:
        """Every stretch, a few of them read ahead."""
        waiting: deque[tuple[Stretch, Future[_Answered | None]]] = deque()
        after = self._state.progress.after
        chain = Chain(after or 0, self._ask, self._keep, self._lose_record)
        stretches = self._given.stretches(after)
        while True:
            for stretch in islice(stretches, self._workers + 1 - len(waiting)):
                waiting.append((stretch, pool.submit(self._ask, stretch)))
            if not waiting:
                return
            stretch, future = waiting.popleft()
            found = future.result()
            if stretch.after is None:
                chain.take(stretch, found)
            elif found is not None:
                self._keep(found, stretch.after)
            else:
                self._lose(stretch)
            yield stretch.done

    def _ask(self, stretch: Stretch) -> _Answered | None:
        """A worker's answer; None when no worker can bear the stretch."""
        assert self._sandbox is not None  # noqa: S101 - made before the pool
        fds = [*self._pack.fds, *([] if self._given.fd is None else [self._given.fd])]
        blobs = [stretch.blob] if stretch.blob else []
        for worker in ("this", "new"):
            try:
                return _Answered.of(self._sandbox.call(stretch.job, fds=fds, blobs=blobs), stretch)
            except JobFailed as failed:
                log.warning("%s: %s", stretch.job, failed)
                if worker == "this" and failed.reason is NotRunReason.TIMEOUT:
                    return None  # a new one takes as long; of anything else it may be free
            except (ValueError, ValidationError, struct.error) as fault:
                log.warning("%s: a malformed answer (%s)", stretch.job, fault)
        return None

    def _keep(self, found: _Answered, after: Any) -> None:
        """Take what a worker made of a stretch, with the place behind it."""
        self._state.add(after, (found.lines, found.table), found.counts, found.hosts)

    def _lose(self, stretch: Stretch) -> None:
        """Count a stretch that no worker can bear."""
        rows = self._rows_of(stretch)
        self._state.add(
            stretch.after, (b"", b""), Counts(rows=rows, unreadable={DAMAGED: rows}), {}
        )

    def _lose_record(self, after: int) -> None:
        """Count a record that no worker can bear; behind it nothing may be found any more."""
        reason = CUT_OFF if after == END else DAMAGED
        self._state.add(after, (b"", b""), Counts(rows=1, unreadable={reason: 1}), {})

    def _rows_of(self, stretch: Stretch) -> int:
        """How many rows are lost with a stretch: of text its lines, 1 where that is not known."""
        if stretch.rows is not None:
            return stretch.rows
        start, end = stretch.job.get("start"), stretch.job.get("end")
        if start is None or end is None or self._given.fd is None:
            return 1
        lines = os.pread(self._given.fd, end - start, start).count(b"\n")
        return max(1, lines - bool(stretch.job.get("header")))

    def _describe(self, sandbox: Sandbox) -> None:
        """The numbers of rows in a Parquet file, read by a worker."""
        if not isinstance(self._given, ParquetFile):
            return
        try:
            fds = [*self._pack.fds, self._given.fd or 0]
            described = json.loads(sandbox.call({"kind": "parquet-description"}, fds=fds))
            groups = [max(0, int(one)) for one in described["groups"]]
            columns = described["columns"]
        except (JobFailed, EngineError, KeyError, TypeError, ValueError) as fault:
            raise InputError(f"{self._given.name}: cannot be read as Parquet") from fault
        if "url" not in columns:
            raise InputError(
                f"{self._given.name}: has no column named url that holds text",
                hint="Name the column of addresses url.",
            )
        self._given.describe(groups)

    def _share_of_sample(self) -> float | None:
        if self._options.sample is None:
            return None
        expected = self._given.expected
        if not expected:
            raise InputError(
                f"{self._given.name}: --sample needs to know how many rows there are",
                hint="Sample a list, a table, a log or a folder; an archive is read whole.",
            )
        return min(1.0, self._options.sample / expected)
