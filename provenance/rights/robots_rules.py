"""Allow and disallow rules, arranged so that the one that decides about a path is found quickly.

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
from provenance.rights.robots_lines import Kind

__all__ = ["Rule", "RuleIndex"]

INDEX_FILE = "/index.htm"

COMMON = "/etaionsrlcdupmhgbfvywkjxqz-._0123456789%ABCDEFGHIJKLMNOPQRSTUVWXYZ"
"""Characters by how often paths have them, the most frequent first; others are rarer still."""

FREQUENCY = {character: -n for n, character in enumerate(COMMON)}


STEP = 1 << 20
"""More than a file has rules: of two of one length and kind the first in the file is preferred."""


class Rule(NamedTuple):
    """One rule of a group.

    Attributes:
        allow: whether it allows.
        pattern: in the form that is compared, its escapes made alike.
        written: as it stands in the file.
        line: number, from 1.
        span: byte range of the line.
        typo: whether only lenience makes it a rule.
    """

    allow: bool
    pattern: str
    written: str
    line: int
    span: tuple[int, int]
    typo: bool

    @property
    def kind(self) -> Kind:
        """As the line begins."""
        return Kind.ALLOW if self.allow else Kind.DISALLOW


class _Wild(NamedTuple):
    """A pattern with a star inside, by rank; no path shorter than `shortest` has its form."""

    rank: int
    shortest: int
    pieces: Pieces
    rule: Rule


class RuleIndex:
    """The rules that hold for one agent."""

    __slots__ = ("_beginnings", "_best", "_exact", "_outer", "_wild")

    def __init__(self, rules: Iterable[Rule], *, index_files: bool) -> None:
        """Arrange some rules.

        Args:
            rules: in the order of the file.
            index_files: whether allowing `/a/index.html` allows `/a/` (Google).
        """
        beginnings: dict[str, tuple[int, Rule]] = {}
        self._exact: dict[str, tuple[int, Rule]] = {}
        wild: list[_Wild] = []
        for n, rule in enumerate(rules):
            for text in _texts(rule, index_files=index_files):
                rank = (2 * len(text) + rule.allow) * STEP - n
                pieces = pieces_of(text)
                if pieces.inner or (pieces.starred and pieces.last):
                    wild.append(_Wild(rank, _shortest(pieces), pieces, rule))
                    continue
                # A star at the end (also before `$`) adds nothing but length.
                exact = pieces.last is not None and not pieces.starred
                kept = self._exact if exact else beginnings
                if rank > kept.get(pieces.first, (-1, rule))[0]:
                    kept[pieces.first] = (rank, rule)
        self._arrange(beginnings)
        self._wild = _by_rarest(wild)

    def _arrange(self, beginnings: dict[str, tuple[int, Rule]]) -> None:
        """Sort beginnings; each knows the one around it and the best rule of its whole chain."""
        self._beginnings = sorted(beginnings)
        self._outer: list[int] = []
        self._best: list[tuple[int, Rule]] = []
        around: list[int] = []
        for n, text in enumerate(self._beginnings):
            while around and not text.startswith(self._beginnings[around[-1]]):
                around.pop()
            best = beginnings[text]
            if around and self._best[around[-1]][0] > best[0]:
                best = self._best[around[-1]]
            self._outer.append(around[-1] if around else -1)
            self._best.append(best)
            around.append(n)

    def find(self, path: str) -> Rule | None:
        """The rule that decides about a path, None when none matches."""
        rank, found = STEP, None
        # What begins the path sorts before it, and after it everything it is a beginning of.
        n = bisect_right(self._beginnings, path) - 1
        while n >= 0:
            if path.startswith(self._beginnings[n]):
                best, rule = self._best[n]
                if best > rank:
                    rank, found = best, rule
                break
            n = self._outer[n]
        if path in self._exact:
            best, rule = self._exact[path]
            if best > rank:
                rank, found = best, rule
        length = len(path)
        for character, patterns in self._wild:
            if character in path:
                for best, shortest, pieces, rule in patterns:
                    if best <= rank:
                        break
                    if shortest <= length and pieces.match(path):
                        rank, found = best, rule
                        break
        return found


def _texts(rule: Rule, *, index_files: bool) -> tuple[str, ...]:
    """The patterns a rule stands for."""
    directory, _, name = rule.pattern.rpartition("/")
    if index_files and rule.allow and f"/{name}".startswith(INDEX_FILE) and "/" in rule.pattern:
        return rule.pattern, f"{directory}/$"
    return (rule.pattern,)


def _by_rarest(patterns: list[_Wild]) -> tuple[tuple[str, tuple[_Wild, ...]], ...]:
    """The patterns under a character each of them needs, the longest first."""
    arranged: dict[str, list[_Wild]] = {}
    for pattern in sorted(patterns, key=lambda one: -one.rank):
        arranged.setdefault(_rarest(pattern.pieces), []).append(pattern)
    return tuple((character, tuple(these)) for character, these in arranged.items())


def _shortest(pieces: Pieces) -> int:
    return len(pieces.first) + sum(map(len, pieces.inner)) + len(pieces.last or "")


def _rarest(pieces: Pieces) -> str:
    text = pieces.first + "".join(pieces.inner) + (pieces.last or "")
    return min(set(text), key=lambda one: (FREQUENCY.get(one, -len(COMMON)), one), default="")
