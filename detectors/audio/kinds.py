"""What kind of sound a stretch is: music, speech, other; silence by its level; or not sure.

A detector of music judges music, one of speech judges speech. Both ask here, for each window, in
the sandboxed worker. Silence is what stays under -60 dBFS. A work is of the kind its
windows agree on.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np

from detectors.audio.kind_statistics import RATE, statistics
from detectors.gates.gate import Told, gate

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Samples = NDArray[np.float32]

__all__ = [
    "FEATURES",
    "KINDS",
    "NAME",
    "RATE",
    "SECONDS",
    "SHORTEST",
    "SILENCE",
    "VERSION",
    "Told",
    "WorkKind",
    "features",
    "is_silent",
    "tell",
    "work_kind",
]

NAME = "sound-kind"
FEATURES = "detectors.audio.kinds:features"
VERSION = "1"
"""Changes whenever the features do."""

SECONDS = 5.0
"""What a window should last; longer ones are told by their middle."""

SHORTEST = 1.0
SILENCE = "silence"
KINDS = ("music", "other", "speech")

SILENT = 10 ** (-60 / 20)
"""Root mean square under which there is silence, full scale being 1."""

LEAST_SHARE = 0.4
"""Share of what is heard that must be told as a kind, for the work to be of it."""

TIMES = 3
"""How many times as many windows must be of that kind as of any other."""


@dataclass(frozen=True, slots=True)
class WorkKind:
    """The kind of a work.

    Attributes:
        kind: None where its windows do not agree, or few of them are told.
        confidence: mean confidence of the windows of that kind, 0 where there is none.
        shares: of its windows, by kind; `silence` and `not_told` among them.
    """

    kind: str | None
    confidence: float
    shares: dict[str, float] = field(default_factory=dict)


def features(samples: Samples) -> NDArray[np.float32]:
    """The statistics of a window.

    Args:
        samples: float32, shape (n,), at `RATE`, `SHORTEST` seconds or more.
    """
    return statistics(_middle(samples, RATE))


def is_silent(samples: Samples) -> bool:
    """Whether there is nothing to hear."""
    if not samples.size:
        return True
    return float(np.sqrt(np.mean(np.square(samples, dtype=np.float64)))) < SILENT


def tell(samples: Samples, rate: int) -> Told:
    """The kind of a window: one of `KINDS`, `silence`, or None where the gate is not sure.

    Args:
        samples: float32, shape (n,), in [-1, 1]; five seconds are best, the middle of more counts.
        rate: in Hz.
    """
    heard = _middle(samples, rate)
    if is_silent(heard):
        return Told(SILENCE, 1.0)
    if rate != RATE:
        import soxr

        heard = np.asarray(soxr.resample(heard, rate, RATE, quality="HQ"), np.float32)
    if heard.size < SHORTEST * RATE:
        return Told(None, 0.0)
    return gate(NAME).told(features(heard))


def work_kind(told: Sequence[Told]) -> WorkKind:
    """The kind of a work, from those of its windows.

    Silence says nothing of the rest. At least `LEAST_SHARE` of what is heard must be told as the
    kind, and no other kind may have more than a third of its windows.
    """
    if not told:
        return WorkKind(None, 0.0)
    counts = Counter(one.kind or "not_told" for one in told)
    shares = {kind: n / len(told) for kind, n in sorted(counts.items())}
    heard = len(told) - counts[SILENCE]
    if not heard:
        return WorkKind(SILENCE, 1.0, shares)
    (most, kind), (next_most, _), *_ = sorted(((counts[one], one) for one in KINDS), reverse=True)
    if most < LEAST_SHARE * heard or most < TIMES * next_most:
        return WorkKind(None, 0.0, shares)
    sure = [one.confidence for one in told if one.kind == kind]
    return WorkKind(kind, sum(sure) / len(sure), shares)


def _middle(samples: Samples, rate: int) -> Samples:
    """The middle `SECONDS` of a window."""
    extra = samples.size - round(SECONDS * rate)
    return samples[extra // 2 : samples.size - (extra - extra // 2)] if extra > 0 else samples
