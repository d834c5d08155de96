"""What is asked about: who uses a work, what for, and when."""

from __future__ import annotations

import datetime as dt
import re

from provenance.errors import ConfigError
from provenance.evidence import Purpose
from provenance.rights.agents import Agent, agent_named, resolve
from provenance.rights.finding import Use
from provenance.rights.moments import parse_moment
from provenance.rights.purposes import PURPOSES

__all__ = ["HOW_TO_DATE", "agent_token", "moment_of", "purpose_of", "use_of"]

HOW_TO_DATE = "Write 2025-03-31, or 2025-03-31T12:00:00Z."
YEARS = range(1900, 3000)

TOKEN = re.compile(r"(?!Mozilla/)([A-Za-z_-]+)(?:[/\s;(]|$)", re.IGNORECASE)
COMPATIBLE = re.compile(r"compatible;\s*([A-Za-z_-]+)(?:[/\s;)]|$)", re.IGNORECASE)


def use_of(
    purpose: Purpose,
    *,
    agent: str | None = None,
    at: str | None = None,
    now: dt.datetime | None = None,
    actor: str | None = None,
) -> Use:
    """A use as the command line names it.

    Args:
        purpose: what for.
        agent: product token or a whole user-agent string.
        at: when the copy was made; `now` when None.
        now: the present.
        actor: who, as given.

    Raises:
        ConfigError: `at` is no date.
    """
    if at is None:
        return Use(actor=actor, agent=agent_token(agent), purpose=purpose, at=now)
    try:
        start, end = moment_of(at)
    except ValueError as fault:
        raise ConfigError(f"--at {at}: not a date", hint=HOW_TO_DATE) from fault
    bounds = None if start == end else (start, end)
    return Use(actor=actor, agent=agent_token(agent), purpose=purpose, at=start, at_bounds=bounds)


def moment_of(text: str) -> tuple[dt.datetime, dt.datetime]:
    """First and last second of what a date names, near enough to now to be reckoned with.

    Raises:
        ValueError: it is no such date.
    """
    start, end = parse_moment(text)
    if start.year not in YEARS or end.year not in YEARS:
        raise ValueError(f"{text} is too far from now")
    return start, end


def agent_token(agent: str | None) -> str | None:
    """The product token of an agent given as one, or as a whole user-agent string.

    Of one that no table knows it is the name before its version (RFC 9309 section 2.2.1), in a
    string that begins as browsers do the one behind `compatible;`.

    Raises:
        ConfigError: there is no such name in it.
    """
    if agent is None:
        return None
    known = _in_table(agent)
    if known:
        return known.token
    found = TOKEN.match(agent.strip()) or COMPATIBLE.search(agent)
    if found is None:
        raise ConfigError(
            f"--agent {agent}: no product token in it", hint="Give the crawler's token: GPTBot."
        )
    return found[1]


def purpose_of(asked: str | None, agent: str | None, default: Purpose) -> Purpose:
    """The purpose asked about: as given, else that of the agent, else the policy's."""
    if asked is not None:
        for purpose in PURPOSES:
            if purpose == asked:
                return purpose
        raise ConfigError(
            f"--use {asked}: no such purpose", hint=f"Give one of {', '.join(PURPOSES)}."
        )
    known = _in_table(agent) if agent else None
    if known is None or default in known.purposes or not known.purposes:
        return default
    return next(purpose for purpose in PURPOSES if purpose in known.purposes)


def _in_table(agent: str) -> Agent | None:
    """The agent that is given as a token or as a whole user-agent string."""
    return agent_named(agent) or resolve(agent)
