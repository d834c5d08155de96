"""The actions of a manifest and the digital source types they state.

Actions are those of C2PA 2.4 section 18.15 (`c2pa.actions`, both versions, with templates); a
digital source type may also stand in a metadata assertion (section 18.13). How far they are
believed, and what they come to, is for `provenance.c2pa.origin`.
"""

from __future__ import annotations

import re
from collections import deque
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from provenance.digital_source_type import DstClass, bare_name, classify

__all__ = ["Action", "actions_of", "assertions_of", "objects"]

DST_FIELD = "digitalsourcetype"
AI_DISCLOSURE = "c2pa.ai-disclosure"
KEY_END = re.compile(r"[:/#]")
AI_WORDS = re.compile("trainedalgorithmic|compositesynthetic", re.IGNORECASE)
LONGEST_NAME = 300
MOST_VALUES = 5000
AI = frozenset({DstClass.FULLY_AI, DstClass.PARTLY_AI})


@dataclass(frozen=True, slots=True)
class Action:
    """One action of a manifest, as far as origin goes.

    Attributes:
        name: `c2pa.created`, `c2pa.edited`, ...; `metadata` for a metadata assertion,
            `c2pa.ai-disclosure` for one that discloses the use of a model (section 18.28).
        source_type: bare name, '' when it states none.
        vouched: whether the signer vouches for it (a created, not a gathered assertion).
        says: the class of its source type; a disclosure says that AI may be in it.
    """

    name: str
    source_type: str
    vouched: bool
    says: DstClass


def actions_of(manifest: dict[str, Any]) -> tuple[Action, ...]:
    """The actions of a manifest in order, then what its other assertions state.

    A source type is looked for everywhere: under any prefix or address, in any assertion and at
    any depth. A place nobody reads is where an AI statement would be put by who has to make one.
    """
    legacy = manifest.get("claim_version") != 2
    actions: list[Action] = []
    others: list[Action] = []
    for assertion in assertions_of(manifest):
        label, data = str(assertion.get("label")), assertion.get("data")
        vouched = legacy or bool(assertion.get("created"))
        if label.startswith(AI_DISCLOSURE):
            others.append(Action(AI_DISCLOSURE, "", vouched, DstClass.MAY_CONTAIN_AI))
        if label.startswith("c2pa.actions") and isinstance(data, dict):
            actions += _listed_actions(data, vouched=vouched)
        else:
            others += [_action("metadata", one, vouched=vouched) for one in _stated_in(data)]
    return (*actions, *others)


def _listed_actions(data: dict[str, Any], *, vouched: bool) -> Iterable[Action]:
    templates = objects(data.get("templates"))
    for one in objects(data.get("actions")):
        name = str(one.get("action"))
        stated = [one.get("digitalSourceType"), *_stated_in(one)]
        for template in templates:
            if template.get("action") in (name, "*"):
                stated += _stated_in(template)
        yield _action(name, [value for value in stated if value is not None], vouched=vouched)


def _stated_in(data: object) -> list[object]:
    """The values of every key called digitalSourceType below `data`, and every AI term."""
    found: list[object] = []
    waiting, left = deque([data]), MOST_VALUES
    while waiting and left:
        left -= 1
        value = waiting.popleft()
        if isinstance(value, list):
            waiting += value
        elif isinstance(value, dict):
            for key, inner in value.items():
                if KEY_END.split(str(key))[-1].casefold() == DST_FIELD:
                    found.append(inner)
                waiting.append(inner)
        elif isinstance(value, str) and _is_ai_term(value):
            found.append(value)
    if waiting:
        found.append(None)
    return found


def _is_ai_term(value: str) -> bool:
    """Whether a text is, as a whole, a term of the vocabulary that says AI."""
    short = len(value) <= LONGEST_NAME and AI_WORDS.search(value)
    return bool(short) and classify(bare_name(value)) in AI


def _action(name: str, stated: object, *, vouched: bool) -> Action:
    """An action; of several source types in one place, one that says AI counts first.

    What stands where a source type should and is none that can be read is an unknown one.
    """
    names = [bare_name(text)[:LONGEST_NAME] for text in _texts(stated) if text.strip()]
    classes = [classify(one) for one in names]
    if not names:
        says = DstClass.EMPTY if stated in ([], "") else DstClass.UNKNOWN
        return Action(name, "", vouched, says)
    first = next((n for n, says in enumerate(classes) if says in AI), 0)
    return Action(name, names[first], vouched, classes[first])


def _texts(stated: object, depth: int = 8) -> Iterable[str]:
    """The texts of a JSON-LD value: a text, a list, or an object with `@id`, `@value`, `@list`."""
    match stated:
        case str():
            yield stated
        case list() if depth:
            for one in stated[:MOST_VALUES]:
                yield from _texts(one, depth - 1)
        case dict() if depth:
            for key in ("@id", "@value", "@list", "@set"):
                yield from _texts(stated.get(key), depth - 1)


def assertions_of(manifest: dict[str, Any]) -> list[dict[str, Any]]:
    """The well-formed assertions of a manifest, as the library gives them."""
    return objects(manifest.get("assertions"))


def objects(value: object) -> list[dict[str, Any]]:
    """The objects of a list in JSON; whoever signed it chose its shape, which may be any."""
    return [one for one in value if isinstance(one, dict)] if isinstance(value, list) else []
