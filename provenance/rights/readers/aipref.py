"""Usage preferences of the IETF: the `Content-Usage` header field, and the rule of robots.txt.

Follows draft-ietf-aipref-attach-05. In robots.txt a rule belongs to the group of the crawler, the
longest path counts, rules with the same path are heard together, and a path that may not be crawled
has no preferences at all. Header fields are about the content of their answer. Whatever the two
say, the most restrictive counts (draft-ietf-aipref-vocab-07 section 5.1). What a statement says is
read by `provenance.rights.aipref`.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from provenance.evidence import NotRun, NotRunReason, Reservation, ReservationState
from provenance.rights.aipref import disagree, read_statement
from provenance.rights.field_statements import FieldProtocol, Reading, read_around
from provenance.rights.header_fields import Answer
from provenance.rights.pattern_table import PatternTable
from provenance.rights.patterns import PathPattern, normalised
from provenance.rights.precedence import CONFLICT
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

__all__ = ["SOURCE", "AiPrefReader", "UsageRules", "from_headers", "from_metas", "parse"]

SOURCE = "aipref"
PROTOCOL = "aipref"
FIELD = "content-usage"
WRONG_PATH = re.compile(r"(\*[^\s=]*+)[ \t]++(\S.*)", re.DOTALL)
"""A path that begins with a star: by the draft it is none, and part of the statement."""

Records = tuple[Reservation | NotRun, ...]


class AiPrefReader:
    """Reads both. See `provenance.protocols.RightsReader`."""

    source = SOURCE
    media = frozenset({"*"})
    version = "vocab-07, attach-05"

    def read(self, asset: Asset) -> Iterator[Reservation | NotRun]:
        """The preferences of the host and of the answer a work came in."""
        yield from read_around(asset, FIELD_PROTOCOL, parse)


# The answer and the page

FIELD_PROTOCOL = FieldProtocol(SOURCE, PROTOCOL, FIELD, (), read_statement)


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


# robots.txt


@dataclass(frozen=True, slots=True)
class _Rule:
    """One rule with its path."""

    statement: Statement
    path: str
    pattern: PathPattern
    preference: str
    wrong: bool

    @classmethod
    def of(cls, statement: Statement) -> _Rule:
        value, path, wrong = statement.value, "", False
        if value.startswith("/"):
            path, *rest = value.split(None, 1)
            value = rest[0] if rest else ""
        elif found := WRONG_PATH.fullmatch(value):
            path, value, wrong = found[1], found[2], True
        return cls(statement, path, PathPattern(path), value, wrong)


class _View:
    """The rules that hold for one agent."""

    __slots__ = ("_by_text", "_rules", "_table", "agent", "crawler", "overfull", "warnings")

    def __init__(
        self,
        statements: Sequence[Statement],
        crawler: str,
        agent: str | None = None,
        warnings: tuple[str, ...] = (),
    ) -> None:
        self._rules = [_Rule.of(one) for one in statements]
        self._table = PatternTable(rule.pattern for rule in self._rules)
        self._by_text: dict[str, list[_Rule]] = {}
        for rule in self._rules:
            self._by_text.setdefault(rule.pattern.text, []).append(rule)
        self.crawler, self.agent, self.warnings = crawler, agent, warnings
        self.overfull = self._table.overfull

    def longest(self, path: str) -> str | None:
        """The pattern of the rules that count for a path."""
        matching = [self._rules[number].pattern for number in self._table.matching(path)]
        if not matching:
            return None
        return max(matching, key=lambda one: (one.length, one.text)).text

    @property
    def of_others(self) -> bool:
        """Whether it is told of an agent other than the one that was asked about."""
        return any(one.startswith(("agent_scoped", "control_token")) for one in self.warnings)

    def rules(self, text: str) -> Sequence[_Rule]:
        """The rules with that pattern."""
        return self._by_text[text]


class UsageRules:
    """The `Content-Usage` rules of a robots.txt; see `SiteDeclaration`."""

    def __init__(self, file: RightsFile, statements: Statements | None) -> None:
        self._file = file
        self._statements = statements
        self._views: dict[str | None, tuple[_View, ...]] = {}
        self._answers: dict[tuple[str | None, tuple[str | None, ...]], Records] = {}

    def about(
        self, path: str, *, agent: str | None = None, media_type: str | None = None
    ) -> Records:
        """The preferences for one URL; see `SiteDeclaration.about`."""
        if self._statements is None:
            return ()
        token = agent.lower() if agent else None
        if token not in self._views:
            self._views[token] = tuple(self._arranged(agent, self._statements))
        views = self._views[token]
        robots, normal = self._statements.robots, normalised(path)
        counting = tuple(
            text if text is not None and robots.allowed(view.crawler, path) else None
            for view in views
            for text in [view.longest(normal)]
        )
        key = (token, counting)
        if key not in self._answers:
            self._answers[key] = tuple(self._records(views, counting))
        return self._answers[key]

    def _arranged(self, agent: str | None, statements: Statements) -> Iterator[_View]:
        robots = statements.robots
        if agent is not None and robots.names(agent):
            yield _View(statements.of(agent.lower()), agent, agent)
        else:
            yield _View(statements.of(EVERYONE), EVERYONE if agent is None else agent)
        if statements.stray:
            warning = "scope_ambiguous: it stands before any user agent"
            yield _View(statements.stray, agent or EVERYONE, None, (warning,))
        if agent is not None:
            for control, own in statements.controls(agent):
                warning = f"control_token: it is about what {agent} fetched"
                yield _View(own, agent, control, (warning,))
        else:
            for token, name in list(statements.named().items())[:MOST_NAMED]:
                warning = f"agent_scoped: it is for {name}"
                yield _View(statements.of(token), token, name, (warning,))

    def _records(
        self, views: Sequence[_View], counting: Sequence[str | None]
    ) -> Iterator[Reservation | NotRun]:
        for view, text in zip(views, counting, strict=True):
            if view.overfull:
                detail = "the robots.txt has too many Content-Usage rules with wildcards"
                yield not_looked(SOURCE, NotRunReason.LIMIT, detail)
            if text is not None:
                yield from self._of(view, view.rules(text))

    def _of(self, view: _View, rules: Sequence[_Rule]) -> Iterator[Reservation | NotRun]:
        """The records of rules with one path, which are heard together; equal ones once."""
        distinct = list({rule.preference: rule for rule in reversed(rules)}.values())[::-1]
        if len(distinct) > MOST_TOGETHER:
            detail = f"more than {MOST_TOGETHER} different Content-Usage rules for one path"
            yield not_looked(SOURCE, NotRunReason.LIMIT, detail)
        heard = distinct[:MOST_TOGETHER]
        read = [(rule, reading) for rule in heard for reading in read_statement(rule.preference)]
        conflict = disagree([reading for _, reading in read])
        for rule, reading in read:
            reserves = ReservationState.RESERVED in reading.purposes.values()
            if view.of_others and not reserves:
                continue  # what others may do is no news
            yield self._record(view, rule, reading, (CONFLICT,) if conflict else ())

    def _record(
        self, view: _View, rule: _Rule, reading: Reading, more: tuple[str, ...]
    ) -> Reservation:
        file, statements = self._file, self._statements
        assert statements is not None  # noqa: S101 - there is a rule
        if rule.wrong:
            reading = reading.ignored("typo: a path begins with /")
        if rule.statement.typo:
            reading = reading.misplaced("typo: the line is called Content-Usage")
        if not statements.readable or not rule.statement.agents:
            reading = reading.ignored()
        return reservation(
            source=SOURCE,
            protocol=PROTOCOL,
            channel=Channel.ROBOTS_TXT,
            scope=f"path:{rule.path[:500]}" if rule.path not in ("", "/") else "origin",
            purposes=reading.purposes,
            native_value=rule.statement.written,
            location=file.url,
            body=file.body,
            span=rule.statement.span,
            formal=reading.formal,
            authority=Authority.ORIGIN_CONTROLLED,
            agent=view.agent,
            observed_at=file.observed_at,
            warnings=(*reading.warnings, *view.warnings, *statements.flaws, *more),
        )


def parse(file: RightsFile) -> UsageRules:
    """The rules of a robots.txt."""
    return UsageRules(file, read_statements(file, FIELD))
