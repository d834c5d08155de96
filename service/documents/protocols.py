"""What each protocol said about the rows of an audit, and what that shows of whether it is kept.

An audit can contradict the statement that a protocol is honoured. It can never prove it: it can say
that nothing in it contradicts the statement, or that no reservation of that protocol came up.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from provenance.evidence import ReservationState
from provenance.rights.finding import Verdict
from provenance.rights.standing import table
from service.documents.audit import Audit
from service.documents.draft import Draft, foreign
from service.documents.records import Table
from service.documents.tally import ProtocolTally

__all__ = ["CODE_1_3_A", "ProtocolLine", "Shown", "protocol_lines", "protocol_rows"]

CODE_1_3_A = ("robots.txt", "aipref")
"""Protocols of measure 1.3 (a): RFC 9309, and what the IETF adds to it. All others are of (b)."""


class Shown(StrEnum):
    """What an audit shows of whether a protocol is kept."""

    CONTRADICTED = "contradicted"
    """A row was used in spite of a reservation of it that leaves no room for dispute."""
    DISPUTED = "disputed"
    """A row was used in spite of a reservation that can be disputed."""
    UNDETERMINED = "undetermined"
    """Only rows that could not be judged came up against it."""
    NOT_CONTRADICTED = "not_contradicted"
    """Reservations of it came up, and no row was used in spite of one."""
    NOTHING_SEEN = "nothing_seen"
    """No reservation of it came up, so nothing is shown."""


@dataclass(frozen=True, slots=True)
class ProtocolLine:
    """One protocol over an audit.

    Attributes:
        protocol: its name.
        standing: A to D.
        first_seen: oldest observation of anything it said.
        states: rows by what it said about the purpose of their use.
        tally: rows it reserved, by verdict.
    """

    protocol: str
    standing: str
    first_seen: datetime | None
    states: Mapping[ReservationState, int]
    tally: ProtocolTally

    @property
    def shown(self) -> Shown:
        """What the audit shows of whether it is kept."""
        reserving = self.tally.reserving
        if reserving[Verdict.VIOLATION]:
            return Shown.CONTRADICTED
        if reserving[Verdict.VIOLATION_CONTESTED]:
            return Shown.DISPUTED
        if not self.tally.reserved:
            return Shown.NOTHING_SEEN
        if reserving[Verdict.UNDETERMINED] == self.tally.reserved:
            return Shown.UNDETERMINED
        return Shown.NOT_CONTRADICTED


def protocol_lines(audit: Audit) -> tuple[ProtocolLine, ...]:
    """Every protocol of the dated table, and any other the audit met, the best accepted first."""
    figures = {one.protocol: one for one in audit.summary.protocols}
    ours = table()
    same_table = audit.summary.standing.sha256 == ours.sha256
    names = dict.fromkeys([*ours.grades, *figures, *audit.tally.protocols])
    lines = []
    for name in names:
        seen = figures.get(name)
        tally = audit.tally.protocols.get(name, ProtocolTally())
        standing = ours.of(name, audit.finished_at.date())
        lines.append(
            ProtocolLine(
                protocol=name,
                standing=standing if same_table or seen is None else seen.standing,
                first_seen=seen.first_seen if seen else tally.first,
                states=seen.states if seen else {},
                tally=tally,
            )
        )
    return tuple(sorted(lines, key=lambda one: (one.standing, one.protocol)))


def protocol_rows(draft: Draft) -> tuple[Table, int]:
    """What the protocols that said anything said, by rows; and how many they are."""
    of = draft.of
    states = (
        ReservationState.RESERVED,
        ReservationState.CONDITIONAL,
        ReservationState.ALLOWED,
        ReservationState.UNKNOWN,
    )
    rows = [
        [
            foreign(one.protocol),
            one.standing,
            draft.day(one.first_seen),
            *(draft.number(one.states.get(state, 0)) for state in states),
        ]
        for one in draft.audit.summary.protocols
    ]
    columns = [
        draft.column("protocol", of.audit("/protocols")),
        draft.column("standing", of.audit("/protocols"), of.standing()),
        draft.column("first_seen", of.audit("/protocols")),
        *(draft.column(f"state_{state.value}", of.audit("/protocols")) for state in states),
    ]
    return draft.table("protocols", columns, rows), len(rows)
