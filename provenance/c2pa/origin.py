"""What a manifest graph says about who or what made the work.

Reads the actions (C2PA 2.4 section 18.15) and metadata assertions of every manifest on the way to
the inception, and gives two answers: an `Origin`, and how well a human origin is attested.

Two rules are not symmetric, on purpose. A statement that AI was used counts wherever it stands, in
a parent or a component, and whoever signed it: nobody gains by it. A statement that a human made
it counts only when everything on the way to it is intact, trusted and complete. And what a broken
ingredient says counts for neither: its bytes, or its claim, are not what was signed.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from provenance.c2pa.actions import Action, assertions_of
from provenance.c2pa.graph import Node
from provenance.c2pa.trust import TrustStore
from provenance.digital_source_type import DstClass
from provenance.evidence import TRUSTED_LEVELS, Integrity, Origin, SignerLevel

__all__ = ["HumanLevel", "Said", "human_level", "read_origin"]

AI = {DstClass.FULLY_AI: Origin.FULLY_AI, DstClass.PARTLY_AI: Origin.PARTLY_AI}
HUMAN = {DstClass.CAPTURE: Origin.CAPTURE, DstClass.HUMAN_CREATION: Origin.HUMAN_CREATION}

AiStatement = Literal[Origin.FULLY_AI, Origin.PARTLY_AI]


@dataclass(slots=True)
class Said:
    """What a manifest and everything below it says.

    Attributes:
        ai: the strongest AI statement.
        inception: what the work is said to have begun as, when that is human.
        contradictory: a human claim stands over an AI statement.
        uncertain: it may contain AI by its own statement.
        algorithmic: it was made by an algorithm that was not trained.
    """

    ai: AiStatement | None = None
    inception: Origin | None = None
    contradictory: bool = False
    uncertain: bool = False
    algorithmic: bool = False

    @property
    def origin(self) -> Origin:
        """The one word for it."""
        if self.contradictory:
            return Origin.CONTRADICTORY
        if self.ai is not None:
            return self.ai
        if self.uncertain:
            return Origin.MAY_CONTAIN_AI
        if self.inception is not None:
            return self.inception
        return Origin.ALGORITHMIC if self.algorithmic else Origin.NO_STATEMENT

    def hear_ai(self, statement: AiStatement) -> None:
        """Keep the stronger of two AI statements."""
        if self.ai is not Origin.FULLY_AI:
            self.ai = statement

    def hear_human(self, claim: Origin, *, begins: bool) -> None:
        """A human claim: an inception, or a contradiction when AI was stated before it."""
        if self.ai is not None:
            self.contradictory = True
        elif begins or self.inception is None:
            self.inception = claim


def read_origin(root: Node) -> Said:
    """What the whole graph below `root` says."""
    return _said(root)


def _said(node: Node) -> Said:
    actions = node.actions
    parents = [child for child in node.children if child.relationship == "parentOf"]
    said = _handed_down(parents)
    own_ai = any(action.says in AI for action in actions)
    own_human = [HUMAN[action.says] for action in actions if _claims_human(action)]
    first = _inception(actions, has_parent=bool(parents))
    for action in actions:
        _hear(said, action, begins=action is first)
    for child in node.children:
        if child.relationship != "componentOf" or child.integrity is not Integrity.INTACT:
            continue
        component = _said(child)
        said.uncertain |= component.uncertain
        if component.ai is not None:
            # "Made without AI" over an AI ingredient, and no word of it in the maker's own actions.
            if own_human and not own_ai:
                said.contradictory = True
                said.hear_ai(component.ai)
            else:
                said.hear_ai(Origin.PARTLY_AI)
    return said


def _handed_down(parents: list[Node]) -> Said:
    """What the intact parents say. There should be one; none of several may hide another."""
    every = [_said(parent) for parent in parents if parent.integrity is Integrity.INTACT]
    said = every[0] if every else Said()
    for other in every[1:]:
        said.contradictory |= other.contradictory
        said.uncertain |= other.uncertain
        if other.ai is not None:
            said.hear_ai(other.ai)
    return said


def _hear(said: Said, action: Action, *, begins: bool) -> None:
    match action.says:
        case DstClass.FULLY_AI:
            said.hear_ai(Origin.FULLY_AI if begins else Origin.PARTLY_AI)
        case DstClass.PARTLY_AI:
            said.hear_ai(Origin.PARTLY_AI)
        case DstClass.CAPTURE | DstClass.HUMAN_CREATION:
            if _claims_human(action):
                said.hear_human(HUMAN[action.says], begins=begins)
        case DstClass.MAY_CONTAIN_AI:
            said.uncertain = True
        case DstClass.ALGORITHMIC:
            said.algorithmic = True
        case DstClass.HUMAN_EDITS | DstClass.EMPTY | DstClass.UNKNOWN:
            pass


def _claims_human(action: Action) -> bool:
    """Whether an action says a human made the work itself, not something placed into it."""
    return action.says in HUMAN and action.name != "c2pa.placed"


def _inception(actions: tuple[Action, ...], *, has_parent: bool) -> Action | None:
    """The action the work began with: `c2pa.created`, else the first that states a source type.

    A `c2pa.created` that states none is told by the metadata, which is about the whole work.
    """
    created = next((action for action in actions if action.name == "c2pa.created"), None)
    if created is None and (has_parent or any(one.name == "c2pa.opened" for one in actions)):
        return None
    if created is not None:
        actions = (created, *(one for one in actions if one.name == "metadata"))
    return next((action for action in actions if action.source_type), created)


@dataclass(frozen=True, slots=True)
class HumanLevel:
    """How well a human origin is attested.

    Attributes:
        level: 0 no claim or not intact; 1 claimed; 2 by a private or interim signer; 3 by an
            official one; 4 by an official capture device of assurance level 2 with a trusted time.
        reason: code of what kept it from the next level.
    """

    level: int
    reason: str | None


def human_level(root: Node, said: Said, trust: TrustStore) -> HumanLevel:
    """How well the human origin `said` is attested by the graph below `root`."""
    if root.integrity is not Integrity.INTACT:
        return HumanLevel(0, "not_intact")
    if said.origin not in (Origin.CAPTURE, Origin.HUMAN_CREATION):
        return HumanLevel(0, "no_human_claim")
    levels = [_node_level(node, root, trust) for node in root.walk()]
    if any(level not in TRUSTED_LEVELS for level in levels):
        untrusted_root = levels[0] not in TRUSTED_LEVELS
        return HumanLevel(1, "signer_untrusted" if untrusted_root else "ingredient_untrusted")
    for node, level in zip(root.walk(), levels, strict=True):
        if node.integrity is not Integrity.INTACT or node.cut:
            return HumanLevel(1, "chain_incomplete")
        if not _complete(node):
            return HumanLevel(1, "actions_incomplete")
        if not _vouched(node, level):
            return HumanLevel(1, "gathered_only")
    if all(level is SignerLevel.OFFICIAL_TRUSTED for level in levels):
        return HumanLevel(3, "assurance_level_unknown")
    return HumanLevel(2, "signer_not_official")


def _node_level(node: Node, root: Node, trust: TrustStore) -> SignerLevel:
    """Trust in one node's signer; an ingredient without a manifest has none to mistrust."""
    if not node.label:
        return SignerLevel.PRIVATE_TRUSTED if node is not root else SignerLevel.UNTRUSTED
    signer = node.signer(trust)
    if signer is None:
        return SignerLevel.UNTRUSTED
    # An ingredient whose record already said "trusted" is not repeated, so its list is not known:
    # it is trusted by one of ours, and counts as the lowest of them.
    known_only_as_trusted = (
        node is not root
        and node.list_name is None
        and "signingCredential.trusted" in node.success
        and not any(code.startswith("signingCredential.") for code in node.failure)
    )
    return SignerLevel.LEGACY_TRUSTED if known_only_as_trusted else signer.level


def _complete(node: Node) -> bool:
    """Whether the actions are said to be all there are, and all are C2PA's own."""
    listed = [
        assertion["data"]
        for assertion in assertions_of(node.manifest)
        if str(assertion.get("label")).startswith("c2pa.actions")
        and isinstance(assertion.get("data"), dict)
    ]
    names = [action.name for action in node.actions if action.name != "metadata"]
    return (
        bool(names)
        and all(data.get("allActionsIncluded") is True for data in listed)
        and all(name.startswith("c2pa.") and name != "c2pa.unknown" for name in names)
    )


def _vouched(node: Node, level: SignerLevel) -> bool:
    """Whether the signer vouches for the actions.

    An assertion that is only *gathered* is hearsay. One exception: a signer on the user's own
    private list who draws no distinction at all (nothing but the hard binding is *created*, which
    is what the common signing library does unless told otherwise) is taken to vouch for what it
    signed, because the user vouches for that signer.
    """
    if all(action.vouched for action in node.actions):
        return True
    distinguishes = any(assertion.get("created") for assertion in assertions_of(node.manifest))
    return level is SignerLevel.PRIVATE_TRUSTED and not distinguishes
