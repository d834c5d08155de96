"""Screenings: accepted once, examined by whoever comes, ended with a report or not at all."""

from __future__ import annotations

import datetime as dt
import threading

import pytest
from sqlalchemy import func, select

from provenance.supplied import Supplied
from service.policy import Reviewing
from service.review.facts import Facts, Found
from service.storage.accounts import Accounts, Quota
from service.storage.identifiers import is_identifier, new_identifier
from service.storage.screening_records import OverQuota
from service.storage.screenings import SHOWN, Intake, KeyReused, Screenings, State
from service.storage.tables import reports, screenings

SHA = "a" * 64
NOTHING = Found("undetermined", (), review=False, facts=Facts(), rules=Reviewing())
OTHER = "b" * 64
NO_TIME, A_WHILE = dt.timedelta(0), dt.timedelta(hours=1)


@pytest.fixture
def stored(engine):
    return Screenings(engine)


@pytest.fixture
def label(engine):
    return Accounts(engine).found("label").id


@pytest.fixture
def rival(engine):
    return Accounts(engine).found("rival").id


def work(organisation, sha256=SHA, **changed):
    return Intake(organisation, "key_x", "song.mp3", sha256, 3, **{"blob": sha256, **changed})


def count(engine, table):
    with engine.connect() as connection:
        return connection.execute(select(func.count()).select_from(table)).scalar()


class TestIdentifiers:
    def test_they_sort_by_time_and_have_one_shape(self):
        made = [new_identifier("scr") for _ in range(200)]
        assert len(set(made)) == 200
        assert all(is_identifier(one, "scr") for one in made)
        assert made[0][:12] <= made[-1][:12]
        assert not is_identifier(made[0], "rep")
        assert not is_identifier(made[0].upper(), "scr")
        assert not is_identifier("scr_" + "../" * 8 + "xx", "scr")


class TestAccepting:
    def test_a_work_is_queued_and_listed(self, stored, label):
        one, is_new = stored.accept(work(label))
        assert is_new
        assert (one.state, one.attempts, one.blob, one.report) == (State.QUEUED, 0, SHA, None)
        assert stored.get(label, one.id) == one

    def test_the_same_key_and_request_give_the_same_screening(self, stored, label, engine):
        first, _ = stored.accept(work(label), key="k", request="r")
        again, is_new = stored.accept(work(label), key="k", request="r")
        assert (again, is_new) == (first, False)
        assert count(engine, screenings) == 1

    def test_another_request_with_the_key_is_refused(self, stored, label, engine):
        stored.accept(work(label), key="k", request="r")
        with pytest.raises(KeyReused):
            stored.accept(work(label, OTHER), key="k", request="other")
        assert count(engine, screenings) == 1

    def test_keys_of_two_organisations_do_not_meet(self, stored, label, rival):
        one, _ = stored.accept(work(label), key="k", request="r")
        other, is_new = stored.accept(work(rival), key="k", request="r")
        assert is_new
        assert one.id != other.id

    def test_the_same_key_many_times_at_once_enters_one(self, stored, label, engine):
        found, barrier = [], threading.Barrier(8)

        def enter():
            barrier.wait()
            found.append(stored.accept(work(label), key="k", request="r"))

        threads = [threading.Thread(target=enter) for _ in range(8)]
        for one in threads:
            one.start()
        for one in threads:
            one.join()
        assert len({one.id for one, _ in found}) == 1
        assert sum(is_new for _, is_new in found) == 1
        assert count(engine, screenings) == 1

    def test_a_quota_holds_for_works_that_come_at_the_same_moment(self, stored, label, engine):
        found, barrier = [], threading.Barrier(8)

        def enter():
            barrier.wait()
            try:
                found.append(stored.accept(work(label), quota=Quota(uploads=3)))
            except OverQuota:
                found.append(None)

        threads = [threading.Thread(target=enter) for _ in range(8)]
        for one in threads:
            one.start()
        for one in threads:
            one.join()
        assert len(found) == 8
        assert count(engine, screenings) == 3


