"""Statements about use in a robots.txt: `Content-Usage` and `Content-Signal` lines, and for whom.

Both stand in groups (draft-ietf-aipref-attach-05 section 3, contentsignals.org). For crawling such
a line does not end a list of user agents (RFC 9309 section 2.2.1 leaves other records alone); for
what it says itself it does, as a rule does: it is for the agents named before it, not for those
after.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from provenance.rights.agents import controls_of
from provenance.rights.field_statements import letters
from provenance.rights.robots import Flaw, RobotsTxt
from provenance.rights.robots_lines import CAP
from provenance.rights.surroundings import RightsFile

__all__ = ["EVERYONE", "MOST_NAMED", "MOST_TOGETHER", "Statement", "Statements", "read_statements"]

EVERYONE = "*"

MOST_NAMED = 200
"""Agents whose own statements are told when nobody in particular is asked about."""

MOST_TOGETHER = 50
"""Different statements about one thing that are told."""

BLANK_LINE = re.compile(rb"(?:\r\n?|\n)[ \t]*(?:\r\n?|\n)")

TOLD = (Flaw.BOM, Flaw.UTF16, Flaw.NUL, Flaw.TRUNCATED)
"""Flaws of the file that a record made of it names."""


@dataclass(frozen=True, slots=True)
class Statement:
    """One line.

    Attributes:
        agents: product tokens it is for, as written, by their lower case; empty where it stands
            before any user agent; `*` is everyone.
        value: without comment.
        written: the line.
        span: its bytes; None where they cannot be counted.
        typo: whether its key is misspelt.
        apart: whether it follows the rules of its group behind a blank line, and no rule follows
            it: by the standard it is for the group all the same.
    """

    agents: dict[str, str]
    value: str
    written: str
    span: tuple[int, int] | None
    typo: bool
    apart: bool = False


@dataclass(frozen=True, slots=True)
class Statements:
    """The lines with one key.

    Attributes:
        robots: the file they stand in, as plainly read.
        all: in the order of the file.
        flaws: of the file, as warnings.
        readable: whether the file is in the encoding that its standard asks for.
    """

    robots: RobotsTxt
    all: tuple[Statement, ...]
    flaws: tuple[str, ...]
    readable: bool

    def named(self) -> dict[str, str]:
        """The agents that have statements of their own, as written, by their lower case."""
        return {
            token: agent
            for one in self.all
            for token, agent in one.agents.items()
            if token not in (EVERYONE, "")
        }

    def of(self, token: str) -> tuple[Statement, ...]:
        """The statements for an agent in lower case, or for everyone (`*`)."""
        return tuple(one for one in self.all if token in one.agents)

    def controls(self, agent: str) -> tuple[tuple[str, tuple[Statement, ...]], ...]:
        """The control tokens about what an agent fetched, each with the statements for it."""
        found = ((one.token, self.of(one.token.lower())) for one in controls_of(agent) if one.is_ai)
        return tuple((token, statements) for token, statements in found if statements)

    @property
    def apart(self) -> tuple[Statement, ...]:
        """Those that stand for themselves, whatever group the standard has them in."""
        return tuple(one for one in self.all if one.apart)

    @property
    def stray(self) -> tuple[Statement, ...]:
        """Those before any user agent."""
        return tuple(one for one in self.all if not one.agents)


def read_statements(file: RightsFile, key: str) -> Statements | None:
    """The lines with a key, also a misspelt one (`Content-Signals`); None when there is none.

    Args:
        file: a robots.txt.
        key: in lower case.
    """
    if not file.is_there or not _mentions(file.body, key.rpartition("-")[2].encode()):
        return None
    read = RobotsTxt.parse(file.body)
    robots = read.plain
    found = tuple(_statements(robots, key, counted=robots is read))
    if not found:
        return None
    flaws = tuple(flaw.value for flaw in TOLD if flaw in read.flaws)
    if robots is not read:  # every other byte is a NUL
        flaws = tuple(flaw for flaw in flaws if flaw != Flaw.NUL)
    return Statements(robots, found, flaws, readable=robots is read)


def _mentions(body: bytes, word: bytes) -> bool:
    """Most files have no such line, and are not read again."""
    if b"\0" in body:
        body = body[: 2 * CAP].replace(b"\0", b"")
    return word in body[:CAP].lower()


def _statements(robots: RobotsTxt, key: str, *, counted: bool) -> Iterator[Statement]:
    number: int | None = None
    whole: dict[str, str] | None = None
    agents: dict[str, str] = {}
    at = end = 0
    apart = ruled = False
    bare = letters(key)
    for one in robots.others:
        if letters(one.key) != bare:
            continue
        if one.group is None:
            agents = {}
        elif one.group != number:
            number, group = one.group, robots.groups[one.group]
            named = group.agents
            whole = _by_token(group.tokens, named) if len(named) == 1 else None
            at, end = group.span
            apart, ruled = False, group.has_rules
            agents = whole or _named_between(robots, at, one.span[0])
        elif whole is None:
            agents = _named_between(robots, at, one.span[0]) or agents
        start = max(at, end)
        apart = apart or (ruled and BLANK_LINE.search(robots.body, start, one.span[0]) is not None)
        at = one.span[1]
        span = one.span if counted else None
        typo = one.key.lower() != key
        yield Statement(agents, one.value, f"{one.key}: {one.value}", span, typo, apart)


def _named_between(robots: RobotsTxt, start: int, end: int) -> dict[str, str]:
    """The agents named by the lines between two places of a group."""
    part = RobotsTxt.parse(robots.body[start:end], mode=robots.mode)
    return {
        token: agent
        for group in part.groups
        for token, agent in _by_token(group.tokens, group.agents).items()
    }


def _by_token(tokens: tuple[str, ...], agents: tuple[str, ...]) -> dict[str, str]:
    """Agents as written, each cut to its token, by the token."""
    return {
        token: agent[: len(token)] for token, agent in zip(tokens, agents, strict=True) if token
    }
