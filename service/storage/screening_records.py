"""What is kept of a screening: as it is handed in, how far it is, and what came of it."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from enum import StrEnum

from provenance.supplied import Supplied
from service.policy import Finding
from service.storage.accounts import Quota

__all__ = [
    "OPEN",
    "Intake",
    "KeyReused",
    "Listed",
    "OverQuota",
    "Screening",
    "State",
    "StoredReport",
    "Used",
]


class State(StrEnum):
    """How far a screening is."""

    QUEUED = "queued"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"


OPEN = (State.QUEUED, State.RUNNING)


class OverQuota(Exception):  # noqa: N818 - a finding, not a fault
    """No more may be handed in today; the message says of what."""


@dataclass(frozen=True, slots=True)
class Used:
    """What was handed in today (UTC).

    Attributes:
        uploads: works.
        bytes: of all of them whose size is known by now.
    """

    uploads: int
    bytes: int

    def check(self, quota: Quota, more: int) -> None:
        """Hold one more work to a quota.

        Args:
            quota: what may be handed in.
            more: bytes of the work, 0 where they are not known.

        Raises:
            OverQuota: it would be over.
        """
        if quota.uploads is not None and self.uploads >= quota.uploads:
            raise OverQuota(f"{quota.uploads} works a day")
        if quota.bytes is not None and self.bytes + more > quota.bytes:
            raise OverQuota(f"{quota.bytes} bytes a day")


class KeyReused(Exception):  # noqa: N818 - a finding, not a fault
    """An idempotency key came with another request than before."""


@dataclass(frozen=True, slots=True)
class Intake:
    """A work that is handed in.

    Attributes:
        organisation: whose it is.
        api_key: what it was handed in with.
        name: what the report calls it.
        sha256: of its bytes; None for a URL that was not fetched yet.
        bytes: its size; the same.
        blob: what its bytes are kept as; the same.
        url: where it is fetched.
        fresh: whether it is examined even if there is a report that would be the same.
        exhibit: whether it came with an appeal; nobody reviews those for themselves.
        supplied: what whoever delivered it declares of it.
    """

    organisation: str
    api_key: str
    name: str
    sha256: str | None = None
    bytes: int | None = None
    url: str | None = None
    fresh: bool = False
    blob: str | None = None
    exhibit: bool = False
    supplied: Supplied | None = None


@dataclass(frozen=True, slots=True)
class Screening:
    """A work that was handed in, and how far it is; `declared`: whether something came with it."""

    id: str
    organisation: str
    state: State
    name: str
    url: str | None
    sha256: str | None
    bytes: int | None
    fresh: bool
    blob: str | None
    attempts: int
    fault: str | None
    report: str | None
    origin: str | None
    findings: tuple[Finding, ...]
    exhibit: bool
    declared: bool
    created_at: dt.datetime
    finished_at: dt.datetime | None


@dataclass(frozen=True, slots=True)
class StoredReport:
    """A report as it was written."""

    id: str
    sha256: str
    document: str
    created_at: dt.datetime


@dataclass(frozen=True, slots=True)
class Listed:
    """A page of screenings, newest first, and where the next begins; None at the end."""

    screenings: tuple[Screening, ...]
    after: str | None
