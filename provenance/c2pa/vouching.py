"""Who vouches for what one manifest of a graph says.

Two things must hold before a statement is more than hearsay: a trust list vouches for the signer
of the manifest it stands in, and that signer vouches for the statement (C2PA 2.4 section 10.3.2:
*created* assertions are the signer's own, *gathered* ones are not).
"""

from __future__ import annotations

from provenance.c2pa.actions import Action, assertions_of
from provenance.c2pa.graph import Node
from provenance.c2pa.trust import TrustStore
from provenance.evidence import TRUSTED_LEVELS, SignerLevel

__all__ = ["distinguishes", "is_vouched", "signer_level"]


def signer_level(node: Node, trust: TrustStore) -> SignerLevel:
    """Trust in the signer of a manifest.

    An ingredient that was already recorded as trusted is not reported again, so the list that
    vouches for it is not known: it is one of ours, and counts as the interim one.
    """
    level = node.level(trust)
    known_only_as_trusted = (
        not node.is_active
        and node.list_name is None
        and isinstance(node.manifest.get("signature_info"), dict)
        and "signingCredential.trusted" in node.success
        and not any(code.startswith("signingCredential.") for code in node.failure)
    )
    return SignerLevel.LEGACY_TRUSTED if known_only_as_trusted else level


def distinguishes(node: Node) -> bool:
    """Whether the signer draws the line between created and gathered at all.

    The common signing library gathers everything but the hard binding unless told otherwise; one
    who leaves it at that cannot have meant "this is hearsay".
    """
    return any(assertion.get("created") for assertion in assertions_of(node.manifest))


def is_vouched(action: Action, node: Node, trust: TrustStore) -> bool:
    """Whether a trusted signer vouches for what `action` of `node` says."""
    if signer_level(node, trust) not in TRUSTED_LEVELS:
        return False
    return action.vouched or not distinguishes(node)
