"""The words and rules of one language, read from its table.

A table names groups of words (`FORBIDDEN`, `PERMIT`, `MODEL`...), the frames that take a clause out
of the reading, and the rules in their order. A text of words becomes a string with one character
for each group, and a rule is a regular expression over that string: of one clause of bounded
length, so that no text can make it slow.
"""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Literal

from provenance.evidence import ReservationState
from provenance.rights.language.folding import Token

__all__ = ["LANGUAGES", "Language", "Lexicon", "Rule", "Tag", "lexicon"]

Language = Literal["en", "fr"]
LANGUAGES: dict[Language, str] = {"en": "english.toml", "fr": "french.toml"}
OTHER, ACTION = "OTHER", "ACTION"
FIRST_CODE = 0xE000
STEM = 3
"""Letters by which words with a free ending are found; no shorter ones are allowed."""

NAME = re.compile(r"[A-Z]{2,}")


@dataclass(frozen=True, slots=True)
class Tag:
    """Words of a text that belong to a group.

    Attributes:
        name: of the group.
        first: index of the first token.
        last: past the last one.
    """

    name: str
    first: int
    last: int


@dataclass(frozen=True, slots=True)
class Rule:
    """What a clause must look like, and what it then says.

    Attributes:
        name: of the rule, kept with what it read.
        fits: over codes.
        reading: of the clause.
        unless: a pattern that takes the rule back.
        own: whether the clause must speak of somebody's own works, or to their readers.
        law: whether a legal reference alone stands for mining.
    """

    name: str
    fits: re.Pattern[str]
    reading: ReservationState
    unless: re.Pattern[str] | None
    own: bool
    law: bool


Phrase = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Lexicon:
    """One language.

    Attributes:
        codes: character of each group.
        frames: patterns of what is not a statement of its own, by name.
        rules: in the order in which they are tried.
        function_words: by which the language is known.
    """

    codes: dict[str, str]
    frames: dict[str, re.Pattern[str]]
    rules: tuple[Rule, ...]
    function_words: frozenset[str]
    dropped: frozenset[str]
    exact: dict[str, tuple[tuple[Phrase, str], ...]]
    stems: dict[str, tuple[tuple[Phrase, str], ...]]

    def tags(self, words: list[Token]) -> list[Tag]:
        """The groups of `words` in order, the longest phrase first; every word has one."""
        found: list[Tag] = []
        at = 0
        while at < len(words):
            name, length = self._longest(words, at)
            found.append(Tag(name, at, at + length))
            at += length
        return found

    def _longest(self, words: list[Token], at: int) -> tuple[str, int]:
        word = words[at].word
        best, length = OTHER, 1
        found = 0
        for phrase, name in (*self.exact.get(word, ()), *self.stems.get(word[:STEM], ())):
            if len(phrase) > found and _stands(phrase, words, at):
                best, length, found = name, len(phrase), len(phrase)
        return best, length

    def code(self, tags: list[Tag]) -> str:
        """One character for each tag."""
        return "".join(self.codes[one.name] for one in tags)


def _stands(phrase: Phrase, words: list[Token], at: int) -> bool:
    if at + len(phrase) > len(words):
        return False
    for offset, wanted in enumerate(phrase):
        word = words[at + offset].word
        if wanted[-1] == "*":
            if not word.startswith(wanted[:-1]):
                return False
        elif word != wanted:
            return False
    return True


@cache
def lexicon(language: Language) -> Lexicon:
    """The table of a language, read once."""
    written = tomllib.loads(Path(__file__).with_name(LANGUAGES[language]).read_text("utf-8"))
    groups: dict[str, list[str]] = written["words"]
    names = [*groups, OTHER, ACTION]
    codes = {name: chr(FIRST_CODE + at) for at, name in enumerate(names)}
    dropped = frozenset(written["drop"])
    exact: dict[str, list[tuple[Phrase, str]]] = {}
    stems: dict[str, list[tuple[Phrase, str]]] = {}
    for name, entries in groups.items():
        for entry in entries:
            for phrase in _phrases(entry, dropped):
                first = phrase[0]
                if first[-1] == "*":
                    stems.setdefault(first[:STEM], []).append((phrase, name))
                else:
                    exact.setdefault(first, []).append((phrase, name))
    return Lexicon(
        codes=codes,
        frames={name: _pattern(one, codes) for name, one in written["frames"].items()},
        rules=tuple(
            Rule(
                name=one["name"],
                fits=_pattern(one["fits"], codes),
                reading=ReservationState(one["reading"]),
                unless=_pattern(one["unless"], codes) if "unless" in one else None,
                own=one.get("own", False),
                law=one.get("law", False),
            )
            for one in written["rules"]
        ),
        function_words=frozenset(written["function_words"].split()),
        dropped=dropped,
        exact={word: tuple(them) for word, them in exact.items()},
        stems={word: tuple(them) for word, them in stems.items()},
    )


def _phrases(entry: str, dropped: frozenset[str]) -> list[Phrase]:
    """`retain|keep rights` stands for two phrases; words that are not seen are left out."""
    found: list[Phrase] = [()]
    for word in (one for one in entry.split() if one not in dropped):
        found = [(*one, choice) for one in found for choice in word.split("|")]
    return found


def _pattern(written: str, codes: dict[str, str]) -> re.Pattern[str]:
    """A pattern over names as one over codes; blanks mean nothing."""
    return re.compile(NAME.sub(lambda name: codes[name[0]], written).replace(" ", ""))
