"""The actions of a manifest and the digital source types they state.

Actions are those of C2PA 2.4 section 18.15 (`c2pa.actions`, both versions, with templates); a
digital source type may also stand in a metadata assertion (section 18.13). How far they are
believed, and what they come to, is for `provenance.c2pa.origin`.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from provenance.digital_source_type import DstClass, bare_name, classify

__all__ = ["Action", "actions_of", "assertions_of", "objects"]

METADATA = ("stds.iptc", "c2pa.metadata", "cawg.metadata", "stds.exif")
DST_FIELD = "digitalsourcetype"
AI_DISCLOSURE = "c2pa.ai-disclosure"
LONGEST_NAME = 300
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
    """The actions of a manifest in order, then its metadata assertions and disclosures."""
    legacy = manifest.get("claim_version") != 2
    actions: list[Action] = []
    others: list[Action] = []
    for assertion in assertions_of(manifest):
        label, data = str(assertion.get("label")), assertion.get("data")
        vouched = legacy or bool(assertion.get("created"))
        if label.startswith(AI_DISCLOSURE):
            others.append(Action(AI_DISCLOSURE, "", vouched, DstClass.MAY_CONTAIN_AI))
        if not isinstance(data, dict):
            continue
        if label.startswith("c2pa.actions"):
            actions += _listed_actions(data, vouched=vouched)
        elif label.startswith(METADATA):
            others += _metadata(data, vouched=vouched)
    return (*actions, *others)


def _listed_actions(data: dict[str, Any], *, vouched: bool) -> Iterable[Action]:
    templates = {
        str(one.get("action")): one.get("digitalSourceType")
        for one in objects(data.get("templates"))
    }
    for one in objects(data.get("actions")):
        name = str(one.get("action"))
        parameters = one.get("parameters")
        inside = parameters.get("digitalSourceType") if isinstance(parameters, dict) else None
        stated = one.get("digitalSourceType") or inside or templates.get(name) or templates.get("*")
        yield _action(name, stated, vouched=vouched)


def _metadata(data: dict[str, Any], *, vouched: bool) -> Iterable[Action]:
    """The source types of a metadata assertion, whatever prefix its context gives IPTC."""
    for key, value in data.items():
        if key.lower().rpartition(":")[2] == DST_FIELD:
            yield _action("metadata", value, vouched=vouched)


def _action(name: str, stated: object, *, vouched: bool) -> Action:
    """An action; of several source types in one place, one that says AI counts first."""
    names = [bare_name(text)[:LONGEST_NAME] for text in _texts(stated) if text.strip()]
    classes = [classify(one) for one in names]
    first = next((n for n, says in enumerate(classes) if says in AI), 0)
    if not names:
        return Action(name, "", vouched, DstClass.EMPTY)
    return Action(name, names[first], vouched, classes[first])


def _texts(stated: object) -> Iterable[str]:
    """The texts of a JSON-LD value: a text, a list, or an object with `@id` or `@value`."""
    match stated:
        case str():
            yield stated
        case list():
            for one in stated:
                if not isinstance(one, list):
                    yield from _texts(one)
        case dict():
            for key in ("@id", "@value"):
                if isinstance(stated.get(key), str):
                    yield stated[key]


def assertions_of(manifest: dict[str, Any]) -> list[dict[str, Any]]:
    """The well-formed assertions of a manifest, as the library gives them."""
    return objects(manifest.get("assertions"))


def objects(value: object) -> list[dict[str, Any]]:
    """The objects of a list in JSON; whoever signed it chose its shape, which may be any."""
    return [one for one in value if isinstance(one, dict)] if isinstance(value, list) else []
