"""The page of an appeal, for whoever was given its link; nobody has to sign in."""

from __future__ import annotations

from typing import Literal

from anyio import to_thread
from fastapi import APIRouter, Request, Response
from fastapi.responses import RedirectResponse

from service.api.appeals import case_of, may_attach, opened, stated, take_exhibit
from service.api.people import CASE_CHARACTERS
from service.api.problems import ProblemError
from service.api.uploads import Upload
from service.running import Service
from service.storage.appeals import AppealState, ExhibitKind
from service.web.pages import language_of, page
from service.web.visitors import form_of, same_origin

__all__ = ["router"]

router = APIRouter(include_in_schema=False, prefix="/appeal")

NAME_CHARACTERS = 1024


@router.get("/{token}")
def appeal(request: Request, token: str) -> Response:
    """What is held against the work, and where the case is stated."""
    service: Service = request.app.state.service
    one = opened(request, token)
    lang: Literal["en", "fr"] = "fr" if language_of(request) == "fr" else "en"
    answer = page(
        request,
        "appeal.html.j2",
        case=case_of(service, one, lang),
        stated_at=one.stated_at,
        token=token,
        kinds=tuple(ExhibitKind),
        longest=CASE_CHARACTERS,
        takes=one.state in (AppealState.OFFERED, AppealState.STATED),
    )
    answer.headers["Referrer-Policy"] = "no-referrer"
    answer.headers["X-Robots-Tag"] = "noindex"
    return answer


@router.post("/{token}")
async def state(request: Request, token: str) -> Response:
    """Takes the case."""
    form = await form_of(request)
    statement = form.get("statement", [""])[0].strip()
    if not 0 < len(statement) <= CASE_CHARACTERS:
        raise ProblemError(422, f"a case has 1 to {CASE_CHARACTERS} characters")
    service: Service = request.app.state.service
    one = await to_thread.run_sync(opened, request, token)
    await to_thread.run_sync(stated, service, one, statement)
    return RedirectResponse(f"/appeal/{token}", 303)


@router.post("/{token}/exhibits")
async def hand_in(request: Request, token: str) -> Response:
    """Takes an exhibit."""
    same_origin(request)
    service: Service = request.app.state.service
    one = await to_thread.run_sync(opened, request, token)
    may_attach(one)
    settings = service.settings
    with await Upload.received(
        request, settings.quarantine, settings.upload_bytes, also=("kind",)
    ) as upload:
        given = upload.fields.get("kind", "")
        kind = ExhibitKind(given) if given in set(ExhibitKind) else ExhibitKind.OTHER
        name = (upload.filename or "exhibit")[:NAME_CHARACTERS]
        await to_thread.run_sync(take_exhibit, service, one, upload, name, kind)
    return RedirectResponse(f"/appeal/{token}", 303)
