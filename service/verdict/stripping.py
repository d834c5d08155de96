"""What an original says about origin or rights, and the work that was made from it no longer does.

The comparison itself is made by `service.survival`. A loss is held against the file, never against
a person: who removed the marks, and whether they meant to, no file tells.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from service.policy import Finding
from service.survival import MarkKind, Survival
from service.verdict.reasons import Notes, Reason, ReasonCode, because

if TYPE_CHECKING:
    from collections.abc import Sequence

    from provenance.evidence import Evidence
    from service.verdict.exhibits import Exhibits

__all__ = ["stripping_notes"]

MOST_NAMES = 6


def stripping_notes(exhibits: Exhibits, survived: Sequence[Survival]) -> Notes:
    """`provenance_stripped`, with one reason for each kind of mark of which something is gone."""
    stripped = [one for one in survived if one.stripped]
    if not stripped:
        return Notes()
    by_kind = {kind: [one for one in stripped if one.what is kind] for kind in MarkKind}
    return Notes(
        tuple(_reason(exhibits, kind, gone) for kind, gone in by_kind.items() if gone),
        frozenset({Finding.PROVENANCE_STRIPPED}),
        # A watermark is decoded, which can go wrong; anything else is read.
        review=any(one.what is MarkKind.WATERMARK for one in stripped),
    )


def _reason(exhibits: Exhibits, kind: MarkKind, gone: Sequence[Survival]) -> Reason:
    names = list(dict.fromkeys(map(_name, gone)))
    shown = ", ".join(names[:MOST_NAMES]) + (", …" if len(names) > MOST_NAMES else "")
    return because(
        ReasonCode.STRIPPED_AGAINST_ORIGINAL,
        *_records(exhibits, kind, gone),
        mark=kind,
        names=shown,
    )


def _name(one: Survival) -> str:
    """What a person would look for in the original."""
    named = one.source if one.name is None else one.name
    if one.original is not None:
        match one.what:
            case MarkKind.CREDENTIAL:
                named = one.original.value or named
            case MarkKind.DECLARATION | MarkKind.PROVENANCE_LINK:
                named = one.original.place
            case _:
                pass
    return named if one.part is None else f"{one.part}: {named}"


def _records(exhibits: Exhibits, kind: MarkKind, gone: Sequence[Survival]) -> list[Evidence]:
    """What shows it here: the manifest, or the lack of one; what a mark was changed to."""
    if kind in {MarkKind.CREDENTIAL, MarkKind.SOFT_BINDING}:
        found = exhibits.credential
        whole = any(one.part is None for one in gone)
        return [found] if found is not None and whole else []
    present = {one.present.evidence for one in gone if one.present is not None}
    marks = (*exhibits.declarations, *exhibits.parts, *exhibits.reservations, *exhibits.others)
    return [record for record in marks if record.id in present]
