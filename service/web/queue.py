"""The queue of reviews, and one review: driven by keys as well as by hand."""

from __future__ import annotations

import datetime as dt

from anyio import to_thread
from fastapi import APIRouter, Request, Response
from fastapi.responses import RedirectResponse

from service.api.people import REASON_CHARACTERS
from service.api.problems import ProblemError
from service.render.view import View, one_name
from service.report import Report
from service.review.records import Opinion, Outcome
from service.running import Service
from service.storage.accounts import Scope
from service.storage.identifiers import is_identifier
from service.storage.reviews import Barred, Closed, Review, ReviewState
from service.web.pages import language_of, page
from service.web.visitors import Visitor, VisitorHere, form_of, may

__all__ = ["router"]

router = APIRouter(include_in_schema=False)

PAGE = 50


@router.get("/queue")
def queue(
    request: Request, visitor: VisitorHere, *, mine: bool = False, after: str = ""
) -> Response:
    """What people are to look at, what is due first at the top."""
    may(visitor, Scope.REVIEW)
    service: Service = request.app.state.service
    found = service.desk.reviews.listed(
        visitor.caller.organisation,
        limit=PAGE + 1,
        after=after if is_identifier(after, "rev") else None,
        assignee=visitor.caller.name if mine else None,
    )
    return page(
        request,
        "queue.html.j2",
        visitor,
        found=[(one, one_name(one.name)) for one in found[:PAGE]],
        after=found[PAGE - 1].id if len(found) > PAGE else None,
        mine=mine,
        now=dt.datetime.now(dt.UTC),
    )


@router.get("/queue/{review}")
def review(request: Request, visitor: VisitorHere, review: str) -> Response:
    """One review, with what the decision needs."""
    may(visitor, Scope.REVIEW)
    return _shown(request, visitor, _review(request, visitor, review))


def _shown(
    request: Request, visitor: Visitor, one: Review, *, said: str = "", status: int = 200
) -> Response:
    service: Service = request.app.state.service
    organisation = visitor.caller.organisation
    stored = service.screenings.report(organisation, one.report or "")
    if stored is None:
        raise ProblemError(404, "there is no such report")
    view = View.of(Report.model_validate_json(stored.document), language_of(request))
    appeals = service.desk.appeals.of_screening(organisation, one.screening)
    return page(
        request,
        "review.html.j2",
        visitor,
        status=status,
        one=one,
        name=one_name(one.name),
        view=view,
        appeal=next((each for each in appeals if each.review == one.id), None),
        is_open=one.state is ReviewState.OPEN,
        outcomes=tuple(Outcome),
        longest=REASON_CHARACTERS,
        now=dt.datetime.now(dt.UTC),
        said=said,
    )


@router.post("/queue/{review}/assignee")
async def assign(request: Request, visitor: VisitorHere, review: str) -> Response:
    """Takes a review, or gives it back."""
    may(visitor, Scope.REVIEW)
    form = await form_of(request, visitor)
    name = visitor.caller.name if form.get("take") == ["yes"] else None
    service: Service = request.app.state.service
    organisation = visitor.caller.organisation
    if not await to_thread.run_sync(service.desk.reviews.assign, organisation, review, name):
        raise ProblemError(404, "there is no such review that is open")
    return RedirectResponse(f"/queue/{review}", 303)


@router.post("/queue/{review}/opinions")
async def give(request: Request, visitor: VisitorHere, review: str) -> Response:
    """Takes an opinion, and goes back to the queue once it decided."""
    may(visitor, Scope.REVIEW)
    form = await form_of(request, visitor)
    outcome, reason = (form.get(name, [""])[0].strip() for name in ("outcome", "reason"))
    if outcome not in set(Outcome) or not 0 < len(reason) <= REASON_CHARACTERS:
        raise ProblemError(422, "an opinion has an outcome and a reason")
    caller = visitor.caller
    now = dt.datetime.now(dt.UTC)
    opinion = Opinion(caller.id, caller.name, Outcome(outcome), reason, now)
    service: Service = request.app.state.service
    said = ""
    try:
        given = await to_thread.run_sync(service.desk.give, caller.organisation, review, opinion)
        if given is None:
            raise ProblemError(404, "there is no such review")
        if given[1] is not None:
            return RedirectResponse(f"/works/{given[0].screening}", 303)
        said = "opinion_taken"
    except Closed:
        said = "review_closed"
    except Barred:
        said = "review_barred"
    one = await to_thread.run_sync(_review, request, visitor, review)
    status = 200 if said == "opinion_taken" else 409
    return await to_thread.run_sync(lambda: _shown(request, visitor, one, said=said, status=status))


def _review(request: Request, visitor: Visitor, review: str) -> Review:
    service: Service = request.app.state.service
    one = service.desk.reviews.get(visitor.caller.organisation, review)
    if one is None:
        raise ProblemError(404, "there is no such review")
    return one
