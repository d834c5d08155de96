"""`/v1/accesses`: who read or changed what; and erasure, which leaves its mark there."""

from __future__ import annotations

import csv
import io
from typing import Annotated, Literal

from fastapi import APIRouter, Query, Request, Response

from service.api.access import Administrator, Auditor
from service.api.identifiers import ScreeningId
from service.api.problems import ProblemError, described
from service.api.records import AccessBody, AccessesBody, ErasedBody
from service.running import Service
from service.storage.accesses import Access, ErasureReason
from service.storage.identifiers import is_identifier

__all__ = ["router"]

router = APIRouter(prefix="/v1")

COLUMNS = ("id", "at", "caller", "operation", "subject", "status", "reason", "salt", "digest")
FORMULA = ("=", "+", "-", "@", "\t", "\r")
"""With which a cell begins that a spreadsheet would compute."""


@router.get(
    "/accesses",
    operation_id="accesses",
    summary="Who read or changed what of the organisation, newest first.",
    response_model=AccessesBody,
    responses={
        200: {
            "headers": {
                "Link": {
                    "description": 'The next page (`rel="next"`), unless this is the last.',
                    "schema": {"type": "string"},
                }
            },
            "content": {"text/csv": {"schema": {"type": "string"}}},
        },
        **described(401, 403, 422, 429, 500),
    },
)
def accesses(
    request: Request,
    response: Response,
    caller: Auditor,
    *,
    limit: Annotated[int, Query(ge=1, le=1000, description="How many.")] = 50,
    after: Annotated[str | None, Query(description="`next` of the page before.")] = None,
    subject: Annotated[
        str | None, Query(max_length=30, description="Only those about this identifier.")
    ] = None,
    by: Annotated[
        str | None,
        Query(alias="caller", max_length=255, description="Only those of this caller."),
    ] = None,
    format: Annotated[Literal["json", "csv"], Query(description="As what.")] = "json",
) -> AccessesBody | Response:
    """Identifiers alone: no names, no content."""
    if after is not None and not is_identifier(after, "acc"):
        raise ProblemError(422, "after: not a cursor of this list")
    service: Service = request.app.state.service
    found, further = service.accesses.listed(
        caller.organisation, limit=limit, after=after, subject=subject, caller=by
    )
    headers = {}
    if further is not None:
        onward = request.url.include_query_params(after=further)
        headers["Link"] = f'<{onward.path}?{onward.query}>; rel="next"'
    if format == "csv":
        return Response(_table(found), media_type="text/csv", headers=headers)
    response.headers.update(headers)
    return AccessesBody(items=tuple(AccessBody.of(one) for one in found), next=further)


@router.delete(
    "/screenings/{screening}",
    operation_id="erase",
    summary="Erase a screening: its bytes, its report, what webhooks were told of it.",
    responses=described(401, 403, 404, 422, 429, 500),
)
def erase(
    request: Request,
    caller: Administrator,
    screening: ScreeningId,
    *,
    reason: Annotated[ErasureReason | None, Query(description="Why, for the access log.")] = None,
) -> ErasedBody:
    """At once and for good, whatever its state; an entry of the access log tells of it.

    Bytes and a report that another screening of the organisation has too stay with that one.
    """
    service: Service = request.app.state.service
    erased = service.keeping.erase(caller.organisation, screening, caller=caller.id, reason=reason)
    if erased is None:
        raise ProblemError(404, "there is no such screening")
    return ErasedBody.of(erased)


def _table(found: tuple[Access, ...]) -> str:
    written = io.StringIO()
    table = csv.writer(written)
    table.writerow(COLUMNS)
    for one in found:
        shown = AccessBody.of(one).model_dump(mode="json")
        table.writerow([_cell(shown[name]) for name in COLUMNS])
    return written.getvalue()


def _cell(value: object) -> str:
    text = "" if value is None else str(value)
    return f"'{text}" if text.startswith(FORMULA) else text
