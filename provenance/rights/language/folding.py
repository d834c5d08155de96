"""Words of a text in the one form the lexicons know, each with its place in the original.

Folded are case, accents, typographic apostrophes and quotation marks, hyphens, ligatures,
compatibility forms (NFKD) and characters that cannot be seen; so `ENTRAÎNEMENT` and `entrainement`
are one word. `don't` is two words, so is `l'IA`.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from functools import lru_cache

__all__ = ["Token", "fold", "tokens"]

APOSTROPHES = "'\u2019\u2018\u02bc\u00b4`\u2032\uff07"
HYPHENS = "-\u2010\u2011\u00ad\u2043\ufe63\uff0d_/"
OPENING = "\u201c\u00ab\u201e\u201f"
CLOSING = "\u201d\u00bb"
DASHES = "\u2013\u2014\u2015\u2212"
SMALL_STAYS = {"\u0153": "oe", "\u00e6": "ae", "\u00df": "ss"}

WORD = re.compile(
    rf"\b(?:A\.I|I\.A)\b\.?|[^\W_]+(?:[\u00ad\u200b-\u200d\u0300-\u036f]+[^\W_]*)*|[{APOSTROPHES}]|[{OPENING}{CLOSING}\"]"
    rf"|[,;:?!()\[\]{DASHES}\u00a7]|(?<=\s)-+(?=\s)|[-+*\u2022](?=\s)|(?<=\s)[/|](?=\s)"
)
NEGATED = ("don", "doesn", "didn", "isn", "aren", "wasn", "weren", "won", "wouldn", "can", "couldn")
NEGATED_STEMS = frozenset(
    {*NEGATED, "shouldn", "mustn", "hasn", "haven", "hadn", "shan", "needn", "mayn"}
)
WHOLE = {"don": "do", "won": "will", "shan": "shall"}


@dataclass(frozen=True, slots=True)
class Token:
    """A word or mark.

    Attributes:
        word: folded.
        start: of its characters in the original text.
        end: past its last character.
        title: whether the original begins with a capital letter.
    """

    word: str
    start: int
    end: int
    title: bool = False


@lru_cache(maxsize=8192)
def fold(word: str) -> str:
    """A word without case, accents and invisible characters."""
    decomposed = unicodedata.normalize("NFKD", word.lower())
    return "".join(
        SMALL_STAYS.get(one, one)
        for one in decomposed
        if not unicodedata.combining(one) and unicodedata.category(one) != "Cf"
    )


def tokens(text: str, start: int = 0, end: int | None = None) -> list[Token]:
    """The words and marks of `text[start:end]` in order; offsets are those of `text`."""
    found: list[Token] = []
    for match in WORD.finditer(text, start, len(text) if end is None else end):
        raw = match[0]
        first = raw[0]
        if first in OPENING or first in CLOSING or first == '"':
            word = "\u00ab" if first in OPENING else "\u00bb" if first in CLOSING else '"'
        elif raw in {"/", "|"}:
            word = "/"
        elif first in DASHES or (first == "-" and not raw[-1].isalnum()):
            word = "\u2014"
        elif first in APOSTROPHES:
            word = "'"
        else:
            word = fold(raw[:64].replace(".", ""))
        if not word:
            continue
        found.append(Token(word, match.start(), match.end(), first.isupper()))
    return _joined(found)


def _joined(raw: list[Token]) -> list[Token]:
    """Without the apostrophes: `don ' t` is `do not`, `l ' ia` is `l ia`, `site ' s` is `site`."""
    found: list[Token] = []
    at = 0
    while at < len(raw):
        one = raw[at]
        if one.word != "'":
            found.append(one)
            at += 1
            continue
        after = raw[at + 1] if at + 1 < len(raw) else None
        touching = after is not None and after.start == one.end
        if touching and found and found[-1].end == one.start and after is not None:
            stem = found[-1].word
            if after.word == "t" and stem in NEGATED_STEMS:
                found[-1] = Token(
                    WHOLE.get(stem, stem.removesuffix("n") if stem != "can" else stem),
                    found[-1].start,
                    found[-1].end,
                    found[-1].title,
                )
                found.append(Token("not", after.start, after.end))
                at += 2
                continue
            if after.word == "s":
                at += 2
                continue
        at += 1
    return found
