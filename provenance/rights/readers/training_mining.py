"""Reservations that stand in C2PA manifests: training and data mining, use by use.

The assertions are read by `provenance.rights.mining_entries`: `cawg.training-mining`,
`c2pa.training-mining`, and the Data Mining property in metadata assertions. Every manifest of the
file is heard, and of its parts, also one that no ingredient leads to any more: what an ingredient
reserves stays reserved in the work it went into, and that one was taken out is told. Nobody has to
be trusted to reserve; to *permit*, the signer of the file must be, and vouch for it, and what an
ingredient permits is not a permission for the whole.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from provenance.asset import Asset
from provenance.c2pa.actions import assertions_of
from provenance.c2pa.graph import Node, text_of
from provenance.c2pa.reader import C2paReader, Manifest
from provenance.c2pa.trust import TrustStore
from provenance.c2pa.vouching import distinguishes
from provenance.evidence import (
    TRUSTED_LEVELS,
    Integrity,
    NotRun,
    NotRunReason,
    Reservation,
)
from provenance.rights.mining_entries import Said, protocol_of, said_of
from provenance.rights.records import Authority, Channel, Formal, not_looked, reservation

if TYPE_CHECKING:
    from provenance.c2pa.native import ManifestUnreadable

__all__ = ["SOURCE", "TrainingMiningReader"]

SOURCE = "training_mining"
MOST = 100
"""Reservations read from one file; more repeat what was said."""


class TrainingMiningReader:
    """The reader of both labels. `use_trust` must be called before it reads."""

    source = SOURCE
    media = frozenset({"*"})

    def __init__(self) -> None:
        self._manifests = C2paReader()
        self._trust: TrustStore | None = None

    @property
    def version(self) -> str:
        """Version of the library that reads the manifests."""
        return self._manifests.version

    def use_trust(self, trust: TrustStore) -> None:
        """Take the lists: who may permit depends on them."""
        self._trust = trust
        self._manifests.use_trust(trust)

    def read(self, asset: Asset) -> Iterator[Reservation | NotRun]:
        """What the manifests of `asset` and of its parts reserve and permit."""
        found = (
            record
            for part, manifest in self._manifests.manifests(asset)
            for record in self._found(part, manifest)
        )
        for n, record in enumerate(found):
            if n == MOST:
                detail = f"the manifests hold more than {MOST} reservations"
                yield not_looked(SOURCE, NotRunReason.LIMIT, detail, part=record.part)
                return
            yield record

    def _found(
        self, part: str | None, manifest: Manifest | ManifestUnreadable
    ) -> Iterator[Reservation | NotRun]:
        if not isinstance(manifest, Manifest):
            detail = f"a manifest, which may hold a reservation, cannot be read: {manifest}"
            yield not_looked(SOURCE, NotRunReason.UNREADABLE, detail, part=part)
            return
        heard: set[str] = set()
        for node in (*manifest.root.walk(), *manifest.orphans):
            if not node.label or node.label in heard:
                continue
            heard.add(node.label)
            for assertion in assertions_of(node.manifest):
                if said := said_of(str(assertion.get("label")), assertion.get("data")):
                    yield self._reservation(manifest, node, part, said, assertion)
            if any(map(protocol_of, _redacted(node))):
                detail = "a reservation was taken out of an ingredient; what it said is not known"
                yield not_looked(SOURCE, NotRunReason.UNREADABLE, detail, part=part)

    def _reservation(
        self,
        manifest: Manifest,
        node: Node,
        part: str | None,
        said: Said,
        assertion: dict[str, Any],
    ) -> Reservation:
        assert self._trust is not None, "use_trust was not called"  # noqa: S101
        whole = node.integrity is Integrity.INTACT
        label, formal, warnings = text_of(assertion.get("label")), said.formal, said.warnings
        if not whole:
            warnings = (*warnings, "not_intact: the manifest it stands in is not intact")
            formal = Formal.NONCONFORMING if formal is Formal.VALID else formal
        return reservation(
            source=SOURCE,
            part=part,
            protocol=said.protocol,
            channel=Channel.EMBEDDED,
            scope="asset" if node is manifest.root else "ingredient",
            purposes=said.states,
            native_value=said.shown,
            formal=formal,
            authority=(
                _authority(manifest, node, assertion, self._trust) if whole else Authority.UNKNOWN
            ),
            valid_from=node.signed_at,
            location=f"self#jumbf=/c2pa/{text_of(node.label)}/c2pa.assertions/{label}",
            body=said.document,
            warnings=warnings,
        )


def _authority(
    manifest: Manifest, node: Node, assertion: dict[str, Any], trust: TrustStore
) -> Authority:
    """Whose word it is; one that its signer only passes on is not that signer's."""
    if node is not manifest.root:
        return Authority.THIRD_PARTY
    own = bool(assertion.get("created")) or not distinguishes(node)
    vouched = manifest.knows_created and (own or node.manifest.get("claim_version") != 2)
    trusted = node.level(trust) in TRUSTED_LEVELS and vouched
    return Authority.SIGNED_TRUSTED if trusted else Authority.SIGNED_UNTRUSTED


def _redacted(node: Node) -> Iterator[str]:
    """Labels of the assertions that this manifest took out of its ingredients."""
    listed = node.manifest.get("redactions")
    for one in listed if isinstance(listed, list) else ():
        yield str(one).rpartition("/")[2]
