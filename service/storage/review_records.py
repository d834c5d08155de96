"""What is kept of a review, and of a decision."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum

from service.policy import Finding
from service.review.facts import Facts
from service.review.records import Decided, Opinion, Stage

__all__ = ["Barred", "Closed", "Decision", "Draft", "Review", "ReviewState", "Sign"]


class ReviewState(StrEnum):
    """How far a review is."""

    OPEN = "open"
    DECIDED = "decided"


class Closed(Exception):  # noqa: N818 - a finding, not a fault
    """A review has been decided already."""


class Barred(Exception):  # noqa: N818 - a finding, not a fault
    """This person may not take part: has done so already, or decided what is appealed against."""


@dataclass(frozen=True, slots=True)
class Review:
    """A work that people are to look at.

    Attributes:
        assignee: who has taken it, by name; None while nobody has.
        opinions: those given so far, oldest first.
    """

    id: str
    organisation: str
    screening: str
    name: str
    report: str | None
    stage: Stage
    state: ReviewState
    sha256: str
    findings: tuple[Finding, ...]
    facts: Facts
    two_person: bool
    assignee: str | None
    due_at: dt.datetime
    created_at: dt.datetime
    decided_at: dt.datetime | None
    opinions: tuple[Opinion, ...] = ()


@dataclass(frozen=True, slots=True)
class Decision:
    """A decision with all that is kept of it; `receipt` is its signed statement."""

    decided: Decided
    review: str
    screening: str
    sha256: str
    facts: Facts
    receipt: str


@dataclass(frozen=True, slots=True)
class Draft:
    """A decision that is to be signed.

    Attributes:
        decided: the decision.
        sha256: of the work.
        screening: that was reviewed.
        report: identifier and document of its report.
        opinions: those it rests on.
        before: what held until now.
    """

    decided: Decided
    sha256: str
    screening: str
    report: tuple[str, str]
    opinions: tuple[Opinion, ...]
    before: Decided | None


Sign = Callable[[Draft], str]
