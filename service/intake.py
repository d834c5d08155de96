"""Takes works in: opens each once, and makes sure that what is judged is what was hashed.

A small file is read once; the digest, the readers and the detectors all get those very bytes. A
large one is read where it lies, and compared before and after: one that changed meanwhile gets no
report, because its digest and its verdict might speak of different bytes. That comparison sees
every ordinary write, but not one through memory that another process has mapped already: who must
be sure gives a copy that nobody else can write to.
"""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass, replace
from pathlib import Path

from provenance.asset import Asset
from provenance.errors import AssayError, InputError
from provenance.files import State, open_regular, state_of, why
from provenance.reading import MOST_ASSETS, SMALL
from provenance.rights.surroundings import Surroundings

__all__ = ["Failed", "Input", "Taken", "batches", "take"]


@dataclass(frozen=True, slots=True)
class Input:
    """One thing to examine.

    Attributes:
        source: a path, the bytes themselves, or an open descriptor that is closed after use.
        name: how the report calls it; the path as given when None.
        around: where it was met, None for a bare file.
    """

    source: Path | bytes | int
    name: str | None = None
    around: Surroundings | None = None

    @property
    def shown(self) -> str:
        """How the report calls it."""
        if self.name is not None:
            return self.name
        return str(self.source) if isinstance(self.source, Path) else "-"


@dataclass(frozen=True, slots=True)
class Failed:
    """An input that could not be read at all, so that there is no digest and no report."""

    name: str
    error: AssayError


@dataclass(frozen=True, slots=True)
class Taken:
    """An asset, and how its file was when it was opened; None for bytes in memory."""

    asset: Asset
    before: State | None

    def has_changed(self) -> bool:
        """Whether the file was written to since."""
        backing = self.asset.backing
        return isinstance(backing, int) and state_of(backing) != self.before


def take(one: Input, held: ExitStack) -> Taken | Failed:
    """Open an input; what was opened is closed with `held`."""
    try:
        if isinstance(one.source, bytes) and len(one.source) <= SMALL:
            return Taken(_met(Asset.from_bytes(one.source, name=one.shown), one), None)
        fd = _open(one.source)
        held.callback(os.close, fd)
        before, size = state_of(fd), os.fstat(fd).st_size
        if size > SMALL:
            return Taken(_met(Asset.from_fd(fd, name=one.shown), one), before)
        data = _read_small(fd, size, one.shown)
        return Taken(_met(Asset.from_bytes(data, name=one.shown), one), None)
    except InputError as error:
        return Failed(one.shown, error)
    except OSError as fault:
        return Failed(one.shown, InputError(f"{one.shown}: cannot be read ({why(fault)})"))


def _met(asset: Asset, one: Input) -> Asset:
    return asset if one.around is None else replace(asset, around=one.around)


def batches(inputs: Iterable[Input | Failed]) -> Iterator[list[Input | Failed]]:
    """`inputs` in runs of small files, which are read together; anything else comes alone."""
    run: list[Input | Failed] = []
    for one in inputs:
        if not _is_small(one):
            if run:
                yield run
                run = []
            yield [one]
            continue
        run.append(one)
        if len(run) == MOST_ASSETS:
            yield run
            run = []
    if run:
        yield run


def _read_small(fd: int, size: int, shown: str) -> bytes:
    """All bytes of a small file; one more is asked for, to see that there is none."""
    data = os.pread(fd, size + 1, 0)
    if len(data) != size:
        raise InputError(
            f"{shown}: holds other than the {size} bytes it says it holds",
            hint="It is being written, or is no ordinary file; copy it, and give the copy.",
        )
    return data


def _is_small(one: Input | Failed) -> bool:
    if isinstance(one, Failed) or not isinstance(one.source, Path):
        return False
    try:
        return one.source.stat().st_size <= SMALL
    except (OSError, ValueError):
        return False


def _open(source: Path | bytes | int) -> int:
    """A descriptor of a regular file that holds `source`."""
    if isinstance(source, int):
        return source
    if isinstance(source, bytes):
        with tempfile.TemporaryFile() as held:
            held.write(source)
            held.flush()
            return os.dup(held.fileno())
    return open_regular(source)
