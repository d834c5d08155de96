"""What an audit reads: one row for each copy that was made, whatever the input looks like.

Rows are made in the sandbox, from one stretch of the input at a time. A row that cannot be
understood, and one that speaks of no copy, is counted with its reason.
"""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import dataclass
from typing import Any, NamedTuple

from provenance.evidence import NotRun, Reservation
from provenance.rights.history import Span
from provenance.rights.moments import parse_moment
from provenance.rights.records import Channel

__all__ = [
    "BAD_DATE",
    "LONGEST_ROW",
    "NOT_TAKEN",
    "Other",
    "Row",
    "clean",
    "span_of",
    "span_of_seconds",
]

LONGEST_ROW = 64 * 1024
"""Characters of a line or a field that are read; no address is longer."""

NOT_TAKEN = "not_in_sample"
BAD_DATE = "bad_date"
"""A date that nobody can read: the row is not dated, whatever was asked about the others."""

EPOCH = dt.datetime(1970, 1, 1, tzinfo=dt.UTC)
SINCE_EPOCH = re.compile(r"(\d{9,10})(?:\.\d*)?|(1\d{9})\d{3}(?:\d{3})?(?:\.0*)?", re.ASCII)
"""Seconds since 1970, or milliseconds or microseconds; eight digits are a day."""


class Row(NamedTuple):
    """One copy of one work.

    Attributes:
        input: the work, as the corpus calls it; `input` of its finding.
        url: absolute; None where the corpus tells none.
        at: when the copy was made; None where the corpus does not say.
        agent: product token of who made it; None where the corpus does not say.
        records: what came with the copy itself: its headers, its page, its metadata.
        looked: channels that were looked at with the copy.
        media_type: of the copy, where known.
        size: bytes, where known.
        note: code of something about the row that its finding suffers from: `bad_date`.
    """

    input: str
    url: str | None = None
    at: Span | None = None
    agent: str | None = None
    records: tuple[Reservation | NotRun, ...] = ()
    looked: frozenset[Channel] = frozenset()
    media_type: str | None = None
    size: int | None = None
    note: str | None = None


@dataclass(frozen=True, slots=True)
class Other:
    """A row without a finding.

    Attributes:
        reason: code.
        readable: whether it was understood, and simply is no copy of a work.
    """

    reason: str
    readable: bool = False


def clean(value: Any) -> str | None:
    """A field as text that can be written anywhere; None when it is empty."""
    if value is None:
        return None
    text = value if isinstance(value, str) else str(value)
    if not text.isascii():
        text = text.encode("utf-8", "replace").decode("utf-8")
    return text.strip() or None


def span_of(written: str | None) -> tuple[Span | None, str | None]:
    """When a written date is, and what is wrong with it."""
    if written is None:
        return None, None
    if written[:1].isdigit() and (counted := SINCE_EPOCH.fullmatch(written)):
        return span_of_seconds(int(counted[1] or counted[2])), None
    try:
        return Span(*parse_moment(written)), None
    except (ValueError, OverflowError):
        return None, BAD_DATE


def span_of_seconds(seconds: int) -> Span | None:
    """A moment counted from 1970 in UTC; None for one that no calendar has."""
    try:
        return Span.of(EPOCH + dt.timedelta(seconds=seconds))
    except OverflowError:
        return None
