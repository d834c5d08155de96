"""Usage preferences of the IETF: the vocabulary, and what one statement of it says.

Follows draft-ietf-aipref-vocab-07 sections 4 and 6: a structured field dictionary (RFC 9651) of
`train-ai` and `search` with the tokens `y` and `n`. Other labels are ignored, other values say
nothing about their label, and a statement that does not parse says nothing about any. Labels of
the drafts before (-01 to -04) are understood with their hierarchy and marked.

Each of these is a reading of its own, because they differ in form: `valid` for what the draft
defines, `nonconforming` for labels it no longer defines or that are misspelt, `malformed` for
values and statements it has as unknown. The last can show that somebody meant to reserve; it
never permits.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence

from provenance.evidence import Purpose, ReservationState
from provenance.rights.field_statements import Reading
from provenance.rights.purposes import strictest
from provenance.rights.records import Formal
from provenance.rights.structured_fields import (
    Member,
    StructuredFieldError,
    Type,
    parse_dictionary,
)

__all__ = ["disagree", "read_statement"]

RESERVED, ALLOWED = ReservationState.RESERVED, ReservationState.ALLOWED
UNKNOWN = ReservationState.UNKNOWN

CURRENT: dict[str, tuple[Purpose, ...]] = {
    "train-ai": ("train-ai", "train-genai"),
    "search": ("search",),
}
"""`train-ai` is the training of models that generate, under the name of all training."""

EVERYTHING: tuple[Purpose, ...] = (
    *("train-genai", "train-ai", "tdm", "ai-input", "ai-index", "search"),
)
LEGACY: tuple[dict[str, tuple[Purpose, ...]], ...] = (
    {"all": EVERYTHING, "bots": EVERYTHING},
    {"tdm": ("train-genai", "train-ai", "tdm", "ai-input", "search")},
    {"ai": ("train-genai", "train-ai")},
    {
        "genai": ("train-genai",),
        "train-genai": ("train-genai",),
        "ai-use": ("ai-input",),
        "ai-output": ("ai-input",),
        "inference": ("ai-input",),
    },
)
"""Labels of earlier drafts, broad ones first: what is said of a part wins over the whole."""

MISSPELT = {
    **dict.fromkeys(("ai-train", "ai-training", "training", "train"), "train-ai"),
    **dict.fromkeys(("train_ai", "ai_train", "trainai", "aitrain"), "train-ai"),
    **dict.fromkeys(("ai-input", "ai_input", "ai_use"), "ai-use"),
    **dict.fromkeys(("train-gen-ai", "train_genai", "genai-train"), "train-genai"),
}
"""Labels of other vocabularies that stand in such statements."""

NO = frozenset(
    {"n", "no", "0", "?0", "false", "none", "deny", "disallow", "disallowed", "reserved"}
)
STATES = {"y": ALLOWED, "n": RESERVED}

DENIED = re.compile(r"([a-z_-]{2,20}?)-(?:disallowed|prohibited|forbidden|denied|not-allowed)")
"""A label that says no by itself."""

LOOSE = re.compile(
    r"(?<![A-Za-z_-])([A-Za-z][A-Za-z_-]{1,20}+)[ \t]{0,8}+[=:]"
    r"[ \t]{0,8}+[\"']?+(\??[A-Za-z0-9]{1,12}+)"
)
"""A label and a value in a statement that does not parse."""

MOST_LOOSE = 100


def read_statement(text: str) -> tuple[Reading, ...]:
    """What a statement says, one reading for each form; none when it says nothing known.

    Args:
        text: one field with its repetitions joined, or the value of one rule without its path.
    """
    try:
        members = parse_dictionary(text)
    except StructuredFieldError as fault:
        why = f"unparseable: by the specification the whole statement is to be ignored ({fault})"
        return (Reading(_loosely(text), Formal.MALFORMED, (why,)),)
    return tuple(reading for reading in _readings(members) if reading.purposes)


def disagree(readings: Sequence[Reading]) -> bool:
    """Whether one reserves what another allows."""
    return any(
        {RESERVED, ALLOWED} <= {one.purposes.get(purpose) for one in readings}
        for purpose in EVERYTHING
    )


def _readings(members: Mapping[str, Member]) -> Iterator[Reading]:
    stated = {label: state for label, member in members.items() if (state := _state(member))}
    current = {
        purpose: stated[label]
        for label, purposes in CURRENT.items()
        if label in stated
        for purpose in purposes
    }
    yield Reading(current, Formal.VALID)
    labels = [label for label in stated if label in ALL_LEGACY or label in MISSPELT]
    yield Reading(
        _legacy({MISSPELT.get(label, label): stated[label] for label in labels}, current),
        Formal.NONCONFORMING,
        tuple(_named(label) for label in labels),
    )
    strange = {label: member for label, member in members.items() if label not in stated}
    denied = _denied(strange)
    if denied:
        warning = "unknown_token: a label that says no by itself"
        yield Reading(dict.fromkeys(denied, RESERVED), Formal.MALFORMED, (warning,))
    yield Reading(
        _plain((label, member.written) for label, member in strange.items()),
        Formal.MALFORMED,
        tuple(
            f"unknown_token: {label} is followed by a {member.type}, {member.written[:40]}"
            for label, member in strange.items()
            if _purposes(label)
        ),
    )


def _denied(members: Mapping[str, Member]) -> list[Purpose]:
    """The purposes of labels such as `ai-training-disallowed`, which stand alone."""
    found = (
        DENIED.fullmatch(label)
        for label, member in members.items()
        if member.type is Type.BOOLEAN and member.written == "?1"
    )
    return [purpose for match in found if match for purpose in _purposes(match[1])]


def _state(member: Member) -> ReservationState | None:
    """The preference, by the letter; None for a value that says nothing."""
    return STATES.get(member.written) if member.type is Type.TOKEN else None


def _legacy(
    stated: Mapping[str, ReservationState], current: Mapping[Purpose, ReservationState]
) -> dict[Purpose, ReservationState]:
    """Earlier labels from broad to narrow; broad ones do not speak of what `current` states."""
    found: dict[Purpose, ReservationState] = {}
    for labels in LEGACY:
        level: dict[Purpose, ReservationState] = {}
        narrow = labels is LEGACY[-1]
        for label, purposes in labels.items():
            for purpose in purposes if label in stated else ():
                if narrow or purpose not in current:
                    level[purpose] = strictest((stated[label], level.get(purpose, ALLOWED)))
        found |= level
    if "train-ai" in stated and "train-ai" not in current:  # under a name that is misspelt
        found |= dict.fromkeys(CURRENT["train-ai"], stated["train-ai"])
    return found


def _named(label: str) -> str:
    if label in MISSPELT:
        return f"typo: {label} is read as {MISSPELT[label]}"
    return f"legacy_vocab: {label} is a label of an earlier draft"


def _loosely(text: str) -> dict[Purpose, ReservationState]:
    """What somebody evidently meant who wrote a statement that is none."""
    found = (match for match, _ in zip(LOOSE.finditer(text), range(MOST_LOOSE), strict=False))
    return _plain((match[1].lower().replace("_", "-"), match[2]) for match in found)


def _plain(said: Iterator[tuple[str, str]]) -> dict[Purpose, ReservationState]:
    """Reserved where the value is a no in any spelling, else unknown; nothing is permitted."""
    found: dict[Purpose, ReservationState] = {}
    for label, written in said:
        state = RESERVED if written.strip("\"' ").lower() in NO else UNKNOWN
        for purpose in _purposes(label):
            found[purpose] = strictest((state, found.get(purpose, UNKNOWN)))
    return found


def _purposes(label: str) -> tuple[Purpose, ...]:
    label = MISSPELT.get(label, label)
    return CURRENT.get(label) or ALL_LEGACY.get(label, ())


ALL_LEGACY: dict[str, tuple[Purpose, ...]] = {
    label: purposes for labels in LEGACY for label, purposes in labels.items()
}
