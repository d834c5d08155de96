"""Messages to webhooks: written with what they tell, one for each, and kept until taken or dead."""

from __future__ import annotations

import datetime as dt
import json

import pytest
from sqlalchemy import update

from service.policy import Reviewing
from service.review.facts import Facts, Found
from service.storage.accounts import Accounts
from service.storage.screenings import Intake, Screenings
from service.storage.tables import deliveries
from service.storage.webhooks import BACKOFF, DeliveryState, Webhooks

SHA = "a" * 64
NOTHING = Found("undetermined", (), review=False, facts=Facts(), rules=Reviewing())


@pytest.fixture
def stored(engine):
    return Webhooks(engine)


@pytest.fixture
def label(engine):
    return Accounts(engine).found("label").id


@pytest.fixture
def rival(engine):
    return Accounts(engine).found("rival").id


def ended(engine, organisation, *, failed=False):
    screenings = Screenings(engine)
    one, _ = screenings.accept(Intake(organisation, "key_x", "a", SHA, 3, blob=SHA))
    screenings.begin(one.id)
    if failed:
        screenings.fail(one.id, "404")
    else:
        screenings.finish_with(one, SHA, "{}", "made", NOTHING)
    return screenings.get(organisation, one.id)


def make_due(engine):
    past = dt.datetime.now(dt.UTC) - dt.timedelta(seconds=1)
    with engine.begin() as connection:
        connection.execute(update(deliveries).values(due_at=past))


def test_each_end_is_told_to_each_webhook_of_its_organisation_once(stored, engine, label, rival):
    first, second = (stored.register(label, f"https://{n}.example/") for n in "ab")
    stored.register(rival, "https://rival.example/")
    one = ended(engine, label)
    Screenings(engine).finish_with(one, SHA, "again", "made", NOTHING)
    found = stored.deliveries(label, limit=10)
    assert {m.webhook for m in found} == {first.id, second.id}
    assert len(found) == 2
    assert stored.deliveries(rival, limit=10) == ()
    told = json.loads(found[0].body)
    assert told["type"] == "screening.done"
    assert told["data"] == {
        "screening": one.id,
        "state": "done",
        "sha256": SHA,
        "report": one.report,
        "fault": None,
        "findings": [],
        "standing_findings": [],
        "decision": None,
        "review": None,
    }


def test_a_failure_is_told_too(stored, engine, label):
    stored.register(label, "https://a.example/")
    ended(engine, label, failed=True)
    (message,) = stored.deliveries(label, limit=10)
    assert message.event == "screening.failed"
    assert json.loads(message.body)["data"]["fault"] == "404"


def test_a_webhook_that_has_ended_is_told_nothing(stored, engine, label, rival):
    one = stored.register(label, "https://a.example/")
    assert not stored.end(rival, one.id), "another's it is not"
    assert stored.end(label, one.id)
    assert not stored.end(label, one.id)
    ended(engine, label)
    assert stored.deliveries(label, limit=10) == ()
    assert stored.listed(label) == ()


def test_what_is_due_is_handed_out_once(stored, engine, label):
    stored.register(label, "https://a.example/")
    ended(engine, label)
    assert len(stored.due(10)) == 1
    assert stored.due(10) == ()
    make_due(engine)
    assert len(stored.due(10)) == 1


def test_it_is_tried_again_later_and_later_and_then_dead(stored, engine, label):
    stored.register(label, "https://a.example/")
    ended(engine, label)
    identifiers, waits = set(), []
    for _ in range(len(BACKOFF) + 1):
        (due,) = stored.deliveries(label, limit=1)
        one, _ = stored.begin(due.id)
        identifiers.add(one.id)
        before = dt.datetime.now(dt.UTC)
        stored.refused(one, 500, "it answered 500")
        waits.append(stored.deliveries(label, limit=1)[0].due_at - before)
    assert len(identifiers) == 1
    assert waits[:-1] == sorted(waits[:-1])
    (dead,) = stored.deliveries(label, limit=10, state=DeliveryState.DEAD)
    assert (dead.attempts, dead.status) == (len(BACKOFF) + 1, 500)
    assert stored.begin(dead.id) is None


def test_a_dead_one_is_delivered_again_by_hand_under_its_identifier(stored, engine, label, rival):
    stored.register(label, "https://a.example/")
    ended(engine, label)
    (one,) = stored.deliveries(label, limit=1)
    stored.bury(one, "gone")
    assert not stored.again(rival, one.id)
    assert stored.again(label, one.id)
    assert [due.id for due in stored.due(10)] == [one.id]


def test_the_secret_is_of_the_scheme_and_of_one_webhook(stored, label):
    made = [stored.register(label, "https://a.example/").secret for _ in range(5)]
    assert len(set(made)) == 5
    assert all(one.startswith("whsec_") for one in made)
