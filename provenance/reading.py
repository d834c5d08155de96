"""Runs every reader over one asset: the work of a sandboxed worker, and how to ask for it.

`Reading` is what a worker does (`provenance.sandbox.Task`); `read_asset` is the caller's side: it
sends the descriptor, computes the digest of the file while the worker reads, and gives back
evidence. When a file kills its worker, the readers are run again one by one in fresh workers, so
that only the one that cannot bear the file is lost.
"""

from __future__ import annotations

import hashlib
import logging
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Protocol, runtime_checkable

from pydantic import ValidationError

from provenance.asset import Asset
from provenance.c2pa.reader import SOURCE as C2PA
from provenance.c2pa.reader import unreadable
from provenance.c2pa.trust import TrustStore
from provenance.evidence import Evidence, NotRun, NotRunReason, evidence_tuple_adapter
from provenance.limits import DEFAULT
from provenance.plugins import readers, rights_readers
from provenance.protocols import Reader, RightsReader, applies
from provenance.sandbox import JobFailed, Sandbox, Task

__all__ = ["CONTAINER", "Read", "Reading", "Wanted", "read_asset", "reading_task"]

log = logging.getLogger(__name__)

CONTAINER = "container"
"""Source of the `not_run` records about the container itself."""

SMALL = 1 << 20


@runtime_checkable
class TrustAware(Protocol):
    """A reader that needs the trust lists before it reads."""

    def use_trust(self, trust: TrustStore) -> None:
        """Take the lists; called once, in the process that reads."""
        ...


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which readers to run.

    Attributes:
        provenance: the readers of origin.
        rights: the readers of reservations.
        only: the source of the one reader to run, `CONTAINER` for none of them; None for all.
    """

    provenance: bool = True
    rights: bool = True
    only: str | None = None


@dataclass(frozen=True, slots=True)
class Read:
    """What was read from one asset.

    Attributes:
        sha256: of the whole file, lowercase hexadecimal.
        evidence: in reader order; ids are not set.
    """

    sha256: str
    evidence: tuple[Evidence, ...]


def reading_task(trust: TrustStore) -> Task:
    """The task of a sandbox whose workers read with these trust lists."""
    return Task("provenance.reading:Reading", {"trust": trust.to_json()})


def sources(wanted: Wanted) -> tuple[str, ...]:
    """The sources that would run."""
    found: list[Reader | RightsReader] = []
    if wanted.provenance:
        found += readers()
    if wanted.rights:
        found += rights_readers()
    return tuple(one.source for one in found)


def read_asset(sandbox: Sandbox, asset: Asset, wanted: Wanted) -> Read:
    """Read `asset` in a worker of `sandbox` and hash it meanwhile.

    Args:
        sandbox: created with `reading_task`.
        asset: backed by a descriptor.
        wanted: what to run.

    Raises:
        EngineError: no worker can be started.
    """
    if not isinstance(asset.backing, int):
        raise TypeError("an asset is handed to a worker by its descriptor")
    digest = hashlib.sha256()

    def hash_file() -> None:
        for data in asset.chunks():
            digest.update(data)

    def run(one: Wanted, meanwhile: Any = None) -> tuple[Evidence, ...]:
        job = {
            "name": asset.name,
            "size": asset.size,
            "media_type": asset.media_type,
            "provenance": one.provenance,
            "rights": one.rights,
            "only": one.only,
        }
        fds = [asset.backing] if isinstance(asset.backing, int) else []
        answer = sandbox.call(job, fds=fds, size=asset.size, meanwhile=meanwhile)
        try:
            return evidence_tuple_adapter.validate_json(answer)
        except ValidationError as fault:
            raise JobFailed(NotRunReason.UNREADABLE, "the reader's answer was malformed") from fault

    try:
        evidence = run(wanted, hash_file)
    except JobFailed as failed:
        log.warning("a worker was lost: %s", failed)
        return Read(asset.sha256(), tuple(_one_by_one(run, wanted)))
    return Read(digest.hexdigest(), evidence)


def _one_by_one(run: Any, wanted: Wanted) -> Iterator[Evidence]:
    """Every reader in a job of its own; one that loses its worker leaves a `not_run`."""
    for check, group in (("provenance", readers()), ("rights", rights_readers())):
        if not getattr(wanted, check):
            continue
        for reader in group:
            alone = Wanted(check == "provenance", check == "rights", reader.source)
            try:
                yield from run(alone)
            except JobFailed as failed:
                if reader.source == C2PA:
                    yield from unreadable(failed.reason, failed.detail, problem=failed.reason.value)
                else:
                    yield _lost(reader.source, check, failed)
    try:
        yield from run(Wanted(only=CONTAINER))
    except JobFailed as failed:
        yield _lost(CONTAINER, "provenance", failed)


def _lost(source: str, check: Any, failed: JobFailed) -> NotRun:
    return NotRun(source=source, check=check, reason=failed.reason, detail=failed.detail)


class Reading:
    """The worker's side: all readers, created once, run over many assets."""

    def __init__(self, trust: dict[str, Any]) -> None:
        store = TrustStore.from_json(trust)
        self._readers = readers()
        self._rights = rights_readers()
        for reader in (*self._readers, *self._rights):
            if isinstance(reader, TrustAware):
                reader.use_trust(store)

    def __call__(self, job: dict[str, Any], fds: list[int]) -> bytes:
        """Read the asset behind the one descriptor of `fds`; answers with JSON evidence."""
        from provenance import media

        asset = Asset(
            job["name"],
            job["size"],
            job["media_type"],
            media.modality(job["media_type"]),
            fds[0] if job["size"] > SMALL else _slurp(fds[0], job["size"]),
        )
        wanted = Wanted(job["provenance"], job["rights"], job["only"])
        return evidence_tuple_adapter.dump_json(tuple(self.read(asset, wanted)))

    def read(self, asset: Asset, wanted: Wanted) -> Iterator[Evidence]:
        """Everything the wanted readers find in `asset`, and the faults of its container."""
        if wanted.provenance:
            for reader in self._readers:
                if wanted.only in (None, reader.source) and applies(reader.media, asset.media_type):
                    yield from _guarded(reader, asset, "provenance")
        if wanted.rights:
            for rights in self._rights:
                if wanted.only in (None, rights.source) and applies(rights.media, asset.media_type):
                    yield from _guarded(rights, asset, "rights")
        if wanted.only in (None, CONTAINER):
            yield from _container_faults(asset)


def _slurp(fd: int, size: int) -> bytes:
    import os

    return os.pread(fd, size, 0)


def _guarded(reader: Reader | RightsReader, asset: Asset, check: Any) -> Iterator[Evidence]:
    """The records of one reader; one that raises keeps those it gave, and leaves a `not_run`."""
    try:
        yield from reader.read(asset)
    except MemoryError:
        raise
    except Exception as fault:  # a plug-in's bug must cost its own answer and no other
        log.exception("reader %s failed", reader.source)
        yield NotRun(
            source=reader.source,
            check=check,
            reason=NotRunReason.UNREADABLE,
            detail=f"the reader failed ({type(fault).__name__})",
        )


def _container_faults(asset: Asset) -> Iterator[NotRun]:
    container = asset.container
    width, height = container.pixels or (0, 0)
    for fault in container.faults:
        # Too many pixels keeps them from being decoded, not the metadata from being read.
        pixels = fault.reason is NotRunReason.LIMIT and width * height > DEFAULT.pixels
        yield NotRun(
            source=CONTAINER,
            check="detect" if pixels else "provenance",
            reason=fault.reason,
            detail=fault.detail,
        )
