"""Where works are kept: by organisation and digest, in a folder or an object store.

A work is written whole or not at all, under its SHA-256; one that is to be deleted once examined
gets a name that no other shares, so that whoever deletes it takes it from nobody. Two organisations
that hand in the same bytes each have their own copy, so that nobody learns from a name, a size or a
time what another has. A name somebody gave is never part of a path.
"""

from __future__ import annotations

import datetime as dt
import os
import secrets
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import TYPE_CHECKING, Protocol

from provenance.errors import ConfigError
from provenance.limits import MIB

if TYPE_CHECKING:
    from obstore.store import ObjectStore

__all__ = ["Blobs", "FolderBlobs", "Kept", "ObjectBlobs", "blob_name", "open_blobs"]

CHUNK = 8 * MIB


def blob_name(sha256: str, *, shared: bool) -> str:
    """What a work is kept as.

    Args:
        sha256: of its bytes.
        shared: whether all screenings of these bytes have one copy, which stays.
    """
    return sha256 if shared else f"{sha256}-{secrets.token_hex(8)}"


@dataclass(frozen=True, slots=True)
class Kept:
    """Bytes that lie in the store, whoever put them there.

    Attributes:
        organisation: whose they are.
        name: what they are kept as.
        since: when they were put there last.
    """

    organisation: str
    name: str
    since: dt.datetime


class Blobs(Protocol):
    """Works by organisation and digest."""

    def put(self, organisation: str, name: str, file: Path) -> None:
        """Keep the bytes of a file, which is taken away."""
        ...

    def opened(self, organisation: str, name: str) -> AbstractContextManager[Path]:
        """A file with the bytes of a work, while the context lasts.

        Raises:
            FileNotFoundError: the work is not kept.
        """
        ...

    def delete(self, organisation: str, name: str) -> None:
        """Keep it no longer; nothing happens when it is not there."""
        ...

    def has(self, organisation: str, name: str) -> bool:
        """Whether the bytes are there."""
        ...

    def listed(self) -> Iterator[Kept]:
        """All that is kept, in no order; what comes and goes meanwhile may be missing."""
        ...


def open_blobs(place: str | None, data: Path) -> Blobs:
    """The store that a setting names.

    Args:
        place: a folder or the URL of an object store; None for a folder of `data`.
        data: folder of the service, for what is on its way too.

    Raises:
        ConfigError: there is no such kind of store, or what it needs is not installed.
    """
    if place is None or "://" not in place:
        return FolderBlobs(Path(place) if place else data / "blobs")
    try:
        from obstore.store import from_url
    except ImportError as fault:
        raise ConfigError(
            f"blobs: {place} needs obstore", hint="pip install 'assay-provenance[objects]'"
        ) from fault
    try:
        return ObjectBlobs(from_url(place), data / "quarantine")
    except Exception as fault:  # the library's errors have no common base
        raise ConfigError(f"blobs: {place} cannot be used ({fault})") from fault


class FolderBlobs:
    """Works in a folder, each under `organisation/ab/abcdef...`.

    Args:
        folder: made where it does not exist, for this user alone.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)

    def put(self, organisation: str, name: str, file: Path) -> None:
        """See `Blobs`. A file of another file system is copied first."""
        place = self._path(organisation, name)
        place.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        try:
            file.replace(place)
        except OSError:
            new = place.with_name(f"{name}.{file.name}")
            with file.open("rb") as held, new.open("wb") as copy:
                while chunk := held.read(CHUNK):
                    copy.write(chunk)
                copy.flush()
                os.fsync(copy.fileno())
            new.replace(place)
            file.unlink()

    @contextmanager
    def opened(self, organisation: str, name: str) -> Iterator[Path]:
        """See `Blobs`."""
        place = self._path(organisation, name)
        if not place.is_file():
            raise FileNotFoundError(name)
        yield place

    def delete(self, organisation: str, name: str) -> None:
        """See `Blobs`."""
        self._path(organisation, name).unlink(missing_ok=True)

    def has(self, organisation: str, name: str) -> bool:
        """See `Blobs`."""
        return self._path(organisation, name).is_file()

    def listed(self) -> Iterator[Kept]:
        """See `Blobs`. One that broke off while it was copied is among them."""
        for place in self._folder.glob("*/*/*"):
            try:
                changed = place.stat().st_mtime
            except FileNotFoundError:
                continue
            since = dt.datetime.fromtimestamp(changed, dt.UTC)
            yield Kept(place.parts[-3], place.name, since)

    def _path(self, organisation: str, name: str) -> Path:
        return self._folder / organisation / name[:2] / name


class ObjectBlobs:
    """Works in an object store: S3, Google Cloud Storage, Azure.

    Args:
        store: of obstore.
        folder: where a work lies while it is read.
    """

    def __init__(self, store: ObjectStore, folder: Path) -> None:
        self._store = store
        self._folder = folder

    def put(self, organisation: str, name: str, file: Path) -> None:
        """See `Blobs`. Large works are sent in parts."""
        import obstore

        with file.open("rb") as held:
            obstore.put(self._store, _key(organisation, name), held)
        file.unlink()

    @contextmanager
    def opened(self, organisation: str, name: str) -> Iterator[Path]:
        """See `Blobs`."""
        import obstore

        if not name:
            raise FileNotFoundError(name)
        found = obstore.get(self._store, _key(organisation, name))
        self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        with NamedTemporaryFile(dir=self._folder) as copy:
            for chunk in found.stream(min_chunk_size=CHUNK):
                copy.write(chunk)
            copy.flush()
            yield Path(copy.name)

    def delete(self, organisation: str, name: str) -> None:
        """See `Blobs`."""
        import obstore

        try:
            obstore.delete(self._store, _key(organisation, name))
        except FileNotFoundError:
            return

    def has(self, organisation: str, name: str) -> bool:
        """See `Blobs`."""
        import obstore

        try:
            obstore.head(self._store, _key(organisation, name))
        except FileNotFoundError:
            return False
        return True

    def listed(self) -> Iterator[Kept]:
        """See `Blobs`. What has another shape than a work's key is not ours, and is left out."""
        import obstore

        for found in obstore.list(self._store):
            for one in found:
                match one["path"].split("/"):
                    case [organisation, _, name]:
                        yield Kept(organisation, name, one["last_modified"])


def _key(organisation: str, name: str) -> str:
    return f"{organisation}/{name[:2]}/{name}"
