"""The figures of a training: how its recipe did on works that were held out.

No work is measured by tables that hold works of its own source or family: those of every source are
made without it. So what stands in the card is what a user has, whose sources the model never met;
of the tables that are stored, which hold all, the same works would say something better.

Three things are measured: works as they are, of unseen families and unseen human sources; their
laundered copies, all windows of them together; and works as they are when other songs of the same
families were seen.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from itertools import chain
from typing import TYPE_CHECKING, Any

from detectors.evaluation.figures import attack_figures, figures_of
from detectors.evaluation.scored import Scored
from detectors.exceedance import HumanScore
from detectors.models.aggregate import aggregate
from detectors.models.tables import UNMEASURED, Tables
from detectors.training.heldout import Held, group_of
from provenance.evidence import AbstainReason

if TYPE_CHECKING:
    from pathlib import Path

    from detectors.card import AttackFigures, Figures
    from detectors.models.records import ModelRecord
    from detectors.training.recipe import Recipe

__all__ = ["Measuring"]

LAUNDERED = "copies"
FPR = 0.01


Origin = tuple[bool, str]
"""Whether a machine made it; and the human source, or the family of generators."""


class Measuring:
    """Measures works that were held out.

    Args:
        recipe: that scored them.
        record: of the model.
        held: all works, scored by models that saw nothing of their families and sources.
    """

    def __init__(self, recipe: Recipe, record: ModelRecord, held: Sequence[Held]) -> None:
        self._recipe, self._record, self._held = recipe, record, held
        self._scores = [self.score(one, one.logits) for one in held]
        self._without: dict[Origin, Tables] = {}

    def score(self, one: Held, logits: Sequence[float]) -> HumanScore:
        """What the tables hold of a work."""
        score = aggregate(self._record.aggregate, logits, self._record.dependence)
        group = group_of(self._recipe, one.work)
        return HumanScore(one.work.item.origin, group, one.work.audited.sha256[:16], score)

    def parted(self, without: Origin | None = None) -> tuple[list[HumanScore], list[HumanScore]]:
        """Scores of human works and of works of machines, without those of one origin."""
        human: list[HumanScore] = []
        made: list[HumanScore] = []
        for one, score in zip(self._held, self._scores, strict=True):
            if _origin(one) != without:
                (made if one.work.synthetic else human).append(score)
        return human, made

    def tables(self, without: Origin | None = None) -> Tables:
        """Tables of all scores, without those of one origin."""
        why = UNMEASURED.get(self._record.modality, AbstainReason.KIND_UNMEASURED)
        return Tables.of(*self.parted(without), self._record.groups, unmeasured=why)

    def figures(self, manifest: Path, sha256: str, known: Sequence[Held]) -> Figures:
        """All three.

        Args:
            manifest: of the works.
            sha256: of its bytes.
            known: the same works, scored by models that saw other songs of the same families;
                empty where that was not tried.
        """
        named: dict[str, Any] = {"manifest": manifest.name, "manifest_sha256": sha256}
        works = list(self.measured(self._held, lambda one: one.logits))
        figures = figures_of(works, FPR, **named)
        changed: dict[str, Any] = {"held_out": True, "attacks": tuple(self._laundered())}
        if known:
            seen = list(self.measured(known, lambda one: one.logits))
            changed["known"] = figures_of(seen, FPR, with_leaks=False, **named)
        return figures.model_copy(update=changed)

    def _laundered(self) -> Iterator[AttackFigures]:
        held = [one for one in self._held if any(one.copies)]
        if held:
            works = list(self.measured(held, lambda one: tuple(chain.from_iterable(one.copies))))
            yield attack_figures("training", LAUNDERED, works, len(self._held) - len(held), FPR)

    def measured(
        self, held: Sequence[Held], logits: Callable[[Held], Sequence[float]]
    ) -> Iterator[Scored]:
        """Works, each by tables without those of its origin."""
        for number, one in enumerate(held):
            origin = _origin(one)
            if origin not in self._without:
                self._without[origin] = self.tables(origin)
            yield _scored(number, one, self.score(one, logits(one)), self._without[origin])


def _origin(one: Held) -> Origin:
    return one.work.synthetic, one.work.item.origin


def _scored(number: int, one: Held, score: HumanScore, tables: Tables) -> Scored:
    item, found = one.work.item, tables.at(score.score, score.group)
    return Scored(
        number=number,
        id=item.id,
        label=item.label,
        source=item.source,
        family=item.family,
        kind=item.kind,
        language=item.language,
        song=item.song,
        sha256=one.work.audited.sha256,
        ran=True,
        score=score.score,
        likelihood=found.likelihood if found.abstain is None else None,
        exceedance=found.exceedance.upper,
        value=found.exceedance.value,
        group=found.exceedance.group,
        reason="" if found.abstain is None else str(found.abstain),
        facts=one.work.prepared.facts.model_dump(),
    )
