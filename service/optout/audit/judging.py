"""Judges rows: what was known of each, and the finding that follows.

Most rows of a corpus are judged alike: the same host, the same rule of its robots.txt, the same
stretch between two observations. `provenance.rights.history` gives one and the same object for
equal answers, so what follows from it is decided once and written once; for each row only its name
and its use are put in.
"""

from __future__ import annotations

import datetime as dt
import re
from bisect import bisect_right
from collections import OrderedDict
from dataclasses import dataclass, field, replace
from functools import lru_cache
from itertools import chain
from json.encoder import encode_basestring_ascii as quoted

from provenance.evidence import NotRun, NotRunReason, Purpose, Reservation, ReservationState
from provenance.rights.decide import (
    TRANSPOSED,
    Claims,
    Known,
    When,
    applicable,
    decide,
    is_contested,
    is_superseded,
)
from provenance.rights.finding import Finding, Looked, Use, Verdict, every_channel
from provenance.rights.history import History, Span, Timeline
from provenance.rights.precedence import settled
from provenance.rights.purposes import state_for, strictest
from provenance.rights.records import Channel
from provenance.rights.snapshots import host_of
from provenance.rights.standing import Standing
from provenance.rights.surroundings import path_of
from service.optout.asking import purpose_of
from service.optout.audit.licences import Licences
from service.optout.audit.rows import BAD_DATE, Row
from service.report import line_safe

__all__ = ["CSV_COLUMNS", "Answer", "Asked", "Judge", "Judged"]

HEAD = '{"schema":"assay/finding/1","input":'
TAIL = ',"verdict":'
RECENT_HOSTS = 20_000
RECENT_ANSWERS = 50_000
CSV_COLUMNS = (
    *("input", "host", "at", "at_end", "agent", "purpose", "verdict", "undetermined_because"),
    *("protocols", "channels", "contested", "documents"),
)
FORMULA = ("=", "+", "-", "@", "\t", "\r", "'")
TARGET = re.compile(r"\s*[A-Za-z]+://[^/?#\\\[\]]*((?:[/?][^#\t\r\n]*)?)(?:#|\Z)")


@dataclass(frozen=True, slots=True)
class Asked:
    """What is asked about every row that does not say otherwise itself.

    Attributes:
        purpose: what for.
        agent: who made the copies.
        at: when.
        actor: who used them, as given.
        research: why the exception for research is claimed.
        by_agent: the policy's purpose, where none was asked about: each row's agent has its own.
    """

    purpose: Purpose
    agent: str | None = None
    at: Span | None = None
    actor: str | None = None
    research: str | None = None
    by_agent: Purpose | None = None


@dataclass(slots=True)
class Answer:
    """A finding without its name and its use, and what it adds to the figures.

    Attributes:
        tail: JSON from `verdict` on.
        csv: columns from `agent` on.
        verdict: of the finding.
        because: of the finding.
        contested: of the finding.
        looked: every channel.
        states: protocol, standing and state of each that says something of the purpose.
        decided: protocols a violation rests on.
        first_seen: oldest observation by protocol.
        known: held, so that no other object gets its identity.
    """

    tail: str
    csv: str
    verdict: Verdict
    because: str | None
    contested: tuple[str, ...]
    looked: tuple[tuple[str, str], ...]
    states: tuple[tuple[str, str, str], ...]
    decided: tuple[str, ...]
    first_seen: tuple[tuple[str, str], ...]
    known: Known = field(repr=False)


@dataclass(frozen=True, slots=True)
class Judged:
    """One row, judged.

    Attributes:
        line: of `findings.ndjson`, with its end.
        csv: line of `findings.csv`, with its end.
        host: of the row, None where it has none.
        observed: whether anything of that host was observed.
        span: when it was used.
        agent: product token.
        answer: the rest.
    """

    line: str
    csv: str
    host: str | None
    observed: bool
    span: Span | None
    agent: str | None
    answer: Answer


