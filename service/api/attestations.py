"""Public pages about reports: made and withdrawn by their organisation, read by whoever has one.

Making one takes the scope `administer`: it speaks to everyone in the name of the organisation,
which is more than handing works in, and a key for ingest that leaks must not be able to.
"""

from __future__ import annotations

import datetime as dt
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Path, Query, Request, Response
from pydantic import AwareDatetime, Field

from provenance.evidence import Integrity, Record
from service.api.access import Administrator, OpenToAll
from service.api.identifiers import ReportId
from service.api.preferences import preferred
from service.api.problems import MEDIA_TYPE, ProblemError, described
from service.api.records import AttestationBody, NewAttestation
from service.attestation import Objection, Statement, stated
from service.running import Service
from service.storage.attestations import Attested, Shown
from service.verdict import Basis, Rights, VerdictOrigin

__all__ = ["VerificationBody", "router"]

router = APIRouter()

HTML, JSON = "text/html", "application/json"
HEADERS = {
    "X-Robots-Tag": "noindex, nofollow, noarchive",
    "Vary": "Accept, Accept-Language",
}


class AnswersBody(Record):
    """The answers that the organisation chose to show; the others are null."""

    origin: VerdictOrigin | None = None
    basis: Basis | None = None
    integrity: Integrity | None = None
    rights: Rights | None = None


class CommitmentBody(Record):
    """By which whoever has the work can tell that it is this one."""

    salt: str
    sha256: str = Field(description="SHA-256 of the salt and the SHA-256 of the work, both as hex.")


class VerificationBody(Record):
    """What a public page tells."""

    state: Literal["valid", "invalid", "withdrawn"]
    withdrawn_on: dt.date | None = None
    checked_at: AwareDatetime | None = None
    attested_by: str | None = None
    human_origin_attested: bool = Field(
        default=False, description="Only this may be read as a human origin."
    )
    answers: AnswersBody | None = Field(default=None, description="Null unless it is valid.")
    objections: tuple[Objection, ...] = Field(default=(), description="Why it is not.")
    key: str | None = Field(default=None, description="The key that signed.")
    signed_at: AwareDatetime | None = None
    log: str | None = Field(default=None, description="The log that the signature stands in.")
    log_entry: int | None = Field(default=None, description="Its number there.")
    commitment: CommitmentBody | None = None

    @classmethod
    def of(cls, one: Statement, now: dt.datetime) -> VerificationBody:
        """What one that was not withdrawn tells."""
        return cls(
            state="invalid" if one.objections else "valid",
            checked_at=now,
            attested_by=one.by,
            human_origin_attested=one.attests_human,
            answers=None if one.objections else _answers(one),
            objections=one.objections,
            key=one.key,
            signed_at=one.signed_at,
            log=one.log,
            log_entry=one.entry,
            commitment=CommitmentBody(salt=one.salt, sha256=one.commitment)
            if one.salt and one.commitment
            else None,
        )


def _answers(one: Statement) -> AnswersBody:
    verdict = one.report.verdict
    found: dict[Shown, dict[str, Any]] = {
        Shown.ORIGIN: {"origin": verdict.origin, "basis": verdict.basis},
        Shown.INTEGRITY: {"integrity": verdict.integrity},
        Shown.RIGHTS: {"rights": verdict.rights},
    }
    return AnswersBody(**{name: value for each in one.shows for name, value in found[each].items()})


@router.post(
    "/v1/reports/{report}/attestation",
    status_code=201,
    response_model=AttestationBody,
    operation_id="attest",
    summary="Show a report to whoever has the link.",
    responses={
        200: {"model": AttestationBody, "description": "It is shown already, by this link."},
        **described(400, 401, 403, 404, 422, 429, 500),
    },
)
def attest(
    request: Request,
    response: Response,
    caller: Administrator,
    report: ReportId,
    body: NewAttestation | None = None,
) -> AttestationBody:
    """The link that there is, or a new one; what it shows can be changed by asking again."""
    service: Service = request.app.state.service
    stored = service.screenings.report(caller.organisation, report)
    wanted = body or NewAttestation()
    made = None
    if stored is not None:
        service.notary.receipt(caller.organisation, stored)  # who opens the page finds it logged
        made = service.attestations.make(
            caller.organisation, report, shows=wanted.shows, committed=wanted.commitment
        )
    if made is None:
        raise ProblemError(404, "there is no such report")
    one, is_new = made
    response.status_code = 201 if is_new else 200
    path = f"/verify/{one.token}"
    return AttestationBody.of(one, path, service.address(path))


