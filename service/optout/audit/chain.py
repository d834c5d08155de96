"""The stretches of an archive, joined.

Where records begin in an archive only reading it tells. So it is cut by bytes, the workers read all
stretches at the same time, each from the first place that looks like the beginning of a record, and
here they are held together: what was read counts only where it began just where the stretch before
it had ended. Anything else is read again from there. A record that no worker can bear is stepped
over.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Generic, Protocol, TypeVar

from service.optout.audit.inputs import ARCHIVE_RECORDS, END, Stretch

__all__ = ["Chain", "Read"]

SHRINK = 50
"""How much fewer records are read at once where a worker was lost."""


class Read(Protocol):
    """What a worker made of a stretch.

    Attributes:
        first: where the first of its records stands; None when there was none.
        next: where the first record behind them stands; None at the end.
    """

    @property
    def first(self) -> int | None: ...  # noqa: D102 - above

    @property
    def next(self) -> int | None: ...  # noqa: D102 - above


Answer = TypeVar("Answer", bound=Read)


class Chain(Generic[Answer]):
    """Where the reading of an archive stands.

    Args:
        at: where the next record begins, or `END`.
        ask: reads a stretch; None when no worker can bear it.
        keep: takes what was read, with the place to go on from.
        lose: takes one record that cannot be read, with the place to go on from; None at the end.
    """

    def __init__(
        self,
        at: int,
        ask: Callable[[Stretch], Answer | None],
        keep: Callable[[Answer, int], None],
        lose: Callable[[int], None],
    ) -> None:
        self._at, self._ask, self._keep, self._lose = at, ask, keep, lose

    def take(self, stretch: Stretch, found: Answer | None) -> None:
        """Count all records that begin in a stretch.

        Args:
            stretch: by bytes, from `start` to `until`.
            found: what a worker made of it beforehand.
        """
        until, most = int(stretch.job["until"]), ARCHIVE_RECORDS
        while END != self._at < until:
            if found is None or found.first != self._at:
                found = self._ask(_from(stretch, self._at, most))
            if found is not None:
                self._at = END if found.next is None else found.next
                self._keep(found, self._at)
                most = min(most * 2, ARCHIVE_RECORDS)
            elif most > 1:
                most = max(most // SHRINK, 1)
            else:
                self._at = self._behind(stretch)
                self._lose(self._at)
            found = None

    def _behind(self, stretch: Stretch) -> int:
        """Where the record behind one that no worker can bear begins."""
        found = self._ask(_from(stretch, self._at + 1, 0, seek=True))
        if found is None or found.first is None:
            return END
        return found.first


def _from(stretch: Stretch, start: int, most: int, *, seek: bool = False) -> Stretch:
    """A part of a stretch."""
    return replace(stretch, job={**stretch.job, "start": start, "count": most, "seek": seek})
