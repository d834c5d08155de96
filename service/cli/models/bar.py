"""A bar on standard error for work of several steps, when a person is watching."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager

__all__ = ["bar"]

Told = Callable[[str, int, int | None], None]
"""Takes what is being done, how many are done, and of how many."""


@contextmanager
def bar() -> Iterator[Told]:
    """What to tell of every step."""
    if not sys.stderr.isatty():
        yield lambda *_: None
        return
    from rich.console import Console
    from rich.progress import (
        BarColumn,
        MofNCompleteColumn,
        Progress,
        TextColumn,
        TimeRemainingColumn,
    )

    step = TextColumn("{task.description}", markup=False)
    columns = (step, BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(*columns, console=Console(stderr=True), transient=True) as shown:
        task = shown.add_task("", total=None)

        def told(doing: str, done: int, total: int | None) -> None:
            shown.update(task, description=doing, completed=done, total=total or None)

        yield told
