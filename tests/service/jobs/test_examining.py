"""What a job does with a work: one report, whatever happens to it and to the process."""

from __future__ import annotations

import datetime as dt
import hashlib
import json
import os
import shutil
from pathlib import Path

import pytest
from sqlalchemy import delete, select

from provenance.errors import EngineError, FetchError
from provenance.supplied import Supplied
from service.jobs import examining
from service.jobs.examining import Examiner, Sweeper, job_of
from service.jobs.expiring import Expiry, Terms
from service.policy import Policy
from service.screening import Screener
from service.storage.accounts import Accounts
from service.storage.blobs import FolderBlobs
from service.storage.engine import migrate, open_database
from service.storage.keeping import Keeping
from service.storage.policies import Policies
from service.storage.screenings import Intake, Screenings, State
from service.storage.tables import reports, unlogged

SAMPLES = Path(__file__).parents[3] / "samples"
NO_TIME = dt.timedelta(0)
ATTEMPTS = 3


class Queue:
    """Jobs that nobody does until the test says so."""

    def __init__(self):
        self.submitted = []

    def start(self):
        """Nothing to begin."""

    def submit(self, job):
        self.submitted.append(job)

    def stop(self):
        """Nothing to end."""


@pytest.fixture(scope="module")
def screener():
    with Screener(policy=Policy(run=("provenance", "rights"))) as one:
        yield one


@pytest.fixture
def stored(tmp_path):
    engine = open_database(f"sqlite:///{tmp_path / 'a.sqlite'}")
    migrate(engine)
    yield Screenings(engine)
    engine.dispose()


@pytest.fixture
def label(stored):
    return Accounts(stored._engine).found("label").id


@pytest.fixture
def blobs(tmp_path):
    return FolderBlobs(tmp_path / "blobs")


@pytest.fixture
def keeping(stored, blobs):
    return Keeping(stored._engine, blobs)


@pytest.fixture
def expiry(keeping, blobs):
    return Expiry(keeping, blobs, Terms())


@pytest.fixture
def examiner(stored, blobs, keeping, screener, tmp_path):
    return Examiner(
        stored,
        blobs,
        keeping,
        Policies(stored._engine),
        screener,
        quarantine=tmp_path / "q",
        attempts=ATTEMPTS,
    )


@pytest.fixture
def accepted(stored, blobs, label, tmp_path):
    """Accepts a sample as the service does."""

    def accept(name, **changed):
        data = (SAMPLES / name).read_bytes()
        sha256 = hashlib.sha256(data).hexdigest()
        path = tmp_path / "upload"
        path.write_bytes(data)
        blobs.put(label, sha256, path)
        kept = {"blob": sha256, **changed}
        one, _ = stored.accept(Intake(label, "key_x", name, sha256, len(data), **kept))
        return one

    return accept


def signed(stored):
    """All reports, as the notary leaves them."""
    with stored._engine.begin() as connection:
        connection.execute(delete(unlogged))


def report_of(stored, one):
    found = stored.get(one.organisation, one.id)
    assert found.state is State.DONE
    return json.loads(stored.report(one.organisation, found.report).document)


def test_a_work_gets_the_report_that_checking_it_gives(examiner, stored, accepted, screener):
    one = accepted("ai_image.png")
    examiner(job_of(one))
    direct = screener.screen(SAMPLES / "ai_image.png", name="ai_image.png").document()
    found = report_of(stored, one)
    for document in (direct, found):
        document["engine"].pop("verified_at")
    assert found.pop("retention")["code"] == "kept"
    assert found == direct


def test_the_same_work_again_gets_the_stored_report(examiner, stored, accepted):
    first, second = accepted("unsigned.txt"), accepted("unsigned.txt")
    examiner(job_of(first))
    examiner(job_of(second))
    reports = {stored.get(one.organisation, one.id).report for one in (first, second)}
    assert len(reports) == 1


def test_fresh_asks_for_another_look(examiner, stored, accepted):
    first, second = accepted("unsigned.txt"), accepted("unsigned.txt", fresh=True)
    examiner(job_of(first))
    examiner(job_of(second))
    reports = {stored.get(one.organisation, one.id).report for one in (first, second)}
    assert len(reports) == 2


