"""The desk where people look at works: reviews, decisions, appeals and what comes with them.

What a person decides is signed and kept beside the report; the report itself is never written
again. Whoever made a work comes in by a link that was given to them, and by nothing else.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass

from provenance.attest.statement import Statement
from service.policy import Finding, Reviewing
from service.report import Report
from service.review.facts import Found
from service.review.records import Decided, Opinion, Outcome, agreed, standing
from service.review.statement import decision_statement, exhibit_statement
from service.storage.appeals import Appeal, Appeals, ExhibitKind, Offered
from service.storage.identifiers import new_identifier
from service.storage.reviews import Draft, Review, Reviews
from service.storage.screenings import Screening, Screenings

__all__ = ["Desk", "Stands"]

Rules = Callable[[str], Reviewing]
Sign = Callable[[Statement], str]


@dataclass(frozen=True, slots=True)
class Stands:
    """What holds of a screening now.

    Attributes:
        findings: of its report, without those that people reversed.
        decision: what people decided last of its work, or None.
    """

    findings: tuple[Finding, ...]
    decision: Decided | None


class Desk:
    """Reviews and appeals of a service.

    Args:
        screenings: in the database.
        reviews: the same.
        appeals: the same.
        rules: how people of an organisation review, as its policy says now.
        sign: makes the receipt of a statement.
    """

    def __init__(
        self,
        screenings: Screenings,
        reviews: Reviews,
        appeals: Appeals,
        *,
        rules: Rules,
        sign: Sign,
    ) -> None:
        self.reviews, self.appeals = reviews, appeals
        self._screenings, self._rules, self._sign = screenings, rules, sign

    def stands(self, screenings: tuple[Screening, ...]) -> dict[str, Stands]:
        """What holds of each of these screenings of one organisation now, by identifier."""
        digests = sorted({one.sha256 for one in screenings if one.sha256})
        if not digests:
            return {one.id: Stands(one.findings, None) for one in screenings}
        decided = self.reviews.standing(screenings[0].organisation, digests)
        return {
            one.id: Stands(standing(one.findings, last), last)
            for one in screenings
            for last in (decided.get(one.sha256 or ""),)
        }

    def decided(self, organisation: str, sha256: str) -> Decided | None:
        """What people of an organisation decided last of these bytes."""
        return self.reviews.standing(organisation, [sha256]).get(sha256)

    def open(self, organisation: str, screening: str) -> Review | None:
        """Open a review by hand; None when there is no such screening with a report."""
        found = self._found(organisation, screening)
        if found is None:
            return None
        made = self.reviews.open_again(organisation, screening, found)
        return None if made is None else self.reviews.get(organisation, made)

    def give(
        self, organisation: str, review: str, opinion: Opinion
    ) -> tuple[Review, Decided | None] | None:
        """Take the opinion of one person, and sign the decision that it completes, if it does.

        Raises:
            Closed: the review was decided already.
            Barred: this person may not take part.
        """
        return self.reviews.give(organisation, review, opinion, self._receipt)

    def offer(self, organisation: str, screening: str) -> Offered | None:
        """Make a link to appeal; None when there is no such screening with a report."""
        days = self._rules(organisation).appeal_days
        return self.appeals.offer(organisation, screening, days)

    def state(self, appeal: Appeal, statement: str) -> Appeal:
        """Take the case of whoever made the work.

        Raises:
            NotNow: it was stated before, or the time is over.
        """
        found = self._found(appeal.organisation, appeal.screening)
        if found is None:
            raise RuntimeError(f"appeal {appeal.id} is about no report")
        return self.appeals.state(appeal, statement, found)

    def attach(self, appeal: Appeal, screening: Screening, kind: ExhibitKind) -> Appeal:
        """Take what was handed in with an appeal, which is being checked as `screening`.

        Raises:
            NotNow: the appeal was decided, its time is over, or it has too many.
        """
        made = new_identifier("exh")
        at = dt.datetime.now(dt.UTC)
        statement = exhibit_statement(made, screening.sha256 or "", kind, at)
        return self.appeals.attach(appeal, screening.id, kind, made, self._sign(statement))

    def explained(self, organisation: str, review: str) -> tuple[Outcome | None, tuple[str, ...]]:
        """What a review came to, and the reasons of those who agreed; names stay inside."""
        one = self.reviews.get(organisation, review)
        if one is None or not one.opinions:
            return None, ()
        outcome = agreed(one.opinions, two_person=one.two_person)
        return outcome, tuple(each.reason for each in one.opinions if each.outcome is outcome)

    def _found(self, organisation: str, screening: str) -> Found | None:
        one = self._screenings.get(organisation, screening)
        if one is None or one.report is None:
            return None
        stored = self._screenings.report(organisation, one.report)
        if stored is None:
            return None
        report = Report.model_validate_json(stored.document)
        return Found.of(report, self._rules(organisation))

    def _receipt(self, draft: Draft) -> str:
        statement = decision_statement(
            draft.decided,
            draft.sha256,
            screening=draft.screening,
            report=draft.report,
            opinions=draft.opinions,
            before=draft.before,
        )
        return self._sign(statement)
