"""The access log: who read or changed what, and when. It is only added to, and ends with time.

An entry holds identifiers and no more: no name, no content, no address of anyone. A work that was
erased leaves an entry with a digest of its digest and a salt, so that whoever has the bytes can
show that it was these, and nobody can tell from the entry which they were.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import secrets
from dataclasses import dataclass
from enum import StrEnum

from sqlalchemy import Connection, Engine, insert, select

from service.storage.identifiers import new_identifier
from service.storage.tables import accesses

__all__ = ["ERASED", "Access", "Accesses", "ErasureReason", "bury", "salted"]

ERASED = "erased"
"""The operation of an entry that tells of an erasure; others are named as in OpenAPI."""

SALT_BYTES = 16


class ErasureReason(StrEnum):
    """Why something was erased, as whoever asked for it says."""

    REQUESTED = "requested"
    CONSENT_WITHDRAWN = "consent_withdrawn"
    OBJECTION = "objection"
    NO_LONGER_NEEDED = "no_longer_needed"
    UNLAWFUL = "unlawful"
    MISTAKE = "mistake"


@dataclass(frozen=True, slots=True)
class Access:
    """One entry.

    Attributes:
        id: sorts by time.
        organisation: whose things they were.
        at: when.
        caller: identifier of who asked.
        operation: what was asked, as OpenAPI names it, or `ERASED`.
        subject: identifier of what it was about; None for lists.
        status: HTTP status of the answer.
        reason: of an erasure, where one was given.
        salt, digest: of a work that was erased; see `salted`.
    """

    id: str
    organisation: str
    at: dt.datetime
    caller: str
    operation: str
    subject: str | None
    status: int
    reason: ErasureReason | None = None
    salt: str | None = None
    digest: str | None = None


def salted(sha256: str, salt: str) -> str:
    """The digest of an erased work in its entry: SHA-256 of salt and digest, both in hex."""
    return hashlib.sha256(f"{salt}{sha256}".encode()).hexdigest()


class Accesses:
    """The log in the database.

    Args:
        engine: of the database.
    """

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._reading = engine.execution_options(reads=True)

    def note(
        self, organisation: str, caller: str, operation: str, subject: str | None, status: int
    ) -> None:
        """Add an entry."""
        with self._engine.begin() as connection:
            _add(connection, organisation, caller, operation, subject, status)

    def listed(
        self,
        organisation: str,
        *,
        limit: int,
        after: str | None = None,
        subject: str | None = None,
        caller: str | None = None,
    ) -> tuple[tuple[Access, ...], str | None]:
        """Entries of an organisation, newest first.

        Args:
            organisation: whose.
            limit: of how many.
            after: the last one of the page before.
            subject: only those about this.
            caller: only those of this caller.

        Returns:
            A page, and where the next begins; None at the end.
        """
        query = select(accesses).where(accesses.c.organisation == organisation)
        if after is not None:
            query = query.where(accesses.c.id < after)
        if subject is not None:
            query = query.where(accesses.c.subject == subject)
        if caller is not None:
            query = query.where(accesses.c.caller == caller)
        with self._reading.connect() as connection:
            rows = connection.execute(query.order_by(accesses.c.id.desc()).limit(limit + 1)).all()
        found = tuple(
            Access(**{**row._mapping, "reason": row.reason and ErasureReason(row.reason)})
            for row in rows
        )
        return found[:limit], found[limit - 1].id if len(found) > limit else None


def bury(
    connection: Connection,
    organisation: str,
    caller: str,
    subject: str,
    sha256: str | None,
    reason: ErasureReason | None,
) -> None:
    """Note that something was erased, in the transaction that erases it."""
    salt = secrets.token_hex(SALT_BYTES) if sha256 else None
    digest = salted(sha256, salt) if sha256 and salt else None
    _add(
        connection,
        organisation,
        caller,
        ERASED,
        subject,
        200,
        reason=reason,
        salt=salt,
        digest=digest,
    )


def _add(
    connection: Connection,
    organisation: str,
    caller: str,
    operation: str,
    subject: str | None,
    status: int,
    **more: str | None,
) -> None:
    values = {
        "id": new_identifier("acc"),
        "organisation": organisation,
        "at": dt.datetime.now(dt.UTC),
        "caller": caller,
        "operation": operation,
        "subject": subject,
        "status": status,
        **more,
    }
    connection.execute(insert(accesses).values(values))
