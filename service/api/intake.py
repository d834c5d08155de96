"""What is handed in, by a form or a URL: what the request says, and the way into the service."""

from __future__ import annotations

import datetime as dt
import hashlib
import json
import math
import re
from urllib.parse import urlsplit

from fastapi import Request

from provenance.fetch import PUBLIC_ONLY, checked_address
from provenance.limits import KIB
from provenance.supplied import SUPPLIED_BYTES, Supplied
from service.api.access import Caller
from service.api.bodies import read_json
from service.api.problems import ProblemError
from service.api.records import (
    BODY_BYTES,
    NAME_CHARACTERS,
    RESOURCE,
    RESOURCE_CHARACTERS,
    FromUrl,
)
from service.api.uploads import Upload, announced_bytes
from service.running import Service
from service.storage.accounts import NO_QUOTA, Quota
from service.storage.screenings import Intake, KeyReused, OverQuota, Screening

__all__ = ["entered", "from_upload", "from_url", "refuse_announced", "supplied_with"]

FORM_BYTES = SUPPLIED_BYTES + 64 * KIB
"""Of an upload at most that are not of the file."""


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
        ProblemError: the idempotency key came with another request, or no more may be handed in
            today.
        BytesGone: the same work was erased that very moment.
    """
    path = upload.path if upload else None
    try:
        return service.enter(work, path, key=key, request=request, quota=quota)
    except KeyReused as fault:
        detail = "this idempotency key came with another request before"
        raise ProblemError(409, detail, hint="A new request needs a new key.") from fault
    except OverQuota as fault:
        raise _over_quota(fault) from fault


def _over_quota(fault: OverQuota) -> ProblemError:
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
    is_form = "multipart" in request.headers.get("content-type", "")
    size = announced_bytes(request) if is_form else 0
    used = service.screenings.used(caller.organisation, caller.id)
    try:
        used.check(quota, max(0, size - FORM_BYTES))
    except OverQuota as fault:
        raise _over_quota(fault) from fault


def from_upload(upload: Upload, caller: Caller, *, fresh: bool) -> tuple[Intake, str]:
    """The work of an upload, and a digest of the request.

    Raises:
        ProblemError: a part of the form is not as it should be.
    """
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


async def from_url(request: Request, caller: Caller, *, fresh: bool) -> tuple[Intake, str]:
    """The work that a request names by its URL, and a digest of the request.

    Raises:
        ProblemError: the body is not as it should be.
        FetchError: such a URL is not fetched, or names an address inside a network.
    """
    given = await read_json(request, FromUrl, BODY_BYTES)
    checked_address(given.url, PUBLIC_ONLY)
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
