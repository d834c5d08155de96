"""Deletes what is not to be kept any more, a little at a time, again and again.

Bytes that nobody entered (the process was killed in between) are found by going through all that
lies in the store, a slice at a time; one that was put there a moment ago may still be entered, so
only those that have lain there for a day are looked at.
"""

from __future__ import annotations

import datetime as dt
import logging
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import islice

from service.storage.blobs import Blobs, Kept
from service.storage.keeping import Keeping

__all__ = ["Expiry", "Terms"]

BATCH = 200
"""Of each kind, a sweep."""

SLICE = 1000
"""Of all that lies in the store, a sweep."""

ROUND_SECONDS = 24 * 3600.0
"""How long after one walk through the store the next begins."""

STRAY_AFTER = dt.timedelta(days=1)
IDEMPOTENCY = dt.timedelta(hours=48)

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Terms:
    """How many days things are kept; None for good.

    Attributes:
        works: bytes, once their last screening has ended.
        reports: screenings with their reports and messages, once they were handed in.
        accesses: entries of the access log.
    """

    works: int | None = None
    reports: int | None = None
    accesses: int = 365


class Expiry:
    """Deletes what is due. Not thread-safe.

    Args:
        keeping: deletes.
        blobs: where works are kept.
        terms: how long things are.
        clock: seconds that only grow, for when to go through the store again.
    """

    def __init__(
        self,
        keeping: Keeping,
        blobs: Blobs,
        terms: Terms,
        *,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._keeping, self._blobs, self._terms, self._clock = keeping, blobs, terms, clock
        self._walk: Iterator[Kept] | None = None
        self._next_walk = clock()

    def sweep(self) -> None:
        """Delete a batch of everything that is due; what cannot go now stays due."""
        for step in self._steps(dt.datetime.now(dt.UTC)):
            try:
                step()
            except Exception:  # a store that is away keeps nothing else from being deleted
                log.exception("what is due could not be deleted")

    def _steps(self, now: dt.datetime) -> Iterator[Callable[[], object]]:
        keeping, terms = self._keeping, self._terms
        yield lambda: keeping.release_works(BATCH, ended=_before(now, terms.works))
        yield lambda: keeping.release_supplies(BATCH)
        if (before := _before(now, terms.reports)) is not None:
            yield lambda: keeping.forget_screenings(before, BATCH)
            yield lambda: keeping.forget_deliveries(before, BATCH)
        accessed = now - dt.timedelta(days=terms.accesses)
        yield lambda: keeping.forget_accesses(accessed, BATCH)
        yield lambda: keeping.forget_idempotency(now - IDEMPOTENCY, BATCH)
        yield lambda: self._strays(now)

    def _strays(self, now: dt.datetime) -> None:
        if self._walk is None:
            if self._clock() < self._next_walk:
                return
            self._walk = self._blobs.listed()
        seen = list(islice(self._walk, SLICE))
        if len(seen) < SLICE:
            self._walk, self._next_walk = None, self._clock() + ROUND_SECONDS
        self._keeping.strays([one for one in seen if now - one.since > STRAY_AFTER])


def _before(now: dt.datetime, days: int | None) -> dt.datetime | None:
    return None if days is None else now - dt.timedelta(days=days)
