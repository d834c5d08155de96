"""Runs of characters and of words in a window, as numbers of buckets.

Three to five characters, one to three words, in lower case; signs of punctuation are words. Each is
hashed to one of 2^18 buckets, and counts once however often it occurs.
"""

from __future__ import annotations

import re
import zlib

import numpy as np
from numpy.typing import NDArray

__all__ = ["BUCKETS", "SLOTS", "grams_of", "names_of"]

BITS = 18
BUCKETS = 1 << BITS
"""Buckets, and the number that stands where there is no more."""

SLOTS = 2_560
"""Buckets of a window at most; of a longer one the last runs of three characters are left out."""

WORD = re.compile(r"\w+(?:'\w+)?|[^\w\s]")
FACTOR = np.uint64(0x9E3779B97F4A7C15)
MIXING = (np.uint64(0xBF58476D1CE4E5B9), np.uint64(0x94D049BB133111EB))
CHARACTERS = (5, 4, 3)
WORDS = 3


def grams_of(text: str) -> NDArray[np.float32]:
    """The buckets of a window, float32, shape (`SLOTS`,), padded with `BUCKETS`."""
    plain = f" {text.lower()} "
    with np.errstate(over="ignore"):
        hashed = [*_of_words(plain), *_of_characters(plain)]
    whole = (np.concatenate(hashed) & np.uint64(BUCKETS - 1)).astype(np.int64)
    _, first = np.unique(whole, return_index=True)
    found = whole[np.sort(first)][:SLOTS]
    row = np.full(SLOTS, BUCKETS, np.float32)
    row[: len(found)] = found
    return row


def names_of(text: str) -> dict[str, int]:
    """The runs of words of a window, as they read, with the bucket of each."""
    plain = f" {text.lower()} "
    words = WORD.findall(plain)
    found: dict[str, int] = {}
    with np.errstate(over="ignore"):
        for count, hashed in enumerate(_of_words(plain), 1):
            whole = (hashed & np.uint64(BUCKETS - 1)).tolist()
            runs = zip(*(words[start:] for start in range(count)), strict=False)
            found |= {" ".join(run): bucket for run, bucket in zip(runs, whole, strict=True)}
    return found


def _of_words(text: str) -> list[NDArray[np.uint64]]:
    one = np.array([zlib.crc32(word.encode()) for word in WORD.findall(text)], np.uint64)
    run, found = one, [_mixed(one + np.uint64(101))]
    for count in range(2, WORDS + 1):
        run = run[:-1] * FACTOR + one[count - 1 :]
        found.append(_mixed(run + np.uint64(100 + count)))
    return found


def _of_characters(text: str) -> list[NDArray[np.uint64]]:
    points = np.frombuffer(text.encode("utf-32-le", "surrogatepass"), np.uint32).astype(np.uint64)
    run, found = points + np.uint64(1), {}
    for count in range(2, max(CHARACTERS) + 1):
        run = run[:-1] * FACTOR + points[count - 1 :] + np.uint64(1)
        found[count] = run
    return [_mixed(found[count] + np.uint64(count)) for count in CHARACTERS]


def _mixed(values: NDArray[np.uint64]) -> NDArray[np.uint64]:
    """Spread evenly over all bits (the finaliser of SplitMix64)."""
    values = (values ^ (values >> np.uint64(30))) * MIXING[0]
    values = (values ^ (values >> np.uint64(27))) * MIXING[1]
    return values ^ (values >> np.uint64(31))
