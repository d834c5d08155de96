"""The evidence of a report, sorted by what it can say: about the work, a part, or its rights.

Only what was found in the work itself (`part` is None) may speak of the origin and the integrity
of the work: a cover picture made by a machine does not make the song one.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, assert_never

from provenance.evidence import (
    AI_ORIGINS,
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
    Statement,
    Strength,
    Watermark,
)

if TYPE_CHECKING:
    from collections.abc import Iterable

__all__ = [
    "Exhibits",
    "broken_ingredient",
    "claims_human",
    "declares_ai",
    "declares_human",
    "denies_ai",
    "holds_ai",
    "intact",
    "is_provenance_link",
    "trusted",
]

HUMAN_ORIGINS = frozenset({Origin.CAPTURE, Origin.HUMAN_CREATION})
HUMAN_STATEMENTS = frozenset({Statement.CAPTURE, Statement.HUMAN_CREATION})
AI_STATEMENTS = frozenset({Statement.FULLY_AI, Statement.PARTLY_AI})
SPOILED = frozenset({Integrity.BROKEN, Integrity.UNREADABLE})


@dataclass(frozen=True, slots=True)
class Exhibits:
    """All evidence by kind and place, each in report order.

    Attributes:
        credential: of the work itself; the first one, as readers give the main one first.
        other_credentials: further ones of the work itself (a second opinion).
        declarations: of the work itself.
        supplied: declarations that came with the work, and do not stand in it.
        detections: of the work itself.
        parts: credentials, declarations and detections of parts.
        reservations: of the work and its parts.
        others: matches and watermarks.
        not_run: every check that did not run.
    """

    credential: Credential | None
    other_credentials: tuple[Credential, ...]
    declarations: tuple[Declaration, ...]
    supplied: tuple[Declaration, ...]
    detections: tuple[Detection, ...]
    parts: tuple[Credential | Declaration | Detection, ...]
    reservations: tuple[Reservation, ...]
    others: tuple[Match | Watermark, ...]
    not_run: tuple[NotRun, ...]

    @classmethod
    def sort(cls, evidence: Iterable[Evidence]) -> Exhibits:
        """Sorts `evidence`; every kind has a place."""
        credentials: list[Credential] = []
        declarations: list[Declaration] = []
        supplied: list[Declaration] = []
        detections: list[Detection] = []
        parts: list[Credential | Declaration | Detection] = []
        reservations: list[Reservation] = []
        others: list[Match | Watermark] = []
        not_run: list[NotRun] = []
        for record in evidence:
            match record:
                case Credential() | Declaration() | Detection() if record.part is not None:
                    parts.append(record)
                case Credential():
                    credentials.append(record)
                case Declaration():
                    (supplied if record.is_supplied else declarations).append(record)
                case Detection():
                    detections.append(record)
                case Reservation():
                    reservations.append(record)
                case Match() | Watermark():
                    others.append(record)
                case NotRun():
                    not_run.append(record)
                case _:
                    assert_never(record)
        return cls(
            credential=credentials[0] if credentials else None,
            other_credentials=tuple(credentials[1:]),
            declarations=tuple(declarations),
            supplied=tuple(supplied),
            detections=tuple(detections),
            parts=tuple(parts),
            reservations=tuple(reservations),
            others=tuple(others),
            not_run=tuple(not_run),
        )

    @property
    def own(self) -> Exhibits:
        """Without what came with the work."""
        return replace(self, supplied=()) if self.supplied else self

    @property
    def statement(self) -> Credential | None:
        """The credential of the work, where it may speak: embedded and intact."""
        return self.credential if self.credential and intact(self.credential) else None


def intact(credential: Credential) -> bool:
    """Whether the manifest is in the file and speaks of these very bytes."""
    return credential.carrier is Carrier.EMBEDDED and credential.integrity is Integrity.INTACT


def trusted(credential: Credential) -> bool:
    """Whether a trust list vouches for the signer."""
    return credential.signer is not None and credential.signer.level in TRUSTED_LEVELS


def holds_ai(credential: Credential) -> bool:
    """Whether an AI statement stands anywhere in the manifest, also under a contradiction."""
    return credential.origin in AI_ORIGINS or credential.ai_statement is not None


def claims_human(credential: Credential) -> bool:
    """Whether the manifest claims a capture or a human creation and nothing else."""
    return credential.origin in HUMAN_ORIGINS


def broken_ingredient(ingredients: Iterable[Ingredient]) -> Ingredient | None:
    """The first ingredient, at any depth, whose own manifest is broken or unreadable."""
    for ingredient in ingredients:
        if ingredient.integrity in SPOILED:
            return ingredient
        below = broken_ingredient(ingredient.ingredients)
        if below is not None:
            return below
    return None


def declares_ai(declaration: Declaration) -> bool:
    """Whether an unsigned declaration is specific enough to declare an AI origin."""
    return declaration.statement in AI_STATEMENTS and declaration.strength is not Strength.WEAK


def declares_human(declaration: Declaration) -> bool:
    """Whether an unsigned declaration, of any strength, speaks in favour of a human origin."""
    return declaration.statement in HUMAN_STATEMENTS


def denies_ai(declaration: Declaration) -> bool:
    """Whether an unsigned declaration says that no AI was used, or speaks for a human origin."""
    return declaration.ai_denied or declares_human(declaration)


def is_provenance_link(declaration: Declaration) -> bool:
    """Whether it is an XMP link to a manifest inside the same file (C2PA 2.4 section 11.4)."""
    return declaration.field == "dcterms:provenance" and declaration.value.startswith("self#jumbf")