@router.delete(
    "/v1/reports/{report}/attestation",
    status_code=204,
    operation_id="withdraw",
    summary="Show a report no more.",
    responses=described(401, 403, 404, 422, 429, 500),
)
def withdraw(request: Request, caller: Administrator, report: ReportId) -> None:
    """At once, and for good: the page then says the day it was withdrawn, and nothing else."""
    service: Service = request.app.state.service
    if not service.attestations.withdraw(caller.organisation, report):
        raise ProblemError(404, "there is no such attestation")


@router.get(
    "/verify/{token:path}",
    operation_id="verify",
    dependencies=[OpenToAll],
    summary="The public page of an attestation.",
    response_class=Response,
    responses={
        200: {
            "description": "What was attested, by whom and when, and whether it still holds; or "
            "that it was withdrawn. Nothing of the work.",
            "content": {
                HTML: {"schema": {"type": "string"}},
                JSON: {"schema": {"$ref": "#/components/schemas/VerificationBody"}},
            },
        },
        404: {
            "description": "No attestation has this address.",
            "content": {
                HTML: {"schema": {"type": "string"}},
                MEDIA_TYPE: {"schema": {"$ref": "#/components/schemas/Problem"}},
            },
        },
        **described(422, 429, 500),
    },
)
def verify(
    request: Request,
    token: Annotated[str, Path(description="The last part of the link.")],
    *,
    format: Annotated[Literal["html", "json"] | None, Query(description="As what.")] = None,
    lang: Annotated[Literal["en", "fr"] | None, Query(description="In which language.")] = None,
) -> Response:
    """For everyone who has the link, in the form and language that the request prefers."""
    from service.render.attestation import render_attestation, render_unknown, render_withdrawn

    service: Service = request.app.state.service
    asked = preferred(request.headers.get("accept"), (HTML, JSON))
    as_json = format == "json" or (format is None and asked == JSON)
    lang = lang or ("fr" if _prefers_french(request) else "en")
    now = dt.datetime.now(dt.UTC).replace(microsecond=0)
    attested = service.attestations.found(token)
    headers = HEADERS | {"Content-Language": lang}
    if attested is None:
        if as_json:
            raise ProblemError(404, "no attestation has this address", headers=HEADERS)
        page, status = render_unknown(lang), 404
    elif as_json:
        return Response(_told(service, attested, now), media_type=JSON, headers=HEADERS)
    elif attested.attestation.withdrawn_at is not None:
        page, status = render_withdrawn(attested.attestation.withdrawn_at, lang), 200
    else:
        page, status = render_attestation(_stated(service, attested, now), lang, now), 200
    headers["Content-Security-Policy"] = page.policy
    return Response(page.html, status, headers, HTML)


def _prefers_french(request: Request) -> bool:
    return preferred(request.headers.get("accept-language"), ("en", "fr")) == "fr"


def _told(service: Service, attested: Attested, now: dt.datetime) -> str:
    withdrawn = attested.attestation.withdrawn_at
    if withdrawn is not None:
        body = VerificationBody(state="withdrawn", withdrawn_on=withdrawn.date())
    else:
        body = VerificationBody.of(_stated(service, attested, now), now)
    return body.model_dump_json()


def _stated(service: Service, attested: Attested, now: dt.datetime) -> Statement:
    receipt = service.notary.receipt(attested.attestation.organisation, attested.stored)
    return stated(attested, receipt, service.notary.key_set(), now)
