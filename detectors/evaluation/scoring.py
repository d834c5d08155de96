"""Runs any detector over the works of a manifest, a batch at a time, and writes down each answer.

The detector gets works in batches and gives answers as they come; each is kept at once, so that
what was answered before a kill is not asked again. Works that cannot be opened, and a plug-in that
breaks its contract on one of them, leave `not_run` for that work and no other.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from itertools import islice
from typing import TYPE_CHECKING

from detectors.evaluation.inspection import Inspected, Inspector
from detectors.evaluation.manifest import Item
from detectors.evaluation.opening import Opened, opened
from detectors.evaluation.scored import Scored, scored
from provenance.errors import AssayError
from provenance.evidence import Detection, NotRun, NotRunReason, Watermark

if TYPE_CHECKING:
    from detectors.evaluation.journal import Journal
    from detectors.protocol import Detector
    from provenance.asset import Asset

__all__ = ["Through", "score", "score_all"]

log = logging.getLogger(__name__)

BATCH, BATCH_LAUNDERED = 32, 8
"""Works that are open at a time, or laundered in memory."""
MOST_THREADS = 4

Answer = tuple[Detection | Watermark | NotRun, ...]
Through = Callable[["Asset"], "Asset | NotRun"]
"""What becomes of a work before it is judged: laundered, or why it could not be."""


def score_all(
    detector: Detector,
    manifest: Iterable[Item],
    journal: Journal,
    *,
    inspector: Inspector | None = None,
    through: Through | None = None,
) -> Iterator[int]:
    """Score what the journal does not hold yet; how many it holds, after each.

    Raises:
        AssayError: the machinery itself does not work.
    """
    yield journal.done
    rest = islice(manifest, journal.done, None)
    for one in score(detector, rest, inspector=inspector, through=through):
        journal.add(one)
        yield journal.done


def score(
    detector: Detector,
    items: Iterable[Item],
    *,
    inspector: Inspector | None = None,
    through: Through | None = None,
) -> Iterator[Scored]:
    """One `Scored` an item, in order.

    Args:
        detector: anything that keeps the protocol.
        items: drawn a batch at a time, so there may be any number.
        inspector: finds the facts of each, when given.
        through: what each goes through first, when given.
    """
    drawn = iter(items)
    size = BATCH if through is None else BATCH_LAUNDERED
    with ThreadPoolExecutor(MOST_THREADS, thread_name_prefix="evaluate") as pool:
        while batch := list(islice(drawn, size)):
            with opened(batch) as works:
                yield from _batch(detector, works, pool, inspector, through)


def _batch(
    detector: Detector,
    works: list[Opened],
    pool: ThreadPoolExecutor,
    inspector: Inspector | None,
    through: Through | None,
) -> Iterator[Scored]:
    inspected: dict[int, Future[Inspected]] = {}
    if inspector is not None:
        inspected = {
            one.item.number: pool.submit(inspector.inspect, one.asset)
            for one in works
            if one.asset is not None
        }
    try:
        ready = list(pool.map(lambda one: _ready(one, through), works))
        answers = _answers(detector, [one for one in ready if not isinstance(one, NotRun)])
        for work, what in zip(works, ready, strict=True):
            answer: Answer = (what,) if isinstance(what, NotRun) else next(answers)
            found = inspected[work.item.number].result() if work.item.number in inspected else None
            yield scored(
                work.item,
                answer,
                sha256=work.sha256,
                facts=found.facts.model_dump(exclude_none=True) if found else None,
                sketch=found.sketch if found else "",
            )
    finally:
        for waiting in inspected.values():  # before the files are closed
            if not waiting.cancel():
                waiting.exception()


def _ready(one: Opened, through: Through | None) -> Asset | NotRun:
    if one.asset is None:
        return _not_run(one.problem)
    return one.asset if through is None else through(one.asset)


def _answers(detector: Detector, assets: list[Asset]) -> Iterator[Answer]:
    """One answer an asset; after a fault, the rest are asked one by one."""
    given = 0
    try:
        for answer in detector.detect(assets):
            if given == len(assets):
                break
            given += 1
            yield answer
    except AssayError:
        raise
    except Exception:  # as for readers: a plug-in's bug; its message may quote the work
        log.warning("the detector failed on a batch; the rest of it is asked one by one")
    for asset in assets[given:]:
        yield _one(detector, asset)


def _one(detector: Detector, asset: Asset) -> Answer:
    try:
        answer = next(iter(detector.detect([asset])), None)
    except AssayError:
        raise
    except Exception as fault:
        return (_not_run(f"the detector failed ({type(fault).__name__})"),)
    return (_not_run("the detector gave no answer"),) if answer is None else answer


def _not_run(detail: str) -> NotRun:
    return NotRun(source="evaluate", check="detect", reason=NotRunReason.UNREADABLE, detail=detail)
