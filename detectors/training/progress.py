"""What a training tells of itself while it runs."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum

__all__ = ["Progress", "Step", "Watch"]


class Step(StrEnum):
    """What a training is at."""

    AUDIT = "audit"
    PREPARE = "prepare"
    HELD_OUT = "held_out"
    FIT = "fit"
    EXPORT = "export"
    TABLES = "tables"


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a step is.

    Attributes:
        step: which.
        done: works, or folds, that are done.
        total: of how many.
        known: how many of those done were known from an earlier run.
    """

    step: Step
    done: int
    total: int
    known: int = 0


Watch = Callable[[Progress], None]
