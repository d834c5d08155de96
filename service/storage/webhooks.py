"""Webhooks of organisations, and what is to be delivered to them.

What is delivered is written in the transaction that ends a screening, so that there is no end
without its message. A message keeps its identifier over all attempts (Standard Webhooks: receivers
know by it what they have already). After the last attempt it is dead: it stays on the list, and can
be delivered again by hand.
"""

from __future__ import annotations

import base64
import datetime as dt
import json
import secrets
from dataclasses import dataclass
from enum import StrEnum

from sqlalchemy import Connection, Engine, Row, and_, insert, select, update

from service.storage.identifiers import new_identifier
from service.storage.tables import deliveries, webhooks

__all__ = ["Delivery", "DeliveryState", "Event", "Webhook", "Webhooks", "announce"]

SECRET_BYTES = 32
BACKOFF = tuple(
    dt.timedelta(seconds=one) for one in (5, 30, 120, 600, 3_600, 6 * 3_600, 24 * 3_600)
)
"""How long after each attempt that failed the next one comes."""

HELD = dt.timedelta(minutes=2)
"""How long one that is being delivered is left alone."""


class Event(StrEnum):
    """What a message tells."""

    DONE = "screening.done"
    FAILED = "screening.failed"
    DECIDED = "decision.made"
    APPEALED = "appeal.stated"


class DeliveryState(StrEnum):
    """How far a message is."""

    PENDING = "pending"
    DELIVERED = "delivered"
    DEAD = "dead"


@dataclass(frozen=True, slots=True)
class Webhook:
    """Where an organisation wants to be told; `secret` signs what is sent there."""

    id: str
    organisation: str
    url: str
    secret: str
    created_at: dt.datetime
    ended_at: dt.datetime | None


@dataclass(frozen=True, slots=True)
class Delivery:
    """A message to a webhook, and how far it is."""

    id: str
    organisation: str
    webhook: str
    event: str
    body: str
    state: DeliveryState
    attempts: int
    due_at: dt.datetime
    status: int | None
    fault: str | None
    created_at: dt.datetime
    delivered_at: dt.datetime | None


def announce(connection: Connection, organisation: str, event: Event, data: object) -> None:
    """Write a message for each webhook of an organisation, in a transaction that goes on."""
    now = _now()
    body = json.dumps({"type": event, "timestamp": now.isoformat(), "data": data})
    mine = and_(webhooks.c.organisation == organisation, webhooks.c.ended_at.is_(None))
    for (webhook,) in connection.execute(select(webhooks.c.id).where(mine)).all():
        message = {
            "id": new_identifier("msg"),
            "organisation": organisation,
            "webhook": webhook,
            "event": event,
            "body": body,
            "state": DeliveryState.PENDING,
            "attempts": 0,
            "due_at": now,
            "created_at": now,
        }
        connection.execute(insert(deliveries).values(message))


