"""Evidence as cards: each record as a title, labelled facts, and what hangs below it.

One place says how a record is shown; the terminal and the page only lay it out. Every string
that comes from outside is made visible here.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import assert_never

from provenance.evidence import (
    TRUSTED_LEVELS,
    Carrier,
    Credential,
    Declaration,
    Detection,
    Evidence,
    Ingredient,
    Integrity,
    Match,
    NotRun,
    Origin,
    Reservation,
    Signer,
    Watermark,
    Where,
)
from service.render.wording import Words, one_line, quotable, visible

__all__ = ["Branch", "Card", "Fact", "card", "signer_line"]

VALUE = 4096
SHORT = 160
MOST_PLACES = 12
MOST_BRANCHES = 200
CLAIMS = frozenset({Origin.CAPTURE, Origin.HUMAN_CREATION})


@dataclass(frozen=True, slots=True)
class Fact:
    """A labelled value, visible, at most some 4,000 characters long.

    Attributes:
        mono: whether it is an identifier or a quotation rather than a word of ours.
    """

    label: str
    value: str
    mono: bool = False


@dataclass(frozen=True, slots=True)
class Branch:
    """One ingredient.

    Attributes:
        title: how it went in, and what it calls itself.
        lines: integrity, signer, statements, failures.
        broken: whether its own manifest is broken or unreadable.
        below: its own ingredients.
        left_out: how many more there are that are not shown.
    """

    title: str
    lines: tuple[str, ...]
    broken: bool
    below: tuple[Branch, ...] = ()
    left_out: int = 0


@dataclass(frozen=True, slots=True)
class Card:
    """One record of evidence.

    Attributes:
        id: its number in the report.
        kind: what sort of record, in words.
        source: who found it, and in which part.
        summary: the record in a few words.
        facts: in the order in which they matter.
        branches: the ingredients of a credential.
        codes: validation codes by outcome; failures first.
        failed: validation codes that are failures.
    """

    id: int
    kind: str
    source: str
    summary: str
    facts: tuple[Fact, ...]
    branches: tuple[Branch, ...] = ()
    codes: tuple[tuple[str, tuple[str, ...]], ...] = ()
    failed: tuple[str, ...] = ()


@dataclass(slots=True)
class Facts:
    """Collects facts, leaving out what is not known."""

    words: Words
    found: list[Fact] = field(default_factory=list)

    def say(self, label: str, value: str | None) -> None:
        """A fact in our words."""
        if value:
            self.found.append(Fact(self.words.ui(label), value))

    def quote(self, label: str, value: str | None) -> None:
        """A fact in someone else's words."""
        if value:
            shown = one_line(value, VALUE)
            self.found.append(Fact(self.words.ui(label), shown, mono=True))


def card(record: Evidence, words: Words) -> Card:
    """How `record` is shown."""
    facts = Facts(words)
    match record:
        case Credential():
            return _credential(record, facts)
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
        case NotRun():
            summary = words.of("not_run_reason", record.reason)
            facts.say("check", words.of("check", record.check))
            facts.quote("detail", record.detail)
        case _:
            assert_never(record)
    return _card(record, facts, summary)


def _card(record: Evidence, facts: Facts, summary: str) -> Card:
    words = facts.words
    where = words.ui("whole_work") if record.part is None else one_line(record.part, SHORT)
    return Card(
        id=record.id,
        kind=words.of("kind", record.kind),
        source=f"{one_line(record.source, 40)}, {where}",
        summary=summary,
        facts=tuple(facts.found),
    )


def signer_line(signer: Signer, integrity: Integrity, words: Words) -> str:
    """Who signed, never said as a fact unless a trust list vouches for these very bytes."""
    names = [name for name in (signer.issuer, signer.name) if name]
    name = " / ".join(dict.fromkeys(quotable(one) for one in names)) or words.ui("nameless")
    level = words.of("signer_level", signer.level)
    if signer.level not in TRUSTED_LEVELS:
        claimed = words.ui("claimed_name", name=name)
        return claimed if level.lower() in claimed.lower() else f"{claimed}. {level}"
    if integrity is not Integrity.INTACT:
        return words.ui("signed_other_bytes", name=name)
    return words.ui("vouched_name", name=name, level=level)


def _credential(credential: Credential, facts: Facts) -> Card:
    words = facts.words
    carrier = words.of("carrier", credential.carrier)
    integrity = words.of("integrity", credential.integrity)
    embedded = credential.carrier is Carrier.EMBEDDED
    summary = words.ui("pair", first=carrier, second=integrity.lower()) if embedded else carrier
    if credential.signer:
        line = signer_line(credential.signer, credential.integrity, words)
        facts.say("signer", line)
        if credential.signer.signed_at:
            facts.say("signed_at", words.moment(credential.signer.signed_at))
    if embedded:
        facts.say("says", _says(credential, words))
    if credential.origin in CLAIMS:
        facts.say("human_level", _human_level(credential, words))
    facts.quote("digital_source_types", ", ".join(credential.digital_source_types))
    facts.quote("generator", credential.generator)
    facts.quote("remote_url", credential.remote_url)
    facts.quote("problem", credential.problem)
    facts.quote("manifest", credential.manifest)
    plain = _card(credential, facts, summary)
    budget = [MOST_BRANCHES]
    return Card(
        id=plain.id,
        kind=plain.kind,
        source=plain.source,
        summary=plain.summary,
        facts=plain.facts,
        branches=_branches(credential.ingredients, words, budget),
        codes=tuple(
            (words.ui(f"codes_{name}"), tuple(one_line(code, SHORT) for code in listed))
            for name in ("failure", "informational", "success")
            if (listed := getattr(credential.codes, name))
        ),
        failed=tuple(one_line(code, SHORT) for code in credential.codes.failure),
    )


