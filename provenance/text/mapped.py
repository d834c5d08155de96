"""A text that knows where each of its characters stood in the text it was made from."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise
from typing import Self

import numpy as np
from numpy.typing import NDArray

__all__ = ["Mapped"]

Places = NDArray[np.int32]
Points = NDArray[np.uint32]

ENCODING, LENIENT = "utf-32-le", "surrogatepass"


@dataclass(frozen=True)
class Mapped:
    """A text and the places of its characters in an original.

    Attributes:
        text: as it is now.
        origins: shape (len(text) + 1,): where each character begins in the original, rising; the
            last is where the text ends there.
    """

    text: str
    origins: Places

    @classmethod
    def of(cls, text: str, spans: Iterable[tuple[int, int]] | None = None) -> Self:
        """A text as it stands, or only some stretches of it, with a newline between any two.

        Args:
            text: the original.
            spans: start and end of each stretch, rising and apart; None is all of it.
        """
        if spans is None:
            return cls(text, np.arange(len(text) + 1, dtype=np.int32))
        pieces: list[str] = []
        origins: list[Places] = []
        last = 0
        for start, end in spans:
            if pieces:
                pieces.append("\n")
                origins.append(np.array([last], np.int32))
            pieces.append(text[start:end])
            origins.append(np.arange(start, end, dtype=np.int32))
            last = end
        origins.append(np.array([last], np.int32))
        return cls("".join(pieces), np.concatenate(origins))

    @cached_property
    def points(self) -> Points:
        """Code points, shape (len(text),)."""
        return np.frombuffer(self.text.encode(ENCODING, LENIENT), np.uint32)

    def span(self, start: int, end: int) -> tuple[int, int]:
        """Where a stretch stands in the original; `end` is excluded in both.

        What was left out at its end does not belong to it.
        """
        if end <= start:
            place = int(self.origins[start])
            return place, place
        return int(self.origins[start]), int(self.origins[end - 1]) + 1

    def kept(self, chosen: NDArray[np.bool_]) -> Mapped:
        """Without some characters.

        Args:
            chosen: shape (len(text),): those that stay.
        """
        return self._of(self.points[chosen], np.append(self.origins[:-1][chosen], self.origins[-1]))

    def folded(self, points: Points) -> Mapped:
        """With other characters in the same places, shape (len(text),)."""
        return self._of(points, self.origins)

    def replaced(
        self, pattern: re.Pattern[str], written: str | Callable[[re.Match[str]], str]
    ) -> Mapped:
        """With something else for every match of a pattern.

        Args:
            pattern: what is replaced.
            written: what stands there instead; as it is, without references to groups. The
                places of its characters are spread over those of the match.
        """
        parts: list[str] = []
        origins: list[Places] = []
        done = 0
        for match in pattern.finditer(self.text):
            start, end = match.span()
            new = written if isinstance(written, str) else written(match)
            if new == match[0]:
                continue
            parts += (self.text[done:start], new)
            places = start + np.arange(len(new)) * (end - start) // max(len(new), 1)
            origins += (self.origins[done:start], self.origins[places])
            done = end
        if not parts and not done:
            return self
        parts.append(self.text[done:])
        origins.append(self.origins[done:])
        return Mapped("".join(parts), np.concatenate(origins))

    def bared(self, pattern: re.Pattern[str]) -> tuple[Mapped, int]:
        """Without what a pattern matches but its last group, and how many matches there were."""
        chosen = np.ones(len(self.text), np.bool_)
        count = 0
        for match in pattern.finditer(self.text):
            chosen[slice(*match.span())] = False
            if match.lastindex:
                chosen[slice(*match.span(match.lastindex))] = True
            count += 1
        return (self.kept(chosen) if count else self), count

    def expanded(self, table: dict[int, str]) -> Mapped:
        """With several characters for one, by code point."""
        points = self.points
        found = np.flatnonzero(np.isin(points, np.fromiter(table, np.uint32)))
        if not len(found):
            return self
        lengths = np.ones(len(points), np.int64)
        parts: list[str] = []
        for before, place in pairwise((-1, *found.tolist())):
            new = table[int(points[place])]
            parts += (self.text[before + 1 : place], new)
            lengths[place] = len(new)
        parts.append(self.text[int(found[-1]) + 1 :])
        origins = np.append(np.repeat(self.origins[:-1], lengths), self.origins[-1])
        return Mapped("".join(parts), origins)

    @staticmethod
    def _of(points: Points, origins: Places) -> Mapped:
        text = points.astype("<u4").tobytes().decode(ENCODING, LENIENT)
        return Mapped(text, origins)
