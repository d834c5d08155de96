"""What is due goes, what is erased goes at once, and nobody's bytes go with it."""

from __future__ import annotations

import datetime as dt
import json
import threading
from dataclasses import replace

import pytest
from sqlalchemy import func, select, update

from provenance.supplied import Supplied
from service.policy import Finding, Reviewing
from service.review.facts import Facts, Found
from service.storage.accesses import ERASED, Accesses, ErasureReason, salted
from service.storage.accounts import Accounts, Scope
from service.storage.appeals import Appeals, ExhibitKind
from service.storage.blobs import FolderBlobs
from service.storage.exclusion import alone_with
from service.storage.identifiers import new_identifier
from service.storage.keeping import Keeping
from service.storage.log import LogBook
from service.storage.screenings import Intake, Screenings, State
from service.storage.tables import METADATA, deliveries, idempotency, reports, screenings
from service.storage.watching import Watching
from service.storage.webhooks import Webhooks

SHA, OTHER = "a" * 64, "b" * 64
NOTHING = Found("undetermined", (), review=False, facts=Facts(), rules=Reviewing())
NOW = dt.datetime.now(dt.UTC)
AGO, AHEAD = NOW - dt.timedelta(days=1), NOW + dt.timedelta(days=1)


@pytest.fixture
def stored(engine):
    return Screenings(engine)


@pytest.fixture
def blobs(tmp_path):
    return FolderBlobs(tmp_path / "blobs")


@pytest.fixture
def keeping(engine, blobs):
    return Keeping(engine, blobs)


@pytest.fixture
def label(engine):
    return Accounts(engine).found("label").id


@pytest.fixture
def rival(engine):
    return Accounts(engine).found("rival").id


@pytest.fixture
def accepted(stored, blobs, tmp_path):
    """Enters a work with its bytes, as the service does."""

    def accept(organisation, sha256=SHA, blob=None, supplied=None, **more):
        path = tmp_path / "upload"
        path.write_bytes(b"x")
        blobs.put(organisation, blob or sha256, path)
        name = blob or sha256
        work = Intake(organisation, "key_x", "song.mp3", sha256, 1, blob=name, supplied=supplied)
        return stored.accept(work, **more)[0]

    return accept


@pytest.fixture
def book(engine):
    return LogBook(engine)


@pytest.fixture
def done(stored, accepted, book):
    """The same, with a report."""

    def end(organisation, sha256=SHA, **more):
        one = accepted(organisation, sha256, **more)
        document = '{"name": "song.mp3"}'
        assert stored.finish_with(stored.begin(one.id), sha256, document, "made", NOTHING)
        ended = stored.get(organisation, one.id)
        book.give_up(ended.report)  # as good as signed
        return ended

    return end


def count(engine, table):
    with engine.connect() as connection:
        return connection.execute(select(func.count()).select_from(table)).scalar()


