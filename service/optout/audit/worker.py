"""What the workers of an audit do: read one stretch of the input, judge its rows, write them.

Everything that reads what strangers wrote happens here, inside the sandbox: the input, native
libraries for Parquet and WARC, and the documents of hosts. A worker is handed open files and
answers with whole lines, and with figures that the caller checks.
"""

from __future__ import annotations

import json
import logging
import os
import random
import struct
from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import Any

from pydantic import TypeAdapter

from provenance.evidence import NotRun, Reservation
from provenance.rights.history import Span
from provenance.rights.records import Channel
from provenance.rights.standing import table as standing
from provenance.rights.warc import next_record
from service.optout.audit.answers import archive_rows
from service.optout.audit.figures import Figures
from service.optout.audit.judging import Asked, Judge
from service.optout.audit.licences import Licences
from service.optout.audit.logs import log_rows
from service.optout.audit.pack import Packed
from service.optout.audit.rows import NOT_TAKEN, Other, Row
from service.optout.audit.tables import csv_rows, url_rows

__all__ = ["Worker", "answer_of"]

log = logging.getLogger(__name__)

SIZES = struct.Struct(">III")
records = TypeAdapter(tuple[Reservation | NotRun, ...])


class Worker:
    """One worker; see `provenance.sandbox.Task`.

    Args:
        asked: fields of `Asked`; its span as two written moments.
        licences: fields of each licence claimed.
        share: of the rows to judge, or None for all.
        seed: of the choice.
    """

    def __init__(
        self,
        asked: dict[str, Any],
        licences: list[list[Any]],
        share: float | None = None,
        seed: str = "",
    ) -> None:
        at = asked.pop("at", None)
        span = Span(*(datetime.fromisoformat(one) for one in at)) if at else None
        self._asked = Asked(**asked, at=span)
        self._licences = Licences.of(licences) if licences else None
        self._share, self._seed = share, seed
        self._judge: Judge | None = None
        self._parquet: Any = None

    def __call__(self, job: dict[str, Any], fds: list[int], blobs: list[bytes]) -> bytes:
        """Read and judge one stretch.

        Args:
            job: what to read, and how (`kind` and its own fields).
            fds: the bodies and the index of the history, then the input.
            blobs: rows that were read elsewhere.
        """
        if job["kind"] == "parquet-description":
            return json.dumps(self._open_parquet(fds[2]).described()).encode()
        if self._judge is None:
            self._judge = Judge(Packed(fds[0], fds[1]), self._asked, standing(), self._licences)
        figures = Figures()
        lines: list[str] = []
        table: list[str] = []
        follows: dict[str, Any] = {}
        for row in self._taken(self._rows(job, fds, blobs, follows), job):
            figures.rows += 1
            if isinstance(row, Other):
                figures.leave_out(row.reason, readable=row.readable)
                continue
            try:
                judged = self._judge.judge(row)
            except (MemoryError, RecursionError):
                raise
            except Exception:  # a defect of ours must cost its own row and no other
                log.exception("a row cannot be judged")
                figures.leave_out("failed", readable=False)
                continue
            lines.append(judged.line)
            table.append(judged.csv)
            figures.add(judged, row)
        return answer_of(figures, follows, "".join(lines), "".join(table))

    def _rows(
        self, job: dict[str, Any], fds: list[int], blobs: list[bytes], follows: dict[str, Any]
    ) -> Iterator[Row | Other]:
        match job["kind"]:
            case "urls":
                yield from url_rows(_text(job, fds))
            case "csv":
                how = job["delimiter"], job["header"]
                yield from csv_rows(_text(job, fds), job["columns"], how[0], header=how[1])
            case "log":
                yield from log_rows(_text(job, fds), job["host"], self._asked.agent)
            case "parquet":
                parquet = self._open_parquet(fds[2])
                yield from parquet.rows(job["group"], job["start"], job["count"])
            case "warc" | "wet":
                yield from self._archive(job, fds[2], follows)
            case "given":
                yield from map(_given, json.loads(blobs[0]))
            case _:
                yield Other(str(job["kind"]))

    def _archive(
        self, job: dict[str, Any], fd: int, follows: dict[str, Any]
    ) -> Iterator[Row | Other]:
        """The rows that begin between two places; says where the first stands, and the next."""
        start: int | None = job["start"]
        if job["seek"]:
            start = next_record(fd, job["start"])
        follows["first"] = start
        if start is None or not job["count"]:
            return
        found = archive_rows(fd, start, self._asked.agent, head=job["head"])
        for count, (offset, row) in enumerate(found):
            if offset > start and (offset >= job["until"] or count >= job["count"]):
                follows["next"] = offset
                return
            yield row

    def _taken(self, rows: Iterable[Row | Other], job: dict[str, Any]) -> Iterator[Row | Other]:
        """The rows of a sample, the same whenever they are drawn."""
        if self._share is None:
            yield from rows
            return
        chance = random.Random(f"{self._seed}/{json.dumps(job, sort_keys=True)}")  # noqa: S311
        for row in rows:
            yield row if chance.random() < self._share else Other(NOT_TAKEN, readable=True)

    def _open_parquet(self, fd: int) -> Any:
        if self._parquet is None:
            from service.optout.audit.columns import Parquet

            self._parquet = Parquet(fd)
        return self._parquet


def answer_of(figures: Figures, follows: dict[str, Any], lines: str, table: str) -> bytes:
    """The three parts of an answer, with their lengths before them."""
    head = json.dumps({"figures": figures.described(), **follows}).encode()
    written, rows = lines.encode(), table.encode()
    return b"".join([SIZES.pack(len(head), len(written), len(rows)), head, written, rows])


def _text(job: dict[str, Any], fds: list[int]) -> bytes:
    start, end = job["start"], job["end"]
    data = os.pread(fds[2], end - start, start)
    while len(data) < end - start:
        more = os.pread(fds[2], end - start - len(data), start + len(data))
        if not more:
            break
        data += more
    return data


def _given(described: dict[str, Any]) -> Row | Other:
    if "reason" in described:
        return Other(described["reason"], readable=bool(described.get("readable")))
    at = described["at"]
    return Row(
        described["input"],
        described["url"],
        Span(*(datetime.fromisoformat(one) for one in at)) if at else None,
        described["agent"],
        records.validate_python(described["records"]),
        frozenset(map(Channel, described["looked"])),
        described["media_type"],
        described["size"],
        described["note"],
    )
