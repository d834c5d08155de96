"""What a host declared, and when: dated observations of its documents, asked for one moment.

An observation is a document seen at a time: a snapshot somebody kept, a record of a web archive.
Between two of them nothing is known but that the state changed or did not; reservations come and
go, so nothing is carried over a change, and nothing back before the first observation. The rules
of `provenance.rights.decide` say what follows.

Providers (a folder of snapshots, an archive, an index of one) keep the protocol `History`.
"""

from __future__ import annotations

import datetime as dt
import hashlib
from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from itertools import chain
from typing import Protocol

from provenance.evidence import NotRun, NotRunReason, Reservation
from provenance.rights.known import CARRIED, GRACE, Known, When, carried
from provenance.rights.records import Channel
from provenance.rights.sites import Site, site_of
from provenance.rights.surroundings import RightsFile

__all__ = ["DAY", "History", "Observation", "Span", "Standpoint", "Timeline"]

DAY = dt.timedelta(days=1)
SECOND = dt.timedelta(seconds=1)
NOTHING = dt.timedelta()
CERTAINTY = (When.AT, When.BETWEEN, When.CARRIED, When.STALE, When.BEFORE)
"""How a use lies to the observations, from what says most to what says nothing."""

RECENT = 4096
"""Standpoints kept of one host."""


@dataclass(frozen=True, slots=True, order=True)
class Span:
    """From when to when something may have been, both ends included, aware."""

    start: dt.datetime
    end: dt.datetime

    @classmethod
    def of(cls, start: dt.datetime, length: dt.timedelta = dt.timedelta()) -> Span:
        """The span that begins at `start`; a length of a day ends a second before the next."""
        return cls(start, start + max(length - SECOND, NOTHING) if length else start)


@dataclass(frozen=True, slots=True)
class Observation:
    """A document of a host, seen once.

    Attributes:
        channel: what it is.
        seen: when; the whole day where only that is known.
        load: gives its bytes; called at most once by a `Timeline`.
    """

    channel: Channel
    seen: Span
    load: Callable[[], RightsFile]


class History(Protocol):
    """Where observations come from."""

    def hosts(self) -> Iterable[str]:
        """The hosts that were observed, as `host` or `host:port`, lower case."""
        ...

    def observations(self, host: str) -> Sequence[Observation]:
        """All of one host, in any order; none when it was never observed."""
        ...


@dataclass(frozen=True, slots=True)
class Seen:
    """An observation, read."""

    observation: Observation
    site: Site

    @property
    def seen(self) -> Span:
        """When."""
        return self.observation.seen


class Timeline:
    """The documents of one host over time. Not thread-safe: each worker has its own."""

    def __init__(self, observations: Iterable[Observation]) -> None:
        self._channels: dict[Channel, list[Observation]] = {}
        for one in sorted(observations, key=lambda one: one.seen):
            self._channels.setdefault(one.channel, []).append(one)
        self._read_already: dict[int, Site] = {}
        self._dated: dict[tuple[int, dt.datetime], Site] = {}
        self._parsed: dict[tuple[str, bytes, int | None, str], Site] = {}
        spans = [one.seen for found in self._channels.values() for one in found]
        lags = (dt.timedelta(), GRACE, CARRIED)
        self._starts = sorted({span.end + lag for span in spans for lag in lags})
        self._ends = sorted({span.start for span in spans})
        self._stretches: dict[tuple[int, ...] | None, Standpoint] = {}
        self.at = lru_cache(maxsize=RECENT)(self._at)

    @property
    def channels(self) -> tuple[Channel, ...]:
        """Those that were observed at all."""
        return tuple(self._channels)

    def _at(self, use: Span | None) -> Standpoint:
        """What was known around a use; None for one that is not dated."""
        stretch = None if use is None else self._stretch(use)
        if stretch not in self._stretches:
            self._stretches[stretch] = self._standpoint(use)
        return self._stretches[stretch]

    def _stretch(self, use: Span) -> tuple[int, ...]:
        """Between which of the times that matter a use lies; equal ones are judged alike.

        They are those `_place` compares with: the beginning of a use with the ends of observations,
        also after `GRACE` and `CARRIED`, and its end with their beginnings.
        """
        if use.end - use.start > DAY:
            return int(use.start.timestamp()), int(use.end.timestamp())
        return (
            bisect_left(self._starts, use.start),
            bisect_right(self._starts, use.start),
            bisect_left(self._ends, use.end),
            bisect_right(self._ends, use.end),
        )

    def _standpoint(self, use: Span | None) -> Standpoint:
        places = [
            _place(channel, self._seen(relevant), use)
            for channel, found in self._channels.items()
            if (relevant := _relevant(found, use))
        ]
        return Standpoint(tuple(places))

    def _seen(self, relevant: Sequence[Observation]) -> list[Seen]:
        """The documents read; equal ones are one, as the first of these observations saw it.

        So an answer does not depend on what was asked before.
        """
        sites: dict[int, Site] = {}
        for one in relevant:
            site, moment = self._read(one), one.seen.start
            if id(site) not in sites:
                sites[id(site)] = self._dated.setdefault((id(site), moment), site.again(moment))
        return [Seen(one, sites[id(self._read(one))]) for one in relevant]

    def _read(self, observation: Observation) -> Site:
        """The document parsed; equal bytes are parsed once, however often they were seen."""
        if id(observation) not in self._read_already:
            file = observation.load()
            key = (file.channel, hashlib.sha256(file.body).digest(), file.status, file.url)
            if key not in self._parsed:
                self._parsed[key] = site_of(file)
            self._read_already[id(observation)] = self._parsed[key]
        return self._read_already[id(observation)]


