"""What became of each work of a manifest: `training.csv`, and the sources of the card.

Every work stands there, also those that were left out, with the reason: who trained on what can be
shown, and so can what was not trained on.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from detectors.card import Figures, ModelCard, SourceUsed, StrangenessFigures
from detectors.evaluation.manifest import Item, Label
from detectors.models.records import ModelRecord
from detectors.models.windowed import MODALITIES
from detectors.stored import write_rows
from detectors.training.audit import Audited
from detectors.training.recipe import Plan

__all__ = ["NONE_STATED", "Account", "card_of", "reasons", "write_accounts"]

NONE_STATED = "none stated"
"""The licence of a work that has none; it may be trained on, and is listed as such."""

COLUMNS = (
    *("id", "label", "source", "family", "kind", "language", "song", "licence"),
    *("sha256", "used", "reason", "detail", "sketch"),
)


@dataclass(slots=True)
class Account:
    """A work of the manifest, and why it was not fitted to; the reason is None while it is.

    What is `measured_only` was scored as held out, and its licence is why it was not fitted to.
    """

    item: Item
    audited: Audited
    reason: str | None = None
    detail: str | None = None
    measured_only: bool = False

    def leave_out(self, reason: str, detail: str) -> None:
        """Say why it is not used."""
        self.reason, self.detail, self.measured_only = reason, detail, False

    def pardon(self, reasons: str) -> None:
        """Use it after all, if the reason begins so."""
        if (self.reason or "").startswith(reasons):
            self.reason = self.detail = None

    @property
    def is_reserved(self) -> bool:
        """Whether it was left out for what its owner declared."""
        return (self.reason or "").startswith(("reservation_", "licence_"))


def write_accounts(accounts: Iterable[Account]) -> bytes:
    """`training.csv`: a row for each work, in the order of the manifest."""
    return write_rows(COLUMNS, map(_cells, accounts))


def _cells(one: Account) -> tuple[object, ...]:
    item = one.item
    return (
        *(item.id, item.label.value, item.source, item.family, item.kind),
        *(item.language, item.song, one.audited.licence or NONE_STATED),
        *(one.audited.sha256, _use(one)),
        *(one.reason, " ".join((one.detail or "").split()), one.audited.sketch),
    )


def _use(one: Account) -> str:
    if one.measured_only:
        return "measured"
    return "yes" if one.reason is None else "no"


def reasons(accounts: Iterable[Account]) -> dict[str, int]:
    """How many works were left out for each reason, most first."""
    counts = Counter(one.reason for one in accounts if one.reason is not None)
    return dict(sorted(counts.items(), key=lambda one: (-one[1], one[0])))


def card_of(
    record: ModelRecord,
    plan: Plan,
    accounts: Sequence[Account],
    *,
    strangeness: StrangenessFigures | None,
    figures: Figures,
) -> ModelCard:
    """The card that lies in the model folder.

    It names no digest of the model: that one is over this card, too.
    """
    return ModelCard(
        detector=record.name,
        version=record.version,
        modalities=MODALITIES[record.modality],
        model="",
        description=record.description,
        licence=record.licence,
        intended_use=dict(plan.intended_use),
        limits=dict(plan.limits),
        data=tuple(_sources(accounts)),
        figures=figures,
        strangeness=strangeness,
    )


def _sources(accounts: Sequence[Account]) -> Iterable[SourceUsed]:
    found: dict[tuple[str, str], list[Account]] = {}
    for one in accounts:
        found.setdefault((one.item.label.value, one.item.origin), []).append(one)
    for (label, origin), those in sorted(found.items(), reverse=True):
        used = [one for one in those if one.reason is None]
        stated = sorted({one.audited.licence or NONE_STATED for one in used})
        yield SourceUsed(
            name=origin,
            label="human" if label == Label.HUMAN else "ai",
            works=len(used),
            licence="; ".join(stated)[:500] or NONE_STATED,
            reserved=sum(one.is_reserved for one in those),
        )
