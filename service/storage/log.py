"""The log in the database: its leaves in order, and which report each entry belongs to.

`WrittenLog` is the store of `provenance.attest.log` inside one transaction that holds the row of
the log, so that whichever processes write, one does at a time: the next number is always the one
after the last. What a rolled back transaction had added was never there.

Leaves stay for good. An entry, whose salt ties a leaf to a report, goes with its report. That of a
decision or an exhibit, an act for short, stands in its receipt, and goes with it.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from sqlalchemy import Connection, Engine, and_, delete, func, insert, select, union_all, update
from sqlalchemy.exc import IntegrityError

from provenance.attest.dsse import Signature
from provenance.attest.log import LogEntry
from provenance.errors import LogFault
from service.storage.tables import (
    decisions,
    exhibits,
    log_entries,
    log_leaves,
    logs,
    reports,
    unlogged,
)

__all__ = ["Act", "LogBook", "Unlogged", "WrittenLog"]

ONLY = 1
"""Of the row of the log: a service keeps one."""

ACTS = {"dec": decisions, "exh": exhibits}
"""By what their identifiers begin with."""


@dataclass(frozen=True, slots=True)
class Unlogged:
    """A report that is not in the log yet."""

    report: str
    document: str


@dataclass(frozen=True, slots=True)
class Act:
    """A decision or an exhibit, which was signed when it was made.

    Attributes:
        receipt: as it is kept.
        unlogged: whether it waits to be entered in the log.
    """

    id: str
    receipt: str
    unlogged: bool


class WrittenLog:
    """A `LogStore`, and the reports that its entries belong to, in a transaction that goes on.

    Args:
        connection: of a transaction that holds the row of the log.
        origin: the log's name.
    """

    def __init__(self, connection: Connection, origin: str) -> None:
        self._connection = connection
        self.origin = origin

    def leaves(self, start: int = 0) -> Iterator[bytes]:
        """The leaf hashes from number `start` on.

        Raises:
            LogFault: one is missing.
        """
        return _leaves(self._connection, start)

    def append(self, leaf: bytes) -> None:
        """Adds a leaf hash; it is there once the transaction has ended."""
        last = self._connection.execute(select(func.max(log_leaves.c.leaf_index))).scalar()
        values = {"leaf_index": 0 if last is None else last + 1, "hash": leaf}
        self._connection.execute(insert(log_leaves).values(values))

    def head(self) -> bytes | None:
        """The tree head that was kept last."""
        return _head(self._connection)

    def keep_head(self, head: bytes) -> None:
        """Keeps a tree head in place of the last."""
        kept = update(logs).where(logs.c.id == ONLY).values(head=head.decode())
        self._connection.execute(kept)

    def has(self, report: str) -> bool:
        """Whether a report is in the log, or there is no such report any more."""
        entered = select(log_entries.c.report).where(log_entries.c.report == report)
        if self._connection.execute(entered).first() is not None:
            return True
        there = select(reports.c.id).where(reports.c.id == report)
        return self._connection.execute(there).first() is None

    def note(self, report: str, signature: Signature, entry: LogEntry) -> None:
        """Note which report an entry belongs to, and the signature it is of."""
        values = {
            "report": report,
            "leaf_index": entry.leaf_index,
            "signature": signature.model_dump_json(),
            "entry": entry.model_dump_json(by_alias=True),
        }
        self._connection.execute(insert(log_entries).values(values))
        _done(self._connection, report)

    def waits(self, act: str) -> bool:
        """Whether an act is there, and not in the log yet."""
        table = ACTS[act[:3]]
        query = select(table.c.id).where(table.c.id == act, table.c.unlogged)
        return self._connection.execute(query).first() is not None

    def keep(self, act: str, receipt: str) -> None:
        """Keep the receipt of an act that has its place in the log now."""
        table = ACTS[act[:3]]
        values = {"receipt": receipt, "unlogged": False}
        self._connection.execute(update(table).where(table.c.id == act).values(values))


class LogBook:
    """The log, and which reports are in it.

    Args:
        engine: of the database.
    """

    def __init__(self, engine: Engine) -> None:
        self._engine = engine.execution_options(durable=True)
        self._reading = engine.execution_options(reads=True)

    @contextmanager
    def writing(self) -> Iterator[WrittenLog]:
        """The log, which nobody else writes to meanwhile; an exception takes all of it back."""
        self._begun()
        with self._engine.begin() as connection:
            held = select(logs.c.origin).where(logs.c.id == ONLY).with_for_update()
            yield WrittenLog(connection, connection.execute(held).scalar_one())

    def read(self, start: int) -> tuple[bytes | None, tuple[bytes, ...]]:
        """The tree head that was kept last, and the leaves from number `start` on.

        Raises:
            LogFault: one is missing.
        """
        with self._reading.connect() as connection:
            # In this order, so that there are never fewer leaves than the head is of.
            return _head(connection), tuple(_leaves(connection, start))

    def entry(self, organisation: str, report: str) -> tuple[Signature, LogEntry] | None:
        """Of a report of this organisation: the signature, and the place that it got."""
        mine = and_(reports.c.organisation == organisation, reports.c.id == report)
        columns = (log_entries.c.signature, log_entries.c.entry)
        query = select(*columns).join(reports, reports.c.id == log_entries.c.report).where(mine)
        with self._reading.connect() as connection:
            row = connection.execute(query).first()
        if row is None:
            return None
        return Signature.model_validate_json(row.signature), LogEntry.model_validate_json(row.entry)

    def waiting(self, limit: int) -> tuple[Unlogged, ...]:
        """Reports that are not in the log yet, the oldest first."""
        query = (
            select(reports.c.id, reports.c.document)
            .join(unlogged, unlogged.c.report == reports.c.id)
            .order_by(unlogged.c.report)
            .limit(limit)
        )
        with self._reading.connect() as connection:
            return tuple(Unlogged(*row) for row in connection.execute(query))

    def act(self, organisation: str, act: str) -> Act | None:
        """An act of this organisation."""
        table = ACTS.get(act[:3])
        if table is None:
            return None
        query = select(table.c.id, table.c.receipt, table.c.unlogged)
        mine = and_(table.c.organisation == organisation, table.c.id == act)
        with self._reading.connect() as connection:
            row = connection.execute(query.where(mine)).first()
        return None if row is None else Act(*row)

    def waiting_acts(self, limit: int) -> tuple[Act, ...]:
        """Acts that are not in the log yet."""
        of_each = (
            select(table.c.id, table.c.receipt, table.c.unlogged).where(table.c.unlogged)
            for table in ACTS.values()
        )
        with self._reading.connect() as connection:
            return tuple(Act(*row) for row in connection.execute(union_all(*of_each).limit(limit)))

    def give_up(self, report: str) -> None:
        """Wait no more for a report that cannot be signed."""
        with self._engine.begin() as connection:
            _done(connection, report)

    def settle(self, act: str) -> None:
        """Wait no more for an act that is in the log, or never can be."""
        table = ACTS[act[:3]]
        with self._engine.begin() as connection:
            connection.execute(update(table).where(table.c.id == act).values(unlogged=False))

    def _begun(self) -> None:
        """A log has a name from its first moment on, whoever comes first."""
        with self._reading.connect() as connection:
            if connection.execute(select(logs.c.id)).first() is not None:
                return
        try:
            with self._engine.begin() as connection:
                connection.execute(insert(logs).values(id=ONLY, origin=uuid.uuid4().urn))
        except IntegrityError:  # another was first, and it has the name from there
            return


def _done(connection: Connection, report: str) -> None:
    connection.execute(delete(unlogged).where(unlogged.c.report == report))


def _head(connection: Connection) -> bytes | None:
    head = connection.execute(select(logs.c.head).where(logs.c.id == ONLY)).scalar()
    return None if head is None else str(head).encode()


def _leaves(connection: Connection, start: int) -> Iterator[bytes]:
    query = (
        select(log_leaves.c.leaf_index, log_leaves.c.hash)
        .where(log_leaves.c.leaf_index >= start)
        .order_by(log_leaves.c.leaf_index)
    )
    for expected, (index, leaf) in enumerate(connection.execute(query), start):
        if index != expected:
            raise LogFault(
                f"the log has no leaf {expected}, but one that comes after it",
                hint="Put the table log_leaves back from a copy.",
            )
        yield bytes(leaf)
