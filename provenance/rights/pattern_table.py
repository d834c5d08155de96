"""Many path patterns, and those of them that match one path, at a cost no file can set.

Plain beginnings are looked up by their lengths; only patterns with a star or an end are tried one
by one, and there is a limit to them.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from provenance.rights.patterns import PathPattern

__all__ = ["MOST_WILD", "PatternTable"]

MOST_WILD = 1000
"""Patterns with a star or an end that are tried; a table with more is `overfull`."""


class PatternTable:
    """Distinct patterns by the number of their first occurrence.

    Attributes:
        overfull: whether some patterns are not tried.
    """

    __slots__ = ("_beginnings", "_lengths", "_wild", "overfull")

    def __init__(self, patterns: Iterable[PathPattern]) -> None:
        self._beginnings: dict[str, int] = {}
        wild: dict[str, tuple[int, PathPattern]] = {}
        for number, pattern in enumerate(patterns):
            if pattern.is_prefix:
                self._beginnings.setdefault(pattern.text, number)
            else:
                wild.setdefault(pattern.text, (number, pattern))
        self._lengths = sorted(set(map(len, self._beginnings)))
        self.overfull = len(wild) > MOST_WILD
        self._wild = tuple(wild.values())[:MOST_WILD]

    def matching(self, path: str) -> Iterator[int]:
        """Numbers of the patterns that match, each pattern once, in no order.

        Args:
            path: with its query, its escapes made alike.
        """
        length = len(path)
        for size in self._lengths:
            if size > length:
                break
            number = self._beginnings.get(path[:size])
            if number is not None:
                yield number
        for number, pattern in self._wild:
            if pattern.matches(path):
                yield number
