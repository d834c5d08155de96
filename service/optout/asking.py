"""What is asked about: who uses a work, what for, and when."""

from __future__ import annotations

import datetime as dt

from provenance.errors import ConfigError
from provenance.evidence import Purpose
from provenance.rights.agents import agent_named, resolve
from provenance.rights.finding import Use
from provenance.rights.moments import parse_moment
from provenance.rights.purposes import PURPOSES

__all__ = ["agent_token", "purpose_of", "use_of"]


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
        start, end = parse_moment(at)
    except ValueError as fault:
        raise ConfigError(
            f"--at {at}: not a date", hint="Write 2025-03-31, or 2025-03-31T12:00:00Z."
        ) from fault
    bounds = None if start == end else (start, end)
    return Use(actor=actor, agent=agent_token(agent), purpose=purpose, at=start, at_bounds=bounds)


def agent_token(agent: str | None) -> str | None:
    """The product token of an agent given as one, or as a whole user-agent string."""
    if agent is None:
        return None
    known = agent_named(agent) or resolve(agent)
    return known.token if known else agent


def purpose_of(asked: str | None, agent: str | None, default: Purpose) -> Purpose:
    """The purpose asked about: as given, else that of the agent, else the policy's."""
    if asked is not None:
        for purpose in PURPOSES:
            if purpose == asked:
                return purpose
        raise ConfigError(
            f"--use {asked}: no such purpose", hint=f"Give one of {', '.join(PURPOSES)}."
        )
    known = (agent_named(agent) or resolve(agent)) if agent else None
    if known is None or default in known.purposes or not known.purposes:
        return default
    return next(purpose for purpose in PURPOSES if purpose in known.purposes)
