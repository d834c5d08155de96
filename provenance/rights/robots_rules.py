"""Rules of a robots.txt, arranged so that the one that decides about a path is found quickly.

RFC 9309 section 2.2.2: the longest pattern that matches decides, counted in octets as written, and
of two that are as long the one that allows. Plain beginnings, most rules by far, are looked up in
sorted order; only patterns with a star inside are tried one by one, longest first, and only those
whose rarest character the path has at all. No step goes back over the path, so that hostile
patterns cost no more than their length.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable
from typing import NamedTuple

from provenance.rights.patterns import Pieces, pieces_of

__all__ = ["RuleIndex"]

INDEX_FILE = "/index.htm"

COMMON = "/etaionsrlcdupmhgbfvywkjxqz-._0123456789%ABCDEFGHIJKLMNOPQRSTUVWXYZ"
"""Characters by how often paths have them, the most frequent first; others are rarer still."""

FREQUENCY = {character: -n for n, character in enumerate(COMMON)}


STEP = 1 << 20
"""More than a file has rules: of two of one length and kind the first in the file is preferred."""

NOTHING = STEP
"""No rank; that of an empty pattern, which is as good as none, is not above it."""


class _Wild(NamedTuple):
    """A pattern with a star inside, by rank, and two cheap reasons why a path cannot match it.

    Attributes:
        shortest: length of the shortest path it matches.
        longest_piece: stands in every path it matches.
    """

    rank: int
    shortest: int
    longest_piece: str
    pieces: Pieces


class RuleIndex:
    """The rules that hold for one agent.

    A rule is known by its place among them. Its rank holds that place too, so that one number says
    which rule is preferred, whether it allows, and which one it is.
    """

    __slots__ = ("_beginnings", "_best", "_exact", "_outer", "_wild")

    def __init__(self, rules: Iterable[tuple[bool, str]], *, index_files: bool) -> None:
        """Arrange some rules.

        Args:
            rules: whether one allows, and its pattern with escapes made alike; in the order of the
                file, at most `STEP`.
            index_files: whether allowing `/a/index.html` allows `/a/` (Google).
        """
        beginnings: dict[str, int] = {}
        self._exact: dict[str, int] = {}
        wild: list[_Wild] = []
        for n, (allow, pattern) in enumerate(rules):
            texts = [pattern]
            if index_files and allow and INDEX_FILE in pattern:
                texts += _directory(pattern)
            for text in texts:
                rank = (2 * len(text) + allow) * STEP - n
                if "*" not in text and not text.endswith("$"):
                    _keep(beginnings, text, rank)
                    continue
                pieces = pieces_of(text)
                if pieces.inner or (pieces.starred and pieces.last):
                    wild.append(_wild(rank, pieces))
                elif pieces.starred:  # at the end, also before `$`: it adds nothing but length
                    _keep(beginnings, pieces.first, rank)
                else:
                    _keep(self._exact, pieces.first, rank)
        self._arrange(beginnings)
        self._wild = _by_rarest(wild)

    def _arrange(self, beginnings: dict[str, int]) -> None:
        """Sort beginnings; each knows the one around it and the best rank of its whole chain."""
        texts = sorted(beginnings)
        outer: list[int] = []
        best: list[int] = []
        around: list[int] = []
        for n, text in enumerate(texts):
            while around and not text.startswith(texts[around[-1]]):
                around.pop()
            rank, outside = beginnings[text], -1
            if around:
                outside = around[-1]
                rank = max(rank, best[outside])
            outer.append(outside)
            best.append(rank)
            around.append(n)
        self._beginnings, self._outer, self._best = texts, outer, best

    def find(self, path: str) -> tuple[bool, int] | None:
        """Whether the deciding rule allows a path, and its place; None when no rule matches."""
        rank = NOTHING
        # What begins the path sorts before it, and after it everything it is a beginning of.
        n = bisect_right(self._beginnings, path) - 1
        while n >= 0:
            if path.startswith(self._beginnings[n]):
                rank = max(rank, self._best[n])
                break
            n = self._outer[n]
        if path in self._exact:
            rank = max(rank, self._exact[path])
        if self._wild:
            rank = self._find_wild(path, rank)
        if rank == NOTHING:
            return None
        place = -rank % STEP
        return (rank + place) // STEP % 2 == 1, place

    def _find_wild(self, path: str, rank: int) -> int:
        """The rank of the best pattern with a star that matches, or the given one if better."""
        length = len(path)
        for character, patterns in self._wild:
            if character in path:
                for best, shortest, piece, pieces in patterns:
                    if best <= rank:
                        break
                    if shortest <= length and piece in path and pieces.match(path):
                        rank = best
                        break
        return rank


def _keep(kept: dict[str, int], text: str, rank: int) -> None:
    if rank > kept.get(text, NOTHING):
        kept[text] = rank


def _directory(pattern: str) -> list[str]:
    """The pattern of the directory whose index file is allowed."""
    directory, _, name = pattern.rpartition("/")
    return [f"{directory}/$"] if f"/{name}".startswith(INDEX_FILE) else []


def _by_rarest(patterns: list[_Wild]) -> tuple[tuple[str, tuple[_Wild, ...]], ...]:
    """The patterns under a character each of them needs, the longest first."""
    arranged: dict[str, list[_Wild]] = {}
    for pattern in sorted(patterns, key=lambda one: -one.rank):
        arranged.setdefault(_rarest(pattern.pieces), []).append(pattern)
    return tuple((character, tuple(these)) for character, these in arranged.items())


def _wild(rank: int, pieces: Pieces) -> _Wild:
    texts = (pieces.first, *pieces.inner, pieces.last or "")
    return _Wild(rank, sum(map(len, texts)), max(texts, key=len), pieces)


def _rarest(pieces: Pieces) -> str:
    text = pieces.first + "".join(pieces.inner) + (pieces.last or "")
    return min(set(text), key=lambda one: (FREQUENCY.get(one, -len(COMMON)), one), default="")
