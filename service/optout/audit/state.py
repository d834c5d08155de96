"""What an audit has done so far, so that it can go on after whatever stopped it.

The findings are appended to two files; how much of them counts, from where to go on, and all
figures stand in a small database beside them and change in one transaction. After a kill the files
are cut back to what the database says.
"""

from __future__ import annotations

import datetime as dt
import fcntl
import json
import os
import sqlite3
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any, Self

from provenance.errors import ConfigError
from provenance.rights.finding import Verdict
from service.optout.audit.figures import Counts, HostCounts
from service.optout.audit.summary import MOST_HOSTS, HostFigures

__all__ = ["COVERAGE", "FINDINGS", "PAGE", "PARQUET", "TABLE", "Progress", "State"]

FINDINGS, TABLE, PARQUET = "findings.ndjson", "findings.csv", "findings.parquet"
COVERAGE, PAGE = "coverage.json", "index.html"
FOLDER, NAME, LOCK = ".audit", "state.sqlite", "lock"
VERDICTS = tuple(Verdict)

SCHEMA = """
CREATE TABLE IF NOT EXISTS progress (one INTEGER PRIMARY KEY CHECK (one = 1), value TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS hosts (
    host TEXT PRIMARY KEY, rows INTEGER NOT NULL, bytes INTEGER NOT NULL, sized INTEGER NOT NULL,
    observed INTEGER NOT NULL, {columns}
) WITHOUT ROWID;
"""


@dataclass(slots=True)
class Progress:
    """How far an audit has come.

    Attributes:
        identity: what is audited, and how; an audit goes on only with the same.
        started_at: when it began, ISO 8601.
        after: place in the input behind the last row that counts.
        written: bytes of the two files that count.
        counts: of the rows up to there.
        finished_at: when it was done, None before.
        share: of the rows that are judged, None for all.
    """

    identity: dict[str, Any]
    started_at: str
    after: Any
    written: tuple[int, int]
    counts: Counts
    finished_at: str | None = None
    share: float | None = None

    def to_json(self) -> str:
        """As it is kept."""
        return json.dumps(
            {
                "identity": self.identity,
                "started_at": self.started_at,
                "after": self.after,
                "written": self.written,
                "counts": self.counts.model_dump(mode="json"),
                "finished_at": self.finished_at,
                "share": self.share,
            }
        )

    @classmethod
    def of(cls, written: str) -> Self:
        """What was kept."""
        values = json.loads(written)
        return cls(
            values["identity"],
            values["started_at"],
            values["after"],
            (values["written"][0], values["written"][1]),
            Counts.model_validate(values["counts"]),
            values["finished_at"],
            values.get("share"),
        )


