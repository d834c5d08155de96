"""The comparison of two files, mark by mark."""

from __future__ import annotations

from typing import TYPE_CHECKING

from provenance.evidence import Evidence
from service.survival.credentials import compared_credentials
from service.survival.marks import Gaps, Key, Mark, marks_of
from service.survival.records import MarkKind, Sighting, Survival, SurvivalOutcome, shortened

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

__all__ = ["compare"]

UNKNOWN = SurvivalOutcome.NOT_COMPARABLE


def compare(original: tuple[Evidence, ...], copy: tuple[Evidence, ...]) -> tuple[Survival, ...]:
    """What became of each mark: those of the original in its order, then what is new.

    Args:
        original: evidence of the report on the original, numbered.
        copy: evidence of the report on what was made from it, numbered.
    """
    unread = (Gaps(original), Gaps(copy))
    found = [*compared_credentials(original, copy, unread), *_marks(original, copy, unread)]
    found += _unread_readers(found, unread)
    order = list(MarkKind)
    return tuple(sorted(found, key=lambda one: (_is_new(one), order.index(one.what))))


def _is_new(one: Survival) -> bool:
    return one.outcome is SurvivalOutcome.NEW


def _marks(
    original: Iterable[Evidence], copy: Iterable[Evidence], unread: tuple[Gaps, Gaps]
) -> Iterator[Survival]:
    before, after = marks_of(original), marks_of(copy)
    pairs = _paired(before, after)
    for key, mark in before.items():
        there = pairs[key]
        yield _mark(key, mark, None if there is None else after[there], unread[1])
    met = set(pairs.values())
    for key, mark in after.items():
        if key not in met:
            hidden = unread[0].hide(key.kind, key.source, key.part)
            yield _survival(
                key,
                None,
                next(iter(mark.says.values())),
                UNKNOWN if hidden else SurvivalOutcome.NEW,
            )


def _paired(before: dict[Key, Mark], after: dict[Key, Mark]) -> dict[Key, Key | None]:
    """Each mark of the original with that of the copy; a part may have another place there."""
    pairs: dict[Key, Key | None] = {key: key if key in after else None for key in before}
    free = [key for key in after if key not in before and key.part is not None]
    for key, there in pairs.items():
        if there is not None or key.part is None:
            continue
        same = (
            one
            for one in free
            if one[:3] == key[:3] and after[one].says.keys() >= before[key].says.keys()
        )
        moved = next(same, None)
        if moved is not None:
            pairs[key] = moved
            free.remove(moved)
    return pairs


def _mark(key: Key, was: Mark, now: Mark | None, unread: Gaps) -> Survival:
    hidden = unread.hide(key.kind, key.source, key.part)
    if now is None:
        outcome = UNKNOWN if hidden else SurvivalOutcome.LOST
        first = next(iter(was.says.values()))
        return _survival(key, first, None, outcome, stripped=not hidden and bool(was.claims))
    gone = [said for said in was.says if said not in now.says]
    if not gone:
        said = next(iter(was.says))
        return _survival(key, was.says[said], now.says[said], SurvivalOutcome.KEPT)
    added = [said for said in now.says if said not in was.says]
    return _survival(
        key,
        was.says[gone[0]],
        now.says[added[0] if added else next(iter(now.says))],
        UNKNOWN if hidden else SurvivalOutcome.CHANGED,
        stripped=not hidden and bool(was.claims - now.claims),
    )


def _survival(
    key: Key,
    original: Sighting | None,
    present: Sighting | None,
    outcome: SurvivalOutcome,
    *,
    stripped: bool = False,
) -> Survival:
    return Survival(
        what=key.kind,
        source=key.source,
        name=None if key.name is None else shortened(key.name),
        part=key.part,
        original=original,
        present=present,
        outcome=outcome,
        stripped=stripped,
    )


def _unread_readers(found: Iterable[Survival], unread: tuple[Gaps, Gaps]) -> Iterator[Survival]:
    """A reader that gave no answer, and of whose marks nothing is said: silence is told."""
    told = {one.source for one in found}
    for kind, source in dict.fromkeys((*unread[0].readers, *unread[1].readers)):
        if source not in told:
            yield _survival(Key(kind, source, None, None), None, None, UNKNOWN)
