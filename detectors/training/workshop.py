"""Takes works in for a training: reads their reservations, and prepares those that may be used.

What is found is kept in a folder, so that no work is read twice: see `detectors.training.audit` and
`detectors.training.features`.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import closing
from pathlib import Path

from detectors.evaluation.manifest import Item, Label, Manifest
from detectors.models.preparation import Prepared, Unprepared, entry_point, preparation
from detectors.models.windowed import Preparer
from detectors.training.accounts import Account
from detectors.training.audit import Audited, Auditor, Journal
from detectors.training.features import FeatureStore, prepare_all
from detectors.training.heldout import Usable
from detectors.training.progress import Progress, Step, Watch
from detectors.training.recipe import Copy, Recipe
from provenance.evidence import AbstainReason

__all__ = ["Workshop"]


class Workshop:
    """Takes works in: audits them and prepares those that may be used.

    Args:
        recipe: how the model is made.
        folder: what was found in an earlier run, and is kept for the next.
        workers: sandboxed processes.
        watch: told of every step.
    """

    def __init__(self, recipe: Recipe, folder: Path, workers: int | None, watch: Watch) -> None:
        self._recipe = recipe
        self._watch = watch
        own = Copy(recipe.preparation, recipe.plan.settings)
        self._benches = [_Bench(one, folder, workers) for one in (own, *recipe.plan.copies)]
        self._journal = Journal(folder / "audit.ndjson")
        self._auditor = Auditor(self._benches[0].preparer.workers)

    def close(self) -> None:
        """End the processes."""
        for bench in self._benches:
            bench.preparer.close()
        self._auditor.close()
        self._journal.close()

    def usable(
        self, manifest: Path, *, evaluated: bool = False
    ) -> tuple[list[Account], list[Usable]]:
        """What became of each work of a manifest, and those that can be used.

        Args:
            manifest: of the works.
            evaluated: nothing is fitted to them: a licence need not allow training.
        """
        items = list(Manifest(manifest))
        accounts = _account_for(items, self._audited(items))
        if evaluated:
            for one in accounts:
                one.pardon("licence_")
        if self._recipe.plan.measures_marked:
            for one in accounts:
                one.measured_only = (one.reason or "").startswith("licence_")
        kept = [one for one in accounts if one.reason is None or one.measured_only]
        return accounts, list(self._prepared(kept, copies=not evaluated))

    def _audited(self, items: Sequence[Item]) -> list[Audited]:
        found: list[Audited] = []
        self._watch(Progress(Step.AUDIT, 0, len(items)))
        for audited, known in self._auditor.audit(items, self._journal):
            found.append(audited)
            self._watch(Progress(Step.AUDIT, len(found), len(items), known))
        return found

    def _prepared(self, kept: Sequence[Account], *, copies: bool) -> Iterator[Usable]:
        """The works that have windows enough; the others are accounted for as left out.

        Each is prepared once, and then once for each way of copying: what comes of a copy is
        fitted to, and what does not come of it is not missed.
        """
        own, *others = self._benches
        others = others if copies else []
        total = len(kept) * (1 + len(others))
        count = _Count(self._watch, total)
        usable = []
        for account, prepared in zip(kept, self._at(own, kept, count), strict=True):
            why_not = _unusable(prepared, self._recipe.plan.minimum_windows)
            if why_not is not None:
                account.leave_out(*why_not)
            elif isinstance(prepared, Prepared):
                usable.append((account, prepared))
        count.leave_out((len(kept) - len(usable)) * len(others))
        fitted = [account for account, _ in usable]
        made = [list(self._at(bench, fitted, count)) for bench in others]
        for place, (account, prepared) in enumerate(usable):
            versions = (one[place] for one in made)
            laundered = tuple(one for one in versions if isinstance(one, Prepared) and one.windows)
            yield Usable(
                account.item,
                account.audited,
                prepared,
                laundered,
                may_be_fitted=not account.measured_only,
            )

    def _at(
        self, bench: _Bench, kept: Sequence[Account], count: _Count
    ) -> Iterator[Prepared | Unprepared]:
        works = [(one.item, one.audited) for one in kept]
        with closing(prepare_all(works, bench.preparer, bench.store)) as found:
            for prepared, was_known in found:
                count.one(known=was_known)
                yield prepared


class _Bench:
    """One preparation with what is known of it from before."""

    def __init__(self, copy: Copy, folder: Path, workers: int | None) -> None:
        settings = dict(copy.settings)
        version = preparation(entry_point(copy.preparation).value, settings).version
        self.preparer = Preparer(copy.preparation, settings, workers=workers)
        self.store = FeatureStore(folder / "features", copy.preparation, version, settings)


class _Count:
    """Works that are prepared, told to whoever watches."""

    def __init__(self, watch: Watch, total: int) -> None:
        self._watch, self._total = watch, total
        self._done = self._known = 0
        self._tell()

    def one(self, *, known: bool) -> None:
        self._done += 1
        self._known += known
        self._tell()

    def leave_out(self, number: int) -> None:
        self._total -= number
        self._tell()

    def _tell(self) -> None:
        self._watch(Progress(Step.PREPARE, self._done, self._total, self._known))


def _account_for(items: Sequence[Item], audited: Sequence[Audited]) -> list[Account]:
    """What became of each work so far; bytes that come twice are used once or not at all."""
    labels: dict[str, set[Label]] = {}
    for item, one in zip(items, audited, strict=True):
        labels.setdefault(one.sha256, set()).add(item.label)
    seen: set[str] = set()
    accounts = []
    for item, one in zip(items, audited, strict=True):
        account = Account(item, one, one.reason, one.detail)
        may_count = account.reason is None or account.reason.startswith("licence_")
        if account.reason is None and len(labels[one.sha256]) > 1:
            account.leave_out("both_labels", "the same bytes stand under both labels")
        elif may_count and one.sha256 in seen:
            account.leave_out("duplicate", "the same bytes stand there already")
        if may_count:
            seen.add(one.sha256)
        accounts.append(account)
    return accounts


def _unusable(prepared: Prepared | Unprepared, fewest: int) -> tuple[str, str] | None:
    """Why a work cannot be trained on: what serving would abstain on is not measured either."""
    if isinstance(prepared, Unprepared):
        return prepared.reason.value, prepared.detail
    if prepared.abstain is not None:
        return prepared.abstain.value, "the preparation abstains"
    if len(prepared.windows) < fewest:
        return AbstainReason.TOO_SHORT.value, f"{len(prepared.windows)} windows"
    return None
