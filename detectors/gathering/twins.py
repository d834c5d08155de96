"""Files of a training set that are the same work: across labels, sources and splits.

A work that stands under both labels is wrong under one of them, and nobody here knows which: both
go out. Of one that stands there twice under one label, the first is kept. What is compared are the
traces of `detectors.gathering.traces`, made in the sandbox.
"""

from __future__ import annotations

import json
import logging
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from detectors.decode.workers import Workers
from detectors.gathering.items import Item
from detectors.gathering.traces import PICTURE_BITS, PICTURE_BYTES
from provenance.asset import Asset
from provenance.sandbox import JobFailed, Task

__all__ = ["Trace", "Twins", "find_twins", "traces_of"]

log = logging.getLogger(__name__)

TASK = Task("detectors.gathering.traces:Tracing")
SHARED_SOUND, LEAST_SOUND = 0.05, 8
"""Share of the shorter trace, and numbers at least: a coincidence of 32 bits is rare, and repeated
beats make many of them the same, so each counts once."""

SHARED_TEXT, LEAST_TEXT = 0.2, 10
COMMON = 50
"""A number that more files hold than this tells none of them apart."""


@dataclass(frozen=True, slots=True)
class Trace:
    """What two files are compared by."""

    kind: str
    numbers: frozenset[int]


@dataclass(frozen=True, slots=True)
class Twins:
    """What was found twice.

    Attributes:
        groups: items that are one work, in order of the manifest.
        out: those to leave out, each with why.
    """

    groups: tuple[tuple[Item, ...], ...]
    out: tuple[tuple[Item, str], ...]


def traces_of(
    items: Iterable[Item],
    folder: Path,
    *,
    workers: int = 2,
    shown: Callable[[Item], None] | None = None,
) -> dict[str, Trace]:
    """The traces of the files of a rebuilt set, by digest; files that show nothing have none."""
    found: dict[str, Trace] = {}
    every = tuple(items)
    with closing(Workers(TASK, size=workers)) as hands, ThreadPoolExecutor(workers) as pool:
        answers = pool.map(lambda item: _trace(hands, folder / item.name), every)
        for item, trace in zip(every, answers, strict=True):
            if trace is not None and trace.numbers:
                found[item.sha256] = trace
            if shown is not None:
                shown(item)
    return found


def _trace(workers: Workers, path: Path) -> Trace | None:
    try:
        with path.open("rb") as file:
            answer = workers.call(Asset.from_fd(file.fileno(), name=path.name))
    except (OSError, JobFailed) as fault:
        log.warning("%s: no trace (%s)", path, fault)
        return None
    found = json.loads(answer)
    return Trace(found["kind"], frozenset(found["trace"])) if found else None


def find_twins(items: Iterable[Item], traces: Mapping[str, Trace]) -> Twins:
    """The files that are one work, and which of them to leave out.

    Args:
        items: in the order in which the first of several is kept.
        traces: by digest.
    """
    every = [item for item in items if item.sha256 in traces]
    joined = _Joined(len(every))
    for first, second in _pairs([traces[item.sha256] for item in every]):
        joined.join(first, second)
    groups = tuple(tuple(every[n] for n in group) for group in joined.groups() if len(group) > 1)
    out: list[tuple[Item, str]] = []
    for group in groups:
        labels = {item.label for item in group}
        if len(labels) > 1:
            out += ((item, "the same work stands under both labels") for item in group)
        else:
            out += ((item, f"the same work as {group[0].name}") for item in group[1:])
    return Twins(groups, tuple(out))


def _pairs(traces: list[Trace]) -> Iterable[tuple[int, int]]:
    """Numbers of the files that are near each other."""
    shared: Counter[tuple[int, int]] = Counter()
    for kind in ("sound", "text"):
        holders: defaultdict[int, list[int]] = defaultdict(list)
        for n, trace in enumerate(traces):
            if trace.kind == kind:
                for number in trace.numbers:
                    holders[number].append(n)
        for held in holders.values():
            if 1 < len(held) <= COMMON:
                shared.update((a, b) for i, a in enumerate(held) for b in held[i + 1 :])
    for (a, b), count in shared.items():
        share, least = (
            (SHARED_SOUND, LEAST_SOUND) if traces[a].kind == "sound" else (SHARED_TEXT, LEAST_TEXT)
        )
        if count >= max(least, share * min(len(traces[a].numbers), len(traces[b].numbers))):
            yield a, b
    yield from _near_pictures(traces)


def _near_pictures(traces: list[Trace]) -> Iterable[tuple[int, int]]:
    """Pictures that differ in a few bits: such have a byte in common, in the same place."""
    holders: defaultdict[tuple[int, int], list[tuple[int, int]]] = defaultdict(list)
    for n, one in enumerate(traces):
        if one.kind == "picture":
            (number,) = one.numbers
            for place in enumerate(number.to_bytes(PICTURE_BYTES)):
                holders[place].append((n, number))
    seen: set[tuple[int, int]] = set()
    for held in holders.values():
        for i, (a, one_number) in enumerate(held):
            for b, other in held[i + 1 :]:
                if (a, b) not in seen and (one_number ^ other).bit_count() <= PICTURE_BITS:
                    seen.add((a, b))
                    yield a, b


class _Joined:
    """Groups of things that were joined in pairs."""

    def __init__(self, count: int) -> None:
        self._heads = list(range(count))

    def _head(self, n: int) -> int:
        while self._heads[n] != n:
            self._heads[n] = self._heads[self._heads[n]]
            n = self._heads[n]
        return n

    def join(self, a: int, b: int) -> None:
        """Put two into one group."""
        first, second = sorted((self._head(a), self._head(b)))
        self._heads[second] = first

    def groups(self) -> Iterable[list[int]]:
        """All groups, in order of their first members."""
        members: defaultdict[int, list[int]] = defaultdict(list)
        for n in range(len(self._heads)):
            members[self._head(n)].append(n)
        return members.values()
