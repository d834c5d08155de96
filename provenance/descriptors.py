"""Reading from an open descriptor without moving it.

A descriptor that was handed to another process, or duplicated, is still the same open file: it has
one position, which all who hold it share. Whoever reads by that position reads what the others
leave, so here every stream keeps a position of its own and reads with `pread`.
"""

from __future__ import annotations

import io
import os
from typing import TYPE_CHECKING, BinaryIO, cast

if TYPE_CHECKING:
    from typing_extensions import Buffer

__all__ = ["stream_of"]

BUFFER = 1 << 16


def stream_of(fd: int, size: int | None = None) -> BinaryIO:
    """A seekable stream from the start of an open file, independent of any other.

    Args:
        fd: stays the caller's to close.
        size: where the file is to end; where it ends now when None.
    """
    size = os.fstat(fd).st_size if size is None else size
    return cast("BinaryIO", io.BufferedReader(_PositionalReader(fd, size), BUFFER))


class _PositionalReader(io.RawIOBase):
    """A raw stream over `os.pread`, so that streams on one descriptor do not share a position."""

    def __init__(self, fd: int, size: int) -> None:
        super().__init__()
        self._fd, self._size, self._at = fd, size, 0

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def seek(self, offset: int, whence: int = os.SEEK_SET, /) -> int:
        base = {os.SEEK_SET: 0, os.SEEK_CUR: self._at, os.SEEK_END: self._size}[whence]
        if base + offset < 0:
            raise OSError("seek before the start of the file")
        self._at = base + offset
        return self._at

    def tell(self) -> int:
        return self._at

    def readinto(self, buffer: Buffer, /) -> int:
        if self._at >= self._size:
            return 0
        view = memoryview(buffer).cast("B")[: self._size - self._at]
        count = os.preadv(self._fd, [view], self._at)
        self._at += count
        return count
