"""What is watched from outside: how much there is, how much waits, and how far works are.

All of it is over all organisations: numbers, which name nobody, and the progress of screenings by
identifiers that whoever asks was let in to before.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass

from sqlalchemy import ColumnElement, Engine, and_, func, select

from service.storage.screenings import State
from service.storage.tables import deliveries, screenings
from service.storage.webhooks import DeliveryState

__all__ = ["Backlog", "Counts", "Progress", "Watching"]

AT_ONCE = 10_000
"""Identifiers of one query: databases know a largest number of values."""


@dataclass(frozen=True, slots=True)
class Backlog:
    """What waits.

    Attributes:
        count: how much.
        since: when the oldest began to wait; None when nothing does.
    """

    count: int
    since: dt.datetime | None

    def seconds(self, now: dt.datetime) -> float:
        """How long the oldest has waited; 0 when nothing waits."""
        return 0.0 if self.since is None else max(0.0, (now - self.since).total_seconds())


@dataclass(frozen=True, slots=True)
class Counts:
    """How much there is at one moment.

    Attributes:
        screenings: by state, every state named.
        deliveries: the same of messages to webhooks.
        queued: screenings that nobody has begun, or that are to be tried again.
        due: messages whose time has come.
        at: the moment.
    """

    screenings: dict[State, int]
    deliveries: dict[DeliveryState, int]
    queued: Backlog
    due: Backlog
    at: dt.datetime


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a screening is; two that are equal are shown alike."""

    state: State
    attempts: int
    sha256: str | None
    blob: str | None
    report: str | None
    fault: str | None


class Watching:
    """Looks at the database, and changes nothing.

    Args:
        engine: of the database.
    """

    def __init__(self, engine: Engine) -> None:
        self._reading = engine.execution_options(reads=True)

    def counts(self) -> Counts:
        """How much there is now."""
        now = dt.datetime.now(dt.UTC)
        queued = screenings.c.state == State.QUEUED
        due = and_(deliveries.c.state == DeliveryState.PENDING, deliveries.c.due_at <= now)
        works, messages = self._by_state(screenings.c.state), self._by_state(deliveries.c.state)
        return Counts(
            screenings={state: works.get(state, 0) for state in State},
            deliveries={state: messages.get(state, 0) for state in DeliveryState},
            queued=self._backlog(screenings.c.created_at, queued),
            due=self._backlog(deliveries.c.due_at, due),
            at=now,
        )

    def progress(self, followed: Iterable[str]) -> dict[str, Progress]:
        """How far screenings are, in one query; those that are not there any more are left out."""
        of = screenings.c
        columns = (of.id, of.state, of.attempts, of.sha256, of.blob, of.report, of.fault)
        found: dict[str, Progress] = {}
        with self._reading.connect() as connection:
            for some in _batches(tuple(followed)):
                rows = connection.execute(select(*columns).where(of.id.in_(some)))
                found |= {one: Progress(State(state), *rest) for one, state, *rest in rows}
        return found

    def _by_state(self, state: ColumnElement[str]) -> dict[str, int]:
        query = select(state, func.count()).group_by(state)
        with self._reading.connect() as connection:
            return {str(one): int(count) for one, count in connection.execute(query)}

    def _backlog(self, since: ColumnElement[dt.datetime], asked: ColumnElement[bool]) -> Backlog:
        query = select(func.count(), func.min(since)).where(asked)
        with self._reading.connect() as connection:
            count, oldest = connection.execute(query).one()
        return Backlog(int(count), oldest)


def _batches(identifiers: tuple[str, ...]) -> Iterable[tuple[str, ...]]:
    return (identifiers[n : n + AT_ONCE] for n in range(0, len(identifiers), AT_ONCE))