class Judge:
    """Judges rows by one history. Not thread-safe: each worker has its own."""

    def __init__(
        self, history: History, asked: Asked, table: Standing, licences: Licences | None = None
    ) -> None:
        self._history = history
        self._asked = asked
        self._table = table
        self._licences = licences
        self._timelines: OrderedDict[str | None, Timeline] = OrderedDict()
        self._unobserved = Timeline(())
        self._answers: OrderedDict[tuple[object, ...], Answer] = OrderedDict()
        self._dated: dict[int, tuple[bool, Known]] = {}
        graded = {one.since.toordinal() for grades in table.grades.values() for one in grades}
        self._eras = sorted(graded | {TRANSPOSED.toordinal()})
        self._use = lru_cache(maxsize=RECENT_ANSWERS)(self._use_of)

    def judge(self, row: Row) -> Judged:
        """The finding of one row."""
        asked = self._asked
        url = row.url
        host = host_of(url) if url else None
        agent = row.agent or asked.agent
        unclear = row.note == BAD_DATE  # its own date wins, also where nobody can read it
        span = row.at or (None if unclear else asked.at)
        use, written, moments = self._use(agent, span)
        timeline = self._timeline(host)
        known = timeline.at(span).known(
            _path(url) if url else "/", agent=agent, media_type=row.media_type
        )
        licence = self._licences.covering(url, host, use.purpose, span) if self._licences else None
        if row.records:
            answer = self._answer(with_row(known, row, agent), use, licence)
        else:
            answer = self._cached(known, row.looked, use, span, licence)
        name = quoted(row.input)
        line = f'{HEAD}{name},"use":{written}{answer.tail}\n'
        csv = f'"{_cell(row.input)}",{_quoted(host or "")},{moments},{answer.csv}\r\n'
        observed = timeline is not self._unobserved
        return Judged(line, csv, host, observed, span, agent, answer)

    def _timeline(self, host: str | None) -> Timeline:
        timelines = self._timelines
        timeline = timelines.get(host)
        if timeline is None:
            found = self._history.observations(host) if host else ()
            if not found:
                return self._unobserved
            timeline = timelines[host] = Timeline(found)
            if len(timelines) > RECENT_HOSTS:
                timelines.popitem(last=False)
        return timeline

    def _use_of(self, agent: str | None, span: Span | None) -> tuple[Use, str, str]:
        """The use, as JSON, and its two moments as CSV."""
        start, end = (span.start, span.end) if span else (None, None)
        use = Use(
            actor=self._asked.actor,
            agent=agent,
            purpose=self._purpose(agent),
            at=start,
            at_bounds=None if start == end else (start, end),
        )
        return use, line_safe(use.model_dump_json()), f"{_written(start)},{_written(end)}"

    def _purpose(self, agent: str | None) -> Purpose:
        if agent is None or self._asked.by_agent is None:
            return self._asked.purpose
        return purpose_of(None, agent, self._asked.by_agent)

    def _cached(
        self,
        known: Known,
        looked: frozenset[Channel],
        use: Use,
        span: Span | None,
        licence: str | None,
    ) -> Answer:
        if span is None:
            when: object = None
        elif self._is_dated(known):
            when = span
        else:
            ends = (span.start.toordinal(), span.end.toordinal())
            when = tuple(bisect_right(self._eras, end) for end in ends)
        key = (id(known), looked, use.agent, when, licence)
        answer = self._answers.get(key)
        if answer is None:
            seen = with_looked(known, looked) if looked else known
            answer = self._answer(seen, use, licence)
            if seen is not known:
                answer.known = known
            self._answers[key] = answer
            if len(self._answers) > RECENT_ANSWERS:
                self._answers.popitem(last=False)
        return answer

    def _is_dated(self, known: Known) -> bool:
        """Whether statements give dates of their own, against which each use must be held."""
        found = self._dated.get(id(known))
        if found is None:
            statements = (*known.before, *chain(*known.during), *known.after, *known.later)
            if len(self._dated) > RECENT_ANSWERS:
                self._dated.clear()
            found = self._dated[id(known)] = (
                any(one.valid_from or one.valid_to for one in statements),
                known,
            )
        return found[0]

    def _answer(self, known: Known, use: Use, licence: str | None) -> Answer:
        claims = Claims(licence=licence, research=self._asked.research)
        finding = decide("", use, known, self._table, claims)
        coverage = every_channel(finding.coverage)
        finding = finding.model_copy(update={"coverage": coverage})
        text = line_safe(finding.to_json())
        spoken = self._spoken(known, use)
        decided = _decided(finding, spoken, use, self._table)
        return Answer(
            tail=text[text.index(TAIL) :],
            csv=_columns(finding, decided),
            verdict=finding.verdict,
            because=finding.undetermined_because,
            contested=finding.contested,
            looked=tuple((channel, looked.value) for channel, looked in coverage.items()),
            states=self._states(spoken, use),
            decided=decided,
            first_seen=_first_seen(finding.reservations),
            known=known,
        )

    def _spoken(self, known: Known, use: Use) -> list[tuple[Reservation, ReservationState]]:
        """The statements about the purpose that hold for this use."""
        return [
            (record, state)
            for record in applicable(known.before, use)
            if (state := state_for(record.purposes, use.purpose)) is not None
        ]

    def _states(
        self, spoken: list[tuple[Reservation, ReservationState]], use: Use
    ) -> tuple[tuple[str, str, str], ...]:
        states: dict[str, list[ReservationState]] = {}
        for record, state in spoken:
            states.setdefault(record.protocol, []).append(state)
        on = use.at.date() if use.at else None
        return tuple(
            (protocol, self._table.of(protocol, on), strictest(said).value)
            for protocol, said in states.items()
        )


