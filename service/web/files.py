"""What a page links to: reports, receipts and records as files, and the sound of a recording."""

from __future__ import annotations

from fastapi import APIRouter, Request, Response

from provenance.asset import Modality
from service.api.problems import ProblemError
from service.api.reports import report_html, report_pdf
from service.running import Service
from service.storage.identifiers import is_identifier
from service.storage.screenings import StoredReport
from service.web.pages import language_of
from service.web.seen import served_sound
from service.web.visitors import Visitor, VisitorHere
from service.web.works import report_of, screening_of

__all__ = ["router"]

router = APIRouter(include_in_schema=False)


@router.get("/works/{screening}/report.json")
def as_json(request: Request, visitor: VisitorHere, screening: str) -> Response:
    """The report as it was written."""
    stored = _stored(request, visitor, screening)
    return _file(stored.document, f"{stored.id}.json")


@router.get("/works/{screening}/report.html")
def as_page(request: Request, visitor: VisitorHere, screening: str) -> Response:
    """The report as one file, to be kept or mailed."""
    stored = _stored(request, visitor, screening)
    service: Service = request.app.state.service
    made = report_html(service, visitor.caller.organisation, stored, language_of(request))
    return _file(made, f"{stored.id}.html", "text/html; charset=utf-8")


@router.get("/works/{screening}/report.pdf")
def as_pdf(request: Request, visitor: VisitorHere, screening: str) -> Response:
    """The report as a document, with its receipt."""
    stored = _stored(request, visitor, screening)
    service: Service = request.app.state.service
    made = report_pdf(service, visitor.caller.organisation, stored, language_of(request))
    return _file(made, f"{stored.id}.pdf", "application/pdf")


@router.get("/works/{screening}/receipt.json")
def receipt(request: Request, visitor: VisitorHere, screening: str) -> Response:
    """The report, signed."""
    stored = _stored(request, visitor, screening)
    service: Service = request.app.state.service
    made = service.notary.receipt(visitor.caller.organisation, stored)
    return _file(made.to_json(), f"{stored.id}.receipt.json")


@router.get("/works/{screening}/decisions/{decision}.json")
def decision(request: Request, visitor: VisitorHere, screening: str, decision: str) -> Response:
    """The signed record of a decision."""
    service: Service = request.app.state.service
    one = screening_of(request, visitor.caller.organisation, screening)
    found = None
    if is_identifier(decision, "dec"):
        found = service.notary.act(one.organisation, decision)
    if found is None:
        raise ProblemError(404, "there is no such decision")
    return _file(found.to_json(), f"{decision}.json")


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


def _stored(request: Request, visitor: Visitor, screening: str) -> StoredReport:
    service: Service = request.app.state.service
    one = screening_of(request, visitor.caller.organisation, screening)
    stored = service.screenings.report(one.organisation, one.report or "")
    if stored is None:
        raise ProblemError(404, "there is no such report")
    return stored


def _file(content: str | bytes, name: str, media_type: str = "application/json") -> Response:
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return Response(content, media_type=media_type, headers=headers)
