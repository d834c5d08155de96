"""robots.txt: its groups and rules, what they decide about a URL, and what else stands in it.

Follows RFC 9309. In mode `google` it decides as Google's open-source matcher does, to the letter:
an agent is compared whole with the product token of a group, groups of one agent are one, records
that are neither rules nor user agents do not end a list of user agents, the longest pattern wins.
In mode `rfc9309` misspelt keys are not understood, `index.html` is no directory, and
`/robots.txt` itself may always be fetched. URLs are compared as they are given: whoever asks gives
them percent-encoded; what begins with `/` is a path, also where it begins with two. Usage
preferences, content signals and licences are kept with the group they stand in and read elsewhere
(`provenance.rights.readers`).
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import NamedTuple

from provenance.rights.patterns import escaped
from provenance.rights.robots_lines import (
    CAP,
    INVISIBLE,
    WIDE_MARKS,
    Flaw,
    Kind,
    Line,
    Mode,
    lines_of,
    looks_utf16,
    mark_length,
    token_of,
)
from provenance.rights.robots_rules import RuleIndex

__all__ = ["Directive", "Flaw", "Group", "Mode", "RobotsTxt", "Rule", "Rules", "robots_path"]

EVERYONE = b"*"
MOST_AGENTS = 4096
"""Agents whose rules are kept arranged."""

PATH_BEGINS = re.compile(r"[/?;]")
BETWEEN_NAMES = re.compile(rb"[,;]")

NOBODY = b"\0"
MOST_NAMES = 100


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


class Rule(NamedTuple):
    """One rule of a group.

    Attributes:
        allow: whether it allows.
        pattern: in the form that is compared, its escapes made alike.
        written: as it stands in the file.
        line: number, from 1.
        span: byte range of the line.
        typo: whether only lenience makes it a rule.
    """

    allow: bool
    pattern: str
    written: str
    line: int
    span: tuple[int, int]
    typo: bool


@dataclass(frozen=True, slots=True, eq=False)
class Group:
    """Some user agents and the rules for them.

    Attributes:
        number: from 0, in the order of the file.
        agents: values of its user-agent lines, as written.
        tokens: their product tokens in lower case; `*` is everyone, an empty one is nobody.
        rules: in the order of the file.
        span: byte range from its first user-agent line to its last rule.
        typo: whether only lenience makes it a group.
    """

    number: int
    _robots: RobotsTxt
    _agents: list[Line]
    _rules: list[Line]

    @property
    def agents(self) -> tuple[str, ...]:  # noqa: D102 - see the class
        return tuple(_text(line.value) for line in self._agents)

    @property
    def tokens(self) -> tuple[str, ...]:  # noqa: D102
        mode = self._robots.mode
        return tuple(token_of(line.value, mode).decode("ascii") for line in self._agents)

    @property
    def rules(self) -> tuple[Rule, ...]:  # noqa: D102
        return tuple(self._robots._rule(line) for line in self._rules)

    @property
    def span(self) -> tuple[int, int]:  # noqa: D102
        last = (self._rules or self._agents)[-1]
        return self._agents[0].start, self._robots._span(last)[1]

    @property
    def has_rules(self) -> bool:
        """Whether there is any."""
        return bool(self._rules)

    @property
    def typo(self) -> bool:  # noqa: D102
        return any(line.typo for line in self._agents)


@dataclass(frozen=True, slots=True, eq=False)
class Rules:
    """The rules of some groups together, arranged for many questions."""

    _robots: RobotsTxt
    _lines: list[Line]
    _index: RuleIndex

    def decide(self, path: str) -> tuple[bool, int] | None:
        """Whether the rule that decides allows a path, and its place; None: no rule speaks of it.

        Args:
            path: as `robots_path` gives it.
        """
        return self._index.find(path)

    def at(self, place: int) -> Rule:
        """The rule in a place that `decide` gave."""
        return self._robots._rule(self._lines[place])


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
    _others: list[tuple[Line, int]] = field(init=False, default_factory=list)
    _by_token: dict[bytes, list[Group]] = field(init=False, default_factory=dict)
    _meant: dict[bytes, list[Group]] = field(init=False, default_factory=dict)
    _for_agent: dict[str, Rules] = field(init=False, default_factory=dict)
    _arranged: dict[tuple[int, ...], Rules] = field(init=False, default_factory=dict)

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
        rules = self._for_agent.get(agent) or self._arrange(agent)
        path = robots_path(url)
        if path == "/robots.txt" and self.mode == "rfc9309":
            return True
        found = rules._index.find(path)
        return found is None or found[0]

    def rule(self, agent: str, url: str) -> Rule | None:
        """The rule that decides whether `agent` may fetch `url`; None: no rule speaks of it."""
        rules = self._for_agent.get(agent) or self._arrange(agent)
        path = robots_path(url)
        if path == "/robots.txt" and self.mode == "rfc9309":
            return None
        found = rules.decide(path)
        return None if found is None else rules.at(found[1])

    def rules_of(self, groups: tuple[Group, ...]) -> Rules:
        """The rules of some groups together; arranged once for the same groups."""
        key = tuple(group.number for group in groups)
        if key not in self._arranged:
            lines = [line for group in groups for line in group._rules]
            rules = [(line.kind is Kind.ALLOW, escaped(line.value)) for line in lines]
            index = RuleIndex(rules, index_files=self.mode == "google")
            self._arranged[key] = Rules(self, lines, index)
        return self._arranged[key]

    def names(self, agent: str) -> bool:
        """Whether a group names this agent, and not only everyone."""
        return _token(agent) in self._by_token

    def groups_for(self, agent: str) -> tuple[Group, ...]:
        """The groups that hold for an agent: those that name it, else those for everyone."""
        named = self._by_token.get(_token(agent))
        return tuple(self._by_token.get(EVERYONE, ()) if named is None else named)

    def groups_meant(self, agent: str) -> tuple[Group, ...]:
        """The groups that evidently mean an agent though by the standard they name another.

        A token with other characters than letters, `_` and `-` cannot be named (`AI2Bot` is read
        as `AI`), and of several names on one line only the first is.
        """
        wanted = agent.lower().encode("utf-8", "surrogatepass")
        if not wanted or self.names(agent):
            return ()
        if not self._meant:
            for group in self.groups:
                for name in {name for line in group._agents for name in _names(line.value)}:
                    self._meant.setdefault(name, []).append(group)
        return tuple(self._meant.get(wanted, ()))

    def directives(self, key: str) -> tuple[Directive, ...]:
        """The records with this key, whatever its case: `content-usage`, `license`."""
        wanted = key.lower().encode("utf-8", "surrogatepass")
        return self._directives(lambda line: line.key.lower() == wanted)

    @property
    def sitemaps(self) -> tuple[str, ...]:
        """URLs of sitemaps, as written; they belong to no group."""
        return tuple(_text(line.value) for line, _ in self._others if line.kind is Kind.SITEMAP)

    @property
    def others(self) -> tuple[Directive, ...]:
        """Every record that is neither rule, user agent nor sitemap."""
        return self._directives(lambda line: line.kind is Kind.OTHER)

    @property
    def stray(self) -> tuple[Directive, ...]:
        """Rules before any user agent, which hold for nobody."""
        return self._directives(lambda line: line.kind in (Kind.ALLOW, Kind.DISALLOW))

    @property
    def plain(self) -> RobotsTxt:
        """What its owner evidently meant: the same text where only the encoding is wrong.

        Positions in it are not those of the document.
        """
        if Flaw.UTF16 not in self.flaws:
            return self
        text = self.body[: 2 * CAP].decode(_wide_encoding(self.body), "replace")
        return RobotsTxt.parse(text.replace("\0", "").encode("utf-8", "replace"), mode=self.mode)

    @property
    def seen(self) -> RobotsTxt:
        """What a person sees who opens it: invisible characters are spaces between words.

        It has as many bytes, so that positions in it are those of the document.
        """
        body = self.body[:CAP]
        if body.isascii() or INVISIBLE.search(body, mark_length(body)) is None:
            return self
        clean = INVISIBLE.sub(lambda one: b" " * len(one[0]), body)
        return RobotsTxt.parse(clean, mode=self.mode)

    # Reading

    def _read(self) -> None:
        lines, flaws = lines_of(self.body, self.mode)
        if looks_utf16(self.body):
            flaws.add(Flaw.UTF16)
        groups: list[Group] = []
        agents: list[Line] = []
        rules: list[Line] = []
        for line in lines:
            if line.kind is Kind.USER_AGENT:
                if rules or not agents:
                    agents, rules = [], []
                    groups.append(Group(len(groups), self, agents, rules))
                agents.append(line)
            elif line.kind is Kind.OTHER or line.kind is Kind.SITEMAP:
                self._others.append((line, len(groups) - 1))
            elif agents:
                rules.append(line)
            else:
                flaws.add(Flaw.STRAY_RULE)
                self._others.append((line, -1))
        object.__setattr__(self, "groups", tuple(groups))
        object.__setattr__(self, "flaws", frozenset(flaws))
        for group in groups:
            for line in group._agents:
                held = self._by_token.setdefault(token_of(line.value, self.mode), [])
                if not held or held[-1] is not group:
                    held.append(group)

    def _arrange(self, agent: str) -> Rules:
        if len(self._for_agent) >= MOST_AGENTS:
            self._for_agent.clear()
        self._for_agent[agent] = self.rules_of(self.groups_for(agent))
        return self._for_agent[agent]

    # Showing

    def _rule(self, line: Line) -> Rule:
        return Rule(
            allow=line.kind is Kind.ALLOW,
            pattern=escaped(line.value),
            written=_text(line.value),
            line=line.number,
            span=self._span(line),
            typo=line.typo,
        )

    def _directives(self, wanted: Callable[[Line], bool]) -> tuple[Directive, ...]:
        return tuple(
            Directive(
                _text(line.key),
                _text(line.value),
                line.number,
                self._span(line),
                None if group < 0 else group,
            )
            for line, group in self._others
            if wanted(line)
        )

    def _span(self, line: Line) -> tuple[int, int]:
        return line.start, line.start + len(self.body[line.start : line.end].rstrip(b"\r\n"))


def robots_path(url: str) -> str:
    """Path and query of a URL as Google's matcher takes them; `/` when it has none.

    A fragment does not count, nor does what follows a NUL.
    """
    path = url if url[:1] == "/" else _path_of(url)
    if "#" in path:
        path = path.partition("#")[0]
    return path.partition("\0")[0] if "\0" in path else path


def _path_of(url: str) -> str:
    """What begins with the first `/`, `?` or `;` behind the host."""
    early, scheme = PATH_BEGINS.search(url), url.find("://")
    if early is None:
        return "/"
    if 0 <= scheme <= early.start():
        early = PATH_BEGINS.search(url, scheme + 3)
    if early is None or 0 <= url.find("#") < early.start():
        return "/"
    path = url[early.start() :]
    return path if path[0] == "/" else f"/{path}"


def _token(agent: str) -> bytes:
    """An agent as tokens are kept; what no group can name becomes what none has."""
    return agent.lower().encode("ascii") if agent.isascii() and agent != "*" else NOBODY


def _names(value: bytes) -> list[bytes]:
    """The names a user-agent line evidently gives, in lower case, without versions."""
    whole = value.lower()
    parts = BETWEEN_NAMES.split(whole)[:MOST_NAMES]
    return [whole, *(part.partition(b"/")[0].strip() for part in parts)]


def _text(value: bytes) -> str:
    return value.decode("utf-8", "replace")


def _wide_encoding(body: bytes) -> str:
    if body.startswith(WIDE_MARKS):
        return "utf-16"
    return "utf-16-le" if body[1::2].count(0) >= body[0::2].count(0) else "utf-16-be"
