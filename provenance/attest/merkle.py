"""The Merkle tree of an append-only log: RFC 9162 section 2.1 (and RFC 6962), with SHA-256.

Leaves and nodes are hashed with different prefixes, so that neither can pass for the other. The
tree keeps the hashes of all its complete subtrees: 64 bytes a leaf, and a proof is a look-up.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Sequence

__all__ = ["EMPTY_ROOT", "HASH_BYTES", "Tree", "includes", "is_extension", "leaf_hash", "node_hash"]

HASH_BYTES = 32
EMPTY_ROOT = hashlib.sha256().digest()


def leaf_hash(data: bytes) -> bytes:
    """The hash of an entry (section 2.1.1)."""
    return hashlib.sha256(b"\x00" + data).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """The hash of two subtrees (section 2.1.1)."""
    return hashlib.sha256(b"\x01" + left + right).digest()


class Tree:
    """A tree that grows at its end. Proofs can be asked for at any size it has had."""

    def __init__(self, leaves: Iterable[bytes] = ()) -> None:
        # levels[k] holds, side by side, the hashes of the complete subtrees of 2**k leaves.
        self._levels = [bytearray()]
        for one in leaves:
            self.append(one)

    def __len__(self) -> int:
        return len(self._levels[0]) // HASH_BYTES

    def append(self, leaf: bytes) -> int:
        """Adds a leaf hash and returns its index."""
        index = at = len(self)
        level, node = 0, leaf
        self._levels[0] += node
        while at & 1:
            node = node_hash(self._at(level, at - 1), node)
            level, at = level + 1, at >> 1
            if level == len(self._levels):
                self._levels.append(bytearray())
            self._levels[level] += node
        return index

    def root(self, size: int | None = None) -> bytes:
        """The root over the first `size` leaves, by default all."""
        size = self._size(size)
        return self._subtree(0, size) if size else EMPTY_ROOT

    def inclusion(self, index: int, size: int | None = None) -> tuple[bytes, ...]:
        """PATH(index, D[size]) of section 2.1.3.1: proves that a leaf is in the tree.

        Raises:
            ValueError: there is no such leaf in a tree of that size.
        """
        size = self._size(size)
        if not 0 <= index < size:
            raise ValueError(f"no leaf {index} in a tree of {size}")
        return tuple(self._path(index, 0, size))

    def consistency(self, old: int, size: int | None = None) -> tuple[bytes, ...]:
        """PROOF(old, D[size]) of section 2.1.4.1: proves that nothing but appending happened.

        Raises:
            ValueError: there was no tree of `old` leaves before one of `size`.
        """
        size = self._size(size)
        if not 0 < old <= size:
            raise ValueError(f"no tree of {old} before one of {size}")
        return tuple(self._subproof(old, 0, size, whole=True))

    def _size(self, size: int | None) -> int:
        if size is None:
            return len(self)
        if not 0 <= size <= len(self):
            raise ValueError(f"the tree never had {size} leaves")
        return size

    def _at(self, level: int, index: int) -> bytes:
        return bytes(self._levels[level][index * HASH_BYTES : (index + 1) * HASH_BYTES])

    def _subtree(self, start: int, size: int) -> bytes:
        """MTH of the leaves from `start`; where `size` is a power of two it has been computed."""
        if size & (size - 1) == 0:
            return self._at(size.bit_length() - 1, start // size)
        left = _split(size)
        return node_hash(self._subtree(start, left), self._subtree(start + left, size - left))

    def _path(self, index: int, start: int, size: int) -> Iterator[bytes]:
        if size == 1:
            return
        left = _split(size)
        if index < left:
            yield from self._path(index, start, left)
            yield self._subtree(start + left, size - left)
        else:
            yield from self._path(index - left, start + left, size - left)
            yield self._subtree(start, left)

    def _subproof(self, old: int, start: int, size: int, *, whole: bool) -> Iterator[bytes]:
        """SUBPROOF(old, D[start:start + size], whole); whole: the verifier knows this root."""
        if old == size:
            if not whole:
                yield self._subtree(start, size)
            return
        left = _split(size)
        if old <= left:
            yield from self._subproof(old, start, left, whole=whole)
            yield self._subtree(start + left, size - left)
        else:
            yield from self._subproof(old - left, start + left, size - left, whole=False)
            yield self._subtree(start, left)


def _split(size: int) -> int:
    """The largest power of two smaller than `size`, which is at least 2."""
    return 1 << ((size - 1).bit_length() - 1)


def includes(root: bytes, size: int, index: int, leaf: bytes, proof: Sequence[bytes]) -> bool:
    """Whether `proof` shows that `leaf` is number `index` of the tree (section 2.1.3.2)."""
    if not 0 <= index < size:
        return False
    fn, sn, found = index, size - 1, leaf
    for one in proof:
        if sn == 0:
            return False
        if fn & 1 or fn == sn:
            found = node_hash(one, found)
            while fn and not fn & 1:
                fn, sn = fn >> 1, sn >> 1
        else:
            found = node_hash(found, one)
        fn, sn = fn >> 1, sn >> 1
    return sn == 0 and found == root


def is_extension(old_root: bytes, old: int, root: bytes, size: int, proof: Sequence[bytes]) -> bool:
    """Whether `proof` shows that the tree of `size` begins with that of `old` (section 2.1.4.2)."""
    if not 0 < old <= size:
        return False
    if old == size:
        return not proof and old_root == root
    path = list(proof)
    if old & (old - 1) == 0:  # the old tree is a complete subtree: its root begins the path
        path.insert(0, old_root)
    if not path:
        return False
    fn, sn = old - 1, size - 1
    while fn & 1:
        fn, sn = fn >> 1, sn >> 1
    fr = sr = path[0]
    for one in path[1:]:
        if sn == 0:
            return False
        if fn & 1 or fn == sn:
            fr, sr = node_hash(one, fr), node_hash(one, sr)
            while fn and not fn & 1:
                fn, sn = fn >> 1, sn >> 1
        else:
            sr = node_hash(sr, one)
        fn, sn = fn >> 1, sn >> 1
    return sn == 0 and fr == old_root and sr == root
