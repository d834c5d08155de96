"""The overview: works over time, what waits, what people reversed; and the detectors."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Iterable
from dataclasses import dataclass

from fastapi import APIRouter, Request, Response

import detectors
from detectors.card_words import headings
from detectors.models.folder import open_model
from detectors.models.places import model_place
from detectors.models.records import CARD
from service.api.problems import ProblemError
from service.review.reversals import count
from service.running import Service
from service.storage.accounts import Scope
from service.verdict import VerdictOrigin
from service.web.pages import language_of, page
from service.web.visitors import VisitorHere

__all__ = ["router"]

router = APIRouter(include_in_schema=False)

TOLD = ("intended_use", "limits")
"""Parts of a card that whoever made the model wrote in several languages."""

DAYS = 30
A_YEAR = dt.timedelta(days=365)
WIDE, HIGH = 900, 220


@dataclass(frozen=True, slots=True)
class Part:
    """A stretch of a column: how many works of one day had one origin."""

    origin: VerdictOrigin
    count: int
    y: float
    height: float


@dataclass(frozen=True, slots=True)
class Column:
    """A day."""

    day: dt.date
    total: int
    x: float
    width: float
    parts: tuple[Part, ...]


def columns(
    counted: Iterable[tuple[dt.date, str, int]], today: dt.date
) -> tuple[tuple[Column, ...], int]:
    """The columns of the last days, and the count that the highest may have.

    Args:
        counted: works by day and origin.
        today: the last day.
    """
    by_day: dict[dt.date, dict[str, int]] = {}
    for day, origin, number in counted:
        by_day.setdefault(day, {})[origin] = number
    days = [today - dt.timedelta(days=n) for n in range(DAYS - 1, -1, -1)]
    most = max((sum(by_day.get(day, {}).values()) for day in days), default=0) or 1
    step = WIDE / DAYS
    made = []
    for place, day in enumerate(days):
        top, parts = float(HIGH), []
        for origin in VerdictOrigin:
            number = by_day.get(day, {}).get(origin, 0)
            if number:
                height = HIGH * number / most
                top -= height
                parts.append(Part(origin, number, round(top, 2), round(height, 2)))
        total = sum(part.count for part in parts)
        made.append(Column(day, total, round(place * step, 2), round(step - 4, 2), tuple(parts)))
    return tuple(made), most


@router.get("/overview")
def overview(request: Request, visitor: VisitorHere) -> Response:
    """Works a day by origin, what waits, and what people reversed."""
    service: Service = request.app.state.service
    of, now = visitor.caller.organisation, dt.datetime.now(dt.UTC)
    since = dt.datetime.combine(now.date() - dt.timedelta(days=DAYS - 1), dt.time(), tzinfo=dt.UTC)
    made, most = columns(service.histories.days(of, since), now.date())
    decisions = service.desk.reviews.all_decisions(of, now - A_YEAR)
    opened, overdue = service.desk.reviews.waiting(of)
    return page(
        request,
        "overview.html.j2",
        visitor,
        columns=made,
        most=most,
        wide=WIDE,
        high=HIGH,
        origins=tuple(VerdictOrigin),
        total=sum(one.total for one in made),
        open=opened,
        overdue=overdue,
        waiting=service.histories.waiting(of),
        rows=count(tuple((one.sha256, one.decided, one.facts) for one in decisions)).items,
        calibration=service.calibration(of).rows,
        may_review=visitor.may(Scope.REVIEW),
    )


@router.get("/models")
def models(request: Request, visitor: VisitorHere) -> Response:
    """The detectors that are installed."""
    cards = [(name, detectors.load(name).card) for name in sorted(detectors.installed())]
    return page(request, "models.html.j2", visitor, cards=cards)


@router.get("/models/{name}")
def model(request: Request, visitor: VisitorHere, name: str) -> Response:
    """The card of a detector: what it was measured to do, and where it fails."""
    if name not in detectors.installed():
        raise ProblemError(404, "there is no such detector")
    card = detectors.load(name).card
    place = model_place(name)
    whole = card.model_dump(mode="json", by_alias=True)
    if place is not None:
        whole = json.loads(open_model(place).read(CARD))
    text = json.dumps(whole, indent=2, ensure_ascii=False)
    lang = language_of(request)
    told = {name: whole[name].get(lang) or whole[name].get("en") for name in TOLD if name in whole}
    service: Service = request.app.state.service
    return page(
        request,
        "model.html.j2",
        visitor,
        name=name,
        card=card,
        whole=whole | told,
        told=told,
        text=text,
        headings=headings(lang),
        checked=service.calibration(visitor.caller.organisation).of(name),
    )
