"""How much there is, how much waits, and how far works are."""

from __future__ import annotations

import datetime as dt

import pytest

from service.policy import Reviewing
from service.review.facts import Facts, Found
from service.storage import watching
from service.storage.accounts import Accounts
from service.storage.screenings import Intake, Screenings, State
from service.storage.watching import Backlog, Watching
from service.storage.webhooks import DeliveryState, Webhooks

SHA = "a" * 64
NOTHING = Found("undetermined", (), review=False, facts=Facts(), rules=Reviewing())


@pytest.fixture
def label(engine):
    return Accounts(engine).found("label").id


@pytest.fixture
def accepted(engine, label):
    def accept(name="a"):
        return Screenings(engine).accept(Intake(label, "key_x", name, SHA, 3, blob=SHA))[0]

    return accept


def test_an_empty_database_counts_every_state(engine):
    counts = Watching(engine).counts()
    assert counts.screenings == dict.fromkeys(State, 0)
    assert counts.deliveries == dict.fromkeys(DeliveryState, 0)
    assert counts.queued == counts.due == Backlog(0, None)
    assert counts.queued.seconds(counts.at) == 0


def test_works_are_counted_by_state_and_the_oldest_that_waits_is_known(engine, accepted):
    stored = Screenings(engine)
    first, second, third = accepted(), accepted(), accepted()
    stored.begin(first.id)
    counts = Watching(engine).counts()
    assert counts.screenings[State.QUEUED] == 2
    assert counts.screenings[State.RUNNING] == 1
    assert counts.queued == Backlog(2, second.created_at)
    assert counts.queued.seconds(third.created_at + dt.timedelta(hours=1)) >= 3600
    stored.fail(first.id, "x")
    assert Watching(engine).counts().screenings[State.FAILED] == 1


def test_a_message_is_due_until_somebody_holds_it(engine, accepted, label):
    webhooks = Webhooks(engine)
    webhooks.register(label, "https://label.example/")
    Screenings(engine).fail(accepted().id, "x")
    counts = Watching(engine).counts()
    assert counts.deliveries[DeliveryState.PENDING] == 1
    assert counts.due.count == 1
    (message,) = webhooks.due(10)
    assert Watching(engine).counts().due == Backlog(0, None)
    webhooks.bury(message, "gone")
    assert Watching(engine).counts().deliveries[DeliveryState.DEAD] == 1


def test_progress_changes_with_what_is_shown_and_with_nothing_else(engine, accepted):
    stored, watched = Screenings(engine), Watching(engine)
    one, other = accepted(), accepted()

    def seen():
        return watched.progress([one.id, other.id, "scr_unknown"])

    first = seen()
    assert set(first) == {one.id, other.id}
    stored.begin(one.id)
    begun = seen()
    assert begun[one.id].state is State.RUNNING
    assert begun[other.id] == first[other.id]
    stored.touch([one.id])
    assert seen() == begun, "that it goes on is no change"
    stored.finish_with(one, SHA, "{}", "made", NOTHING)
    assert seen()[one.id].report is not None


def test_more_than_a_query_can_hold_are_asked_in_several(engine, accepted, monkeypatch):
    monkeypatch.setattr(watching, "AT_ONCE", 2)
    asked = [accepted().id for _ in range(5)]
    assert set(Watching(engine).progress(asked)) == set(asked)
    assert Watching(engine).progress([]) == {}
