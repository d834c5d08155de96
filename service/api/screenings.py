"""`/v1/screenings`: works in, and how far each is."""

from __future__ import annotations

import contextlib
import time
from collections.abc import AsyncIterator
from typing import Annotated

from anyio import to_thread
from fastapi import APIRouter, Header, Query, Request, Response
from fastapi.responses import StreamingResponse

from provenance.supplied import SUPPLIED_BYTES
from service.api.access import Caller, Reader, Submitter
from service.api.following import Following
from service.api.identifiers import ScreeningId
from service.api.intake import entered, from_upload, from_url, refuse_announced
from service.api.noting import about
from service.api.problems import ProblemError, described
from service.api.records import (
    NAME_CHARACTERS,
    RESOURCE_CHARACTERS,
    ScreeningBody,
    ScreeningsBody,
)
from service.api.uploads import Upload
from service.report import line_safe
from service.running import Service
from service.storage.identifiers import is_identifier
from service.storage.screenings import (
    Screening,
    State,
)
from service.verdict import VerdictOrigin

__all__ = ["router", "shown"]

router = APIRouter(prefix="/v1")

JSON, PDF = "application/json", "application/pdf"
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
        work, same = await from_url(request, caller, fresh=fresh)
        one = await to_thread.run_sync(
            entered, service, work, None, caller.quota, idempotency_key, same
        )
    else:
        await to_thread.run_sync(refuse_announced, request, service, caller)
        most = service.settings.upload_bytes
        with await Upload.received(request, service.settings.quarantine, most) as upload:
            work, same = from_upload(upload, caller, fresh=fresh)
            one = await to_thread.run_sync(
                entered, service, work, upload, caller.quota, idempotency_key, same
            )
    about(request, one.id)
    response.headers["Location"] = f"/v1/screenings/{one.id}"
    return await to_thread.run_sync(_body, service, one)


def shown(service: Service, screenings: tuple[Screening, ...]) -> tuple[ScreeningBody, ...]:
    """Screenings of one organisation with what holds of each now."""
    stands = service.desk.stands(screenings)
    return tuple(ScreeningBody.of(one, stands[one.id]) for one in screenings)


def _body(service: Service, one: Screening) -> ScreeningBody:
    return shown(service, (one,))[0]


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
    following: Following = request.app.state.following

    async def changes() -> AsyncIterator[str]:
        shown: Screening | None = None
        one: Screening | None = first
        end = time.monotonic() + STREAM_SECONDS
        async with contextlib.aclosing(following.changes(screening)) as turns:
            async for is_changed in turns:
                if is_changed and shown is not None:
                    one = await to_thread.run_sync(
                        service.screenings.get, caller.organisation, screening
                    )
                if one is None or time.monotonic() > end:
                    return
                if one != shown:
                    shown = one
                    body = await to_thread.run_sync(_body, service, one)
                    yield f"event: screening\ndata: {line_safe(body.model_dump_json())}\n\n"
                elif not is_changed:
                    yield ": nothing new\n\n"
                if one.state in (State.DONE, State.FAILED):
                    return

    headers = {"Cache-Control": "no-store"}
    return StreamingResponse(changes(), media_type="text/event-stream", headers=headers)


def _screening(request: Request, caller: Caller, screening: str) -> Screening:
    service: Service = request.app.state.service
    found = service.screenings.get(caller.organisation, screening)
    if found is None:
        raise ProblemError(404, "there is no such screening")
    return found
