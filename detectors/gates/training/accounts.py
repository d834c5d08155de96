"""What became of each work of a manifest: `training.csv`, and the sources of the card."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal

from detectors.gates.card import KindUsed
from detectors.gates.training.manifest import Listed
from detectors.stored import write_rows
from detectors.training.accounts import NONE_STATED
from detectors.training.audit import Audited

if TYPE_CHECKING:
    from detectors.models.preparation import Features

__all__ = ["Account", "data_of", "write_accounts"]

COLUMNS = ("id", "kind", "source", "label", "case", "licence", "sha256", "used", "reason", "detail")


@dataclass(slots=True)
class Account:
    """A work, why it was not used (None while it is), and its rows."""

    listed: Listed
    audited: Audited
    reason: str | None = None
    detail: str | None = None
    features: Features | None = field(default=None, repr=False)
    ways: tuple[str, ...] = ()

    def leave_out(self, reason: str, detail: str) -> None:
        """Say why it is not used."""
        self.reason, self.detail = reason, detail

    @property
    def origin(self) -> str:
        """What is held out as a whole."""
        return self.listed.item.origin

    @property
    def used(self) -> str:
        """`yes` for learnt from, `tried`, or `no`."""
        if self.reason is not None:
            return "no"
        return "tried" if self.listed.tried else "yes"


def write_accounts(accounts: Iterable[Account]) -> bytes:
    """`training.csv`: a row for each work, in the order of the manifest."""
    return write_rows(COLUMNS, map(_cells, accounts))


def _cells(one: Account) -> tuple[object, ...]:
    item = one.listed.item
    return (
        *(item.id, one.listed.kind, one.origin, item.label.value, one.listed.case),
        *(one.audited.licence or NONE_STATED, one.audited.sha256, one.used, one.reason),
        " ".join((one.detail or "").split()),
    )


def data_of(accounts: Sequence[Account]) -> tuple[KindUsed, ...]:
    """The sources, by kind and name."""
    found: dict[tuple[str, str, str], list[Account]] = {}
    for one in accounts:
        key = (one.listed.kind, one.origin, one.listed.item.label.value)
        found.setdefault(key, []).append(one)
    return tuple(
        _source(kind, origin, "ai" if label == "ai" else "human", those)
        for (kind, origin, label), those in sorted(found.items())
    )


def _source(
    kind: str, origin: str, label: Literal["human", "ai"], those: Sequence[Account]
) -> KindUsed:
    stated = sorted({one.audited.licence or NONE_STATED for one in those if one.reason is None})
    known = sorted({one.listed.known for one in those if one.listed.known})
    return KindUsed(
        name=origin,
        kind=kind,
        label=label,
        works=sum(one.used == "yes" for one in those),
        tried=sum(one.used == "tried" for one in those),
        left_out=sum(one.used == "no" for one in those),
        licence="; ".join(stated)[:300] or NONE_STATED,
        known="; ".join(known)[:300] or None,
    )
