"""Where a log's leaves are kept: in memory, or in a folder that is only ever added to.

The folder holds `leaves` (a line that names the log, then 36 bytes a leaf: its hash and a CRC-32
of its index and hash) and `head.json` (the latest signed tree head). Both can be published: the
leaves are hashes of salted entries and tell nothing.

Each leaf is on the disk before the next is written, so a crash can tear the last record only: it
is left out, and the next leaf is written over it. Anything else that does not add up is damage, and
a damaged log refuses to go on.
"""

from __future__ import annotations

import fcntl
import os
import struct
import time
import uuid
import zlib
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Protocol, Self

from provenance.attest.merkle import HASH_BYTES
from provenance.descriptors import stream_of
from provenance.errors import LogFault

__all__ = ["FileStore", "LogStore", "MemoryStore"]

MAGIC = b"assay/log/1 "
HEADER_BYTES = len(MAGIC) + len(uuid.UUID(int=0).urn) + 1
RECORD = struct.Struct(">32sI")
POLL_SECONDS = 0.05


class LogStore(Protocol):
    """Keeps leaf hashes in order, and the latest tree head. One writer at a time."""

    @property
    def origin(self) -> str:
        """A name that no other log has."""
        ...

    def leaves(self, start: int = 0) -> Iterable[bytes]:
        """The leaf hashes from number `start` on, by default all."""
        ...

    def append(self, leaf: bytes) -> None:
        """Adds a leaf hash; when this returns, it survives a crash."""
        ...

    def head(self) -> bytes | None:
        """The tree head that was kept last."""
        ...

    def keep_head(self, head: bytes) -> None:
        """Keeps a tree head in place of the last; when this returns, it survives a crash."""
        ...


class MemoryStore:
    """A log that ends with the process: for tests, and for whoever keeps the leaves elsewhere."""

    def __init__(self) -> None:
        self.origin = uuid.uuid4().urn
        self._leaves: list[bytes] = []
        self._head: bytes | None = None

    def leaves(self, start: int = 0) -> Iterable[bytes]:
        """The leaf hashes from number `start` on."""
        return tuple(self._leaves[start:])

    def append(self, leaf: bytes) -> None:
        """Adds a leaf hash."""
        self._leaves.append(leaf)

    def head(self) -> bytes | None:
        """The tree head that was kept last."""
        return self._head

    def keep_head(self, head: bytes) -> None:
        """Keeps a tree head in place of the last."""
        self._head = head


class FileStore:
    """A log in a folder, locked until it is closed.

    Args:
        folder: made when it is not there.
        patience: seconds to wait for another writer to finish.

    Raises:
        LogFault: another process writes to it, it cannot be opened, or it is damaged.
    """

    def __init__(self, folder: Path, *, patience: float = 0) -> None:
        self._folder = folder
        try:
            folder.mkdir(parents=True, exist_ok=True)
            self._file = os.open(folder / "leaves", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o644)
        except OSError as fault:
            raise LogFault(f"{folder}: cannot hold a log ({fault.strerror})") from fault
        try:
            self._lock(patience)
            self.origin = self._open_header()
            self._size = self._count()
        except BaseException:
            self.close()
            raise

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Lets other writers in."""
        if self._file >= 0:
            os.close(self._file)
        self._file = -1

    def leaves(self, start: int = 0) -> Iterator[bytes]:
        """The leaf hashes from number `start` on.

        Raises:
            LogFault: one of them is not what was written.
        """
        file = stream_of(self._file)
        file.seek(_offset(start))
        for index in range(start, self._size):
            record = file.read(RECORD.size)
            leaf = record[:HASH_BYTES]
            if record != _record(index, leaf):
                raise LogFault(
                    f"{self._folder}: leaf {index} is damaged",
                    hint="Put the file 'leaves' back from a copy, or begin another log.",
                )
            yield leaf

    def append(self, leaf: bytes) -> None:
        """Adds a leaf hash; when this returns, it is on the disk."""
        try:
            _write(self._file, _record(self._size, leaf), _offset(self._size))
            os.fsync(self._file)
        except OSError as fault:
            raise LogFault(f"{self._folder}: cannot be added to ({fault.strerror})") from fault
        self._size += 1

    def head(self) -> bytes | None:
        """The tree head that was kept last."""
        try:
            return (self._folder / "head.json").read_bytes()
        except FileNotFoundError:
            return None

    def keep_head(self, head: bytes) -> None:
        """Keeps a tree head in place of the last, whole or not at all."""
        new = self._folder / "head.json.new"
        try:
            with new.open("wb") as file:
                file.write(head)
                file.flush()
                os.fsync(file.fileno())
            new.replace(self._folder / "head.json")
            self._sync_folder()
        except OSError as fault:
            raise LogFault(f"{self._folder}: cannot be written ({fault.strerror})") from fault

    def _lock(self, patience: float) -> None:
        until = time.monotonic() + patience
        while True:
            try:
                fcntl.flock(self._file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError as fault:
                if time.monotonic() >= until:
                    raise LogFault(
                        f"{self._folder}: another process is writing to this log",
                        hint="Wait for it to end, or keep a log of its own for each.",
                    ) from fault
                time.sleep(POLL_SECONDS)
            else:
                return

    def _open_header(self) -> str:
        """The name of the log; a new one gets one, also where a crash cut the first line."""
        header = os.pread(self._file, HEADER_BYTES, 0)
        whole = len(header) == HEADER_BYTES
        if whole and header.startswith(MAGIC) and header.endswith(b"\n"):
            return header[len(MAGIC) : -1].decode("ascii", "replace")
        if whole or not MAGIC.startswith(header[: len(MAGIC)]):
            raise LogFault(f"{self._folder}: the file 'leaves' in it is not a log of Assay")
        origin = uuid.uuid4().urn
        os.ftruncate(self._file, 0)
        _write(self._file, MAGIC + origin.encode() + b"\n", 0)
        os.fsync(self._file)
        self._sync_folder()
        return origin

    def _count(self) -> int:
        """How many whole records there are; the last one may have been torn by a crash."""
        count = (os.fstat(self._file).st_size - HEADER_BYTES) // RECORD.size
        if count:
            record = os.pread(self._file, RECORD.size, _offset(count - 1))
            if record != _record(count - 1, record[:HASH_BYTES]):
                count -= 1
        return count

    def _sync_folder(self) -> None:
        """A new name in a folder survives a crash only once the folder itself is written."""
        descriptor = os.open(self._folder, os.O_RDONLY | os.O_DIRECTORY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)


def _offset(index: int) -> int:
    return HEADER_BYTES + index * RECORD.size


def _record(index: int, leaf: bytes) -> bytes:
    return RECORD.pack(leaf, zlib.crc32(leaf, zlib.crc32(index.to_bytes(8))))


def _write(descriptor: int, data: bytes, offset: int) -> None:
    while data:
        written = os.pwrite(descriptor, data, offset)
        data, offset = data[written:], offset + written
