"""Reads C2PA manifests: one `Credential` for the asset, and one for each part that has its own.

Runs inside a sandboxed worker. The first context knows the official and private signers; the
second, which adds the interim list, is used only when the first does not trust the chain and an
issuer in it is named on that list.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Any, BinaryIO

from provenance.asset import Asset
from provenance.c2pa.graph import History, Node, build_graph, source_types
from provenance.c2pa.human import human_level
from provenance.c2pa.origin import read_origin
from provenance.c2pa.trust import TrustStore
from provenance.containers.riff import surely_unsigned
from provenance.evidence import (
    Carrier,
    Codes,
    Credential,
    Integrity,
    NotRun,
    NotRunReason,
)
from provenance.metadata.provenance_link import PROVENANCE_LINK
from provenance.metadata.works import faults, works

if TYPE_CHECKING:
    from provenance.c2pa.native import Contexts, Store

__all__ = ["SOURCE", "C2paReader", "unreadable"]

SOURCE = "c2pa"
SIDECAR = "application/c2pa"


class C2paReader:
    """The manifest reader. `use_trust` must be called before it reads."""

    source = SOURCE
    media = frozenset({"*"})

    def __init__(self) -> None:
        self._trust: TrustStore | None = None
        self._contexts: Contexts | None = None

    @property
    def version(self) -> str:
        """Version of the C2PA library."""
        from importlib.metadata import version

        return version("c2pa-python")

    def use_trust(self, trust: TrustStore) -> None:
        """Build the contexts for these lists, after proving that the library obeys them.

        Raises:
            EngineError: the library does not follow its settings.
        """
        from provenance.c2pa import native

        native.check_canary()
        self._trust, self._contexts = trust, native.Contexts(trust)

    def read(self, asset: Asset) -> Iterator[Credential | NotRun]:
        """The credential of `asset`, then those of its parts that have a manifest."""
        yield from self._read_one(asset)
        for part in asset.container.parts:
            inner = Asset.from_bytes(part.data, name=part.path, part=part.path)
            for record in self._read_one(inner):
                if isinstance(record, Credential) and record.carrier is not Carrier.NONE:
                    yield record

    def _read_one(self, asset: Asset) -> Iterable[Credential | NotRun]:
        from provenance.c2pa import native

        assert self._contexts is not None, "use_trust was not called"  # noqa: S101
        if asset.media_type == SIDECAR:
            return [_unsupported(asset, "a manifest by itself has no work to be checked against")]
        try:
            with asset.open() as stream:
                return self._credential(asset, stream, self._contexts)
        except native.ManifestAbsent:
            return [_carrier(asset, Carrier.NONE, Integrity.ABSENT)]
        except native.ManifestRemote as remote:
            return [_carrier(asset, Carrier.REMOTE_ONLY, Integrity.ABSENT, remote_url=remote.url)]
        except native.ManifestUnreadable as fault:
            if _surely_unsigned(asset):
                return [_carrier(asset, Carrier.NONE, Integrity.ABSENT)]
            return unreadable(
                NotRunReason.UNREADABLE, str(fault), problem=fault.problem, part=asset.part
            )
        except native.ManifestUnsupported:
            return [_unsupported(asset, f"manifests in {asset.media_type} files are not read")]

    def _credential(
        self, asset: Asset, stream: BinaryIO, contexts: Contexts
    ) -> list[Credential | NotRun]:
        from provenance.c2pa import native

        assert self._trust is not None  # noqa: S101
        store = native.read(contexts.signers, asset.media_type, stream)
        root = _graph(store)
        if _untrusted(root) and any(map(self._trust.names_interim, _issuers(store))):
            stream.seek(0)
            root = _graph(native.read(contexts.wider, asset.media_type, stream))
            if not root.list_name and "signingCredential.trusted" in root.success:
                root.list_name = self._trust.interim.name  # the allow list carries no name
        return _records(root, asset.part, self._trust)


def _graph(store: Store) -> Node:
    from provenance.c2pa import native

    try:
        return build_graph(store.summary)
    except KeyError as fault:
        raise native.ManifestUnreadable("KeyError", f"no active manifest ({fault})") from fault


def _untrusted(root: Node) -> bool:
    return any("signingCredential.untrusted" in node.failure for node in root.walk())


def _issuers(store: Store) -> set[str]:
    """Organisations named by the certificates of a store; who they really are is not proven."""
    names: set[str] = set()
    for manifest in store.detail().get("manifests") or ():
        certificate: dict[str, Any] = manifest.get("signature", {}).get("certificateInfo") or {}
        for who in ("issuer", "subject"):
            names.add(str((certificate.get(who) or {}).get("O") or ""))
    return names


def _records(root: Node, part: str | None, trust: TrustStore) -> list[Credential | NotRun]:
    said = read_origin(root, trust)
    history = History(root, trust)
    human = human_level(root, said, trust)
    intact = [node for node in root.walk() if node is root or node.integrity is Integrity.INTACT]
    credential = Credential(
        source=SOURCE,
        part=part,
        carrier=Carrier.EMBEDDED,
        integrity=root.integrity,
        signer=root.signer(trust),
        origin=said.origin,
        ai_statement=said.ai,
        ai_vouched=said.ai_vouched,
        ai_denied=said.denied,
        human_level=human.level,
        human_level_reason=human.reason,
        digital_source_types=source_types(intact),
        codes=Codes(
            success=tuple(sorted(root.success)),
            informational=tuple(sorted(root.informational)),
            failure=tuple(sorted(root.failure)),
        ),
        manifest=root.label,
        ingredients=history.records,
        ingredients_cut=history.cut,
        generator=root.generator(),
    )
    if not said.cut:
        return [credential]
    detail = "the history of this file is too deep to be read to its end"
    return [credential, _not_run(part, NotRunReason.LIMIT, detail)]


def _carrier(
    asset: Asset, carrier: Carrier, integrity: Integrity, *, remote_url: str | None = None
) -> Credential:
    return Credential(
        source=SOURCE,
        part=asset.part,
        carrier=carrier,
        integrity=integrity,
        remote_url=remote_url,
        human_level_reason="no_human_claim",
    )


def _surely_unsigned(asset: Asset) -> bool:
    """Whether a file that the library cannot parse has no manifest, inside or elsewhere.

    The library knows no RIFF file of 64 bits, nor one whose length was never written. Such files
    are whole, so their chunks say for certain; what is damaged stays unreadable. See
    `provenance.containers.riff.surely_unsigned`.
    """
    if not surely_unsigned(asset) or any(faults(asset)):
        return False
    return not any(True for work in works(asset) for _ in work.values(*PROVENANCE_LINK))


def _unsupported(asset: Asset, detail: str) -> NotRun:
    return _not_run(asset.part, NotRunReason.UNSUPPORTED_MEDIA, detail)


def _not_run(part: str | None, reason: NotRunReason, detail: str) -> NotRun:
    return NotRun(source=SOURCE, part=part, check="provenance", reason=reason, detail=detail[:500])


def unreadable(
    reason: NotRunReason, detail: str, *, problem: str, part: str | None = None
) -> list[Credential | NotRun]:
    """The two records of a manifest, or a file that may hold one, that cannot be read.

    It is never "no manifest": damage is one way to hide what a file says about itself.
    """
    return [
        Credential(
            source=SOURCE,
            part=part,
            carrier=Carrier.UNREADABLE,
            integrity=Integrity.UNREADABLE,
            human_level_reason="not_intact",
            problem=problem,
        ),
        _not_run(part, reason, detail),
    ]
