"""robots.txt: its groups and rules, what they decide about a URL, and what else stands in it.

Follows RFC 9309. In mode `google` it decides as Google's open-source matcher does, to the letter:
an agent is compared whole with the product token of a group, groups of one agent are one, records
that are neither rules nor user agents do not end a list of user agents, the longest pattern wins.
In mode `rfc9309` misspelt keys are not understood, `index.html` is no directory, and
`/robots.txt` itself may always be fetched. URLs are compared as they are given: whoever asks gives
them percent-encoded. Usage preferences, content signals and licences are kept with the group they
stand in and read elsewhere (`provenance.rights.readers`).
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import NamedTuple

from provenance.rights.patterns import escaped
from provenance.rights.robots_lines import (
    CAP,
    LONGEST_LINE,
    WIDE_MARKS,
    Flaw,
    Kind,
    Mode,
    known_kinds,
    looks_utf16,
    mark_length,
    record_of,
    token_of,
)
from provenance.rights.robots_rules import Rule, RuleIndex

__all__ = ["Directive", "Flaw", "Group", "Kind", "Mode", "RobotsTxt", "Rule", "path_of"]

EVERYONE = b"*"
MOST_AGENTS = 4096
"""Agents whose rules are kept arranged."""

PATH_BEGINS = re.compile(r"[/?;]")


class Directive(NamedTuple):
    """A record that is neither a rule nor a user agent.

    Attributes:
        key, value: as written; the value without comment.
        line: number, from 1.
        span: byte range of the line.
        group: number of the group it stands in; None before any user agent.
    """

    key: str
    value: str
    line: int
    span: tuple[int, int]
    group: int | None


class _Line(NamedTuple):
    """A record where it stands: positions are the line's, with its ending."""

    kind: Kind
    key: bytes
    value: bytes
    number: int
    start: int
    end: int
    typo: bool
    group: int | None


@dataclass(frozen=True, slots=True, eq=False)
class Group:
    """Some user agents and the rules for them.

    Attributes:
        number: from 0, in the order of the file.
        agents: values of its user-agent lines, as written.
        tokens: their product tokens in lower case; `*` is everyone.
        rules: in the order of the file.
        span: byte range from its first user-agent line to its last record.
    """

    number: int
    _agents: list[_Line]
    _rules: list[_Line]
    _robots: RobotsTxt

    @property
    def agents(self) -> tuple[str, ...]:  # noqa: D102 - see the class
        return tuple(_text(one.value) for one in self._agents)

    @property
    def tokens(self) -> tuple[str, ...]:  # noqa: D102
        mode = self._robots.mode
        return tuple(token_of(one.value, mode).decode("ascii") for one in self._agents)

    @property
    def rules(self) -> tuple[Rule, ...]:  # noqa: D102
        return tuple(map(self._robots._rule, self._rules))

    @property
    def span(self) -> tuple[int, int]:  # noqa: D102
        inside = [one for one in self._robots._others if one.group == self.number]
        last = max((*self._agents, *self._rules, *inside), key=lambda one: one.number)
        return self._agents[0].start, self._robots._span(last)[1]


