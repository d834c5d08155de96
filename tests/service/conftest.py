"""A database with all tables, once of each kind."""

from __future__ import annotations

import pytest

from service.storage.engine import migrate, open_database


@pytest.fixture
def engine(database_url):
    """An engine on a database with all tables."""
    opened = open_database(database_url)
    migrate(opened)
    yield opened
    opened.dispose()
