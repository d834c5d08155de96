"""Keys: shown once, kept as a digest, and ended by time, by hand, or with their organisation."""

from __future__ import annotations

import datetime as dt

import pytest
from sqlalchemy import delete, select, text

from service.storage.accounts import Accounts, Scope
from service.storage.tables import api_keys, organisations


@pytest.fixture
def accounts(engine):
    return Accounts(engine)


@pytest.fixture
def label(accounts):
    return accounts.found("label")


def test_the_secret_opens_and_is_kept_nowhere(accounts, label, engine):
    made = accounts.issue(label.id, "uploads", [Scope.SUBMIT])
    opened = accounts.opened_by(made.secret)
    assert opened is not None
    assert (opened.id, opened.organisation, opened.scopes) == (
        made.key.id,
        label.id,
        {Scope.SUBMIT},
    )
    with engine.connect() as connection:
        kept = str(connection.execute(select(api_keys)).all())
    assert made.secret not in kept
    assert made.secret.removeprefix("assay_") not in kept


def test_no_two_are_alike_and_none_can_be_guessed(accounts, label):
    secrets = {accounts.issue(label.id, "x", [Scope.SUBMIT]).secret for _ in range(50)}
    assert len(secrets) == 50
    assert min(map(len, secrets)) >= len("assay_") + 43
    for wrong in ("", "assay_", next(iter(secrets))[:-1], next(iter(secrets)) + "a"):
        assert accounts.opened_by(wrong) is None


def test_one_that_has_expired_opens_nothing(accounts, label):
    now = dt.datetime.now(dt.UTC)
    past = accounts.issue(label.id, "x", [Scope.SUBMIT], now - dt.timedelta(seconds=1))
    future = accounts.issue(label.id, "x", [Scope.SUBMIT], now + dt.timedelta(hours=1))
    assert accounts.opened_by(past.secret) is None
    assert accounts.opened_by(future.secret) is not None


def test_one_that_was_revoked_opens_nothing_and_stays_on_the_list(accounts, label):
    made = accounts.issue(label.id, "x", [Scope.SUBMIT])
    assert accounts.revoke(label.id, made.key.id)
    assert accounts.opened_by(made.secret) is None
    (listed,) = accounts.keys(label.id)
    ended = listed.revoked_at
    assert ended is not None
    assert accounts.revoke(label.id, made.key.id), "again changes nothing"
    assert accounts.keys(label.id)[0].revoked_at == ended


def test_another_organisation_cannot_end_it(accounts, label):
    made = accounts.issue(label.id, "x", [Scope.SUBMIT])
    other = accounts.found("other")
    assert not accounts.revoke(other.id, made.key.id)
    assert accounts.opened_by(made.secret) is not None
    assert accounts.keys(other.id) == ()


def test_when_it_was_last_used_is_told_but_not_for_each_request(accounts, label, engine):
    made = accounts.issue(label.id, "x", [Scope.SUBMIT])
    assert accounts.keys(label.id)[0].last_used_at is None
    accounts.opened_by(made.secret)
    first = accounts.keys(label.id)[0].last_used_at
    accounts.opened_by(made.secret)
    assert first is not None
    assert accounts.keys(label.id)[0].last_used_at == first
    assert abs(dt.datetime.now(dt.UTC) - first) < dt.timedelta(minutes=1)


def test_keys_go_with_their_organisation(accounts, label, engine):
    made = accounts.issue(label.id, "x", [Scope.SUBMIT])
    with engine.begin() as connection:
        connection.execute(delete(organisations))
        assert connection.execute(text("SELECT count(*) FROM api_keys")).scalar() == 0
    assert accounts.opened_by(made.secret) is None
