"""Whether detectors keep here what their cards say: the false alarms that people found.

A work that a detector accused at the operating point, and that people cleared, is a false alarm
they know of. If every work it scored had been human, the operating point allows its rate times
their number; more than that, and not by chance (exact binomial, one-sided 5 %, Holm over all rows),
means that the detector is worse on these works than on those its card was measured on. Fewer prove
nothing: not every false alarm comes to people, and not all works are human.

Beside that, accused works are counted by the generator that a detector takes them for. No card says
how many of those may be false, so nothing is tested there.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from detectors.bounds import exceeding, excess
from provenance.evidence import Detection
from service.policy import Finding
from service.report import Report
from service.review.records import Decided, Outcome
from service.review.reversals import wilson

__all__ = ["Attributed", "Calibrated", "Calibration", "Scored", "calibrated", "outcomes"]

ACCUSING = frozenset({Finding.FULLY_SYNTHETIC, Finding.PARTLY_SYNTHETIC, Finding.UNDECLARED_AI})
"""Findings that a score can lead to."""

Interval = tuple[float, float]


@dataclass(frozen=True, slots=True)
class Scored:
    """A work that detectors scored.

    Attributes:
        sha256: of the work.
        max_fpr: operating point of its verdict.
        uppers: of each detector and group, the upper bound of the exceedance; abstentions are not
            among them.
        families: of each detector and group that names one, the generator it takes the work for.
    """

    sha256: str
    max_fpr: float
    uppers: dict[tuple[str, str], float]
    families: dict[tuple[str, str], str] = field(default_factory=dict)

    @classmethod
    def of(cls, report: Report) -> Scored | None:
        """What detectors said of a work; None where none gave a score that counts."""
        decision = report.verdict.decision
        uppers, families = {}, {}
        for one in report.evidence:
            if not isinstance(one, Detection) or one.abstain is not None or one.exceedance is None:
                continue
            key = (one.detector, one.exceedance.group)
            uppers[key] = one.exceedance.upper
            if one.attribution is not None:
                families[key] = one.attribution.family
        if decision is None or not uppers:
            return None
        return cls(report.asset.sha256, decision.max_fpr, uppers, families)


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

    @property
    def upheld(self) -> int:
        """Those decided of which people say that the finding stands."""
        return self.decided - self.cleared

    @property
    def nominal(self) -> float:
        """The false-positive rate that was asked for, the mean over works."""
        return self.allowed / self.scored

    @property
    def interval(self) -> Interval | None:
        """95 % interval of the share of those decided that were cleared; None where none was."""
        return wilson(self.cleared, self.decided) if self.decided else None


@dataclass(frozen=True, slots=True)
class Attributed:
    """Accused works that a detector takes for those of one generator.

    Attributes:
        accused: such works.
        decided: those that people decided about.
        cleared: those that people cleared.
    """

    detector: str
    family: str
    accused: int
    decided: int
    cleared: int

    @property
    def upheld(self) -> int:
        """As of `Calibrated`."""
        return self.decided - self.cleared

    @property
    def interval(self) -> Interval | None:
        """As of `Calibrated`."""
        return wilson(self.cleared, self.decided) if self.decided else None


@dataclass(frozen=True, slots=True)
class Calibration:
    """What is known of all detectors.

    Attributes:
        reports: how many were looked at.
        rows: by detector and group.
        families: by detector and generator.
    """

    reports: int
    rows: tuple[Calibrated, ...]
    families: tuple[Attributed, ...]

    def of(self, detector: str) -> Calibration:
        """What is known of one."""
        return Calibration(
            self.reports,
            tuple(one for one in self.rows if one.detector == detector),
            tuple(one for one in self.families if one.detector == detector),
        )


@dataclass(slots=True)
class _Row:
    allowed: list[float] = field(default_factory=list)
    accused: int = 0
    decided: int = 0
    cleared: int = 0

    def accuse(self, outcome: Outcome | None) -> None:
        self.accused += 1
        self.decided += outcome is not None
        self.cleared += outcome is Outcome.REVERSED


def outcomes(decisions: Iterable[tuple[str, Decided]]) -> dict[str, Outcome]:
    """What was decided last of works that are said to be synthetic, by SHA-256.

    Args:
        decisions: oldest first, with the SHA-256 of their work. One that is about other findings
            alone says nothing of a detector.
    """
    return {
        sha256: one.outcome for sha256, one in decisions if not ACCUSING.isdisjoint(one.findings)
    }


def calibrated(reports: int, works: Iterable[Scored], decided: dict[str, Outcome]) -> Calibration:
    """What reports and decisions tell.

    Args:
        reports: how many were looked at.
        works: newest first; of a work that was scored more than once the newest counts.
        decided: see `outcomes`.
    """
    rows: dict[tuple[str, str], _Row] = {}
    families: dict[tuple[str, str], _Row] = {}
    seen: set[str] = set()
    for work in works:
        if work.sha256 in seen:
            continue
        seen.add(work.sha256)
        outcome = decided.get(work.sha256)
        for key, upper in work.uppers.items():
            row = rows.setdefault(key, _Row())
            row.allowed.append(work.max_fpr)
            if upper <= work.max_fpr:
                row.accuse(outcome)
                if (family := work.families.get(key)) is not None:
                    families.setdefault((key[0], family), _Row()).accuse(outcome)
    named = tuple(
        Attributed(*key, accused=row.accused, decided=row.decided, cleared=row.cleared)
        for key, row in sorted(families.items())
    )
    return Calibration(reports, _judged(rows), named)


def _judged(rows: dict[tuple[str, str], _Row]) -> tuple[Calibrated, ...]:
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
