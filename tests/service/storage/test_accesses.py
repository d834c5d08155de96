"""The access log: only added to, and of one organisation."""

from __future__ import annotations

import pytest

from service.storage.accesses import Accesses
from service.storage.accounts import Accounts
from service.storage.identifiers import first_identifier, is_any_identifier, new_identifier

ONE, OTHER = new_identifier("scr"), new_identifier("rep")


@pytest.fixture
def label(engine):
    return Accounts(engine).found("label").id


@pytest.fixture
def log(engine):
    return Accesses(engine)


def test_pages_are_newest_first_and_hold_each_once(log, label):
    for _ in range(5):
        log.note(label, "key_x", "report", OTHER, 200)
    found, after = [], None
    while True:
        page, after = log.listed(label, limit=2, after=after)
        found += [one.id for one in page]
        if after is None:
            break
    assert len(set(found)) == 5
    assert found == sorted(found, reverse=True)


def test_filters(log, label):
    log.note(label, "key_a", "screening", ONE, 200)
    log.note(label, "key_b", "report", OTHER, 404)
    assert [one.subject for one in log.listed(label, limit=9, subject=ONE)[0]] == [ONE]
    assert [one.status for one in log.listed(label, limit=9, caller="key_b")[0]] == [404]
    assert log.listed(label, limit=9, subject=ONE, caller="key_b")[0] == ()


def test_another_organisation_has_its_own(engine, log, label):
    rival = Accounts(engine).found("rival").id
    log.note(label, "key_a", "screening", ONE, 200)
    assert log.listed(rival, limit=9) == ((), None)


def test_it_can_be_added_to_and_read_and_nothing_else():
    assert {name for name in vars(Accesses) if not name.startswith("_")} == {"note", "listed"}


def test_an_identifier_says_when_it_was_made():
    import datetime as dt

    now = dt.datetime.now(dt.UTC)
    made = new_identifier("acc")
    assert first_identifier("acc", now - dt.timedelta(seconds=1)) < made
    assert made < first_identifier("acc", now + dt.timedelta(minutes=1))
    assert is_any_identifier(made)
    assert not is_any_identifier("../../etc/passwd")
