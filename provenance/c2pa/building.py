"""Builds the tree of a store from what the library tells of it.

Every status the library found is given to the manifest it speaks of. What was already wrong with an
ingredient when it was added stands in the ingredient's own assertion, in whatever list and by
whomever it was written, and the library does not repeat it: so every record in the store is read.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Any

from provenance.c2pa.actions import objects
from provenance.c2pa.graph import Node, text_of

__all__ = ["LABEL", "build_graph", "orphans"]

LABEL = re.compile(r"/c2pa/([^/]+)")
LIST_NAME = re.compile(r"found in \[([^\]]*)\]")
GOOD = re.compile(r"\.(?:match|validated|trusted|insideValidity|notRevoked)$")
BAD = re.compile(
    r"(?:mismatch|untrusted|invalid|revoked|expired|missing|malformed|outsideValidity|inaccessible)$",
    re.IGNORECASE,
)
ANY = "*"
"""Against whom a record speaks that does not say so: nobody knows, so everyone."""

OF_OTHER_LISTS = {"signingCredential.untrusted", "signingCredential.expired"}


def build_graph(summary: dict[str, Any]) -> Node:
    """The tree of a store, from the library's summary.

    Raises:
        KeyError: the summary has no active manifest.
    """
    manifests: dict[str, Any] = summary["manifests"]
    active = str(summary["active_manifest"])
    results = summary.get("validation_results") or {}
    root = Node(manifests[active], "active", label=active)
    root.list_name = _own_list(active, results.get("activeManifest") or {})
    _add_codes(root, results.get("activeManifest") or {})
    found = _deltas_by_label(results.get("ingredientDeltas") or ())
    _grow(root, manifests, found, _complaints(manifests))
    return root


def orphans(root: Node, summary: dict[str, Any]) -> tuple[Node, ...]:
    """The manifests of a store that no ingredient leads to: nobody vouches for them any more."""
    reached = {node.label for node in root.walk()}
    return tuple(
        Node(manifest, "orphan", label=label)
        for label, manifest in summary["manifests"].items()
        if label not in reached and isinstance(manifest, dict)
    )


def _grow(
    root: Node,
    manifests: dict[str, Any],
    found: dict[str, list[tuple[str, dict[str, Any]]]],
    complaints: dict[str, set[str]],
) -> None:
    """Hang every manifest's ingredients below it, once; a loop is only a shared list."""
    grown: dict[str, list[Node]] = {}
    waiting = [root]
    while waiting:
        node = waiting.pop()
        if node.label is None or node.label not in manifests:
            continue
        if node.label not in grown:
            entries = objects(node.manifest.get("ingredients"))
            grown[node.label] = [_child(one, manifests, found, complaints) for one in entries]
            waiting += grown[node.label]
        node.children = grown[node.label]


def _child(
    entry: dict[str, Any],
    manifests: dict[str, Any],
    found: dict[str, list[tuple[str, dict[str, Any]]]],
    complaints: dict[str, set[str]],
) -> Node:
    label = entry.get("active_manifest")
    child = Node(
        manifests.get(label, {}) if isinstance(label, str) else {},
        str(entry.get("relationship") or "componentOf"),
        title=text_of(entry.get("title")),
        label=label if isinstance(label, str) else None,
    )
    # What others measured of trust was measured with their lists, not with ours.
    against = complaints.get(child.label or "", set())
    child.failure = against - OF_OTHER_LISTS
    child.recorded = frozenset(child.failure)
    doubted = against | complaints.get(ANY, set())
    child.trust_repeated = any(
        status.get("code") == "signingCredential.trusted" for _, status in _recorded(entry)
    ) and not any(code.startswith("signingCredential.") for code in doubted)
    if child.label and child.label not in manifests:
        child.failure.add("ingredient.manifest.missing")
    for kind, status in found.get(child.label or "", ()):
        getattr(child, kind).add(str(status.get("code")))
        if status.get("code") == "signingCredential.trusted":
            child.list_name = _list_name(status)
    return child


def _complaints(manifests: dict[str, Any]) -> dict[str, set[str]]:
    """What anyone recorded against a manifest, anywhere in the store, by its label.

    The library does not repeat what a record already holds, in whatever list and by whomever it
    was written. So a record may hide a failure that is still there, and every one counts.
    """
    against: dict[str, set[str]] = {}
    for manifest in manifests.values():
        entries = manifest.get("ingredients") if isinstance(manifest, dict) else None
        for entry in objects(entries):
            own = entry.get("active_manifest")
            for failed, status in _recorded(entry):
                code = str(status.get("code"))
                if (failed and not GOOD.search(code)) or BAD.search(code):
                    named = LABEL.search(str(status.get("url")))
                    against.setdefault(named[1] if named else str(own), set()).add(code)
                    if not named:
                        against.setdefault(ANY, set()).add(code)
    return against


def _recorded(entry: dict[str, Any]) -> Iterator[tuple[bool, dict[str, Any]]]:
    """Every status an ingredient's record holds, and whether it stands among the failures."""
    results = entry.get("validation_results")
    results = results if isinstance(results, dict) else {}
    lists = [results.get("activeManifest")]
    lists += [one.get("validationDeltas") for one in objects(results.get("ingredientDeltas"))]
    for one in lists:
        if isinstance(one, dict):
            for kind in ("success", "informational", "failure"):
                yield from ((kind == "failure", status) for status in objects(one.get(kind)))
    yield from ((True, status) for status in objects(entry.get("validation_status")))


def _add_codes(node: Node, results: object) -> None:
    if not isinstance(results, dict):
        return
    for kind in ("success", "informational", "failure"):
        getattr(node, kind).update(str(one.get("code")) for one in objects(results.get(kind)))


def _deltas_by_label(deltas: Iterable[dict[str, Any]]) -> dict[str, list[tuple[str, Any]]]:
    """What the library found in ingredients now, by the manifest it speaks of."""
    found: dict[str, list[tuple[str, Any]]] = {}
    for delta in deltas:
        for kind in ("success", "informational", "failure"):
            for status in (delta.get("validationDeltas") or {}).get(kind) or ():
                if label := LABEL.search(str(status.get("url"))):
                    found.setdefault(label[1], []).append((kind, status))
    return found


def _own_list(active: str, results: dict[str, Any]) -> str | None:
    """The list that trusts the active signer; `trustListUri` may speak of an ingredient's."""
    for status in objects(results.get("success")):
        named = LABEL.search(str(status.get("url")))
        if status.get("code") == "signingCredential.trusted" and (
            named is None or named[1] == active
        ):
            return _list_name(status)
    return None


def _list_name(status: dict[str, Any]) -> str | None:
    named = LIST_NAME.search(str(status.get("explanation")))
    return named[1] if named else None
