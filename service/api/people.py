"""Reviews, decisions, appeals and policies as JSON."""

from __future__ import annotations

from typing import Any

from pydantic import AwareDatetime, Field

from provenance.evidence import Record
from service.policy import Finding
from service.review.calibration import Attributed, Calibrated, Calibration
from service.review.records import Decided, Outcome, Stage
from service.storage.appeals import AppealState, Exhibit, ExhibitKind
from service.storage.policies import StoredPolicy
from service.storage.reviews import Decision, Review, ReviewState
from service.verdict import VerdictOrigin

__all__ = [
    "AppealBody",
    "AppealsBody",
    "Assignment",
    "AttributedBody",
    "CalibratedBody",
    "CalibrationBody",
    "Case",
    "CaseBody",
    "CountBody",
    "DecisionBody",
    "DecisionsBody",
    "ExhibitBody",
    "FlipBody",
    "Given",
    "NewOpinion",
    "NewPolicy",
    "OfferedBody",
    "OpinionBody",
    "PoliciesBody",
    "PolicyBody",
    "ReversalsBody",
    "ReviewBody",
    "ReviewsBody",
    "TriedBody",
]

REASON_CHARACTERS = 4000
CASE_CHARACTERS = 20_000
POLICY_CHARACTERS = 20_000


class OpinionBody(Record):
    """What one person thinks; the outcome and reason are shown once the review is decided."""

    by: str
    given_at: AwareDatetime
    outcome: Outcome | None
    reason: str | None


class ReviewBody(Record):
    """A work that people are to look at."""

    id: str
    screening: str
    name: str
    report: str | None
    stage: Stage = Field(description="review, or appeal against what was found.")
    state: ReviewState
    findings: tuple[Finding, ...] = Field(description="Those a decision is about.")
    two_person: bool = Field(description="Whether two people have to agree.")
    assignee: str | None = Field(description="Who has taken it.")
    due_at: AwareDatetime
    created_at: AwareDatetime
    decided_at: AwareDatetime | None
    opinions: tuple[OpinionBody, ...]

    @classmethod
    def of(cls, one: Review) -> ReviewBody:
        """As it is shown."""
        told = one.state is ReviewState.DECIDED
        return cls(
            id=one.id,
            screening=one.screening,
            name=one.name,
            report=one.report,
            stage=one.stage,
            state=one.state,
            findings=one.findings,
            two_person=one.two_person,
            assignee=one.assignee,
            due_at=one.due_at,
            created_at=one.created_at,
            decided_at=one.decided_at,
            opinions=tuple(
                OpinionBody(
                    by=given.name,
                    given_at=given.at,
                    outcome=given.outcome if told else None,
                    reason=given.reason if told else None,
                )
                for given in one.opinions
            ),
        )


class ReviewsBody(Record):
    """A page of the queue, what is due first at the top."""

    items: tuple[ReviewBody, ...]
    next: str | None = Field(description="Cursor of the next page; null at the end.")


class Assignment(Record):
    """Who takes a review."""

    assignee: str | None = Field(
        max_length=200, description="A name; `me` for whoever asks; null to give it back."
    )


class NewOpinion(Record):
    """What a reviewer thinks."""

    outcome: Outcome = Field(description="Whether the findings of the report stand.")
    reason: str = Field(
        min_length=1, max_length=REASON_CHARACTERS, description="Why; it is signed."
    )


class DecisionBody(Record):
    """What people decided."""

    id: str
    stage: Stage
    outcome: Outcome
    findings: tuple[Finding, ...] = Field(description="Those it is about.")
    decided_at: AwareDatetime
    review: str
    screening: str = Field(description="At which it was decided.")

    @classmethod
    def of(cls, one: Decision) -> DecisionBody:
        """As it is shown."""
        return cls(
            id=one.decided.id,
            stage=one.decided.stage,
            outcome=one.decided.outcome,
            findings=one.decided.findings,
            decided_at=one.decided.at,
            review=one.review,
            screening=one.screening,
        )


class DecisionsBody(Record):
    """Decisions on a work, oldest first; the last one holds."""

    items: tuple[DecisionBody, ...]


class Given(Record):
    """An opinion was taken."""

    review: ReviewBody
    decision: str | None = Field(description="What it completed; null where another is needed.")

    @classmethod
    def of(cls, review: Review, decided: Decided | None) -> Given:
        """As it is shown."""
        return cls(review=ReviewBody.of(review), decision=None if decided is None else decided.id)


class ExhibitBody(Record):
    """What was handed in with an appeal."""

    id: str
    kind: ExhibitKind
    name: str
    sha256: str
    screening: str = Field(description="Under which Assay checks it.")
    report: str | None
    received_at: AwareDatetime
    receipt: dict[str, Any] = Field(
        description="Signed statement that these bytes were here at that time."
    )

    @classmethod
    def of(cls, one: Exhibit, receipt: dict[str, Any]) -> ExhibitBody:
        """As it is shown."""
        return cls(
            id=one.id,
            kind=one.kind,
            name=one.name,
            sha256=one.sha256,
            screening=one.screening,
            report=one.report,
            received_at=one.created_at,
            receipt=receipt,
        )


class AppealBody(Record):
    """An appeal against what was found of a work."""

    id: str
    screening: str
    state: AppealState
    review: str | None
    statement: str | None
    created_at: AwareDatetime
    expires_at: AwareDatetime = Field(description="Until when the case can be stated.")
    stated_at: AwareDatetime | None
    exhibits: tuple[ExhibitBody, ...]


class AppealsBody(Record):
    """Appeals about a screening, oldest first."""

    items: tuple[AppealBody, ...]


