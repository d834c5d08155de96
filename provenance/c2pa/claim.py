"""What a signer wants to say of a work, and the manifest that says it.

Actions follow C2PA 2.4 section 18.15: a work begins with `c2pa.created` or, from something that
was there, with `c2pa.opened`, never with both. Rights over training and mining are the assertion
of CAWG Training and Data Mining 1.1. A claim that makes no sense is refused when it is made, before
any file is opened.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from typing import Any

from provenance.digital_source_type import (
    C2PA_BASE,
    CLASSES,
    IPTC_BASE,
    DstClass,
    bare_name,
)
from provenance.errors import ConfigError

__all__ = [
    "NO_TRAINING",
    "OWN",
    "Claim",
    "Intent",
    "MiningPurpose",
    "MiningUse",
    "Permission",
    "component",
    "manifest",
    "source_type",
]

RETIRED = {"digitalArt": "digitalCreation", "softwareImage": "algorithmicMedia"}
OF_C2PA = frozenset({"trainedAlgorithmicData", "empty"})
OWN = "parent"
"""What the actions call the parent."""


class Intent(StrEnum):
    """What became of the work."""

    CREATE = "create"
    """It was made: nothing was there before it."""
    EDIT = "edit"
    """The file itself was there before, and its credentials are kept."""
    DERIVED = "derived"
    """It was made from other files."""


class MiningPurpose(StrEnum):
    """What others may want to do with the work."""

    DATA_MINING = "data_mining"
    AI_INFERENCE = "ai_inference"
    AI_TRAINING = "ai_training"
    AI_GENERATIVE_TRAINING = "ai_generative_training"


class Permission(StrEnum):
    """Whether they may."""

    ALLOWED = "allowed"
    NOT_ALLOWED = "notAllowed"
    CONSTRAINED = "constrained"


@dataclass(frozen=True, slots=True)
class MiningUse:
    """One entry: a permission, and its terms when it is constrained."""

    permission: Permission
    terms: str | None = None

    def __post_init__(self) -> None:
        if (self.permission is Permission.CONSTRAINED) != bool(self.terms):
            raise ConfigError("a constrained use needs its terms, and no other has any")


NO_TRAINING: Mapping[MiningPurpose, MiningUse] = {
    purpose: MiningUse(Permission.NOT_ALLOWED) for purpose in MiningPurpose
}
"""Everything is reserved."""

SAYS_AI = frozenset({DstClass.FULLY_AI, DstClass.PARTLY_AI, DstClass.MAY_CONTAIN_AI})


@dataclass(frozen=True, slots=True)
class Claim:
    """A claim about one work.

    Attributes:
        source_type: bare name of a digital source type; it says how the work was made, for an
            edit how the edit was.
        intent: what became of it.
        title: of the work, shown to whoever reads the manifest.
        parent: the file it was derived from.
        components: files that were placed into it.
        complete: whether these are all the actions there were, in the signer's own word.
        training: reservations and permissions; what is not named is not spoken of.
    """

    source_type: str
    intent: Intent = Intent.CREATE
    title: str | None = None
    parent: Path | None = None
    components: tuple[Path, ...] = ()
    complete: bool = False
    training: Mapping[MiningPurpose, MiningUse] = field(default_factory=dict)

    def __post_init__(self) -> None:
        if source_type(self.source_type) != self.source_type:
            raise ConfigError(f"{self.source_type}: write {source_type(self.source_type)}")
        derived = self.parent is not None or bool(self.components)
        if self.intent is Intent.DERIVED and not derived:
            raise ConfigError("a derived work needs what it was derived from: a parent, components")
        if self.intent is not Intent.DERIVED and derived:
            raise ConfigError(f"the intent {self.intent} has no parent and no components")
        if self.begins:
            if self.says is DstClass.HUMAN_EDITS:
                raise ConfigError(
                    f"{self.source_type} says how a work was edited, not how it was made",
                    hint="Use the intent edit, or say how it was made: digitalCreation, ...",
                )
        elif self.says in BEGINNINGS:
            raise ConfigError(
                f"{self.source_type} says how a work began, and this one began as another",
                hint="Say how it was edited: humanEdits, compositeWithTrainedAlgorithmicMedia, ...",
            )

    @property
    def begins(self) -> bool:
        """Whether the work is said to begin here; else it was opened."""
        return self.intent is not Intent.EDIT and self.parent is None

    @property
    def says(self) -> DstClass:
        """The class of its source type."""
        return CLASSES[self.source_type]

    @property
    def is_silent_on_ai(self) -> bool:
        """Whether nobody would learn from it that AI was used."""
        return self.says not in SAYS_AI


BEGINNINGS = frozenset({DstClass.CAPTURE, DstClass.HUMAN_CREATION, DstClass.EMPTY})


def source_type(name: str) -> str:
    """The bare name of a source type that may be written.

    Raises:
        ConfigError: it is none, or a retired one.
    """
    bare = bare_name(name)
    if better := RETIRED.get(bare):
        raise ConfigError(f"{bare} is retired", hint=f"Use {better}, if that is what you mean.")
    if bare not in CLASSES:
        names = ", ".join(one for one in CLASSES if one not in RETIRED)
        raise ConfigError(f"'{name}' is not a digital source type", hint=f"There are: {names}.")
    return bare


def manifest(claim: Claim, generator: tuple[str, str]) -> dict[str, Any]:
    """The manifest, as the library takes it.

    Args:
        claim: what it says.
        generator: name and version of the program that writes it.
    """
    name, version = generator
    written: dict[str, Any] = {
        "claim_version": 2,
        "claim_generator_info": [{"name": name, "version": version}],
        "assertions": [{"label": "c2pa.actions.v2", "data": _actions(claim)}],
    }
    if claim.title:
        written["title"] = claim.title
    if claim.training:
        entries = {f"cawg.{purpose}": _entry(use) for purpose, use in claim.training.items()}
        written["assertions"].append(
            {"label": "cawg.training-mining", "data": {"entries": entries}}
        )
    return written


def component(number: int) -> str:
    """What the actions call a component."""
    return f"component-{number}"


def _actions(claim: Claim) -> dict[str, Any]:
    stated = {"digitalSourceType": _uri(claim.source_type)}
    if claim.begins:
        actions: list[dict[str, Any]] = [{"action": "c2pa.created", **stated}]
    else:
        opened = {"action": "c2pa.opened", "parameters": {"ingredientIds": [OWN]}}
        actions = [opened, {"action": "c2pa.edited", **stated}]
    actions += [
        {"action": "c2pa.placed", "parameters": {"ingredientIds": [component(number)]}}
        for number in range(len(claim.components))
    ]
    return {"actions": actions} | ({"allActionsIncluded": True} if claim.complete else {})


def _entry(use: MiningUse) -> dict[str, str]:
    return {"use": use.permission.value} | ({"constraint_info": use.terms} if use.terms else {})


def _uri(bare: str) -> str:
    return (C2PA_BASE if bare in OF_C2PA else IPTC_BASE) + bare
