"""Appeals and exhibits in the database.

An appeal begins as a link that is given to whoever made a work: 32 random bytes, of which only the
SHA-256 is kept, with an end. Stating a case opens the review of the appeal in the same
transaction. What is handed in with it are screenings like any other, marked as exhibits.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import secrets
from dataclasses import dataclass
from enum import StrEnum

from sqlalchemy import (
    Connection,
    Engine,
    Row,
    RowMapping,
    Select,
    and_,
    func,
    insert,
    select,
    update,
)

from service.review.facts import Found
from service.review.records import Stage
from service.storage.identifiers import new_identifier
from service.storage.reviews import ReviewState, open_review
from service.storage.tables import appeals, exhibits, reviews, screenings
from service.storage.webhooks import Event, announce

__all__ = ["Appeal", "AppealState", "Appeals", "Exhibit", "ExhibitKind", "NotNow", "Offered"]

TOKEN_BYTES = 32
MOST_EXHIBITS = 20


class AppealState(StrEnum):
    """How far an appeal is."""

    OFFERED = "offered"
    STATED = "stated"
    DECIDED = "decided"
    EXPIRED = "expired"


class ExhibitKind(StrEnum):
    """What was handed in with an appeal."""

    PROJECT = "project"
    STEM = "stem"
    DRAFT = "draft"
    ORIGINAL = "original"
    OTHER = "other"


class NotNow(Exception):  # noqa: N818 - a finding, not a fault
    """The appeal is not in a state in which this can be done; the message says which."""


@dataclass(frozen=True, slots=True)
class Exhibit:
    """Something that was handed in with an appeal.

    Attributes:
        screening: under which Assay checks it.
        report: its report, once there is one.
        receipt: signed statement that these bytes were here at that time.
    """

    id: str
    screening: str
    kind: ExhibitKind
    name: str
    sha256: str
    report: str | None
    receipt: str
    created_at: dt.datetime


@dataclass(frozen=True, slots=True)
class Appeal:
    """An appeal against what was found of a work.

    Attributes:
        statement: the case as it was stated; None until then.
        review: the review it opened.
    """

    id: str
    organisation: str
    screening: str
    state: AppealState
    review: str | None
    statement: str | None
    created_at: dt.datetime
    expires_at: dt.datetime
    stated_at: dt.datetime | None
    due_at: dt.datetime | None
    exhibits: tuple[Exhibit, ...] = ()


@dataclass(frozen=True, slots=True)
class Offered:
    """A new appeal with its secret, which is kept nowhere."""

    appeal: Appeal
    token: str


class Appeals:
    """Appeals in the database.

    Args:
        engine: of the database.
    """

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._reading = engine.execution_options(reads=True)

    def offer(self, organisation: str, screening: str, days: int) -> Offered | None:
        """Make a link to appeal; None when there is no such screening with a report.

        Args:
            organisation: whose.
            screening: what the appeal is about.
            days: how long the case may be stated.
        """
        token = secrets.token_urlsafe(TOKEN_BYTES)
        made, now = new_identifier("app"), _now()
        mine = and_(screenings.c.organisation == organisation, screenings.c.id == screening)
        with self._engine.begin() as connection:
            found = select(screenings.c.id).where(mine, screenings.c.report.is_not(None))
            if connection.execute(found).first() is None:
                return None
            values = {
                "id": made,
                "organisation": organisation,
                "screening": screening,
                "token_sha256": _digest(token),
                "created_at": now,
                "expires_at": now + dt.timedelta(days=days),
            }
            connection.execute(insert(appeals).values(values))
            return Offered(_appeal(connection, _row(connection, made)), token)

    def opened_by(self, token: str) -> Appeal | None:
        """The appeal with this secret, whatever its state."""
        with self._reading.connect() as connection:
            query = _joined().where(appeals.c.token_sha256 == _digest(token))
            row = connection.execute(query).first()
            return None if row is None else _appeal(connection, row)

    def of_screening(self, organisation: str, screening: str) -> tuple[Appeal, ...]:
        """Appeals about a screening, oldest first."""
        mine = and_(appeals.c.organisation == organisation, appeals.c.screening == screening)
        with self._reading.connect() as connection:
            rows = connection.execute(_joined().where(mine).order_by(appeals.c.id)).all()
            return tuple(_appeal(connection, row) for row in rows)

    def state(self, appeal: Appeal, statement: str, found: Found) -> Appeal:
        """Take the case, and open the review of it.

        Args:
            appeal: as it was opened.
            statement: the case, in its maker's words.
            found: what the report comes to.

        Raises:
            NotNow: it was stated before, or the time is over.
        """
        now = _now()
        with self._engine.begin() as connection:
            _lock(connection, appeal)
            self._require(connection, appeal, AppealState.OFFERED)
            review = open_review(connection, appeal.screening, found, Stage.APPEAL)
            values = {"statement": statement, "stated_at": now, "review": review}
            connection.execute(update(appeals).where(appeals.c.id == appeal.id).values(values))
            told = {"appeal": appeal.id, "screening": appeal.screening, "review": review}
            announce(connection, appeal.organisation, Event.APPEALED, told)
            return _appeal(connection, _row(connection, appeal.id))

    def attach(
        self, appeal: Appeal, screening: str, kind: ExhibitKind, exhibit: str, receipt: str
    ) -> Appeal:
        """Note that a screening is an exhibit of this appeal.

        Raises:
            NotNow: the appeal was decided, its time is over, or it has too many.
        """
        with self._engine.begin() as connection:
            _lock(connection, appeal)
            self._require(connection, appeal, AppealState.OFFERED, AppealState.STATED)
            mine = select(func.count()).where(exhibits.c.appeal == appeal.id)
            if (connection.execute(mine).scalar() or 0) >= MOST_EXHIBITS:
                raise NotNow(f"an appeal may have {MOST_EXHIBITS} exhibits at most")
            values = {
                "id": exhibit,
                "organisation": appeal.organisation,
                "appeal": appeal.id,
                "screening": screening,
                "kind": kind,
                "receipt": receipt,
                "created_at": _now(),
            }
            connection.execute(insert(exhibits).values(values))
            return _appeal(connection, _row(connection, appeal.id))

    @staticmethod
    def may_attach(appeal: Appeal) -> None:
        """Say before bytes are taken in whether they may be.

        Raises:
            NotNow: see `attach`.
        """
        if appeal.state not in (AppealState.OFFERED, AppealState.STATED):
            raise NotNow(_because(appeal.state))
        if len(appeal.exhibits) >= MOST_EXHIBITS:
            raise NotNow(f"an appeal may have {MOST_EXHIBITS} exhibits at most")

    @staticmethod
    def _require(connection: Connection, appeal: Appeal, *states: AppealState) -> None:
        state = _appeal(connection, _row(connection, appeal.id)).state
        if state not in states:
            raise NotNow(_because(state))


def _because(state: AppealState) -> str:
    match state:
        case AppealState.DECIDED:
            return "the appeal has been decided"
        case AppealState.EXPIRED:
            return "the time for this appeal is over"
        case AppealState.STATED:
            return "the case has been stated already"
        case AppealState.OFFERED:
            return "the case has not been stated yet"


def _lock(connection: Connection, appeal: Appeal) -> None:
    mine = select(appeals.c.id).where(appeals.c.id == appeal.id)
    connection.execute(mine.with_for_update())


def _joined() -> Select[tuple[object, ...]]:
    decided = reviews.c.state.label("reviewed"), reviews.c.due_at.label("due_at")
    return select(appeals, *decided).outerjoin(reviews, reviews.c.id == appeals.c.review)


def _row(connection: Connection, appeal: str) -> Row[tuple[object, ...]]:
    return connection.execute(_joined().where(appeals.c.id == appeal)).one()


def _appeal(connection: Connection, row: Row[tuple[object, ...]]) -> Appeal:
    held = row._mapping
    given = (
        select(exhibits, screenings.c.name, screenings.c.sha256, screenings.c.report)
        .join(screenings, screenings.c.id == exhibits.c.screening)
        .where(exhibits.c.appeal == held["id"])
        .order_by(exhibits.c.id)
    )
    return Appeal(
        id=held["id"],
        organisation=held["organisation"],
        screening=held["screening"],
        state=_state(held),
        review=held["review"],
        statement=held["statement"],
        created_at=held["created_at"],
        expires_at=held["expires_at"],
        stated_at=held["stated_at"],
        due_at=held["due_at"],
        exhibits=tuple(_exhibit(one) for one in connection.execute(given)),
    )


def _state(held: RowMapping) -> AppealState:
    if held["reviewed"] == ReviewState.DECIDED:
        return AppealState.DECIDED
    if held["stated_at"] is not None:
        return AppealState.STATED
    return AppealState.EXPIRED if held["expires_at"] <= _now() else AppealState.OFFERED


def _exhibit(row: Row[tuple[object, ...]]) -> Exhibit:
    held = row._mapping
    return Exhibit(
        id=held["id"],
        screening=held["screening"],
        kind=ExhibitKind(held["kind"]),
        name=held["name"],
        sha256=held["sha256"],
        report=held["report"],
        receipt=held["receipt"],
        created_at=held["created_at"],
    )


def _digest(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()


def _now() -> dt.datetime:
    return dt.datetime.now(dt.UTC)
