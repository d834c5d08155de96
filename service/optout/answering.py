"""Answers questions about reservations that come over the network.

It answers as `assay optout check` and `assay optout origin` do, and holds each question to limits
of its own: what is fetched goes through the guard, all of one question within a time, and what was
fetched is read in the sandbox. The reading processes start with the first question.
"""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from provenance import fetch as fetching
from provenance.c2pa.trust import TrustStore
from provenance.errors import FetchError, InputError
from provenance.evidence import Purpose
from provenance.fetch import Fetched
from provenance.limits import DEFAULT as DEFAULT_LIMITS
from provenance.limits import MIB, Limits
from provenance.rights.finding import Finding, Use
from provenance.rights.history import Span
from provenance.sandbox import Sandbox
from service.intake import Failed
from service.jobs.protocol import By, Observer
from service.optout.checking import Declared, declared
from service.optout.gathering import Fetch, gather, host_files
from service.optout.judging import TASK, SeenFile, judged
from service.policy import DEFAULT, Policy
from service.report import Report
from service.screening import Screener
from service.verdict import decide

__all__ = ["Answering", "declared_in"]

OK = 200
RIGHTS = DEFAULT.only(["rights"])
WORKERS = 2
FETCH_BYTES = 16 * MIB
"""Of one work: what speaks for it stands at its host, or in its first bytes."""

FETCH_SECONDS, QUESTION_SECONDS = 15.0, 60.0
"""Of one fetch, and of all that one question leads to."""


@dataclass(frozen=True, slots=True)
class Readers:
    """The reading processes: of works, and of documents of hosts."""

    screener: Screener
    judges: Sandbox


class Answering:
    """Answers questions. Thread-safe.

    Args:
        trust: whose permissions count.
        observer: is told what could not be fetched.
        clock: seconds that only grow.
    """

    def __init__(
        self,
        trust: TrustStore,
        observer: Observer,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._trust, self._observer, self._clock = trust, observer, clock
        self._readers: Readers | None = None
        self._lock = threading.Lock()

    def close(self) -> None:
        """End the reading processes."""
        if self._readers is not None:
            self._readers.screener.close()
            self._readers.judges.close()

    def check(
        self, urls: Iterable[str], purpose: Purpose, agent: str | None
    ) -> Iterator[Declared | Failed]:
        """What is declared about each URL now, in order.

        Args:
            urls: absolute; each is fetched, with what its host declares.
            purpose: the use that is asked about.
            agent: product token of who uses it, or None.
        """
        get = self._within(QUESTION_SECONDS)
        screener = self._started().screener.under(RIGHTS.model_copy(update={"purpose": purpose}))
        for url in urls:
            try:
                yield _declared(url, agent, screener, get)
            except FetchError as fault:
                self._observer.unfetched(By.OPTOUT, fault)
                yield Failed(url, fault)

    def origin(self, url: str, use: Use, history: Sequence[SeenFile]) -> Finding:
        """Whether a use was reserved, by documents that are given.

        Raises:
            LimitExceeded: they cannot be read within the limits.
        """
        return judged(self._started().judges, url, use, history)

    def host_now(self, url: str) -> tuple[SeenFile, ...]:
        """What the host of a URL declares now; a document that does not answer is one."""
        files = host_files(url, get=self._within(QUESTION_SECONDS))
        return tuple(SeenFile(one, Span.of(one.observed_at)) for one in files if one.observed_at)

    def _started(self) -> Readers:
        with self._lock:
            if self._readers is None:
                screener = Screener(policy=RIGHTS, trust=self._trust, workers=WORKERS)
                self._readers = Readers(screener, Sandbox(TASK, size=WORKERS))
            return self._readers

    def _within(self, seconds: float) -> Fetch:
        """A fetch whose calls all end within so many seconds from now."""
        end = self._clock() + seconds

        def get(url: str, *, limits: Limits = DEFAULT_LIMITS) -> Fetched:
            left = end - self._clock()
            if left <= 0:
                raise FetchError(
                    f"{url} was not fetched: the question took longer than {seconds:.0f} seconds",
                    hint="Ask about fewer at once.",
                )
            held = replace(
                limits,
                fetch_bytes=min(limits.fetch_bytes, FETCH_BYTES),
                fetch_seconds=min(limits.fetch_seconds, FETCH_SECONDS, left),
            )
            return fetching.fetch(url, limits=held)

        return get


def declared_in(report: Report, policy: Policy, purpose: Purpose) -> Declared:
    """What a work declares that was examined before, by what was found in it then."""
    verdict = decide(report.evidence, policy.model_copy(update={"purpose": purpose}))
    return declared(report.model_copy(update={"verdict": verdict}), None)


def _declared(url: str, agent: str | None, screener: Screener, get: Fetch) -> Declared | Failed:
    gathered = gather(url, agent=agent, get=get)
    if gathered.status != OK:
        os.close(gathered.fd)
        raise FetchError(f"{url}: the server answered {gathered.status}")
    try:
        report = screener.screen(gathered.fd, name=url, around=gathered.around)  # closes it
    except InputError as fault:
        return Failed(url, fault)
    return declared(report, gathered.around)
