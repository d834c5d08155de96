"""The marks of a work: what it carries about its origin or its rights, keyed by meaning.

Two files of one work seldom carry a mark in the same place: what stood in a text chunk of a PNG
stands in EXIF once it is a JPEG. So a mark is known by what it is for (a label, a property, a
protocol, a scheme), and what it says is compared without the dress of its carrier. Credentials
have an identity of their own; `credentials` compares them. A pure function of evidence.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from html import unescape
from typing import TYPE_CHECKING, NamedTuple

from provenance.digital_source_type import bare_name
from provenance.evidence import (
    Declaration,
    Evidence,
    NotRun,
    NotRunReason,
    Reservation,
    ReservationState,
    Statement,
    Strength,
    Watermark,
)
from service.survival.records import MarkKind, Sighting, shortened

if TYPE_CHECKING:
    from collections.abc import Iterable

__all__ = ["Gaps", "Key", "Mark", "marks_of"]

PARAMETERS = frozenset({"a1111", "comfyui", "invokeai", "midjourney", "novelai"})
"""Readers of generator parameters: one mark each, whatever field holds them."""

NAMES_A_GENERATOR = frozenset({"pdf", "tags"})
"""Readers of free text that names a product: the mark is the name, not the words around it."""

LINK = "dcterms:provenance"
INSIDE = "self#jumbf"
DEFINITE = frozenset({Statement.FULLY_AI, Statement.PARTLY_AI})

# Members of an AIGC label that whoever passes a work on must keep; the rest are theirs to fill in.
LABEL_MEMBER = re.compile(r'"(Label|ContentProducer|ProduceID)"\s*:\s*"?([^",{}]*)')

HIDDEN_CHARACTERS = "unicode-"
"""How the schemes begin that are characters in a text, told by kind (`U+202F x 30`)."""

CHARACTER = re.compile(r"(U\+[0-9A-F]{4,6}) x \d+")

OUTSIDE = frozenset({NotRunReason.NOT_INSTALLED, NotRunReason.OFFLINE})
"""Why channels of rights were not looked at in which neither file's mark was found."""

SEEKING = {"provenance": MarkKind.DECLARATION, "rights": MarkKind.RESERVATION}
UNANSWERED = frozenset(
    {
        NotRunReason.DISABLED,
        NotRunReason.UNSUPPORTED_MEDIA,
        NotRunReason.ENCRYPTED,
        NotRunReason.UNREADABLE,
        NotRunReason.LIMIT,
        NotRunReason.TIMEOUT,
        NotRunReason.FETCH_FAILED,
    }
)

WHOLE = {"provenance": {"provenance", "container"}, "rights": {"rights"}, "detect": {"detect"}}
"""Sources of a `not_run` that stand for every reader of a check."""


CHECKED_BY = {MarkKind.WATERMARK: "detect", MarkKind.RESERVATION: "rights"}


class Key(NamedTuple):
    """What makes two marks the same one.

    Attributes:
        source: the reader; two readers of one field look for different things.
        name: the property, product, protocol, scheme or algorithm; None where the source is enough.
        part: path inside the container, None for the work itself.
    """

    kind: MarkKind
    source: str
    name: str | None
    part: str | None


@dataclass(slots=True)
class Mark:
    """One mark, from all the places where it stands in one file.

    Attributes:
        says: each thing it says, without the dress of the carrier, and where it first stands.
        claims: what of it is about origin or rights, so that its loss is one.
    """

    says: dict[str, Sighting] = field(default_factory=dict)
    claims: set[str] = field(default_factory=set)


def marks_of(evidence: Iterable[Evidence]) -> dict[Key, Mark]:
    """The marks among `evidence` other than credentials, in report order."""
    marks: dict[Key, Mark] = {}
    for record in evidence:
        states: str | None = None
        match record:
            case Declaration() if not record.is_supplied:  # what came beside it is no mark in it
                key, said, claims = _declaration(record)
                place, value, states = record.field, record.value, record.statement
            case Reservation():
                key, said, claims = _reservation(record)
                place, value = record.channel, said
            case Watermark():
                key, said, claims = _watermark(record)
                place, value = record.scheme, record.payload
            case _:
                continue
        mark = marks.setdefault(key, Mark())
        mark.claims |= claims
        seen = Sighting(
            evidence=record.id, place=shortened(place), value=shortened(value), states=states
        )
        mark.says.setdefault(said, seen)
    return marks


