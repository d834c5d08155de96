"""Words to pieces: the vocabulary of multilingual-e5-small, as far as English and French need it.

The unigram model and its scores are those of the encoder the weights were made from (XLM-R's
SentencePiece vocabulary, MIT). Pieces that no text of the training set was made of are left out:
what they wrote is `unknown` here. Text is taken in lower case, so that nothing hangs on case.

SentencePiece takes a model as a message of its `sentencepiece_model.proto`, which is written here
from pieces and scores: of text in canonical form nothing is left to normalise.
"""

from __future__ import annotations

import json
import struct
from collections.abc import Iterable, Sequence
from functools import cache
from importlib import resources
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray
    from sentencepiece import SentencePieceProcessor

__all__ = [
    "BEGIN",
    "END",
    "LENGTH",
    "PAD",
    "UNKNOWN",
    "pieces_of",
    "tokenizer",
    "tokenizer_of",
    "vocabulary",
]

BEGIN, PAD, END, UNKNOWN = 0, 1, 2, 3
LENGTH = 192
"""Pieces of a window; one of a hundred words has about 150, and what is beyond is not read."""

FILE = "pieces.json"

CONTROL, UNKNOWN_TYPE = 3, 2
TYPES = {BEGIN: CONTROL, PAD: CONTROL, END: CONTROL, UNKNOWN: UNKNOWN_TYPE}
UNIGRAM = 1

Piece = tuple[str, float]


@cache
def vocabulary() -> tuple[Piece, ...]:
    """The pieces that come with the weights, by number, with their scores."""
    written = resources.files("detectors.text").joinpath("weights", FILE).read_text("utf-8")
    return tuple((piece, score) for piece, score in json.loads(written)["pieces"])


@cache
def tokenizer() -> SentencePieceProcessor:
    """What cuts text into them."""
    return tokenizer_of(vocabulary())


def tokenizer_of(pieces: Sequence[Piece]) -> SentencePieceProcessor:
    """A unigram tokenizer of pieces with their scores; the first four are signs."""
    from sentencepiece import SentencePieceProcessor

    return SentencePieceProcessor(model_proto=_model(pieces))


def pieces_of(text: str, words: SentencePieceProcessor) -> NDArray[np.float32]:
    """The pieces of a window, with signs at both ends, float32, shape (`LENGTH`,)."""
    found = words.encode(text.lower())[: LENGTH - 2]
    row = np.full(LENGTH, PAD, np.float32)
    row[0] = BEGIN
    row[1 : 1 + len(found)] = found
    row[1 + len(found)] = END
    return row


def _model(pieces: Iterable[Piece]) -> bytes:
    """ModelProto: pieces (1), trainer_spec (2), normalizer_spec (3)."""
    told = b""
    for number, (piece, score) in enumerate(pieces):
        one = _bytes(1, piece.encode()) + _tag(2, 5) + struct.pack("<f", score)
        if number in TYPES:
            one += _number(3, TYPES[number])
        told += _bytes(1, one)
    signs = zip((40, 41, 42, 43), (UNKNOWN, BEGIN, END, PAD), strict=True)
    told += _bytes(2, _number(3, UNIGRAM) + b"".join(_number(*one) for one in signs))
    return told + _bytes(3, _bytes(1, b"identity") + _number(3, 1) + _number(4, 0) + _number(5, 1))


def _bytes(field: int, value: bytes) -> bytes:
    return _tag(field, 2) + _varint(len(value)) + value


def _number(field: int, value: int) -> bytes:
    return _tag(field, 0) + _varint(value)


def _tag(field: int, wire: int) -> bytes:
    return _varint(field << 3 | wire)


def _varint(value: int) -> bytes:
    found = bytearray()
    while value > 127:
        found.append(value & 127 | 128)
        value >>= 7
    return bytes([*found, value])
