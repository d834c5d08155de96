"""`/v1/screenings` and `/v1/reports`: works in, reports out."""

from __future__ import annotations

import asyncio
import datetime as dt
import hashlib
import json
import math
import re
from collections.abc import AsyncIterator
from typing import Annotated, Literal
from urllib.parse import urlsplit

from anyio import to_thread
from fastapi import APIRouter, Header, Path, Query, Request, Response
from fastapi.responses import StreamingResponse
from pydantic import ValidationError

from provenance.fetch import PUBLIC_ONLY, checked_url
from provenance.limits import KIB
from provenance.supplied import SUPPLIED_BYTES, Supplied
from service.api.access import Caller, Reader, Submitter
from service.api.noting import about
from service.api.problems import ProblemError, described
from service.api.records import (
    BODY_BYTES,
    NAME_CHARACTERS,
    RESOURCE,
    RESOURCE_CHARACTERS,
    FromUrl,
    ScreeningBody,
    ScreeningsBody,
)
from service.api.uploads import Upload
from service.report import Report
from service.running import Service
from service.storage.accounts import NO_QUOTA, Quota
from service.storage.identifiers import is_identifier
from service.storage.screenings import (
    Intake,
    KeyReused,
    OverQuota,
    Screening,
    State,
    StoredReport,
)
from service.verdict import VerdictOrigin

__all__ = ["entered", "report_pdf", "router", "shown", "supplied_with"]

router = APIRouter(prefix="/v1")

JSON, PDF = "application/json", "application/pdf"
FORM_BYTES = SUPPLIED_BYTES + 64 * KIB
"""Of an upload at most that are not of the file."""

POLL_SECONDS = 0.5
STREAM_SECONDS = 600
UPLOAD_SCHEMA = {
    "type": "object",
    "required": ["file"],
    "additionalProperties": False,
    "properties": {
        "file": {"type": "string", "contentMediaType": "application/octet-stream"},
        "name": {"type": "string", "maxLength": NAME_CHARACTERS},
        "fresh": {"type": "string", "enum": ["true", "false", "1", "0"]},
        "declared": {
            "type": "string",
            "contentMediaType": "application/octet-stream",
            "maxLength": SUPPLIED_BYTES,
            "description": "What the supplier declares: a DDEX (ERN) or ONIX message, or labels.",
        },
        "resource": {
            "type": "string",
            "maxLength": RESOURCE_CHARACTERS,
            "description": "Which one of the message it is: ISRC, ISBN, or its own reference.",
        },
    },
}

IdempotencyKey = Annotated[
    str | None,
    Header(
        min_length=1,
        max_length=255,
        pattern=r"^[!-~]+$",
        description="The same key with the same request gives the same screening, once.",
    ),
]
Fresh = Annotated[
    bool, Query(description="Examine it even if there is a report that would be the same.")
]
ScreeningId = Annotated[str, Path(description="Identifier of a screening.")]
ReportId = Annotated[str, Path(description="Identifier of a report.")]


@router.post(
    "/screenings",
    status_code=202,
    response_model=ScreeningBody,
    operation_id="submit",
    summary="Hand in a work, as a file or a URL.",
    responses=described(400, 401, 403, 409, 413, 415, 422, 429, 500),
    openapi_extra={
        "requestBody": {
            "required": True,
            "content": {
                "multipart/form-data": {"schema": UPLOAD_SCHEMA},
                JSON: {"schema": {"$ref": "#/components/schemas/FromUrl"}},
            },
        }
    },
)
async def submit(
    request: Request,
    response: Response,
    caller: Submitter,
    idempotency_key: IdempotencyKey = None,
    fresh: Fresh = False,  # noqa: FBT002 - a query parameter
) -> ScreeningBody:
    """It is answered at once; the report follows. Where it will be stands in `Location`."""
    service: Service = request.app.state.service
    if request.headers.get("content-type", "").partition(";")[0].strip().lower() == JSON:
        work, same = await _from_url(request, caller, fresh=fresh)
        one = await to_thread.run_sync(
            entered, service, work, None, caller.quota, idempotency_key, same
        )
    else:
        await to_thread.run_sync(refuse_announced, request, service, caller)
        most = service.settings.upload_bytes
        with await Upload.received(request, service.settings.quarantine, most) as upload:
            work, same = _from_upload(upload, caller, fresh=fresh)
            one = await to_thread.run_sync(
                entered, service, work, upload, caller.quota, idempotency_key, same
            )
    about(request, one.id)
    response.headers["Location"] = f"/v1/screenings/{one.id}"
    return shown(service, (one,))[0]