class TestBytes:
    def test_those_a_screening_needs_are_not_deleted(self, keeping, accepted, blobs, label):
        accepted(label)
        assert not keeping.discard(label, SHA)
        assert blobs.has(label, SHA)

    def test_those_nobody_needs_are(self, keeping, accepted, blobs, label, rival):
        accepted(label)
        theirs = accepted(rival)
        keeping.withdraw(rival, theirs.id)
        assert keeping.discard(rival, SHA)
        assert not blobs.has(rival, SHA)
        assert blobs.has(label, SHA), "each organisation has its own copy"

    def test_those_of_the_last_screening_go_with_it(self, engine, blobs, done, keeping, label):
        first, second = done(label), done(label)
        of = screenings.c
        with engine.begin() as connection:
            connection.execute(update(screenings).where(of.id == first.id).values(keep_until=AGO))
        assert keeping.release_works(10) == 1
        assert blobs.has(label, SHA), "the second has them still"
        with engine.begin() as connection:
            connection.execute(update(screenings).where(of.id == second.id).values(keep_until=AGO))
        assert keeping.release_works(10) == 1
        assert not blobs.has(label, SHA)
        assert keeping.release_works(10) == 0

    def test_what_came_with_a_work_goes_with_it(self, engine, stored, done, keeping, label):
        one = done(label, supplied=Supplied(b"x", "A1"))
        assert keeping.release_supplies(10) == 0, "the work is still here"
        with engine.begin() as connection:
            mine = screenings.c.id == one.id
            connection.execute(update(screenings).where(mine).values(keep_until=AGO))
        keeping.release_works(10)
        assert stored.supplied(one) is None
        assert not stored.get(label, one.id).declared

    def test_what_came_with_a_work_that_never_was_here_goes_too(self, stored, keeping, label):
        given = Supplied(b"x")
        url = Intake(label, "key_x", "x", url="https://a.example/x", supplied=given)
        one, _ = stored.accept(url)
        assert keeping.release_supplies(10) == 0, "it is still to be examined"
        stored.fail(one.id, "it does not answer")
        assert stored.supplied(one) == given
        assert keeping.release_supplies(10) == 1
        assert stored.supplied(one) is None

    def test_a_shorter_term_holds_for_what_was_there_before(self, keeping, done, blobs, label):
        done(label)
        assert keeping.release_works(10) == 0
        assert keeping.release_works(10, ended=AGO) == 0
        assert keeping.release_works(10, ended=AHEAD) == 1
        assert not blobs.has(label, SHA)

    def test_a_term_that_was_given_is_kept_when_a_longer_one_follows(self, engine, accepted, label):
        one = accepted(label)
        month = Screenings(engine, keep_days=30)
        month.finish_with(month.begin(one.id), SHA, "{}", "made", NOTHING)
        with engine.connect() as connection:
            until, ended = connection.execute(
                select(screenings.c.keep_until, screenings.c.finished_at)
            ).one()
        assert until - ended == dt.timedelta(days=30)

    def test_those_kept_for_one_screening_are_due_when_it_ends(
        self, stored, keeping, accepted, blobs, label
    ):
        own = accepted(label, blob=f"{SHA}-1")
        still = accepted(label, blob=f"{SHA}-2")
        assert keeping.release_works(10) == 0
        stored.fail(own.id, "no bytes")
        assert keeping.release_works(10) == 1
        assert stored.get(label, own.id).blob is None
        assert not blobs.has(label, f"{SHA}-1")
        assert blobs.has(label, still.blob)

    def test_those_whose_report_is_not_signed_yet_wait_for_that(
        self, stored, keeping, accepted, blobs, book, label
    ):
        own = accepted(label, blob=f"{SHA}-1")
        assert stored.finish_with(stored.begin(own.id), SHA, "{}", "made", NOTHING)
        assert keeping.release_works(10) == 0
        assert blobs.has(label, own.blob)
        book.give_up(stored.any(own.id).report)
        assert keeping.release_works(10) == 1
        assert not blobs.has(label, own.blob)

    def test_a_store_that_fails_leaves_them_due(self, engine, keeping, done, label):
        class Broken(FolderBlobs):
            def delete(self, organisation, name):
                if name == SHA:
                    raise OSError("no disk")
                super().delete(organisation, name)

        one, healthy = done(label), done(label, OTHER)
        broken = Keeping(engine, Broken(keeping._blobs._folder))
        with pytest.raises(OSError, match="no disk"):
            broken.release_works(10, ended=AHEAD)
        with pytest.raises(OSError, match="no disk"):
            broken.erase(label, one.id, caller="key_x", reason=None)
        assert Screenings(engine).get(label, one.id) == one
        assert Screenings(engine).get(label, healthy.id).blob is None, "one holds back no other"
        assert Accesses(engine).listed(label, limit=9)[0] == ()
        assert keeping.release_works(10, ended=AHEAD) == 1

    def test_strays_are_those_without_a_screening(self, keeping, accepted, blobs, label, tmp_path):
        accepted(label)
        path = tmp_path / "left"
        path.write_bytes(b"y")
        blobs.put(label, OTHER, path)
        assert keeping.strays(list(blobs.listed())) == 1
        assert [one.name for one in blobs.listed()] == [SHA]

    def test_nobody_enters_a_work_while_it_is_deleted(self, engine, accepted, label):
        """Whoever deletes is alone with the work from looking to having deleted."""
        entered = threading.Event()

        def enter():
            accepted(label)
            entered.set()

        with engine.begin() as connection:
            alone_with(connection, label, SHA)
            other = threading.Thread(target=enter)
            other.start()
            assert not entered.wait(0.3)
        other.join()
        assert entered.is_set()


