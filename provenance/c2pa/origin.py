"""What a manifest graph says about who or what made the work.

Reads the actions (C2PA 2.4 section 18.15), metadata and disclosures of every manifest on the way
to the inception. How well a human origin is attested is for `provenance.c2pa.human`.

The rules are not symmetric, on purpose. A statement that AI was used counts wherever it stands, in
a parent or a component, and whoever signed it: nobody gains by it. Whether it is *proven* is
another question: the signer of the file vouches for having used an ingredient, not for what the
ingredient says, so each statement keeps whether a trusted signer vouches for it itself. What a
broken ingredient says counts for nothing: its bytes, or its claim, are not what was signed.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Literal

from provenance.c2pa.actions import Action
from provenance.c2pa.graph import Node
from provenance.c2pa.trust import TrustStore
from provenance.c2pa.vouching import is_vouched
from provenance.digital_source_type import DstClass
from provenance.evidence import Integrity, Origin

__all__ = ["HUMAN", "Said", "inception", "read_origin"]

AI: dict[DstClass, AiStatement] = {
    DstClass.FULLY_AI: Origin.FULLY_AI,
    DstClass.PARTLY_AI: Origin.PARTLY_AI,
}
HUMAN = {DstClass.CAPTURE: Origin.CAPTURE, DstClass.HUMAN_CREATION: Origin.HUMAN_CREATION}

DEEPEST = 150
"""Manifests between the file and its inception; beyond, what they say is not read."""

AiStatement = Literal[Origin.FULLY_AI, Origin.PARTLY_AI]


@dataclass(slots=True)
class Said:
    """What a manifest and everything below it says.

    Attributes:
        ai: the strongest AI statement.
        ai_vouched: whether a trusted signer vouches for it.
        human: what the work is said to be, when that is human.
        contradictory: a human claim stands over an AI statement.
        denied: it stands there in a manifest that does not mention AI.
        uncertain: it may contain AI by its own statement.
        algorithmic: it was made by an algorithm that was not trained.
        cut: manifests too deep to read were left out.
    """

    ai: AiStatement | None = None
    ai_vouched: bool = False
    human: Origin | None = None
    contradictory: bool = False
    denied: bool = False
    uncertain: bool = False
    algorithmic: bool = False
    cut: bool = False

    @property
    def origin(self) -> Origin:
        """The one word for it."""
        if self.contradictory:
            return Origin.CONTRADICTORY
        if self.ai is not None:
            return self.ai
        if self.uncertain or self.cut:
            return Origin.MAY_CONTAIN_AI
        if self.algorithmic:
            return Origin.ALGORITHMIC
        return self.human or Origin.NO_STATEMENT

    def hear_ai(self, statement: AiStatement, *, vouched: bool) -> None:
        """Keep the stronger of two AI statements; of two alike, the one that is vouched for."""
        if self.ai is statement:
            self.ai_vouched |= vouched
        elif self.ai is not Origin.FULLY_AI:
            self.ai, self.ai_vouched = statement, vouched

    def hear_human(self, claim: Origin, *, openly: bool) -> None:
        """A human claim, or a contradiction when AI was stated before it.

        Args:
            claim: capture or human creation.
            openly: the manifest that makes it mentions AI as well.
        """
        if self.ai is not None:
            self.contradictory = True
            self.denied |= not openly
        elif self.human is None:
            self.human = claim

    def add(self, other: Said) -> None:
        """Take over what another parent says; none of several may hide another."""
        self.contradictory |= other.contradictory
        self.denied |= other.denied
        self.uncertain |= other.uncertain
        self.algorithmic |= other.algorithmic
        self.cut |= other.cut
        self.human = self.human or other.human
        if other.ai is not None:
            self.hear_ai(other.ai, vouched=other.ai_vouched)


def read_origin(root: Node, trust: TrustStore) -> Said:
    """What the whole graph below `root` says."""
    return _Listener(trust).hear(root, DEEPEST)


class _Listener:
    """Hears every manifest of a graph once."""

    def __init__(self, trust: TrustStore) -> None:
        self._trust = trust
        self._heard: dict[str | None, Said] = {}

    def hear(self, node: Node, depth: int) -> Said:
        """What `node` and everything below it says."""
        if node.label in self._heard:
            return replace(self._heard[node.label])
        if not depth:
            return Said(cut=True)
        if node.label is not None:
            self._heard[node.label] = Said(cut=True)  # what a loop hears of itself
        said = self._manifest(node, depth - 1)
        if node.label is not None:
            self._heard[node.label] = said
        return replace(said)

    def _manifest(self, node: Node, depth: int) -> Said:
        said = Said()
        intact = [child for child in node.children if child.integrity is Integrity.INTACT]
        for parent in intact:
            if parent.relationship == "parentOf":
                said.add(self.hear(parent, depth))
        openly = any(action.says in AI for action in node.actions)
        claims = any(_claims_human(action) for action in node.actions)
        first = inception(node)
        for action in node.actions:
            self._action(said, action, node, begins=action is first, openly=openly)
        for child in intact:
            if child.relationship != "parentOf":
                below = self.hear(child, depth)
                _ingredient(said, child, below, claims=claims, openly=openly)
        return said

    def _action(
        self, said: Said, action: Action, node: Node, *, begins: bool, openly: bool
    ) -> None:
        match action.says:
            case DstClass.FULLY_AI | DstClass.PARTLY_AI:
                fully = action.says is DstClass.FULLY_AI and begins
                statement: AiStatement = Origin.FULLY_AI if fully else Origin.PARTLY_AI
                said.hear_ai(statement, vouched=is_vouched(action, node, self._trust))
            case DstClass.CAPTURE | DstClass.HUMAN_CREATION:
                if _claims_human(action):
                    said.hear_human(HUMAN[action.says], openly=openly)
            case DstClass.MAY_CONTAIN_AI:
                said.uncertain = True
            case DstClass.ALGORITHMIC:
                said.algorithmic = True
            case DstClass.HUMAN_EDITS | DstClass.EMPTY | DstClass.UNKNOWN:
                pass


def _ingredient(said: Said, child: Node, below: Said, *, claims: bool, openly: bool) -> None:
    """What an intact component or input adds to what its user says."""
    said.uncertain |= below.uncertain
    said.cut |= below.cut
    if below.ai is None:
        return
    if child.relationship != "componentOf":
        said.uncertain = True  # an input went into it somehow: neither AI in it, nor free of AI
    elif claims and not openly:
        # "Made without AI" over an AI ingredient, and no word of it in the maker's own actions.
        said.contradictory = said.denied = True
        said.hear_ai(below.ai, vouched=below.ai_vouched)
    else:
        said.hear_ai(Origin.PARTLY_AI, vouched=below.ai_vouched)


def _claims_human(action: Action) -> bool:
    """Whether an action says a human made the work itself, not something placed into it."""
    return action.says in HUMAN and action.name != "c2pa.placed"


def inception(node: Node) -> Action | None:
    """The action the work began with: `c2pa.created`, else the first that states a source type.

    A `c2pa.created` that states none is told by the metadata, which is about the whole work.
    """
    actions = node.actions
    has_parent = any(child.relationship == "parentOf" for child in node.children)
    created = next((action for action in actions if action.name == "c2pa.created"), None)
    if created is None and (has_parent or any(one.name == "c2pa.opened" for one in actions)):
        return None
    if created is not None:
        actions = (created, *(one for one in actions if one.name == "metadata"))
    return next((action for action in actions if action.source_type), created)