def test_another_policy_makes_another_report(examiner, stored, accepted, blobs, keeping, tmp_path):
    first, second = accepted("unsigned.txt"), accepted("unsigned.txt")
    examiner(job_of(first))
    with Screener(policy=Policy(name="other", run=("rights",))) as other:
        policies = Policies(stored._engine)
        another = Examiner(
            stored, blobs, keeping, policies, other, quarantine=tmp_path / "q", attempts=3
        )
        another(job_of(second))
    assert report_of(stored, second)["verdict"]["policy"]["name"] == "other"


def test_a_job_that_comes_twice_is_done_once(examiner, stored, accepted):
    one = accepted("unsigned.txt")
    examiner(job_of(one))
    done = stored.get(one.organisation, one.id)
    examiner(job_of(one))
    examiner(f"{one.id}/7")
    assert stored.get(one.organisation, one.id) == done


def test_a_work_that_ends_the_process_each_time_gets_a_report_in_which_nothing_ran(
    examiner, stored, accepted
):
    """As it is after so many kills: attempts were counted, and nothing else happened."""
    one = accepted("ai_image.png")
    for _ in range(ATTEMPTS):
        assert stored.begin(one.id) is not None
    (left,) = stored.left(NO_TIME, NO_TIME)
    examiner(job_of(left))
    report = report_of(stored, one)
    assert report["asset"]["sha256"] == one.sha256
    assert report["verdict"]["origin"] == "undetermined"
    assert {(e["kind"], e.get("reason")) for e in report["evidence"]} <= {
        ("not_run", "unreadable"),
        ("not_run", "disabled"),
    }
    assert any("3 times" in e["detail"] for e in report["evidence"])


def test_such_a_report_is_not_given_to_the_next(examiner, stored, accepted):
    poisoned, healthy = accepted("unsigned.txt"), accepted("unsigned.txt")
    for _ in range(ATTEMPTS):
        stored.begin(poisoned.id)
    examiner(job_of(poisoned))
    examiner(job_of(healthy))
    assert any(e["kind"] != "not_run" for e in report_of(stored, healthy)["evidence"])


def test_a_fault_of_the_machinery_is_tried_again_and_then_given_up(
    examiner, stored, accepted, monkeypatch, caplog
):
    one = accepted("unsigned.txt")
    monkeypatch.setattr(
        Screener, "screen", lambda *_, **__: (_ for _ in ()).throw(EngineError("no disk"))
    )
    for attempt in range(1, ATTEMPTS + 1):
        examiner(job_of(stored.any(one.id)))
        again = stored.any(one.id)
        assert (again.state, again.attempts, again.fault) == (
            State.QUEUED,
            attempt,
            "EngineError",
        )
    examiner(job_of(stored.any(one.id)))
    assert report_of(stored, one)["verdict"]["origin"] == "undetermined"
    assert "no disk" in caplog.text


def test_a_work_whose_bytes_are_gone_is_not_examined_for_ever(examiner, stored, accepted, blobs):
    one = accepted("unsigned.txt")
    blobs.delete(one.organisation, one.sha256)
    for _ in range(ATTEMPTS + 1):
        examiner(job_of(stored.any(one.id)))
    ended = stored.any(one.id)
    assert (ended.state, ended.fault) == (State.FAILED, "FileNotFoundError")


