"""What is to be done with a work: mining, training of models, input to them, collecting for them.

A word alone is not enough. `training` is training of a model where one is named near it; `develop`
only where a model is what is developed; `for machine learning` is a purpose. What AI has made, an
assistant that is spoken of or a course about AI is none of these.
"""

from __future__ import annotations

from dataclasses import dataclass

from provenance.evidence import Purpose
from provenance.rights.language.folding import Token
from provenance.rights.language.lexicon import ACTION, Tag

__all__ = ["Action", "actions"]

MODELS = frozenset({"MODEL", "GENMODEL", "LEARNING"})
TRAINABLE = MODELS | {"MODELWORD"}
"""What can be trained; a bare "model" is one only where training is spoken of."""
ALWAYS: dict[str, Purpose] = {
    "MINE": "tdm",
    "BOT": "train-ai",
    "DATA": "train-ai",
    "RAG": "ai-input",
}
WITH = frozenset(["with", "using", "through", "via", "by", "avec", "par", "grace", "moyen", "aide"])
INTO = frozenset(["in", "into", "to", "with", "by", "on", "as", "dans", "vers", "en", "par", "a"])
UPON = frozenset(["on", "with", "from", "over", "sur", "avec", "to"])
POSSESSIVE = frozenset(["our", "its", "notre", "nos", "votre", "your"])
KINDS = frozenset(
    [
        "purpose",
        "purposes",
        "use",
        "uses",
        "usage",
        "training",
        "development",
        "fins",
        "usages",
        "utilisation",
    ]
)
TRAINING_INPUT = ("ing", "inc", "aliment", "integr", "feed", "fed", "nourr")
"""Beginnings of words for input that becomes part of a model."""

AHEAD, BEHIND = 14, 5
"""How far from a word of training a model is looked for, in tags."""

NEAR = 8
PURPOSE_GAP = 4


@dataclass(frozen=True, slots=True)
class Action:
    """A use of a work, found in the tags of a clause.

    Attributes:
        at: index of its tag.
        purposes: it is a case of.
        vague: whether training is meant but not said.
    """

    at: int
    purposes: tuple[Purpose, ...]
    vague: bool = False


def actions(
    tags: list[Tag], words: list[Token], *, about_models: bool = False
) -> tuple[list[Tag], list[Action], list[int]]:
    """The tags with uses marked as `ACTION`, the uses, and where collecting alone stands.

    Args:
        tags: of a clause.
        words: of the text the tags point into.
        about_models: whether the sentences around speak of models, so that "for training" is plain.
    """
    about_models = about_models or any(one.name in MODELS for one in tags)
    marked = list(tags)
    found: list[Action] = []
    collecting: list[int] = []
    for at, tag in enumerate(tags):
        one = _action(tags, words, at, about_models=about_models)
        if one is not None:
            marked[at] = Tag(ACTION, tag.first, tag.last)
            found.append(one)
        elif tag.name == "SCRAPE":
            collecting.append(at)
    if not found:
        for at, tag in enumerate(tags):
            if tag.name == "LEARNING" and _is_an_act(tags, words, at):
                marked[at] = Tag(ACTION, tag.first, tag.last)
                found.append(Action(at, ("train-ai",), vague=True))
    return marked, found, collecting


def _action(tags: list[Tag], words: list[Token], at: int, *, about_models: bool) -> Action | None:
    name = tags[at].name
    if name in ALWAYS:
        return Action(at, (ALWAYS[name],))
    if name == "TRAIN":
        return _trained(tags, words, at, about_models=about_models)
    if name == "BUILD":
        return _built(tags, words, at)
    if name == "INGEST":
        return _put_in(tags, words, at)
    if name == "SCRAPE":
        model = _ahead(tags, at, AHEAD)
        return None if model is None else Action(at, (_kind(tags, at, model + 3),))
    if name == "PURPOSE":
        return _purpose(tags, words, at)
    if name in MODELS and at + 1 < len(tags) and words[tags[at + 1].first].word in KINDS:
        return Action(at, (_kind(tags, at, at + 1),), vague=True)
    return None


def _built(tags: list[Tag], words: list[Token], at: int) -> Action | None:
    """Development of a model, and not of something else with one."""
    model = _ahead(tags, at, NEAR)
    if model is None or WITH & _between(tags, words, at, model):
        return None
    return Action(at, (_kind(tags, at, model + PURPOSE_GAP),))


def _put_in(tags: list[Tag], words: list[Token], at: int) -> Action | None:
    """Input into a model: `ingest` and `feed` for good, `upload` for one answer."""
    model = _ahead(tags, at, NEAR)
    if model is None or not INTO & _between(tags, words, at, model):
        return None
    kept = words[tags[at].first].word.startswith(TRAINING_INPUT)
    return Action(at, ("ai-input", "train-ai") if kept else ("ai-input",), vague=True)


def _is_an_act(tags: list[Tag], words: list[Token], at: int) -> bool:
    """Whether "machine learning" is what is done, and not what something is made of or about."""
    before = tags[at - 1] if at else None
    if before is not None and (
        before.name in {"OTHER", "CONTENT", "OWN"} or words[before.first].word in WITH | POSSESSIVE
    ):
        return False
    after = tags[at + 1] if at + 1 < len(tags) else None
    return after is None or after.name != "OTHER" or words[after.first].word in UPON


def _trained(tags: list[Tag], words: list[Token], at: int, *, about_models: bool) -> Action | None:
    """Training of a model that is named after the word or shortly before it."""
    model = _ahead(tags, at, AHEAD, TRAINABLE)
    behind = next(
        (one for one in range(at - 1, max(-1, at - 1 - BEHIND), -1) if tags[one].name in TRAINABLE),
        None,
    )
    if model is None and behind is None:
        plain = at == 0 or tags[at - 1].name in {"PURPOSE", "NOT", "WISH"}
        return Action(at, ("train-ai",), vague=True) if plain and about_models else None
    first = at if behind is None else behind
    last = at if model is None else model
    return Action(at, (_kind(tags, first, last + AHEAD),))


def _purpose(tags: list[Tag], words: list[Token], at: int) -> Action | None:
    """`for machine learning`, `in connection with AI`: a purpose right before its model."""
    model = _ahead(tags, at, PURPOSE_GAP)
    if model is None:
        return None
    passed = {tags[one].name for one in range(at + 1, model)}
    if passed & {"TRAIN", "BUILD", "MINE", "DATA", "BOT"}:
        return None
    by_whom = words[tags[at].first].word in {"by", "par"}
    if by_whom and not any(
        tags[one].name in {"USE", "INGEST", "SCRAPE"} for one in range(max(0, at - 4), at)
    ):
        return None
    return Action(at, (_kind(tags, at, model + NEAR),), vague=True)


def _ahead(tags: list[Tag], at: int, most: int, kinds: frozenset[str] = MODELS) -> int | None:
    for one in range(at + 1, min(len(tags), at + 1 + most)):
        if tags[one].name in kinds:
            return one
        if tags[one].name in {"CONTRAST", "REPORT"}:
            return None
    return None


def _between(tags: list[Tag], words: list[Token], first: int, last: int) -> set[str]:
    return {words[one].word for one in range(tags[first].last, tags[last].first)}


def _kind(tags: list[Tag], first: int, last: int) -> Purpose:
    """Training of models that generate, when no other model is named."""
    near = {one.name for one in tags[max(0, first) : last + 1]}
    return "train-genai" if "GENMODEL" in near and not near & {"MODEL", "LEARNING"} else "train-ai"
