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
DST_FIELD = "Iptc4xmpExt:DigitalSourceType"
LONGEST_NAME = 300


@dataclass(frozen=True, slots=True)
class Action:
    """One action of a manifest, as far as origin goes.

    Attributes:
        name: `c2pa.created`, `c2pa.edited`, ...; `metadata` for a metadata assertion.
        source_type: bare name, '' when it states none.
        vouched: whether the signer vouches for it (a created, not a gathered assertion).
    """

    name: str
    source_type: str
    vouched: bool

    @property
    def says(self) -> DstClass:
        """The class of its digital source type."""
        return classify(self.source_type) if self.source_type else DstClass.EMPTY


def actions_of(manifest: dict[str, Any]) -> tuple[Action, ...]:
    """The actions of a manifest in order, then its metadata assertions."""
    legacy = manifest.get("claim_version") != 2
    actions: list[Action] = []
    metadata: list[Action] = []
    for assertion in assertions_of(manifest):
        label, data = str(assertion.get("label")), assertion.get("data")
        if not isinstance(data, dict):
            continue
        vouched = legacy or bool(assertion.get("created"))
        if label.startswith("c2pa.actions"):
            actions += _listed_actions(data, vouched=vouched)
        elif label.startswith(METADATA) and isinstance(data.get(DST_FIELD), str):
            metadata.append(Action("metadata", _stated(data[DST_FIELD]), vouched))
    return (*actions, *metadata)


def _listed_actions(data: dict[str, Any], *, vouched: bool) -> Iterable[Action]:
    templates = {
        str(one.get("action")): one.get("digitalSourceType")
        for one in objects(data.get("templates"))
    }
    for one in objects(data.get("actions")):
        name = str(one.get("action"))
        stated = one.get("digitalSourceType") or templates.get(name) or templates.get("*")
        yield Action(name, _stated(stated), vouched)


def _stated(source_type: object) -> str:
    return bare_name(source_type)[:LONGEST_NAME] if isinstance(source_type, str) else ""


def assertions_of(manifest: dict[str, Any]) -> list[dict[str, Any]]:
    """The well-formed assertions of a manifest, as the library gives them."""
    return objects(manifest.get("assertions"))


def objects(value: object) -> list[dict[str, Any]]:
    """The objects of a list in JSON; whoever signed it chose its shape, which may be any."""
    return [one for one in value if isinstance(one, dict)] if isinstance(value, list) else []
