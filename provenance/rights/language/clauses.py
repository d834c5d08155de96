"""Clauses of a sentence: where one statement ends and the next begins.

A semicolon, a dash and a word of contrast ("but", "mais") end one. A comma or an "and" does where
both sides say what may be done with a work and how ("mining is allowed and training is not"). What
is quoted inside a sentence is somebody else's word and taken out.
"""

from __future__ import annotations

from collections.abc import Iterator

from provenance.rights.language.folding import Token
from provenance.rights.language.lexicon import Tag

__all__ = ["LONGEST", "clauses", "outside_quotes"]

LONGEST = 260
"""Tags of a clause; the rest of a longer one is a clause of its own."""

BREAKS = frozenset({";", "\u2014"})
SAYS = frozenset(
    {"NOT", "PERMIT", "FORBIDDEN", "FORBIDS", "RESERVE", "RESERVED", "REQUIRE", "FREE", "OFFER"}
)
USES = frozenset({"MINE", "TRAIN", "BOT", "DATA", "MODEL", "GENMODEL", "LEARNING", "RAG"})
QUOTED_MOST = 3
"""Words in quotation marks that still count as the sentence's own: a term, not a quotation."""


def outside_quotes(words: list[Token]) -> list[Token]:
    """The words that are not in a quotation; a quoted term stays, without its marks."""
    found: list[Token] = []
    at = 0
    marks = [one for one, word in enumerate(words) if word.word in {"\u00ab", "\u00bb", '"'}]
    for opening, closing in zip(marks[::2], marks[1::2], strict=False):
        found += words[at:opening]
        inside = words[opening + 1 : closing]
        if len(inside) <= QUOTED_MOST or _whole(words, opening, closing):
            found += inside
        at = closing + 1
    rest = [one for one in words[at:] if one.word not in {"\u00ab", "\u00bb", '"'}]
    return found + rest


def _whole(words: list[Token], opening: int, closing: int) -> bool:
    """Whether the marks stand around nothing but a short name of a use."""
    return closing - opening <= 7 and any(
        one.word in {"mining", "fouille", "ai", "ia"} for one in words[opening:closing]
    )


def clauses(tags: list[Tag], words: list[Token]) -> Iterator[list[Tag]]:
    """The clauses of a sentence in order, as runs of its tags."""
    current: list[Tag] = []
    lead: list[Tag] = []
    for tag in tags:
        word = words[tag.first].word
        if word == ":" and not lead and {one.name for one in current} & SAYS:
            lead = [*current, tag]
        if word in BREAKS and not _names_a_use(current):
            yield from _parts(current, words)
            current = list(lead) if word == ";" else []
        elif (tag.name == "CONTRAST" and current) or len(current) >= LONGEST:
            yield from _parts(current, words)
            current = [tag]
        else:
            current.append(tag)
    yield from _parts(current, words)


def _names_a_use(tags: list[Tag]) -> bool:
    """Whether this is the left side of `AI training - prohibited`."""
    names = {one.name for one in tags}
    return len(tags) <= 8 and bool(names & USES) and not names & SAYS


def _parts(tags: list[Tag], words: list[Token]) -> Iterator[list[Tag]]:
    """The clause cut at each comma or conjunction that has a whole statement on both sides."""
    start = 0
    count = len(tags)
    ahead = [False] * (count + 1)
    says = uses = False
    for at in range(count - 1, -1, -1):
        says = says or tags[at].name in SAYS
        uses = uses or tags[at].name in USES
        ahead[at] = says and uses
    says = uses = False
    for at, tag in enumerate(tags):
        joins = tag.name == "AND" or words[tag.first].word == ","
        if joins and says and uses and ahead[at + 1] and _new_verb(tags, words, at):
            yield tags[start:at]
            start, says, uses = at + 1, False, False
            continue
        says = says or tag.name in SAYS
        uses = uses or tag.name in USES
    if tags[start:]:
        yield tags[start:]


def _new_verb(tags: list[Tag], words: list[Token], at: int) -> bool:
    """Whether what follows has a finite word of its own, before the list could go on."""
    for tag in tags[at + 1 : at + 9]:
        word = words[tag.first].word
        if tag.name in {"BE", "MODAL", "FORBIDS", "PERMIT", "REQUIRE", "RESERVE"}:
            return True
        if word == "," or tag.name == "AND":
            return False
    return False
