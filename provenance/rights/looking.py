"""What one look at a work says about one use of it: no history, only what was seen this once.

What stands inside a work travels with it and was there when the copy was made. What stands on its
host was seen at a time; a use long before or after that is not judged by it.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence

from provenance.evidence import NotRun, NotRunReason, Reservation
from provenance.rights.finding import Looked, Use
from provenance.rights.known import CARRIED, GRACE, Known, When, carried
from provenance.rights.records import Channel
from provenance.rights.surroundings import Surroundings

__all__ = ["coverage_of", "known_of"]

TRAVELLING = frozenset({Channel.EMBEDDED, Channel.REGISTRY})
"""Channels whose statements do not depend on when the host was visited."""

TOGETHER = dt.timedelta(hours=1)
"""A host asked within this after the use was asked with it: a look takes its time."""

LICENCES = "rsl"
"""The reader of documents that others name; one that nobody got may reserve."""


def known_of(
    reservations: Sequence[Reservation],
    not_run: Sequence[NotRun],
    around: Surroundings | None,
    use: Use,
) -> Known:
    """What is known about `use` from what the readers found in one look.

    Args:
        reservations: everything that was declared.
        not_run: the rights checks that did not run.
        around: where the work was met; None for a bare file.
        use: what is asked about.
    """
    when = _when(around.observed_at if around else None, use)
    held: list[Reservation] = []
    undated: list[Reservation] = []
    for record in reservations:
        if record.channel in TRAVELLING or around is None or when is When.AT:
            held.append(record)
        elif when is When.CARRIED:
            held.append(carried(record, record.observed_at))
        else:
            undated.append(record)
    coverage = coverage_of(around, not_run)
    visited = [
        channel
        for channel, looked in coverage.items()
        if channel not in TRAVELLING and looked is not Looked.NOT_LOOKED
    ]
    return Known(
        before=tuple(held),
        after=tuple(held),
        later=tuple(undated) if when is When.BEFORE else (),
        undated=tuple(undated),
        times=dict.fromkeys(visited, when) if around is not None else {},
        coverage=coverage,
        failed=_failed(around),
        unreadable=tuple(dict.fromkeys(_place(one) for one in not_run if _hides(one))),
    )


def coverage_of(
    around: Surroundings | None, not_run: Iterable[NotRun] = ()
) -> dict[Channel, Looked]:
    """Each channel, and whether it was looked at; a bare file has only what is inside it."""
    coverage = dict.fromkeys(Channel, Looked.NOT_LOOKED)
    missing = [one for one in not_run if _hides(one)]
    disabled = any(one.reason is NotRunReason.DISABLED for one in missing)
    coverage[Channel.EMBEDDED] = Looked.NOT_LOOKED if disabled else Looked.READ
    if around is None:
        return coverage
    if around.url is not None:
        coverage[Channel.HEADERS] = coverage[Channel.PAGE] = Looked.READ
    for file in around.files:
        there, absent = file.is_there, file.is_absent
        looked = Looked.READ if there else Looked.ABSENT if absent else Looked.NOT_LOOKED
        if coverage[file.channel] is not Looked.READ:
            coverage[file.channel] = looked
    led = any(_place(one) is Channel.RSL for one in missing)
    if around.url is not None and not around.file(Channel.RSL) and not led:
        coverage[Channel.RSL] = Looked.ABSENT  # nothing the host says leads to one
    return coverage


def _when(observed: dt.datetime | None, use: Use) -> When:
    if use.at is None:
        return When.UNKNOWN
    if observed is None:
        return When.AT
    start, end = use.at_bounds or (use.at, use.at)
    start, end = start or use.at, end or use.at
    if observed - end > TOGETHER:
        return When.BEFORE
    age = start - observed
    return When.AT if age <= GRACE else When.CARRIED if age <= CARRIED else When.STALE


def _failed(around: Surroundings | None) -> tuple[Channel, ...]:
    if around is None:
        return ()
    return tuple(file.channel for file in around.files if not file.is_there and not file.is_absent)


def _hides(record: NotRun) -> bool:
    """Whether something was not read that may hold a statement; so says the verdict on rights."""
    return record.check == "rights" and record.reason is not NotRunReason.NOT_APPLICABLE


def _place(record: NotRun) -> Channel:
    """Where that statement would stand, as far as it matters."""
    return Channel.RSL if record.source == LICENCES else Channel.EMBEDDED
