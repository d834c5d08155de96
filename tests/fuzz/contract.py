"""What every parser keeps, whatever bytes it is given; checked in counts, never by a clock.

A parser may raise the errors its docstring names and no others, keeps no more than the limits
allow, and reads and calls no more than a budget that follows from the size of its input. The
budgets are many times what honest files need, and far below what a hostile one could ask for.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from dataclasses import replace
from types import FrameType
from typing import Any, BinaryIO

from provenance.asset import Asset
from provenance.containers import Container
from provenance.limits import DEFAULT, KIB

__all__ = [
    "SMALL",
    "BrokenContractError",
    "CountingAsset",
    "calls_allowed",
    "calls_of",
    "check_container",
]

SMALL = replace(
    DEFAULT,
    metadata_bytes=64 * KIB,
    metadata_packets=64,
    nesting=16,
    boxes=2000,
    zip_entries=64,
    zip_entry_bytes=256 * KIB,
    zip_total_bytes=1024 * KIB,
    parts=8,
)
"""Limits so low that small files reach them."""

CALLS = 300_000
CALLS_A_BYTE = 200
READS = 12_000
TIMES_READ = 64
WINDOW = 8 * KIB


class BrokenContractError(AssertionError):
    """A parser did what it must not."""


class CountingAsset:
    """An asset that counts what is read of it.

    Attributes:
        reads, bytes_read: so far.
    """

    def __init__(self, data: bytes, media_type: str) -> None:
        self._asset = as_asset(data, media_type)
        self.name, self.size, self.part = self._asset.name, len(data), None
        self.media_type, self.modality = media_type, self._asset.modality
        self.reads = self.bytes_read = 0

    def read_at(self, offset: int, size: int) -> bytes:
        """As `Asset.read_at`."""
        data = self._asset.read_at(offset, size)
        self.reads += 1
        self.bytes_read += len(data)
        return data

    def chunks(self) -> Iterator[bytes]:
        """As `Asset.chunks`."""
        for data in self._asset.chunks():
            self.reads += 1
            self.bytes_read += len(data)
            yield data

    def open(self) -> BinaryIO:
        """As `Asset.open`; what a library reads of a stream is not counted."""
        return self._asset.open()

    def check(self) -> None:
        """Whether what was read follows from the size.

        Raises:
            BrokenContractError: it does not.
        """
        if self.reads > READS:
            raise BrokenContractError(f"{self.reads:,} reads")
        if self.bytes_read > TIMES_READ * self.size + READS * WINDOW // 4:
            raise BrokenContractError(f"{self.bytes_read:,} bytes read of {self.size:,}")


def as_asset(data: bytes, media_type: str) -> Asset:
    """An asset that is taken to be of this type, whatever its first bytes are."""
    from provenance import media

    return Asset("x", len(data), media_type, media.modality(media_type), data)


def check_container(found: Container) -> None:
    """Whether a container that was opened with `SMALL` limits keeps to them.

    Raises:
        BrokenContractError: it does not.
    """
    sizes = [len(one.data) for one in found.packets]
    parts = [len(one.data) for one in found.parts]
    kept = (
        len(sizes) <= SMALL.metadata_packets,
        max(sizes, default=0) <= SMALL.metadata_bytes,
        sum(sizes) <= 4 * SMALL.metadata_bytes,
        len(parts) <= SMALL.parts,
        sum(parts) <= SMALL.zip_entry_bytes,
        all(parts),
        len(found.faults) <= 101,
        found.pixels is None or min(found.pixels) > 0,
    )
    if not all(kept):
        raise BrokenContractError(f"over the limits: {kept}")


def calls_of(work: Callable[[], Any]) -> int:
    """How many functions were called, in Python and out of it, to do `work`: what it costs."""
    count = 0

    def counted(frame: FrameType, event: str, argument: object) -> None:
        nonlocal count
        count += event in ("call", "c_call")

    before = sys.getprofile()
    sys.setprofile(counted)
    try:
        work()
    finally:
        sys.setprofile(before)
    return count


def calls_allowed(size: int) -> int:
    """How many calls an input of `size` bytes may cost."""
    return CALLS + CALLS_A_BYTE * size
