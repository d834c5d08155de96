"""How long things are kept: what is due is deleted, and what somebody asks to be erased.

Bytes are deleted only while nobody can enter the same work (`alone_with`), and only where no
screening of the organisation needs them. What is deleted by time is deleted in batches, so that no
transaction is a long one.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    Engine,
    Select,
    Table,
    and_,
    delete,
    exists,
    or_,
    select,
    update,
)

from service.storage.accesses import ErasureReason, bury
from service.storage.blobs import Blobs, Kept
from service.storage.exclusion import alone_with
from service.storage.identifiers import first_identifier
from service.storage.reviews import ReviewState
from service.storage.screenings import State
from service.storage.tables import (
    accesses,
    appeals,
    deliveries,
    exhibits,
    idempotency,
    organisations,
    reports,
    reviews,
    screenings,
    unlogged,
)
from service.storage.webhooks import DeliveryState

__all__ = ["Erased", "Keeping"]

DIGITS = 64
ENDED = (State.DONE, State.FAILED)
NOT_KEPT = {"blob": None, "supplied": None, "resource": None}
CLOCKS = dt.timedelta(hours=1)
"""By which those of two machines may differ."""


@dataclass(frozen=True, slots=True)
class Erased:
    """What became of a screening that was erased.

    Attributes:
        work: whether its bytes are deleted; False when another screening has the same, or when
            there were none.
        report: the same of its report.
        messages: how many messages to webhooks were deleted.
        exhibits: how many screenings went with it that were exhibits of an appeal against it.
    """

    screening: str
    work: bool
    report: bool
    messages: int
    exhibits: int = 0


@dataclass(frozen=True, slots=True)
class _Held:
    """What is to be known of a screening to delete it."""

    id: str
    organisation: str
    sha256: str | None
    blob: str | None
    report: str | None
    created_at: dt.datetime


class Keeping:
    """Deletes from the database and from the store of works. Thread-safe.

    Args:
        engine: of the database.
        blobs: where works are kept.
    """

    def __init__(self, engine: Engine, blobs: Blobs) -> None:
        self._engine, self._blobs = engine, blobs
        self._reading = engine.execution_options(reads=True)

    def discard(self, organisation: str, name: str) -> bool:
        """Delete bytes that no screening needs; False when one does."""
        with self._engine.begin() as connection:
            alone_with(connection, organisation, name)
            return self._deleted(connection, organisation, name)

    def strays(self, found: Sequence[Kept]) -> int:
        """Delete those of these bytes that no screening needs, and say how many they were."""
        with self._reading.connect() as connection:
            loose = [one for one in found if not _is_needed(connection, one.organisation, one.name)]
        return sum(self.discard(one.organisation, one.name) for one in loose)

    def release_works(self, limit: int, *, ended: dt.datetime | None = None) -> int:
        """Delete bytes whose time is over, once their report is signed; say of how many screenings.

        Args:
            limit: of how many at most.
            ended: those of screenings that ended before, even if more time was given them then.
        """
        due = screenings.c.keep_until <= _now()
        if ended is not None:
            due = or_(due, screenings.c.finished_at <= ended)
        signed = ~exists().where(unlogged.c.report == screenings.c.report)
        found = self._held(and_(screenings.c.blob.is_not(None), due, signed), limit)
        faults = []
        for one in found:
            try:
                self._release(one)
            except Exception as fault:  # the store's own: one that cannot go holds back no other
                faults.append(fault)
        if faults:
            raise faults[0]
        return len(found)

    def _release(self, one: _Held) -> None:
        with self._engine.begin() as connection:
            alone_with(connection, one.organisation, one.blob or "")
            mine = and_(screenings.c.id == one.id, screenings.c.blob == one.blob)
            connection.execute(update(screenings).where(mine).values(NOT_KEPT))
            self._deleted(connection, one.organisation, one.blob or "")

    def release_supplies(self, limit: int) -> int:
        """Delete what came with works that never were here, or are no more; of how many."""
        without = and_(screenings.c.supplied.is_not(None), screenings.c.blob.is_(None))
        found = [one.id for one in self._held(and_(without, screenings.c.state.in_(ENDED)), limit)]
        if found:
            with self._engine.begin() as connection:
                mine = screenings.c.id.in_(found)
                connection.execute(update(screenings).where(mine).values(NOT_KEPT))
        return len(found)

    def forget_screenings(self, before: dt.datetime, limit: int) -> int:
        """Delete ended screenings that were handed in before, with their reports and bytes.

        Those stay that people are to decide about, or may still be asked to; exhibits go with the
        screening they were handed in for.
        """
        of = screenings.c
        asked = and_(
            of.id < first_identifier("scr", before),
            of.state.in_(ENDED),
            ~exists().where(reviews.c.screening == of.id, reviews.c.state == ReviewState.OPEN),
            ~exists().where(appeals.c.screening == of.id, appeals.c.expires_at > _now()),
            ~exists().where(exhibits.c.screening == of.id),
        )
        found = self._held(asked, limit)
        for one in found:
            with self._engine.begin() as connection:
                self._remove_with_exhibits(connection, one)
        return len(found)

    def forget_deliveries(self, before: dt.datetime, limit: int) -> int:
        """Delete messages that were written before, and are not to be sent any more."""
        made = deliveries.c.id < first_identifier("msg", before)
        sent = deliveries.c.state != DeliveryState.PENDING
        return self._forget(deliveries, deliveries.c.id, and_(made, sent), limit)

    def forget_accesses(self, before: dt.datetime, limit: int) -> int:
        """Delete entries of the access log that were written before."""
        made = accesses.c.id < first_identifier("acc", before)
        return self._forget(accesses, accesses.c.id, made, limit)

    def forget_idempotency(self, before: dt.datetime, limit: int) -> int:
        """Delete idempotency keys that came before."""
        came = idempotency.c.created_at < before
        return self._forget(idempotency, idempotency.c.screening, came, limit)

    def erase(
        self, organisation: str, screening: str, *, caller: str, reason: ErasureReason | None
    ) -> Erased | None:
        """Delete a screening of this organisation, whatever its state, and all that is its alone.

        What examines it meanwhile finds nothing to end, and writes nothing.

        Returns:
            What was deleted; None when the organisation has no such screening.
        """
        mine = and_(screenings.c.organisation == organisation, screenings.c.id == screening)
        with self._engine.begin() as connection:
            seen = connection.execute(_asked(mine)).first()
            if seen is not None:
                alone_with(connection, organisation, seen.sha256 or "")
            row = connection.execute(_asked(mine).with_for_update()).first()
            if row is None:
                return None
            erased = self._remove_with_exhibits(connection, _Held(*row))
            for one, _ in erased:
                bury(connection, organisation, caller, one.id, one.sha256, reason)
        return replace(erased[0][1], exhibits=len(erased) - 1)

    def erase_organisation(self, organisation: str) -> int:
        """Delete an organisation with all that is its, and say how many works those were.

        First what is in the database, so that nothing of it can come in meanwhile.
        """
        with self._engine.begin() as connection:
            connection.execute(delete(screenings).where(screenings.c.organisation == organisation))
            connection.execute(delete(organisations).where(organisations.c.id == organisation))
        theirs = [one for one in self._blobs.listed() if one.organisation == organisation]
        return sum(self.discard(organisation, one.name) for one in theirs)

    def withdraw(self, organisation: str, screening: str) -> None:
        """Take back a screening that was entered and answered to nobody."""
        mine = and_(screenings.c.organisation == organisation, screenings.c.id == screening)
        with self._engine.begin() as connection:
            connection.execute(delete(screenings).where(mine))

    def _remove_with_exhibits(
        self, connection: Connection, one: _Held
    ) -> list[tuple[_Held, Erased]]:
        """Delete a screening and those that were handed in for an appeal against it."""
        of = and_(appeals.c.id == exhibits.c.appeal, appeals.c.screening == one.id)
        handed_in = select(exhibits.c.screening).where(of)
        others = connection.execute(_asked(screenings.c.id.in_(handed_in))).all()
        removed = [(one, self._remove(connection, one))]
        for other in others:
            if other.id != one.id:
                removed += self._remove_with_exhibits(connection, _Held(*other))
        return removed

    def _remove(self, connection: Connection, one: _Held) -> Erased:
        if one.sha256 is not None:
            alone_with(connection, one.organisation, one.sha256)
        connection.execute(delete(screenings).where(screenings.c.id == one.id))
        written = one.report is not None and _report_is_loose(connection, one)
        if written:
            connection.execute(delete(reports).where(reports.c.id == one.report))
        told = [one.id, one.report] if written and one.report else [one.id]
        about = and_(
            deliveries.c.organisation == one.organisation,
            deliveries.c.id >= first_identifier("msg", one.created_at - CLOCKS),
            or_(*(deliveries.c.body.contains(name, autoescape=True) for name in told)),
        )
        messages = connection.execute(delete(deliveries).where(about)).rowcount
        work = one.blob is not None and self._deleted(connection, one.organisation, one.blob)
        return Erased(one.id, work, written, messages)

    def _deleted(self, connection: Connection, organisation: str, name: str) -> bool:
        """Delete bytes that no screening needs, in a transaction that is alone with them."""
        if _is_needed(connection, organisation, name):
            return False
        self._blobs.delete(organisation, name)
        return True

    def _held(self, asked: ColumnElement[bool], limit: int) -> list[_Held]:
        with self._reading.connect() as connection:
            return [_Held(*row) for row in connection.execute(_asked(asked).limit(limit))]

    def _forget(
        self, table: Table, column: ColumnElement[str], asked: ColumnElement[bool], limit: int
    ) -> int:
        query = select(column).where(asked).limit(limit)
        with self._reading.connect() as connection:
            found = [one for (one,) in connection.execute(query)]
        if not found:
            return 0
        with self._engine.begin() as connection:
            return connection.execute(delete(table).where(column.in_(found), asked)).rowcount


def _asked(asked: ColumnElement[bool]) -> Select[Any]:
    of = screenings.c
    return select(of.id, of.organisation, of.sha256, of.blob, of.report, of.created_at).where(asked)


def _is_needed(connection: Connection, organisation: str, name: str) -> bool:
    mine = and_(
        screenings.c.organisation == organisation,
        screenings.c.sha256 == name[:DIGITS],
        screenings.c.blob == name,
    )
    return connection.execute(select(screenings.c.id).where(mine).limit(1)).first() is not None


def _report_is_loose(connection: Connection, one: _Held) -> bool:
    others = and_(screenings.c.organisation == one.organisation, screenings.c.report == one.report)
    return connection.execute(select(screenings.c.id).where(others).limit(1)).first() is None


def _now() -> dt.datetime:
    return dt.datetime.now(dt.UTC)
