"""`/v1/optout`: what is reserved now, and what one site had reserved when a copy was made."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Annotated, Literal, TypeVar

from anyio import CapacityLimiter, to_thread
from fastapi import APIRouter, Depends, Request, Response
from pydantic import Field

from provenance.errors import ConfigError
from provenance.evidence import Purpose, Record
from provenance.fetch import PUBLIC_ONLY, checked_url
from provenance.limits import KIB, MIB
from provenance.rights.finding import Finding
from provenance.rights.history import Span
from provenance.rights.records import Channel
from provenance.rights.snapshots import host_of
from provenance.rights.surroundings import RightsFile
from service.api.access import Caller, scopes_allowed
from service.api.bodies import read_json
from service.api.noting import about
from service.api.problems import ProblemError, described
from service.intake import Failed
from service.optout.answering import declared_in
from service.optout.asking import HOW_TO_DATE, agent_token, moment_of, purpose_of, use_of
from service.optout.checking import Declared
from service.optout.gathering import PLACES
from service.optout.judging import SeenFile
from service.report import Report
from service.running import Service
from service.storage.accounts import Scope
from service.storage.screenings import Screening

__all__ = ["OriginQuestion", "limiter", "router"]

router = APIRouter(prefix="/v1/optout")

JSON = "application/json"
MOST_URLS, MOST_DOCUMENTS = 10, 100
HISTORY_BYTES = 2 * MIB
AT_ONCE, MOST_WAITING = 3, 30
"""Questions that are answered at once by a process, and how many more wait for that."""

DOCUMENTS = dict(PLACES) | {Channel.RSL: "/rsl.xml"}
"""Where the documents of a host are, as snapshots of them are taken to be from."""

Asker = Annotated[Caller, Depends(scopes_allowed(Scope.SUBMIT, Scope.AUDIT_READ))]
Agent = Annotated[
    str | None,
    Field(
        default=None,
        min_length=1,
        max_length=500,
        description="A crawler: its token (GPTBot) or whole user-agent string.",
    ),
]
Asked = Annotated[
    Purpose | None,
    Field(
        default=None, description="The use that is asked about; else the agent's, or the policy's."
    ),
]
Url = Annotated[str, Field(min_length=1, max_length=4096)]

Answer = TypeVar("Answer")


class CheckQuestion(Record):
    """What is asked about: URLs, or a work that was examined."""

    urls: tuple[Url, ...] = Field(
        default=(),
        max_length=MOST_URLS,
        description="Absolute; giving one is consent to fetch it and its host's rights files.",
    )
    screening: str | None = Field(
        default=None,
        max_length=30,
        description="A screening of a file, with a report; its evidence answers, nothing is read.",
    )
    agent: Agent
    use: Asked


class Unanswered(Record):
    """An input that could not be looked at."""

    input: str = Field(description="As given.")
    fault: str = Field(description="Why not.")


class CheckBody(Record):
    """The answers, in the order of the question."""

    items: tuple[Declared | Unanswered, ...] = Field(
        description="Each as `assay optout check --format json` writes it, or why there is none."
    )


class Document(Record):
    """What a host declared, as it was seen at some time."""

    document: Literal["robots.txt", "tdmrep.json", "ai.txt", "rsl"] = Field(
        default="robots.txt", description="What it is."
    )
    seen: str = Field(
        min_length=1,
        max_length=40,
        description="When: 2024-03-01, for the whole day, or 2024-03-01T12:00:00Z.",
    )
    text: str = Field(max_length=512 * KIB, description="Its words.")


class OriginQuestion(Record):
    """One site, one agent, one date; and either its host is asked now, or a history is given."""

    url: Url
    agent: Agent
    at: str | None = Field(
        default=None,
        min_length=1,
        max_length=40,
        description="When the copy was made: 2024-03-01, or with a time.",
    )
    use: Asked
    online: bool = Field(default=False, description="Ask the host itself, as it is now.")
    history: tuple[Document, ...] = Field(
        default=(), max_length=MOST_DOCUMENTS, description="What the host of the URL declared."
    )


@router.post(
    "/check",
    operation_id="check_optout",
    summary="What the owners of works declare, channel by channel.",
    response_class=Response,
    responses={
        200: {"model": CheckBody, "description": "An answer for each input."},
        **described(400, 401, 403, 404, 409, 422, 429, 500),
    },
)
async def check(request: Request, caller: Asker, body: CheckQuestion) -> Response:
    """Silence is not a permission. What cannot be fetched says so in its place."""
    if bool(body.urls) == (body.screening is not None):
        raise ProblemError(422, "give urls or a screening, one of the two")
    if body.screening is not None:
        about(request, body.screening)
    items = await _answered(request, lambda: _checked(request, caller, body))
    return Response(f'{{"items":[{",".join(items)}]}}', media_type=JSON)


@router.post(
    "/origin",
    operation_id="check_origin",
    summary="Whether a use of a page was reserved when the copy was made.",
    response_class=Response,
    responses={
        200: {
            "description": "A finding, `assay/finding/1`, as `assay optout origin` writes it.",
            "content": {JSON: {"schema": {"type": "object"}}},
        },
        **described(401, 403, 413, 422, 429, 500),
    },
    openapi_extra={
        "requestBody": {
            "required": True,
            "content": {JSON: {"schema": {"$ref": "#/components/schemas/OriginQuestion"}}},
        }
    },
)
async def origin(request: Request, caller: Asker) -> Response:
    """Judged by the documents that are given, or by what the host answers now."""
    body = await read_json(request, OriginQuestion, HISTORY_BYTES)
    if body.online == bool(body.history):
        raise ProblemError(
            422,
            "give a history, or online, one of the two",
            hint="A past use is judged by what was observed then; online knows only today.",
        )
    finding = await _answered(request, lambda: _judged(request, caller, body))
    return Response(finding.to_json(), media_type=JSON)


def limiter() -> CapacityLimiter:
    """How many questions a process answers at once."""
    return CapacityLimiter(AT_ONCE)


async def _answered(request: Request, answer: Callable[[], Answer]) -> Answer:
    """An answer that may take a while, beside which others wait; no upload waits for one."""
    questions: CapacityLimiter = request.app.state.questions
    if questions.statistics().tasks_waiting >= MOST_WAITING:
        detail = "too many questions wait for an answer"
        raise ProblemError(429, detail, headers={"Retry-After": "60"})
    return await to_thread.run_sync(answer, limiter=questions)


def _checked(request: Request, caller: Caller, body: CheckQuestion) -> list[str]:
    service: Service = request.app.state.service
    policy = service.policy_of(caller.organisation)
    purpose = purpose_of(body.use, body.agent, policy.purpose)
    if body.screening is not None:
        if body.agent is not None:
            detail = "agent: what was examined was examined for nobody in particular"
            raise ProblemError(422, detail, hint="Ask about its url.")
        report = _report(service, caller, body.screening)
        return [declared_in(report, policy, purpose).to_json()]
    for url in body.urls:
        checked_url(url, PUBLIC_ONLY)
    answers = service.answering.check(body.urls, purpose, _token(body.agent))
    return [_written(one) for one in answers]


def _report(service: Service, caller: Caller, screening: str) -> Report:
    one: Screening | None = service.screenings.get(caller.organisation, screening)
    if one is None:
        raise ProblemError(404, "there is no such screening")
    if one.url is not None:
        detail = "it was fetched from a URL, whose host may declare something else by now"
        raise ProblemError(422, detail, hint="Ask about its url.")
    stored = one.report and service.screenings.report(caller.organisation, one.report)
    if not stored:
        raise ProblemError(409, "it has no report yet", hint="Ask again once it is done.")
    return Report.model_validate_json(stored.document)


def _judged(request: Request, caller: Caller, body: OriginQuestion) -> Finding:
    service: Service = request.app.state.service
    checked_url(body.url, PUBLIC_ONLY)
    policy = service.policy_of(caller.organisation)
    purpose = purpose_of(body.use, body.agent, policy.purpose)
    agent, now = _token(body.agent), None
    if body.at is not None:
        _moment("at", body.at)
    if body.online:
        seen = service.answering.host_now(body.url)
        now = dt.datetime.now(dt.UTC)  # after what was asked: that is what is known of now
    else:
        seen = _history(body)
    use = use_of(purpose, agent=agent, at=body.at, now=now)
    return service.answering.origin(body.url, use, seen)


def _history(body: OriginQuestion) -> tuple[SeenFile, ...]:
    host = host_of(body.url)
    seen = []
    for n, one in enumerate(body.history):
        span = _moment(f"history/{n}/seen", one.seen)
        channel = Channel(one.document)
        address = f"https://{host}{DOCUMENTS[channel]}"
        file = RightsFile(channel, address, one.text.encode(), 200, span.start)
        seen.append(SeenFile(file, span))
    return tuple(seen)


def _moment(at: str, text: str) -> Span:
    try:
        return Span(*moment_of(text))
    except ValueError as fault:
        raise ProblemError(422, f"{at}: not a date", hint=HOW_TO_DATE) from fault


def _token(agent: str | None) -> str | None:
    try:
        return agent_token(agent)
    except ConfigError as fault:
        raise ProblemError(422, "agent: no product token in it", hint=fault.hint) from fault


def _written(one: Declared | Failed) -> str:
    if isinstance(one, Declared):
        return one.to_json()
    return Unanswered(input=one.name, fault=str(one.error)).model_dump_json()
