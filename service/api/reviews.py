"""`/v1/reviews` and `/v1/decisions`: what people look at, and what they decide."""

from __future__ import annotations

import datetime as dt
from typing import Annotated

from fastapi import APIRouter, Query, Request, Response
from pydantic import AwareDatetime

from service.api.access import Reader, Reviewer
from service.api.identifiers import DecisionId, ReviewId, ScreeningId
from service.api.people import (
    Assignment,
    CalibrationBody,
    CountBody,
    DecisionBody,
    DecisionsBody,
    Given,
    NewOpinion,
    ReversalsBody,
    ReviewBody,
    ReviewsBody,
)
from service.api.problems import ProblemError, described
from service.review.records import Opinion
from service.review.reversals import count
from service.running import Service
from service.storage.identifiers import is_identifier
from service.storage.reviews import Barred, Closed, ReviewState

__all__ = ["router"]

router = APIRouter(prefix="/v1")

JSON = "application/json"
A_YEAR = dt.timedelta(days=365)


@router.get(
    "/reviews",
    operation_id="reviews",
    summary="The queue: what people are to look at, what is due first at the top.",
    responses=described(401, 403, 422, 429, 500),
)
def reviews(
    request: Request,
    caller: Reader,
    *,
    limit: Annotated[int, Query(ge=1, le=200, description="How many.")] = 50,
    after: Annotated[str | None, Query(description="`next` of the page before.")] = None,
    state: Annotated[ReviewState | None, Query(description="Only these.")] = None,
    mine: Annotated[bool, Query(description="Only those the caller has taken.")] = False,
) -> ReviewsBody:
    """Opinions of others are shown once a review is decided."""
    if after is not None and not is_identifier(after, "rev"):
        raise ProblemError(422, "after: not a cursor of this list")
    service: Service = request.app.state.service
    found = service.desk.reviews.listed(
        caller.organisation,
        limit=limit + 1,
        state=state,
        after=after,
        assignee=caller.name if mine else None,
    )
    more = len(found) > limit
    items = tuple(ReviewBody.of(one) for one in found[:limit])
    return ReviewsBody(items=items, next=items[-1].id if more else None)


@router.get(
    "/reviews/{review}",
    operation_id="review",
    summary="A review.",
    responses=described(401, 403, 404, 422, 429, 500),
)
def review(request: Request, caller: Reader, review: ReviewId) -> ReviewBody:
    """With the opinions given so far."""
    service: Service = request.app.state.service
    found = service.desk.reviews.get(caller.organisation, review)
    if found is None:
        raise ProblemError(404, "there is no such review")
    return ReviewBody.of(found)


@router.put(
    "/reviews/{review}/assignee",
    status_code=204,
    operation_id="assign_review",
    summary="Take a review, or give it back.",
    responses=described(400, 401, 403, 404, 422, 429, 500),
)
def assign(request: Request, caller: Reviewer, review: ReviewId, body: Assignment) -> None:
    """So that no two people do the same; anyone who may review can still decide."""
    service: Service = request.app.state.service
    name = caller.name if body.assignee == "me" else body.assignee
    if not service.desk.reviews.assign(caller.organisation, review, name):
        raise ProblemError(404, "there is no such review that is open")


@router.post(
    "/reviews/{review}/opinions",
    status_code=201,
    operation_id="give_opinion",
    summary="Say whether the findings stand.",
    responses=described(400, 401, 403, 404, 409, 422, 429, 500),
)
def give(request: Request, caller: Reviewer, review: ReviewId, body: NewOpinion) -> Given:
    """One opinion decides, or two that agree where the policy says so; a decision is signed."""
    service: Service = request.app.state.service
    now = dt.datetime.now(dt.UTC)
    opinion = Opinion(caller.id, caller.name, body.outcome, body.reason, now)
    try:
        given = service.desk.give(caller.organisation, review, opinion)
    except Closed as fault:
        hint = "POST /v1/screenings/{screening}/review opens another."
        raise ProblemError(409, "this review has been decided", hint=hint) from fault
    except Barred as fault:
        detail = "this person has taken part already"
        raise ProblemError(409, detail, hint="Another reviewer has to.") from fault
    if given is None:
        raise ProblemError(404, "there is no such review")
    return Given.of(*given)


