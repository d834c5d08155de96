"""What every manifest of a graph says, as evidence: a tidy tree that a report can show.

For each manifest: what was done, with what, when (C2PA 2.4 section 18.15), which assertions the
signer made and which it passed on (section 10.3.2), when it was signed and how surely, what C2PA's
own rubric makes of it, and which marks may lead back to it (soft bindings, section 9.3). Nothing
here is a judgement of ours: that is `provenance.c2pa.origin` and `provenance.c2pa.human`.

A store may be made to be huge. What is shown is bounded in number and in depth; what is left out is
told.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from provenance.c2pa.actions import assertions_of, objects
from provenance.c2pa.graph import Node, moment, source_types, text_of
from provenance.c2pa.signals import signals_of
from provenance.c2pa.trust import TrustStore
from provenance.credentials import Claim, ClaimAction, Identity, Ingredient
from provenance.digital_source_type import bare_name

__all__ = ["History"]

MOST_MANIFESTS = 500
DEEPEST = 40
MOST_ACTIONS = 1000
"""In a whole report; a file edited for months has tens."""

MOST_LABELS = 100
MOST_BINDINGS = 10
ACTIONS = "c2pa.actions"
SOFT_BINDING = "c2pa.soft-binding"


class History:
    """A node and the ingredients below it as evidence, up to a size that a report can show.

    Args:
        root: the graph below the active manifest.
        trust: whom to believe.
        identities: by the label of the manifest they stand in.
        knows_created: whether the engine tells created from gathered assertions.

    Attributes:
        claim: what the manifest of `root` says.
        records: the direct ingredients, each with its own.
        cut: whether some were left out.
    """

    def __init__(
        self,
        root: Node,
        trust: TrustStore,
        identities: Mapping[str, tuple[Identity, ...]] | None = None,
        *,
        knows_created: bool = True,
    ) -> None:
        self.cut = False
        self._trust = trust
        self._identities = identities or {}
        self._knows_created = knows_created
        self._manifests_left = MOST_MANIFESTS
        self._actions_left = MOST_ACTIONS
        self._claims: dict[str | None, Claim] = {}
        self.claim = self._claim(root)
        self.records = self._below(root, DEEPEST)

    def _below(self, node: Node, depth: int) -> tuple[Ingredient, ...]:
        records = []
        for child in node.children:
            if not depth or not self._manifests_left:
                self.cut = True
                break
            self._manifests_left -= 1
            records.append(self._record(child, depth))
        return tuple(records)

    def _record(self, node: Node, depth: int) -> Ingredient:
        return Ingredient(
            relationship=node.relationship,
            title=node.title,
            manifest=node.label,
            integrity=node.integrity,
            signer=node.signer(self._trust),
            generator=node.generator(),
            digital_source_types=source_types([node]),
            failure=tuple(sorted(node.failure)),
            altered=node.is_altered,
            claim=self._claim(node),
            ingredients=self._below(node, depth - 1),
        )

    def _claim(self, node: Node) -> Claim | None:
        """What the manifest of `node` says; None when it has none."""
        if not node.manifest:
            return None
        if node.label not in self._claims:
            self._claims[node.label] = self._read(node)
        return self._claims[node.label]

    def _read(self, node: Node) -> Claim:
        manifest = node.manifest
        stated = list(_stated(manifest))
        actions = stated[: self._actions_left]
        self._actions_left -= len(actions)
        version = manifest.get("claim_version")
        created, gathered = self._labels(manifest)
        return Claim(
            version=version if version in (1, 2) else None,
            actions=tuple(
                _action(one, assertion["data"], created=self._is_created(manifest, assertion))
                for assertion, one in actions
            ),
            actions_cut=len(actions) < len(stated),
            created=created,
            gathered=gathered,
            dated=node.dated,
            signals=signals_of(
                manifest,
                unknown_ingredient=any(not child.label for child in node.children),
                knows_created=self._knows_created,
            ),
            soft_bindings=_soft_bindings(manifest),
            identities=self._identities.get(node.label or "", ()),
            redactions=_texts(manifest.get("redactions")),
        )

    def _labels(
        self, manifest: dict[str, Any]
    ) -> tuple[tuple[str, ...] | None, tuple[str, ...] | None]:
        """Labels of the assertions the signer made, and of those it passed on."""
        if not self._knows_created:
            return None, None
        shown = assertions_of(manifest)[:MOST_LABELS]
        labels: dict[bool, list[str]] = {True: [], False: []}
        for one in shown:
            created = self._is_created(manifest, one) is True
            labels[created].append(text_of(one.get("label")) or "")
        return tuple(labels[True]), tuple(labels[False])

    def _is_created(self, manifest: dict[str, Any], assertion: dict[str, Any]) -> bool | None:
        """Whether the signer made an assertion; claims of version 1 draw no line."""
        if not self._knows_created:
            return None
        return manifest.get("claim_version") != 2 or bool(assertion.get("created"))


def _stated(manifest: dict[str, Any]) -> Iterator[tuple[dict[str, Any], dict[str, Any]]]:
    """Every action as it stands, with the assertion it stands in."""
    for assertion in assertions_of(manifest):
        data = assertion.get("data")
        if str(assertion.get("label")).startswith(ACTIONS) and isinstance(data, dict):
            yield from ((assertion, one) for one in objects(data.get("actions")))


def _action(one: dict[str, Any], data: dict[str, Any], *, created: bool | None) -> ClaimAction:
    stated = one.get("digitalSourceType")
    name = bare_name(stated) if isinstance(stated, str) else None
    return ClaimAction(
        action=text_of(one.get("action")) or "",
        digital_source_type=text_of(name),
        software_agent=_agent(one, data),
        when=moment(one.get("when")),
        created=created,
    )


def _agent(action: dict[str, Any], data: dict[str, Any]) -> str | None:
    """What did it: a name (version 1), an object, or the place of one in the assertion's list."""
    agent: object = action.get("softwareAgent")
    if agent is None:
        index, agents = action.get("softwareAgentIndex"), data.get("softwareAgents")
        if isinstance(index, int) and isinstance(agents, list) and 0 <= index < len(agents):
            agent = agents[index]
    if not isinstance(agent, dict):
        return text_of(agent)
    name, version = text_of(agent.get("name")), text_of(agent.get("version"))
    return f"{name} {version}" if name and version else name


def _soft_bindings(manifest: dict[str, Any]) -> tuple[str, ...]:
    """Algorithms of the marks and fingerprints by which this manifest can be found again."""
    found = []
    for assertion in assertions_of(manifest):
        if str(assertion.get("label")).startswith(SOFT_BINDING):
            data = assertion.get("data")
            algorithm = text_of(data.get("alg")) if isinstance(data, dict) else None
            found.append(algorithm or "unknown")
    return tuple(sorted(set(found)))[:MOST_BINDINGS]


def _texts(value: object) -> tuple[str, ...]:
    listed = value[:MOST_LABELS] if isinstance(value, list) else []
    return tuple(text for one in listed if (text := text_of(one)))