def _path(url: str) -> str:
    """The same as `provenance.rights.surroundings.path_of`, for what `host_of` has looked at."""
    found = TARGET.match(url)
    if found is None:
        return path_of(url)
    path = found[1]
    return path if path.startswith("/") else f"/{path}"


def _decided(
    finding: Finding,
    spoken: list[tuple[Reservation, ReservationState]],
    use: Use,
    table: Standing,
) -> tuple[str, ...]:
    """The protocols a violation rests on."""
    if finding.verdict not in (Verdict.VIOLATION, Verdict.VIOLATION_CONTESTED):
        return ()
    plain = finding.verdict is Verdict.VIOLATION
    return tuple(
        dict.fromkeys(
            record.protocol
            for record, state in spoken
            if state is ReservationState.RESERVED
            and (not plain or is_contested(record, use, table) is None)
        )
    )


def with_looked(known: Known, looked: frozenset[Channel]) -> Known:
    """The same knowledge, where the copy itself was looked at and says nothing."""
    coverage = {**known.coverage, **dict.fromkeys(looked, Looked.READ)}
    return replace(known, coverage=coverage)


def with_row(known: Known, row: Row, agent: str | None) -> Known:
    """What is known of the host, and what came with the copy: seen at the very use."""
    own = tuple(one for one in row.records if isinstance(one, Reservation))
    hidden = [
        one
        for one in row.records
        if isinstance(one, NotRun) and one.reason is not NotRunReason.NOT_APPLICABLE
    ]
    unreadable = (*known.unreadable, *((_place_of(row),) if hidden else ()))
    seen = with_looked(known, row.looked)
    return replace(
        seen,
        before=_settled((*known.before, *own)),
        after=_settled((*known.after, *own)),
        during=tuple(_settled((*one, *own)) for one in known.during),
        times={**known.times, **dict.fromkeys((Channel(one.channel) for one in own), When.AT)},
        unreadable=tuple(dict.fromkeys(unreadable)),
    )


def _place_of(row: Row) -> Channel:
    return Channel.HEADERS if Channel.HEADERS in row.looked else Channel.EMBEDDED


def _settled(records: tuple[Reservation, ...]) -> tuple[Reservation, ...]:
    return tuple(one for one in settled(records) if isinstance(one, Reservation))


def _first_seen(records: tuple[Reservation, ...]) -> tuple[tuple[str, str], ...]:
    oldest: dict[str, dt.datetime] = {}
    for record in records:
        if record.observed_at and not is_superseded(record):
            known = oldest.get(record.protocol, record.observed_at)
            oldest[record.protocol] = min(known, record.observed_at)
    return tuple((protocol, seen.isoformat()) for protocol, seen in oldest.items())


def _columns(finding: Finding, decided: tuple[str, ...]) -> str:
    """Columns of the table from `agent` on."""
    protocols = decided or tuple(dict.fromkeys(one.protocol for one in finding.reservations))
    channels = dict.fromkeys(
        one.channel for one in finding.reservations if one.protocol in protocols
    )
    documents = dict.fromkeys(
        one.document.sha256
        for one in finding.reservations
        if one.document and one.protocol in protocols
    )
    columns = (
        finding.use.agent or "",
        finding.use.purpose,
        finding.verdict,
        finding.undetermined_because or "",
        " ".join(protocols),
        " ".join(channels),
        " ".join(finding.contested),
        " ".join(list(documents)[:8]),
    )
    return ",".join(map(_quoted, columns))


def _quoted(text: str) -> str:
    return f'"{_cell(text)}"' if text else ""


def _cell(text: str) -> str:
    """A field as a spreadsheet shows it and does not run it: a formula gets an apostrophe."""
    if text.startswith(FORMULA):
        text = "'" + text
    return text.replace('"', '""') if '"' in text else text


def _written(moment: dt.datetime | None) -> str:
    return moment.astimezone(dt.UTC).strftime("%Y-%m-%dT%H:%M:%SZ") if moment else ""
