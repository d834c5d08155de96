"""`/v1/appeals` and the links that lead there: the case of whoever made a work.

An organisation makes the link. Whoever has it sees what is held against this one work and why, says
what there is to say, and hands in what shows it; nothing else of the organisation can be seen or
guessed from it. The secret of the link is the only key there is.
"""

from __future__ import annotations

import json
from typing import Annotated, Literal

from anyio import to_thread
from fastapi import APIRouter, Query, Request

from service.api.access import Advocate, Caller, OpenToAll, Reader, paced
from service.api.identifiers import ScreeningId, Token
from service.api.intake import entered
from service.api.noting import about
from service.api.people import (
    AppealBody,
    AppealsBody,
    Case,
    CaseBody,
    CaseExhibit,
    ExhibitBody,
    OfferedBody,
)
from service.api.problems import ProblemError, described
from service.api.uploads import Upload
from service.i18n import sentence
from service.render.visibility import visible
from service.report import Report
from service.running import Service
from service.storage.accounts import NO_QUOTA
from service.storage.appeals import Appeal, Appeals, AppealState, ExhibitKind, NotNow
from service.storage.screenings import Intake
from service.verdict import VerdictOrigin

__all__ = ["case_of", "opened", "router", "stated", "take_exhibit"]

router = APIRouter(prefix="/v1")

Language = Annotated[Literal["en", "fr"], Query(description="Language of the reasons.")]
NAME_CHARACTERS = 1024


@router.post(
    "/screenings/{screening}/appeals",
    status_code=201,
    operation_id="offer_appeal",
    summary="Make a link by which whoever made a work can state the case.",
    responses=described(401, 403, 404, 422, 429, 500),
)
def offer(request: Request, caller: Advocate, screening: ScreeningId) -> OfferedBody:
    """Unguessable, shown this once, and over after the days the policy says."""
    service: Service = request.app.state.service
    made = service.desk.offer(caller.organisation, screening)
    if made is None:
        raise ProblemError(404, "there is no such screening with a report")
    path = f"/appeal/{made.token}"
    return OfferedBody(
        appeal=shown(service, made.appeal), token=made.token, path=path, url=service.address(path)
    )


@router.get(
    "/screenings/{screening}/appeals",
    operation_id="appeals",
    summary="Appeals about a work, with what was handed in.",
    responses=described(401, 403, 404, 422, 429, 500),
)
def appeals(request: Request, caller: Reader, screening: ScreeningId) -> AppealsBody:
    """Oldest first."""
    service: Service = request.app.state.service
    if service.screenings.get(caller.organisation, screening) is None:
        raise ProblemError(404, "there is no such screening")
    found = service.desk.appeals.of_screening(caller.organisation, screening)
    return AppealsBody(items=tuple(shown(service, one) for one in found))


@router.get(
    "/appeals/{token}",
    operation_id="appeal",
    dependencies=[OpenToAll],
    summary="What is held against the work, for whoever made it.",
    responses=described(404, 422, 429, 500),
)
def appeal(request: Request, token: Token, lang: Language = "en") -> CaseBody:
    """The link is the key. The reasons are those of the report; what is decided is shown here."""
    service: Service = request.app.state.service
    return case_of(service, opened(request, token), lang)


@router.post(
    "/appeals/{token}",
    operation_id="state_case",
    dependencies=[OpenToAll],
    summary="State the case.",
    responses=described(400, 404, 409, 422, 429, 500),
)
def state(request: Request, token: Token, body: Case, lang: Language = "en") -> CaseBody:
    """Once; it opens a review by a person, with a deadline."""
    service: Service = request.app.state.service
    return case_of(service, stated(service, opened(request, token), body.statement), lang)


