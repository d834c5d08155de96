"""Examines the canaries when what examines has changed, and tells what flipped."""

from __future__ import annotations

import logging
import threading
from collections.abc import Iterable, Iterator
from pathlib import Path

from provenance.errors import AssayError, ConfigError
from service.canary import Answer, CanaryFlip, CanaryRun, flips
from service.intake import Failed, Input
from service.screening import Screener
from service.storage.canaries import Canaries

__all__ = ["CanaryWatch", "run_canaries"]

MOST = 10_000

log = logging.getLogger(__name__)


class CanaryWatch:
    """Examines a folder of canaries.

    Args:
        kept: runs in the database.
        screener: examines them, with the policy of the service.
        folder: of the canaries.
    """

    def __init__(self, kept: Canaries, screener: Screener, folder: Path) -> None:
        self._kept, self._screener, self._folder = kept, screener, folder
        self._thread = threading.Thread(target=self._watch, name="canaries", daemon=True)

    def start(self) -> None:
        """Examine them beside everything else, if something has changed since the last time."""
        self._thread.start()

    def stop(self) -> None:
        """Wait for the run that there may be."""
        if self._thread.is_alive():
            self._thread.join()

    def run(self) -> tuple[CanaryFlip, ...]:
        """Examine them, and say whose verdicts flipped since the last time.

        Raises:
            ConfigError: the folder is none.
        """
        before, after = self._kept.latest(), run_canaries(self._screener, self._folder)
        self._kept.keep(after)
        return () if before is None else flips(before, after)

    def _watch(self) -> None:
        latest = self._kept.latest()
        if latest is not None and latest.made_by == self._screener.made_by:
            return
        try:
            flipped = self.run()
        except AssayError as fault:
            log.error("the canaries could not be examined: %s", fault)  # noqa: TRY400
            return
        log.info("canaries were examined: %d flipped", len(flipped))
        for one in flipped:
            log.warning("canary %s", one.told)


def run_canaries(screener: Screener, folder: Path) -> CanaryRun:
    """Examine every file of a folder.

    Raises:
        ConfigError: it is no folder, or holds more than ten thousand files.
    """
    if not folder.is_dir():
        raise ConfigError(f"{folder}: not a folder", hint="ASSAY_CANARY names a folder of works.")
    paths = sorted(path for path in folder.rglob("*") if path.is_file())
    if len(paths) > MOST:
        raise ConfigError(f"{folder}: holds more than {MOST} files")
    names = [path.relative_to(folder).as_posix() for path in paths]
    given = (Input(path, name) for path, name in zip(paths, names, strict=True))
    return CanaryRun(
        made_by=screener.made_by, answers=dict(zip(names, _answers(screener, given), strict=True))
    )


def _answers(screener: Screener, given: Iterable[Input]) -> Iterator[Answer | None]:
    for one in screener.screen_many(given):
        if isinstance(one, Failed):
            yield None
            continue
        verdict = one.verdict
        yield Answer(
            sha256=one.asset.sha256,
            origin=verdict.origin,
            basis=verdict.basis,
            findings=verdict.findings,
            review=verdict.review,
            outcome=None if verdict.decision is None else verdict.decision.outcome,
        )
