"""Where a work's RSL licences are named: robots.txt, `Link` header fields, `<link>` elements.

Follows RSL 1.0 sections 4.2 to 4.6 and 4.9, RFC 8288 for the header field and RFC 9309 for groups.
A `License` line above every group is for everyone. One within a group is for that group, says the
specification; its guides call the line global, and many files end in one without meaning the last
group. So what stands in a group is marked `scope_ambiguous`, and where no line is for an agent at
all, the lines of other groups are heard as well: they may reserve, and permit nothing.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import urljoin, urlsplit

from provenance.rights.header_fields import LONGEST_FIELD, field_values
from provenance.rights.records import Formal
from provenance.rights.robots import RobotsTxt

if TYPE_CHECKING:
    from provenance.rights.surroundings import Headers

__all__ = [
    "RSL_TYPE",
    "Line",
    "Named",
    "group_lines",
    "named_in_headers",
    "named_in_robots",
    "resolved",
]

RSL_TYPE = "application/rsl+xml"
KEYS = ("license", "licence")
MOST_NAMED = 32
MOST_LINES = 1000
QUOTED = r"\"(?:[^\"\\]|\\.)*+\""
LINK = re.compile(
    rf"<([^<>]*+)>((?:\s*+;\s*+[^\s;,=\"<>]++(?:\s*+=\s*+(?:{QUOTED}|[^\s;,\"<>]*+))?)*+)"
)
PARAMETER = re.compile(rf";\s*+([^\s;,=\"]++)(?:\s*+=\s*+({QUOTED}|[^\s;,\"]*+))?")


@dataclass(frozen=True, slots=True)
class Named:
    """A licence document that somebody points to.

    Attributes:
        url: absolute address.
        through: what names it: `robots.txt`, `headers` or `page`.
        agent: product token it is named for, None for everyone.
        formal: `nonconforming` when it is named for somebody else.
        warnings: doubts about whom it is for, or how it is named.
    """

    url: str
    through: str
    agent: str | None = None
    formal: Formal = Formal.VALID
    warnings: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Line:
    """A line of robots.txt of a kind we look for.

    Attributes:
        key: in lower case.
        value: without its comment.
        agents: of its group, in lower case; empty above every group.
        span: byte range of the line.
    """

    key: str
    value: str
    agents: tuple[str, ...]
    span: tuple[int, int]


def group_lines(body: bytes, keys: Iterable[str]) -> tuple[Line, ...]:
    """The lines with one of `keys` in order, each with the agents of its group (RFC 9309)."""
    robots = RobotsTxt.parse(body).plain
    found = sorted(
        (line for key in keys for line in robots.directives(key)), key=lambda line: line.span
    )
    agents: dict[int | None, tuple[str, ...]] = {None: ()}
    for number in {line.group for line in found[:MOST_LINES]} - {None}:
        agents[number] = robots.groups[number or 0].tokens  # worked out anew whenever it is asked
    return tuple(
        Line(line.key.casefold(), line.value.strip(), agents[line.group], line.span)
        for line in found[:MOST_LINES]
    )


def named_in_robots(body: bytes, base: str, agent: str | None) -> tuple[Named, ...]:
    """The documents that robots.txt names for an agent; for all of them when it is None."""
    lines = [one for one in group_lines(body, KEYS) if one.value]
    if agent is None:
        named = [
            _named(line, base, own) for line in lines for own in line.agents[:MOST_NAMED] or ("",)
        ]
    else:
        token = agent.casefold()
        own = [line for line in lines if token in line.agents]
        shared = [line for line in lines if not line.agents]
        starred = [line for line in lines if "*" in line.agents]
        named = [_named(line, base, agent) for line in own]
        named = named or [_named(line, base, "") for line in shared]
        named = named or [_named(line, base, "*") for line in starred]
        named = named or [_for_others(line, base) for line in lines]
    return tuple(dict.fromkeys(one for one in named if one.url))[:MOST_NAMED]


def _named(line: Line, base: str, agent: str) -> Named:
    warnings = [*_not_absolute(line.value), *_misspelt(line)]
    if agent:
        warnings.append("scope_ambiguous: the License line stands within a group")
    if agent not in ("", "*"):
        warnings.append(f"agent_scoped: the group of {agent}")
    to = agent if agent not in ("", "*") else None
    formal = Formal.VALID if line.key == KEYS[0] else Formal.NONCONFORMING
    return Named(resolved(line.value, base), "robots.txt", to, formal, tuple(warnings))


def _for_others(line: Line, base: str) -> Named:
    """A line in the group of another agent, as one that was meant for the whole site."""
    warning = f"scope_ambiguous: the License line stands in the group of {', '.join(line.agents)}"
    return Named(
        resolved(line.value, base),
        "robots.txt",
        None,
        Formal.NONCONFORMING,
        (*_not_absolute(line.value), *_misspelt(line), warning[:300]),
    )


def _misspelt(line: Line) -> tuple[str, ...]:
    return () if line.key == KEYS[0] else ("typo: the line is called License",)


def _not_absolute(url: str) -> tuple[str, ...]:
    absolute = re.match(r"https?://", url, re.IGNORECASE)
    return () if absolute else ("relative_url: the address of a licence is to be absolute",)


def named_in_headers(headers: Headers, base: str) -> tuple[Named, ...]:
    """The documents that `Link` fields name as licence of the answer."""
    fields = ", ".join(field_values(headers, "link"))[:LONGEST_FIELD]
    named: dict[Named, None] = {}
    for target, written in LINK.findall(fields):
        parameters: dict[str, str] = {}
        for key, value in PARAMETER.findall(written):
            parameters.setdefault(key.casefold(), value.strip("\"'"))
        kind = parameters.get("type", "").partition(";")[0].strip().casefold()
        if "license" in parameters.get("rel", "").casefold().split() and kind == RSL_TYPE:
            url = resolved(target.strip(), base)
            if url:
                named[Named(url, "headers", warnings=_not_absolute(target.strip()))] = None
    return tuple(named)[:MOST_NAMED]


def resolved(url: str, base: str) -> str:
    """The absolute address without its fragment; '' for what is none."""
    try:
        absolute = urljoin(base, url)
        parts = urlsplit(absolute)
        if parts.scheme.lower() not in ("http", "https") or not parts.netloc:
            return ""
    except ValueError:
        return ""
    return absolute.partition("#")[0]
