"""The way in and out, and the choice of a language."""

from __future__ import annotations

from typing import Literal

from anyio import to_thread
from fastapi import APIRouter, Request, Response
from fastapi.responses import RedirectResponse

from service.api.access import Caller, note_caller, paced
from service.running import Service
from service.web.pages import LANGUAGE_COOKIE, page
from service.web.visitors import COOKIE, LASTS, VisitorHere, form_of, local_path

__all__ = ["router"]

router = APIRouter(include_in_schema=False)

A_YEAR = 365 * 24 * 3600


@router.get("/")
def home() -> Response:
    """The list of works; whoever is not signed in is asked to."""
    return RedirectResponse("/works", 303)


@router.get("/sign-in")
def ask(request: Request, next: str = "/works") -> Response:
    """Asks for a key."""
    return page(request, "sign_in.html.j2", onward=local_path(next, "/works"), refused=False)


@router.post("/sign-in")
async def sign_in(request: Request) -> Response:
    """Begins a session."""
    form = await form_of(request)
    service: Service = request.app.state.service
    address = request.client.host if request.client else "?"
    paced(request, Caller(f"sign-in {address}", "", "", frozenset()))
    given = (form.get("key") or [""])[0].strip()
    onward = local_path((form.get("next") or [""])[0], "/works")
    token = await to_thread.run_sync(service.accounts.sign_in, given, LASTS)
    if token is None:
        return page(request, "sign_in.html.j2", status=401, onward=onward, refused=True)
    key = await to_thread.run_sync(service.accounts.signed_in, token)
    if key is not None:
        note_caller(request, Caller(key.id, key.organisation, key.name, key.scopes))
    answer = RedirectResponse(onward, 303)
    answer.set_cookie(
        COOKIE,
        token,
        max_age=int(LASTS.total_seconds()),
        httponly=True,
        samesite="lax",
        secure=_is_secure(request),
    )
    return answer


@router.post("/sign-out")
async def sign_out(request: Request, visitor: VisitorHere) -> Response:
    """Ends the session."""
    await form_of(request, visitor)
    service: Service = request.app.state.service
    await to_thread.run_sync(service.accounts.sign_out, request.cookies[COOKIE])
    answer = RedirectResponse("/sign-in", 303)
    answer.delete_cookie(COOKIE)
    return answer


@router.get("/language/{lang}")
def choose(lang: Literal["en", "fr"], next: str = "/works") -> Response:
    """Remembers a language in this browser."""
    answer = RedirectResponse(local_path(next, "/works"), 303)
    answer.set_cookie(LANGUAGE_COOKIE, lang, max_age=A_YEAR, samesite="lax", httponly=True)
    return answer


def _is_secure(request: Request) -> bool:
    service: Service = request.app.state.service
    return (service.address("/") or "").startswith("https:") or request.url.scheme == "https"