def shown(service: Service, screenings: tuple[Screening, ...]) -> tuple[ScreeningBody, ...]:
    """Screenings of one organisation with what holds of each now."""
    stands = service.desk.stands(screenings)
    return tuple(ScreeningBody.of(one, stands[one.id]) for one in screenings)


def _body(service: Service, one: Screening) -> ScreeningBody:
    return shown(service, (one,))[0]


def entered(
    service: Service,
    work: Intake,
    upload: Upload | None,
    quota: Quota,
    key: str | None = None,
    request: str = "",
) -> Screening:
    """Keep a work and have it examined.

    Raises:
        ProblemError: the idempotency key came with another request, no more may be handed in
            today, or the same work was erased.
    """
    path = upload.path if upload else None
    try:
        return service.enter(work, path, key=key, request=request, quota=quota)
    except KeyReused as fault:
        detail = "this idempotency key came with another request before"
        raise ProblemError(409, detail, hint="A new request needs a new key.") from fault
    except OverQuota as fault:
        raise over_quota(fault) from fault


def over_quota(fault: OverQuota) -> ProblemError:
    """That no more may be handed in until midnight (UTC)."""
    now = dt.datetime.now(dt.UTC)
    tomorrow = dt.datetime.combine(now.date() + dt.timedelta(days=1), dt.time(), tzinfo=dt.UTC)
    wait = max(1, math.ceil((tomorrow - now).total_seconds()))
    detail = f"this caller may hand in {fault}"
    return ProblemError(429, detail, headers={"Retry-After": str(wait)})


def refuse_announced(request: Request, service: Service, caller: Caller) -> None:
    """A body that would be over the quota is not read at all.

    Raises:
        ProblemError: it would be.
    """
    quota = service.quota_of(caller.quota)
    if quota == NO_QUOTA:
        return
    announced = request.headers.get("content-length", "")
    is_form = "multipart" in request.headers.get("content-type", "")
    size = int(announced) if announced.isdigit() and is_form else 0
    used = service.screenings.used(caller.organisation, caller.id)
    try:
        used.check(quota, max(0, size - FORM_BYTES))
    except OverQuota as fault:
        raise over_quota(fault) from fault


def _from_upload(upload: Upload, caller: Caller, *, fresh: bool) -> tuple[Intake, str]:
    asked = upload.fields.get("fresh", "false").lower()
    if asked not in ("true", "false", "1", "0"):
        raise ProblemError(422, f"fresh is true or false, not {asked[:20]!r}")
    name = upload.fields.get("name") or upload.filename or "upload"
    if len(name) > NAME_CHARACTERS:
        raise ProblemError(422, f"a name may have {NAME_CHARACTERS} characters at most")
    fresh = fresh or asked in ("true", "1")
    supplied = supplied_with(upload.declared, upload.fields.get("resource"))
    work = Intake(
        caller.organisation,
        caller.id,
        name,
        upload.sha256,
        upload.bytes,
        fresh=fresh,
        supplied=supplied,
    )
    return work, _same("upload", upload.sha256, name, fresh, *_told(supplied))


def supplied_with(body: bytes | None, resource: str | None) -> Supplied | None:
    """What came with a work, as it is judged.

    Raises:
        ProblemError: it is about nothing, or the resource is too long.
    """
    if body is None:
        if resource:
            raise ProblemError(422, "resource: there is no 'declared' that it could be one of")
        return None
    if resource and not re.fullmatch(RESOURCE, resource):
        detail = f"resource is a text of {RESOURCE_CHARACTERS} characters at most, on one line"
        raise ProblemError(422, detail)
    return Supplied(body, resource or None)


def _told(supplied: Supplied | None) -> tuple[str, ...]:
    """What a declaration adds to what makes two requests the same."""
    if supplied is None:
        return ()
    return (supplied.digest,)


async def _from_url(request: Request, caller: Caller, *, fresh: bool) -> tuple[Intake, str]:
    body = b""
    async for chunk in request.stream():
        body += chunk
        if len(body) > BODY_BYTES:
            raise ProblemError(413, f"a JSON body may have {BODY_BYTES} bytes at most")
    try:
        given = FromUrl.model_validate_json(body)
    except ValidationError as fault:
        first = fault.errors(include_url=False)[0]
        at = "/".join(str(part) for part in first["loc"]) or "the body"
        raise ProblemError(422, f"{at}: {first['msg']}") from fault
    checked_url(given.url, PUBLIC_ONLY)
    fresh = fresh or given.fresh
    name = given.name or urlsplit(given.url).path.rpartition("/")[2] or given.url
    supplied = supplied_with(given.told, given.resource)
    work = Intake(
        caller.organisation,
        caller.id,
        name[:NAME_CHARACTERS],
        url=given.url,
        fresh=fresh,
        supplied=supplied,
    )
    return work, _same("url", given.url, name, fresh, *_told(supplied))


