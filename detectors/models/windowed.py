"""A model folder as a detector: prepared in the sandbox, scored here, measured by its tables.

Several workers prepare the next works while this process runs the network on one. What is shown is
what was computed: each window is a place in the work with its local score, and the score is put
together from these (`detectors.models.aggregate`). A model without tables informs and never
decides: its detections carry neither exceedance nor likelihood.

A detection abstains for the first of these that holds: what the preparation says, too few windows,
works unlike those the model was made from, a group that was not measured.
"""

from __future__ import annotations

import os
import threading
from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import replace
from functools import cached_property
from typing import TYPE_CHECKING

from detectors.decode.workers import LIMITS as DECODING
from detectors.decode.workers import Workers
from detectors.models.aggregate import aggregate
from detectors.models.dependence import Dependence
from detectors.models.folder import ModelFolder, open_model
from detectors.models.preparation import (
    Malformed,
    Prepared,
    Unprepared,
    entry_point,
    unpack,
)
from detectors.models.records import ROOT, STRANGENESS
from detectors.models.scorer import Scorer, Unscored, scorer_of
from detectors.models.tables import TABLES, Measurement, Tables, read_strangeness
from detectors.protocol import Card
from provenance.asset import Asset, Modality
from provenance.evidence import AbstainReason, Detection, NotRun, NotRunReason, Where
from provenance.limits import MIB, Limits
from provenance.sandbox import JobFailed, Task

if TYPE_CHECKING:
    from pathlib import Path

__all__ = ["LIMITS", "MODALITIES", "Preparer", "WindowedDetector", "share_of"]

LIMITS = replace(DECODING, reply_bytes=64 * MIB)
"""What is prepared of a work may be as large as what was decoded of it."""

MODALITIES = {
    Modality.AUDIO: (Modality.AUDIO, Modality.VIDEO),
    Modality.IMAGE: (Modality.IMAGE,),
    Modality.TEXT: (Modality.TEXT, Modality.DOCUMENT),
}
"""Kinds of work that a model of each modality takes: of a video its sound."""

RARE = 0.05
"""Part of human works beyond which a score is too common to speak of a synthetic share."""

Answer = tuple[Detection | NotRun, ...]


class Preparer:
    """Hands works to sandboxed workers that prepare them. Thread-safe.

    Args:
        name: entry point of the preparation.
        settings: what it is created with.
        workers: processes at most.
        limits: caps of what one work may cost.

    Raises:
        ModelError: no preparation of that name is installed.
    """

    def __init__(
        self,
        name: str,
        settings: dict[str, bool | int | float | str],
        *,
        workers: int | None = None,
        limits: Limits = LIMITS,
    ) -> None:
        place = entry_point(name).value
        task = Task(
            "detectors.models.preparation:Preparing", {"place": place, "settings": settings}
        )
        self._workers = Workers(task, size=workers, limits=limits)
        self.workers = self._workers.size
        self._lock = threading.Lock()
        self._pool: ThreadPoolExecutor | None = None

    def prepare(self, asset: Asset) -> Prepared | Unprepared:
        """The windows of one work, or why it has none.

        Raises:
            EngineError: no worker can be started.
        """
        answer = self.answer(asset)
        return answer if isinstance(answer, Unprepared) else _unpacked(answer)

    def answer(self, asset: Asset) -> bytes | Unprepared:
        """What the worker sent, not yet looked at; why there is nothing, when it was lost.

        Raises:
            EngineError: no worker can be started.
        """
        try:
            return self._workers.call(asset)
        except JobFailed as failed:
            return Unprepared(failed.reason, failed.detail)

    def prepare_all(self, assets: Iterable[Asset]) -> Iterator[tuple[Asset, Prepared | Unprepared]]:
        """Works and what came of them, in input order, several prepared at once.

        Assets are drawn a few ahead of the answers that are taken. A descriptor need be open only
        until the next asset is drawn: a copy of it is what the worker gets.

        Raises:
            EngineError: no worker can be started.
        """
        drawn = iter(assets)
        first, second = next(drawn, None), None
        if first is None:
            return
        first = _held(first)  # before the next is drawn, which may close it
        try:
            second = next(drawn, None)
        except BaseException:
            _let_go(first)
            raise
        if second is None:
            yield first, self._prepare_held(first)
            return
        waiting: deque[tuple[Asset, Future[Prepared | Unprepared]]] = deque()
        try:
            waiting.append((first, self._threads().submit(self._prepare_held, first)))
            while second is not None:
                second = _held(second)
                waiting.append((second, self._threads().submit(self._prepare_held, second)))
                if len(waiting) > 2 * self.workers:
                    asset, found = waiting.popleft()
                    yield asset, found.result()
                second = next(drawn, None)
            while waiting:
                asset, found = waiting.popleft()
                yield asset, found.result()
        finally:
            for asset, found in waiting:
                if found.cancel():
                    _let_go(asset)

    def close(self) -> None:
        """End the workers; the next call starts new ones."""
        with self._lock:
            pool, self._pool = self._pool, None
        if pool is not None:
            pool.shutdown(wait=True)
        self._workers.close()

    def _prepare_held(self, asset: Asset) -> Prepared | Unprepared:
        try:
            return self.prepare(asset)
        finally:
            _let_go(asset)

    def _threads(self) -> ThreadPoolExecutor:
        with self._lock:
            if self._pool is None:
                self._pool = ThreadPoolExecutor(self.workers, thread_name_prefix="prepare")
            return self._pool


