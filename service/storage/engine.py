"""Opens the database and brings its tables to what this version needs.

SQLite gets write-ahead logging, `synchronous=NORMAL`, foreign keys and a busy timeout: with those a
commit costs a twelfth, and a reader never waits for a writer. A write transaction there begins as
one (`BEGIN IMMEDIATE`), so that two writers queue instead of failing half-way. With
`synchronous=NORMAL` a machine that loses its power may forget the last commits, though never half
of one; who must not forget opens with the execution option `durable`.
"""

from __future__ import annotations

from importlib import resources
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, create_engine, event, make_url
from sqlalchemy.exc import ArgumentError, SQLAlchemyError

from provenance.errors import ConfigError

__all__ = ["migrate", "open_database"]

BUSY_MILLISECONDS = 15_000
HEAD = "head"


def open_database(url: str) -> Engine:
    """An engine on this database, without looking at its tables.

    Raises:
        ConfigError: the URL is not one, or its driver is not installed.
    """
    try:
        parsed = make_url(url)
        if parsed.get_backend_name() == "sqlite" and parsed.database:
            Path(parsed.database).parent.mkdir(parents=True, exist_ok=True)
        engine = create_engine(parsed, pool_pre_ping=True)
    except (ArgumentError, ModuleNotFoundError, OSError) as fault:
        raise ConfigError(
            f"database: {fault}", hint="postgresql+psycopg://user:password@host/name, or nothing."
        ) from fault
    if engine.dialect.name == "sqlite":
        event.listen(engine, "connect", _set_up)
        event.listen(engine, "begin", _begin)
    else:
        event.listen(engine, "before_cursor_execute", _without_nul, retval=True)
    return engine


def _set_up(connection: Any, _: object) -> None:
    connection.isolation_level = None  # transactions begin where `_begin` says, and nowhere else
    for pragma in (
        "journal_mode=WAL",
        "synchronous=NORMAL",
        "foreign_keys=ON",
        f"busy_timeout={BUSY_MILLISECONDS}",
    ):
        connection.execute(f"PRAGMA {pragma}")


def _begin(connection: Connection) -> None:
    options = connection.get_execution_options()
    if options.get("reads", False):
        connection.exec_driver_sql("BEGIN")
        return
    level = "FULL" if options.get("durable", False) else "NORMAL"
    connection.exec_driver_sql(f"PRAGMA synchronous={level}")
    connection.exec_driver_sql("BEGIN IMMEDIATE")


def _without_nul(
    _: Connection, __: Any, statement: str, parameters: Any, ___: Any, ____: Any
) -> tuple[str, Any]:
    """A text that a stranger chose may hold U+0000, which PostgreSQL keeps in none."""
    return statement, _kept(parameters)


def _kept(value: Any) -> Any:
    match value:
        case str():
            return value.replace("\x00", "\N{REPLACEMENT CHARACTER}")
        case dict():
            return {name: _kept(one) for name, one in value.items()}
        case list() | tuple():
            return type(value)(_kept(one) for one in value)
        case _:
            return value


def migrate(engine: Engine, to: str = HEAD) -> None:
    """Bring the tables to a revision, up or down.

    Raises:
        ConfigError: the database cannot be reached, or is of a later version.
    """
    from alembic import command
    from alembic.util import CommandError

    try:
        with engine.connect() as connection:
            found = _configuration(connection)
            (command.downgrade if to != HEAD else command.upgrade)(found, to)
            connection.commit()
    except CommandError as fault:
        raise ConfigError(
            f"database: {fault}", hint="It was made by a later version: use that one."
        ) from fault
    except SQLAlchemyError as fault:
        raise ConfigError(
            f"database: cannot be used ({type(fault).__name__})",
            hint="Is it running, and may this user make tables in it?",
        ) from fault


def _configuration(connection: Connection) -> Any:
    from alembic.config import Config

    found = Config()
    folder = resources.files("service.storage") / "migrations"
    found.set_main_option("script_location", str(folder).replace("%", "%%"))
    found.attributes["connection"] = connection
    return found
