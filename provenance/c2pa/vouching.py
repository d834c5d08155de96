"""Who vouches for what one manifest of a graph says.

Two things must hold before a statement is more than hearsay: a trust list vouches for the signer
of the manifest it stands in, and that signer vouches for the statement (C2PA 2.4 section 10.3.2:
*created* assertions are the signer's own, *gathered* ones are not).
"""

from __future__ import annotations

from provenance.c2pa.actions import Action, assertions_of
from provenance.c2pa.graph import Node
from provenance.c2pa.trust import TrustStore
from provenance.evidence import TRUSTED_LEVELS

__all__ = ["distinguishes", "is_vouched"]


def distinguishes(node: Node) -> bool:
    """Whether the signer draws the line between created and gathered at all.

    The common signing library gathers everything but the hard binding unless told otherwise; one
    who leaves it at that cannot have meant "this is hearsay".
    """
    return any(assertion.get("created") for assertion in assertions_of(node.manifest))


def is_vouched(action: Action, node: Node, trust: TrustStore) -> bool:
    """Whether a trusted signer vouches for what `action` of `node` says."""
    if node.level(trust) not in TRUSTED_LEVELS:
        return False
    return action.vouched or not distinguishes(node)
