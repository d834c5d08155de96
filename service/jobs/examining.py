"""The job of a screening: its work is examined, and the report written.

An attempt is counted before anything is read, so that a work that ends the process each time is
not tried for ever: past the last attempt it gets a report in which no check ran. A fault of the
machinery (no disk, no trust list) leaves the screening open and counts as an attempt; `Sweeper`
submits it again, as it does what a process that was killed left behind.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import logging
import os
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from tempfile import NamedTemporaryFile

from provenance.errors import FetchError, InputError
from provenance.limits import MIB
from provenance.rights.surroundings import Surroundings
from provenance.supplied import Supplied
from service.intake import Failed, Input
from service.jobs.delivering import Deliverer
from service.jobs.expiring import Expiry
from service.jobs.protocol import Jobs
from service.notary import Notary
from service.optout.gathering import gather
from service.report import Report
from service.retention import Retention
from service.review.facts import Found
from service.screening import Screener
from service.storage.blobs import Blobs, blob_name
from service.storage.keeping import Keeping
from service.storage.policies import Policies
from service.storage.screenings import Screening, Screenings

__all__ = ["Examiner", "Sweeper", "job_of"]

POISONED = "the work ended the process that read it, {attempts} times"
OK = 200
MOST_SCREENERS = 64
CHUNK = 4 * MIB
BEAT_SECONDS = 15.0
"""How often a screening that is being examined says so."""

DUE_SECONDS = 1.5
"""How often messages are looked for that are due."""

LOST, FORGOTTEN = dt.timedelta(seconds=60), dt.timedelta(minutes=10)
"""One that has not said so for this long is taken up by somebody else; and one that was accepted,
and that no queue may know of because the process ended that moment."""

AT_ONCE = dt.timedelta(0)

log = logging.getLogger(__name__)


def job_of(one: Screening) -> str:
    """The name of the next job for a screening: another attempt is another job."""
    return f"{one.id}/{one.attempts}"


class Examiner:
    """Does the jobs of screenings. Thread-safe.

    Args:
        screenings: in the database.
        blobs: where works are kept.
        keeping: deletes them where nobody needs them.
        policies: of organisations.
        screener: examines them, by its own policy where an organisation has none.
        quarantine: folder for what is fetched.
        attempts: how often a work is tried at most.
        keep_works: whether works stay once they were examined.
    """

    def __init__(
        self,
        screenings: Screenings,
        blobs: Blobs,
        keeping: Keeping,
        policies: Policies,
        screener: Screener,
        *,
        quarantine: Path,
        attempts: int,
        keep_works: bool = True,
    ) -> None:
        self._screenings, self._blobs, self._policies = screenings, blobs, policies
        self._screener, self._screeners = screener, dict[str, Screener]()
        self._keeping = keeping
        self._quarantine, self._attempts, self._keep = quarantine, attempts, keep_works
        self._running: set[str] = set()
        self._lock = threading.Lock()

    def __call__(self, job: str) -> None:
        """Do one job; it never raises, so that no queue holds a fault back from being counted."""
        one = self._screenings.begin(job.partition("/")[0])
        if one is None:
            return
        try:
            with self._counted(one):
                self._examine(one)
        except FetchError as fault:
            self._screenings.fail(one.id, str(fault))
        except Exception as fault:  # a fault of the machinery, whose details are for the operator
            log.exception("screening %s: attempt %d failed", one.id, one.attempts)
            self._screenings.try_again(one.id, type(fault).__name__)

    def beat(self) -> None:
        """Say of what is being examined that it is."""
        with self._lock:
            running = sorted(self._running)
        if running:
            self._screenings.touch(running)

    @contextmanager
    def _counted(self, one: Screening) -> Iterator[None]:
        with self._lock:
            self._running.add(one.id)
        try:
            yield
        finally:
            with self._lock:
                self._running.discard(one.id)

    def _examine(self, one: Screening) -> None:
        if one.attempts > self._attempts:
            self._give_up(one)
            return
        screener, supplied = self._screener_for(one), self._screenings.supplied(one)
        if one.url is not None:
            self._fetch(one, screener, supplied)
            return
        if not one.fresh and self._reuse(one, one.sha256 or "", screener, supplied):
            return
        with self._blobs.opened(one.organisation, one.blob or "") as path:
            around = Surroundings(supplied=supplied) if supplied else None
            report = screener.screen(path, name=one.name, around=around)
        self._finish(one, report, screener, one.blob, screener.made_with(supplied))

    def _screener_for(self, one: Screening) -> Screener:
        """With the policy that is in force for its organisation now."""
        own = self._policies.in_force(one.organisation)
        if own is None:
            return self._screener
        with self._lock:
            if own.digest not in self._screeners:
                if len(self._screeners) >= MOST_SCREENERS:
                    self._screeners.clear()
                self._screeners[own.digest] = self._screener.under(own.policy)
            return self._screeners[own.digest]

    def _reuse(
        self, one: Screening, sha256: str, screener: Screener, supplied: Supplied | None
    ) -> bool:
        retention = self._retention(one.blob, sha256)
        made_by = _made_by(screener.made_with(supplied), retention)
        same = self._screenings.same_report(one.organisation, sha256, made_by)
        if same is not None:
            report = Report.model_validate_json(same.document)
            self._screenings.finish(one, same, Found.of(report, screener.policy.reviewing))
        return same is not None

    def _retention(self, blob: str | None, sha256: str) -> Retention:
        """What becomes of the bytes: those with a name of their own are deleted."""
        return Retention.of(kept=blob == sha256, days=self._screenings.keep_days)

    def _fetch(self, one: Screening, screener: Screener, supplied: Supplied | None) -> None:
        """Fetch a URL and what its host declares, and examine that: all of it seen at one time."""
        url = one.url or ""
        gathered = gather(url)
        if gathered.status != OK:
            os.close(gathered.fd)
            raise FetchError(f"{url}: the server answered {gathered.status}")
        try:
            sha256, blob = self._kept(one, gathered.fd)
        except BaseException:
            os.close(gathered.fd)
            raise
        around = replace(gathered.around, supplied=supplied)
        given = Input(gathered.fd, one.name, around)  # closes it
        (outcome,) = screener.screen_many([given])
        if isinstance(outcome, Failed):
            raise outcome.error
        self._finish(one, outcome, screener, blob, screener.made_with(supplied), sha256=sha256)

    def _kept(self, one: Screening, fd: int) -> tuple[str, str]:
        """Keep what was fetched, and give its digest and what it is kept as."""
        self._quarantine.mkdir(mode=0o700, parents=True, exist_ok=True)
        digest, size = hashlib.sha256(), 0
        with NamedTemporaryFile(dir=self._quarantine, delete=False) as copy:
            while chunk := os.pread(fd, CHUNK, size):
                digest.update(chunk)
                copy.write(chunk)
                size += len(chunk)
            copy.flush()
            os.fsync(copy.fileno())
        sha256 = digest.hexdigest()
        name = blob_name(sha256, shared=self._keep)
        # noted before it is put there, so that nobody takes it for bytes that no screening needs
        if self._screenings.fetched(one, sha256, size, name):
            self._blobs.put(one.organisation, name, Path(copy.name))
        else:
            Path(copy.name).unlink()
        if one.blob not in (None, name):
            self._keeping.discard(one.organisation, one.blob)
        return sha256, name

    def _give_up(self, one: Screening) -> None:
        detail = POISONED.format(attempts=self._attempts)
        screener = self._screener_for(one)
        try:
            with self._blobs.opened(one.organisation, one.blob or "") as path:
                report = screener.unexamined(path, name=one.name, detail=detail)
        except FileNotFoundError:
            self._screenings.fail(one.id, one.fault or "its bytes are not there")
            return
        self._finish(one, report, screener, one.blob, None)

    def _finish(
        self,
        one: Screening,
        report: Report,
        screener: Screener,
        blob: str | None,
        made_by: str | None,
        *,
        sha256: str | None = None,
    ) -> None:
        examined = sha256 or report.asset.sha256
        if one.url is None and examined != one.sha256:
            raise InputError(f"screening {one.id}: the work that is kept is another")
        retention = self._retention(blob, examined)
        ended = self._screenings.finish_with(
            one,
            examined,
            report.model_copy(update={"retention": retention}).to_json(),
            "" if made_by is None else _made_by(made_by, retention),
            Found.of(report, screener.policy.reviewing),
        )
        if not ended and blob is not None:  # it was erased, or another has ended it
            self._keeping.discard(one.organisation, blob)


def _made_by(made_with: str, retention: Retention) -> str:
    """Digest of all that makes a report but the bytes: also how long they are kept, as it says."""
    parts = (made_with, retention.code, str(retention.days))
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()


class Sweeper:
    """Submits what was left behind, and deletes what is not to be kept, again and again.

    Args:
        screenings: in the database.
        expiry: deletes what is due.
        jobs: the queue.
        examiner: whose work is said to go on; None where this process examines nothing.
        deliverer: knows which messages are due; None where nobody is told.
        notary: enters reports in the log; None where no keys are.
    """

    def __init__(
        self,
        screenings: Screenings,
        expiry: Expiry,
        jobs: Jobs,
        examiner: Examiner | None,
        deliverer: Deliverer | None = None,
        notary: Notary | None = None,
    ) -> None:
        self._screenings, self._expiry, self._jobs = screenings, expiry, jobs
        self._examiner, self._deliverer, self._notary = examiner, deliverer, notary
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._run, name="sweeper", daemon=True)

    def start(self) -> None:
        """Submit at once what no queue may know of, and then go on looking.

        What was begun is left to the queue, which takes up what this very process had begun.
        """
        self.submit_left(queued=AT_ONCE)
        self._thread.start()

    def stop(self) -> None:
        """Look no more."""
        self._ended.set()
        if self._thread.is_alive():
            self._thread.join()

    def submit_left(
        self, *, running: dt.timedelta = LOST, queued: dt.timedelta = FORGOTTEN
    ) -> None:
        """Submit screenings that were left for so long."""
        for one in self._screenings.left(running, queued):
            self._jobs.submit(job_of(one))

    def _run(self) -> None:
        turns = round(BEAT_SECONDS / DUE_SECONDS)
        turn = 0
        while not self._ended.wait(DUE_SECONDS):
            turn += 1
            for step in self._steps(all_of_them=turn % turns == 0):
                try:
                    step()
                except Exception:  # a database that is away for a moment comes back
                    log.exception("sweep failed")

    def _steps(self, *, all_of_them: bool) -> Iterator[Callable[[], object]]:
        """What is done each time, and what only now and then; one that fails stops no other."""
        if self._deliverer:
            deliverer = self._deliverer
            yield lambda: deliverer.submit_due(self._jobs)
        if self._notary:
            yield self._notary.enter_waiting
        if not all_of_them:
            return
        if self._examiner:
            yield self._examiner.beat
        yield self.submit_left
        yield self._expiry.sweep