def _relevant(found: Sequence[Observation], use: Span | None) -> list[Observation]:
    """The observations a use is judged by: those around it, and the latest."""
    if use is None:
        return [found[-1]]
    start = use.start - GRACE
    first = bisect_right(found, start, key=lambda one: one.seen.end)
    while first > 0 and found[first - 1].seen.end >= start:
        first -= 1
    last = bisect_right(found, use.end, key=lambda one: one.seen.start)
    low, high = max(first - 1, 0), min(last + 1, len(found))
    while low > 0 and found[low - 1].seen == found[low].seen:
        low -= 1
    while 0 < high < len(found) and found[high].seen == found[high - 1].seen:
        high += 1
    around = list(found[low:high])
    return around if around and around[-1] is found[-1] else [*around, found[-1]]


@dataclass(frozen=True, slots=True)
class Place:
    """How a use lies to the observations of one channel."""

    channel: Channel
    when: When
    before: Seen
    after: Seen
    later: Seen | None = None
    during: tuple[Seen, ...] = ()
    """What was seen between the two: a use that lasts may have met any of it."""


def _place(channel: Channel, found: Sequence[Seen], use: Span | None) -> Place:
    latest = found[-1]
    if use is None:
        return Place(channel, When.UNKNOWN, latest, latest)
    if use.end - use.start > DAY:  # what was seen in it does not speak for all of it
        first_day = _place(channel, found, Span.of(use.start, DAY))
        last_day = _place(channel, found, Span(use.end - DAY, use.end))
        when = max(first_day.when, last_day.when, key=CERTAINTY.index)
        inside = [one for one in found if one.seen.end >= use.start and one.seen.start <= use.end]
        return Place(
            channel, when, first_day.before, last_day.after, last_day.later, _distinct(inside)
        )
    later = latest if latest.seen.start > use.end else None
    meanwhile = [one for one in found if one.seen.start <= use.end and one.seen.end >= use.start]
    earlier = [one for one in found if one.seen.end < use.start]
    following = [one for one in found if one.seen.start > use.end]
    kept = [one for one in earlier if use.start - one.seen.end <= GRACE]
    if meanwhile:
        first = kept[0] if kept else meanwhile[0]
        return Place(channel, When.AT, first, meanwhile[-1], later, _distinct(meanwhile[1:-1]))
    if not earlier:
        return Place(channel, When.BEFORE, following[0], following[0], later)
    if following:
        first = kept[0] if kept else earlier[-1]
        tied = _tied(found, first, following[0])
        return Place(channel, When.BETWEEN, first, following[0], later, tied)
    age = use.start - earlier[-1].seen.end
    when = When.AT if age <= GRACE else When.CARRIED if age <= CARRIED else When.STALE
    first = kept[0] if kept else earlier[-1]
    return Place(channel, when, first, earlier[-1], None, _tied(found, first, earlier[-1]))


def _tied(found: Sequence[Seen], *ends: Seen) -> tuple[Seen, ...]:
    """What else was seen at one moment with either of two: which of them counts nobody knows."""
    moments = [end.seen for end in ends]
    sites = [end.site for end in ends]
    return _distinct(
        one for one in found if one.seen in moments and all(one.site is not site for site in sites)
    )


