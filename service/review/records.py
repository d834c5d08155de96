"""Reviews and decisions, and what follows from them."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum

from service.policy import Finding

__all__ = ["Decided", "Opinion", "Outcome", "Stage", "agreed", "is_reviewed", "standing"]

AGREEING = 2


class Stage(StrEnum):
    """Why people look at a work."""

    REVIEW = "review"
    APPEAL = "appeal"


class Outcome(StrEnum):
    """What people found of the findings of a report."""

    UPHELD = "upheld"
    REVERSED = "reversed"


@dataclass(frozen=True, slots=True)
class Opinion:
    """What one person thinks.

    Attributes:
        caller: who it is.
        name: what others know the person by.
        outcome: whether the findings stand.
        reason: why, in the person's words.
        at: when it was given.
    """

    caller: str
    name: str
    outcome: Outcome
    reason: str
    at: dt.datetime


@dataclass(frozen=True, slots=True)
class Decided:
    """What people decided of a work.

    Attributes:
        id: of the decision.
        stage: at which it was made.
        outcome: whether the findings stand.
        findings: those it was about.
        at: when.
    """

    id: str
    stage: Stage
    outcome: Outcome
    findings: tuple[Finding, ...]
    at: dt.datetime


def agreed(opinions: Sequence[Opinion], *, two_person: bool) -> Outcome | None:
    """What the opinions of a review come to; None while another one is needed.

    Args:
        opinions: one of each person.
        two_person: whether two have to agree.
    """
    counted = Counter(one.outcome for one in opinions)
    needed = AGREEING if two_person else 1
    return next((outcome for outcome, times in counted.items() if times >= needed), None)


def is_reviewed(findings: Iterable[Finding], decision: Decided | None) -> bool:
    """Whether people decided of all these findings before."""
    return decision is not None and set(findings) <= set(decision.findings)


def standing(findings: Sequence[Finding], decision: Decided | None) -> tuple[Finding, ...]:
    """The findings of a report that hold, given what people decided last of its work."""
    if decision is None or decision.outcome is Outcome.UPHELD:
        return tuple(findings)
    return tuple(one for one in findings if one not in decision.findings)
