"""Policies of organisations in the database.

A policy is kept as the TOML it was given as, under the next version; none is ever changed. One is
in force from when it was activated until another is.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from functools import lru_cache

from sqlalchemy import Connection, Engine, Row, and_, func, insert, select, update

from service.policy import Policy, parse_policy
from service.storage.identifiers import new_identifier
from service.storage.tables import organisations, policies

__all__ = ["Policies", "StoredPolicy"]


@dataclass(frozen=True, slots=True)
class StoredPolicy:
    """A version of an organisation's policy.

    Attributes:
        author: who handed it in, by name.
        active_from: when it was put in force last; None if it never was.
    """

    id: str
    organisation: str
    version: int
    name: str
    digest: str
    document: str
    author: str
    created_at: dt.datetime
    active_from: dt.datetime | None

    @property
    def policy(self) -> Policy:
        """The policy itself."""
        return _parsed(self.document)


@lru_cache(maxsize=256)
def _parsed(document: str) -> Policy:
    return parse_policy(document, "of the organisation")


class Policies:
    """Policies in the database.

    Args:
        engine: of the database.
    """

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._reading = engine.execution_options(reads=True)

    def add(self, organisation: str, document: str, author: str) -> StoredPolicy:
        """Keep a policy as the next version; it is not in force yet.

        Raises:
            ConfigError: it is no policy.
        """
        given = parse_policy(document, "given")
        made = new_identifier("pol")
        with self._engine.begin() as connection:
            whose = select(organisations.c.id).where(organisations.c.id == organisation)
            connection.execute(whose.with_for_update())  # one version after the other
            last = select(func.max(policies.c.version))
            of = last.where(policies.c.organisation == organisation)
            values = {
                "id": made,
                "organisation": organisation,
                "version": (connection.execute(of).scalar() or 0) + 1,
                "name": given.name,
                "digest": given.digest,
                "document": document,
                "author": author,
                "created_at": _now(),
            }
            connection.execute(insert(policies).values(values))
            return _one(connection, organisation, made)

    def listed(self, organisation: str) -> tuple[StoredPolicy, ...]:
        """Those of an organisation, newest first."""
        query = select(policies).where(policies.c.organisation == organisation)
        with self._reading.connect() as connection:
            rows = connection.execute(query.order_by(policies.c.version.desc()))
            return tuple(StoredPolicy(**row._mapping) for row in rows)

    def get(self, organisation: str, policy: str) -> StoredPolicy | None:
        """One of this organisation."""
        mine = and_(policies.c.organisation == organisation, policies.c.id == policy)
        with self._reading.connect() as connection:
            row = connection.execute(select(policies).where(mine)).first()
        return None if row is None else StoredPolicy(**row._mapping)

    def in_force(self, organisation: str) -> StoredPolicy | None:
        """The one that was activated last; None where the service's own holds."""
        mine = and_(policies.c.organisation == organisation, policies.c.active_from.is_not(None))
        query = select(policies).where(mine).order_by(policies.c.active_from.desc()).limit(1)
        with self._reading.connect() as connection:
            row = connection.execute(query).first()
        return None if row is None else StoredPolicy(**row._mapping)

    def activate(self, organisation: str, policy: str) -> StoredPolicy | None:
        """Put one in force from now on; None when the organisation has none such."""
        mine = and_(policies.c.organisation == organisation, policies.c.id == policy)
        with self._engine.begin() as connection:
            done = connection.execute(update(policies).where(mine).values(active_from=_now()))
            return _one(connection, organisation, policy) if done.rowcount else None


def _one(connection: Connection, organisation: str, policy: str) -> StoredPolicy:
    mine = and_(policies.c.organisation == organisation, policies.c.id == policy)
    row: Row[tuple[object, ...]] = connection.execute(select(policies).where(mine)).one()
    return StoredPolicy(**row._mapping)


def _now() -> dt.datetime:
    return dt.datetime.now(dt.UTC)
