"""Organisations and their API keys.

A key is `assay_` and 32 random bytes; only its SHA-256 is kept, which is enough for secrets that
long. It is shown once, when it is made. What a key may do are its scopes.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import secrets
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from sqlalchemy import Engine, Row, Select, delete, insert, select, update

from service.storage.identifiers import new_identifier
from service.storage.tables import api_keys, organisations, sessions

__all__ = ["NO_QUOTA", "PREFIX", "Accounts", "ApiKey", "Issued", "Organisation", "Quota", "Scope"]

PREFIX = "assay_"
SECRET_BYTES = 32
USED_EVERY = dt.timedelta(minutes=1)
"""How exact "last used" is: a write for each request would be one too many."""


class Scope(StrEnum):
    """What a key may do."""

    SUBMIT = "submit"
    REVIEW = "review"
    ADMINISTER = "administer"
    AUDIT_READ = "audit-read"


@dataclass(frozen=True, slots=True)
class Organisation:
    """Whose works, keys and reports belong together."""

    id: str
    name: str


@dataclass(frozen=True, slots=True)
class Quota:
    """What may be handed in a day (UTC); None for as much as one likes.

    Attributes:
        uploads: works.
        bytes: of all of them.
    """

    uploads: int | None = None
    bytes: int | None = None

    def otherwise(self, default: Quota) -> Quota:
        """This one, with what it does not say from another."""
        return Quota(
            default.uploads if self.uploads is None else self.uploads,
            default.bytes if self.bytes is None else self.bytes,
        )


NO_QUOTA = Quota()


@dataclass(frozen=True, slots=True)
class ApiKey:
    """A key without its secret."""

    id: str
    organisation: str
    name: str
    scopes: frozenset[Scope]
    created_at: dt.datetime
    expires_at: dt.datetime | None
    last_used_at: dt.datetime | None
    revoked_at: dt.datetime | None
    quota: Quota = NO_QUOTA

    def is_valid(self, now: dt.datetime) -> bool:
        """Whether it opens anything."""
        expired = self.expires_at is not None and self.expires_at <= now
        return self.revoked_at is None and not expired


@dataclass(frozen=True, slots=True)
class Issued:
    """A new key with its secret, which is kept nowhere."""

    key: ApiKey
    secret: str


class Accounts:
    """Organisations and keys in the database.

    Args:
        engine: of the database.
    """

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._reading = engine.execution_options(reads=True)

    def found(self, name: str) -> Organisation:
        """Make an organisation."""
        made = Organisation(new_identifier("org"), name)
        with self._engine.begin() as connection:
            connection.execute(
                insert(organisations).values(id=made.id, name=name, created_at=_now())
            )
        return made

    def organisations(self) -> tuple[Organisation, ...]:
        """All of them, oldest first."""
        query = select(organisations.c.id, organisations.c.name).order_by(organisations.c.id)
        with self._reading.connect() as connection:
            return tuple(Organisation(*row) for row in connection.execute(query))

    def named(self, text: str) -> Organisation | None:
        """The organisation of this identifier, or else of this name where only one has it."""
        columns = (organisations.c.id, organisations.c.name)
        mine = (organisations.c.id == text) | (organisations.c.name == text)
        with self._reading.connect() as connection:
            found = [Organisation(*row) for row in connection.execute(select(*columns).where(mine))]
        exact = [one for one in found if one.id == text] or found
        return exact[0] if len(exact) == 1 else None

    def name_of(self, organisation: str) -> str:
        """What an organisation is called; "" when there is none such."""
        query = select(organisations.c.name).where(organisations.c.id == organisation)
        with self._reading.connect() as connection:
            return str(connection.execute(query).scalar() or "")

    def issue(
        self,
        organisation: str,
        name: str,
        scopes: Iterable[Scope],
        expires_at: dt.datetime | None = None,
        quota: Quota = NO_QUOTA,
    ) -> Issued:
        """Make a key.

        Args:
            organisation: whose it is.
            name: what it is for.
            scopes: what it may do.
            expires_at: when it ends, None for never.
            quota: what may be handed in with it.
        """
        secret = PREFIX + secrets.token_urlsafe(SECRET_BYTES)
        allowed = frozenset(scopes)
        key = ApiKey(
            new_identifier("key"),
            organisation,
            name,
            allowed,
            _now(),
            expires_at,
            None,
            None,
            quota,
        )
        values = {
            "id": key.id,
            "organisation": organisation,
            "name": name,
            "sha256": _digest(secret),
            "scopes": sorted(allowed),
            "uploads_per_day": quota.uploads,
            "bytes_per_day": quota.bytes,
            "created_at": key.created_at,
            "expires_at": expires_at,
        }
        with self._engine.begin() as connection:
            connection.execute(insert(api_keys).values(values))
        return Issued(key, secret)

    def keys(self, organisation: str) -> tuple[ApiKey, ...]:
        """The keys of an organisation, oldest first, those that are revoked too."""
        query = select(api_keys).where(api_keys.c.organisation == organisation)
        with self._reading.connect() as connection:
            rows = connection.execute(query.order_by(api_keys.c.id))
            return tuple(_key(row) for row in rows)

    def rotate(self, organisation: str, key: str, overlap: dt.timedelta) -> Issued | None:
        """A new secret for what a key may do; the old one ends after the overlap.

        Returns:
            The new key; None when the organisation has none such that is valid.
        """
        mine = (api_keys.c.organisation == organisation) & (api_keys.c.id == key)
        with self._reading.connect() as connection:
            row = connection.execute(select(api_keys).where(mine)).first()
        now = _now()
        if row is None or not (old := _key(row)).is_valid(now):
            return None
        made = self.issue(organisation, old.name, old.scopes, old.expires_at, old.quota)
        ends = now + overlap if old.expires_at is None else min(now + overlap, old.expires_at)
        with self._engine.begin() as connection:
            connection.execute(update(api_keys).where(mine).values(expires_at=ends))
        return made

    def revoke(self, organisation: str, key: str) -> bool:
        """End a key of this organisation; False when it has none of this identifier."""
        mine = (api_keys.c.organisation == organisation) & (api_keys.c.id == key)
        with self._engine.begin() as connection:
            found = connection.execute(select(api_keys.c.id).where(mine)).first()
            still = mine & api_keys.c.revoked_at.is_(None)
            connection.execute(update(api_keys).where(still).values(revoked_at=_now()))
        return found is not None

    def sign_in(self, secret: str, lasts: dt.timedelta) -> str | None:
        """Begin a session with a key; its secret, or None where the key is not valid."""
        key = self.opened_by(secret)
        if key is None:
            return None
        token, now = secrets.token_urlsafe(SECRET_BYTES), _now()
        values = {
            "id": new_identifier("ses"),
            "token_sha256": _digest(token),
            "api_key": key.id,
            "created_at": now,
            "expires_at": now + lasts,
        }
        with self._engine.begin() as connection:
            connection.execute(delete(sessions).where(sessions.c.expires_at <= now))
            connection.execute(insert(sessions).values(values))
        return token

    def signed_in(self, token: str) -> ApiKey | None:
        """The key of a session, if both are valid now."""
        mine = (sessions.c.token_sha256 == _digest(token)) & (sessions.c.expires_at > _now())
        query = select(api_keys).join(sessions, sessions.c.api_key == api_keys.c.id).where(mine)
        return self._valid(query)

    def sign_out(self, token: str) -> None:
        """End a session."""
        mine = sessions.c.token_sha256 == _digest(token)
        with self._engine.begin() as connection:
            connection.execute(delete(sessions).where(mine))

    def opened_by(self, secret: str) -> ApiKey | None:
        """The key with this secret, if it is valid now; that it was used is noted."""
        return self._valid(select(api_keys).where(api_keys.c.sha256 == _digest(secret)))

    def _valid(self, query: Select[tuple[object, ...]]) -> ApiKey | None:
        with self._reading.connect() as connection:
            row = connection.execute(query).first()
        if row is None:
            return None
        key, now = _key(row), _now()
        if not key.is_valid(now):
            return None
        if key.last_used_at is None or now - key.last_used_at > USED_EVERY:
            used = update(api_keys).where(api_keys.c.id == key.id).values(last_used_at=now)
            with self._engine.begin() as connection:
                connection.execute(used)
        return key


def _key(row: Row[tuple[object, ...]]) -> ApiKey:
    held = row._mapping
    return ApiKey(
        id=held["id"],
        organisation=held["organisation"],
        name=held["name"],
        scopes=frozenset(Scope(one) for one in held["scopes"]),
        created_at=held["created_at"],
        expires_at=held["expires_at"],
        last_used_at=held["last_used_at"],
        revoked_at=held["revoked_at"],
        quota=Quota(held["uploads_per_day"], held["bytes_per_day"]),
    )


def _digest(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()


def _now() -> dt.datetime:
    return dt.datetime.now(dt.UTC)
