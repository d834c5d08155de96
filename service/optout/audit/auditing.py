"""An audit from its input to the files in its folder."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

from service.optout.audit.inputs import AuditInput
from service.optout.audit.pack import HistoryPack
from service.optout.audit.running import Options, Running, identity_of
from service.optout.audit.state import COVERAGE, PAGE, PARQUET, State
from service.optout.audit.summary import AuditSummary
from service.optout.audit.summing import summary_of, write_parquet
from service.render.audit import render_audit

__all__ = ["run_audit"]


def run_audit(
    given: AuditInput,
    pack: HistoryPack,
    options: Options,
    out: Path,
    *,
    resume: bool = False,
    workers: int = 1,
    lang: str = "en",
    shown: Callable[[Iterator[float]], None] | None = None,
) -> AuditSummary:
    """Judge every row, and write the five files.

    Args:
        given: the input.
        pack: what was observed.
        options: how to judge.
        out: folder; created when missing.
        resume: go on with the audit in it; a finished one is not made again.
        workers: reading processes.
        lang: of the page.
        shown: runs the audit to its end, and may show the share that is done.

    Raises:
        ConfigError: `out` holds an audit, or another one than is to be resumed.
        InputError: the input cannot be read at all.
    """
    state = State(out, identity_of(given, pack, options), resume=resume)
    try:
        running = Running(given, pack, options, state, workers=workers)
        if state.progress.finished_at is None:
            (shown or _to_the_end)(running.run())
        if not (out / PARQUET).exists() or not (out / COVERAGE).exists():
            write_parquet(state)
        summary = summary_of(given, pack, options, state, state.progress.share)
        _replace(out / COVERAGE, summary.to_json())
        _replace(out / PAGE, render_audit(summary, lang))
    finally:
        state.close()
    return summary


def _to_the_end(shares: Iterator[float]) -> None:
    for _ in shares:
        pass


def _replace(path: Path, text: str) -> None:
    part = path.with_name(f"{path.name}.part")
    part.write_text(text, encoding="utf-8")
    part.replace(path)
