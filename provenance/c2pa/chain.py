"""The certificates each manifest of a store was signed with, kept in the record of its signer.

With the chain of each signer in the report, other trust lists can judge it without the file: see
`provenance.c2pa.rechecking`. Nothing here says that a chain is good. It is what the library looked
at, or nothing: a label that two manifests share gives none.
"""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Mapping

from provenance.c2pa.cose import Chain, chain_of
from provenance.c2pa.jumbf import Malformed, signatures
from provenance.evidence import Credential, Ingredient, Signer

__all__ = ["chains_in", "with_chains"]

MOST_KEPT = 256


def chains_in(store: bytes) -> dict[str, Chain]:
    """The chain of each manifest by its label, DER, the signer's own certificate first.

    Args:
        store: a whole manifest store (JUMBF).

    Returns:
        Nothing for a store that is malformed; no entry for a manifest without one clear chain.
    """
    found: dict[str, Chain] = {}
    twice: set[str] = set()
    try:
        for label, signature in signatures(store):
            if label in found:
                twice.add(label)
            found[label] = chain_of(signature)
    except Malformed:
        return {}
    return {label: chain for label, chain in found.items() if chain and label not in twice}


def with_chains(credential: Credential, chains: Mapping[str | None, Chain]) -> Credential:
    """`credential` with the chain of every signer in it, from those of the store it stood in."""
    if not chains:
        return credential
    keeping = _Keeping(chains)
    signer = keeping.signer(credential.signer, credential.manifest)
    ingredients = keeping.ingredients(credential.ingredients)
    return credential.model_copy(
        update={
            "signer": signer,
            "ingredients": ingredients,
            "certificates": dict(sorted(keeping.kept.items())),
        }
    )


class _Keeping:
    """Puts chains into records, and keeps each certificate once."""

    def __init__(self, chains: Mapping[str | None, Chain]) -> None:
        self._chains = {label: _digests(chain) for label, chain in chains.items()}
        self._der = {digest: der for chain in chains.values() for digest, der in _named(chain)}
        self.kept: dict[str, str] = {}

    def signer(self, signer: Signer | None, label: str | None) -> Signer | None:
        digests = self._chains.get(label, ())
        if signer is None or len(self.kept.keys() | set(digests)) > MOST_KEPT:
            return signer
        for digest in digests:
            self.kept[digest] = base64.b64encode(self._der[digest]).decode("ascii")
        return signer.model_copy(update={"chain": digests})

    def ingredients(self, records: tuple[Ingredient, ...]) -> tuple[Ingredient, ...]:
        return tuple(
            one.model_copy(
                update={
                    "signer": self.signer(one.signer, one.manifest),
                    "ingredients": self.ingredients(one.ingredients),
                }
            )
            for one in records
        )


def _named(chain: Chain) -> list[tuple[str, bytes]]:
    return [(hashlib.sha256(der).hexdigest(), der) for der in chain]


def _digests(chain: Chain) -> tuple[str, ...]:
    return tuple(digest for digest, _ in _named(chain))
