"""Runs every reader over one asset: the work of a sandboxed worker, and how to ask for it.

`Reading` is what a worker does (`provenance.sandbox.Task`); `read_assets` is the caller's side: it
hands over the files, computes their digests while the worker reads, and gives back evidence. When
a file kills its worker, the files are read again one by one, and then that file's readers one by
one in fresh workers, so that only the reader that cannot bear the file is lost.
"""

from __future__ import annotations

import hashlib
import logging
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any, Protocol, runtime_checkable

from pydantic import TypeAdapter, ValidationError

from provenance import media
from provenance.asset import Asset
from provenance.c2pa.opinion import SOURCE as SECOND
from provenance.c2pa.opinion import SecondReader
from provenance.c2pa.reader import SOURCE as C2PA
from provenance.c2pa.reader import unreadable
from provenance.c2pa.text import is_text
from provenance.c2pa.trust import TrustStore
from provenance.errors import EngineError
from provenance.evidence import Evidence, NotRun, NotRunReason
from provenance.limits import DEFAULT, MIB
from provenance.metadata.works import faults
from provenance.plugins import readers, rights_readers
from provenance.protocols import Reader, RightsReader, applies
from provenance.rights.surroundings import Surroundings
from provenance.sandbox import JobFailed, Sandbox, Task
from provenance.supplied.reader import with_rights

__all__ = [
    "CONTAINER",
    "MOST_ASSETS",
    "SMALL",
    "Read",
    "Reading",
    "Wanted",
    "read_asset",
    "read_assets",
    "reading_task",
]

log = logging.getLogger(__name__)

CONTAINER = "container"
"""Source of the `not_run` records about the container itself."""

SMALL = MIB
"""Files up to this size are taken into memory, and several of them read in one job."""

MOST_ASSETS = 32

