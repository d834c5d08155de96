"""What an evaluation has found so far, a line an item, so that it can go on after a kill.

The first line says of what and with what; each later one is one work, written when its answer is
there. A line that was cut off by a kill does not count and is cut away.
"""

from __future__ import annotations

import fcntl
import json
import os
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import IO, Any, Self

from detectors.evaluation.scored import Scored
from provenance.errors import ConfigError, InputError
from provenance.files import why

__all__ = ["Journal"]


class Journal:
    """A file of scored works; holds a lock while it is open.

    Args:
        path: of the file; its folder is made where it is missing.
        identity: of what is scored, and with what; a journal goes on only with the same.
        resume: whether to go on with one that is there.

    Raises:
        ConfigError: there is one already, of something else, or in use.
        InputError: it cannot be written.
    """

    def __init__(self, path: Path, identity: dict[str, Any], *, resume: bool) -> None:
        self.path = path
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            self._file: IO[bytes] = path.open("a+b")
        except OSError as fault:
            raise InputError(f"{path}: cannot be written ({why(fault)})") from fault
        try:
            self._lock()
            self.done = self._begin(identity, resume=resume)
        except BaseException:
            self._file.close()
            raise

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Let it go."""
        self._file.close()

    def add(self, one: Scored) -> None:
        """Keep what was found of the next work."""
        self._file.write(one.to_line())
        self._file.flush()
        self.done += 1

    def __iter__(self) -> Iterator[Scored]:
        """All that was found, in order."""
        with self.path.open("rb") as file:
            file.readline()
            for line in file:
                yield Scored.of_line(line)

    def _lock(self) -> None:
        try:
            fcntl.flock(self._file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as fault:
            raise ConfigError(
                f"{self.path.parent}: another evaluation is writing here",
                hint="Wait for it, or give another folder.",
            ) from fault

    def _begin(self, identity: dict[str, Any], *, resume: bool) -> int:
        """How many works are done."""
        first = json.dumps(identity, sort_keys=True).encode() + b"\n"
        self._file.seek(0)
        found = self._file.readline()
        if not found.endswith(b"\n"):
            self._cut(0)
            self._file.write(first)
            self._file.flush()
            return 0
        if not resume:
            raise ConfigError(
                f"{self.path.parent}: holds an evaluation already",
                hint="--resume goes on with it; or give another folder.",
            )
        if found != first:
            differs = "what is evaluated"
            with suppress(ValueError):
                before = json.loads(found)
                differs = ", ".join(key for key in identity if before.get(key) != identity[key])
            raise ConfigError(
                f"{self.path.parent}: holds an evaluation of something else ({differs})",
                hint="Give another folder.",
            )
        return self._count(len(first))

    def _count(self, end: int) -> int:
        count = 0
        for line in self._file:
            if not line.endswith(b"\n"):
                break
            count, end = count + 1, end + len(line)
        self._cut(end)
        return count

    def _cut(self, end: int) -> None:
        self._file.truncate(end)
        self._file.seek(0, os.SEEK_END)
