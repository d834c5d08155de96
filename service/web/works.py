"""Works: hand one in, watch it be judged, read its report."""

from __future__ import annotations

import datetime as dt
from typing import Annotated, Any

from anyio import to_thread
from fastapi import APIRouter, Query, Request, Response
from fastapi.responses import RedirectResponse

from service.api.intake import entered, supplied_with
from service.api.problems import ProblemError
from service.api.uploads import Upload
from service.render.changing import would_change
from service.render.explaining import explanations
from service.render.view import View, one_name, said_of
from service.render.wording import Words
from service.report import Report
from service.running import Service
from service.storage.accounts import Scope
from service.storage.attestations import Shown
from service.storage.identifiers import is_identifier
from service.storage.reviews import ReviewState
from service.storage.screenings import Intake, Screening, State
from service.verdict import VerdictOrigin
from service.web.pages import language_of, page
from service.web.seen import Seeing, Seen
from service.web.visitors import Visitor, VisitorHere, check_form, form_of, may, same_origin

__all__ = ["report_of", "router", "screening_of"]

router = APIRouter(include_in_schema=False)

PAGE = 50


@router.get("/works")
def works(
    request: Request,
    visitor: VisitorHere,
    *,
    name: Annotated[str, Query(max_length=200)] = "",
    state: str = "",
    origin: str = "",
    after: str = "",
) -> Response:
    """The organisation's works, newest first."""
    service: Service = request.app.state.service
    found = service.screenings.listed(
        visitor.caller.organisation,
        limit=PAGE,
        after=after if is_identifier(after, "scr") else None,
        state=State(state) if state in set(State) else None,
        origin=origin if origin in set(VerdictOrigin) else None,
        name=name or None,
    )
    stands = service.desk.stands(found.screenings)
    return page(
        request,
        "works.html.j2",
        visitor,
        found=[(one, one_name(one.name), stands[one.id]) for one in found.screenings],
        after=found.after,
        asked={"name": name, "state": state, "origin": origin},
        states=tuple(State),
        origins=tuple(VerdictOrigin),
        may_submit=visitor.may(Scope.SUBMIT),
    )


@router.post("/works")
async def hand_in(request: Request, visitor: VisitorHere) -> Response:
    """Takes a file, and goes on to where it is watched."""
    may(visitor, Scope.SUBMIT)
    same_origin(request)
    service: Service = request.app.state.service
    caller = visitor.caller
    most = service.settings.upload_bytes
    with await Upload.received(
        request, service.settings.quarantine, most, also=("form_token",)
    ) as upload:
        check_form(visitor, upload.fields.get("form_token", ""))
        name = upload.filename or "upload"
        supplied = supplied_with(upload.declared, upload.fields.get("resource"))
        work = Intake(
            caller.organisation,
            caller.id,
            name,
            upload.sha256,
            upload.bytes,
            supplied=supplied,
        )
        one = await to_thread.run_sync(entered, service, work, upload, caller.quota)
    return RedirectResponse(f"/works/{one.id}", 303)


@router.get("/works/{screening}")
def work(request: Request, visitor: VisitorHere, screening: str) -> Response:
    """A work: how far it is, or its report."""
    one = screening_of(request, visitor.caller.organisation, screening)
    return _shown(request, visitor, one)


def _shown(
    request: Request, visitor: VisitorHere, one: Screening, *, offered: str | None = None
) -> Response:
    service: Service = request.app.state.service
    report = report_of(service, one)
    if report is None:
        return page(request, "work_open.html.j2", visitor, one=one, **_waiting(one))
    lang = language_of(request)
    desk = service.desk
    open_ones = desk.reviews.listed(
        one.organisation, limit=1, state=ReviewState.OPEN, screening=one.id
    )
    view = View.of(report, lang)
    decisions = desk.reviews.decisions(one.organisation, one.id)
    return page(
        request,
        "work.html.j2",
        visitor,
        one=one,
        view=view,
        rests_on={},
        stands=desk.stands((one,))[one.id],
        decisions=decisions,
        decided=said_of(decisions[-1].decided, view.words) if decisions else "",
        review=open_ones[0] if open_ones else None,
        appeals=desk.appeals.of_screening(one.organisation, one.id),
        changes=would_change(report, lang),
        attestation=service.attestations.live(one.organisation, one.report or ""),
        may_attest=visitor.may(Scope.ADMINISTER),
        offered=offered,
        may_review=visitor.may(Scope.REVIEW),
        may_offer=any(
            visitor.may(scope) for scope in (Scope.SUBMIT, Scope.REVIEW, Scope.ADMINISTER)
        ),
    )


