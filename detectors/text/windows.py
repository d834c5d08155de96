"""Cuts canonical text into windows of about a hundred words, at the ends of sentences.

Every window of a text is about as long as the others: a text of 130 words is one window, one of 260
is two. Sentences end at a full stop, a question or an exclamation mark, with what closes after
them; a window ends at the sentence end that is nearest to where it should, if one is near.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from itertools import pairwise
from typing import NamedTuple

__all__ = ["LEAST_WORDS", "WORDS", "Stretch", "cut"]

WORDS = 100
"""Words that a window should have."""

LEAST_WORDS = 50
"""A text of fewer words is not judged."""

NEAR = 25
"""Words by which the end of a window may be moved to the end of a sentence."""

TOKEN, LETTER = re.compile(r"\S+"), re.compile(r"\w")
SENTENCE_END = re.compile(r"[.!?][\"')\]]*\Z")


class Stretch(NamedTuple):
    """A window: characters of the canonical text, and how many words they are."""

    start: int
    end: int
    words: int


def cut(text: str) -> tuple[Stretch, ...]:
    """The windows of a canonical text, in order; none when it has fewer than fifty words."""
    places = [one.span() for one in TOKEN.finditer(text) if LETTER.search(one[0])]
    if len(places) < LEAST_WORDS:
        return ()
    count = max(round(len(places) / WORDS), 1)
    ends = [at + 1 for at, (a, b) in enumerate(places) if SENTENCE_END.search(text, a, b)]
    bounds = [0]
    for number in range(1, count):
        wanted = number * len(places) // count
        bounds.append(_nearest(ends, wanted))
    bounds.append(len(places))
    return tuple(
        Stretch(places[low][0], places[high - 1][1], high - low)
        for low, high in pairwise(bounds)
        if high - low >= LEAST_WORDS
    )


def _nearest(ends: list[int], wanted: int) -> int:
    at = bisect_left(ends, wanted)
    near = [one for one in ends[max(at - 1, 0) : at + 1] if abs(one - wanted) <= NEAR]
    return min(near, key=lambda one: abs(one - wanted), default=wanted)