@router.post(
    "/screenings/{screening}/review",
    status_code=201,
    operation_id="open_review",
    summary="Have people look at a work.",
    responses=described(401, 403, 404, 422, 429, 500),
)
def open_by_hand(request: Request, caller: Reviewer, screening: ScreeningId) -> ReviewBody:
    """Whatever its report says, and whatever was decided before; an open review is given again."""
    service: Service = request.app.state.service
    made = service.desk.open(caller.organisation, screening)
    if made is None:
        raise ProblemError(404, "there is no such screening with a report")
    return ReviewBody.of(made)


@router.get(
    "/screenings/{screening}/decisions",
    operation_id="decisions",
    summary="What people decided of a work, oldest first.",
    responses=described(401, 403, 404, 422, 429, 500),
)
def decisions(request: Request, caller: Reader, screening: ScreeningId) -> DecisionsBody:
    """At whichever screening of the same bytes; the last one holds."""
    service: Service = request.app.state.service
    if service.screenings.get(caller.organisation, screening) is None:
        raise ProblemError(404, "there is no such screening")
    found = service.desk.reviews.decisions(caller.organisation, screening)
    return DecisionsBody(items=tuple(DecisionBody.of(one) for one in found))


@router.get(
    "/decisions/{decision}",
    operation_id="decision",
    summary="The signed record of a decision.",
    response_class=Response,
    responses={
        200: {
            "description": "A receipt, `assay/receipt/1`, for a statement of the type "
            "`urn:assay:decision:1`; `assay receipt verify` checks it.",
            "content": {JSON: {"schema": {"type": "object"}}},
        },
        **described(401, 403, 404, 422, 429, 500),
    },
)
def decision(request: Request, caller: Reader, decision: DecisionId) -> Response:
    """Who decided what, when and why, and its place in the log; the report is named by digest."""
    service: Service = request.app.state.service
    found = None
    if is_identifier(decision, "dec"):
        found = service.notary.act(caller.organisation, decision)
    if found is None:
        raise ProblemError(404, "there is no such decision")
    return Response(found.to_json(), media_type=JSON)


@router.get(
    "/reversals",
    operation_id="reversals",
    summary="How often people reversed what a detector, a generator's name or a group led to.",
    responses=described(401, 403, 422, 429, 500),
)
def reversals(
    request: Request,
    caller: Reader,
    *,
    since: Annotated[AwareDatetime | None, Query(description="A year ago unless given.")] = None,
) -> ReversalsBody:
    """Of works that people decided about: they are no sample of all works, so no error rate."""
    service: Service = request.app.state.service
    begin = since or dt.datetime.now(dt.UTC) - A_YEAR
    made = service.desk.reviews.all_decisions(caller.organisation, begin)
    counted = count(tuple((one.sha256, one.decided, one.facts) for one in made))
    return ReversalsBody(
        since=begin,
        decided=counted.decided,
        reversed=counted.reversed,
        items=tuple(
            CountBody(
                by=one.by,
                value=one.value,
                decided=one.decided,
                reversed=one.reversed,
                share=one.reversed / one.decided,
                interval=one.interval,
            )
            for one in counted.items
        ),
    )


@router.get(
    "/calibration",
    operation_id="calibration",
    summary="Whether detectors keep here what their cards say.",
    responses=described(401, 403, 429, 500),
)
def calibration(request: Request, caller: Reader) -> CalibrationBody:
    """By detector and group: false alarms that people found, beside those that there may be."""
    service: Service = request.app.state.service
    return CalibrationBody.of(service.calibration(caller.organisation))
