"""The zeros behind a signature: how many there are, and the same manifest store with fewer.

The library reserves ten thousand bytes for a signature made elsewhere and fills up what is left
with zeros: a header `pad` of the COSE structure (RFC 9052, C2PA 2.4 section 10.4), which is not
signed. In a recording nobody minds; a poem would become a thousand times as long, because text
needs up to four bytes for each. Boxes are those of JUMBF (ISO 19566-5).
"""

from __future__ import annotations

import struct
from collections.abc import Iterator

__all__ = ["LEAST", "pad", "shortened"]

LEAST = 256
"""Smaller ones have another head (RFC 8949 section 3): none is made smaller than this."""

LABEL = b"\x63pad\x59"
"""The text `pad`, and the head of up to 65,535 bytes."""

NO_PAYLOAD = b"\xf6"


def pad(store: bytes) -> int:
    """Zeros behind the signature of the active manifest, the last one; none when it has no pad."""
    found = _pad(store)
    return found[1] if found else 0


def shortened(store: bytes, by: int) -> bytes:
    """`store` with so many zeros less.

    Raises:
        ValueError: there are not that many, with `LEAST` of them left.
    """
    found = _pad(store)
    if not by:
        return store
    if found is None or found[1] - by < LEAST:
        raise ValueError("the signature is not padded enough")
    at, size = found
    data = bytearray(store)
    for box in _around(store, at):
        struct.pack_into(">I", data, box, struct.unpack_from(">I", store, box)[0] - by)
    data[at : at + 2 + by] = struct.pack(">H", size - by)
    return bytes(data)


def _pad(store: bytes) -> tuple[int, int] | None:
    """Where the size of the pad stands, and what it is."""
    at = store.rfind(LABEL) + len(LABEL)
    if at < len(LABEL) or at + 2 > len(store):
        return None
    size = struct.unpack_from(">H", store, at)[0]
    zeros = store[at + 2 : at + 2 + size]
    if size < LEAST or zeros.strip(b"\0") or store[at + 2 + size :][:1] != NO_PAYLOAD:
        return None
    return at, size


def _around(store: bytes, at: int) -> Iterator[int]:
    """Where the boxes begin that hold the byte at `at`, from the outermost in."""
    start, end = 0, len(store)
    while start + 8 <= min(at, end):
        size, kind = struct.unpack_from(">I4s", store, start)
        if size < 8:
            raise ValueError("a box without a size")
        if start + size <= at:
            start += size
            continue
        yield start
        if kind != b"jumb":
            return
        start, end = start + 8, start + size