class State:
    """The folder of one audit, while it is written."""

    def __init__(self, out: Path, identity: dict[str, Any], *, resume: bool) -> None:
        self.out = out
        self._folder = out / FOLDER
        try:
            self._folder.mkdir(parents=True, exist_ok=True)
        except OSError as fault:
            raise ConfigError(f"--out {out}: cannot be a folder ({fault.strerror})") from fault
        with ExitStack() as held:
            held.enter_context(self._locked())
            self._database = self._opened()
            held.callback(self._database.close)
            kept = self._database.execute("SELECT value FROM progress").fetchone()
            self.progress = self._begin(identity, kept[0] if kept else None, resume=resume)
            self._is_new = kept is None
            self.files: tuple[IO[bytes], IO[bytes]] = (
                held.enter_context(self._continued(FINDINGS, 0)),
                held.enter_context(self._continued(TABLE, 1)),
            )
            self._held = held.pop_all()

    def _locked(self) -> IO[bytes]:
        """The file one audit at a time holds; the system takes it from one that was killed."""
        lock = (self._folder / LOCK).open("ab")
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as fault:
            lock.close()
            raise ConfigError(
                f"--out {self.out}: another audit is writing there", hint="Wait for it to end."
            ) from fault
        return lock

    def _opened(self) -> sqlite3.Connection:
        database = sqlite3.connect(self._folder / NAME, isolation_level=None)
        columns = ", ".join(f"{verdict.value} INTEGER NOT NULL" for verdict in VERDICTS)
        try:
            database.execute("PRAGMA journal_mode=WAL")
            database.execute("PRAGMA synchronous=NORMAL")
            database.executescript(SCHEMA.format(columns=columns))
        except sqlite3.DatabaseError as fault:
            raise ConfigError(
                f"{self._folder / NAME}: damaged ({fault})", hint="Give another folder to --out."
            ) from fault
        return database

    def _begin(self, identity: dict[str, Any], kept: str | None, *, resume: bool) -> Progress:
        if kept is not None:
            progress = Progress.of(kept)
            if not resume:
                raise ConfigError(
                    f"--out {self.out}: holds an audit already",
                    hint="Add --resume to go on with it, or give another folder.",
                )
            other = [key for key in identity if progress.identity.get(key) != identity[key]]
            if other:
                raise ConfigError(
                    f"--resume: {self.out} holds another audit (other {', '.join(other)})",
                    hint="Give the same input, history and options, or another folder.",
                )
            return progress
        for name in (FINDINGS, TABLE, PARQUET, COVERAGE, PAGE):
            path = self.out / name
            if path.exists() and path.stat().st_size:
                raise ConfigError(
                    f"--out {self.out}: holds a {name} already, which is of no audit",
                    hint="Nothing is written over. Give another folder.",
                )
        now = dt.datetime.now(dt.UTC).replace(microsecond=0).isoformat()
        return Progress(identity, now, None, (0, 0), Counts())

    def _continued(self, name: str, which: int) -> IO[bytes]:
        """A file of findings, cut back to what counts of it."""
        file = os.fdopen(os.open(self.out / name, os.O_RDWR | os.O_CREAT, 0o644), "r+b", 1 << 20)
        written = self.progress.written[which]
        if file.seek(0, os.SEEK_END) < written:
            file.close()
            raise ConfigError(
                f"{self.out / name}: is shorter than the audit has written",
                hint="Somebody changed it. Give another folder to --out.",
            )
        if file.tell() > written:
            file.truncate(written)
        file.seek(written)
        return file

    def add(
        self, after: Any, parts: tuple[bytes, bytes], counts: Counts, hosts: dict[str, HostCounts]
    ) -> None:
        """Take what a worker made of a stretch; it counts when this returns."""
        if self._is_new:  # from here on the two files are known to be ours
            self._keep({})
            self._is_new = False
        for file, part in zip(self.files, parts, strict=True):
            file.write(part)
            file.flush()
        progress = self.progress
        progress.counts.add(counts)
        progress.after = after
        progress.written = (
            progress.written[0] + len(parts[0]),
            progress.written[1] + len(parts[1]),
        )
        self._keep(hosts)

    def _keep(self, hosts: dict[str, HostCounts]) -> None:
        names = [verdict.value for verdict in VERDICTS]
        sums = ", ".join(
            f"{name} = {name} + excluded.{name}" for name in ("rows", "bytes", "sized", *names)
        )
        insert = (
            f"INSERT INTO hosts VALUES ({', '.join('?' * (5 + len(names)))}) "  # noqa: S608 - our names
            f"ON CONFLICT (host) DO UPDATE SET {sums}, observed = max(observed, excluded.observed)"
        )
        self._database.execute("BEGIN")
        self._database.executemany(
            insert,
            (
                (
                    *(host, one.rows, one.bytes, one.sized, int(one.observed)),
                    *(one.verdicts.get(verdict, 0) for verdict in VERDICTS),
                )
                for host, one in hosts.items()
            ),
        )
        self._database.execute(
            "INSERT OR REPLACE INTO progress VALUES (1, ?)", (self.progress.to_json(),)
        )
        self._database.execute("COMMIT")

    def finish(self) -> None:
        """Say that nothing is left to do."""
        now = dt.datetime.now(dt.UTC).replace(microsecond=0)
        self.progress.finished_at = now.isoformat()
        self._keep({})

    def hosts(self) -> tuple[int, int]:
        """How many there are, and of how many anything was observed."""
        found = self._database.execute("SELECT count(*), coalesce(sum(observed), 0) FROM hosts")
        every, observed = found.fetchone()
        return int(every), int(observed)

    def top_hosts(
        self, orders: tuple[str, ...] = ("rows",), most: int = MOST_HOSTS
    ) -> tuple[HostFigures, ...]:
        """The hosts with most of something, then by name.

        Args:
            orders: `rows`, or verdicts, the first before the others.
            most: how many.
        """
        if not {*orders} <= {"rows", *VERDICTS}:
            raise ValueError(orders)
        some = " OR ".join(f"{order} > 0" for order in orders)
        ordered = ", ".join(f"{order} DESC" for order in orders)
        found = self._database.execute(
            f"SELECT * FROM hosts WHERE {some} ORDER BY {ordered}, host LIMIT ?",  # noqa: S608
            (most,),
        )
        return tuple(
            HostFigures(
                host=row[0],
                rows=row[1],
                bytes=row[2] if row[3] else None,
                observed=bool(row[4]),
                verdicts={
                    verdict: count
                    for verdict, count in zip(VERDICTS, row[5:], strict=True)
                    if count
                },
            )
            for row in found
        )

    def close(self) -> None:
        """Close everything; what counts is on the disk already."""
        self._held.close()
