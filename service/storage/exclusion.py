"""One at a time: who enters, ends or deletes a work of an organisation, and nobody else meanwhile.

SQLite has one writer at a time anyway. On PostgreSQL it is an advisory lock, which a transaction
holds to its end.
"""

from __future__ import annotations

import hashlib

from sqlalchemy import Connection, func, select

__all__ = ["alone_with"]

DIGITS = 64
"""Of a SHA-256, with which what a work is kept as begins."""


def alone_with(connection: Connection, organisation: str, name: str) -> None:
    """Wait until no other transaction is busy with a work, and keep others waiting.

    Args:
        connection: in a transaction that writes.
        organisation: whose work it is.
        name: its SHA-256, or what it is kept as; or what else only one may be busy with.
    """
    if connection.dialect.name != "postgresql":
        return
    digest = hashlib.sha256(f"{organisation}/{name[:DIGITS]}".encode()).digest()
    number = int.from_bytes(digest[:8], signed=True)
    connection.execute(select(func.pg_advisory_xact_lock(number)))
