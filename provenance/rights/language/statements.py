"""What the sentences of a text say of the use of works by machines.

Each clause is read on its own: what use it names, whether it is a statement at all (a question, a
report, advice or a promise about somebody's data is none), and which rule fits. A prohibition that
leaves room for a prior authorisation is a reservation, as every reservation does; one that says
under which licence the use is open is a condition. A permission is kept as such and gives no one
a right.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace

from provenance.evidence import Purpose, ReservationState
from provenance.rights.language.actions import Action, actions
from provenance.rights.language.clauses import clauses, outside_quotes
from provenance.rights.language.folding import Token, tokens
from provenance.rights.language.lexicon import ACTION, Language, Lexicon, Rule, Tag, lexicon
from provenance.rights.language.sentences import Sentence, sentences
from provenance.rights.purposes import RANK

__all__ = ["Statement", "statements"]

SPEAKS = re.compile(
    r"\bA\.?\s?I\b|\bI\.?A\b|\btdm\b|\bml\b|\bllms?\b|\bgpt|minin|intelligen|learn|train|entra[iî\u0302]|"
    r"fouill|explora|appren|mod[eè\u0300]l|scrap|crawl|harvest|moisson|aspir|790|\bdsm\b|damun|directive|44\s?b|122.?5|"
    r"artific|automat|g[eé\u0301]n[eé\u0301]ra|neur|corpus|diffusion|chatgpt|minage|robot",
    re.IGNORECASE,
)
"""A sentence without any of these names no use and is not looked at."""

NEARBY = 2
"""Sentences after one about models in which bare "training" is theirs."""

RESERVING = frozenset({ReservationState.RESERVED, ReservationState.CONDITIONAL})
EXCEPTING = frozenset({"all_but", "excluding"})
"""Rules whose exception is what is reserved."""

MODELS = re.compile(
    r"\bA\.?I\b|\bI\.?A\b|intelligen|machine.learning|apprentissage.auto|\bllm|model|mod\u00e8l",
    re.IGNORECASE,
)
"""What makes the next sentences speak of models too."""

MODEL_TAGS = frozenset({"MODEL", "GENMODEL", "LEARNING"})
CONCERNS = frozenset({"OWN", "CONTENT", "YOU", "WE", "REPERTOIRE", "LEGALREF"})


@dataclass(frozen=True, slots=True)
class Statement:
    """What one sentence says.

    Attributes:
        start: of the sentence in the text, with the line that leads its list in.
        end: past it.
        purposes: what it says of each use.
        rule: by which it was read.
        vague: whether training is meant but not said.
        repertoire: whether it speaks of a repertoire and not of one site or work.
    """

    start: int
    end: int
    purposes: dict[Purpose, ReservationState]
    rule: str
    vague: bool = False
    repertoire: bool = False

    def moved(self, by: int) -> Statement:
        """The same in a text that has `by` more characters in front."""
        return replace(self, start=self.start + by, end=self.end + by)


def statements(text: str, language: Language) -> Iterator[Statement]:
    """The statements of `text` in order, read as one language."""
    words = lexicon(language)
    since_models = NEARBY + 1
    for sentence in sentences(text):
        if (found := _read(text, sentence, words, about_models=since_models <= NEARBY)) is not None:
            yield found
        named = MODELS.search(text, sentence.start, sentence.end) is not None
        since_models = 1 if named else since_models + 1


def _read(text: str, sentence: Sentence, table: Lexicon, *, about_models: bool) -> Statement | None:
    start = sentence.lead[0] if sentence.lead else sentence.start
    if not SPEAKS.search(text, start, sentence.end) or _asks(text, sentence):
        return None
    own = tokens(text, sentence.start, sentence.end)
    words = outside_quotes([*tokens(text, *sentence.lead), *own] if sentence.lead else own)
    words = [one for one in words if one.word not in table.dropped]
    tags = table.tags(words)
    if table.frames["reported"].search(table.code(tags)):
        return None
    if tags and tags[0].name == "IF" and any(one.name == "SIGNAL" for one in tags):
        return None  # what holds depends on a signal or setting elsewhere
    purposes: dict[Purpose, ReservationState] = {}
    rules: list[str] = []
    vague = False
    concerns = any(one.name in CONCERNS for one in tags)
    for clause in clauses(tags, words):
        read = _clause(
            _without_proviso(clause, words),
            words,
            table,
            about_models=about_models or any(one.name in MODEL_TAGS for one in tags),
            concerns=concerns,
        )
        if read is None:
            continue
        rule, state, named, unsaid = read
        rules.append(rule.name)
        vague = vague or unsaid
        for purpose in named:
            if purpose not in purposes or RANK[state] > RANK[purposes[purpose]]:
                purposes[purpose] = state
    if not purposes:
        return None
    repertoire = any(one.name == "REPERTOIRE" for one in tags)
    return Statement(start, sentence.end, purposes, "+".join(rules), vague, repertoire)


def _asks(text: str, sentence: Sentence) -> bool:
    return text[sentence.start : sentence.end].rstrip("\"'\u201d\u00bb) ").endswith("?")


Read = tuple[Rule, ReservationState, tuple[Purpose, ...], bool]


def _without_proviso(clause: list[Tag], words: list[Token]) -> list[Tag]:
    """Without an exception in front ("Unless we have agreed to it, ..."), if it is only that."""
    if not clause or clause[0].name != "EXCEPT":
        return clause
    for at, tag in enumerate(clause):
        if tag.name in {"RESERVE", "RESERVED", "FORBIDS", "FORBIDDEN"}:
            return clause
        if words[tag.first].word == ",":
            return clause[at + 1 :]
    return clause


def _clause(
    clause: list[Tag],
    words: list[Token],
    table: Lexicon,
    *,
    about_models: bool,
    concerns: bool,
) -> Read | None:
    """The reading of a clause: rule, state, purposes, and whether training is only meant."""
    marked, found, collecting = actions(clause, words, about_models=about_models)
    code = table.code(marked)
    framed = any(
        pattern.search(code) for name, pattern in table.frames.items() if name != "reported"
    )
    if framed:
        return None
    weak = False
    if not found and collecting:
        weak = True
        marked = [
            Tag(ACTION, one.first, one.last) if at in collecting else one
            for at, one in enumerate(marked)
        ]
        code = table.code(marked)
    for rule in table.rules:
        if not (found or weak or rule.law) or (rule.own and not concerns):
            continue
        match = rule.fits.search(code)
        if match is None or (rule.unless and rule.unless.search(code)):
            continue
        if _excepted(rule, marked, found):
            continue
        if weak:
            reserved = rule.reading is ReservationState.RESERVED
            return (rule, ReservationState.UNKNOWN, ("tdm",), True) if reserved else None
        purposes = _purposes(found, match.start()) if found else ("tdm",)
        return rule, rule.reading, purposes, all(one.vague for one in found) and bool(found)
    return None


def _excepted(rule: Rule, marked: list[Tag], found: list[Action]) -> bool:
    """Whether what a prohibition is read of is only what it leaves open ("except for mining")."""
    if rule.reading not in RESERVING or rule.name in EXCEPTING:
        return False
    opening = next((at for at, one in enumerate(marked) if one.name == "EXCEPT" and at > 0), None)
    return opening is not None and bool(found) and all(one.at > opening for one in found)


def _purposes(found: list[Action], start: int) -> tuple[Purpose, ...]:
    """Those of the uses from where the rule begins to fit."""
    reached = [one for one in found if one.at >= start] or found
    return tuple(dict.fromkeys(purpose for one in reached for purpose in one.purposes))
