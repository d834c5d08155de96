"""What the service is and how it does: models, trust lists, health and metrics."""

from __future__ import annotations

import json
from typing import Any

from fastapi import APIRouter, Request, Response
from prometheus_client import CONTENT_TYPE_LATEST
from pydantic import Field

import detectors
from detectors.models.folder import open_model
from detectors.models.places import model_place
from detectors.models.records import CARD
from provenance.evidence import Record
from service.api.access import OpenToAll, Reader
from service.api.problems import ProblemError, described
from service.running import Service

__all__ = ["router"]

router = APIRouter()


class Health(Record):
    """That the process answers."""

    status: str = "ok"


class ModelBody(Record):
    """A detector that is installed, with its card."""

    name: str
    model: str = Field(description="Digest of its weights.")
    card: dict[str, Any] = Field(
        description="Its model card (`assay/card/1`); in short where it has no weights."
    )


class ModelsBody(Record):
    """The detectors that are installed."""

    items: tuple[ModelBody, ...]


class TrustListBody(Record):
    """A trust list in use."""

    name: str
    date: str | None
    sha256: str


class TrustBody(Record):
    """The trust lists in use."""

    items: tuple[TrustListBody, ...]


@router.get(
    "/v1/models",
    operation_id="models",
    summary="The detectors that are installed, with their cards.",
    responses=described(401, 403, 429, 500),
)
def models(caller: Reader) -> ModelsBody:
    """What each was measured to do, and where it fails, stands in its card."""
    found = []
    for name in sorted(detectors.installed()):
        card = detectors.load(name).card
        place = model_place(name)
        body = card.model_dump(mode="json", by_alias=True)
        if place is not None:
            body = json.loads(open_model(place).read(CARD))
        found.append(ModelBody(name=name, model=card.model, card=body))
    return ModelsBody(items=tuple(found))


@router.get(
    "/v1/trust",
    operation_id="trust",
    summary="The trust lists in use.",
    responses=described(401, 403, 429, 500),
)
def trust(request: Request, caller: Reader) -> TrustBody:
    """Whose signatures count."""
    service: Service = request.app.state.service
    return TrustBody(
        items=tuple(
            TrustListBody(
                name=one.name, date=str(one.date) if one.date else None, sha256=one.sha256
            )
            for one in service.trust.lists()
        )
    )


@router.get(
    "/v1/receipt-keys",
    operation_id="receipt_keys",
    dependencies=[OpenToAll],
    summary="The public keys that receipts of this service are checked with.",
    response_class=Response,
    responses={
        200: {
            "description": "A key set, `assay/keys/1`.",
            "content": {"application/json": {"schema": {"type": "object"}}},
        },
        **described(429, 500),
    },
)
def receipt_keys(request: Request) -> Response:
    """For everyone; keep a copy, for a receipt is only as good as where its key came from."""
    service: Service = request.app.state.service
    return Response(service.key_set().model_dump_json(), media_type="application/json")


@router.get("/healthz", operation_id="healthz", summary="Whether the process answers.")
def healthz() -> Health:
    """It does."""
    return Health()


@router.get(
    "/readyz",
    operation_id="readyz",
    summary="Whether works can be taken in.",
    responses=described(503),
)
def readyz(request: Request) -> Health:
    """They can when the database answers."""
    service: Service = request.app.state.service
    if not service.is_ready():
        raise ProblemError(503, "the database does not answer")
    return Health()


@router.get(
    "/metrics",
    operation_id="metrics",
    summary="Metrics for Prometheus.",
    response_class=Response,
    responses={
        200: {
            "description": "Text in the exposition format of Prometheus.",
            "content": {"text/plain": {"schema": {"type": "string"}}},
        },
        **described(404),
    },
)
def metrics(request: Request) -> Response:
    """Counts over all organisations; nothing of any one. None where they have a port of their own.

    Counters are of the process that answers; the state of works, queue and messages is of all.
    """
    service: Service = request.app.state.service
    if service.settings.metrics_port is not None:
        raise ProblemError(404, "the metrics are given at a port of their own")
    return Response(service.metrics.text(), media_type=CONTENT_TYPE_LATEST)
