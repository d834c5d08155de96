"""The bytes of one work, and what kind of work they are.

An `Asset` is read at any offset and never loaded whole: a 600 MB recording costs no more memory
than its metadata. It is backed by an open file descriptor (a file, or the descriptor a sandboxed
worker was handed) or by bytes (a part found inside a container). Reading is positional, so one
asset may be read by several readers at once.
"""

from __future__ import annotations

import hashlib
import io
import os
from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING, BinaryIO, TypeVar, cast

from provenance.descriptors import stream_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from provenance.containers.packets import Container
    from provenance.rights.surroundings import Surroundings

__all__ = ["Asset", "Modality"]

CHUNK = 1 << 20

Made = TypeVar("Made")


class Modality(StrEnum):
    """What a work is, whatever its file format."""

    AUDIO = "audio"
    IMAGE = "image"
    TEXT = "text"
    VIDEO = "video"
    DOCUMENT = "document"
    OTHER = "other"


@dataclass(frozen=True, slots=True)
class Asset:
    """One work as bytes.

    Attributes:
        name: as the user gave it; never used as a path.
        size: bytes.
        media_type: by our own signature table, never by the name alone.
        modality: audio, image, text, video, document or other.
        part: path inside the container this came from, None for the asset itself.
        backing: an open, seekable file descriptor, or the bytes themselves.
        around: where it was met, None for a bare file.
    """

    name: str
    size: int
    media_type: str
    modality: Modality
    backing: int | bytes
    part: str | None = None
    around: Surroundings | None = None
    _memo: dict[str, object] = field(default_factory=dict, repr=False, compare=False)

    @classmethod
    def from_bytes(cls, data: bytes, *, name: str, part: str | None = None) -> Asset:
        """An asset held in memory; its media type is sniffed."""
        from provenance import media

        media_type = media.sniff_bytes(data, name)
        return cls(name, len(data), media_type, media.modality(media_type), data, part)

    @classmethod
    def from_fd(cls, fd: int, *, name: str) -> Asset:
        """An asset behind an open descriptor, which stays the caller's to close."""
        from provenance import media

        size = os.fstat(fd).st_size
        media_type = media.sniff(lambda offset, n: os.pread(fd, n, offset), size, name)
        return cls(name, size, media_type, media.modality(media_type), fd)

    def read_at(self, offset: int, size: int) -> bytes:
        """Up to `size` bytes from `offset`; fewer only at the end."""
        # Offsets and sizes come from hostile files too: neither may overflow or ask for the moon.
        if offset < 0 or size <= 0 or offset >= self.size:
            return b""
        size = min(size, self.size - offset)
        if isinstance(self.backing, bytes):
            return self.backing[offset : offset + size]
        data = os.pread(self.backing, size, offset)
        if len(data) == size or not data:
            return data
        pieces, got = [data], len(data)
        while got < size and (data := os.pread(self.backing, size - got, offset + got)):
            pieces.append(data)
            got += len(data)
        return b"".join(pieces)

    def open(self) -> BinaryIO:
        """A new seekable stream at the start, independent of any other."""
        if isinstance(self.backing, bytes):
            return io.BytesIO(self.backing)
        return stream_of(self.backing, self.size)

    def chunks(self) -> Iterator[bytes]:
        """The bytes in order, a mebibyte at a time."""
        offset = 0
        while data := self.read_at(offset, CHUNK):
            yield data
            offset += len(data)

    def sha256(self) -> str:
        """Lowercase hexadecimal SHA-256 of all bytes; computed anew at each call."""
        digest = hashlib.sha256()
        for data in self.chunks():
            digest.update(data)
        return digest.hexdigest()

    @property
    def container(self) -> Container:
        """The metadata packets and parts of this asset, found once and shared by all readers."""
        from provenance.containers import open_container

        return self.memo("container", lambda: open_container(self))

    def memo(self, key: str, make: Callable[[], Made]) -> Made:
        """What `make` gave the first time it was asked for `key`: found once for all readers."""
        if key not in self._memo:
            self._memo[key] = make()
        return cast("Made", self._memo[key])
