"""Reads C2PA manifests: one `Credential` for the asset, and one for each part that has its own.

`manifests` gives the graphs it found, once for all readers of an asset: rights stand in them too.

Runs inside a sandboxed worker. The first context knows the official and private signers; the
second, which adds the interim list, is used only when the first does not trust the chain and an
issuer in it is named on that list; a third, for identities, only where a manifest has one.

The library reads no text. A text that has a mark of a manifest (`provenance.c2pa.text`) is read by
the other engine (`provenance.c2pa.second`); one that has none is without a manifest.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, BinaryIO

from provenance.asset import Asset
from provenance.c2pa.building import build_graph, orphans
from provenance.c2pa.chain import chains_in
from provenance.c2pa.cose import Chain
from provenance.c2pa.created import created_in, tell_created
from provenance.c2pa.graph import Node
from provenance.c2pa.identity import has_identity, read_identities
from provenance.c2pa.records import carrier_record, not_run, read_records
from provenance.c2pa.records import unreadable as unreadable_records
from provenance.c2pa.text import find_marks, is_text
from provenance.c2pa.text_carriers import found
from provenance.c2pa.trust import TrustStore
from provenance.certificates import names_in
from provenance.containers.riff import surely_unsigned
from provenance.credentials import Identity
from provenance.evidence import Carrier, Credential, NotRun, NotRunReason
from provenance.limits import DEFAULT
from provenance.metadata.provenance_link import PROVENANCE_LINK
from provenance.metadata.works import faults, works

if TYPE_CHECKING:
    from provenance.c2pa.native import Contexts, ManifestUnreadable, Store
    from provenance.c2pa.second import Opinion

__all__ = ["SOURCE", "C2paReader", "unreadable"]

SOURCE = "c2pa"
SIDECAR = "application/c2pa"
ELSEWHERE = "manifest.structuredText.noResolutionPath"
CUT = "manifest.text.corruptedWrapper"
LIMIT = "limit"
TOO_LARGE = "the text is too large for its manifest to be verified"
ALONE = "a manifest by itself has no work to be checked against"
DEFLATED = "compression method not supported"
COMPRESSED = (
    "the manifest in this container is compressed, which C2PA does not provide for and the "
    "library does not read"
)


@dataclass(frozen=True, slots=True)
class Manifest:
    """A manifest store that was read.

    Attributes:
        root: the graph below its active manifest.
        identities: who stands behind each manifest, by its label.
        orphans: manifests of the store that no ingredient leads to.
        knows_created: whether the engine tells created from gathered assertions.
    """

    root: Node
    identities: Mapping[str, tuple[Identity, ...]] = field(default_factory=dict)
    orphans: tuple[Node, ...] = ()
    knows_created: bool = True


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of looking for the manifest of one work: it, or why there is none to speak of.

    It does not hold the work, which keeps it in its memo: a circle would stay in memory for long.
    """

    part: str | None
    found: Manifest | Exception

    @property
    def tells(self) -> bool:
        """Whether it says more of a part than that it has no manifest."""
        from provenance.c2pa import native

        silent = native.ManifestAbsent | native.ManifestUnsupported
        return not isinstance(self.found, silent)


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

        self._trust, self._contexts = trust, native.contexts(trust)

    def read(self, asset: Asset) -> Iterator[Credential | NotRun]:
        """The credential of `asset`, then those of its parts that have a manifest."""
        for outcome in self._outcomes(asset):
            for record in self._records(outcome):
                if outcome.part is None or isinstance(record, Credential):
                    yield record

    def manifests(self, asset: Asset) -> Iterator[tuple[str | None, Manifest | ManifestUnreadable]]:
        """What was read of `asset` and of its parts, or why one that may be there was not."""
        from provenance.c2pa import native

        for outcome in self._outcomes(asset):
            if isinstance(outcome.found, Manifest | native.ManifestUnreadable):
                yield outcome.part, outcome.found

    def _outcomes(self, asset: Asset) -> tuple[Outcome, ...]:
        return asset.memo("c2pa", lambda: tuple(self._read_all(asset)))

    def _read_all(self, asset: Asset) -> Iterator[Outcome]:
        yield self._read_one(asset)
        for part in asset.container.parts:
            outcome = self._read_one(Asset.from_bytes(part.data, name=part.path, part=part.path))
            if outcome.tells:
                yield outcome

    def _read_one(self, asset: Asset) -> Outcome:
        from provenance.c2pa import native

        assert self._contexts is not None, "use_trust was not called"  # noqa: S101
        if asset.media_type == SIDECAR:
            return Outcome(asset.part, native.ManifestUnsupported(ALONE))
        try:
            if is_text(asset.media_type):
                return Outcome(asset.part, self._text(asset))
            with asset.open() as stream:
                return Outcome(asset.part, self._native(asset, stream, self._contexts))
        except native.ManifestUnreadable as fault:
            unsigned = _surely_unsigned(asset)
            return Outcome(asset.part, native.ManifestAbsent() if unsigned else fault)
        except (native.ManifestAbsent, native.ManifestRemote) as absent:
            return Outcome(asset.part, absent)
        except native.ManifestUnsupported:
            detail = f"manifests in {asset.media_type} files are not read"
            return Outcome(asset.part, native.ManifestUnsupported(detail))

    def _records(self, outcome: Outcome) -> Iterable[Credential | NotRun]:
        from provenance.c2pa import native

        assert self._trust is not None  # noqa: S101
        part = outcome.part
        match outcome.found:
            case Manifest() as manifest:
                return read_records(
                    SOURCE,
                    manifest.root,
                    part,
                    self._trust,
                    identities=manifest.identities,
                    knows_created=manifest.knows_created,
                )
            case native.ManifestAbsent():
                return [carrier_record(SOURCE, part, Carrier.NONE)]
            case native.ManifestRemote() as remote:
                return [carrier_record(SOURCE, part, Carrier.REMOTE_ONLY, url=remote.url)]
            case native.ManifestUnreadable() as fault:
                return unreadable(*_why(fault), problem=fault.problem, part=part)
            case fault:
                return [not_run(SOURCE, part, NotRunReason.UNSUPPORTED_MEDIA, str(fault))]

    def _native(self, asset: Asset, stream: BinaryIO, contexts: Contexts) -> Manifest:
        from provenance.c2pa import native

        assert self._trust is not None  # noqa: S101
        store = native.read(contexts.signers, asset.media_type, stream)
        chains = chains_in(store.boxes())
        root = _graph(store)
        if _untrusted(root) and any(map(self._trust.names_interim, _issuers(store, chains))):
            stream.seek(0)
            root = _graph(native.read(contexts.wider, asset.media_type, stream))
            if not root.list_name and "signingCredential.trusted" in root.success:
                root.list_name = self._trust.interim.name  # the allow list carries no name
        identities = {}
        if has_identity(store.summary):
            identities = read_identities(contexts, asset.media_type, stream, store.summary)
        for node in root.walk():
            node.certificates = chains.get(node.label or "", ())
        return Manifest(root, identities, orphans(root, store.summary))

    def _text(self, asset: Asset) -> Manifest:
        """The manifest of a text; the bytes are all needed only when there is one."""
        from provenance.c2pa import native

        assert self._trust is not None  # noqa: S101
        marks = find_marks(asset)
        if not marks:
            raise native.ManifestAbsent
        if asset.size > DEFAULT.text_bytes:
            raise native.ManifestUnreadable(LIMIT, TOO_LARGE)
        from provenance.c2pa import second

        data = asset.read_at(0, asset.size)
        for media_type in marks.read_as(asset.media_type):
            try:
                opinion = second.read(data, media_type, self._trust)
            except native.ManifestAbsent:
                continue
            except native.ManifestUnreadable as fault:
                if fault.problem != ELSEWHERE or marks.link is None:
                    raise
                break
            return _of_text(opinion, data, media_type)
        if marks.link is not None:
            raise native.ManifestRemote(marks.link)
        if marks.wrapped:
            # Cut so early that the engine no longer sees it; nobody writes that mark by chance.
            raise native.ManifestUnreadable(CUT, "the wrapper ends before its manifest")
        if marks.filled:
            raise native.ManifestUnreadable(CUT, "the script that should hold a manifest does not")
        raise native.ManifestAbsent


