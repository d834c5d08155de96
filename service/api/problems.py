"""Problem documents (RFC 9457): the one place where faults become HTTP statuses.

`type` is a URN that stays the same, `title` a sentence for people, `detail` what was wrong with
this very request. Nothing of a work, a path or a traceback stands in one.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from typing import Any

from fastapi import FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from pydantic import BaseModel, Field
from starlette.exceptions import HTTPException

from provenance.errors import (
    AssayError,
    BlockedAddress,
    ConfigError,
    FetchError,
    InputError,
    LimitExceeded,
    NotFound,
)

__all__ = ["MEDIA_TYPE", "Problem", "ProblemError", "Shown", "answer", "described", "install"]

MEDIA_TYPE = "application/problem+json"
TITLES = {
    400: ("bad_request", "The request is not as it should be."),
    401: ("unauthorised", "A valid API key is needed."),
    403: ("forbidden", "This key may not do that."),
    404: ("not_found", "There is no such thing here."),
    405: ("method_not_allowed", "That cannot be done here."),
    409: ("conflict", "This contradicts something before."),
    413: ("too_large", "The upload is larger than this service takes."),
    415: ("unsupported_media_type", "The body is not of a kind that is taken here."),
    422: ("invalid", "A field is not as it should be."),
    429: ("too_many_requests", "Too many requests; wait a moment."),
    500: ("internal", "Something broke; it was logged."),
    503: ("unavailable", "The service is not ready."),
}
STATUS: tuple[tuple[type[AssayError], int], ...] = (
    (NotFound, 404),
    (LimitExceeded, 413),
    (BlockedAddress, 422),
    (FetchError, 422),
    (InputError, 422),
    (ConfigError, 422),
)

log = logging.getLogger(__name__)


class Fault(BaseModel):
    """One field that is not as it should be."""

    at: str = Field(description="Where it stands in the request.")
    message: str = Field(description="What is wrong with it.")


class Problem(BaseModel):
    """A problem document."""

    type: str = Field(description="What kind of problem: `urn:assay:problem:` and its name.")
    title: str = Field(description="The kind of problem, in a sentence.")
    status: int = Field(description="The HTTP status.")
    detail: str | None = Field(default=None, description="What was wrong with this request.")
    hint: str | None = Field(default=None, description="What can be done about it.")
    errors: list[Fault] | None = Field(
        default=None, description="The fields, where some are wrong."
    )


class ProblemError(Exception):
    """Ends a request with a problem.

    Args:
        status: HTTP status.
        detail: what was wrong with this request.
        hint: what can be done about it.
        headers: of the answer.
    """

    def __init__(
        self,
        status: int,
        detail: str | None = None,
        *,
        hint: str | None = None,
        headers: dict[str, str] | None = None,
    ) -> None:
        super().__init__(detail)
        self.status, self.detail, self.hint = status, detail, hint
        self.headers = headers or {}


def described(*statuses: int) -> dict[int | str, dict[str, Any]]:
    """What OpenAPI says of these statuses of an operation."""
    return {
        status: {
            "description": TITLES[status][1],
            "content": {MEDIA_TYPE: {"schema": {"$ref": "#/components/schemas/Problem"}}},
        }
        for status in statuses
    }


Shown = Callable[[Request, int, str | None, str | None], Response | None]
"""A problem as a person is shown it: of a request, with status, detail and hint; None where no
person asked."""


def install(app: FastAPI, shown: Shown = lambda *_: None) -> None:
    """Make problems of all faults of an application.

    Args:
        app: the application.
        shown: how people are told of one.
    """

    @app.exception_handler(ProblemError)
    def expected(request: Request, fault: ProblemError) -> Response:
        page = shown(request, fault.status, fault.detail, fault.hint)
        if page is not None:
            page.headers.update(fault.headers)
            return page
        return answer(fault.status, fault.detail, hint=fault.hint, headers=fault.headers)

    @app.exception_handler(AssayError)
    def known(request: Request, fault: AssayError) -> Response:
        status = next((status for kind, status in STATUS if isinstance(fault, kind)), 500)
        if status == 500:
            return unknown(request, fault)
        page = shown(request, status, str(fault), fault.hint or None)
        return page or answer(status, str(fault), hint=fault.hint or None)

    @app.exception_handler(RequestValidationError)
    def invalid(request: Request, fault: RequestValidationError) -> Response:
        if (page := shown(request, 422, None, None)) is not None:
            return page
        errors = [
            Fault(at="/".join(str(part) for part in one["loc"]), message=str(one["msg"]))
            for one in fault.errors()
        ]
        return answer(422, errors=errors)

    @app.exception_handler(HTTPException)
    def plain(request: Request, fault: HTTPException) -> Response:
        page = shown(request, fault.status_code, None, None)
        return page or answer(fault.status_code, headers=dict(fault.headers or {}))

    @app.exception_handler(Exception)
    def unknown(request: Request, fault: Exception) -> Response:
        route = getattr(request.scope.get("route"), "path", "?")  # a path may hold a secret
        log.error("%s %s failed", request.method, route, exc_info=fault)
        return shown(request, 500, TITLES[500][1], None) or answer(500)


def answer(
    status: int,
    detail: str | None = None,
    *,
    hint: str | None = None,
    errors: list[Fault] | None = None,
    headers: dict[str, str] | None = None,
) -> Response:
    """The answer to a request that failed."""
    name, title = TITLES.get(status, ("error", "The request failed."))
    problem = Problem(
        type=f"urn:assay:problem:{name}",
        title=title,
        status=status,
        detail=detail,
        hint=hint,
        errors=errors,
    )
    return Response(
        problem.model_dump_json(exclude_none=True),
        status_code=status,
        media_type=MEDIA_TYPE,
        headers=headers,
    )
