"""Screenings and their reports in the database.

A screening is one work that somebody handed in. It is `queued` once its bytes are safe, `running`
while it is examined, and `done` with a report; one whose URL cannot be fetched has no bytes to
report on, and ends as `failed`. A report is written in the same transaction that ends its
screening, so that there is none without the other.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable

from sqlalchemy import (
    ColumnElement,
    Connection,
    Engine,
    Row,
    and_,
    case,
    func,
    insert,
    literal,
    or_,
    select,
    update,
)
from sqlalchemy.exc import IntegrityError

from provenance.supplied import Supplied
from service.policy import Finding
from service.review.facts import Found
from service.review.records import standing
from service.storage.accounts import NO_QUOTA, Quota
from service.storage.exclusion import alone_with
from service.storage.identifiers import first_identifier, new_identifier
from service.storage.reviews import open_review, standing_decision
from service.storage.screening_records import (
    OPEN,
    Intake,
    KeyReused,
    Listed,
    OverQuota,
    Screening,
    State,
    StoredReport,
    Used,
)
from service.storage.tables import idempotency, reports, screenings, unlogged
from service.storage.webhooks import Event, announce

__all__ = [
    "Intake",
    "KeyReused",
    "Listed",
    "OverQuota",
    "Screening",
    "Screenings",
    "State",
    "StoredReport",
    "Used",
]


SHOWN = (
    *(column for column in screenings.c if column.name not in ("supplied", "resource")),
    screenings.c.supplied.is_not(None).label("declared"),
)
"""Columns of a screening; what came with its work can be large, and is read by itself."""


class Screenings:
    """Screenings in the database.

    Args:
        engine: of the database.
        keep_days: how long works are kept once their screening has ended; None for good.
    """

    def __init__(self, engine: Engine, keep_days: int | None = None) -> None:
        self._engine, self.keep_days = engine, keep_days
        self._reading = engine.execution_options(reads=True)

    def accept(
        self,
        work: Intake,
        *,
        key: str | None = None,
        request: str = "",
        quota: Quota = NO_QUOTA,
    ) -> tuple[Screening, bool]:
        """Enter a work, whose bytes are safe by now.

        Args:
            work: what was handed in.
            key: idempotency key; the same key and request give the same screening.
            request: digest of the request.
            quota: what may be handed in a day by whoever hands it in.

        Returns:
            The screening, and whether it is new.

        Raises:
            KeyReused: the key came with another request.
            OverQuota: it would be more than that.
        """
        new = new_identifier("scr")
        now = _now()
        try:
            with self._engine.begin() as connection:
                before = self._before(connection, work.organisation, key, request)
                if before is not None:
                    return before, False
                if quota != NO_QUOTA:  # works that come at the same moment are counted in turn
                    alone_with(connection, work.organisation, f"of {work.api_key}")
                    used = _used(connection, work.organisation, work.api_key, now)
                    used.check(quota, work.bytes or 0)
                if work.blob is not None:
                    alone_with(connection, work.organisation, work.blob)
                connection.execute(insert(screenings).values(_values(new, work, now)))
                if key is not None:
                    entry = {
                        "organisation": work.organisation,
                        "key": key,
                        "request": request,
                        "screening": new,
                        "created_at": now,
                    }
                    connection.execute(insert(idempotency).values(entry))
                return _one(connection, screenings.c.id == new), True
        except IntegrityError:  # the same key came twice at once, and the other was first
            with self._reading.connect() as connection:
                before = self._before(connection, work.organisation, key, request)
            if before is None:
                raise
            return before, False

    @staticmethod
    def _before(
        connection: Connection, organisation: str, key: str | None, request: str
    ) -> Screening | None:
        if key is None:
            return None
        mine = and_(idempotency.c.organisation == organisation, idempotency.c.key == key)
        found = connection.execute(
            select(idempotency.c.request, idempotency.c.screening).where(mine)
        ).first()
        if found is None:
            return None
        if found.request != request:
            raise KeyReused
        return _one(connection, screenings.c.id == found.screening)

    def get(self, organisation: str, screening: str) -> Screening | None:
        """A screening of this organisation."""
        return self._first(
            and_(screenings.c.organisation == organisation, screenings.c.id == screening)
        )

    def any(self, screening: str) -> Screening | None:
        """A screening of whichever organisation: for jobs, never for requests."""
        return self._first(screenings.c.id == screening)

    def supplied(self, one: Screening) -> Supplied | None:
        """What came with its work; None where nothing did, or it is not kept any more."""
        if not one.declared:
            return None
        query = select(screenings.c.supplied, screenings.c.resource)
        with self._reading.connect() as connection:
            row = connection.execute(query.where(screenings.c.id == one.id)).first()
        if row is None or row.supplied is None:
            return None
        return Supplied(bytes(row.supplied), row.resource)

    def listed(
        self,
        organisation: str,
        *,
        limit: int,
        after: str | None = None,
        state: State | None = None,
        sha256: str | None = None,
        origin: str | None = None,
        name: str | None = None,
    ) -> Listed:
        """Screenings of an organisation, newest first.

        Args:
            organisation: whose.
            limit: of how many.
            after: the last one of the page before.
            state: only these.
            sha256: only those of this work.
            origin: only those whose verdict has this origin.
            name: only those whose name holds this, capital letters or not.
        """
        asked: list[ColumnElement[bool]] = [screenings.c.organisation == organisation]
        if after is not None:
            asked.append(screenings.c.id < after)
        if state is not None:
            asked.append(screenings.c.state == state)
        if sha256 is not None:
            asked.append(screenings.c.sha256 == sha256)
        if origin is not None:
            asked.append(screenings.c.origin == origin)
        if name is not None:
            asked.append(screenings.c.name.icontains(name, autoescape=True))
        query = select(*SHOWN).where(*asked).order_by(screenings.c.id.desc()).limit(limit + 1)
        with self._reading.connect() as connection:
            found = [_screening(row) for row in connection.execute(query)]
        more = len(found) > limit
        return Listed(tuple(found[:limit]), found[limit - 1].id if more else None)

    def report(self, organisation: str, report: str) -> StoredReport | None:
        """A report of this organisation."""
        mine = and_(reports.c.organisation == organisation, reports.c.id == report)
        return self._stored(mine)

    def same_report(self, organisation: str, sha256: str, made_by: str) -> StoredReport | None:
        """The latest report on these bytes that the same things made."""
        return self._stored(
            and_(
                reports.c.organisation == organisation,
                reports.c.sha256 == sha256,
                reports.c.made_by == made_by,
            )
        )

    def used(self, organisation: str, caller: str) -> Used:
        """What a caller has handed in today."""
        with self._reading.connect() as connection:
            return _used(connection, organisation, caller, _now())

    def begin(self, screening: str) -> Screening | None:
        """Count an attempt at a screening that is open; None when there is nothing to do."""
        still = and_(screenings.c.id == screening, screenings.c.state.in_(OPEN))
        values = {
            "state": State.RUNNING,
            "attempts": screenings.c.attempts + 1,
            "touched_at": _now(),
        }
        with self._engine.begin() as connection:
            if not connection.execute(update(screenings).where(still).values(values)).rowcount:
                return None
            return _one(connection, screenings.c.id == screening)

    def fetched(self, one: Screening, sha256: str, size: int, blob: str) -> bool:
        """Note what the work of a URL is; False when its screening has ended, or was erased."""
        still = and_(screenings.c.id == one.id, screenings.c.state.in_(OPEN))
        values = {"sha256": sha256, "bytes": size, "blob": blob, "touched_at": _now()}
        with self._engine.begin() as connection:
            alone_with(connection, one.organisation, blob)
            return bool(connection.execute(update(screenings).where(still).values(values)).rowcount)

    def try_again(self, screening: str, fault: str) -> None:
        """Note why an attempt ended without a report; the screening stays open."""
        self._change(screening, {"fault": fault, "state": State.QUEUED})

    def fail(self, screening: str, fault: str) -> bool:
        """End a screening without a report, having no bytes; False when it had ended before."""
        with self._engine.begin() as connection:
            return _end(connection, screening, State.FAILED, self.keep_days, fault=fault)

    def touch(self, running: Iterable[str]) -> None:
        """Say that these are still being examined."""
        now = _now()
        with self._engine.begin() as connection:
            for one in running:
                still = and_(screenings.c.id == one, screenings.c.state == State.RUNNING)
                connection.execute(update(screenings).where(still).values(touched_at=now))

    def finish(self, one: Screening, report: StoredReport, found: Found) -> bool:
        """End a screening with a report there is already; False when it had ended before."""
        with self._engine.begin() as connection:
            alone_with(connection, one.organisation, report.sha256)
            ended = State.DONE, self.keep_days
            return _end(connection, one.id, *ended, report=report.id, found=found)

    def finish_with(
        self, one: Screening, sha256: str, document: str, made_by: str, found: Found
    ) -> bool:
        """Write the report of a screening and end it, both or none; False if it had ended.

        Args:
            one: the screening.
            sha256: of its work.
            document: the report.
            made_by: digest of what made it.
            found: what it comes to.
        """
        new = new_identifier("rep")
        values = {
            "id": new,
            "organisation": one.organisation,
            "sha256": sha256,
            "made_by": made_by,
            "document": document,
            "created_at": _now(),
        }
        with self._engine.begin() as connection:
            connection.execute(insert(reports).values(values))
            connection.execute(insert(unlogged).values(report=new))
            ended = State.DONE, self.keep_days
            if _end(connection, one.id, *ended, report=new, found=found):
                return True
            connection.rollback()
            return False

    def left(self, running: dt.timedelta, queued: dt.timedelta) -> tuple[Screening, ...]:
        """Open screenings that somebody has to take up; from now on they count as touched.

        Args:
            running: those that were begun, and were not touched for so long.
            queued: those that nobody has begun, and were accepted so long ago.
        """
        now = _now()
        begun = screenings.c.attempts > 0
        asked = and_(
            screenings.c.state.in_(OPEN),
            or_(
                and_(begun, screenings.c.touched_at <= now - running),
                and_(~begun, screenings.c.touched_at <= now - queued),
            ),
        )
        query = select(*SHOWN).where(asked).order_by(screenings.c.id)
        with self._engine.begin() as connection:
            found = tuple(_screening(row) for row in connection.execute(query))
            connection.execute(update(screenings).where(asked).values(touched_at=now))
        return found

    def _first(self, asked: ColumnElement[bool]) -> Screening | None:
        with self._reading.connect() as connection:
            row = connection.execute(select(*SHOWN).where(asked)).first()
        return None if row is None else _screening(row)

    def _stored(self, asked: ColumnElement[bool]) -> StoredReport | None:
        columns = (reports.c.id, reports.c.sha256, reports.c.document, reports.c.created_at)
        query = select(*columns).where(asked).order_by(reports.c.id.desc()).limit(1)
        with self._reading.connect() as connection:
            row = connection.execute(query).first()
        return None if row is None else StoredReport(*row)

    def _change(self, screening: str, values: dict[str, object]) -> None:
        still = and_(screenings.c.id == screening, screenings.c.state.in_(OPEN))
        with self._engine.begin() as connection:
            connection.execute(
                update(screenings).where(still).values(values | {"touched_at": _now()})
            )


def _used(connection: Connection, organisation: str, caller: str, now: dt.datetime) -> Used:
    midnight = dt.datetime.combine(now.date(), dt.time(), tzinfo=dt.UTC)
    today = screenings.c.id >= first_identifier("scr", midnight)  # identifiers sort by time
    mine = and_(screenings.c.organisation == organisation, screenings.c.api_key == caller)
    size = func.coalesce(func.sum(screenings.c.bytes), 0)
    row = connection.execute(select(func.count(), size).where(mine, today)).one()
    return Used(int(row[0]), int(row[1]))


def _values(new: str, work: Intake, now: dt.datetime) -> dict[str, object]:
    return {
        "id": new,
        "organisation": work.organisation,
        "api_key": work.api_key,
        "state": State.QUEUED,
        "name": work.name,
        "url": work.url,
        "sha256": work.sha256,
        "bytes": work.bytes,
        "fresh": work.fresh,
        "blob": work.blob,
        "exhibit": work.exhibit,
        "supplied": None if work.supplied is None else work.supplied.body,
        "resource": None if work.supplied is None else work.supplied.resource,
        "attempts": 0,
        "created_at": now,
        "touched_at": now,
    }


def _end(
    connection: Connection,
    screening: str,
    state: State,
    keep_days: int | None,
    *,
    report: str | None = None,
    fault: str | None = None,
    found: Found | None = None,
) -> bool:
    """End a screening that is open, and announce it, in a transaction that goes on."""
    now = _now()
    own = screenings.c.blob != screenings.c.sha256
    moment = screenings.c.keep_until.type
    kept = literal(None if keep_days is None else now + dt.timedelta(days=keep_days), moment)
    still = and_(screenings.c.id == screening, screenings.c.state.in_(OPEN))
    values: dict[str, object] = {
        "state": state,
        "report": report,
        "fault": fault,
        "touched_at": now,
        "finished_at": now,
        "keep_until": case((own, literal(now, moment)), else_=kept),
    }
    if found is not None:
        values |= {"origin": found.origin, "findings": list(found.findings)}
    if not connection.execute(update(screenings).where(still).values(values)).rowcount:
        return False
    one = _one(connection, screenings.c.id == screening)
    told: dict[str, object] = {
        "screening": one.id,
        "state": one.state,
        "sha256": one.sha256,
        "report": one.report,
        "fault": one.fault,
    }
    if found is not None and one.sha256 is not None:
        decision = standing_decision(connection, one.organisation, one.sha256)
        review = None if one.exhibit else open_review(connection, one.id, found)
        told |= {
            "findings": list(found.findings),
            "standing_findings": list(standing(found.findings, decision)),
            "decision": None if decision is None else decision.id,
            "review": review,
        }
    event = Event.DONE if state is State.DONE else Event.FAILED
    announce(connection, one.organisation, event, told)
    return True


def _one(connection: Connection, asked: ColumnElement[bool]) -> Screening:
    return _screening(connection.execute(select(*SHOWN).where(asked)).one())


def _screening(row: Row[tuple[object, ...]]) -> Screening:
    held = row._mapping
    return Screening(
        id=held["id"],
        organisation=held["organisation"],
        state=State(held["state"]),
        name=held["name"],
        url=held["url"],
        sha256=held["sha256"],
        bytes=held["bytes"],
        fresh=held["fresh"],
        blob=held["blob"],
        attempts=held["attempts"],
        fault=held["fault"],
        report=held["report"],
        origin=held["origin"],
        findings=tuple(Finding(one) for one in held["findings"] or ()),
        exhibit=held["exhibit"],
        declared=bool(held["declared"]),
        created_at=held["created_at"],
        finished_at=held["finished_at"],
    )


def _now() -> dt.datetime:
    return dt.datetime.now(dt.UTC)
