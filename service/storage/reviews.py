"""Reviews, opinions and decisions in the database.

A review is opened in the transaction that ends a screening, unless people have decided of these
very bytes and findings before. A decision is written, signed and announced in the transaction that
takes the opinion it needed. What people decided last of a work stands for every screening of the
same bytes in the organisation.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Sequence

from sqlalchemy import Connection, Engine, Row, Select, and_, func, insert, or_, select, update

from service.policy import Finding, Reviewing
from service.review.facts import Facts, Found
from service.review.records import Decided, Opinion, Outcome, Stage, agreed, is_reviewed
from service.storage.identifiers import new_identifier
from service.storage.review_records import (
    Barred,
    Closed,
    Decision,
    Draft,
    Review,
    ReviewState,
    Sign,
)
from service.storage.tables import decisions, opinions, reports, reviews, screenings
from service.storage.webhooks import Event, announce

__all__ = [
    "Barred",
    "Closed",
    "Decision",
    "Draft",
    "Review",
    "ReviewState",
    "Reviews",
    "open_review",
    "standing_decision",
]


def standing_decision(connection: Connection, organisation: str, sha256: str) -> Decided | None:
    """What people of an organisation decided last of these bytes."""
    mine = and_(decisions.c.organisation == organisation, decisions.c.sha256 == sha256)
    query = select(decisions).where(mine).order_by(decisions.c.id.desc()).limit(1)
    row = connection.execute(query).first()
    return None if row is None else _decided(row)


def open_review(
    connection: Connection, screening: str, found: Found, stage: Stage = Stage.REVIEW
) -> str | None:
    """Open a review of a screening that has ended, in a transaction that goes on.

    Args:
        connection: of the transaction.
        screening: with its report.
        found: what the report comes to.
        stage: a review is not opened where people have decided before, an appeal is.

    Returns:
        The identifier of the review; None where there is nothing to review.
    """
    one = connection.execute(select(screenings).where(screenings.c.id == screening)).one()
    before = standing_decision(connection, one.organisation, one.sha256)
    if stage is Stage.REVIEW and (not found.review or is_reviewed(found.findings, before)):
        return None
    return _opened(connection, one, stage, found.findings, found.facts, found.rules)


def _opened(
    connection: Connection,
    one: Row[tuple[object, ...]],
    stage: Stage,
    findings: Sequence[Finding],
    facts: Facts,
    rules: Reviewing,
) -> str:
    now = _now()
    hours = rules.hours if stage is Stage.REVIEW else rules.appeal_hours
    values = {
        "id": new_identifier("rev"),
        "organisation": one.organisation,
        "screening": one.id,
        "stage": stage,
        "state": ReviewState.OPEN,
        "sha256": one.sha256,
        "findings": list(findings),
        "facts": facts.model_dump(mode="json"),
        "two_person": rules.two_person,
        "due_at": now + dt.timedelta(hours=hours),
        "created_at": now,
    }
    connection.execute(insert(reviews).values(values))
    return str(values["id"])


class Reviews:
    """Reviews in the database.

    Args:
        engine: of the database.
    """

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._reading = engine.execution_options(reads=True)

    def listed(
        self,
        organisation: str,
        *,
        limit: int,
        state: ReviewState | None = ReviewState.OPEN,
        after: str | None = None,
        assignee: str | None = None,
        screening: str | None = None,
    ) -> tuple[Review, ...]:
        """Reviews of an organisation, the one that is due first at the top.

        Args:
            organisation: whose.
            limit: of how many.
            state: only these; None for all.
            after: the last one of the page before.
            assignee: only those this person has taken.
            screening: only those of this screening.
        """
        asked = [reviews.c.organisation == organisation]
        if state is not None:
            asked.append(reviews.c.state == state)
        if assignee is not None:
            asked.append(reviews.c.assignee == assignee)
        if screening is not None:
            asked.append(reviews.c.screening == screening)
        with self._reading.connect() as connection:
            if after is not None:
                mine = and_(reviews.c.organisation == organisation, reviews.c.id == after)
                last = connection.execute(select(reviews.c.due_at).where(mine)).scalar()
                if last is None:
                    return ()
                later = and_(reviews.c.due_at == last, reviews.c.id > after)
                asked.append(or_(reviews.c.due_at > last, later))
            query = _joined().where(*asked).order_by(reviews.c.due_at, reviews.c.id).limit(limit)
            return tuple(_review(row) for row in connection.execute(query))

    def waiting(self, organisation: str) -> tuple[int, int]:
        """How many reviews are open, and how many of them are overdue."""
        mine = and_(reviews.c.organisation == organisation, reviews.c.state == ReviewState.OPEN)
        every = select(func.count()).select_from(reviews).where(mine)
        with self._reading.connect() as connection:
            late = every.where(reviews.c.due_at <= _now())
            return connection.execute(every).scalar() or 0, connection.execute(late).scalar() or 0

    def get(self, organisation: str, review: str) -> Review | None:
        """A review of this organisation, with its opinions."""
        with self._reading.connect() as connection:
            return _one(connection, organisation, review)

    def open_again(self, organisation: str, screening: str, found: Found) -> str | None:
        """Open a review by hand; the one that is open already where there is one.

        Returns:
            Its identifier; None when the organisation has no such screening with a report.
        """
        mine = and_(screenings.c.organisation == organisation, screenings.c.id == screening)
        with self._engine.begin() as connection:
            one = connection.execute(select(screenings).where(mine)).first()
            if one is None or one.report is None:
                return None
            still = and_(reviews.c.screening == screening, reviews.c.state == ReviewState.OPEN)
            there = connection.execute(select(reviews.c.id).where(still)).scalar()
            if there is not None:
                return str(there)
            return _opened(connection, one, Stage.REVIEW, found.findings, found.facts, found.rules)

    def assign(self, organisation: str, review: str, assignee: str | None) -> bool:
        """Note who has taken a review; False when there is none that is open."""
        mine = and_(reviews.c.organisation == organisation, reviews.c.id == review)
        still = and_(mine, reviews.c.state == ReviewState.OPEN)
        with self._engine.begin() as connection:
            changed = connection.execute(update(reviews).where(still).values(assignee=assignee))
            return bool(changed.rowcount)

    def give(
        self, organisation: str, review: str, opinion: Opinion, sign: Sign
    ) -> tuple[Review, Decided | None] | None:
        """Take an opinion, and the decision it completes if it does.

        Args:
            organisation: whose review.
            review: its identifier.
            opinion: of one person.
            sign: makes the receipt of a decision.

        Returns:
            The review, and the decision or None; None when there is no such review.

        Raises:
            Closed: it was decided already.
            Barred: this person may not take part.
        """
        with self._engine.begin() as connection:
            one = _one(connection, organisation, review, lock=True)
            if one is None:
                return None
            if one.state is not ReviewState.OPEN:
                raise Closed
            if opinion.caller in {given.caller for given in one.opinions}:
                raise Barred
            if one.two_person and one.stage is Stage.APPEAL:
                _bar_former(connection, one, opinion.caller)
            connection.execute(
                insert(opinions).values(
                    id=new_identifier("opn"),
                    organisation=organisation,
                    review=review,
                    caller=opinion.caller,
                    name=opinion.name,
                    outcome=opinion.outcome,
                    reason=opinion.reason,
                    created_at=opinion.at,
                )
            )
            outcome = agreed((*one.opinions, opinion), two_person=one.two_person)
            made = None if outcome is None else _decide(connection, one, opinion, outcome, sign)
            changed = _one(connection, organisation, review)
            if changed is None:
                raise RuntimeError("a review went away inside its own transaction")
            return changed, made

    def decisions(self, organisation: str, screening: str) -> tuple[Decision, ...]:
        """Decisions on the work of a screening, whichever screening they were made at, in order."""
        mine = and_(screenings.c.organisation == organisation, screenings.c.id == screening)
        with self._reading.connect() as connection:
            sha256 = connection.execute(select(screenings.c.sha256).where(mine)).scalar()
            if sha256 is None:
                return ()
            same = and_(decisions.c.organisation == organisation, decisions.c.sha256 == sha256)
            rows = connection.execute(select(decisions).where(same).order_by(decisions.c.id))
            return tuple(_decision(row) for row in rows)

    def standing(self, organisation: str, sha256: Sequence[str]) -> dict[str, Decided]:
        """What people decided last of each of these works, where they decided."""
        mine = and_(decisions.c.organisation == organisation, decisions.c.sha256.in_(sha256))
        with self._reading.connect() as connection:
            rows = connection.execute(select(decisions).where(mine).order_by(decisions.c.id))
            return {row.sha256: _decided(row) for row in rows}

    def all_decisions(self, organisation: str, since: dt.datetime) -> tuple[Decision, ...]:
        """Decisions of an organisation from a moment on, in order."""
        mine = and_(decisions.c.organisation == organisation, decisions.c.decided_at >= since)
        with self._reading.connect() as connection:
            rows = connection.execute(select(decisions).where(mine).order_by(decisions.c.id))
            return tuple(_decision(row) for row in rows)


def _bar_former(connection: Connection, one: Review, caller: str) -> None:
    """On an appeal, nobody who took part in what is appealed against."""
    former = (
        select(opinions.c.id)
        .join(reviews, reviews.c.id == opinions.c.review)
        .where(reviews.c.organisation == one.organisation, reviews.c.sha256 == one.sha256)
        .where(opinions.c.caller == caller, reviews.c.id != one.id)
    )
    if connection.execute(former).first() is not None:
        raise Barred


def _decide(
    connection: Connection, one: Review, last: Opinion, outcome: Outcome, sign: Sign
) -> Decided:
    before = standing_decision(connection, one.organisation, one.sha256)
    made = Decided(new_identifier("dec"), one.stage, outcome, one.findings, last.at)
    document = connection.execute(
        select(reports.c.document).where(reports.c.id == one.report)
    ).scalar()
    draft = Draft(
        made,
        one.sha256,
        one.screening,
        (one.report or "", document or ""),
        (*one.opinions, last),
        before,
    )
    values = {
        "id": made.id,
        "organisation": one.organisation,
        "review": one.id,
        "screening": one.screening,
        "sha256": one.sha256,
        "stage": one.stage,
        "outcome": outcome,
        "findings": list(one.findings),
        "facts": one.facts.model_dump(mode="json"),
        "receipt": sign(draft),
        "decided_at": made.at,
    }
    connection.execute(insert(decisions).values(values))
    done = {"state": ReviewState.DECIDED, "decided_at": made.at}
    settled = [one.id, *_settled_with(connection, one)]
    connection.execute(update(reviews).where(reviews.c.id.in_(settled)).values(done))
    told = {
        "decision": made.id,
        "outcome": outcome,
        "stage": one.stage,
        "findings": list(one.findings),
        "screening": one.screening,
        "sha256": one.sha256,
    }
    announce(connection, one.organisation, Event.DECIDED, told)
    return made


def _settled_with(connection: Connection, one: Review) -> Iterator[str]:
    """Other reviews of the same bytes that ask nothing which was not decided just now.

    Works that are handed in again before anybody has decided have reviews of their own; appeals
    are answered for themselves.
    """
    same = and_(reviews.c.organisation == one.organisation, reviews.c.sha256 == one.sha256)
    still = and_(reviews.c.state == ReviewState.OPEN, reviews.c.stage == Stage.REVIEW)
    query = select(reviews.c.id, reviews.c.findings).where(same, still, reviews.c.id != one.id)
    for row in connection.execute(query):
        if set(row.findings) <= set(one.findings):
            yield row.id


def _joined() -> Select[tuple[object, ...]]:
    return select(reviews, screenings.c.name, screenings.c.report).join(
        screenings, screenings.c.id == reviews.c.screening
    )


def _one(
    connection: Connection, organisation: str, review: str, *, lock: bool = False
) -> Review | None:
    mine = and_(reviews.c.organisation == organisation, reviews.c.id == review)
    query = _joined().where(mine)
    row = connection.execute(query.with_for_update(of=reviews) if lock else query).first()
    if row is None:
        return None
    given = select(opinions).where(opinions.c.review == review).order_by(opinions.c.id)
    return _review(row, tuple(_opinion(one) for one in connection.execute(given)))


def _review(row: Row[tuple[object, ...]], given: tuple[Opinion, ...] = ()) -> Review:
    held = row._mapping
    return Review(
        id=held["id"],
        organisation=held["organisation"],
        screening=held["screening"],
        name=held["name"],
        report=held["report"],
        stage=Stage(held["stage"]),
        state=ReviewState(held["state"]),
        sha256=held["sha256"],
        findings=_findings(held["findings"]),
        facts=Facts.model_validate(held["facts"]),
        two_person=held["two_person"],
        assignee=held["assignee"],
        due_at=held["due_at"],
        created_at=held["created_at"],
        decided_at=held["decided_at"],
        opinions=given,
    )


def _opinion(row: Row[tuple[object, ...]]) -> Opinion:
    held = row._mapping
    return Opinion(
        held["caller"], held["name"], Outcome(held["outcome"]), held["reason"], held["created_at"]
    )


def _decided(row: Row[tuple[object, ...]]) -> Decided:
    held = row._mapping
    return Decided(
        held["id"],
        Stage(held["stage"]),
        Outcome(held["outcome"]),
        _findings(held["findings"]),
        held["decided_at"],
    )


def _decision(row: Row[tuple[object, ...]]) -> Decision:
    held = row._mapping
    return Decision(
        _decided(row),
        held["review"],
        held["screening"],
        held["sha256"],
        Facts.model_validate(held["facts"]),
        held["receipt"],
    )


def _findings(given: Sequence[str]) -> tuple[Finding, ...]:
    return tuple(Finding(one) for one in given)


def _now() -> dt.datetime:
    return dt.datetime.now(dt.UTC)
