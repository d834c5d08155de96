"""The database: the same tables whichever it is, up and down, and writers that wait in line."""

from __future__ import annotations

import threading

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import inspect, text

from provenance.errors import ConfigError
from service.storage.accounts import Accounts
from service.storage.engine import migrate, open_database
from service.storage.tables import METADATA


def test_migrations_make_what_the_tables_say(engine):
    with engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert compare_metadata(context, METADATA) == []


def test_they_go_down_and_up_again(engine):
    migrate(engine, "base")
    assert set(inspect(engine).get_table_names()) == {"alembic_version"}
    migrate(engine)
    assert set(METADATA.tables) <= set(inspect(engine).get_table_names())


def test_what_is_there_stays_when_migrated_again(engine):
    made = Accounts(engine).found("label")
    migrate(engine)
    assert Accounts(engine).organisations() == (made,)


def test_a_database_of_a_later_version_is_told(engine):
    with engine.begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    with pytest.raises(ConfigError, match="9999") as told:
        migrate(engine)
    assert "later version" in told.value.hint


def test_an_address_that_is_none_is_told():
    with pytest.raises(ConfigError):
        open_database("nonsense")


def test_a_server_that_is_not_there_is_told():
    with pytest.raises(ConfigError, match="cannot be used"):
        migrate(open_database("postgresql+psycopg://nobody@/x?host=/nonexistent"))


def test_sqlite_is_set_up_for_many_readers_and_writers(tmp_path):
    engine = open_database(f"sqlite:///{tmp_path / 'a.sqlite'}")
    with engine.connect() as connection:
        found = {
            name: connection.execute(text(f"PRAGMA {name}")).scalar()
            for name in ("journal_mode", "synchronous", "foreign_keys", "busy_timeout")
        }
    assert found == {
        "journal_mode": "wal",
        "synchronous": 1,
        "foreign_keys": 1,
        "busy_timeout": 15000,
    }
    engine.dispose()


def test_a_reader_does_not_wait_for_a_writer(tmp_path):
    engine = open_database(f"sqlite:///{tmp_path / 'a.sqlite'}")
    migrate(engine)
    accounts = Accounts(engine)
    with engine.begin() as connection:
        connection.execute(text("DELETE FROM organisations"))
        reader = threading.Thread(target=accounts.organisations)
        reader.start()
        reader.join(timeout=5)
        assert not reader.is_alive()
    engine.dispose()


def test_writers_at_once_all_get_through(engine):
    accounts = Accounts(engine)
    writers = [
        threading.Thread(target=lambda: [accounts.found("x") for _ in range(10)]) for _ in range(6)
    ]
    for one in writers:
        one.start()
    for one in writers:
        one.join()
    assert len(accounts.organisations()) == 60


def test_works_that_were_not_to_be_kept_before_there_were_terms_are_due(engine):
    from service.storage.screenings import Intake, Screenings

    label, stored = Accounts(engine).found("label").id, Screenings(engine)
    for blob in ("a" * 64, "a" * 64 + "-own"):
        one, _ = stored.accept(Intake(label, "key_x", "x", "a" * 64, 1, blob=blob))
        stored.fail(one.id, "x")
    migrate(engine, "0004")
    migrate(engine)
    with engine.connect() as connection:
        query = text("SELECT blob, keep_until = finished_at AS due FROM screenings ORDER BY blob")
        found = [(len(blob), due) for blob, due in connection.execute(query)]
    assert [size for size, _ in found] == [64, 68]
    assert [bool(due) for _, due in found] == [False, True]
