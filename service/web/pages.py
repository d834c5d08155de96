"""How a page is made: its language, its security policy, and what every page has."""

from __future__ import annotations

import secrets
from functools import cache, partial
from importlib import resources
from typing import Any

from fastapi import Request
from fastapi.responses import HTMLResponse
from jinja2 import ChoiceLoader, Environment, PackageLoader, StrictUndefined

from service.api.preferences import preferred
from service.i18n import languages, translate
from service.render.html import environment as report_environment
from service.render.wording import Words
from service.storage.accounts import Scope
from service.web.visitors import Visitor

__all__ = ["LANGUAGE_COOKIE", "language_of", "page"]

LANGUAGE_COOKIE = "assay_lang"
POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self' 'nonce-{nonce}'; "
    "img-src 'self' data:; media-src 'self'; connect-src 'self'; form-action 'self'; "
    "frame-ancestors 'none'; base-uri 'none'"
)
MENU = (
    ("/works", "works", frozenset(Scope)),
    ("/queue", "queue", frozenset({Scope.REVIEW})),
    ("/overview", "overview", frozenset(Scope)),
    ("/models", "models", frozenset(Scope)),
    ("/organisation", "organisation", frozenset({Scope.ADMINISTER})),
)


def language_of(request: Request) -> str:
    """The language a visitor chose, or the browser's first one that there is, or English."""
    asked = request.query_params.get("lang") or request.cookies.get(LANGUAGE_COOKIE)
    if asked in languages():
        return asked
    return preferred(request.headers.get("accept-language"), languages())


def page(
    request: Request,
    template: str,
    visitor: Visitor | None = None,
    *,
    status: int = 200,
    **shown: Any,
) -> HTMLResponse:
    """A page.

    Args:
        request: that asks for it.
        template: its name.
        visitor: who is signed in, or None.
        status: HTTP status.
        shown: what the template shows.
    """
    lang = language_of(request)
    nonce = secrets.token_urlsafe(16)
    menu = tuple(
        (path, code, request.url.path.startswith(path))
        for path, code, scopes in MENU
        if visitor is not None and visitor.caller.scopes & scopes
    )
    html = (
        templates()
        .get_template(template)
        .render(
            words=Words(lang),
            say=partial(_say, lang),
            visitor=visitor,
            menu=menu,
            here=request.url.path,
            nonce=nonce,
            other=next(code for code in languages() if code != lang),
            **shown,
        )
    )
    headers = {
        "Content-Security-Policy": POLICY.format(nonce=nonce),
        "Referrer-Policy": "same-origin",
        "Content-Language": lang,
        "Vary": "Accept-Language, Cookie",
    }
    return HTMLResponse(html, status_code=status, headers=headers)


def _say(lang: str, code: str, section: str = "page", /, **params: str | int | float) -> str:
    return translate(section, code, lang, **params)


@cache
def templates() -> Environment:
    """Templates of the pages, which may use those of reports."""
    reports = report_environment()
    loaders = [PackageLoader("service.web")]
    made = Environment(
        loader=ChoiceLoader([*loaders, *([reports.loader] if reports.loader else [])]),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    made.filters.update(reports.filters)
    return made


@cache
def style() -> str:
    """The style sheet: that of reports, and what pages need besides."""
    shared = report_environment().get_template("style.css.j2").render()
    own = resources.files("service.web").joinpath("static", "pages.css").read_text("utf-8")
    return shared + own
