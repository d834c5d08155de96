"""Which language a passage is in, by its function words.

Only what is needed to give a passage to the right rules: English, French, another language that is
known not to be read, or too short to tell. Words that two languages share count for both. One
passage is a run of paragraphs of one language; a paragraph too short to tell goes with the one
before it, or with the whole text.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache

from provenance.rights.language.folding import fold
from provenance.rights.language.lexicon import LANGUAGES, lexicon

__all__ = ["UNREAD", "Passage", "language_of", "passages"]

UNREAD = {
    "de": "der die das und ist nicht von zu den mit fur auf dem des ein eine werden wird sind oder",
    "es": "el los las de que y en del por con para una se no su al es o como sin esta este",
    "it": "il lo gli di che e in del della per con una non si dei delle o sono questo senza ogni",
    "nl": "de het een van en in is niet op te voor met zijn dat die door of worden zonder deze",
    "pt": "o os as de que e em do da dos das para por com uma nao se ou sem este esta",
}
"""Languages that are known by sight and not read."""

WORD = re.compile(r"[^\W\d_]{1,12}")
SAMPLE = 4000
"""Characters of a paragraph that are looked at."""

PARAGRAPH = re.compile(r"\n[ \t\r]*\n[\s]*")


@dataclass(frozen=True, slots=True)
class Passage:
    """A run of paragraphs.

    Attributes:
        start: in the text.
        end: past its last character.
        language: None when it cannot be told.
    """

    start: int
    end: int
    language: str | None


def language_of(text: str) -> str | None:
    """Code of the language, of those that are known; None when too little speaks for one."""
    known = _known()
    votes: Counter[str] = Counter()
    for word in WORD.findall(text[:SAMPLE]):
        for language in known.get(fold(word), ()):
            votes[language] += 1
    if not votes:
        return None
    (best, most), *others = votes.most_common(2)
    second = others[0][1] if others else 0
    if best in UNREAD and (most < 3 or most < 1.3 * second):
        readable = [one for one in LANGUAGES if votes[one] == second and second]
        return readable[0] if len(readable) == 1 else None
    return best if most > second else None


def passages(text: str) -> Iterator[Passage]:
    """The passages of `text` in order; together they are all of it."""
    whole = language_of(text)
    start, current = 0, None
    first = 0
    for gap in PARAGRAPH.finditer(text):
        language = language_of(text[first : gap.start()]) or current or whole
        if current is not None and language != current:
            yield Passage(start, first, current)
            start = first
        current = language
        first = gap.end()
    language = language_of(text[first:]) or current or whole
    if current is not None and language != current and first > start:
        yield Passage(start, first, current)
        start = first
    yield Passage(start, len(text), language)


@cache
def _known() -> dict[str, tuple[str, ...]]:
    """The languages of each function word."""
    found: dict[str, list[str]] = {}
    tables: dict[str, frozenset[str]] = {
        **{str(one): lexicon(one).function_words for one in LANGUAGES},
        **{one: frozenset(words.split()) for one, words in UNREAD.items()},
    }
    for language, words in tables.items():
        for word in words:
            found.setdefault(word, []).append(language)
    return {word: tuple(them) for word, them in found.items()}
