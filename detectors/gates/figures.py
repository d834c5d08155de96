"""The figures of a gate, from `held_out.csv` and nothing else: the same bytes at any time.

A share is the mean over sources, with a 95 % interval by drawing sources; a share under 3/n works
is not measurable: no value, and n. Not told is an answer of its own and never counted as right.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Sequence

from pydantic import Field

from detectors.bounds import interval
from detectors.card import Figure
from detectors.gates.held_out import AS_IT_IS, HeldOut
from provenance.credentials import Record

__all__ = [
    "NOT_TOLD",
    "BySource",
    "CaseFigures",
    "Confusion",
    "CopyFigures",
    "GateFigures",
    "KindFigures",
    "figures_of",
    "kind_told",
]

NOT_TOLD = "not_told"


class KindFigures(Record):
    """How works of one kind are told.

    Attributes:
        kind: of them.
        works, sources: how many.
        right, wrong, not_told: share told as this kind, as another, and not told.
    """

    kind: str
    works: int
    sources: int
    right: Figure
    wrong: Figure
    not_told: Figure


class Confusion(Record):
    """What works of one kind were told as: how many of each, `not_told` among them."""

    kind: str
    told: dict[str, int]


class BySource(Record):
    """One source of works of one kind.

    Attributes:
        name: of the source, or of the system.
        kind: of its works.
        label: `human` or `ai`.
        works: how many.
        told: what they were told as.
    """

    name: str
    kind: str
    label: str
    works: int
    told: dict[str, int]

    @property
    def wrong(self) -> float:
        """Share told as another kind."""
        other = sum(n for kind, n in self.told.items() if kind not in {self.kind, NOT_TOLD})
        return other / self.works

    @property
    def right(self) -> float:
        """Share told as this kind."""
        return self.told.get(self.kind, 0) / self.works


class CaseFigures(Record):
    """Works of a hard case, or of a kind the gate was only tried on.

    Attributes:
        case: its name.
        kind: of the works.
        works, sources: how many.
        told: what they were told as.
    """

    case: str
    kind: str
    works: int
    sources: int
    told: dict[str, int]


class CopyFigures(Record):
    """Works of one kind, stored otherwise.

    Attributes:
        copy_: the way.
        kind: of the works.
        works: how many.
        right, wrong, not_told: as for works as they are.
        turned: share told as one kind as it is and as another so; mean over sources.
    """

    copy_: str = Field(alias="copy")
    kind: str
    works: int
    right: Figure
    wrong: Figure
    not_told: Figure
    turned: Figure


class GateFigures(Record):
    """How a gate does on works of sources it had not seen.

    Attributes:
        sure: least probability that counts as told.
        coverage: share of works that are told, mean over sources.
        wrong: share told as a wrong kind, mean over sources; works of kinds that it learnt and
            never tells are among them.
        kinds: each kind.
        confusion: what each kind was told as.
        sources: the most often wrong first, then the least often told.
        cases: hard cases.
        beside: kinds it does not tell.
        copies: stored otherwise.
    """

    sure: float
    coverage: Figure
    wrong: Figure
    kinds: tuple[KindFigures, ...]
    confusion: tuple[Confusion, ...]
    sources: tuple[BySource, ...]
    cases: tuple[CaseFigures, ...] = ()
    beside: tuple[CaseFigures, ...] = ()
    copies: tuple[CopyFigures, ...] = ()


def kind_told(probabilities: Sequence[float], kinds: Sequence[str], sure: float) -> str:
    """The kind, or `not_told`; of what is likest to a kind beyond `kinds`, nothing is told."""
    best = max(range(len(probabilities)), key=probabilities.__getitem__)
    return kinds[best] if best < len(kinds) and probabilities[best] >= sure else NOT_TOLD


def figures_of(
    rows: Iterable[HeldOut], kinds: tuple[str, ...], sure: float, untold: tuple[str, ...] = ()
) -> GateFigures:
    """The figures of these rows; see `GateRecord` for the kinds."""
    every = [_Told(row, kind_told(row.probabilities, kinds, sure)) for row in sorted(rows)]
    stored: dict[str, list[_Told]] = defaultdict(list)
    for one in every:
        stored[one.row.copy].append(one)
    plain = stored.pop(AS_IT_IS, [])
    judged = [one for one in plain if one.row.kind in kinds]
    beside = [one for one in plain if one.row.kind not in kinds]
    known = [one for one in plain if one.row.kind in {*kinds, *untold}]
    by_kind = {kind: [one for one in judged if one.row.kind == kind] for kind in kinds}
    before = {one.row.work: one.told for one in plain}
    return GateFigures(
        sure=sure,
        coverage=_share(judged, lambda one: one.told != NOT_TOLD),
        wrong=_share(known, _is_wrong),
        kinds=tuple(_kind(kind, those) for kind, those in by_kind.items()),
        confusion=tuple(
            Confusion(kind=kind, told=_counts(those)) for kind, those in by_kind.items()
        ),
        sources=_sources(judged),
        cases=_cases([one for one in judged if one.row.case], lambda one: one.row.case),
        beside=_cases(beside, lambda one: one.row.case or one.row.kind),
        copies=tuple(
            _copy(name, kind, [one for one in those if one.row.kind == kind], before)
            for name, those in sorted(stored.items())
            for kind in kinds
            if any(one.row.kind == kind for one in those)
        ),
    )


class _Told:
    """A row, and what is told of it."""

    __slots__ = ("row", "told")

    def __init__(self, row: HeldOut, told: str) -> None:
        self.row, self.told = row, told


def _is_right(one: _Told) -> bool:
    return one.told == one.row.kind


def _is_wrong(one: _Told) -> bool:
    return one.told not in {one.row.kind, NOT_TOLD}


def _is_not_told(one: _Told) -> bool:
    return one.told == NOT_TOLD


def _share(those: Sequence[_Told], what: Callable[[_Told], bool]) -> Figure:
    """Share of which `what` holds, mean over sources."""
    of: dict[tuple[str, str], list[bool]] = defaultdict(list)
    for one in those:
        of[one.row.kind, one.row.source].append(what(one))
    if not of:
        return Figure()
    shares = [sum(one) / len(one) for _, one in sorted(of.items())]
    mean = sum(shares) / len(shares)
    if mean < 3 / len(those):
        return Figure(n=len(those))
    low, high = interval(shares) or (None, None)
    return Figure(value=mean, low=low, high=high, n=len(those))


def _kind(kind: str, those: Sequence[_Told]) -> KindFigures:
    return KindFigures(
        kind=kind,
        works=len(those),
        sources=len({one.row.source for one in those}),
        right=_share(those, _is_right),
        wrong=_share(those, _is_wrong),
        not_told=_share(those, _is_not_told),
    )


def _counts(those: Iterable[_Told]) -> dict[str, int]:
    return dict(sorted(Counter(one.told for one in those).items()))


def _sources(those: Sequence[_Told]) -> tuple[BySource, ...]:
    of: dict[tuple[str, str], list[_Told]] = defaultdict(list)
    for one in those:
        of[one.row.kind, one.row.source].append(one)
    found = [
        BySource(
            name=source,
            kind=kind,
            label=held[0].row.label,
            works=len(held),
            told=_counts(held),
        )
        for (kind, source), held in of.items()
    ]
    return tuple(sorted(found, key=lambda one: (-one.wrong, one.right, one.kind, one.name)))


def _cases(those: Sequence[_Told], name: Callable[[_Told], str]) -> tuple[CaseFigures, ...]:
    of: dict[tuple[str, str], list[_Told]] = defaultdict(list)
    for one in those:
        of[name(one), one.row.kind].append(one)
    return tuple(
        CaseFigures(
            case=case,
            kind=kind,
            works=len(held),
            sources=len({one.row.source for one in held}),
            told=_counts(held),
        )
        for (case, kind), held in sorted(of.items())
    )


def _copy(name: str, kind: str, those: Sequence[_Told], before: dict[str, str]) -> CopyFigures:
    known = [one for one in those if one.row.work in before]

    def turned(one: _Told) -> bool:
        return NOT_TOLD not in {one.told, before[one.row.work]} and (
            one.told != before[one.row.work]
        )

    return CopyFigures(
        copy=name,
        kind=kind,
        works=len(those),
        right=_share(those, _is_right),
        wrong=_share(those, _is_wrong),
        not_told=_share(those, _is_not_told),
        turned=_share(known, turned),
    )
