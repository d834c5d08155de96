"""Files to be damaged, how they are damaged, and where their manifests stand. Not a test."""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

C2PA_UUID = bytes.fromhex("d8fec3d61b0e483c92975828877ec481")

Ranges = list[tuple[int, int]]


class Kind(StrEnum):
    """What is done to a file."""

    FLIP = "flip"
    TRUNCATE = "truncate"
    INSERT = "insert"
    DELETE = "delete"


@dataclass(frozen=True, slots=True)
class Mutation:
    """A damaged file.

    Attributes:
        start, end: the bytes of the original that are not as they were; equal for an insertion.
    """

    data: bytes
    kind: Kind
    start: int
    end: int

    def touches_only(self, ranges: Ranges) -> bool:
        """Whether all of it lies inside `ranges`."""
        return any(start < self.start and self.end <= end for start, end in ranges)


def mutations(data: bytes, count: int, seed: int, near: Ranges) -> Iterator[Mutation]:
    """`count` damaged copies of `data`, the same for the same seed; a third of them in `near`."""
    chance = random.Random(seed)  # noqa: S311 - it must repeat
    for number in range(count):
        kind = chance.choices(list(Kind), (6, 2, 1, 1))[0]
        low, high = chance.choice(near) if near and number % 3 == 0 else (0, len(data))
        at = chance.randrange(low, max(low + 1, high))
        match kind:
            case Kind.FLIP:
                changed = bytearray(data)
                changed[at] ^= 1 << chance.randrange(8)
                yield Mutation(bytes(changed), kind, at, at + 1)
            case Kind.TRUNCATE:
                yield Mutation(data[:at], kind, at, len(data))
            case Kind.INSERT:
                more = chance.randbytes(chance.randint(1, 64))
                yield Mutation(data[:at] + more + data[at:], kind, at, at)
            case Kind.DELETE:
                end = min(len(data), at + chance.randint(1, 64))
                yield Mutation(data[:at] + data[end:], kind, at, end)


def manifest_ranges(data: bytes) -> Ranges:
    """The bytes that carry the manifest: what a hard binding must leave out.

    Whole segments, chunks, frames and boxes, their headers and checksums with them.
    """
    if data[:2] == b"\xff\xd8":
        return _jpeg(data)
    if data[:4] == b"\x89PNG":
        return _png(data)
    if data[:4] == b"RIFF":
        return _riff(data)
    if data[:3] == b"ID3":
        return _id3(data)
    if data[4:8] == b"ftyp":
        return _bmff(data)
    raise ValueError("not a format this knows")


def _jpeg(data: bytes) -> Ranges:
    """Segments APP11 (ISO 10918-1; JUMBF of ISO 19566-5)."""
    found, at = [], 2
    while data[at] == 0xFF and data[at + 1] != 0xDA:
        end = at + 2 + int.from_bytes(data[at + 2 : at + 4], "big")
        if data[at + 1] == 0xEB:
            found.append((at, end))
        at = end
    return found


def _png(data: bytes) -> Ranges:
    """Chunk `caBX`."""
    found, at = [], 8
    while at < len(data):
        end = at + 12 + int.from_bytes(data[at : at + 4], "big")
        if data[at + 4 : at + 8] == b"caBX":
            found.append((at, end))
        at = end
    return found


def _riff(data: bytes) -> Ranges:
    """Chunk `C2PA`."""
    found, at = [], 12
    while at < len(data):
        size = int.from_bytes(data[at + 4 : at + 8], "little")
        end = at + 8 + size + size % 2
        if data[at : at + 4] == b"C2PA":
            found.append((at, end))
        at = end
    return found


def _id3(data: bytes) -> Ranges:
    """Frame `GEOB` of an ID3v2.4 tag."""
    found, at = [], 10
    tag_end = 10 + _syncsafe(data[6:10])
    while at < tag_end and data[at]:
        size = _syncsafe(data[at + 4 : at + 8])
        if data[at : at + 4] == b"GEOB":
            found.append((at, at + 10 + size))
        at += 10 + size
    return found


def _syncsafe(four: bytes) -> int:
    return four[0] << 21 | four[1] << 14 | four[2] << 7 | four[3]


def _bmff(data: bytes) -> Ranges:
    """The `uuid` box of C2PA at the top level, and `ftyp`.

    The BMFF-based hash of C2PA leaves `ftyp` out by rule, so that a packager may add a brand: a
    changed brand is no tampering by the specification.
    """
    found, at = [], 0
    while at < len(data):
        end = at + int.from_bytes(data[at : at + 4], "big")
        kind = data[at + 4 : at + 8]
        if kind == b"ftyp" or (kind == b"uuid" and data[at + 8 : at + 24] == C2PA_UUID):
            found.append((at, end))
        at = end
    return found
