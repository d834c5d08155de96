"""How rare each score of a group is among works of people, drawn with one work on it."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from service.render.axes import Tick, rounded, scores, signed

if TYPE_CHECKING:
    from detectors.exceedance import Steps
    from provenance.evidence import Detection
    from service.render.wording import Words

__all__ = ["Curve", "curve_drawn"]

HIGH = 200
MOST_STEPS = 400


@dataclass(frozen=True, slots=True)
class Curve:
    """How rare scores are: paths in a square of 100 by 100, and the place of this work.

    Attributes:
        upper, value: the bound and what was measured, as paths.
        x: of this work, per cent.
        y: of its bound, in pixels.
        limit: the operating point, in pixels, None where there is none.
        label: of this work.
        anchor: how the label lies beside the mark.
    """

    upper: str
    value: str
    x: float
    y: float
    limit: float | None
    label: str
    anchor: str
    height: float
    side: tuple[Tick, ...]
    ticks: tuple[Tick, ...]

    @property
    def label_y(self) -> float:
        """Where the label stands: clear of the bound, that is on the other side of the middle."""
        return self.height - 10 if self.y < self.height / 2 else 16


def curve_drawn(
    steps: Steps, detection: Detection, limit: float | None, words: Words
) -> Curve | None:
    """The curve of a group with the score of this work on it."""
    rarity = detection.exceedance
    if rarity is None or not steps.scores:
        return None
    low, high = (function((*steps.scores, detection.score)) for function in (min, max))
    margin = (high - low) * 0.05 or 1.0
    low, high = low - margin, high + margin
    floor = min(1e-3, *(value for value in (*steps.uppers, limit or 1.0) if value > 0)) * 0.8

    def across(score: float) -> float:
        return (score - low) / (high - low) * 100

    def down(share: float) -> float:
        return min(math.log10(max(share, floor)) / math.log10(floor), 1.0) * 100

    def path(shares: Sequence[float]) -> str:
        drawn = ["M0 0"]
        for score, share in _thinned(list(zip(steps.scores, shares, strict=True))):
            drawn.append(f"H{rounded(across(score))}V{rounded(down(share))}")
        return "".join([*drawn, "H100"])

    x = rounded(across(detection.score))
    powers = range(math.floor(-math.log10(floor)) + 1)
    shares = [10.0**-power for power in powers]
    return Curve(
        upper=path(steps.uppers),
        value=path(steps.values),
        x=x,
        y=rounded(down(rarity.upper) / 100 * HIGH),
        limit=None if limit is None else rounded(down(limit) / 100 * HIGH),
        label=signed(detection.score, 1, words).label,
        anchor="end" if x > 50 else "start",
        height=HIGH,
        side=tuple(
            Tick(rounded(down(share) / 100 * HIGH), words.percent(share)) for share in shares
        ),
        ticks=scores(low, high, across, words),
    )


def _thinned(steps: list[tuple[float, float]]) -> list[tuple[float, float]]:
    if len(steps) <= MOST_STEPS:
        return steps
    last = len(steps) - 1
    return [steps[round(n * last / (MOST_STEPS - 1))] for n in range(MOST_STEPS)]