class TestTime:
    def test_screenings_go_with_their_reports_and_bytes(
        self, engine, keeping, done, accepted, blobs, label
    ):
        done(label)
        waiting = accepted(label, OTHER)
        assert keeping.forget_screenings(AGO, 10) == 0
        assert keeping.forget_screenings(AHEAD, 10) == 1, "one that waits is not forgotten"
        assert count(engine, reports) == 0
        assert not blobs.has(label, SHA)
        assert blobs.has(label, OTHER)
        assert Screenings(engine).get(label, waiting.id) == waiting

    def test_a_batch_is_as_large_as_asked(self, engine, keeping, done, label):
        for _ in range(3):
            done(label)
        assert keeping.forget_screenings(AHEAD, 2) == 2
        assert count(engine, screenings) == 1

    def test_messages_go_once_nothing_is_sent_any_more(self, engine, keeping, done, label):
        webhooks = Webhooks(engine)
        webhooks.register(label, "https://a.example/")
        done(label)
        done(label)
        (second, _) = webhooks.deliveries(label, limit=9)
        webhooks.delivered(second, 200)
        assert keeping.forget_deliveries(AGO, 10) == 0
        assert keeping.forget_deliveries(AHEAD, 10) == 1
        (left,) = webhooks.deliveries(label, limit=9)
        assert left.id != second.id

    def test_idempotency_keys_end(self, engine, keeping, accepted, label):
        one = accepted(label, key="k", request="r")
        assert keeping.forget_idempotency(AGO, 10) == 0
        assert accepted(label, key="k", request="r").id == one.id
        assert keeping.forget_idempotency(AHEAD, 10) == 1
        assert count(engine, idempotency) == 0
        assert accepted(label, key="k", request="r").id != one.id

    def test_the_access_log_ends(self, engine, keeping, label):
        log = Accesses(engine)
        log.note(label, "key_x", "report", None, 200)
        assert keeping.forget_accesses(AGO, 10) == 0
        assert keeping.forget_accesses(AHEAD, 10) == 1
        assert log.listed(label, limit=9) == ((), None)

    def test_what_people_are_to_decide_about_stays(self, engine, stored, keeping, accepted, label):
        def ended(sha256, found):
            one = accepted(label, sha256)
            assert stored.finish_with(stored.begin(one.id), sha256, "{}", "made", found)
            return one

        ended(SHA, replace(NOTHING, findings=(Finding.FULLY_SYNTHETIC,), review=True))
        appealed = ended(OTHER, NOTHING)
        assert Appeals(engine).offer(label, appealed.id, days=30)
        third = ended("c" * 64, NOTHING)
        assert keeping.forget_screenings(AHEAD, 10) == 1
        assert stored.any(third.id) is None


