"""`/v1/webhooks` and `/v1/deliveries`: where an organisation is told, and what it was told."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query, Request

from provenance.fetch import PUBLIC_ONLY, checked_address
from service.api.access import Administrator
from service.api.identifiers import MessageId, WebhookId
from service.api.noting import about
from service.api.problems import ProblemError, described
from service.api.records import (
    DeliveriesBody,
    DeliveryBody,
    NewWebhook,
    RegisteredBody,
    WebhookBody,
    WebhooksBody,
)
from service.running import Service
from service.storage.webhooks import DeliveryState

__all__ = ["router"]

router = APIRouter(prefix="/v1")


@router.post(
    "/webhooks",
    status_code=201,
    operation_id="register_webhook",
    summary="Be told of every screening that ends.",
    responses=described(400, 401, 403, 422, 429, 500),
)
def register(request: Request, caller: Administrator, body: NewWebhook) -> RegisteredBody:
    """Messages are signed by the Standard Webhooks scheme, with the secret of the answer."""
    checked_address(body.url, PUBLIC_ONLY)
    service: Service = request.app.state.service
    made = service.webhooks.register(caller.organisation, body.url)
    about(request, made.id)
    return RegisteredBody(webhook=WebhookBody.of(made), secret=made.secret)


@router.get(
    "/webhooks",
    operation_id="webhooks",
    summary="The organisation's webhooks.",
    responses=described(401, 403, 429, 500),
)
def listed(request: Request, caller: Administrator) -> WebhooksBody:
    """Those that have not ended."""
    service: Service = request.app.state.service
    found = service.webhooks.listed(caller.organisation)
    return WebhooksBody(items=tuple(WebhookBody.of(one) for one in found))


@router.delete(
    "/webhooks/{webhook}",
    status_code=204,
    operation_id="end_webhook",
    summary="End a webhook.",
    responses=described(401, 403, 404, 422, 429, 500),
)
def end(request: Request, caller: Administrator, webhook: WebhookId) -> None:
    """Nothing is sent to it any more, not even what is due."""
    service: Service = request.app.state.service
    if not service.webhooks.end(caller.organisation, webhook):
        raise ProblemError(404, "there is no such webhook")


@router.get(
    "/deliveries",
    operation_id="deliveries",
    summary="What was sent to webhooks, newest first.",
    responses=described(401, 403, 422, 429, 500),
)
def deliveries(
    request: Request,
    caller: Administrator,
    *,
    limit: Annotated[int, Query(ge=1, le=200, description="How many.")] = 50,
    state: Annotated[
        DeliveryState | None, Query(description="Only these; `dead` is the dead-letter list.")
    ] = None,
) -> DeliveriesBody:
    """With the answer of the last attempt."""
    service: Service = request.app.state.service
    found = service.webhooks.deliveries(caller.organisation, limit=limit, state=state)
    return DeliveriesBody(items=tuple(DeliveryBody.of(one) for one in found))


@router.post(
    "/deliveries/{message}/again",
    status_code=204,
    operation_id="deliver_again",
    summary="Send a message again.",
    responses=described(401, 403, 404, 422, 429, 500),
)
def again(request: Request, caller: Administrator, message: MessageId) -> None:
    """At once, under the same identifier; attempts are counted anew."""
    service: Service = request.app.state.service
    if not service.webhooks.again(caller.organisation, message):
        raise ProblemError(404, "there is no such message")
