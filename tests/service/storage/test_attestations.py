"""Attestations: one link for a report, which nobody guesses, and which can be taken back."""

from __future__ import annotations

import datetime as dt
import threading
from dataclasses import replace

import pytest
from sqlalchemy import delete

from service.policy import Finding, Reviewing
from service.review.facts import Facts, Found
from service.review.records import Opinion, Outcome
from service.storage.accounts import Accounts
from service.storage.attestations import TOKEN, Attestations, Shown
from service.storage.reviews import Reviews
from service.storage.screenings import Intake, Screenings
from service.storage.tables import reports

SHA = "a" * 64
NOW = dt.datetime(2026, 11, 24, tzinfo=dt.UTC)
NOTHING = Found("undetermined", (), review=False, facts=Facts(), rules=Reviewing())
FOUND = replace(NOTHING, findings=(Finding.FULLY_SYNTHETIC,), review=True)


@pytest.fixture
def attestations(engine):
    return Attestations(engine)


@pytest.fixture
def label(engine):
    return Accounts(engine).found("Label Été").id


@pytest.fixture
def written(engine, label):
    """Writes a report and gives its identifier."""
    stored = Screenings(engine)

    def write(sha256=SHA, organisation=label, made_by="made", found=NOTHING):
        one, _ = stored.accept(Intake(organisation, "key_x", "x", sha256, 3, blob="a"))
        stored.begin(one.id)
        stored.finish_with(one, sha256, "{}", made_by, found)
        return stored.get(organisation, one.id).report

    return write


def test_one_is_made_once_and_given_again(attestations, label, written):
    report = written()
    first, is_new = attestations.make(label, report)
    again, is_new_again = attestations.make(label, report)
    assert (is_new, is_new_again) == (True, False)
    assert again == first == attestations.live(label, report)
    assert TOKEN.fullmatch(first.token)
    assert first.shows == (Shown.ORIGIN,)
    assert len(first.salt) == 64


def test_what_it_shows_can_be_changed(attestations, label, written):
    report = written()
    first, _ = attestations.make(label, report, shows=[Shown.RIGHTS, Shown.ORIGIN])
    assert first.shows == (Shown.ORIGIN, Shown.RIGHTS)
    second, _ = attestations.make(label, report, committed=False)
    assert (second.token, second.shows, second.salt) == (first.token, first.shows, None)
    third, _ = attestations.make(label, report, shows=[Shown.INTEGRITY], committed=True)
    assert third.shows == (Shown.INTEGRITY,)
    assert third.salt not in (None, first.salt)


def test_of_what_nobody_has_there_is_none(engine, attestations, label, written):
    rival = Accounts(engine).found("rival").id
    report = written()
    assert attestations.make(rival, report) is None
    assert attestations.make(label, "rep_x") is None
    attestations.make(label, report)
    assert attestations.live(rival, report) is None
    assert not attestations.withdraw(rival, report)
    assert attestations.live(label, report) is not None


def test_one_that_was_withdrawn_stays_withdrawn(attestations, label, written):
    report = written()
    first, _ = attestations.make(label, report)
    assert attestations.withdraw(label, report)
    assert not attestations.withdraw(label, report)
    assert attestations.live(label, report) is None
    second, is_new = attestations.make(label, report)
    assert is_new
    assert second.token != first.token
    assert attestations.found(first.token).attestation.withdrawn_at is not None
    assert attestations.found(second.token).attestation.withdrawn_at is None


def test_two_who_ask_at_once_get_the_same(attestations, label, written):
    report, made = written(), []
    begun = threading.Barrier(4)

    def ask():
        begun.wait()
        made.append(attestations.make(label, report))

    threads = [threading.Thread(target=ask) for _ in range(4)]
    for one in threads:
        one.start()
    for one in threads:
        one.join()
    assert len({one.token for one, _ in made}) == 1
    assert sorted(is_new for _, is_new in made) == [False, False, False, True]


@pytest.mark.parametrize("token", ["", "x", "a" * 43, "a" * 44, "../" * 14, "' OR 1=1", "é" * 43])
def test_a_link_that_leads_nowhere(attestations, label, written, token):
    attestations.make(label, written())
    assert attestations.found(token) is None


class TestWhatALinkLeadsTo:
    def test_the_report_and_whose_it_is(self, attestations, label, written):
        report = written()
        one, _ = attestations.make(label, report)
        found = attestations.found(one.token)
        assert (found.by, found.stored.id, found.later) == ("Label Été", report, found.stored)

    def test_and_the_latest_on_the_same_bytes(self, engine, attestations, label, written):
        before = written()
        report = written()
        one, _ = attestations.make(label, report)
        rival = Accounts(engine).found("rival").id
        written("b" * 64)
        written(organisation=rival)
        written(made_by="")  # one whose checks could not run
        assert attestations.found(one.token).later.id == report != before
        later = [written() for _ in range(2)]
        assert attestations.found(one.token).later.id in later

    def test_and_what_people_decided_of_them(self, engine, attestations, label, written):
        report = written(found=FOUND)
        one, _ = attestations.make(label, report)
        assert attestations.found(one.token).decided is None
        reviews = Reviews(engine)
        (review,) = reviews.listed(label, limit=10)
        opinion = Opinion("key_x", "Ada", Outcome.REVERSED, "it is not", NOW)
        reviews.give(label, review.id, opinion, lambda _: "signed")
        decided = attestations.found(one.token).decided
        assert (decided.outcome, decided.findings) == (Outcome.REVERSED, FOUND.findings)

    def test_it_goes_with_the_report(self, engine, attestations, label, written):
        report = written()
        one, _ = attestations.make(label, report)
        with engine.begin() as connection:
            connection.execute(delete(reports).where(reports.c.id == report))
        assert attestations.found(one.token) is None
