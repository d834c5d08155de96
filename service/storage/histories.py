"""What an organisation looks back on: its works over time, and its latest reports."""

from __future__ import annotations

import datetime as dt

from sqlalchemy import Engine, and_, func, select

from service.storage.screening_records import OPEN
from service.storage.tables import reports, screenings
from service.trying import Past

__all__ = ["Histories"]


class Histories:
    """Looks back, and changes nothing.

    Args:
        engine: of the database.
    """

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._reading = engine.execution_options(reads=True)

    def days(self, organisation: str, since: dt.datetime) -> tuple[tuple[dt.date, str, int], ...]:
        """How many works were handed in each day (UTC), by the origin of their verdict.

        Those without a verdict yet are not counted, and exhibits are not either.
        """
        on_server = self._engine.dialect.name == "postgresql"
        created = screenings.c.created_at
        day = func.date(func.timezone("UTC", created) if on_server else created)
        query = (
            select(day, screenings.c.origin, func.count())
            .where(screenings.c.organisation == organisation, screenings.c.created_at >= since)
            .where(screenings.c.origin.is_not(None), ~screenings.c.exhibit)
            .group_by(day, screenings.c.origin)
            .order_by(day)
        )
        with self._reading.connect() as connection:
            return tuple(
                (dt.date.fromisoformat(str(on)), origin, count)
                for on, origin, count in connection.execute(query)
            )

    def waiting(self, organisation: str) -> int:
        """How many of an organisation's works have no end yet."""
        mine = and_(screenings.c.organisation == organisation, screenings.c.state.in_(OPEN))
        with self._reading.connect() as connection:
            query = select(func.count()).select_from(screenings).where(mine)
            return connection.execute(query).scalar() or 0

    def past(self, organisation: str, most: int) -> tuple[Past, ...]:
        """The latest reports of an organisation, newest first, each with its latest screening."""
        latest = (
            select(screenings.c.report, func.max(screenings.c.id).label("id"))
            .where(screenings.c.organisation == organisation, screenings.c.report.is_not(None))
            .group_by(screenings.c.report)
            .order_by(screenings.c.report.desc())
            .limit(most)
            .subquery()
        )
        query = (
            select(reports.c.id, screenings.c.id, screenings.c.name, reports.c.document)
            .join(latest, latest.c.report == reports.c.id)
            .join(screenings, screenings.c.id == latest.c.id)
            .order_by(reports.c.id.desc())
        )
        with self._reading.connect() as connection:
            return tuple(Past(*row) for row in connection.execute(query))