def _declaration(record: Declaration) -> tuple[Key, str, set[str]]:
    kind, said = MarkKind.DECLARATION, " ".join(unescape(record.value).split())
    name: str | None = record.field.rpartition(":")[2]
    claims = _claims(record)
    if record.field == LINK:
        kind, name = MarkKind.PROVENANCE_LINK, None
        inside = said.startswith(INSIDE)
        # The address of a manifest inside changes with each signature, and goes with the manifest.
        said, claims = (INSIDE, set()) if inside else (said, {said})
    elif record.source == "aigc":
        name, said = None, _label(said) or said
    elif record.source in PARAMETERS:
        name = None
    elif record.source in NAMES_A_GENERATOR and record.generator:
        name, said = record.generator, record.statement
    elif name == "DigitalSourceType":
        said = bare_name(said)
    return Key(kind, record.source, name, record.part), said, claims


def _watermark(record: Watermark) -> tuple[Key, str, set[str]]:
    """Hidden characters say nothing of an origin, and how many there are is no part of the mark."""
    key = Key(MarkKind.WATERMARK, record.source, record.scheme, record.part)
    if record.scheme.startswith(HIDDEN_CHARACTERS):
        kinds = CHARACTER.findall(record.payload)
        return key, " ".join(sorted(kinds)) or record.payload, set()
    return key, record.payload, {record.payload}


def _label(text: str) -> str:
    """What an AIGC label says, however it is escaped or wrapped; '' when nothing is recognised."""
    members = LABEL_MEMBER.findall(text.replace('\\"', '"'))
    return " ".join(sorted({f"{name}={value.strip()}" for name, value in members}))


def _claims(record: Declaration) -> set[str]:
    """An AI statement that is specific enough to be one; a claim in one's favour is none."""
    if record.strength is Strength.WEAK:
        return set()
    if record.statement in DEFINITE:
        return {Statement.FULLY_AI, Statement.MAY_CONTAIN_AI}
    return {record.statement} if record.statement is Statement.MAY_CONTAIN_AI else set()


def _reservation(record: Reservation) -> tuple[Key, str, set[str]]:
    name = record.protocol if record.agent is None else f"{record.protocol} ({record.agent})"
    said = ", ".join(f"{purpose}: {state}" for purpose, state in sorted(record.purposes.items()))
    claims = set()
    for purpose, state in record.purposes.items():
        if state is ReservationState.RESERVED:
            claims |= {f"{purpose}: reserved", f"{purpose}: conditional"}
        elif state is ReservationState.CONDITIONAL:
            claims.add(f"{purpose}: conditional")
    return Key(MarkKind.RESERVATION, record.source, name, record.part), said, claims


class Gaps:
    """What was not read of one file, so that silence there says nothing."""

    def __init__(self, evidence: Iterable[Evidence]) -> None:
        not_run = [record for record in evidence if isinstance(record, NotRun)]
        self._records = tuple(
            record for record in not_run if record.reason is not NotRunReason.NOT_APPLICABLE
        )
        # A decoder to which a recording is too short might have found the mark in more of it.
        self._undecoded = {record.source for record in not_run if record.check == "detect"}

    def hide(self, kind: MarkKind, source: str, part: str | None) -> bool:
        """Whether a mark of this kind, source and part could be there unseen."""
        check = CHECKED_BY.get(kind, "provenance")
        if kind is MarkKind.WATERMARK and source in self._undecoded:
            return True
        sources = {source, *WHOLE[check]}
        if kind in {MarkKind.CREDENTIAL, MarkKind.SOFT_BINDING} and part is None:
            sources.discard("container")  # the engine takes the file apart by itself
        return any(
            record.check == check
            and record.source in sources
            and record.part in {None, part}
            and not (check == "rights" and record.reason in OUTSIDE)
            for record in self._records
        )

    @property
    def readers(self) -> tuple[tuple[MarkKind, str], ...]:
        """Readers that should have answered and did not, with what they look for."""
        found = [
            (SEEKING[record.check], record.source)
            for record in self._records
            if record.check in SEEKING and record.reason in UNANSWERED
        ]
        return tuple(dict.fromkeys(found))
