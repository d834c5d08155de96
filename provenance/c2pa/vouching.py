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

OCSP_SKIPPED = "signingCredential.ocsp.skipped"


def signer_level(node: Node, trust: TrustStore) -> SignerLevel:
    """Trust in the signer of a manifest, measured now and with our lists.

    The library does not report a result again that a record already holds. So for an ingredient
    that was recorded as trusted, silence means that it is trusted by our lists too, but only when
    the library did look (it validated the manifest now) and when no record anywhere holds the
    opposite, which would have been kept silent as well. Which of our lists it is stays unknown:
    it counts as the interim one.
    """
    silent = not any(
        code.startswith("signingCredential.") and code != OCSP_SKIPPED
        for code in node.success | node.failure
    )
    looked_at = "ingredient.manifest.validated" in node.success
    if node.trust_repeated and silent and looked_at:
        return SignerLevel.LEGACY_TRUSTED
    return node.level(trust)


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
