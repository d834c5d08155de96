"""What a page links to: reports, receipts and records as files, and the sound of a recording."""

from __future__ import annotations

from fastapi import APIRouter, Request, Response

from provenance.asset import Modality
from service.api.problems import ProblemError
from service.api.screenings import report_pdf
from service.render.html import render_page
from service.running import Service
from service.web.pages import language_of
from service.web.seen import served_sound
from service.web.visitors import VisitorHere
from service.web.works import report_of, screening_of

__all__ = ["router"]

router = APIRouter(include_in_schema=False)


@router.get("/works/{screening}/report.json")
def report_json(request: Request, visitor: VisitorHere, screening: str) -> Response:
    """The report as it was written."""
    service: Service = request.app.state.service
    one = screening_of(request, visitor.caller.organisation, screening)
    stored = service.screenings.report(one.organisation, one.report or "")
    if stored is None:
        raise ProblemError(404, "there is no such report")
    return _file(stored.document, f"{one.report}.json")


@router.get("/works/{screening}/report.html")
def report_html(request: Request, visitor: VisitorHere, screening: str) -> Response:
    """The report as one file, to be kept or mailed."""
    service: Service = request.app.state.service
    one = screening_of(request, visitor.caller.organisation, screening)
    report = report_of(service, one)
    if report is None:
        raise ProblemError(404, "there is no such report")
    whole = render_page(report, language_of(request))
    return _file(whole, f"{one.report}.html", "text/html; charset=utf-8")


@router.get("/works/{screening}/receipt.json")
def receipt(request: Request, visitor: VisitorHere, screening: str) -> Response:
    """The report, signed."""
    service: Service = request.app.state.service
    one = screening_of(request, visitor.caller.organisation, screening)
    made = service.receipt(one.organisation, one.report or "")
    if made is None:
        raise ProblemError(404, "there is no such report")
    return _file(made.to_json(), f"{one.report}.receipt.json")


@router.get("/works/{screening}/decisions/{decision}.json")
def decision(request: Request, visitor: VisitorHere, screening: str, decision: str) -> Response:
    """The signed record of a decision."""
    service: Service = request.app.state.service
    one = screening_of(request, visitor.caller.organisation, screening)
    found = service.desk.reviews.decision(one.organisation, decision)
    if found is None:
        raise ProblemError(404, "there is no such decision")
    return _file(found.receipt, f"{decision}.json")


@router.get("/works/{screening}/report.pdf")
def on_paper(request: Request, visitor: VisitorHere, screening: str) -> Response:
    """The report as a document, with its receipt."""
    service: Service = request.app.state.service
    one = screening_of(request, visitor.caller.organisation, screening)
    stored = service.screenings.report(one.organisation, one.report or "")
    if stored is None:
        raise ProblemError(404, "there is no such report")
    made = report_pdf(service, one.organisation, stored, language_of(request))
    return _file(made, f"{one.report}.pdf", "application/pdf")


@router.get("/works/{screening}/sound")
def sound(request: Request, visitor: VisitorHere, screening: str) -> Response:
    """A recording, for the player of its page; nothing else is served."""
    service: Service = request.app.state.service
    one = screening_of(request, visitor.caller.organisation, screening)
    report = report_of(service, one)
    if report is None or report.asset.modality is not Modality.AUDIO:
        raise ProblemError(404, "there is no such recording")
    fd = service.opened(one)
    if fd is None:
        raise ProblemError(404, "there is no such recording")
    return served_sound(request, fd, report.asset.media_type)


def _file(content: str | bytes, name: str, media_type: str = "application/json") -> Response:
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return Response(content, media_type=media_type, headers=headers)
