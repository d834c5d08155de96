"""Lines `Permits:`, `Prohibits:` and `Compensation:` in robots.txt.

Some tools write them and call them RSL 1.0, whose specification has no such lines (section 4.4 has
`License` alone). They show what somebody meant: evidence, of a protocol nobody agreed on, and never
a permission.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

from provenance.evidence import Reservation, ReservationState
from provenance.rights.purposes import strictest
from provenance.rights.records import Authority, Channel, Formal, reservation
from provenance.rights.rsl_links import Line, group_lines

if TYPE_CHECKING:
    from provenance.evidence import Purpose
    from provenance.rights.surroundings import RightsFile

__all__ = ["PROTOCOL", "RobotsLines", "parse", "read"]

SOURCE = "rsl"
PROTOCOL = "rsl-robots-lines"
KEYS = ("permits", "prohibits", "compensation")
USES: dict[str, tuple[Purpose, ...]] = {
    **dict.fromkeys(("ai-training", "ai-train", "train-ai", "training"), ("train-ai",)),
    **dict.fromkeys(("rag", "ai-input", "ai-use", "ai-inference"), ("ai-input",)),
    **dict.fromkeys(("ai-search", "ai-index"), ("ai-index",)),
    **dict.fromkeys(("ai-all", "ai"), ("train-ai", "ai-input", "ai-index")),
    **dict.fromkeys(("all", "*"), ("tdm", "train-ai", "ai-input", "ai-index", "search")),
    "tdm": ("tdm",),
    "search": ("search",),
}
MOST_GROUPS = 50
CAP = 500 * 1024


class RobotsLines:
    """The lines of one robots.txt. See `provenance.rights.surroundings.SiteDeclaration`."""

    def __init__(self, file: RightsFile) -> None:
        self._file = file
        self._said: dict[str | None, tuple[Reservation, ...]] = {}
        low = file.body[:CAP].lower()
        self._has_any = any(key.encode() in low for key in KEYS)

    def about(
        self,
        path: str,
        *,
        agent: str | None,
        media_type: str | None,
    ) -> tuple[Reservation, ...]:
        """What the lines say to an agent; one and the same tuple each time."""
        if not self._has_any:
            return ()
        if agent not in self._said:
            if len(self._said) >= MOST_GROUPS:
                self._said.clear()
            self._said[agent] = tuple(read(self._file, agent))
        return self._said[agent]


def parse(file: RightsFile) -> RobotsLines:
    """Read a host's robots.txt for these lines alone."""
    return RobotsLines(file)


def read(file: RightsFile, agent: str | None) -> Iterator[Reservation]:
    """What the lines of each group say to an agent; to all of them when it is None."""
    groups: dict[tuple[str, ...], list[Line]] = {}
    for line in group_lines(file.body, KEYS):
        groups.setdefault(line.agents, []).append(line)
    for agents, lines in list(groups.items())[:MOST_GROUPS]:
        addressed = _addressed(agents, agent)
        if addressed is None:
            continue
        purposes = _purposes(lines)
        if purposes:
            start, end = lines[0].span[0], lines[-1].span[1]
            yield reservation(
                source=SOURCE,
                protocol=PROTOCOL,
                channel=Channel.ROBOTS_TXT,
                scope="origin",
                purposes=purposes,
                native_value="\n".join(f"{one.key}: {one.value}" for one in lines),
                location=file.url,
                body=file.body,
                span=(start, end),
                formal=Formal.NONCONFORMING,
                authority=Authority.ORIGIN_CONTROLLED,
                agent=addressed or None,
                observed_at=file.observed_at,
                warnings=("unknown_line: no specification has these lines",),
            )


def _addressed(agents: tuple[str, ...], agent: str | None) -> str | None:
    """Product token the group is for, '' for everyone, None when it is not for `agent`."""
    if not agents or "*" in agents:
        return ""
    if agent is None:
        return agents[0]
    return agent if agent.casefold() in agents else None


def _purposes(lines: list[Line]) -> dict[Purpose, ReservationState]:
    paid = any(one.key == "compensation" and one.value for one in lines)
    granted = ReservationState.CONDITIONAL if paid else ReservationState.ALLOWED
    states: dict[Purpose, list[ReservationState]] = {}
    for line in lines:
        if line.key == "compensation":
            continue
        state = granted if line.key == "permits" else ReservationState.RESERVED
        for token in re.split(r"[\s,;]+", line.value.casefold()):
            for purpose in USES.get(token, ()):
                states.setdefault(purpose, []).append(state)
    return {purpose: strictest(said) for purpose, said in states.items()}
