"""The records a comparison of two files answers with."""

from __future__ import annotations

from enum import StrEnum

from provenance.evidence import Integrity, Record

__all__ = ["MarkKind", "Sighting", "Survival", "SurvivalOutcome", "shortened"]

SHORT = 200


class MarkKind(StrEnum):
    """What a mark is."""

    CREDENTIAL = "credential"
    SOFT_BINDING = "soft_binding"
    PROVENANCE_LINK = "provenance_link"
    DECLARATION = "declaration"
    WATERMARK = "watermark"
    RESERVATION = "reservation"


class Sighting(Record):
    """Where a mark stands in one of two files, and what it says there.

    Attributes:
        evidence: id of the record in the report on that file.
        place: the field, channel or carrier, as its reader names it.
        value: what stands there, at most 200 characters.
        states: the code of what it states about the origin, None when it states nothing of it.
        integrity: of a credential, None for any other mark.
    """

    evidence: int
    place: str
    value: str
    states: str | None = None
    integrity: Integrity | None = None


class SurvivalOutcome(StrEnum):
    """What became of a mark.

    `kept_as_ingredient`: the copy has a manifest of its own, which holds that of the original and
    says what was done since; this is how an edit keeps its provenance. `broken`: the manifest is
    still there and no longer holds.
    """

    KEPT = "kept"
    KEPT_AS_INGREDIENT = "kept_as_ingredient"
    CHANGED = "changed"
    BROKEN = "broken"
    LOST = "lost"
    NEW = "new"
    NOT_COMPARABLE = "not_comparable"


class Survival(Record):
    """One mark of the original, or of the copy alone.

    Attributes:
        what: kind of mark.
        source: the reader that found it.
        name: the property, product, protocol, scheme or algorithm; None where `source` is enough.
        part: path inside the container, None for the work itself.
        original: where it stands in the original; None when it does not, or was not read.
        present: where it stands in the copy; None when it does not, or was not read.
        outcome: what became of it.
        stripped: whether the original says something about origin or rights here that the copy no
            longer says.
    """

    what: MarkKind
    source: str
    name: str | None = None
    part: str | None = None
    original: Sighting | None
    present: Sighting | None
    outcome: SurvivalOutcome
    stripped: bool = False


def shortened(text: str) -> str:
    """`text` on one line, at most 200 characters."""
    line = " ".join(text[: 4 * SHORT].split())
    return line if len(line) <= SHORT else line[: SHORT - 1] + "…"
