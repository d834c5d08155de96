"""What another policy would make of past reports, before it is put in force."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

from service.policy import Policy
from service.rejudging import Rejudging
from service.report import Report

__all__ = ["Flip", "Past", "Tried", "tried"]


@dataclass(frozen=True, slots=True)
class Past:
    """A report as it was written.

    Attributes:
        report: its identifier.
        screening: the latest that ended with it.
        name: what the work was called there.
        document: the report.
    """

    report: str
    screening: str
    name: str
    document: str


@dataclass(frozen=True, slots=True)
class Flip:
    """A report whose verdict changes."""

    report: str
    screening: str
    name: str
    before: Report
    after: Report


@dataclass(frozen=True, slots=True)
class Tried:
    """What a policy makes of past reports.

    Attributes:
        judged: how many could be judged from their evidence alone.
        needs_file: how many cannot, by reason.
        flips: those whose origin, findings or need of review change.
    """

    judged: int
    needs_file: dict[str, int]
    flips: tuple[Flip, ...]


def tried(policy: Policy, past: Iterable[Past]) -> Tried:
    """Judge past reports by another policy; none is changed."""
    rejudging = Rejudging(policy)
    lacking: Counter[str] = Counter()
    flips, judged = [], 0
    for one in past:
        before = Report.model_validate_json(one.document)
        found = rejudging.rejudge(before)
        if found.report is None:
            lacking.update(reason.value for reason in found.needs_file)
            continue
        judged += 1
        if _answers(before) != _answers(found.report):
            flips.append(Flip(one.report, one.screening, one.name, before, found.report))
    return Tried(judged, dict(sorted(lacking.items())), tuple(flips))


def _answers(report: Report) -> tuple[object, ...]:
    verdict = report.verdict
    return verdict.origin, verdict.basis, verdict.rights, verdict.findings, verdict.review
