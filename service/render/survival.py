"""What became of the marks of an original, as a table: mark, original, this file, outcome."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import Self

from service.render.wording import DASH, Words, one_line, quotable
from service.report import Against
from service.survival import MarkKind, Sighting, Survival, SurvivalOutcome

__all__ = ["Comparison", "Fate"]

CELL = 90
NAME = 60
SIGNS = {
    SurvivalOutcome.KEPT: ("✓", "good"),
    SurvivalOutcome.KEPT_AS_INGREDIENT: ("✓", "good"),
    SurvivalOutcome.CHANGED: ("≠", "clash"),
    SurvivalOutcome.BROKEN: ("✗", "bad"),
    SurvivalOutcome.LOST: ("✗", "bad"),
    SurvivalOutcome.NEW: ("+", "open"),
    SurvivalOutcome.NOT_COMPARABLE: ("?", "open"),
}


@dataclass(frozen=True, slots=True)
class Fate:
    """One row.

    Attributes:
        mark: what it is, and in which part.
        original: what the original says, a dash when it has no such mark.
        present: what this file says, a dash when it has no such mark.
        evidence: number of the evidence on this file, None when there is none.
        sign, tone: of the outcome; they add nothing to the words.
        outcome: in words.
    """

    mark: str
    original: str
    present: str
    evidence: int | None
    sign: str
    tone: str
    outcome: str


@dataclass(frozen=True, slots=True)
class Comparison:
    """The table, and what is to be said about it.

    Attributes:
        original: what the file was compared with.
        word: that the relation of the two files is taken on trust.
        fates: the rows, in the order of the report.
        counts: how many of each outcome.
        nothing: what is said in place of an empty table.
    """

    original: str
    word: str
    fates: tuple[Fate, ...]
    counts: tuple[str, ...]
    nothing: str

    @classmethod
    def of(cls, against: Against, words: Words) -> Self:
        """Puts a comparison into words."""
        asset = against.asset
        count = Counter(one.outcome for one in against.survived)
        return cls(
            original=words.ui(
                "survival_of",
                name=quotable(asset.name, 200),
                media_type=one_line(asset.media_type, 80),
                sha256=f"{asset.sha256[:12]}…",
            ),
            word=words.ui("survival_word"),
            fates=tuple(_fate(one, words) for one in against.survived),
            counts=tuple(
                words.ui("counted", what=words.of("survival", one), count=words.number(count[one]))
                for one in SurvivalOutcome
                if count[one]
            ),
            nothing=words.ui("survival_nothing"),
        )


def _fate(one: Survival, words: Words) -> Fate:
    sign, tone = SIGNS[one.outcome]
    return Fate(
        mark=_mark(one, words),
        original=_cell(one.what, one.original, words),
        present=_cell(one.what, one.present, words),
        evidence=None if one.present is None else one.present.evidence,
        sign=sign,
        tone=tone,
        outcome=words.of("survival", one.outcome),
    )


def _mark(one: Survival, words: Words) -> str:
    kind = words.of("mark", one.what)
    if one.what is not MarkKind.CREDENTIAL:
        named = one.source if one.name in {None, one.source} else f"{one.name} ({one.source})"
        kind = words.labelled(kind, one_line(named, NAME))
    return kind if one.part is None else f"{kind}, {one_line(one.part, NAME)}"


def _cell(what: MarkKind, seen: Sighting | None, words: Words) -> str:
    if seen is None:
        return DASH
    if what is MarkKind.CREDENTIAL:
        if seen.place != "embedded":
            return words.known("carrier", seen.place)
        integrity = words.of("integrity", seen.integrity or "absent")
        return words.labelled(integrity, words.known("credential_origin", seen.states or ""))
    if what in {MarkKind.DECLARATION, MarkKind.PROVENANCE_LINK}:
        return words.labelled(one_line(seen.place, NAME), one_line(seen.value, CELL))
    return one_line(seen.value, CELL)