@router.get("/works/{screening}/progress")
def progress(request: Request, visitor: VisitorHere, screening: str) -> Response:
    """How far a work is, for the page that watches it."""
    one = screening_of(request, visitor.caller.organisation, screening)
    answer = page(request, "progress.html.j2", visitor, one=one, **_waiting(one))
    if one.state in (State.DONE, State.FAILED):
        answer.headers["HX-Refresh"] = "true"
    return answer


@router.get("/works/{screening}/seen")
def seen(request: Request, visitor: VisitorHere, screening: str) -> Response:
    """The work itself, and what its detections rest on."""
    service: Service = request.app.state.service
    one = screening_of(request, visitor.caller.organisation, screening)
    report = report_of(service, one)
    if report is None:
        raise ProblemError(404, "there is no such report")
    lang = language_of(request)
    fd = service.opened(one)
    if fd is None:
        shown = Seen(rests_on=explanations(report, Words(lang)))
    else:
        seeing: Seeing = request.app.state.seeing
        shown = seeing.of(fd, report, lang)
    return page(request, "seen.html.j2", visitor, one=one, seen=shown, kept=fd is not None)


@router.post("/works/{screening}/review")
async def open_review(request: Request, visitor: VisitorHere, screening: str) -> Response:
    """Has a person look at a work."""
    may(visitor, Scope.REVIEW)
    await form_of(request, visitor)
    service: Service = request.app.state.service
    made = await to_thread.run_sync(service.desk.open, visitor.caller.organisation, screening)
    if made is None:
        raise ProblemError(404, "there is no such screening with a report")
    return RedirectResponse(f"/queue/{made.id}", 303)


@router.post("/works/{screening}/attestation")
async def attest(request: Request, visitor: VisitorHere, screening: str) -> Response:
    """Makes the public page of a report, or gives its link again, or withdraws it."""
    may(visitor, Scope.ADMINISTER)
    form = await form_of(request, visitor)
    withdraws = form.get("withdraw") == ["yes"]
    return await to_thread.run_sync(
        lambda: _attested(request, visitor, screening, withdraws=withdraws)
    )


def _attested(request: Request, visitor: Visitor, screening: str, *, withdraws: bool) -> Response:
    service: Service = request.app.state.service
    one = screening_of(request, visitor.caller.organisation, screening)
    stored = service.screenings.report(one.organisation, one.report or "")
    if stored is None:
        raise ProblemError(404, "there is no such report")
    if withdraws:
        service.attestations.withdraw(one.organisation, stored.id)
    else:
        service.notary.receipt(one.organisation, stored)
        service.attestations.make(one.organisation, stored.id, shows=tuple(Shown), committed=True)
    return RedirectResponse(f"/works/{one.id}#verify", 303)


@router.post("/works/{screening}/appeals")
async def offer_appeal(request: Request, visitor: VisitorHere, screening: str) -> Response:
    """Makes a link to appeal, and shows it once."""
    may(visitor, Scope.SUBMIT, Scope.REVIEW, Scope.ADMINISTER)
    await form_of(request, visitor)
    service: Service = request.app.state.service
    organisation = visitor.caller.organisation
    made = await to_thread.run_sync(service.desk.offer, organisation, screening)
    if made is None:
        raise ProblemError(404, "there is no such screening with a report")
    path = f"/appeal/{made.token}"
    link = service.address(path) or path
    one = await to_thread.run_sync(screening_of, request, organisation, screening)
    return await to_thread.run_sync(lambda: _shown(request, visitor, one, offered=link))


def screening_of(request: Request, organisation: str, screening: str) -> Screening:
    """A screening of an organisation.

    Raises:
        ProblemError: it has none such.
    """
    service: Service = request.app.state.service
    one = service.screenings.get(organisation, screening)
    if one is None:
        raise ProblemError(404, "there is no such screening")
    return one


def report_of(service: Service, one: Screening) -> Report | None:
    """Its report, once there is one."""
    stored = service.screenings.report(one.organisation, one.report) if one.report else None
    return None if stored is None else Report.model_validate_json(stored.document)


def _waiting(one: Screening) -> dict[str, Any]:
    waited = dt.datetime.now(dt.UTC) - one.created_at
    return {"name": one_name(one.name), "waited": max(0, int(waited.total_seconds()))}
