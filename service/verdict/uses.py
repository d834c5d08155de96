"""One use that was asked about: was it reserved when the copy was made?

The answer is a finding of `provenance.rights.decide`; here it is made from the evidence of a report
and told as a reason. Only a violation is a finding of the report: what is contested goes to a
person.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from provenance.evidence import Evidence, NotRun, Reservation
from provenance.rights.decide import decide
from provenance.rights.finding import Finding, Use, Verdict
from provenance.rights.looking import known_of
from provenance.rights.standing import Standing
from service.policy import Finding as ReportFinding
from service.verdict.reasons import Notes, ReasonCode, because

if TYPE_CHECKING:
    from collections.abc import Sequence

    from provenance.rights.surroundings import Surroundings

__all__ = ["Asked", "use_notes"]


@dataclass(frozen=True, slots=True)
class Asked:
    """A use of one work.

    Attributes:
        use: who, what for, when.
        around: where the work was met; None for a bare file.
        table: the standing of protocols.
    """

    use: Use
    around: Surroundings | None
    table: Standing

    def finding(self, name: str, evidence: Sequence[Evidence]) -> Finding:
        """What the evidence of a report says of the use."""
        reservations = [one for one in evidence if isinstance(one, Reservation)]
        not_run = [one for one in evidence if isinstance(one, NotRun) and one.check == "rights"]
        known = known_of(reservations, not_run, self.around, self.use)
        return decide(name, self.use, known, self.table)


def use_notes(finding: Finding | None) -> Notes:
    """The reason that tells a finding, and what follows from it."""
    if finding is None:
        return Notes()
    at = finding.use.at
    reason = because(
        ReasonCode(f"use_{finding.verdict}"),
        *finding.reservations,
        purpose=finding.use.purpose,
        agent=finding.use.agent or "?",
        at=at.date().isoformat() if at else "?",
    )
    held = {ReportFinding.OPTOUT_VIOLATION} if finding.verdict is Verdict.VIOLATION else set()
    return Notes((reason,), frozenset(held), review=finding.verdict is Verdict.VIOLATION_CONTESTED)