@router.post(
    "/appeals/{token}/exhibits",
    status_code=201,
    operation_id="hand_in_exhibit",
    dependencies=[OpenToAll],
    summary="Hand in what shows how the work was made.",
    responses=described(400, 404, 409, 413, 415, 422, 429, 500),
    openapi_extra={
        "requestBody": {
            "required": True,
            "content": {
                "multipart/form-data": {
                    "schema": {
                        "type": "object",
                        "required": ["file"],
                        "additionalProperties": False,
                        "properties": {
                            "file": {
                                "type": "string",
                                "contentMediaType": "application/octet-stream",
                            },
                            "name": {"type": "string", "maxLength": NAME_CHARACTERS},
                        },
                    }
                }
            },
        }
    },
)
async def exhibit(
    request: Request,
    token: Token,
    *,
    kind: Annotated[
        ExhibitKind,
        Query(description="project, stem, draft, original (a signed one), or other."),
    ] = ExhibitKind.OTHER,
    lang: Language = "en",
) -> CaseBody:
    """A file: hashed, its reception signed with the time, and checked by Assay itself."""
    service: Service = request.app.state.service
    one = await to_thread.run_sync(opened, request, token)
    may_attach(one)
    most = service.settings.upload_bytes
    with await Upload.received(request, service.settings.quarantine, most) as upload:
        name = (upload.fields.get("name") or upload.filename or "exhibit")[:NAME_CHARACTERS]
        changed = await to_thread.run_sync(take_exhibit, service, one, upload, name, kind)
    return await to_thread.run_sync(case_of, service, changed, lang)


def opened(request: Request, token: str) -> Appeal:
    """The appeal of a link, which may be asked for so often a minute.

    Raises:
        ProblemError: there is none, or it was asked for too often.
    """
    service: Service = request.app.state.service
    found = service.desk.appeals.opened_by(token)
    if found is None:
        raise ProblemError(404, "there is no such appeal")
    paced(request, Caller(found.id, found.organisation, "", frozenset()))
    about(request, found.screening)
    return found


def stated(service: Service, one: Appeal, statement: str) -> Appeal:
    """Take the case.

    Raises:
        ProblemError: it was stated before, or the time is over.
    """
    try:
        return service.desk.state(one, statement)
    except NotNow as fault:
        raise ProblemError(409, str(fault)) from fault


def may_attach(one: Appeal) -> None:
    """Hold back bytes that would not be taken.

    Raises:
        ProblemError: they would not.
    """
    try:
        Appeals.may_attach(one)
    except NotNow as fault:
        raise ProblemError(409, str(fault)) from fault


def take_exhibit(
    service: Service, one: Appeal, upload: Upload, name: str, kind: ExhibitKind
) -> Appeal:
    """Take an upload as an exhibit, and have it examined.

    Raises:
        ProblemError: the appeal takes none any more, or not today.
    """
    work = Intake(
        one.organisation, one.id, name, upload.sha256, upload.bytes, fresh=False, exhibit=True
    )
    taken = entered(service, work, upload, NO_QUOTA)
    try:
        return service.desk.attach(one, taken, kind)
    except NotNow as fault:
        raise ProblemError(409, str(fault)) from fault


def shown(service: Service, one: Appeal) -> AppealBody:
    """An appeal as its organisation sees it; by then its exhibits are in the log."""
    return AppealBody(
        id=one.id,
        screening=one.screening,
        state=one.state,
        review=one.review,
        statement=one.statement,
        created_at=one.created_at,
        expires_at=one.expires_at,
        stated_at=one.stated_at,
        exhibits=tuple(
            ExhibitBody.of(each, json.loads(receipt.to_json()))
            for each in one.exhibits
            if (receipt := service.notary.act(one.organisation, each.id)) is not None
        ),
    )


def case_of(service: Service, one: Appeal, lang: Literal["en", "fr"]) -> CaseBody:
    """An appeal as whoever made the work sees it."""
    screening = service.screenings.get(one.organisation, one.screening)
    stored = screening and service.screenings.report(one.organisation, screening.report or "")
    if screening is None or not stored:
        raise ProblemError(404, "there is no such appeal")
    verdict = Report.model_validate_json(stored.document).verdict
    is_decided = one.state is AppealState.DECIDED
    outcome, explanation = service.desk.explained(
        one.organisation, (one.review or "") if is_decided else ""
    )
    return CaseBody(
        organisation=service.accounts.name_of(one.organisation),
        work=visible(screening.name),
        sha256=screening.sha256,
        state=one.state,
        origin=VerdictOrigin(verdict.origin),
        findings=verdict.findings,
        reasons=tuple(sentence(each, lang) for each in verdict.reasons),
        expires_at=one.expires_at,
        due_at=one.due_at,
        statement=one.statement,
        exhibits=tuple(
            CaseExhibit(
                name=visible(each.name),
                kind=each.kind,
                sha256=each.sha256,
                received_at=each.created_at,
                checked=each.report is not None,
            )
            for each in one.exhibits
        ),
        outcome=outcome,
        explanation=explanation,
    )