def _of_text(opinion: Opinion, data: bytes, media_type: str) -> Manifest:
    """What the second engine read, with what it does not tell, from the very store it read."""
    stores = [one.store or b"" for one in found(data, media_type)]
    store = next((one for one in stores if hashlib.sha256(one).hexdigest() == opinion.store), b"")
    root, chains = opinion.root, chains_in(store)
    for node in root.walk() if store else ():
        node.certificates = chains.get(node.label or "", ())
    known = tell_created(root, created_in(store))
    return Manifest(root, knows_created=known)


def _why(fault: ManifestUnreadable) -> tuple[NotRunReason, str]:
    if DEFLATED in str(fault):
        return NotRunReason.UNSUPPORTED_MEDIA, COMPRESSED
    return NotRunReason.LIMIT if fault.problem == LIMIT else NotRunReason.UNREADABLE, str(fault)


def _graph(store: Store) -> Node:
    from provenance.c2pa import native

    try:
        return build_graph(store.summary)
    except KeyError as fault:
        raise native.ManifestUnreadable("KeyError", f"no active manifest ({fault})") from fault


def _untrusted(root: Node) -> bool:
    return any("signingCredential.untrusted" in node.failure for node in root.walk())


def _issuers(store: Store, chains: Mapping[str, Chain]) -> set[str]:
    """Organisations named by the certificates of a store; who they really are is not proven."""
    if not chains:
        return _described_issuers(store)
    names: set[str] = set()
    for one in {one for chain in chains.values() for one in chain}:
        with suppress(ValueError):
            names |= names_in(one).organisation | names_in(one).issuer
    return names


def _described_issuers(store: Store) -> set[str]:
    """The same, of a store whose boxes cannot be read, by what the library tells of it."""
    names: set[str] = set()
    for manifest in store.detail().get("manifests") or ():
        certificate: dict[str, Any] = manifest.get("signature", {}).get("certificateInfo") or {}
        for who in ("issuer", "subject"):
            names.add(str((certificate.get(who) or {}).get("O") or ""))
    return names


def _surely_unsigned(asset: Asset) -> bool:
    """Whether a file that the library cannot parse has no manifest, inside or elsewhere.

    The library knows no RIFF file of 64 bits, nor one whose length was never written. Such files
    are whole, so their chunks say for certain; what is damaged stays unreadable. See
    `provenance.containers.riff.surely_unsigned`.
    """
    if not surely_unsigned(asset) or any(faults(asset)):
        return False
    return not any(True for work in works(asset) for _ in work.values(*PROVENANCE_LINK))


def unreadable(
    reason: NotRunReason, detail: str, *, problem: str, part: str | None = None
) -> list[Credential | NotRun]:
    """The records of a file this reader could not bear; see `provenance.c2pa.records`."""
    return unreadable_records(SOURCE, reason, detail, problem=problem, part=part)