class TestOrganisations:
    def test_one_cannot_see_what_another_has(self, stored, label, rival):
        one, _ = stored.accept(work(label))
        stored.begin(one.id)
        stored.finish_with(one, SHA, "{}", "made", NOTHING)
        report = stored.get(label, one.id).report
        assert stored.get(rival, one.id) is None
        assert stored.report(rival, report) is None
        assert stored.same_report(rival, SHA, "made") is None
        assert stored.listed(rival, limit=10).screenings == ()
        assert stored.listed(rival, limit=10, sha256=SHA).screenings == ()
        assert stored.report(label, report).document == "{}"


class TestListing:
    def test_pages_are_newest_first_and_hold_each_once(self, stored, label):
        made = [stored.accept(work(label))[0].id for _ in range(7)]
        found, after = [], None
        while True:
            page = stored.listed(label, limit=3, after=after)
            found += [one.id for one in page.screenings]
            after = page.after
            if after is None:
                break
        assert found == sorted(made, reverse=True)

    def test_filters(self, stored, label):
        one, _ = stored.accept(work(label))
        other, _ = stored.accept(work(label, OTHER))
        stored.begin(other.id)
        assert [s.id for s in stored.listed(label, limit=9, sha256=SHA).screenings] == [one.id]
        running = stored.listed(label, limit=9, state=State.RUNNING)
        assert [s.id for s in running.screenings] == [other.id]


class TestEnding:
    def test_the_report_and_the_end_come_together(self, stored, label, engine):
        one, _ = stored.accept(work(label))
        running = stored.begin(one.id)
        assert (running.state, running.attempts) == (State.RUNNING, 1)
        assert stored.finish_with(running, SHA, '{"a": 1}', "made", NOTHING)
        done = stored.get(label, one.id)
        assert done.state is State.DONE
        assert stored.report(label, done.report).document == '{"a": 1}'
        assert stored.begin(one.id) is None

    def test_a_second_report_is_not_written(self, stored, label, engine):
        one, _ = stored.accept(work(label))
        stored.begin(one.id)
        assert stored.finish_with(one, SHA, "first", "made", NOTHING)
        assert not stored.finish_with(one, SHA, "second", "made", NOTHING)
        assert count(engine, reports) == 1
        assert stored.report(label, stored.get(label, one.id).report).document == "first"

    def test_one_that_is_to_be_tried_again_waits(self, stored, label):
        one, _ = stored.accept(work(label))
        stored.begin(one.id)
        stored.try_again(one.id, "EngineError")
        (waiting,) = stored.left(NO_TIME, A_WHILE)
        assert (waiting.id, waiting.fault, waiting.attempts) == (one.id, "EngineError", 1)

    def test_what_goes_on_is_not_taken_for_lost(self, stored, label):
        one, _ = stored.accept(work(label))
        stored.begin(one.id)
        stored.touch([one.id])
        assert stored.left(A_WHILE, NO_TIME) == ()
        assert len(stored.left(NO_TIME, A_WHILE)) == 1

    def test_what_nobody_has_begun_waits_longer_and_is_submitted_once(self, stored, label):
        stored.accept(work(label))
        assert stored.left(NO_TIME, A_WHILE) == ()
        assert len(stored.left(A_WHILE, NO_TIME)) == 1
        assert stored.left(A_WHILE, dt.timedelta(seconds=30)) == (), "it was taken up just now"

    def test_one_without_bytes_can_only_fail(self, stored, label):
        one, _ = stored.accept(Intake(label, "key_x", "x", url="https://a.example/"))
        stored.begin(one.id)
        stored.fail(one.id, "404")
        failed = stored.get(label, one.id)
        assert (failed.state, failed.fault, failed.report) == (State.FAILED, "404", None)
        assert stored.left(NO_TIME, NO_TIME) == ()


class TestSupplies:
    def test_what_came_with_a_work_is_kept_as_it_came(self, stored, label):
        given = Supplied(b"<x>\x00\xff", "A1")
        one, _ = stored.accept(work(label, supplied=given))
        alone, _ = stored.accept(work(label))
        assert (one.declared, alone.declared) == (True, False)
        assert (stored.supplied(one), stored.supplied(alone)) == (given, None)

    def test_lists_do_not_carry_it(self, stored, label):
        stored.accept(work(label, supplied=Supplied(b"x" * 100)))
        (one,) = stored.listed(label, limit=10).screenings
        assert one.declared
        assert "supplied" not in {column.name for column in SHOWN}
