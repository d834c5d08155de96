"""Cloudflare's content signals: lines in robots.txt, and the header field some servers send.

Follows contentsignals.org. A line belongs to the group it stands in; its text calls itself a
reservation for the site. Both readings are given, because implementers differ: what stands in the
group of the agent (or in everyone's, for an agent no group names) is its own, and what stands in
everyone's group while the agent has one of its own, or behind a blank line at the end of another
group, is told as `site_level`: it may reserve, it permits nothing, and it does not speak of what
the agent's own group speaks of. A line may begin with a path, as many do though the text has none:
then it is about that path, and of several lines of one group the longest path counts, as in the
other rules of the file.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING

from provenance.evidence import NotRun, NotRunReason, Purpose, Reservation, ReservationState
from provenance.rights.content_signals import read_signals
from provenance.rights.field_statements import FieldProtocol, Reading, read_around
from provenance.rights.header_fields import Answer
from provenance.rights.pattern_table import PatternTable
from provenance.rights.patterns import PathPattern, normalised
from provenance.rights.records import Authority, Channel, not_looked, reservation
from provenance.rights.robots_statements import (
    EVERYONE,
    MOST_NAMED,
    MOST_TOGETHER,
    Statement,
    Statements,
    read_statements,
)

if TYPE_CHECKING:
    from provenance.asset import Asset
    from provenance.rights.surroundings import Headers, RightsFile

__all__ = [
    "SOURCE",
    "ContentSignals",
    "ContentSignalsReader",
    "from_headers",
    "from_metas",
    "parse",
]

SOURCE = "content_signals"
PROTOCOL = "content-signals"
FIELD = "content-signal"
MOST_ANSWERS = 10_000
WHOLE = frozenset({""})
"""The path of lines that have none."""

Records = tuple[Reservation | NotRun, ...]


class ContentSignalsReader:
    """Reads both carriers. See `provenance.protocols.RightsReader`."""

    source = SOURCE
    media = frozenset({"*"})
    version = "2026-07"  # since when there is `use`

    def read(self, asset: Asset) -> Iterator[Reservation | NotRun]:
        """The signals of the host and of the answer a work came in."""
        yield from read_around(asset, FIELD_PROTOCOL, parse)


FIELD_PROTOCOL = FieldProtocol(SOURCE, PROTOCOL, FIELD, ("content-signals",), read_signals)


def from_headers(headers: Headers, answer: Answer) -> Records:
    """What the header fields of one answer say; repeated ones are one list."""
    return FIELD_PROTOCOL.from_headers(headers, answer)


def from_metas(pairs: Iterable[tuple[str, str]], answer: Answer) -> Records:
    """What `<meta>` elements say that imitate the field.

    Args:
        pairs: name and content of each, in order.
        answer: the answer the page came in.
    """
    return tuple(FIELD_PROTOCOL.from_page(pairs, answer, Authority.ORIGIN_CONTROLLED))


class ContentSignals:
    """The lines of a robots.txt; see `SiteDeclaration`."""

    def __init__(self, file: RightsFile, statements: Statements | None) -> None:
        self._file = file
        self._statements = statements
        self._paths = {one.value: PathPattern(_path(one.value)) for one in _all(statements)}
        self._patterns = list(self._paths.values())
        self._table = PatternTable(self._patterns)
        self._is_scoped = any(one.text for one in self._patterns)
        self._answers: dict[tuple[str | None, frozenset[str]], Records] = {}

    def about(
        self, path: str, *, agent: str | None = None, media_type: str | None = None
    ) -> Records:
        """The signals for one URL; see `SiteDeclaration.about`."""
        if self._statements is None:
            return ()
        paths = self._matching(path) if self._is_scoped else WHOLE
        key = (agent.lower() if agent else None, paths)
        if key not in self._answers:
            if len(self._answers) >= MOST_ANSWERS:
                self._answers.clear()
            self._answers[key] = tuple(self._bounded(agent, self._statements, paths))
        return self._answers[key]

    def _matching(self, path: str) -> frozenset[str]:
        """The paths of lines that a path has."""
        numbers = self._table.matching(normalised(path))
        return frozenset(self._patterns[number].text for number in numbers)

    def _bounded(
        self, agent: str | None, statements: Statements, paths: frozenset[str]
    ) -> Iterator[Reservation | NotRun]:
        most = MOST_TOGETHER + (MOST_NAMED if agent is None else 0)
        if self._table.overfull:
            detail = "the robots.txt has too many Content-Signal lines with wildcards"
            yield not_looked(SOURCE, NotRunReason.LIMIT, detail)
        for n, record in enumerate(self._records(agent, statements, paths)):
            if n == most:
                detail = f"more than {most} different content signals"
                yield not_looked(SOURCE, NotRunReason.LIMIT, detail)
                return
            yield record

    def _records(
        self, agent: str | None, statements: Statements, paths: frozenset[str]
    ) -> Iterator[Reservation]:
        everyone = self._at(paths, statements.of(EVERYONE))
        spoken: set[Purpose] = set()
        if agent is not None and statements.robots.names(agent):
            for record in self._own(self._at(paths, statements.of(agent.lower())), agent):
                spoken |= record.purposes.keys()
                yield record
            yield from self._of_others(everyone, spoken, "everyone else's group")
        else:
            for record in self._own(everyone, None):
                spoken |= record.purposes.keys()
                yield record
        yield from self._of_others(self._at(paths, statements.stray), spoken, "no group")
        if agent is not None:
            own_groups = {agent.lower(), EVERYONE}
            others = [one for one in statements.apart if own_groups.isdisjoint(one.agents)]
            where = "another group, behind a blank line"
            yield from self._of_others(self._at(paths, others), spoken, where)
            for control, own in statements.controls(agent):
                warning = f"control_token: it is about what {agent} fetched"
                for one in _distinct(self._at(paths, own)):
                    yield from self._reserving(one, set(), warning, control)
        else:
            for token, name in list(statements.named().items())[:MOST_NAMED]:
                warning = f"agent_scoped: it is for {name}"
                for one in _distinct(self._at(paths, statements.of(token))):
                    yield from self._reserving(one, set(), warning, name)

    def _at(self, paths: frozenset[str], statements: Sequence[Statement]) -> list[Statement]:
        """Those with the longest path, of the paths that count."""
        texts = [self._paths[one.value].text for one in statements]
        longest = max((len(text) for text in texts if text in paths), default=-1)
        return [
            one
            for one, text in zip(statements, texts, strict=True)
            if text in paths and len(text) == longest
        ]

    def _own(self, statements: Sequence[Statement], agent: str | None) -> Iterator[Reservation]:
        for one in _distinct(statements):
            for reading in read_signals(_without_path(one.value)):
                yield self._record(one, reading, agent)

    def _of_others(
        self, statements: Sequence[Statement], spoken: set[Purpose], where: str
    ) -> Iterator[Reservation]:
        for one in _distinct(statements):
            yield from self._reserving(one, spoken, f"site_level: it stands in {where}", None)

    def _reserving(
        self, one: Statement, spoken: set[Purpose], warning: str, agent: str | None
    ) -> Iterator[Reservation]:
        """Only what a statement reserves: who is not addressed is permitted nothing."""
        for reading in read_signals(_without_path(one.value)):
            reserved = {
                purpose: state
                for purpose, state in reading.purposes.items()
                if state is ReservationState.RESERVED and purpose not in spoken
            }
            if reserved:
                narrowed = Reading(reserved, reading.formal, (*reading.warnings, warning))
                yield self._record(one, narrowed, agent)

    def _record(self, one: Statement, reading: Reading, agent: str | None) -> Reservation:
        file, statements = self._file, self._statements
        assert statements is not None  # noqa: S101 - there is a statement
        if one.typo:
            reading = reading.misplaced("typo: the line is called Content-Signal")
        if not statements.readable:
            reading = reading.ignored()
        return reservation(
            source=SOURCE,
            protocol=PROTOCOL,
            channel=Channel.ROBOTS_TXT,
            scope=f"path:{path[:500]}" if (path := _path(one.value)) not in ("", "/") else "origin",
            purposes=reading.purposes,
            native_value=one.written,
            location=file.url,
            body=file.body,
            span=one.span,
            formal=reading.formal,
            authority=Authority.ORIGIN_CONTROLLED,
            agent=agent,
            observed_at=file.observed_at,
            warnings=(*reading.warnings, *statements.flaws),
        )


def _all(statements: Statements | None) -> Sequence[Statement]:
    return statements.all if statements else ()


def _path(value: str) -> str:
    """The path a line begins with, '' for none."""
    return value.split(None, 1)[0] if value.startswith("/") else ""


def _without_path(value: str) -> str:
    return value.removeprefix(_path(value))


def _distinct(statements: Sequence[Statement]) -> list[Statement]:
    """Without those that say again what one before has said."""
    return list({one.value: one for one in reversed(statements)}.values())[::-1]


def parse(file: RightsFile) -> ContentSignals:
    """The signals of a robots.txt."""
    return ContentSignals(file, read_statements(file, FIELD))
