"""From scored works to the figures of a card.

What is computed is `detectors.evaluation.metrics`; this module says of which works: all of the
manifest but those the model was trained on, once each, and once more put together into songs.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import replace

import numpy as np

from detectors.card import AttackFigures, Counts, Figures, LeakCheck, Point, Warned
from detectors.evaluation import metrics
from detectors.evaluation.leaks import SUSPICIOUS, MetadataScores, metadata_scores
from detectors.evaluation.manifest import UNNAMED, Label
from detectors.evaluation.metrics import OperatingPoint, Results
from detectors.evaluation.scored import Decision, Scored

__all__ = ["attack_figures", "figures_of", "leak_check", "results_of", "songs_of"]

NO_MAJORITY = "no_majority"
"""Of a song most of whose parts were not judged."""


def results_of(works: Sequence[Scored]) -> Results:
    """As columns."""

    def column(values: Iterable[float | None]) -> metrics.Floats:
        return np.array([math.nan if one is None else one for one in values], np.float64)

    return Results(
        ai=np.array([work.label is Label.AI for work in works], np.bool_),
        sources=np.array([work.origin for work in works], np.str_),
        answered=np.array([work.is_usable for work in works], np.bool_),
        scores=column(work.score for work in works),
        likelihoods=column(work.likelihood for work in works),
        uppers=column(work.exceedance for work in works),
    )


def figures_of(
    works: Sequence[Scored],
    fpr: float,
    *,
    manifest: str,
    manifest_sha256: str,
    with_leaks: bool = True,
) -> Figures:
    """The figures of works at an operating point."""
    results = results_of(works)
    at = _point(metrics.tpr_at(results, fpr))
    human = _counts(works, Label.HUMAN, fpr)
    ai = _counts(works, Label.AI, fpr)
    figures = Figures(
        manifest=manifest,
        manifest_sha256=manifest_sha256,
        at=at,
        human=human,
        ai=ai,
        coverage=_share(human.covered + ai.covered, human.works + ai.works),
        auc=metrics.auc(results),
        points=tuple(
            _point(one)
            for one in metrics.operating_points(results)
            if metrics.measurable(one.fpr, human.works)
        ),
        calibration=metrics.calibration(results),
        families=metrics.by_family(results, fpr),
        sources=metrics.by_source(results, fpr),
        kinds=metrics.by_kind(_by_kind(works), fpr, ai=False),
        made_kinds=metrics.by_kind(_by_kind(works), fpr, ai=True),
        leak=leak_check(works, metadata_scores(works)) if with_leaks else None,
    )
    return figures.model_copy(update={"warnings": tuple(_warnings(works, figures))})


def _by_kind(works: Sequence[Scored]) -> Results:
    """Works that say their kind, each kind as if it were a source."""
    return results_of([replace(work, source=work.kind, family=None) for work in works if work.kind])


def attack_figures(
    suite: str, attack: str, works: Sequence[Scored], failed: int, fpr: float
) -> AttackFigures:
    """What is left of a detector after one way of laundering."""
    results = results_of(works)
    at = metrics.tpr_at(results, fpr)
    return AttackFigures(
        suite=suite,
        attack=attack,
        tpr=at.tpr,
        fpr=at.measured,
        auc=metrics.auc(results),
        coverage=_share(sum(work.is_usable for work in works), len(works)),
        failed=failed,
    )


def songs_of(works: Iterable[Scored]) -> list[Scored]:
    """Songs in place of their parts: works that name none stand alone.

    The score of a song is the mean of those of its parts. It is flagged where at least half of all
    its parts are: its upper bound is the one that half of them keep, parts without one being 1.
    """
    parts: dict[tuple[str, str, str], list[Scored]] = {}
    for work in works:
        name = f"song {work.song}" if work.song else f"work {work.number}"
        parts.setdefault((work.label, work.origin, name), []).append(work)
    return [_song(name, those) for (_, _, name), those in parts.items()]


def _song(name: str, parts: Sequence[Scored]) -> Scored:
    scores = [part.score for part in parts if part.score is not None]
    uppers = sorted(
        part.exceedance if part.is_usable and part.exceedance is not None else math.inf
        for part in parts
    )
    upper = uppers[(len(uppers) + 1) // 2 - 1]
    judged = math.isfinite(upper)
    return replace(
        parts[0],
        id=name,
        ran=any(part.ran for part in parts),
        score=math.fsum(scores) / len(scores) if scores else None,
        likelihood=parts[0].likelihood if len(parts) == 1 else None,
        exceedance=upper if judged else None,
        reason="" if judged else NO_MAJORITY,
        facts={},
        sketch="",
    )


def leak_check(works: Sequence[Scored], metadata: MetadataScores) -> LeakCheck:
    """What metadata alone reach, and what the detector reaches on the same works."""
    if metadata.scores is None:
        return LeakCheck(reason=metadata.reason)
    alone = [
        replace(work, score=float(score), likelihood=None, exceedance=None)
        for work, score in zip(metadata.works, metadata.scores, strict=True)
    ]
    return LeakCheck(
        auc=metrics.auc(results_of(alone)),
        detector=metrics.auc(results_of(metadata.works)),
        folds=metadata.folds,
        features=metadata.features[:5],
    )


def _point(one: OperatingPoint) -> Point:
    return Point(
        fpr=one.fpr,
        tpr=one.tpr,
        tpr_families=one.tpr_families,
        measured=one.measured,
        over_cap=one.over_cap,
    )


def _counts(works: Sequence[Scored], label: Label, fpr: float) -> Counts:
    those = [work for work in works if work.label is label]
    decisions = [work.decision(fpr) for work in those]
    return Counts(
        works=len(those),
        covered=sum(work.is_usable for work in those),
        abstained=decisions.count(Decision.ABSTAIN),
        not_run=decisions.count(Decision.NOT_RUN),
        flagged=decisions.count(Decision.SYNTHETIC),
        sources=len({work.origin for work in those}),
    )


def _share(part: int, whole: int) -> float:
    return part / whole if whole else 0.0


def _warnings(works: Sequence[Scored], figures: Figures) -> Iterable[Warned]:
    yield from _leak_warnings(figures.leak)
    if figures.at.over_cap:
        yield Warned(code="over_cap", params={"sources": ", ".join(figures.at.over_cap[:5])})
    ran = [work for work in works if work.ran]
    if ran and all(work.exceedance is None for work in ran):
        yield Warned(code="uncalibrated")
    if any(work.origin == UNNAMED for work in works):
        yield Warned(code="unnamed_sources")
    for label, counts in (("human", figures.human), ("ai", figures.ai)):
        if counts.sources < 2:
            yield Warned(code=f"few_{label}_sources", params={"sources": counts.sources})


def _leak_warnings(leak: LeakCheck | None) -> Iterable[Warned]:
    if leak is None or leak.auc.value is None:
        return
    shown: dict[str, str | int | float] = {
        "auc": round(leak.auc.value, 3),
        "features": ", ".join(leak.features) or "-",
    }
    if leak.auc.value > SUSPICIOUS:
        yield Warned(code="leak", params=shown)
    if leak.detector.value is not None and leak.auc.value > leak.detector.value:
        yield Warned(
            code="leak_beats_detector",
            params=shown | {"detector": round(leak.detector.value, 3)},
        )
