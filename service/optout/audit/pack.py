"""Everything that was observed, in two open files: what the workers of an audit judge by.

Workers see no folders. They get the documents of all histories as one file of bodies, equal ones
once, and an index with a line for each host. Both are unnamed and end with the audit.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import json
import os
import tempfile
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import IO, Any, Literal

from provenance.descriptors import stream_of
from provenance.rights.archive import ArchiveHistory
from provenance.rights.history import History, Observation, Span
from provenance.rights.records import Channel
from provenance.rights.surroundings import RightsFile
from service.optout.audit.rows import clean
from service.optout.audit.summary import HistorySource

__all__ = ["HistoryPack", "Packed"]

LONGEST = (1 << 20) + 1
"""Bytes of a document that are kept: one more than readers take, so that they see it is longer."""


class HistoryPack:
    """The caller's side: the two files.

    Attributes:
        sources: what each history holds.
        digest: of everything observed; two audits of the same observations have the same.
    """

    def __init__(self, histories: Sequence[tuple[Path, History]]) -> None:
        self._bodies: IO[bytes] = tempfile.TemporaryFile()  # noqa: SIM115 - closed by `close`
        self._index: IO[bytes] = tempfile.TemporaryFile()  # noqa: SIM115 - the same
        self._places: dict[bytes, tuple[int, int]] = {}
        self._end = 0
        found: dict[str, list[tuple[Any, ...]]] = {}
        self.sources = tuple(self._take(path, history, found) for path, history in histories)
        digest = hashlib.sha256()
        for host in sorted(found):
            seen = sorted(found[host], key=lambda one: one[:3])  # of one moment, as they came
            digest.update(repr((host, [one[:5] + one[7:] for one in seen])).encode())
            line = f"{json.dumps(host)}\t{json.dumps([one[:7] for one in seen])}\n"
            self._index.write(line.encode())  # a host may hold anything; JSON writes no tab
        self._index.flush()
        self._bodies.flush()
        self.digest = digest.hexdigest()

    @property
    def fds(self) -> tuple[int, int]:
        """The descriptors a worker is handed."""
        return self._bodies.fileno(), self._index.fileno()

    def close(self) -> None:
        """Give both files up."""
        self._bodies.close()
        self._index.close()

    def _take(
        self, path: Path, history: History, found: dict[str, list[tuple[Any, ...]]]
    ) -> HistorySource:
        hosts = observations = unreadable = 0
        first: dt.datetime | None = None
        last: dt.datetime | None = None
        for host in history.hosts():
            hosts += 1
            for one in history.observations(host):
                observations += 1
                start, end = one.seen.start, one.seen.end
                first = start if first is None else min(first, start)
                last = end if last is None else max(last, end)
                file = one.load()
                unreadable += file.status is None
                at, size, digest = self._keep(file.body[:LONGEST])
                seen = (start.isoformat(), end.isoformat())
                place = (one.channel.value, *seen, file.url, file.status, at, size, digest)
                found.setdefault(host, []).append(place)
        kind: Literal["folder", "warc", "cdx"] = "folder"
        if isinstance(history, ArchiveHistory):
            kind = "cdx" if history.kind == "cdx" else "warc"
        return HistorySource(
            name=clean(path) or ".",
            kind=kind,
            hosts=hosts,
            observations=observations,
            unreadable=unreadable,
            first=first,
            last=last,
        )

    def _keep(self, body: bytes) -> tuple[int, int, str]:
        digest = hashlib.sha256(body)
        place = self._places.get(digest.digest())
        if place is None:
            place = self._places[digest.digest()] = (self._end, len(body))
            self._bodies.write(body)
            self._end += len(body)
        return *place, digest.hexdigest()


class Packed:
    """The worker's side: a `History`."""

    def __init__(self, bodies: int, index: int) -> None:
        self._bodies = os.dup(bodies)
        self._lines: dict[str, bytes] = {}
        for line in stream_of(index):
            host, _, seen = line.partition(b"\t")
            self._lines[json.loads(host)] = seen

    def hosts(self) -> Iterable[str]:
        """The hosts that were observed."""
        return self._lines.keys()

    def observations(self, host: str) -> Sequence[Observation]:
        """All of one host; none when it was never observed."""
        line = self._lines.get(host)
        return [self._observation(*one) for one in json.loads(line)] if line else ()

    def _observation(
        self, channel: str, start: str, end: str, url: str, status: int | None, at: int, size: int
    ) -> Observation:
        seen = Span(dt.datetime.fromisoformat(start), dt.datetime.fromisoformat(end))

        def load() -> RightsFile:
            body = os.pread(self._bodies, size, at)
            return RightsFile(Channel(channel), url, body, status, seen.start)

        return Observation(Channel(channel), seen, load)