def _distinct(found: Iterable[Seen]) -> tuple[Seen, ...]:
    """One for each document, however often it was seen."""
    return tuple({id(one.site): one for one in found}.values())


Records = tuple[Reservation | NotRun, ...]


@dataclass(slots=True)
class Standpoint:
    """A moment in the life of a host. `known` is quick for many URLs: equal answers are kept."""

    places: tuple[Place, ...]
    _kept: dict[tuple[int, ...], Known] = field(default_factory=dict)
    _held: list[tuple[Records, ...]] = field(default_factory=list)

    def known(self, path: str, *, agent: str | None, media_type: str | None = None) -> Known:
        """What is known about one URL; equal answers are one and the same object.

        Args:
            path: path and query.
            agent: product token, or None.
            media_type: of what stands there.
        """
        answers: list[Records] = []
        for place in self.places:
            before = place.before.site
            first = before.about(path, agent=agent, media_type=media_type)
            answers.append(first)
            for one in (place.after, *place.during, place.later):
                if one is not None:
                    same = one.site is before
                    answers.append(
                        first if same else one.site.about(path, agent=agent, media_type=media_type)
                    )
        said = tuple(answers)
        key = tuple(map(id, said))
        known = self._kept.get(key)
        if known is None:
            known = self._kept[key] = self._known(said)
            self._held.append(said)  # so that no other tuple gets one of these ids
        return known

    def _known(self, said: Sequence[Records]) -> Known:
        answers = iter(said)
        before: list[Reservation] = []
        after: list[Reservation] = []
        later: list[Reservation] = []
        undated: list[Reservation] = []
        unreadable: list[Channel] = []
        during: list[tuple[Reservation, ...]] = []
        for place in self.places:
            first, second = next(answers), next(answers)
            middle = [next(answers) for _ in place.during]
            if place.when in (When.STALE, When.BEFORE, When.UNKNOWN):
                undated += _reservations(first)
            else:
                before += _declared(first, place)
                after += _declared(second, place)
                during += [tuple(_declared(one, place)) for one in middle]
                said_here = (first, second, *middle)
                if not place.before.site.failed and any(map(_hides, chain(*said_here))):
                    unreadable.append(place.channel)
            if place.later is not None:
                later += _reservations(next(answers))
        if self._names_licence:
            unreadable.append(Channel.RSL)
        return Known(
            before=tuple(before),
            after=tuple(after),
            during=tuple(during),
            later=tuple(later),
            undated=tuple(undated),
            times={place.channel: place.when for place in self.places},
            bounds=self._bounds,
            coverage={place.channel: place.before.site.looked for place in self.places},
            failed=tuple(
                place.channel
                for place in self.places
                if any(one.site.failed for one in (place.before, place.after, *place.during))
            ),
            unreadable=tuple(unreadable),
        )

    @property
    def _names_licence(self) -> bool:
        """Whether a licence is named that nobody kept: it may reserve."""
        kept = any(place.channel is Channel.RSL for place in self.places)
        return not kept and any(
            one.site.names_licence
            for place in self.places
            if place.when not in (When.STALE, When.BEFORE, When.UNKNOWN)
            for one in (place.before, place.after)
        )

    @property
    def _bounds(self) -> tuple[dt.datetime | None, dt.datetime | None] | None:
        """The last observation before the use and the first one after, over all channels."""
        if not self.places:
            return None
        starts = [
            p.before.seen.start for p in self.places if p.when not in (When.BEFORE, When.UNKNOWN)
        ]
        ends = [
            place.after.seen.end
            for place in self.places
            if place.when in (When.AT, When.BETWEEN, When.BEFORE)
        ]
        return max(starts, default=None), min(ends, default=None)


def _hides(record: Reservation | NotRun) -> bool:
    """Whether it says that a document was not read; one of another kind says nothing at all."""
    return isinstance(record, NotRun) and record.reason is not NotRunReason.NOT_APPLICABLE


def _reservations(records: Records) -> list[Reservation]:
    return [one for one in records if isinstance(one, Reservation)]


def _declared(records: Records, place: Place) -> list[Reservation]:
    """The statements, marked where they were seen only before the use."""
    found = _reservations(records)
    if place.when is not When.CARRIED:
        return found
    return [carried(one, place.before.seen.end) for one in found]
