"""Every kind of evidence as a card."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import assert_never

from provenance.evidence import (
    Credential,
    Declaration,
    Detection,
    Match,
    Reservation,
    Watermark,
    Where,
)
from service.render.cards import SHORT, Card, Fact, Facts
from service.render.credentials import credential_card
from service.render.measurements import measurements
from service.render.reasoning import warning_in_words
from service.render.wording import DASH, Words, one_line

__all__ = ["Shown", "card"]

MOST_PLACES = 12

Shown = Credential | Declaration | Reservation | Detection | Match | Watermark
"""What is shown as a card; checks that did not run are listed together instead."""


def card(record: Shown, words: Words) -> Card:
    """How `record` is shown."""
    source = one_line(record.source, 40)
    empty = Card(
        id=record.id,
        kind=words.of("kind", record.kind),
        source=source if record.part is None else f"{source}, {one_line(record.part, SHORT)}",
    )
    facts = Facts(words)
    match record:
        case Credential():
            return credential_card(record, empty, words)
        case Declaration():
            summary = _declaration(record, facts)
        case Reservation():
            summary = _reservation(record, facts)
        case Detection():
            summary = _detection(record, facts)
        case Match():
            summary = _match(record, facts)
        case Watermark():
            summary = _watermark(record, facts)
        case _:
            assert_never(record)
    return replace(empty, summary=summary, facts=tuple(facts.found))


def _declaration(declaration: Declaration, facts: Facts) -> str:
    words = facts.words
    facts.quote("field", declaration.field)
    facts.quote("value", declaration.value)
    facts.say("strength", words.of("strength", declaration.strength))
    facts.quote("generator", declaration.generator)
    if declaration.ai_denied:
        return words.ui("ai_denied")
    return words.of("statement", declaration.statement)


def _reservation(reservation: Reservation, facts: Facts) -> str:
    words = facts.words
    for purpose, state in reservation.purposes.items():
        facts.found.append(Fact(words.of("purpose", purpose), words.of("reservation_state", state)))
    facts.quote("native_value", reservation.native_value)
    for name in ("channel", "scope", "agent", "authority", "standing", "formal", "intent"):
        facts.quote(name, getattr(reservation, name))
    for name in ("valid_from", "valid_to", "observed_at"):
        moment = getattr(reservation, name)
        facts.say(name, words.moment(moment) if moment else None)
    if reservation.document:
        facts.quote("document", reservation.document.location)
        facts.quote("sha256", reservation.document.sha256)
    for warning in reservation.warnings:
        facts.quote("warning", warning_in_words(warning, words))
    return one_line(reservation.protocol, SHORT)


def _detection(detection: Detection, facts: Facts) -> str:
    words = facts.words
    summary = one_line(detection.detector, SHORT)
    if detection.abstain is None:
        _measured(detection, facts)
    else:
        facts.say("abstain", words.of("abstain_reason", detection.abstain))
    facts.say("score", words.number(detection.score, 4))
    facts.say("features", measurements(detection.features, words))
    facts.quote("model", detection.model)
    return summary


def _measured(detection: Detection, facts: Facts) -> None:
    """What is to be relied on; after an abstention these numbers would only mislead."""
    words = facts.words
    if (rarity := detection.exceedance) is not None:
        facts.say("exceedance", words.percent(rarity.upper))
        group = words.ui(
            "group_measured",
            group=one_line(rarity.group, SHORT),
            works=words.number(rarity.n_works),
            sources=words.number(rarity.n_sources),
        )
        facts.say("group", group)
    if detection.likelihood is not None:
        facts.say("likelihood", words.percent(detection.likelihood))
    if detection.share is not None:
        facts.say("share", words.percent(detection.share))
    if detection.laundering is not None:
        facts.say("laundering", words.yes_no(detection.laundering))
    if detection.attribution is not None:
        family = one_line(detection.attribution.family, SHORT)
        facts.say("attribution", f"{family} ({words.percent(detection.attribution.confidence)})")
    facts.say("where", _places(detection.where, words))


def _match(found: Match, facts: Facts) -> str:
    words = facts.words
    facts.quote("title", found.work.title)
    facts.quote("work_id", found.work.id)
    for scheme, identifier in found.work.identifiers.items():
        facts.found.append(Fact(one_line(scheme, 40), one_line(identifier, SHORT), mono=True))
    facts.say("similarity", words.number(found.similarity, 3))
    if found.false_match_rate is not None:
        facts.say("false_match_rate", words.percent(found.false_match_rate))
    facts.quote("transform", found.transform)
    facts.say("where", _places((one.query for one in found.where), words))
    facts.quote("mandate", found.mandate)
    return words.of("match", found.match)


def _watermark(mark: Watermark, facts: Facts) -> str:
    words = facts.words
    facts.quote("payload", mark.payload)
    facts.say("confidence", words.percent(mark.confidence))
    if mark.false_alarm_rate is not None:
        facts.say("false_alarm_rate", words.percent(mark.false_alarm_rate))
    if mark.supporting:
        facts.say("reading", words.ui("supporting_only"))
    return one_line(mark.scheme, SHORT)


def _places(places: Iterable[Where], words: Words) -> str:
    listed = list(places)
    shown = [_place(one, words) for one in listed[:MOST_PLACES]]
    if len(listed) > MOST_PLACES:
        shown.append(words.ui("and_more", count=words.number(len(listed) - MOST_PLACES)))
    return " · ".join(shown)


def _place(where: Where, words: Words) -> str:
    span = where.range or where.box or ()
    places = 1 if where.unit == "second" else 0
    numbers = DASH.join(words.number(number, places) for number in span)
    return f"{numbers} {words.of('unit', where.unit)}".strip()
