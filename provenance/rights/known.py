"""What is known about one work around one use: what `provenance.rights.decide` goes by.

Whoever gathers it (a history of the host, one look at the work) says how the use lies to what was
observed, and what was declared on either side of it.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from provenance.evidence import Reservation
from provenance.rights.finding import Interval, Looked
from provenance.rights.records import Channel

__all__ = ["CARRIED", "GRACE", "NO_CLAIMS", "Claims", "Known", "When", "carried"]

GRACE = dt.timedelta(hours=24)
"""How long a crawler may use a copy of a host's rules."""

CARRIED = dt.timedelta(days=30)
"""How long the last observation is taken for the state of things, with a contested mark."""


class When(StrEnum):
    """How the moment of the use lies to what was observed."""

    AT = "at"
    """Observed with the copy, the same day, or within the day a crawler may keep it."""
    BETWEEN = "between"
    CARRIED = "carried_forward"
    """After the last observation, but not by much."""
    STALE = "after_last_observation"
    BEFORE = "before_first_observation"
    UNKNOWN = "use_not_dated"


@dataclass(frozen=True, slots=True)
class Known:
    """What is known about one work around one use.

    Attributes:
        before: what was declared at the last observation of each channel up to the use.
        after: the same at the first observation from the use on; the same records where the two
            are one observation, or where there is none.
        during: what each further observation within the use declares.
        later: what the latest observation after the use declares.
        undated: what was declared at times that cannot be held against the use; shown only.
        times: how the use lies to the observations of each channel that has any.
        bounds: the observations around the use.
        coverage: each channel.
        failed: channels that did not answer.
        unreadable: channels that hold something nobody could read.
    """

    before: tuple[Reservation, ...] = ()
    after: tuple[Reservation, ...] = ()
    during: tuple[tuple[Reservation, ...], ...] = ()
    later: tuple[Reservation, ...] = ()
    undated: tuple[Reservation, ...] = ()
    times: Mapping[Channel, When] = field(default_factory=dict)
    bounds: Interval | None = None
    coverage: Mapping[Channel, Looked] = field(default_factory=dict)
    failed: tuple[Channel, ...] = ()
    unreadable: tuple[Channel, ...] = ()


@dataclass(frozen=True, slots=True)
class Claims:
    """What the user of the work says in its own favour; nothing here is checked.

    Attributes:
        licence: reference of a licence that covers actor, work, purpose and date.
        research: why the exception of article 3 is claimed.
    """

    licence: str | None = None
    research: str | None = None


NO_CLAIMS = Claims()


def carried(record: Reservation, seen: dt.datetime | None) -> Reservation:
    """The same statement, marked as seen only before the use.

    Args:
        record: what was declared.
        seen: when it was seen last.
    """
    day = seen.date().isoformat() if seen else "an unknown day"
    warning = f"{When.CARRIED}: last seen on {day}, before the use"
    return record.model_copy(update={"warnings": (*record.warnings, warning)})
