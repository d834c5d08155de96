"""A few numbers by which two files are seen to be the same work, small enough to keep in a table.

A sketch is `KIND:HEX,HEX,...`: of a picture the 64 bits of its trace, of sound and text the
smallest hashes of all numbers of theirs (a bottom-k sketch, Broder 1997), whose overlap estimates
that of the whole traces (`detectors.gathering.traces`). It finds copies in other formats, sizes and
qualities, not performances of the same song or rewritten texts.
"""

from __future__ import annotations

import hashlib
from collections import Counter, defaultdict
from collections.abc import Iterable

from detectors.gathering.traces import PICTURE_BITS, PICTURE_BYTES

__all__ = ["Known", "sketch"]

SMALLEST = {"sound": 128, "text": 32}
ALIKE = {"sound": 5, "text": 8}
"""Numbers that two works share: of a text a quarter; lossy codecs leave fewer of a recording."""

COMMON = 50
"""A number that more works hold than this tells none of them apart."""

LEAST = 8


def sketch(kind: str, trace: Iterable[int]) -> str:
    """The sketch of a trace; empty for a work that shows too little.

    Args:
        kind: `picture`, `sound` or `text`.
        trace: numbers of it.

    Returns:
        At most 1,500 characters.
    """
    numbers = sorted(set(trace))
    if kind == "picture":
        return f"picture:{numbers[0]:016x}" if numbers else ""
    hashes = sorted(_hash(one) for one in numbers)
    return f"{kind}:{','.join(hashes[: SMALLEST[kind]])}" if len(hashes) >= LEAST else ""


def _hash(number: int) -> str:
    return hashlib.blake2b(str(number).encode(), digest_size=5).hexdigest()


class Known:
    """Works that are known, by digest and by sketch.

    Args:
        works: digest and sketch of each; a sketch may be empty.
    """

    def __init__(self, works: Iterable[tuple[str, str]]) -> None:
        self._digests: set[str] = set()
        self._pictures: defaultdict[tuple[int, int], set[int]] = defaultdict(set)
        self._holders: defaultdict[str, list[int]] = defaultdict(list)
        for number, (digest, written) in enumerate(works):
            self._digests.add(digest)
            kind, _, rest = written.partition(":")
            if kind == "picture":
                bits = int(rest, 16)
                for place, byte in enumerate(bits.to_bytes(PICTURE_BYTES)):
                    self._pictures[place, byte].add(bits)
            elif rest:
                for one in rest.split(","):
                    self._holders[f"{kind}:{one}"].append(number)

    def has(self, digest: str) -> bool:
        """Whether a work of these very bytes is known."""
        return digest in self._digests

    def has_near(self, written: str) -> bool:
        """Whether a work with nearly this sketch is known."""
        kind, _, rest = written.partition(":")
        if kind == "picture":
            bits = int(rest, 16)
            return any(
                (bits ^ other).bit_count() <= PICTURE_BITS
                for place, byte in enumerate(bits.to_bytes(PICTURE_BYTES))
                for other in self._pictures.get((place, byte), ())
            )
        shared: Counter[int] = Counter()
        numbers = rest.split(",") if rest else []
        for one in numbers:
            holders = self._holders.get(f"{kind}:{one}", ())
            if len(holders) <= COMMON:
                shared.update(holders)
        return bool(shared) and max(shared.values()) >= ALIKE[kind]
