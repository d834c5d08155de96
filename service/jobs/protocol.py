"""What the service sees of its queue of jobs, and what those who do them tell."""

from __future__ import annotations

from enum import StrEnum
from typing import Protocol

from provenance.errors import FetchError
from service.policy import Policy
from service.report import Report
from service.storage.screenings import Screening

__all__ = ["By", "End", "Jobs", "Observer", "Unobserved"]


class Jobs(Protocol):
    """A queue of jobs; each is named by what it is for, and done at least once.

    A job may be begun more than once: by another process when the first was killed, or because it
    was submitted again. What it does must be no different then.
    """

    def start(self) -> None:
        """Begin to work on what is queued, where this process works."""
        ...

    def submit(self, job: str) -> None:
        """Queue a job; the same name again changes nothing."""
        ...

    def stop(self) -> None:
        """Take no more jobs, and wait for those that are being done."""
        ...


class End(StrEnum):
    """How a screening ended: after a look, with a stored report, past its last attempt, without."""

    EXAMINED = "examined"
    REUSED = "reused"
    POISONED = "poisoned"
    FAILED = "failed"


class By(StrEnum):
    """What a URL was asked for."""

    SCREENING = "screening"
    DELIVERY = "delivery"
    OPTOUT = "optout"


class Observer(Protocol):
    """Is told what becomes of works and messages, so that it can be counted. Thread-safe."""

    def began(self) -> None:
        """An attempt at a work was begun."""
        ...

    def broke(self) -> None:
        """A fault of the machinery ended an attempt."""
        ...

    def ended(self, one: Screening, end: End, report: Report | None, policy: Policy) -> None:
        """A screening ended.

        Args:
            one: the screening.
            end: how it did.
            report: on its work, if there is one.
            policy: of that report.
        """
        ...

    def unfetched(self, by: By, fault: FetchError) -> None:
        """A URL was not fetched, or not sent to."""
        ...


class Unobserved:
    """An `Observer` who keeps nothing."""

    def began(self) -> None:
        """See `Observer`."""

    def broke(self) -> None:
        """See `Observer`."""

    def ended(self, one: Screening, end: End, report: Report | None, policy: Policy) -> None:
        """See `Observer`."""

    def unfetched(self, by: By, fault: FetchError) -> None:
        """See `Observer`."""
