"""Who is signed in to the pages, and whether a form was sent from one of them.

A visitor signs in with an API key and gets a session: 32 random bytes in a cookie that no script
can read, kept as their SHA-256, and over when the key is. A form carries a token that is made from
the session, and comes from this very origin, so that no other site can send one.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import hmac
from dataclasses import dataclass
from typing import Annotated
from urllib.parse import urlsplit

from fastapi import Depends, Request
from starlette.datastructures import UploadFile

from service.api.access import Caller, paced
from service.api.problems import ProblemError
from service.running import Service
from service.storage.accounts import Scope

__all__ = [
    "COOKIE",
    "LASTS",
    "NotSignedIn",
    "Visitor",
    "VisitorHere",
    "check_form",
    "form_of",
    "local_path",
    "may",
    "same_origin",
]

COOKIE = "assay_session"
LASTS = dt.timedelta(hours=12)
CSRF_HEADER = "x-assay-form"
FORM = b"assay form"


class NotSignedIn(Exception):  # noqa: N818 - leads to the page that asks for a key
    """Nobody is signed in."""


@dataclass(frozen=True, slots=True)
class Visitor:
    """Who looks at a page.

    Attributes:
        caller: as the API knows them.
        organisation: the name of the organisation.
        form_token: what forms of this session carry.
    """

    caller: Caller
    organisation: str
    form_token: str

    def may(self, scope: Scope) -> bool:
        """Whether their key allows it."""
        return scope in self.caller.scopes


def visitor_of(request: Request) -> Visitor:
    """Who is signed in.

    Raises:
        NotSignedIn: nobody, or not any more.
        ProblemError: the key has made too many requests.
    """
    token = request.cookies.get(COOKIE)
    service: Service = request.app.state.service
    key = service.accounts.signed_in(token) if token else None
    if key is None or token is None:
        raise NotSignedIn
    caller = Caller(key.id, key.organisation, key.name, key.scopes, key.quota)
    paced(request, caller)
    return Visitor(caller, service.accounts.name_of(key.organisation), _form_token(token))


VisitorHere = Annotated[Visitor, Depends(visitor_of)]


def may(visitor: Visitor, *scopes: Scope) -> None:
    """Hold a visitor to the scopes of their key.

    Raises:
        ProblemError: the key has none of them.
    """
    if not visitor.caller.scopes & frozenset(scopes):
        raise ProblemError(403, f"this needs the scope {' or '.join(sorted(scopes))}")


def same_origin(request: Request) -> None:
    """Refuse a form that another site sent.

    Raises:
        ProblemError: it did.
    """
    site = request.headers.get("sec-fetch-site")
    origin = request.headers.get("origin")
    if site is not None:  # every browser of today says it, and no page can change it
        is_ours = site in ("same-origin", "none")
    else:
        is_ours = origin is None or urlsplit(origin).netloc == request.headers.get("host")
    if not is_ours:
        raise ProblemError(403, "the form was sent from elsewhere", hint="form")


def check_form(visitor: Visitor, given: str) -> None:
    """Refuse a form that does not come from a page of this session.

    Raises:
        ProblemError: it does not.
    """
    if not hmac.compare_digest(given.encode(), visitor.form_token.encode()):
        raise ProblemError(403, "the form is not of this session", hint="form")


async def form_of(request: Request, visitor: Visitor | None = None) -> dict[str, list[str]]:
    """The fields of a form, which was sent from a page of this session.

    Args:
        request: whose body was not read yet.
        visitor: who is signed in; None for a form that needs nobody to be.

    Raises:
        ProblemError: it was sent from elsewhere.
    """
    same_origin(request)
    if visitor is not None and (header := request.headers.get(CSRF_HEADER)):
        check_form(visitor, header)
    async with request.form(max_files=0, max_fields=50) as form:
        fields: dict[str, list[str]] = {}
        for name, value in form.multi_items():
            if not isinstance(value, UploadFile):
                fields.setdefault(name, []).append(value)
    if visitor is not None and not request.headers.get(CSRF_HEADER):
        check_form(visitor, (fields.get("form_token") or [""])[0])
    return fields


def local_path(given: str | None, otherwise: str) -> str:
    """A path of this service, for going on to; nothing that leads elsewhere."""
    if given and given.startswith("/") and not given.startswith(("//", "/\\")):
        parts = urlsplit(given)
        if not parts.netloc and not parts.scheme and given.isprintable():
            return given
    return otherwise


def _form_token(session: str) -> str:
    return hmac.new(session.encode(), FORM, hashlib.sha256).hexdigest()