class WindowedDetector:
    """The detector that a model folder makes. Thread-safe; nothing heavy is loaded before use.

    Args:
        model: a model folder, or the path of one.
        workers: processes that prepare works, at most.
        limits: caps of what one work may cost.

    Raises:
        NoModel: there is no model there.
        ModelError: it is not as its record says, or needs a preparation that is not installed.
    """

    def __init__(
        self,
        model: ModelFolder | str | Path,
        *,
        workers: int | None = None,
        limits: Limits = LIMITS,
    ) -> None:
        self.model = model if isinstance(model, ModelFolder) else open_model(model)
        record = self.model.record
        self._preparer = Preparer(
            record.preparation, dict(record.settings), workers=workers, limits=limits
        )
        self._scorer: Scorer = scorer_of(self.model)
        self._tables = (
            Tables.read(self.model.read(TABLES), shown=str(self.model.path / TABLES))
            if self.model.has(TABLES)
            else None
        )
        self._strangeness = read_strangeness(self.model) if self.model.has(STRANGENESS) else None

    @cached_property
    def card(self) -> Card:
        """What it is."""
        record = self.model.record
        return Card(
            detector=record.name,
            modalities=MODALITIES[record.modality],
            model=self.model.digest,
            description=record.description,
            licence=record.licence,
        )

    @property
    def is_calibrated(self) -> bool:
        """Whether its detections may decide anything."""
        return self._tables is not None

    def detect(self, assets: Iterable[Asset]) -> Iterator[Answer]:
        """One detection for each asset, in input order, or why there is none.

        Raises:
            EngineError: no worker can be started, or the network does not work.
        """
        lacks = self._scorer.lacks
        if lacks is not None:
            return ((self._not_run(NotRunReason.NOT_INSTALLED, lacks),) for _ in assets)
        return self._detected(assets)

    def close(self) -> None:
        """End the workers; the next call starts new ones."""
        self._preparer.close()

    def measure(self, prepared: Prepared | Unprepared) -> Detection | NotRun:
        """What the model makes of a work that was prepared.

        Raises:
            EngineError: the network does not work.
        """
        if isinstance(prepared, Unprepared):
            return self._not_run(prepared.reason, prepared.detail)
        if not prepared.windows:
            why = prepared.abstain or AbstainReason.TOO_SHORT
            return self._not_run(
                NotRunReason.NOT_APPLICABLE, f"there is nothing in it to measure ({why})"
            )
        try:
            local = [float(logit) for logit in self._scorer.logits(prepared.features)]
        except Unscored as unscored:
            return self._not_run(NotRunReason.UNREADABLE, str(unscored))
        if not all(-1e30 < logit < 1e30 for logit in local):
            return self._not_run(NotRunReason.UNREADABLE, "the network gave no number for it")
        record = self.model.record
        score = aggregate(record.aggregate, local, record.dependence)
        group = prepared.group if prepared.group in record.groups else ROOT
        abstain = prepared.abstain
        if abstain is None and len(local) < record.minimum_windows:
            abstain = AbstainReason.TOO_SHORT
        measured = self._tables.at(score, group) if self._tables else None
        if abstain is None and self._is_strange(prepared):
            abstain = AbstainReason.OUT_OF_DISTRIBUTION
        if measured is not None:
            abstain = abstain or measured.abstain
        spoke = self._scorer.spoke(prepared) if abstain is None else ()
        return Detection(
            source=record.name,
            detector=record.name,
            model=self.model.digest,
            score=score,
            likelihood=measured.likelihood if measured and abstain is None else None,
            exceedance=measured.exceedance if measured else None,
            abstain=abstain,
            features=(*prepared.told, *spoke),
            share=share_of(record.dependence, local, None if abstain else measured),
            where=tuple(
                Where(
                    unit=window.unit,
                    range=window.range,
                    box=window.box,
                    score=logit,
                    part=window.part,
                )
                for window, logit in zip(prepared.windows, local, strict=True)
            ),
        )

    def _detected(self, assets: Iterable[Asset]) -> Iterator[Answer]:
        taken: deque[bool] = deque()
        modalities = self.card.modalities

        def fitting() -> Iterator[Asset]:
            for asset in assets:
                taken.append(asset.modality in modalities)
                if taken[-1]:
                    yield asset

        for _, prepared in self._preparer.prepare_all(fitting()):
            while not taken.popleft():
                yield (self._other_kind(),)
            yield (self.measure(prepared),)
        for _ in taken:
            yield (self._other_kind(),)

    def _is_strange(self, prepared: Prepared) -> bool:
        """Whether the work is unlike those the model was made from."""
        if self._strangeness is None:
            return False
        rows = prepared.features.reshape(len(prepared.windows), -1)
        return self._strangeness.is_strange(rows)

    def _other_kind(self) -> NotRun:
        kind = self.model.record.modality
        return self._not_run(NotRunReason.NOT_APPLICABLE, f"it judges works of kind {kind} only")

    def _not_run(self, reason: NotRunReason, detail: str) -> NotRun:
        name = self.model.record.name
        return NotRun(source=name, check="detect", reason=reason, detail=detail)


def share_of(
    dependence: Dependence | None, logits: Sequence[float], measured: Measurement | None
) -> float | None:
    """Which part of a work is synthetic; None where its score is nothing rare among human works.

    Args:
        dependence: of the model's windows, None where it was not measured.
        logits: of the windows of the work.
        measured: how rare its score is, None where that does not count.
    """
    if dependence is None or measured is None or measured.exceedance.value > RARE:
        return None
    return dependence.share(logits)


def _unpacked(answer: bytes) -> Prepared | Unprepared:
    try:
        return unpack(answer)
    except Malformed:
        return Unprepared(NotRunReason.UNREADABLE, "the answer of the preparation was malformed")


def _held(asset: Asset) -> Asset:
    """The asset over a descriptor of our own."""
    if isinstance(asset.backing, int):
        return replace(asset, backing=os.dup(asset.backing))
    return asset


def _let_go(asset: Asset) -> None:
    if isinstance(asset.backing, int):
        os.close(asset.backing)
