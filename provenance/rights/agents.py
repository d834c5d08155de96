"""The crawlers and control tokens of AI, as a dated table: who runs them, and what they fetch for.

The table is `agents.json` beside this module, made by `tools/make_agents.py` from two public lists;
its date and digest go into the evidence. A token is what robots.txt names (RFC 9309 section 2.2.1);
a User-Agent header is a whole sentence with a token somewhere in it, and `resolve` finds that. A
control token never fetches anything: it says what may be done with what others fetched, so no
header names it and no log shows it.

A User-Agent header is a claim. Whether the request came from who it names is not looked at here.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import json
import re
from dataclasses import dataclass
from functools import cache, lru_cache
from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict

from provenance.evidence import Purpose

__all__ = [
    "Agent",
    "Agents",
    "Category",
    "Source",
    "agent_named",
    "controls_of",
    "resolve",
    "table",
]

PATH = Path(__file__).with_name("agents.json")

LONGEST_HEADER = 8192
"""Characters of a User-Agent header that are read; servers refuse longer ones."""

Category = Literal[
    "ai-training",
    "ai-search",
    "ai-other",
    "archive",
    "dataset",
    "preview",
    "search",
    "seo",
    "tool",
    "user-fetch",
]

AI = frozenset({"ai-training", "ai-search", "ai-other", "dataset", "user-fetch"})

# Not inside a word, an address or a path; a token may carry an identifier behind it (Amazon's do).
BEFORE = r"(?<![A-Za-z0-9_.@/-])"
AFTER = r"(?![A-Za-z0-9_@]|-(?![0-9a-f]{8}))"


class _Entry(BaseModel):
    """A line of the file."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    token: str
    operator: str | None = None
    category: Category
    purposes: tuple[Purpose, ...] = ()
    controls: tuple[str, ...] = ()
    aliases: tuple[str, ...] = ()
    word: bool = False


class Source(BaseModel):
    """One of the lists the table was made from.

    Attributes:
        name: a package or repository, and its version.
        url: where it stands; None for a package, which its name is enough for.
        licence: of the list.
        date: of that version.
        sha256: of the file that was read.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    name: str
    url: str | None
    licence: str
    date: dt.date
    sha256: str


class _File(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    date: dt.date
    sources: tuple[Source, ...]
    agents: tuple[_Entry, ...]


@dataclass(frozen=True, slots=True)
class Agent:
    """One crawler or control token.

    Attributes:
        token: as its operator writes it.
        operator: who runs it, None where the lists do not know.
        category: what kind of thing it is.
        purposes: what it fetches for, the nearest first; empty where no purpose of ours fits.
        controls: tokens of the crawlers whose harvest it is about; empty for a crawler.
        aliases: other spellings.
        word: whether its name is an ordinary word, which means it only in the first place.
    """

    token: str
    operator: str | None
    category: Category
    purposes: tuple[Purpose, ...]
    controls: tuple[str, ...] = ()
    aliases: tuple[str, ...] = ()
    word: bool = False

    @property
    def is_control(self) -> bool:
        """Whether it never fetches and only says what others may do with what they fetched."""
        return bool(self.controls)

    @property
    def is_ai(self) -> bool:
        """Whether its harvest goes into a model, or before one."""
        return self.category in AI


@dataclass(frozen=True, slots=True)
class Agents:
    """The table.

    Attributes:
        date: of the newer list.
        sha256: of the file, lowercase hexadecimal.
        sources: the lists.
        agents: in alphabetical order.
        by_name: by token and alias in lower case.
    """

    date: dt.date
    sha256: str
    sources: tuple[Source, ...]
    agents: tuple[Agent, ...]
    by_name: dict[str, Agent]


@cache
def table() -> Agents:
    """The shipped table."""
    data = PATH.read_bytes()
    written = _File.model_validate(json.loads(data))
    agents = tuple(Agent(**dict(entry)) for entry in written.agents)
    by_name = {alias.lower(): agent for agent in agents for alias in agent.aliases}
    by_name |= {agent.token.lower(): agent for agent in agents}
    digest = hashlib.sha256(data).hexdigest()
    return Agents(written.date, digest, written.sources, agents, by_name)


def agent_named(token: str) -> Agent | None:
    """The agent with this token, whatever its case; None when the table has none."""
    return table().by_name.get(token.lower())


def controls_of(token: str) -> tuple[Agent, ...]:
    """The control tokens that are about what `token` fetched."""
    return _controls().get(token.lower(), ())


def resolve(user_agent: str) -> Agent | None:
    """Who a User-Agent header says it is: of several tokens in it the longest, then the first.

    Args:
        user_agent: the whole header (`Mozilla/5.0 ... compatible; GPTBot/1.2; ...`), of any length.
    """
    return _resolved(user_agent[:LONGEST_HEADER])


@lru_cache(maxsize=4096)
def _resolved(user_agent: str) -> Agent | None:
    anywhere, first = _patterns()
    found = [match[0].lower() for match in anywhere.finditer(user_agent)]
    if start := first.match(user_agent):
        found.append(start[1].lower())
    longest = max(found, key=len, default=None)
    return table().by_name[longest] if longest else None


@cache
def _controls() -> dict[str, tuple[Agent, ...]]:
    found: dict[str, tuple[Agent, ...]] = {}
    for agent in table().agents:
        for fetcher in agent.controls:
            found[fetcher.lower()] = (*found.get(fetcher.lower(), ()), agent)
    return found


@cache
def _patterns() -> tuple[re.Pattern[str], re.Pattern[str]]:
    """Names that may stand anywhere, and those that count only as the first product."""
    names = sorted(table().by_name, key=lambda name: (-len(name), name))
    words = [re.escape(name) for name in names if table().by_name[name].word]
    others = [re.escape(name) for name in names if not table().by_name[name].word]
    anywhere = re.compile(f"{BEFORE}(?:{'|'.join(others)}){AFTER}", re.IGNORECASE | re.ASCII)
    first = re.compile(rf"\s*({'|'.join(words)})(?:/|\s*$)", re.IGNORECASE | re.ASCII)
    return anywhere, first