class OfferedBody(Record):
    """A link to appeal, to be given to whoever made the work; it is shown this once."""

    appeal: AppealBody
    token: str = Field(description="What opens it.")
    path: str = Field(description="Where its page is, at this service.")
    url: str | None = Field(description="The same as a whole address, where the service knows it.")


class Case(Record):
    """What whoever made the work has to say."""

    statement: str = Field(min_length=1, max_length=CASE_CHARACTERS, description="The case.")


class CaseExhibit(Record):
    """What was handed in, as whoever did so sees it."""

    name: str
    kind: ExhibitKind
    sha256: str
    received_at: AwareDatetime
    checked: bool = Field(description="Whether it has been examined.")


class CaseBody(Record):
    """An appeal as whoever made the work sees it."""

    organisation: str = Field(description="Who decides.")
    work: str = Field(description="What the work was called when it was handed in.")
    sha256: str | None = Field(description="Of its bytes.")
    state: AppealState
    origin: VerdictOrigin | None
    findings: tuple[Finding, ...] = Field(description="What is held against the work.")
    reasons: tuple[str, ...] = Field(description="Why, in the language asked for.")
    expires_at: AwareDatetime
    due_at: AwareDatetime | None = Field(description="When it is to be decided.")
    statement: str | None
    exhibits: tuple[CaseExhibit, ...]
    outcome: Outcome | None = Field(description="What was decided of the appeal.")
    explanation: tuple[str, ...] = Field(description="Why, in the words of those who decided.")


class CountBody(Record):
    """How often people reversed what one thing led to."""

    by: str = Field(description="detector, generator or group.")
    value: str
    decided: int
    reversed: int
    share: float = Field(description="Reversed of decided, 0 to 1.")
    interval: tuple[float, float] = Field(description="95 % interval of the share (Wilson).")


class ReversalsBody(Record):
    """How often people reversed findings, each work counted by its last decision."""

    since: AwareDatetime
    decided: int
    reversed: int
    items: tuple[CountBody, ...]


class CalibratedBody(Record):
    """How one detector does here, in one group."""

    detector: str
    group: str = Field(description="Language and register, kind of picture or of music.")
    scored: int = Field(description="Works with a score that counts.")
    accused: int = Field(description="Those beyond the operating point of their verdict.")
    decided: int = Field(description="Those accused that people decided about.")
    upheld: int = Field(description="Those of them of which the finding stands.")
    cleared: int = Field(description="Those of them that people cleared: false alarms known of.")
    interval: tuple[float, float] | None = Field(
        description="95 % interval of the share of those decided that were cleared (Wilson)."
    )
    nominal: float = Field(description="False-positive rate that was asked for, 0 to 1.")
    allowed: float = Field(
        description="False alarms that the operating points allow, if all works were human."
    )
    p_value: float = Field(description="Of so many cleared or more (exact binomial).")
    worse: bool = Field(
        description="Whether that is significant (one-sided 5 %, Holm over all rows)."
    )

    @classmethod
    def of(cls, one: Calibrated) -> CalibratedBody:
        """As it is shown."""
        return cls(**{name: getattr(one, name) for name in cls.model_fields})


class AttributedBody(Record):
    """Accused works that a detector takes for those of one generator."""

    detector: str
    family: str = Field(description="Generator, as the detector names it.")
    accused: int
    decided: int
    upheld: int
    cleared: int
    interval: tuple[float, float] | None = Field(description="As of `items`.")

    @classmethod
    def of(cls, one: Attributed) -> AttributedBody:
        """As it is shown."""
        return cls(**{name: getattr(one, name) for name in cls.model_fields})


class CalibrationBody(Record):
    """Whether detectors keep here what their cards say."""

    reports: int = Field(description="Reports that were looked at, the latest ones.")
    items: tuple[CalibratedBody, ...]
    families: tuple[AttributedBody, ...] = Field(
        description="By generator; no card says how many of those may be false."
    )

    @classmethod
    def of(cls, one: Calibration) -> CalibrationBody:
        """As it is shown."""
        return cls(
            reports=one.reports,
            items=tuple(CalibratedBody.of(each) for each in one.rows),
            families=tuple(AttributedBody.of(each) for each in one.families),
        )


class NewPolicy(Record):
    """A policy to be kept as the next version."""

    document: str = Field(
        min_length=1,
        max_length=POLICY_CHARACTERS,
        description="TOML, as `assay policy show` prints it.",
    )


class PolicyBody(Record):
    """A version of the organisation's policy."""

    id: str
    version: int
    name: str
    digest: str = Field(description="As it stands in each report.")
    author: str
    document: str
    in_force: bool
    created_at: AwareDatetime
    active_from: AwareDatetime | None

    @classmethod
    def of(cls, one: StoredPolicy, current: str | None) -> PolicyBody:
        """As it is shown.

        Args:
            one: the policy.
            current: identifier of the one in force, or None.
        """
        return cls(
            id=one.id,
            version=one.version,
            name=one.name,
            digest=one.digest,
            author=one.author,
            document=one.document,
            in_force=one.id == current,
            created_at=one.created_at,
            active_from=one.active_from,
        )


class PoliciesBody(Record):
    """Versions of the organisation's policy, newest first."""

    items: tuple[PolicyBody, ...]


class FlipBody(Record):
    """A report whose verdict another policy would change."""

    report: str
    screening: str
    name: str
    before: VerdictOrigin
    after: VerdictOrigin
    findings_before: tuple[Finding, ...]
    findings_after: tuple[Finding, ...]
    review_before: bool
    review_after: bool


class TriedBody(Record):
    """What a policy would have made of past reports."""

    judged: int = Field(description="Reports that could be judged from their evidence alone.")
    unchanged: int
    needs_file: dict[str, int] = Field(
        description="Reports that cannot, by reason: they would have to be examined anew."
    )
    flips: tuple[FlipBody, ...]