class TestRetention:
    """What a report says of the bytes it was made from is what happens to them."""

    def told(self, stored, one):
        return report_of(stored, one)["retention"]

    def own(self, stored, blobs, accepted, name="unsigned.txt"):
        """One whose bytes are not to be kept."""
        data = (SAMPLES / name).read_bytes()
        one = accepted(name, blob=f"{hashlib.sha256(data).hexdigest()}-own")
        path = blobs._folder / "copy"
        path.write_bytes(data)
        blobs.put(one.organisation, one.blob, path)
        return one

    def test_bytes_that_are_not_kept_go_once_it_is_signed_and_it_says_so(
        self, examiner, stored, accepted, blobs, expiry
    ):
        one = self.own(stored, blobs, accepted)
        examiner(job_of(one))
        assert self.told(stored, one) == {
            "code": "deleted",
            "text": "The bytes handed in for this report are deleted once it is signed; their"
            " digest stays.",
        }
        expiry.sweep()
        assert blobs.has(one.organisation, one.blob), "signed first, then deleted"
        signed(stored)
        expiry.sweep()
        assert not blobs.has(one.organisation, one.blob)

    def test_so_it_is_when_nothing_could_be_examined(self, examiner, stored, accepted, blobs):
        one = self.own(stored, blobs, accepted)
        for _ in range(ATTEMPTS):
            stored.begin(one.id)
        examiner(job_of(stored.any(one.id)))
        assert self.told(stored, one)["code"] == "deleted"

    def test_a_term_is_told_and_kept(
        self, stored, accepted, blobs, keeping, screener, tmp_path, monkeypatch
    ):
        month = Screenings(stored._engine, keep_days=30)
        one = accepted("unsigned.txt")
        policies = Policies(stored._engine)
        Examiner(month, blobs, keeping, policies, screener, quarantine=tmp_path / "q", attempts=3)(
            job_of(one)
        )
        signed(stored)
        told = self.told(stored, one)
        assert (told["code"], told["days"]) == ("limited", 30)
        assert "day 30 " in told["text"]
        for days, kept in ((29, True), (31, False)):
            later = dt.datetime.now(dt.UTC) + dt.timedelta(days=days)
            monkeypatch.setattr("service.storage.keeping._now", lambda later=later: later)
            Expiry(keeping, blobs, Terms(works=30)).sweep()
            assert blobs.has(one.organisation, one.sha256) is kept

    def test_a_report_that_promises_otherwise_is_not_given_to_the_next(
        self, examiner, stored, accepted, blobs
    ):
        kept, gone = accepted("unsigned.txt"), self.own(stored, blobs, accepted)
        again = self.own(stored, blobs, accepted)
        for one in (kept, gone, again):
            examiner(job_of(one))
        reports = [stored.any(one.id).report for one in (kept, gone, again)]
        assert reports[0] != reports[1] == reports[2]

    def test_one_erased_while_it_is_examined_leaves_no_report_and_no_bytes(
        self, examiner, stored, accepted, blobs, keeping, monkeypatch
    ):
        one = accepted("unsigned.txt")
        examine = Screener.screen

        def erased_meanwhile(*given, **named):
            report = examine(*given, **named)
            assert keeping.erase(one.organisation, one.id, caller="key_x", reason=None)
            return report

        monkeypatch.setattr(Screener, "screen", erased_meanwhile)
        examiner(job_of(one))
        assert stored.any(one.id) is None
        with stored._engine.connect() as connection:
            assert connection.execute(select(reports)).all() == []
        assert list(blobs.listed()) == []


class TestUrls:
    @pytest.fixture
    def served(self, monkeypatch, tmp_path):
        """What a URL leads to, without a network."""
        from provenance.rights.surroundings import Surroundings
        from service.optout.gathering import Gathered

        answers = {}

        def gather(url):
            status, name = answers[url]
            if status is None:
                raise FetchError(f"{url}: no answer")
            copy = tmp_path / "body"
            shutil.copyfile(SAMPLES / name, copy)

            return Gathered(os.open(copy, os.O_RDONLY), status, Surroundings(url))

        monkeypatch.setattr(examining, "gather", gather)
        return answers

    def accept(self, stored, label, url):
        return stored.accept(Intake(label, "key_x", "x", url=url))[0]

    def test_it_is_fetched_kept_and_examined(self, examiner, stored, label, served, blobs):
        url = "https://label.example/song.txt"
        served[url] = (200, "unsigned.txt")
        one = self.accept(stored, label, url)
        examiner(job_of(one))
        done = stored.get(label, one.id)
        data = (SAMPLES / "unsigned.txt").read_bytes()
        assert done.sha256 == hashlib.sha256(data).hexdigest()
        assert report_of(stored, one)["asset"]["sha256"] == done.sha256
        with blobs.opened(label, done.sha256) as path:
            assert path.read_bytes() == data

    def test_one_erased_while_it_is_fetched_is_not_kept(
        self, examiner, stored, label, served, blobs, keeping, monkeypatch, tmp_path
    ):
        url = "https://label.example/song.txt"
        served[url] = (200, "unsigned.txt")
        one = self.accept(stored, label, url)
        gather = examining.gather

        def erased_meanwhile(url):
            keeping.erase(label, one.id, caller="key_x", reason=None)
            return gather(url)

        monkeypatch.setattr(examining, "gather", erased_meanwhile)
        examiner(job_of(one))
        assert stored.any(one.id) is None
        assert list(blobs.listed()) == []
        assert list((tmp_path / "q").iterdir()) == []

    @pytest.mark.parametrize("status", [None, 404, 500])
    def test_one_that_does_not_answer_fails_with_the_reason(
        self, examiner, stored, label, served, status
    ):
        url = "https://label.example/song.txt"
        served[url] = (status, "unsigned.txt")
        one = self.accept(stored, label, url)
        examiner(job_of(one))
        failed = stored.get(label, one.id)
        assert failed.state is State.FAILED
        assert url in failed.fault

    def test_what_came_with_it_is_examined_and_deleted_where_there_is_no_work(
        self, examiner, stored, label, served, expiry
    ):
        given = Supplied(b'{"ai": "partly"}')
        served["https://label.example/song.txt"] = (200, "unsigned.txt")
        served["https://label.example/gone.txt"] = (404, "unsigned.txt")
        song, gone = (
            stored.accept(Intake(label, "key_x", "x", url=url, supplied=given))[0]
            for url in sorted(served, reverse=True)
        )
        for one in (song, gone):
            examiner(job_of(one))
        assert report_of(stored, song)["verdict"]["origin"] == "ai_assisted_declared"
        expiry.sweep()
        kept = [stored.supplied(stored.any(one.id)) for one in (song, gone)]
        assert kept == [given, None]


