"""`/v1/reports` and `/v1/receipts`: what was found, as data, as a page, on paper, and signed."""

from __future__ import annotations

from typing import Annotated, Literal

from fastapi import APIRouter, Query, Request, Response

from service.api.access import Reader
from service.api.identifiers import ReportId
from service.api.problems import ProblemError, described
from service.report import Report
from service.running import Service
from service.storage.screenings import StoredReport

__all__ = ["report_html", "report_pdf", "router"]

router = APIRouter(prefix="/v1")

JSON, PDF = "application/json", "application/pdf"


@router.get(
    "/reports/{report}",
    operation_id="report",
    summary="A report, as JSON, as a page or as PDF.",
    response_class=Response,
    responses={
        200: {
            "description": "The report: JSON of the schema `assay/report/1`, HTML, or PDF.",
            "content": {JSON: {"schema": {"type": "object"}}, "text/html": {}, PDF: {}},
        },
        **described(401, 403, 404, 422, 429, 500),
    },
)
def report(
    request: Request,
    caller: Reader,
    report: ReportId,
    *,
    format: Annotated[Literal["json", "html", "pdf"], Query(description="As what.")] = "json",
    lang: Annotated[Literal["en", "fr"], Query(description="Language of a page.")] = "en",
) -> Response:
    """What was found of a work, and what it comes to."""
    service: Service = request.app.state.service
    stored = service.screenings.report(caller.organisation, report)
    if stored is None:
        raise ProblemError(404, "there is no such report")
    if format == "json":
        return Response(stored.document, media_type=JSON)
    if format == "pdf":
        return Response(report_pdf(service, caller.organisation, stored, lang), media_type=PDF)
    return Response(report_html(service, caller.organisation, stored, lang), media_type="text/html")


@router.get(
    "/receipts/{report}",
    operation_id="receipt",
    summary="The signed receipt of a report.",
    response_class=Response,
    responses={
        200: {
            "description": "A receipt, `assay/receipt/1`: anyone can check it offline, with "
            "`assay receipt verify` and the keys of `/v1/receipt-keys`.",
            "content": {JSON: {"schema": {"type": "object"}}},
        },
        **described(401, 403, 404, 422, 429, 500),
    },
)
def receipt(request: Request, caller: Reader, report: ReportId) -> Response:
    """The report, signed as it stands, and its place in the log; the same bytes each time."""
    service: Service = request.app.state.service
    made = service.receipt(caller.organisation, report)
    if made is None:
        raise ProblemError(404, "there is no such report")
    return Response(made.to_json(), media_type=JSON)


def report_html(service: Service, organisation: str, stored: StoredReport, lang: str) -> str:
    """A report as one page, with what people decided since."""
    from service.render.html import render_page

    decided = service.desk.decided(organisation, stored.sha256)
    return render_page(Report.model_validate_json(stored.document), lang, decided=decided)


def report_pdf(service: Service, organisation: str, stored: StoredReport, lang: str) -> bytes:
    """A report on paper: with its receipt, its public page, and what people decided since."""
    from service.render.paper import Link, render_pdf

    shown = service.attestations.live(organisation, stored.id)
    link = None if shown is None else Link(service.address(f"/verify/{shown.token}"))
    receipt = service.notary.receipt(organisation, stored)
    report = Report.model_validate_json(stored.document)
    decided = service.desk.decided(organisation, stored.sha256)
    return render_pdf(report, lang, stored.id, receipt, link, decided)
