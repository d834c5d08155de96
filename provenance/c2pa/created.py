"""Which assertions of a manifest its signer made, where the engine that read it does not tell.

A claim of version 2 (C2PA 2.4 section 10.3.2) lists the assertions the signer vouches for apart
from those it only passes on. The second engine verifies the claim and leaves the two lists out of
its answer, so they are read here from the very bytes it verified: from a store with the digest it
gives. Where anything is in doubt, nothing is told, and the signer vouches for nothing.
"""

from __future__ import annotations

from provenance.c2pa.actions import assertions_of
from provenance.c2pa.cbor import decoded
from provenance.c2pa.graph import Node
from provenance.c2pa.jumbf import Malformed, claims

__all__ = ["created_in", "tell_created"]


def created_in(store: bytes) -> dict[str, frozenset[str]]:
    """The labels of the created assertions of each manifest, by the label of the manifest.

    Args:
        store: a whole manifest store (JUMBF).

    Returns:
        Nothing for a store that is malformed, has two claims of one label, or one that cannot be
        read. A claim of version 1 draws no line; it has an empty set.
    """
    found: dict[str, frozenset[str]] = {}
    try:
        for label, version, data in claims(store):
            listed = frozenset[str]() if version == 1 else _created(data)
            if listed is None or label in found:
                return {}
            found[label] = listed
    except Malformed:
        return {}
    return found


def _created(claim: bytes) -> frozenset[str] | None:
    read = decoded(claim)
    listed = read.get("created_assertions") if isinstance(read, dict) else None
    if not isinstance(listed, list):
        return None
    urls = [one.get("url") if isinstance(one, dict) else None for one in listed]
    if not all(isinstance(url, str) for url in urls):
        return None
    return frozenset(str(url).rpartition("/")[2] for url in urls)


def tell_created(root: Node, created: dict[str, frozenset[str]]) -> bool:
    """Note in every manifest below `root` which assertions its signer made, before they are used.

    Returns:
        Whether all of it is known now; else nothing was noted.
    """
    nodes = [node for node in root.walk() if node.manifest]
    if not all(node.label in created and _named_apart(node) for node in nodes):
        return False
    for node in nodes:
        for assertion in assertions_of(node.manifest):
            if str(assertion.get("label")) in created[node.label or ""]:
                assertion["created"] = True
    return True


def _named_apart(node: Node) -> bool:
    """Whether no two assertions of a manifest go by one name, so that a name is enough."""
    labels = [str(one.get("label")) for one in assertions_of(node.manifest)]
    return len(set(labels)) == len(labels)