class TestSweeping:
    def test_what_nobody_examines_any_more_is_submitted_again(self, stored, accepted, expiry):
        queue = Queue()
        sweeper = Sweeper(stored, expiry, queue, None)
        lost, waiting = accepted("unsigned.txt"), accepted("ai_text.txt")
        stored.begin(lost.id)
        sweeper.submit_left()
        assert queue.submitted == [], "both were touched a moment ago"
        sweeper.submit_left(running=NO_TIME)
        assert queue.submitted == [f"{lost.id}/1"]
        sweeper.submit_left(queued=NO_TIME)
        assert queue.submitted[1:] == [f"{waiting.id}/0"]

    def test_a_start_takes_up_what_no_queue_may_know_of(self, stored, accepted, expiry):
        queue = Queue()
        begun, waiting = accepted("unsigned.txt"), accepted("ai_text.txt")
        stored.begin(begun.id)
        sweeper = Sweeper(stored, expiry, queue, None)
        sweeper.start()
        sweeper.stop()
        assert queue.submitted == [f"{waiting.id}/0"]

    def test_works_that_are_not_to_be_kept_are_deleted(
        self, stored, accepted, blobs, examiner, expiry
    ):
        kept = accepted("unsigned.txt")
        name = f"{kept.sha256}-own"
        with blobs.opened(kept.organisation, kept.sha256) as path:
            copy = path.with_name("copy")
            shutil.copyfile(path, copy)
        blobs.put(kept.organisation, name, copy)
        spent = accepted("unsigned.txt", blob=name)
        for one in (kept, spent):
            examiner(job_of(one))
        signed(stored)
        expiry.sweep()
        assert stored.any(spent.id).blob is None
        with pytest.raises(FileNotFoundError), blobs.opened(spent.organisation, name):
            pass
        with blobs.opened(kept.organisation, kept.sha256):
            told = [report_of(stored, one) for one in (spent, kept)]
        assert [one.pop("retention")["code"] for one in told] == ["deleted", "kept"]
        for one in told:
            one["engine"].pop("verified_at")
        assert told[0] == told[1]

    def test_a_url_that_is_fetched_again_leaves_no_copy_behind(
        self, stored, blobs, keeping, expiry, screener, label, monkeypatch, tmp_path
    ):
        from provenance.rights.surroundings import Surroundings
        from service.optout.gathering import Gathered

        def gather(url):
            return Gathered(os.open(SAMPLES / "unsigned.txt", os.O_RDONLY), 200, Surroundings(url))

        monkeypatch.setattr(examining, "gather", gather)
        examiner = Examiner(
            stored,
            blobs,
            keeping,
            Policies(stored._engine),
            screener,
            quarantine=tmp_path / "q",
            attempts=3,
            keep_works=False,
        )
        url = "https://label.example/song.txt"
        one, _ = stored.accept(Intake(label, "key_x", "x", url=url))
        with monkeypatch.context() as broken:
            broken.setattr(
                Screener, "screen_many", lambda *_: (_ for _ in ()).throw(EngineError("x"))
            )
            examiner(job_of(one))
        examiner(job_of(stored.any(one.id)))
        copies = [path for path in (tmp_path / "blobs").rglob("*") if path.is_file()]
        assert [path.name for path in copies] == [stored.any(one.id).blob]
        signed(stored)
        expiry.sweep()
        assert not any(path.exists() for path in copies)
        assert report_of(stored, one)["asset"]["name"] == "x"
