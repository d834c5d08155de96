"""`/v1/log`: the log that every signature of the service stands in (RFC 9162 in substance).

The tree head and its consistency are for everyone: they hold no asset and no organisation. Where a
report, a decision or an exhibit stands is for its organisation, because whoever knows the salt can
tell it by that.
"""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Query, Request, Response
from pydantic import Field

from provenance.attest.log import LARGEST
from provenance.evidence import Record
from service.api.access import OpenToAll, Reader
from service.api.identifiers import SignedId
from service.api.problems import ProblemError, described
from service.running import Service

__all__ = ["router"]

router = APIRouter(prefix="/v1/log")

JSON = "application/json"
Entries = Annotated[int, Query(ge=1, le=LARGEST, description="A number of entries.")]


class ConsistencyBody(Record):
    """That nothing but appending happened between two sizes of the log."""

    first: int
    second: int
    proof: tuple[str, ...] = Field(description="Hashes, RFC 9162 section 2.1.4, hexadecimal.")


def _json(description: str) -> dict[int | str, dict[str, Any]]:
    content = {JSON: {"schema": {"type": "object"}}}
    return {200: {"description": description, "content": content}}


@router.get(
    "/checkpoint",
    operation_id="checkpoint",
    dependencies=[OpenToAll],
    summary="The signed state of the log.",
    response_class=Response,
    responses={
        **_json("A tree head, `assay/tree-head/1`, in a DSSE envelope."),
        **described(429, 500),
    },
)
def checkpoint(request: Request) -> Response:
    """For everyone; whoever keeps two can ask whether the one grew out of the other."""
    service: Service = request.app.state.service
    return Response(service.notary.checkpoint().model_dump_json(), media_type=JSON)


@router.get(
    "/consistency",
    operation_id="consistency",
    dependencies=[OpenToAll],
    summary="Proof that the log only grew.",
    responses=described(422, 429, 500),
)
def consistency(request: Request, first: Entries, second: Entries) -> ConsistencyBody:
    """For everyone; both sizes as tree heads give them."""
    service: Service = request.app.state.service
    proof = service.notary.consistency(first, second)
    if proof is None:
        detail = "first and second: not two sizes that the log has had, the smaller one first"
        raise ProblemError(422, detail)
    return ConsistencyBody(first=first, second=second, proof=tuple(one.hex() for one in proof))


@router.get(
    "/entries/{signed}",
    operation_id="log_entry",
    summary="Where a report, a decision or an exhibit stands in the log as it is now.",
    response_class=Response,
    responses={
        **_json("Index, salt, inclusion proof and the tree head that it is for."),
        **described(401, 403, 404, 422, 429, 500),
    },
)
def entry(
    request: Request,
    caller: Reader,
    signed: SignedId,
) -> Response:
    """The receipt says the same of the log as it was when the signature was entered."""
    service: Service = request.app.state.service
    of = caller.organisation
    stored = service.screenings.report(of, signed)
    found = service.notary.entry(of, stored) if stored else service.notary.act_entry(of, signed)
    if found is None:
        raise ProblemError(404, "there is no such report, decision or exhibit")
    return Response(found.model_dump_json(by_alias=True), media_type=JSON)
