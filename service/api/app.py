"""The application: routes, problems, headers."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from importlib.metadata import version
from typing import Any

from anyio import to_thread
from fastapi import FastAPI, Request, Response
from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from service.api import (
    about,
    accesses,
    appeals,
    attestations,
    keys,
    log,
    optout,
    policies,
    problems,
    reports,
    reviews,
    screenings,
    webhooks,
)
from service.api.access import Pace
from service.api.following import Following
from service.api.measuring import Measured
from service.api.noting import NOT_NOTED, PUBLIC, Noted
from service.api.oidc import Provider, Tokens
from service.api.problems import ProblemError
from service.api.records import BODY_BYTES, FromUrl
from service.running import BytesGone, Service
from service.web.house import STREAMED as PAGES_STREAMED
from service.web.house import add_pages, is_page, problem_page

__all__ = ["make_app"]

DESCRIPTION = (
    "Who or what made a work, is what it says about itself intact, and has its owner reserved it? "
    "Works go in at /v1/screenings, and reports come out."
)
STREAMED = re.compile(
    rf"/v1/screenings|/v1/optout/origin|/v1/appeals/[^/]+/exhibits|{PAGES_STREAMED}"
)
OF_HAND = (problems.Problem, FromUrl, optout.OriginQuestion, attestations.VerificationBody)
"""Bodies that no operation takes or gives by its signature."""


def make_app(service: Service) -> FastAPI:
    """The application of a service, which begins and ends with it."""

    @asynccontextmanager
    async def running(_: FastAPI) -> AsyncIterator[None]:
        await to_thread.run_sync(service.start)
        try:
            yield
        finally:
            await to_thread.run_sync(service.stop)
            await to_thread.run_sync(app.state.seeing.close)

    app = FastAPI(
        title="Assay",
        description=DESCRIPTION,
        version=version("assay-provenance"),
        lifespan=running,
        openapi_url="/v1/openapi.json",
        docs_url=None,
        redoc_url=None,
        redirect_slashes=False,
    )
    app.state.service = service
    app.state.accounts = service.accounts
    app.state.tokens = _tokens(service)
    app.state.pace = Pace(service.settings.requests_per_minute)
    app.state.public_pace = Pace(service.settings.public_requests_per_minute)
    app.state.questions = optout.limiter()
    app.state.following = Following(service.watching.progress)
    problems.install(app, _told)

    @app.exception_handler(BytesGone)
    def gone(request: Request, _: BytesGone) -> Response:
        detail = "the same work was erased at this very moment"
        page = _told(request, 503, detail, None)
        return page or problems.answer(503, detail, hint="Send it again.")

    for module in (
        screenings,
        reports,
        accesses,
        attestations,
        log,
        reviews,
        appeals,
        policies,
        optout,
        keys,
        webhooks,
        about,
    ):
        app.include_router(module.router)
    add_pages(app)

    app.add_middleware(Noted, accesses=service.accesses, shown=_told)
    app.add_middleware(_SmallBodies)
    app.add_middleware(_Headers)
    app.add_middleware(Measured, metrics=service.metrics)

    described = app.openapi

    def openapi() -> dict[str, Any]:
        schema = described()
        schemas = schema["components"]["schemas"]
        for record in OF_HAND:
            made = record.model_json_schema(ref_template="#/components/schemas/{model}")
            schemas.update(made.pop("$defs", {}))
            schemas[record.__name__] = made
        may_be_noted = problems.described(503).items()
        for operation in (one for path in schema["paths"].values() for one in path.values()):
            is_noted = operation["operationId"] not in NOT_NOTED | PUBLIC
            if "429" in operation["responses"] and is_noted:
                operation["responses"] |= {str(status): told for status, told in may_be_noted}
        for unused in ("HTTPValidationError", "ValidationError"):
            schemas.pop(unused, None)
        return schema

    app.openapi = openapi  # type: ignore[method-assign]
    return app


def _tokens(service: Service) -> Tokens | None:
    told = service.settings
    if told.oidc_issuer is None:
        return None
    provider = Provider(
        issuer=told.oidc_issuer,
        audience=told.oidc_audience,
        keys=told.oidc_keys,
        organisation=told.oidc_organisation,
        roles=told.oidc_roles,
    )
    return Tokens(provider, service.accounts)


def _told(request: Request, status: int, detail: str | None, hint: str | None) -> Response | None:
    return problem_page(request, status, detail, hint) if is_page(request) else None


class _SmallBodies:
    """A body that is held in memory is a small one, whoever sends it; uploads are not held."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or STREAMED.fullmatch(scope["path"]):
            await self._app(scope, receive, send)
            return
        taken = 0

        async def received() -> Message:
            nonlocal taken
            message = await receive()
            taken += len(message.get("body", b""))
            if taken > BODY_BYTES:
                raise ProblemError(400, f"a JSON body may have {BODY_BYTES} bytes at most")
            return message

        await self._app(scope, received, send)


class _Headers:
    """Headers of every answer, where it does not set them itself."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        async def sent(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in problems.HEADERS.items():
                    headers.setdefault(name, value)
            await send(message)

        await self._app(scope, receive, sent)
