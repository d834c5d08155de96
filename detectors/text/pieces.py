"""Words to pieces: the vocabulary of multilingual-e5-small, as far as English and French need it.

The unigram model and its scores are those of the encoder the weights were made from (XLM-R's
SentencePiece vocabulary, MIT). Pieces that no text of the training set was made of are left out:
what they wrote is `unknown` here. Text is taken in lower case, so that nothing hangs on case.
"""

from __future__ import annotations

import json
import os
from functools import cache
from importlib import resources
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray
    from tokenizers import Tokenizer

__all__ = ["BEGIN", "END", "LENGTH", "PAD", "UNKNOWN", "pieces_of", "tokenizer"]

BEGIN, PAD, END, UNKNOWN = 0, 1, 2, 3
LENGTH = 192
"""Pieces of a window; one of a hundred words has about 150, and what is beyond is not read."""

FILE = "pieces.json"


@cache
def tokenizer() -> Tokenizer:
    """The vocabulary that comes with the weights."""
    os.environ.setdefault("TOKENIZERS_PARALLELISM", "false")
    written = resources.files("detectors.text").joinpath("weights", FILE).read_text("utf-8")
    return tokenizer_of([(piece, score) for piece, score in json.loads(written)["pieces"]])


def tokenizer_of(pieces: list[tuple[str, float]]) -> Tokenizer:
    """A unigram tokenizer of pieces with their scores; the first four are signs."""
    from tokenizers import Tokenizer, models, pre_tokenizers

    made = Tokenizer(models.Unigram(pieces, unk_id=UNKNOWN))
    made.pre_tokenizer = pre_tokenizers.Metaspace()
    return made


def pieces_of(text: str, words: Tokenizer) -> NDArray[np.float32]:
    """The pieces of a window, with signs at both ends, float32, shape (`LENGTH`,)."""
    found = words.encode(text.lower()).ids[: LENGTH - 2]
    row = np.full(LENGTH, PAD, np.float32)
    row[0] = BEGIN
    row[1 : 1 + len(found)] = found
    row[1 + len(found)] = END
    return row
