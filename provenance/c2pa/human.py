"""How well a human origin is attested by a manifest graph: levels 0 to 4.

    0  no human claim, or the manifest is not intact
    1  claimed, but something is missing: trust, completeness, an inception
    2  attested by signers on a private or the interim list
    3  attested by signers on the official list
    4  a capture, all of it attested by devices of assurance level 2 on the official list, and
       dated by a time-stamping authority on the list

A claim in one's own favour counts only when everything is known and known to be good, so every
rule here is closed: a source type outside the vocabulary, a redaction, an action that is not C2PA's
own, an ingredient without a manifest each end it. That is not an accusation; it is not an answer.
"""

from __future__ import annotations

from dataclasses import dataclass

from provenance.c2pa.actions import assertions_of
from provenance.c2pa.graph import Node
from provenance.c2pa.origin import HUMAN, Said, inception
from provenance.c2pa.trust import TrustStore
from provenance.c2pa.vouching import distinguishes
from provenance.digital_source_type import DstClass
from provenance.evidence import TRUSTED_LEVELS, Integrity, Origin, SignerLevel

__all__ = ["HumanLevel", "human_level"]

ASSURED = 2
NOT_ACTIONS = frozenset({"metadata", "c2pa.ai-disclosure"})


@dataclass(frozen=True, slots=True)
class HumanLevel:
    """A level, and the code of what kept it from the next one."""

    level: int
    reason: str | None


def human_level(root: Node, said: Said, trust: TrustStore) -> HumanLevel:
    """How well the human origin `said` is attested by the graph below `root`."""
    if root.integrity is not Integrity.INTACT:
        return HumanLevel(0, "not_intact")
    if said.origin not in (Origin.CAPTURE, Origin.HUMAN_CREATION):
        return HumanLevel(0, "no_human_claim")
    nodes = list(root.walk())
    signed = [node for node in nodes if node.label]
    levels = {node.level(trust) for node in signed}
    if root.level(trust) not in TRUSTED_LEVELS:
        return HumanLevel(1, "signer_untrusted")
    if not levels <= TRUSTED_LEVELS:
        return HumanLevel(1, "ingredient_untrusted")
    if any(_is_gap(node) for node in nodes):
        return HumanLevel(1, "chain_incomplete")
    for node in nodes:
        if missing := _missing(node, trust):
            return HumanLevel(1, missing)
    if levels != {SignerLevel.OFFICIAL_TRUSTED}:
        return HumanLevel(2, "signer_not_official")
    if missing := _missing_for_the_best(root, signed, said):
        return HumanLevel(3, missing)
    return HumanLevel(4, None)


def _missing_for_the_best(root: Node, signed: list[Node], said: Said) -> str | None:
    """What keeps a graph of official signers from the highest level."""
    if said.origin is not Origin.CAPTURE:
        return "not_a_capture"
    stated = [node.assurance_level for node in signed]
    if None in stated:
        return "assurance_level_unknown"
    if any(level is not None and level < ASSURED for level in stated):
        return "assurance_level_low"
    return None if root.signed_at is not None else "no_trusted_time"


def _is_gap(node: Node) -> bool:
    """Whether something is not known here: no manifest, a broken one, or one with redactions."""
    return node.integrity is not Integrity.INTACT or bool(node.manifest.get("redactions"))


def _missing(node: Node, trust: TrustStore) -> str | None:
    """What one manifest of the graph lacks to carry a human claim."""
    if any(action.says is DstClass.UNKNOWN for action in node.actions):
        return "unknown_source_type"
    if not _begins_human(node):
        return "no_inception"
    if not _complete(node):
        return "actions_incomplete"
    return None if _vouched(node, trust) else "gathered_only"


def _begins_human(node: Node) -> bool:
    """Whether the work began as a human's here, or in a parent that is looked at by itself."""
    first = inception(node)
    if any(child.relationship == "parentOf" for child in node.children):
        return first is None
    return first is not None and first.name == "c2pa.created" and first.says in HUMAN


def _complete(node: Node) -> bool:
    """Whether the actions are said to be all there are, and all are C2PA's own."""
    listed = [
        assertion["data"]
        for assertion in assertions_of(node.manifest)
        if str(assertion.get("label")).startswith("c2pa.actions")
        and isinstance(assertion.get("data"), dict)
    ]
    names = [action.name for action in node.actions if action.name not in NOT_ACTIONS]
    return (
        bool(names)
        and all(data.get("allActionsIncluded") is True for data in listed)
        and all(name.startswith("c2pa.") and name != "c2pa.unknown" for name in names)
    )


def _vouched(node: Node, trust: TrustStore) -> bool:
    """Whether the signer vouches for the actions.

    One who draws no line between created and gathered is believed only when on the user's own
    private list, because then the user vouches for that signer.
    """
    if all(action.vouched for action in node.actions):
        return True
    private = node.level(trust) is SignerLevel.PRIVATE_TRUSTED
    return private and not distinguishes(node)