@dataclass(frozen=True, slots=True, eq=False)
class RobotsTxt:
    """A robots.txt, read. `parse` makes one; nothing in a body is an error.

    Attributes:
        body: the document as it came.
        mode: whose reading.
        groups: in the order of the file; groups of one agent are not merged here.
        flaws: what is wrong with the file.
    """

    body: bytes
    mode: Mode
    groups: tuple[Group, ...] = field(init=False, default=())
    flaws: frozenset[Flaw] = field(init=False, default=frozenset())
    _others: list[_Line] = field(init=False, default_factory=list)
    _by_token: dict[bytes, list[Group]] = field(init=False, default_factory=dict)
    _indexes: dict[str, RuleIndex] = field(init=False, default_factory=dict)
    _arranged: dict[tuple[int, ...], RuleIndex] = field(init=False, default_factory=dict)

    @classmethod
    def parse(cls, body: bytes, *, mode: Mode = "google") -> RobotsTxt:
        """Read a document.

        Args:
            body: as it came; what is beyond 500 KiB does not count, nor does a line cut by that.
            mode: `google` or `rfc9309`.
        """
        robots = cls(body, mode)
        robots._read()
        return robots

    def allowed(self, agent: str, url: str) -> bool:
        """Whether `agent` may fetch `url`.

        Args:
            agent: a product token, compared whole and without case; a User-Agent string is first
                resolved by `provenance.rights.agents`.
            url: absolute, or a path with its query; percent-encoded.
        """
        rule = self.rule(agent, url)
        return rule is None or rule.allow

    def rule(self, agent: str, url: str) -> Rule | None:
        """The rule that decides whether `agent` may fetch `url`; None: no rule speaks of it."""
        index = self._indexes.get(agent) or self._index(agent)
        path = path_of(url)
        if path == "/robots.txt" and self.mode == "rfc9309":
            return None
        return index.find(path)

    def names(self, agent: str) -> bool:
        """Whether a group names this agent, and not only everyone."""
        return self._token(agent) in self._by_token

    def groups_for(self, agent: str) -> tuple[Group, ...]:
        """The groups that hold for an agent: those that name it, else those for everyone."""
        named = self._by_token.get(self._token(agent))
        return tuple(self._by_token.get(EVERYONE, ()) if named is None else named)

    def directives(self, key: str) -> tuple[Directive, ...]:
        """The records with this key, whatever its case: `content-usage`, `license`."""
        wanted = key.lower().encode()
        return self._directives(one for one in self._others if one.key.lower() == wanted)

    @property
    def sitemaps(self) -> tuple[str, ...]:
        """URLs of sitemaps, as written; they belong to no group."""
        return tuple(_text(one.value) for one in self._others if one.kind is Kind.SITEMAP)

    @property
    def others(self) -> tuple[Directive, ...]:
        """Every record that is neither rule, user agent nor sitemap."""
        return self._directives(one for one in self._others if one.kind is Kind.OTHER)

    @property
    def stray(self) -> tuple[Directive, ...]:
        """Rules before any user agent, which hold for nobody."""
        kinds = (Kind.ALLOW, Kind.DISALLOW)
        return self._directives(one for one in self._others if one.kind in kinds)

    @property
    def plain(self) -> RobotsTxt:
        """What its owner evidently meant: the same text where only the encoding is wrong.

        Positions in it are not those of the document.
        """
        if Flaw.UTF16 not in self.flaws:
            return self
        encoding = "utf-16" if self.body.startswith(WIDE_MARKS) else _wide_encoding(self.body)
        text = self.body[: 2 * CAP].decode(encoding, "replace")
        return RobotsTxt.parse(text.replace("\0", "").encode("utf-8", "replace"), mode=self.mode)

    # Reading

    def _read(self) -> None:
        groups, flaws, start = self._lines()
        object.__setattr__(self, "groups", tuple(groups))
        for group in groups:
            for one in group._agents:
                self._by_token.setdefault(token_of(one.value, self.mode), []).append(group)
        if start:
            flaws.add(Flaw.BOM)
        if looks_utf16(self.body):
            flaws.add(Flaw.UTF16)
        object.__setattr__(self, "flaws", frozenset(flaws))

    def _lines(self) -> tuple[list[Group], set[Flaw], int]:
        """Groups, flaws of the lines, and where the text begins."""
        flaws: set[Flaw] = set()
        body, mode, others = self.body, self.mode, self._others
        if len(body) > CAP:
            flaws.add(Flaw.TRUNCATED)
            # A line that is cut may say what nobody wrote: of `/private` only `/` may be left.
            body = body[: max(body.rfind(b"\n", 0, CAP), body.rfind(b"\r", 0, CAP)) + 1]
        if b"\0" in body:
            flaws.add(Flaw.NUL)
        unsafe = Flaw.NUL in flaws
        begin = mark_length(body)
        kinds = known_kinds()
        groups: list[Group] = []
        agents: list[_Line] = []
        rules: list[_Line] = []
        inside: int | None = None
        number, end = 0, begin
        for line in (body[begin:] if begin else body).splitlines(keepends=True):
            number += 1
            start = end
            end += len(line)
            key, _, value = line.partition(b":")
            kind = kinds.get(key)
            typo = False
            if kind is None or unsafe or len(line) > LONGEST_LINE:
                line = line.rstrip(b"\r\n")
                if len(line) > LONGEST_LINE and mode == "google":
                    flaws.add(Flaw.LONG_LINE)
                    line = line[:LONGEST_LINE]
                record = record_of(line, mode)
                if record is None:
                    continue
                kind, key, value, typo = record
                if typo:
                    flaws.add(Flaw.TYPO)
            else:
                if b"#" in value:
                    value = value.partition(b"#")[0]
                value = value.strip()
            found = _Line(kind, key, value, number, start, end, typo, inside)
            if kind is Kind.USER_AGENT:
                if rules or inside is None:
                    inside = len(groups)
                    agents, rules = [], []
                    groups.append(Group(inside, agents, rules, self))
                agents.append(found)
            elif kind is Kind.OTHER or kind is Kind.SITEMAP:
                others.append(found)
            elif inside is None:
                flaws.add(Flaw.STRAY_RULE)
                others.append(found)
            else:
                rules.append(found)
        return groups, flaws, begin

    # Deciding

    def _index(self, agent: str) -> RuleIndex:
        groups = self.groups_for(agent)
        numbers = tuple(one.number for one in groups)
        if numbers not in self._arranged:
            rules = [rule for group in groups for rule in group.rules]
            self._arranged[numbers] = RuleIndex(rules, index_files=self.mode == "google")
        if len(self._indexes) >= MOST_AGENTS:
            self._indexes.clear()
        self._indexes[agent] = self._arranged[numbers]
        return self._arranged[numbers]

    def _token(self, agent: str) -> bytes | None:
        """An agent as tokens are kept; None for what no group can name."""
        if not agent.isascii() or agent == "*":
            return None
        return agent.lower().encode("ascii")

    # Showing

    def _rule(self, line: _Line) -> Rule:
        return Rule(
            line.kind is Kind.ALLOW,
            escaped(line.value),
            _text(line.value),
            line.number,
            self._span(line),
            line.typo,
        )

    def _directives(self, lines: Iterable[_Line]) -> tuple[Directive, ...]:
        return tuple(
            Directive(_text(one.key), _text(one.value), one.number, self._span(one), one.group)
            for one in lines
        )

    def _span(self, line: _Line) -> tuple[int, int]:
        return line.start, line.start + len(self.body[line.start : line.end].rstrip(b"\r\n"))


def path_of(url: str) -> str:
    """Path and query of a URL as Google's matcher takes them; `/` when it has none.

    A fragment does not count, nor does what follows a NUL.
    """
    if url[:1] == "/" and url[1:2] != "/":
        path = url.partition("#")[0] if "#" in url else url
    else:
        path = _path_of(url)
    return path.partition("\0")[0] if "\0" in path else path


def _path_of(url: str) -> str:
    begin = 2 if url.startswith("//") else 0
    early = PATH_BEGINS.search(url, begin)
    scheme = url.find("://", begin)
    if scheme >= 0 and (early is None or early.start() >= scheme):
        begin = scheme + 3
    found = PATH_BEGINS.search(url, begin)
    if found is None:
        return "/"
    fragment = url.find("#", 2 if url.startswith("//") else 0)
    if 0 <= fragment < found.start():
        return "/"
    path = url[found.start() :] if fragment < 0 else url[found.start() : fragment]
    return path if path[:1] == "/" else f"/{path}"


def _text(value: bytes) -> str:
    return value.decode("utf-8", "replace")


def _wide_encoding(body: bytes) -> str:
    return "utf-16-le" if body[1::2].count(0) >= body[0::2].count(0) else "utf-16-be"
