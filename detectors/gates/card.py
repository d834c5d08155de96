"""The card of a gate: what it tells apart, from what it learnt that, how well it does, where not.

It is data (`card.json`, schema `assay/gate-card/1`); `to_markdown` writes it for people, in English
or French. Its figures follow from `held_out.csv` alone (`detectors.gates.figures`), which is how a
gate is verified.
"""

from __future__ import annotations

from typing import ClassVar, Literal

from pydantic import Field

from detectors.gates.figures import GateFigures
from detectors.stored import Stored
from provenance.asset import Modality
from provenance.credentials import Record

__all__ = ["GateCard", "KindUsed"]


class KindUsed(Record):
    """Works of one kind from one source that a gate was made from, or tried on.

    Attributes:
        name: of the source, or of the system.
        kind: of its works.
        label: `human` or `ai`.
        works: how many were learnt from.
        tried: how many it was only tried on.
        left_out: how many were not used, for what their owner or licence says or for a fault.
        licence: as stated; `none stated` where it is not.
        known: how the kind is known, one sentence.
    """

    name: str
    kind: str
    label: Literal["human", "ai"]
    works: int = Field(ge=0)
    tried: int = Field(default=0, ge=0)
    left_out: int = Field(default=0, ge=0)
    licence: str = "none stated"
    known: str | None = None


class GateCard(Stored):
    """The card of a gate.

    Attributes:
        gate: its name.
        version: of its weights.
        modality: kind of work it looks at.
        features: name and version of the function whose numbers it takes.
        kinds: what it tells apart.
        description: one plain sentence.
        licence: SPDX identifier of the weights.
        intended_use: what it is for, by language.
        limits: where it fails, by language.
        data: the sources it was made from.
        figures: how it does on sources it had not seen.
    """

    called: ClassVar = "a card"

    schema_: Literal["assay/gate-card/1"] = Field(default="assay/gate-card/1", alias="schema")
    gate: str
    version: str
    modality: Modality
    features: str
    kinds: tuple[str, ...]
    description: str
    licence: str
    intended_use: dict[str, tuple[str, ...]] = Field(default_factory=dict)
    limits: dict[str, tuple[str, ...]] = Field(default_factory=dict)
    data: tuple[KindUsed, ...] = ()
    figures: GateFigures

    def to_json(self) -> str:
        """As `card.json` holds it; the same card gives the same bytes."""
        return self.model_dump_json(by_alias=True, indent=1) + "\n"

    def to_markdown(self, lang: str = "en") -> str:
        """The card for people.

        Raises:
            ConfigError: there is no such language.
        """
        from detectors.gates.card_page import page

        return page(self, lang)