class Webhooks:
    """Webhooks and deliveries in the database.

    Args:
        engine: of the database.
    """

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._reading = engine.execution_options(reads=True)

    def register(self, organisation: str, url: str) -> Webhook:
        """Make one, with a secret of its own."""
        secret = "whsec_" + base64.b64encode(secrets.token_bytes(SECRET_BYTES)).decode()
        made = Webhook(new_identifier("whk"), organisation, url, secret, _now(), None)
        values = {
            "id": made.id,
            "organisation": organisation,
            "url": url,
            "secret": secret,
            "created_at": made.created_at,
        }
        with self._engine.begin() as connection:
            connection.execute(insert(webhooks).values(values))
        return made

    def listed(self, organisation: str) -> tuple[Webhook, ...]:
        """Those of an organisation that have not ended, oldest first."""
        mine = and_(webhooks.c.organisation == organisation, webhooks.c.ended_at.is_(None))
        with self._reading.connect() as connection:
            rows = connection.execute(select(webhooks).where(mine).order_by(webhooks.c.id))
            return tuple(Webhook(**row._mapping) for row in rows)

    def get(self, organisation: str, webhook: str) -> Webhook | None:
        """One of this organisation, also one that has ended."""
        mine = and_(webhooks.c.organisation == organisation, webhooks.c.id == webhook)
        with self._reading.connect() as connection:
            row = connection.execute(select(webhooks).where(mine)).first()
        return None if row is None else Webhook(**row._mapping)

    def end(self, organisation: str, webhook: str) -> bool:
        """Deliver nothing to it any more; False when the organisation has none such."""
        mine = and_(webhooks.c.organisation == organisation, webhooks.c.id == webhook)
        still = and_(mine, webhooks.c.ended_at.is_(None))
        with self._engine.begin() as connection:
            return bool(
                connection.execute(update(webhooks).where(still).values(ended_at=_now())).rowcount
            )

    def deliveries(
        self, organisation: str, *, limit: int, state: DeliveryState | None = None
    ) -> tuple[Delivery, ...]:
        """Messages of an organisation, newest first."""
        query = select(deliveries).where(deliveries.c.organisation == organisation)
        if state is not None:
            query = query.where(deliveries.c.state == state)
        with self._reading.connect() as connection:
            rows = connection.execute(query.order_by(deliveries.c.id.desc()).limit(limit))
            return tuple(_delivery(row) for row in rows)

    def due(self, limit: int) -> tuple[Delivery, ...]:
        """Messages whose time has come, oldest first; they are held for whoever asked."""
        now = _now()
        asked = and_(deliveries.c.state == DeliveryState.PENDING, deliveries.c.due_at <= now)
        query = select(deliveries).where(asked).order_by(deliveries.c.due_at).limit(limit)
        with self._reading.connect() as connection:
            if connection.execute(query.limit(1)).first() is None:
                return ()
        with self._engine.begin() as connection:
            found = tuple(_delivery(row) for row in connection.execute(query))
            mine = deliveries.c.id.in_([one.id for one in found])
            connection.execute(update(deliveries).where(mine).values(due_at=now + HELD))
        return found

    def begin(self, delivery: str) -> tuple[Delivery, Webhook] | None:
        """Count an attempt at a message that is pending; None when there is nothing to do."""
        still = and_(deliveries.c.id == delivery, deliveries.c.state == DeliveryState.PENDING)
        values = {"attempts": deliveries.c.attempts + 1, "due_at": _now() + HELD}
        with self._engine.begin() as connection:
            if not connection.execute(update(deliveries).where(still).values(values)).rowcount:
                return None
            row = connection.execute(select(deliveries).where(deliveries.c.id == delivery)).one()
            to = connection.execute(select(webhooks).where(webhooks.c.id == row.webhook)).one()
        return _delivery(row), Webhook(**to._mapping)

    def delivered(self, one: Delivery, status: int) -> None:
        """Note that a message was taken."""
        values = {"state": DeliveryState.DELIVERED, "status": status, "fault": None}
        self._change(one.id, values | {"delivered_at": _now()})

    def refused(self, one: Delivery, status: int | None, fault: str) -> None:
        """Note that it was not, and when to try again; after the last attempt it is dead."""
        values: dict[str, object] = {"status": status, "fault": fault}
        if one.attempts > len(BACKOFF):
            values["state"] = DeliveryState.DEAD
        else:
            values["due_at"] = _now() + BACKOFF[one.attempts - 1]
        self._change(one.id, values)

    def bury(self, one: Delivery, fault: str) -> None:
        """Note that it will never be taken."""
        self._change(one.id, {"state": DeliveryState.DEAD, "fault": fault})

    def again(self, organisation: str, delivery: str) -> bool:
        """Deliver a message anew, with its identifier; False when there is none such."""
        mine = and_(deliveries.c.organisation == organisation, deliveries.c.id == delivery)
        values = {"state": DeliveryState.PENDING, "attempts": 0, "due_at": _now(), "fault": None}
        with self._engine.begin() as connection:
            return bool(connection.execute(update(deliveries).where(mine).values(values)).rowcount)

    def _change(self, delivery: str, values: dict[str, object]) -> None:
        with self._engine.begin() as connection:
            connection.execute(update(deliveries).where(deliveries.c.id == delivery).values(values))


def _delivery(row: Row[tuple[object, ...]]) -> Delivery:
    held = dict(row._mapping)
    return Delivery(**held | {"state": DeliveryState(held["state"])})


def _now() -> dt.datetime:
    return dt.datetime.now(dt.UTC)
