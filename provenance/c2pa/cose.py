"""The certificate inside a COSE signature: who a signature says it is by.

Reads as much of COSE_Sign1 (RFC 9052 section 4.2) in CBOR (RFC 8949) as it takes to find the
signing certificate (`x5chain`, RFC 9360), and verifies nothing. Strict, so that no two readers can
find two certificates in the same bytes: definite lengths, no key twice, nothing after the end.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from cryptography.x509 import Certificate

__all__ = ["signing_certificate"]

MOST_BYTES = 256 * 1024
DEEPEST = 8
COSE_SIGN1 = 18
X5CHAIN = 33
SIMPLE = {20: False, 21: True, 22: None}


def signing_certificate(cose: bytes) -> Certificate | None:
    """The certificate that `cose`, a COSE_Sign1, says it was signed with.

    None when it names none, names it twice, or cannot be read.
    """
    from cryptography import x509

    if len(cose) > MOST_BYTES:
        return None
    try:
        parts = _read_all(cose)
        protected, unprotected = _read_all(parts[0]), parts[1]
        chains = [one[X5CHAIN] for one in (protected, unprotected) if X5CHAIN in one]
        if len(chains) != 1:
            return None
        leaf = chains[0][0] if isinstance(chains[0], list) else chains[0]
        return x509.load_der_x509_certificate(leaf)
    except (ValueError, TypeError, LookupError):
        return None


def _read_all(data: bytes) -> Any:
    """The one item that `data` is."""
    cursor = _Cursor(data)
    value = cursor.item(DEEPEST)
    if cursor.at != len(data):
        raise ValueError("something after the end")
    return value


@dataclass(slots=True)
class _Cursor:
    """A place in CBOR; each item read costs at least a byte, so the size bounds the count."""

    data: bytes
    at: int = 0

    def item(self, depth: int) -> Any:
        """The item at this place."""
        if not depth:
            raise ValueError("too deep")
        major, argument = self._head()
        match major:
            case 0:
                return argument
            case 1:
                return -1 - argument
            case 2:
                return self._take(argument)
            case 3:
                return self._take(argument).decode()
            case 4:
                return [self.item(depth - 1) for _ in range(self._count(argument))]
            case 5:
                return self._map(self._count(argument), depth - 1)
            case 6 if argument == COSE_SIGN1:
                return self.item(depth - 1)
            case 7 if argument in SIMPLE:
                return SIMPLE[argument]
            case _:
                raise ValueError("not what a signature is made of")

    def _map(self, count: int, depth: int) -> dict[Any, Any]:
        pairs: dict[Any, Any] = {}
        for _ in range(count):
            key = self.item(depth)
            if not isinstance(key, int | str) or key in pairs:
                raise ValueError("a key that is none, or stands there twice")
            pairs[key] = self.item(depth)
        return pairs

    def _head(self) -> tuple[int, int]:
        first = self._take(1)[0]
        major, info = first >> 5, first & 31
        if info < 24:
            return major, info
        if info > 27 or major == 7:
            raise ValueError("an indefinite length, or a float")
        return major, int.from_bytes(self._take(1 << (info - 24)))

    def _count(self, stated: int) -> int:
        if stated > len(self.data) - self.at:
            raise ValueError("more items than bytes")
        return stated

    def _take(self, length: int) -> bytes:
        taken = self.data[self.at : self.at + length]
        if len(taken) != length:
            raise ValueError("cut off")
        self.at += length
        return taken