answers: TypeAdapter[tuple[tuple[Evidence, ...], ...]] = TypeAdapter(
    tuple[tuple[Evidence, ...], ...]
)


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
        second: whether a second engine is asked about the manifest too.
    """

    provenance: bool = True
    rights: bool = True
    only: str | None = None
    second: bool = False


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


def read_asset(sandbox: Sandbox, asset: Asset, wanted: Wanted) -> Read:
    """Read one asset; see `read_assets`."""
    return read_assets(sandbox, [asset], wanted)[0]


def read_assets(sandbox: Sandbox, assets: Sequence[Asset], wanted: Wanted) -> tuple[Read, ...]:
    """Read some assets in one job of a worker, and hash them meanwhile.

    Small files come several to a job, because waking another process costs as much as reading one.

    Args:
        sandbox: created with `reading_task`.
        assets: at most `MOST_ASSETS`; those in memory are handed over as they are.
        wanted: what to run.

    Raises:
        EngineError: no worker can be started.
    """
    digests: list[str] = []

    def hash_files() -> None:
        digests.extend(_digest(asset, sandbox) for asset in assets)

    try:
        found = _ask(sandbox, assets, wanted, hash_files)
    except JobFailed as failed:
        log.warning("a worker was lost: %s", failed)
    else:
        return tuple(map(Read, digests, found))
    if len(assets) > 1:
        return tuple(read_asset(sandbox, asset, wanted) for asset in assets)
    alone = assets[0]
    digest = digests[0] if digests else _digest(alone, sandbox)
    return (Read(digest, tuple(_one_by_one(sandbox, alone, wanted))),)


def _digest(asset: Asset, sandbox: Sandbox) -> str:
    """The SHA-256 of an asset, given up when the sandbox is closed."""
    digest = hashlib.sha256()
    for data in asset.chunks():
        if sandbox.closed:
            raise EngineError("interrupted")
        digest.update(data)
    return digest.hexdigest()


def _ask(
    sandbox: Sandbox,
    assets: Sequence[Asset],
    wanted: Wanted,
    meanwhile: Callable[[], None] | None = None,
) -> tuple[tuple[Evidence, ...], ...]:
    """One job: the evidence of each asset, checked as what an untrusted process sent."""
    around = [one.around for one in assets]
    job = {
        "assets": [
            (asset.name, asset.size, asset.media_type, isinstance(asset.backing, int))
            for asset in assets
        ],
        "around": [one and one.described() for one in around],
        "wanted": asdict(wanted),
    }
    size = sum(map(_weight, assets))
    fds = [asset.backing for asset in assets if isinstance(asset.backing, int)]
    blobs = [asset.backing for asset in assets if isinstance(asset.backing, bytes)]
    blobs += [body for one in around if one for body in one.bodies]
    answer = sandbox.call(job, fds=fds, blobs=blobs, size=size, meanwhile=meanwhile)
    try:
        found = answers.validate_json(answer)
    except ValidationError as fault:
        raise JobFailed(NotRunReason.UNREADABLE, "the reader's answer was malformed") from fault
    if len(found) != len(assets):
        raise JobFailed(NotRunReason.UNREADABLE, "the reader answered for other files")
    return found


def _weight(asset: Asset) -> int:
    """The size by which a job is given memory and time: a text may have a manifest to verify."""
    is_heavy = is_text(asset.media_type) and asset.size <= DEFAULT.text_bytes
    return asset.size * (DEFAULT.text_weight if is_heavy else 1)


def _one_by_one(sandbox: Sandbox, asset: Asset, wanted: Wanted) -> Iterator[Evidence]:
    """Every reader in a job of its own; one that loses its worker leaves a `not_run`."""
    for check, group in (("provenance", readers()), ("rights", rights_readers())):
        if not getattr(wanted, check):
            continue
        for reader in group:
            alone = Wanted(check == "provenance", check == "rights", reader.source)
            try:
                yield from _ask(sandbox, [asset], alone)[0]
            except JobFailed as failed:
                if reader.source == C2PA:
                    yield from unreadable(failed.reason, failed.detail, problem=failed.reason.value)
                else:
                    yield _lost(reader.source, check, failed)
            if reader.source == C2PA and wanted.second:
                yield from _second_alone(sandbox, asset)
    try:
        yield from _ask(sandbox, [asset], Wanted(only=CONTAINER))[0]
    except JobFailed as failed:
        yield _lost(CONTAINER, "provenance", failed)


def _second_alone(sandbox: Sandbox, asset: Asset) -> Iterator[Evidence]:
    try:
        yield from _ask(sandbox, [asset], Wanted(only=SECOND, second=True))[0]
    except JobFailed as failed:
        yield _lost(SECOND, "provenance", failed)


def _lost(source: str, check: Any, failed: JobFailed) -> NotRun:
    return NotRun(source=source, check=check, reason=failed.reason, detail=failed.detail)


class Reading:
    """The worker's side: all readers, created once, run over many assets."""

    def __init__(self, trust: dict[str, Any]) -> None:
        store = TrustStore.from_json(trust)
        self._readers = readers()
        self._rights = rights_readers()
        self._second = SecondReader()
        for reader in (*self._readers, *self._rights, self._second):
            if isinstance(reader, TrustAware):
                reader.use_trust(store)

    def __call__(self, job: dict[str, Any], fds: list[int], blobs: list[bytes]) -> bytes:
        """Read the assets of a job; answers with a JSON array of evidence for each.

        An asset comes with the next descriptor, or with the next blob when it is small; after
        those come the documents that stand around the assets.
        """
        wanted = Wanted(**job["wanted"])
        open_files, in_memory = iter(fds), iter(blobs)
        assets = [
            Asset(
                name,
                size,
                media_type,
                media.modality(media_type),
                next(open_files) if as_file else next(in_memory),
            )
            for name, size, media_type, as_file in job["assets"]
        ]
        assets = [
            with_rights(replace(asset, around=Surroundings.of(around, in_memory)))
            if around
            else asset
            for asset, around in zip(assets, job["around"], strict=True)
        ]
        return answers.dump_json(tuple(tuple(self.read(asset, wanted)) for asset in assets))

    def read(self, asset: Asset, wanted: Wanted) -> Iterator[Evidence]:
        """Everything the wanted readers find in `asset`, and the faults of its container."""
        if wanted.provenance:
            for reader in self._readers:
                if wanted.only in (None, reader.source) and applies(reader.media, asset.media_type):
                    yield from _guarded(reader, asset, "provenance")
                if reader.source == C2PA and wanted.second and wanted.only in (None, SECOND):
                    yield from _guarded(self._second, asset, "provenance")
        if wanted.rights:
            for rights in self._rights:
                if wanted.only in (None, rights.source) and applies(rights.media, asset.media_type):
                    yield from _guarded(rights, asset, "rights")
        if wanted.only in (None, CONTAINER):
            yield from _container_faults(asset)


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
    """What kept the container, a part of it or one of its packets from being read."""
    for part, fault in faults(asset):
        yield NotRun(
            source=CONTAINER,
            part=part,
            check="detect" if fault.decoding else "provenance",
            reason=fault.reason,
            detail=fault.detail,
        )
