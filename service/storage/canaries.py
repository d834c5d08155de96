"""Runs over the canaries in the database: the latest is what the next is compared with."""

from __future__ import annotations

import datetime as dt

from sqlalchemy import Engine, insert, select

from service.canary import CanaryRun
from service.storage.identifiers import new_identifier
from service.storage.tables import canary_runs

__all__ = ["Canaries"]


class Canaries:
    """Runs in the database.

    Args:
        engine: of the database.
    """

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._reading = engine.execution_options(reads=True)

    def latest(self) -> CanaryRun | None:
        """The last run; None before the first."""
        query = select(canary_runs.c.document).order_by(canary_runs.c.id.desc()).limit(1)
        with self._reading.connect() as connection:
            document = connection.execute(query).scalar()
        return None if document is None else CanaryRun.model_validate_json(document)

    def keep(self, run: CanaryRun) -> None:
        """Keep a run."""
        values = {
            "id": new_identifier("can"),
            "made_by": run.made_by,
            "document": run.model_dump_json(),
            "created_at": dt.datetime.now(dt.UTC),
        }
        with self._engine.begin() as connection:
            connection.execute(insert(canary_runs).values(values))