def _says(credential: Credential, words: Words) -> str:
    said = words.of("credential_origin", credential.origin)
    if credential.integrity is Integrity.INTACT:
        return said
    return words.ui("said_of_other_bytes", statement=said)


def _human_level(credential: Credential, words: Words) -> str:
    level = words.ui("level_of_four", level=credential.human_level)
    if credential.human_level_reason is None:
        return level
    why = words.known("human_level_reason", credential.human_level_reason)
    return f"{level} ({why})"


def _branches(
    ingredients: Sequence[Ingredient], words: Words, budget: list[int]
) -> tuple[Branch, ...]:
    """The first ingredients, depth first, as long as the budget lasts."""
    shown: list[Branch] = []
    for n, ingredient in enumerate(ingredients):
        if budget[0] <= 0:
            left = sum(map(_count, ingredients[n:]))
            shown.append(Branch("", (), broken=False, left_out=left))
            break
        budget[0] -= 1
        shown.append(_branch(ingredient, words, budget))
    return tuple(shown)


def _count(ingredient: Ingredient) -> int:
    return 1 + sum(map(_count, ingredient.ingredients))


def _branch(ingredient: Ingredient, words: Words, budget: list[int]) -> Branch:
    how = words.known("relationship", ingredient.relationship)
    title = quotable(ingredient.title or ingredient.manifest or words.ui("nameless"), SHORT)
    lines = [words.of("integrity", ingredient.integrity)]
    if ingredient.signer:
        lines.append(signer_line(ingredient.signer, ingredient.integrity, words))
    lines += [one_line(name, SHORT) for name in ingredient.digital_source_types]
    if ingredient.generator:
        lines.append(one_line(ingredient.generator, SHORT))
    return Branch(
        title=words.ui("ingredient_title", relationship=how, title=title),
        lines=(*lines, *(one_line(code, SHORT) for code in ingredient.failure)),
        broken=ingredient.integrity in {Integrity.BROKEN, Integrity.UNREADABLE},
        below=_branches(ingredient.ingredients, words, budget),
    )


def _declaration(declaration: Declaration, facts: Facts) -> str:
    words = facts.words
    facts.quote("field", declaration.field)
    facts.quote("value", declaration.value)
    facts.say("strength", words.of("strength", declaration.strength))
    facts.quote("generator", declaration.generator)
    return words.of("statement", declaration.statement)


def _reservation(reservation: Reservation, facts: Facts) -> str:
    words = facts.words
    for purpose, state in reservation.purposes.items():
        facts.found.append(
            Fact(words.of("purpose", purpose), words.of("reservation_state", state))
        )
    facts.quote("native_value", reservation.native_value)
    for name in ("channel", "scope", "agent", "authority", "standing", "formal", "intent"):
        facts.quote(name, getattr(reservation, name))
    for name in ("valid_from", "valid_to", "observed_at"):
        moment = getattr(reservation, name)
        facts.say(name, moment and words.moment(moment))
    if reservation.document:
        facts.quote("document", reservation.document.location)
        facts.quote("sha256", reservation.document.sha256)
    for warning in reservation.warnings:
        facts.quote("warning", warning)
    return one_line(reservation.protocol, SHORT)


def _detection(detection: Detection, facts: Facts) -> str:
    words = facts.words
    summary = one_line(detection.detector, SHORT)
    if detection.abstain is not None:
        facts.say("abstain", words.of("abstain_reason", detection.abstain))
    if (rarity := detection.exceedance) is not None:
        facts.say("exceedance", words.percent(rarity.upper))
        facts.found.append(Fact(words.ui("group"), words.ui(
            "group_measured",
            group=one_line(rarity.group, SHORT),
            works=words.number(rarity.n_works),
            sources=words.number(rarity.n_sources),
        )))
    if detection.likelihood is not None:
        facts.say("likelihood", words.percent(detection.likelihood))
    if detection.share is not None:
        facts.say("share", words.percent(detection.share))
    if detection.laundering is not None:
        facts.say("laundering", words.yes_no(detection.laundering))
    if detection.attribution is not None:
        family = one_line(detection.attribution.family, SHORT)
        sure = words.percent(detection.attribution.confidence)
        facts.say("attribution", f"{family} ({sure})")
    facts.say("where", _places(detection.where, words))
    facts.say("score", words.number(detection.score, 4))
    facts.say("features", "; ".join(
        f"{one_line(one.name, 60)} {words.number(one.value, 3)}" for one in detection.features
    ))
    facts.quote("model", detection.model)
    return summary


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
    return "; ".join(shown)


def _place(where: Where, words: Words) -> str:
    span = where.range or where.box or ()
    places = 1 if where.unit == "second" else 0
    numbers = "\N{EN DASH}".join(words.number(number, places) for number in span)
    return f"{numbers} {words.of('unit', where.unit)}".strip()
