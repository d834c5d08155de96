"""What a report rests on, for counting how often people reverse it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from pydantic import Field

from provenance.evidence import Credential, Declaration, Detection, Record
from service.policy import Finding, Reviewing
from service.report import Report
from service.verdict.records import Outcome

__all__ = ["Facts", "Found"]

MOST = 20
LONGEST = 100


class Facts(Record):
    """What accused a work, each at most once.

    Attributes:
        detectors: those whose score counted at the operating point.
        generators: those the work names itself, or a detector attributes it to.
        groups: the groups of human works their scores were measured against: language and
            register of a text, kind of a picture or of music.
    """

    detectors: tuple[str, ...] = Field(default=(), max_length=MOST)
    generators: tuple[str, ...] = Field(default=(), max_length=MOST)
    groups: tuple[str, ...] = Field(default=(), max_length=MOST)

    @classmethod
    def of(cls, report: Report) -> Facts:
        """What a report rests on."""
        decision = report.verdict.decision
        accused = decision is not None and decision.outcome is Outcome.SYNTHETIC
        detections = [
            one
            for one in report.evidence
            if accused
            and isinstance(one, Detection)
            and one.abstain is None
            and one.exceedance is not None
            and decision is not None
            and one.exceedance.upper <= decision.max_fpr
        ]
        named = [
            one.generator for one in report.evidence if isinstance(one, Credential | Declaration)
        ]
        named += [one.attribution.family for one in detections if one.attribution is not None]
        return cls(
            detectors=_some(one.source for one in detections),
            generators=_some(named),
            groups=_some(one.exceedance.group for one in detections if one.exceedance),
        )


@dataclass(frozen=True, slots=True)
class Found:
    """What a report comes to for those who act on it.

    Attributes:
        origin: of its verdict.
        findings: of its verdict.
        review: whether a person should look.
        facts: what it rests on.
        rules: how people review it.
    """

    origin: str
    findings: tuple[Finding, ...]
    review: bool
    facts: Facts
    rules: Reviewing

    @classmethod
    def of(cls, report: Report, rules: Reviewing) -> Found:
        """What a report comes to, reviewed by these rules."""
        verdict = report.verdict
        return cls(verdict.origin, verdict.findings, verdict.review, Facts.of(report), rules)


def _some(names: Iterable[str | None]) -> tuple[str, ...]:
    found: dict[str, None] = {}
    for one in names:
        if one:
            found.setdefault(one[:LONGEST])
    return tuple(sorted(found)[:MOST])
