"""Whether detectors keep here what their cards say: the false alarms that people found.

A work that a detector accused at the operating point, and that people cleared, is a false alarm
they know of. If every work it scored had been human, the operating point allows its rate times
their number; more than that, and not by chance (exact binomial, one-sided 5 %, Holm over all rows),
means that the detector is worse on these works than on those its card was measured on. Fewer prove
nothing: not every false alarm comes to people, and not all works are human.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from detectors.bounds import exceeding, excess
from provenance.evidence import Detection
from service.report import Report
from service.review.records import Outcome

__all__ = ["Calibrated", "Scored", "calibrated"]


@dataclass(frozen=True, slots=True)
class Scored:
    """A work that detectors scored.

    Attributes:
        sha256: of the work.
        max_fpr: operating point of its verdict.
        uppers: of each detector and group, the upper bound of the exceedance; abstentions are not
            among them.
    """

    sha256: str
    max_fpr: float
    uppers: dict[tuple[str, str], float]

    @classmethod
    def of(cls, report: Report) -> Scored | None:
        """What detectors said of a work; None where none gave a score that counts."""
        decision = report.verdict.decision
        uppers = {
            (one.detector, one.exceedance.group): one.exceedance.upper
            for one in report.evidence
            if isinstance(one, Detection) and one.abstain is None and one.exceedance is not None
        }
        if decision is None or not uppers:
            return None
        return cls(report.asset.sha256, decision.max_fpr, uppers)


@dataclass(frozen=True, slots=True)
class Calibrated:
    """One detector in one group.

    Attributes:
        scored: works with a score that counts.
        accused: those beyond the operating point.
        decided: those of them that people decided about.
        cleared: those of them that people cleared.
        allowed: false alarms that the operating points allow, were all works human.
        p_value: of so many cleared or more.
        worse: whether that is significant among all rows.
    """

    detector: str
    group: str
    scored: int
    accused: int
    decided: int
    cleared: int
    allowed: float
    p_value: float
    worse: bool


@dataclass(slots=True)
class _Row:
    allowed: list[float] = field(default_factory=list)
    accused: int = 0
    decided: int = 0
    cleared: int = 0


def calibrated(works: Iterable[Scored], outcomes: dict[str, Outcome]) -> tuple[Calibrated, ...]:
    """The rows, by detector and group.

    Args:
        works: newest first; of a work that was scored more than once the newest counts.
        outcomes: what was decided last of works, by SHA-256.
    """
    rows: dict[tuple[str, str], _Row] = {}
    seen: set[str] = set()
    for work in works:
        if work.sha256 in seen:
            continue
        seen.add(work.sha256)
        outcome = outcomes.get(work.sha256)
        for key, upper in work.uppers.items():
            row = rows.setdefault(key, _Row())
            row.allowed.append(work.max_fpr)
            if upper <= work.max_fpr:
                row.accused += 1
                row.decided += outcome is not None
                row.cleared += outcome is Outcome.REVERSED
    keys = sorted(rows)
    p = [_p_value(rows[key]) for key in keys]
    worse = exceeding(p)
    return tuple(
        Calibrated(
            *key,
            scored=len(row.allowed),
            accused=row.accused,
            decided=row.decided,
            cleared=row.cleared,
            allowed=sum(row.allowed),
            p_value=p_value,
            worse=bool(significant),
        )
        for key, row, p_value, significant in zip(
            keys, (rows[key] for key in keys), p, worse, strict=True
        )
    )


def _p_value(row: _Row) -> float:
    works = len(row.allowed)
    return float(excess(row.cleared, works, sum(row.allowed) / works))
