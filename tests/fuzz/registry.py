"""Where targets are entered by name."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

__all__ = ["TARGETS", "Target", "named"]


@dataclass(frozen=True, slots=True)
class Target:
    """One parser.

    Attributes:
        run: gives it bytes; raises only when the parser has a fault.
        covers: the modules it is there to exercise.
    """

    run: Callable[[bytes], None]
    covers: frozenset[str]


TARGETS: dict[str, Target] = {}


def named(name: str, *covers: str) -> Callable[[Callable[[bytes], None]], Callable[[bytes], None]]:
    def added(run: Callable[[bytes], None]) -> Callable[[bytes], None]:
        TARGETS[name] = Target(run, frozenset(f"provenance.{one}" for one in covers))
        return run

    return added
