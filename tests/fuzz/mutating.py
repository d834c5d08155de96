"""Damaged copies of seeds, the same for the same seed number: fuzzing without a fuzzer.

Blind to coverage, and therefore no match for one that is not; but it needs nothing installed, and
runs in every test run.
"""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence

__all__ = ["mutations"]

NUMBERS = (
    *(b"\x00", b"\x01", b"\x7f", b"\x80", b"\xff"),
    *(b"\xff\xff", b"\x00\x00", b"\x7f\xff", b"\xff\x7f"),
    *(b"\xff\xff\xff\xff", b"\x00\x00\x00\x00", b"\x7f\xff\xff\xff", b"\xff\xff\xff\x7f"),
    *(b"\x00\x00\x00\x01", b"\x01\x00\x00\x00", b"\xff" * 8, b"\x80" + b"\x00" * 7),
    *(b'"', b"{", b"]", b"\\u0000", b"null", b"1e999", b"-1", b"<", b"&", b"\xef\xbb\xbf"),
)
"""What parsers stumble over: ends of ranges, and signs of syntax."""
MOST_CHANGES = 6
LARGEST = 64 * 1024


def mutations(seeds: Sequence[bytes], number: int) -> Iterator[bytes]:
    """Damaged copies without end.

    Args:
        seeds: what is damaged; also where pieces of others are taken from.
        number: another one gives other copies.
    """
    chance = random.Random(number)  # noqa: S311 - it must repeat
    while True:
        data = bytearray(chance.choice(seeds))
        for _ in range(chance.randint(1, MOST_CHANGES)):
            _change(chance, data, seeds)
        yield bytes(data[:LARGEST])


def _change(chance: random.Random, data: bytearray, seeds: Sequence[bytes]) -> None:
    at = chance.randrange(len(data) + 1)
    end = min(len(data), at + chance.randint(1, 32))
    match chance.randrange(8):
        case 0 if at < len(data):
            data[at] ^= 1 << chance.randrange(8)
        case 1 | 2:
            value = chance.choice(NUMBERS)
            data[at : at + len(value)] = value
        case 3:
            data[at:at] = chance.choice(NUMBERS)
        case 4:
            del data[at:end]
        case 5:
            data[at:at] = data[at:end] * chance.randint(1, 40)
        case 6:
            other = chance.choice(seeds)
            start = chance.randrange(len(other) + 1)
            data[at:end] = other[start : start + chance.randint(1, 200)]
        case 7 if chance.randrange(4) == 0:
            del data[at:]
        case _:
            data[at:end] = chance.randbytes(end - at)