def _same(*parts: object) -> str:
    """What makes two requests the same for an idempotency key."""
    return hashlib.sha256(json.dumps(parts).encode()).hexdigest()


@router.get(
    "/screenings",
    operation_id="screenings",
    summary="The organisation's screenings, newest first.",
    responses=described(401, 403, 422, 429, 500),
)
def screenings(
    request: Request,
    caller: Reader,
    *,
    limit: Annotated[int, Query(ge=1, le=200, description="How many.")] = 50,
    after: Annotated[str | None, Query(description="`next` of the page before.")] = None,
    state: Annotated[State | None, Query(description="Only these.")] = None,
    sha256: Annotated[
        str | None, Query(pattern="^[0-9a-f]{64}$", description="Only those of these bytes.")
    ] = None,
    origin: Annotated[
        VerdictOrigin | None, Query(description="Only those whose verdict has this origin.")
    ] = None,
    name: Annotated[
        str | None,
        Query(min_length=1, max_length=200, description="Only those whose name holds this."),
    ] = None,
) -> ScreeningsBody:
    """Works, and how far each is."""
    if after is not None and not is_identifier(after, "scr"):
        raise ProblemError(422, "after: not a cursor of this list")
    service: Service = request.app.state.service
    found = service.screenings.listed(
        caller.organisation,
        limit=limit,
        after=after,
        state=state,
        sha256=sha256,
        origin=origin,
        name=name,
    )
    return ScreeningsBody(items=shown(service, found.screenings), next=found.after)


@router.get(
    "/screenings/{screening}",
    operation_id="screening",
    summary="How far a screening is.",
    responses=described(401, 403, 404, 422, 429, 500),
)
def screening(request: Request, caller: Reader, screening: ScreeningId) -> ScreeningBody:
    """Its `report` is there once `state` is `done`."""
    return shown(request.app.state.service, (_screening(request, caller, screening),))[0]


@router.get(
    "/screenings/{screening}/events",
    operation_id="events",
    summary="Server-sent events: every change of a screening until it ends.",
    response_class=StreamingResponse,
    responses={
        200: {
            "description": "Each event is called `screening`, its data is what "
            "`GET /v1/screenings/{screening}` would answer.",
            "content": {"text/event-stream": {"schema": {"type": "string"}}},
        },
        **described(401, 403, 404, 422, 429, 500),
    },
)
async def events(request: Request, caller: Reader, screening: ScreeningId) -> StreamingResponse:
    """Ends after ten minutes whatever happens; connect again then."""
    first = await to_thread.run_sync(_screening, request, caller, screening)
    service: Service = request.app.state.service

    async def changes() -> AsyncIterator[str]:
        one: Screening | None = first
        shown = None
        for _ in range(int(STREAM_SECONDS / POLL_SECONDS)):
            if one is None:
                return
            if one != shown:
                shown = one
                body = await to_thread.run_sync(_body, service, one)
                yield f"event: screening\ndata: {body.model_dump_json()}\n\n"
            if one.state in (State.DONE, State.FAILED):
                return
            await asyncio.sleep(POLL_SECONDS)
            one = await to_thread.run_sync(service.screenings.get, caller.organisation, screening)

    headers = {"Cache-Control": "no-store"}
    return StreamingResponse(changes(), media_type="text/event-stream", headers=headers)


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
    from service.render.html import render_page

    page = render_page(Report.model_validate_json(stored.document), lang)
    return Response(page, media_type="text/html")


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


def report_pdf(service: Service, organisation: str, stored: StoredReport, lang: str) -> bytes:
    """A report on paper, with its receipt, and with its public page where it has one."""
    from service.render.paper import Link, render_pdf

    shown = service.attestations.live(organisation, stored.id)
    link = None if shown is None else Link(service.address(f"/verify/{shown.token}"))
    receipt = service.notary.receipt(organisation, stored)
    report = Report.model_validate_json(stored.document)
    return render_pdf(report, lang, number=stored.id, receipt=receipt, link=link)


def _screening(request: Request, caller: Caller, screening: str) -> Screening:
    service: Service = request.app.state.service
    found = service.screenings.get(caller.organisation, screening)
    if found is None:
        raise ProblemError(404, "there is no such screening")
    return found
