"""Attestations in the database: which reports an organisation shows to everyone, and by what link.

A link is a token of 32 random bytes. It is kept as it is, so that it can be given again; what it
opens is public to whoever holds it, and tells nothing of the work. One that was withdrawn stays
withdrawn: a new attestation of the same report has another link.
"""

from __future__ import annotations

import datetime as dt
import re
import secrets
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from sqlalchemy import ColumnElement, Connection, Engine, Row, and_, insert, select, update

from service.review.records import Decided
from service.storage.identifiers import new_identifier
from service.storage.reviews import standing_decision
from service.storage.screenings import StoredReport
from service.storage.tables import attestations, organisations, reports

__all__ = ["Attestation", "Attestations", "Attested", "Shown"]

TOKEN_BYTES = SALT_BYTES = 32
TOKEN = re.compile(r"[A-Za-z0-9_-]{43}")


class Shown(StrEnum):
    """An answer of the verdict that an attestation may show."""

    ORIGIN = "origin"
    INTEGRITY = "integrity"
    RIGHTS = "rights"


@dataclass(frozen=True, slots=True)
class Attestation:
    """A report that is shown to whoever has the link.

    Attributes:
        token: the part of the link that nobody guesses.
        shows: which answers.
        salt: hexadecimal, 32 random bytes for the commitment to the work; None without one.
    """

    id: str
    organisation: str
    report: str
    token: str
    shows: tuple[Shown, ...]
    salt: str | None
    created_at: dt.datetime
    withdrawn_at: dt.datetime | None


@dataclass(frozen=True, slots=True)
class Attested:
    """What a link leads to.

    Attributes:
        by: the name of the organisation.
        stored: the report.
        later: the latest report of the organisation on the same bytes for which they were
            examined; this one where there is none after it.
        decided: what people of the organisation decided last of these bytes, or None.
    """

    attestation: Attestation
    by: str
    stored: StoredReport
    later: StoredReport
    decided: Decided | None = None


class Attestations:
    """Attestations in the database.

    Args:
        engine: of the database.
    """

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._reading = engine.execution_options(reads=True)

    def make(
        self,
        organisation: str,
        report: str,
        *,
        shows: Iterable[Shown] | None = None,
        committed: bool | None = None,
    ) -> tuple[Attestation, bool] | None:
        """Make one, or give again the one there is.

        Args:
            organisation: whose report it is.
            report: which.
            shows: the answers to show; what was chosen before, or the origin, when None.
            committed: whether it holds a commitment to the work; as before, or yes, when None.

        Returns:
            The attestation and whether it is new; None when there is no such report.
        """
        mine = and_(reports.c.organisation == organisation, reports.c.id == report)
        with self._engine.begin() as connection:
            # The row of the report is held, so that two who ask at once get the same link.
            held = select(reports.c.id).where(mine).with_for_update()
            if connection.execute(held).first() is None:
                return None
            before = _live(connection, organisation, report)
            made = before or _new(organisation, report)
            chosen = made.shows if shows is None else tuple(one for one in Shown if one in shows)
            salt = made.salt
            if committed is not None and committed is not (salt is not None):
                salt = secrets.token_hex(SALT_BYTES) if committed else None
            values: dict[str, object] = {"shows": list(chosen), "salt": salt}
            if before is not None:
                this = attestations.c.id == before.id
                connection.execute(update(attestations).where(this).values(values))
            else:
                values |= {
                    "id": made.id,
                    "organisation": organisation,
                    "report": report,
                    "token": made.token,
                    "created_at": made.created_at,
                }
                connection.execute(insert(attestations).values(values))
            found = _live(connection, organisation, report)
        return None if found is None else (found, before is None)

    def live(self, organisation: str, report: str) -> Attestation | None:
        """The attestation of a report of this organisation that was not withdrawn."""
        with self._reading.connect() as connection:
            return _live(connection, organisation, report)

    def withdraw(self, organisation: str, report: str) -> bool:
        """Show a report no more; False when it is not shown."""
        still = _mine(organisation, report) & attestations.c.withdrawn_at.is_(None)
        with self._engine.begin() as connection:
            ended = update(attestations).where(still).values(withdrawn_at=_now())
            return bool(connection.execute(ended).rowcount)

    def found(self, token: str) -> Attested | None:
        """What a link leads to, also one that was withdrawn; for everyone who has it."""
        if TOKEN.fullmatch(token) is None:
            return None
        with self._reading.connect() as connection:
            row = connection.execute(
                select(attestations).where(attestations.c.token == token)
            ).first()
            if row is None:
                return None
            one = _attestation(row)
            by = select(organisations.c.name).where(organisations.c.id == one.organisation)
            columns = (reports.c.id, reports.c.sha256, reports.c.document, reports.c.created_at)
            query = select(*columns).where(reports.c.organisation == one.organisation)
            this = StoredReport(*connection.execute(query.where(reports.c.id == one.report)).one())
            same = and_(reports.c.sha256 == this.sha256, reports.c.made_by != "")
            after = and_(same, reports.c.id > this.id)
            later = connection.execute(
                query.where(after).order_by(reports.c.id.desc()).limit(1)
            ).first()
            name = str(connection.execute(by).scalar_one())
            decided = standing_decision(connection, one.organisation, this.sha256)
            return Attested(one, name, this, StoredReport(*later) if later else this, decided)


def _new(organisation: str, report: str) -> Attestation:
    return Attestation(
        id=new_identifier("att"),
        organisation=organisation,
        report=report,
        token=secrets.token_urlsafe(TOKEN_BYTES),
        shows=(Shown.ORIGIN,),
        salt=secrets.token_hex(SALT_BYTES),
        created_at=_now(),
        withdrawn_at=None,
    )


def _mine(organisation: str, report: str) -> ColumnElement[bool]:
    return and_(attestations.c.organisation == organisation, attestations.c.report == report)


def _live(connection: Connection, organisation: str, report: str) -> Attestation | None:
    still = and_(_mine(organisation, report), attestations.c.withdrawn_at.is_(None))
    row = connection.execute(select(attestations).where(still)).first()
    return None if row is None else _attestation(row)


def _attestation(row: Row[tuple[object, ...]]) -> Attestation:
    held = dict(row._mapping)
    return Attestation(**held | {"shows": tuple(Shown(one) for one in held["shows"])})


def _now() -> dt.datetime:
    return dt.datetime.now(dt.UTC)
