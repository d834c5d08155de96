"""One bounded walk over one asset: the only way the parsers of this package read and report.

A `Walk` counts the boxes visited, the packets kept and the bytes they hold, so that each parser
can follow its format's specification and still cost little on a file made to cost much. A parser
that cannot go on raises `FaultError`, which never leaves the package; a flaw it can step over is
noted with `Walk.fault`.
"""

from __future__ import annotations

import zlib
from typing import TYPE_CHECKING

from provenance.containers.packets import Container, Fault, Packet, PacketKind, Part
from provenance.evidence import NotRunReason

if TYPE_CHECKING:
    from provenance.asset import Asset
    from provenance.limits import Limits

__all__ = ["FaultError", "Walk", "bounded_inflate", "decode_text", "over_limit", "unreadable"]

WINDOW = 4096
PACKETS_TOTAL = 4
"""All packets of a file together may hold this many times the largest single one."""


class FaultError(Exception):
    """The walk cannot go on.

    Attributes:
        fault: what the container reports instead.
    """

    def __init__(self, reason: NotRunReason, detail: str) -> None:
        super().__init__(detail)
        self.fault = Fault(reason, detail)


def unreadable(detail: str) -> FaultError:
    """The structure is not as its specification says."""
    return FaultError(NotRunReason.UNREADABLE, detail)


def over_limit(detail: str) -> FaultError:
    """A cap of `provenance.limits` was reached."""
    return FaultError(NotRunReason.LIMIT, detail)


class Walk:
    """Bounded reading of one asset, and what was found in it so far.

    Attributes:
        asset: what is read.
        size: its bytes.
        limits: the caps in force.
        found: packets, parts, faults and pixels, filled as the walk goes on.
    """

    __slots__ = (
        "_bytes_kept",
        "_faulted",
        "_part_bytes",
        "_visited",
        "_window",
        "_window_at",
        "asset",
        "found",
        "limits",
        "size",
    )

    def __init__(self, asset: Asset, limits: Limits) -> None:
        self.asset = asset
        self.size = asset.size
        self.limits = limits
        self.found = Container()
        self._visited = 0
        self._bytes_kept = 0
        self._part_bytes = 0
        self._window = b""
        self._window_at = 0
        self._faulted: set[Fault] = set()

    def read(self, offset: int, size: int) -> bytes:
        """Up to `size` bytes from `offset`; fewer only at the end of the asset."""
        start = offset - self._window_at
        if start >= 0 and start + size <= len(self._window):
            return self._window[start : start + size]
        if size > WINDOW or offset < 0 or size <= 0:
            return self.asset.read_at(offset, size)
        self._window_at = offset
        self._window = self.asset.read_at(offset, WINDOW)
        return self._window[:size]

    def take(self, offset: int, size: int) -> bytes:
        """Exactly `size` bytes from `offset`; a file that ends before is unreadable from there."""
        data = self.read(offset, size)
        if len(data) != size:
            raise unreadable(f"the file ends within a structure at byte {offset}")
        return data

    def visit(self, count: int = 1) -> None:
        """Count a box, chunk, frame or segment, or several."""
        self._visited += count
        if self._visited > self.limits.boxes:
            raise over_limit(f"more than {self.limits.boxes:,} boxes, chunks or segments")

    def depth(self, depth: int) -> None:
        """Check how deep a box, chunk or element lies."""
        if depth > self.limits.nesting:
            raise over_limit(f"nested more than {self.limits.nesting} deep")

    def fault(self, reason: NotRunReason, detail: str) -> None:
        """Note a flaw the walk steps over; the same flaw is noted once."""
        fault = Fault(reason, detail)
        if fault not in self._faulted and len(self._faulted) < 100:
            self._faulted.add(fault)
            self.found.faults.append(fault)

    def fits(self, size: int, what: str) -> bool:
        """Whether a packet of `size` bytes may be read; a fault is noted when it may not."""
        if size <= self.limits.metadata_bytes:
            return True
        limit = self.limits.metadata_bytes
        self.fault(NotRunReason.LIMIT, f"{what} of {size:,} bytes is over the limit of {limit:,}")
        return False

    def packet_at(self, kind: PacketKind, place: str, key: str, offset: int, size: int) -> None:
        """Keep the bytes at `offset` as a packet."""
        if self.fits(size, f"a metadata packet ({place})"):
            self.packet(kind, place, key, self.take(offset, size))

    def text(self, place: str, key: str, data: bytes | str) -> None:
        """Keep a text; bytes that are not UTF-8 are read as Latin-1."""
        text = data if isinstance(data, str) else decode_text(data)
        self.packet(PacketKind.TEXT, place, key, text.encode("utf-8", "replace"))

    def packet(self, kind: PacketKind, place: str, key: str, data: bytes) -> None:
        """Keep a packet, as long as there is room for it."""
        if not self.fits(len(data), f"a metadata packet ({place})"):
            return
        if len(self.found.packets) >= self.limits.metadata_packets:
            raise over_limit(f"more than {self.limits.metadata_packets:,} metadata packets")
        self._bytes_kept += len(data)
        room = PACKETS_TOTAL * self.limits.metadata_bytes
        if self._bytes_kept > room:
            raise over_limit(f"metadata packets hold more than {room:,} bytes")
        self.found.packets.append(Packet(kind, place, key, data))

    def part_fits(self, size: int) -> bool:
        """Whether an embedded work of `size` bytes may be kept; a fault is noted when not."""
        room = self.limits.zip_entry_bytes
        if len(self.found.parts) >= self.limits.parts:
            self.fault(NotRunReason.LIMIT, f"more than {self.limits.parts} embedded works")
            return False
        if self._part_bytes + size > room:
            self.fault(NotRunReason.LIMIT, f"embedded works hold more than {room:,} bytes")
            return False
        return True

    def part(self, path: str, data: bytes) -> None:
        """Keep an embedded work."""
        if data and self.part_fits(len(data)):
            self._part_bytes += len(data)
            self.found.parts.append(Part(path, data))

    def picture(self, data: bytes) -> None:
        """Keep an embedded picture under the next free path (`picture/0`, `picture/1`, ...)."""
        self.part(f"picture/{len(self.found.parts)}", data)

    def picture_at(self, offset: int, size: int) -> None:
        """Keep the picture at `offset`."""
        if self.part_fits(size):
            self.picture(self.take(offset, size))

    def pixels(self, width: int, height: int) -> None:
        """Note the size of the picture; of several the largest counts."""
        known = self.found.pixels
        if width > 0 and height > 0 and (known is None or known[0] * known[1] < width * height):
            self.found.pixels = (width, height)


def decode_text(data: bytes) -> str:
    """UTF-8 where it is, else Latin-1, which reads any bytes."""
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError:
        return data.decode("latin-1")


def bounded_inflate(data: bytes, limit: int, *, raw: bool = False) -> bytes:
    """Inflate a zlib stream (RFC 1950), or a raw deflate stream (RFC 1951), up to `limit` bytes.

    Raises:
        FaultError: when it holds more, or is not such a stream.
    """
    stream = zlib.decompressobj(-zlib.MAX_WBITS if raw else zlib.MAX_WBITS)
    try:
        inflated = stream.decompress(data, limit + 1)
    except zlib.error as fault:
        raise unreadable(f"compressed metadata cannot be inflated ({fault})") from fault
    if len(inflated) > limit:
        raise over_limit(f"compressed metadata inflates to more than {limit:,} bytes")
    return inflated
