"""`/v1/keys`: the API keys of an organisation."""

from __future__ import annotations

import datetime as dt

from fastapi import APIRouter, Request

from service.api.access import Administrator, Reader
from service.api.identifiers import KeyId
from service.api.noting import about
from service.api.problems import ProblemError, described
from service.api.records import (
    IssuedBody,
    KeyBody,
    KeysBody,
    NewKey,
    Rotation,
    UsageBody,
    is_past,
)
from service.running import Service
from service.storage.accounts import Quota

__all__ = ["router"]

router = APIRouter(prefix="/v1")


@router.get(
    "/keys",
    operation_id="keys",
    summary="The organisation's API keys.",
    responses=described(401, 403, 429, 500),
)
def keys(request: Request, caller: Administrator) -> KeysBody:
    """Without their secrets, which are kept nowhere."""
    service: Service = request.app.state.service
    found = service.accounts.keys(caller.organisation)
    return KeysBody(items=tuple(KeyBody.of(one) for one in found))


@router.post(
    "/keys",
    status_code=201,
    operation_id="issue_key",
    summary="Make an API key.",
    responses=described(400, 401, 403, 422, 429, 500),
)
def issue(request: Request, caller: Administrator, body: NewKey) -> IssuedBody:
    """Its secret is in the answer, and shown this once."""
    if is_past(body.expires_at):
        raise ProblemError(422, "expires_at: it lies in the past")
    service: Service = request.app.state.service
    quota = Quota(body.uploads_per_day, body.bytes_per_day)
    made = service.accounts.issue(
        caller.organisation, body.name, body.scopes, body.expires_at, quota
    )
    about(request, made.key.id)
    return IssuedBody(key=KeyBody.of(made.key), secret=made.secret)


@router.delete(
    "/keys/{revoked}",
    status_code=204,
    operation_id="revoke_key",
    summary="End an API key.",
    responses=described(401, 403, 404, 422, 429, 500),
)
def revoke(request: Request, caller: Administrator, revoked: KeyId) -> None:
    """At once, and for good; a key may end itself."""
    service: Service = request.app.state.service
    if not service.accounts.revoke(caller.organisation, revoked):
        raise ProblemError(404, "there is no such key")


@router.post(
    "/keys/{rotated}/rotate",
    status_code=201,
    operation_id="rotate_key",
    summary="Replace the secret of an API key.",
    responses=described(400, 401, 403, 404, 422, 429, 500),
)
def rotate(
    request: Request,
    caller: Administrator,
    rotated: KeyId,
    body: Rotation | None = None,
) -> IssuedBody:
    """A new key that may do the same; the old one ends after the overlap."""
    service: Service = request.app.state.service
    overlap = dt.timedelta(seconds=(body or Rotation()).overlap_seconds)
    made = service.accounts.rotate(caller.organisation, rotated, overlap)
    if made is None:
        raise ProblemError(404, "there is no such key that is valid")
    return IssuedBody(key=KeyBody.of(made.key), secret=made.secret)


@router.get(
    "/usage",
    operation_id="usage",
    summary="What the caller has handed in today, and may.",
    responses=described(401, 403, 429, 500),
)
def usage(request: Request, caller: Reader) -> UsageBody:
    """A day begins at midnight, UTC."""
    service: Service = request.app.state.service
    used = service.screenings.used(caller.organisation, caller.id)
    quota = service.quota_of(caller.quota)
    return UsageBody(
        uploads=used.uploads,
        bytes=used.bytes,
        uploads_per_day=quota.uploads,
        bytes_per_day=quota.bytes,
    )
