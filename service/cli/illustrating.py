"""What lies beneath local scores on a page: each input is kept until its report is written.

A work is opened once more then, and shown only when its digest is that of the report. It is decoded
in a sandboxed worker; a work without detections that hold local scores is not touched again.
"""

from __future__ import annotations

import os
from collections import deque
from collections.abc import Iterable, Iterator, Mapping
from contextlib import ExitStack, suppress
from dataclasses import replace
from typing import TYPE_CHECKING, Self

from provenance.evidence import Detection, NotRunReason
from service.intake import Failed, Input, take
from service.report import Report

if TYPE_CHECKING:
    from detectors.explain import Asking, Shown

__all__ = ["Illustrations"]

CHANGED = "it is no longer the file that was examined"


class Illustrations:
    """Pairs reports with the works they are of, in input order. A context manager."""

    def __init__(self) -> None:
        self._kept: deque[Input | Failed] = deque()
        self._asking: Asking | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        while self._kept:
            _let_go(self._kept.popleft())
        if self._asking is not None:
            self._asking.close()

    def keep(self, opened: Iterable[Input | Failed]) -> Iterator[Input | Failed]:
        """The same inputs, each of which can be opened again."""
        for one in opened:
            again = one
            if isinstance(one, Input) and isinstance(one.source, int):
                again = replace(one, source=os.dup(one.source))
            self._kept.append(again)
            yield one

    def of(self, result: Report | Failed) -> Mapping[int, Shown] | None:
        """What lies beneath the local scores of the next result; to be called once for each."""
        kept = self._kept.popleft()
        if isinstance(result, Failed) or isinstance(kept, Failed):
            _let_go(kept)
            return None
        detections = [one for one in result.evidence if isinstance(one, Detection) and one.where]
        if not detections:
            _let_go(kept)
            return None
        return self._shown(kept, result, detections)

    def _shown(
        self, kept: Input, report: Report, detections: list[Detection]
    ) -> Mapping[int, Shown]:
        from detectors.explain import Asking, Unshown

        with ExitStack() as held:
            taken = take(kept, held)  # closes the descriptor too
            problem = CHANGED
            if isinstance(taken, Failed):
                problem = str(taken.error)
            else:
                with suppress(OSError):
                    if taken.asset.sha256() == report.asset.sha256:
                        self._asking = self._asking or Asking()
                        return self._asking.ask(taken.asset, detections)
        gone = Unshown(reason=NotRunReason.UNREADABLE, detail=problem[:1000])
        return {one.id: gone for one in detections}


def _let_go(kept: Input | Failed) -> None:
    if isinstance(kept, Input) and isinstance(kept.source, int):
        os.close(kept.source)