class TestErasure:
    def test_what_was_handed_in_with_an_appeal_goes_too(
        self, engine, stored, keeping, done, accepted, blobs, label
    ):
        appealed, stem = done(label), accepted(label, OTHER)
        appeals = Appeals(engine)
        offered = appeals.offer(label, appealed.id, days=30)
        appeals.attach(offered.appeal, stem.id, ExhibitKind.STEM, new_identifier("exh"), "{}")
        assert keeping.forget_screenings(AHEAD, 10) == 0, "the appeal may still be stated"
        erased = keeping.erase(label, appealed.id, caller="key_x", reason=None)
        assert erased.exhibits == 1
        assert stored.any(stem.id) is None
        assert list(blobs.listed()) == []
        assert appeals.opened_by(offered.token) is None
        entries, _ = Accesses(engine).listed(label, limit=9)
        assert {one.subject for one in entries} == {appealed.id, stem.id}

    def test_nothing_of_it_stays_but_an_entry(self, engine, stored, keeping, done, blobs, label):
        webhooks = Webhooks(engine)
        webhooks.register(label, "https://a.example/")
        one, other = done(label), done(label, OTHER)
        erased = keeping.erase(label, one.id, caller="key_x", reason=ErasureReason.REQUESTED)
        assert (erased.work, erased.report, erased.messages) == (True, True, 1)
        assert stored.get(label, one.id) is None
        assert stored.report(label, one.report) is None
        assert not blobs.has(label, SHA)
        (left,) = webhooks.deliveries(label, limit=9)
        assert json.loads(left.body)["data"]["screening"] == other.id
        ((entry,), _) = Accesses(engine).listed(label, limit=9)
        assert (entry.operation, entry.subject, entry.caller) == (ERASED, one.id, "key_x")
        assert entry.reason is ErasureReason.REQUESTED
        assert entry.digest == salted(SHA, entry.salt) != SHA
        assert "song" not in repr(entry)

    def test_what_another_screening_has_too_stays(self, stored, keeping, done, accepted, label):
        first = done(label)
        second = accepted(label)
        stored.finish(stored.begin(second.id), stored.report(label, first.report), NOTHING)
        erased = keeping.erase(label, first.id, caller="key_x", reason=None)
        assert (erased.work, erased.report) == (False, False)
        assert stored.report(label, first.report) is not None
        erased = keeping.erase(label, second.id, caller="key_x", reason=None)
        assert (erased.work, erased.report) == (True, True)

    def test_another_organisation_s_is_not_there(self, engine, keeping, done, blobs, label, rival):
        one = done(label)
        assert keeping.erase(rival, one.id, caller="key_x", reason=None) is None
        assert Screenings(engine).get(label, one.id) == one
        assert blobs.has(label, SHA)
        assert Accesses(engine).listed(rival, limit=9) == ((), None)

    @pytest.mark.parametrize("how", ["finish", "finish_with", "fail", "try_again", "fetched"])
    def test_one_that_is_examined_ends_nowhere(
        self, engine, stored, keeping, done, accepted, label, how
    ):
        report = stored.report(label, done(label, OTHER).report)
        one = stored.begin(accepted(label).id)
        keeping.erase(label, one.id, caller="key_x", reason=None)
        match how:
            case "finish":
                assert not stored.finish(one, report, NOTHING)
            case "finish_with":
                assert not stored.finish_with(one, SHA, "{}", "made", NOTHING)
            case "fail":
                stored.fail(one.id, "x")
            case "try_again":
                stored.try_again(one.id, "x")
            case "fetched":
                assert not stored.fetched(one, SHA, 1, SHA)
        assert stored.any(one.id) is None
        assert count(engine, reports) == 1
        assert count(engine, deliveries) == 0
        assert stored.begin(one.id) is None
        assert Watching(engine).counts().screenings[State.RUNNING] == 0

    def test_its_idempotency_key_is_free_again(self, stored, keeping, accepted, label):
        one = accepted(label, key="k", request="r")
        keeping.erase(label, one.id, caller="key_x", reason=None)
        assert accepted(label, key="k", request="r").id != one.id


class TestOrganisations:
    def test_one_that_is_erased_leaves_nothing_and_takes_nothing_of_another(
        self, engine, keeping, done, blobs, label, rival
    ):
        accounts, webhooks = Accounts(engine), Webhooks(engine)
        for organisation in (label, rival):
            accounts.issue(organisation, "x", [Scope.SUBMIT])
            webhooks.register(organisation, "https://a.example/")
            Accesses(engine).note(organisation, "key_x", "report", None, 200)
            done(organisation, key="k", request="r")
        assert keeping.erase_organisation(label) == 1
        assert [one.organisation for one in blobs.listed()] == [rival]
        assert [one.id for one in accounts.organisations()] == [rival]
        with engine.connect() as connection:
            for table in METADATA.sorted_tables:
                if "organisation" in table.c:
                    found = connection.execute(select(table.c.organisation)).scalars()
                    assert label not in set(found), table.name
        assert count(engine, reports) == 1
