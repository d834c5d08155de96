"""Puts the pages into an application."""

from __future__ import annotations

from urllib.parse import quote

from fastapi import FastAPI, Request, Response
from fastapi.responses import RedirectResponse

from service.web import appeal, files, organisation, overview, queue, signing_in, static, works
from service.web.pages import page
from service.web.seen import Seeing
from service.web.visitors import NotSignedIn

__all__ = ["STREAMED", "add_pages", "is_page", "problem_page"]

STREAMED = r"/works|/appeal/[^/]+/exhibits"
"""Paths whose bodies are files."""

PATHS = ("/v1/", "/healthz", "/readyz", "/metrics", "/static/")
TOLD = {403: "error_403", 404: "error_404", 429: "error_429"}


def add_pages(app: FastAPI) -> None:
    """Add every page, and what asks strangers to sign in."""
    app.state.seeing = Seeing()
    for module in (signing_in, works, files, queue, overview, organisation, appeal, static):
        app.include_router(module.router)

    @app.exception_handler(NotSignedIn)
    def ask(request: Request, _: NotSignedIn) -> Response:
        onward = request.url.path if request.method == "GET" else "/works"
        return RedirectResponse(f"/sign-in?next={quote(onward)}", 303)


def is_page(request: Request) -> bool:
    """Whether a person looks at what is answered."""
    wants = "text/html" in request.headers.get("accept", "")
    return wants and not request.url.path.startswith(PATHS)


def problem_page(request: Request, status: int, detail: str | None, hint: str | None) -> Response:
    """A problem as a page."""
    code = "error_session" if hint == "form" else TOLD.get(status, "error_other")
    if request.url.path.startswith("/appeal/") and status == 404:
        code = "appeal_gone"
    return page(request, "problem.html.j2", status=status, code=code, detail=detail or str(status))
