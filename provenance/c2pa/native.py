"""The only module that reads with the C2PA library (c2pa-python over c2pa-rs).

It hides what the library makes easy to get wrong (facts measured on c2pa-python 0.38.1):

- its default context fetches remote manifests over the network, trusts no one, and calls correct
  files invalid because its set of extended key usages is incomplete: every context is explicit;
- unknown settings are accepted in silence, so `check_canary` proves that ours took effect;
- its errors say what happened in their text only: `read` turns them into four exceptions;
- the order of its JSON is not stable: nothing here is to be hashed.

A context must be created in the process that uses it; nothing is created on import.
"""

from __future__ import annotations

import io
import json
import re
from dataclasses import replace
from functools import cached_property, lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO

import c2pa

from provenance.c2pa.trust import CLAIM_SIGNING_EKUS, TrustList, TrustStore
from provenance.errors import EngineError

if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = [
    "Contexts",
    "ManifestAbsent",
    "ManifestRemote",
    "ManifestUnreadable",
    "ManifestUnsupported",
    "Store",
    "check_canary",
    "contexts",
    "read",
]

CANARY = Path(__file__).parent / "canary"
CANARY_LIST = "canary"
# Not the words of a fetch that was tried and failed: the canary must tell the two apart.
REMOTE = re.compile(r"^Remote: must fetch remote manifests from url (\S+)")


class ManifestAbsent(Exception):  # noqa: N818 - outcomes of reading, not faults
    """The file was read and holds no manifest."""


class ManifestRemote(Exception):  # noqa: N818
    """The file points to a manifest elsewhere; `url` was not fetched."""

    def __init__(self, url: str) -> None:
        super().__init__(url)
        self.url = url


class ManifestUnsupported(Exception):  # noqa: N818
    """The library does not read this kind of file."""


class ManifestUnreadable(Exception):  # noqa: N818
    """A manifest, or the file that may hold one, cannot be parsed.

    Attributes:
        problem: the library's class of error (`Verify`, `Other`, ...).
    """

    def __init__(self, problem: str, detail: str) -> None:
        super().__init__(detail)
        self.problem = problem


class Store:
    """What the library says of one file's manifest store."""

    def __init__(self, reader: Any) -> None:
        self._reader = reader
        self.summary: dict[str, Any] = json.loads(reader.json())

    def boxes(self) -> bytes:
        """The manifest store as it stands in the file (JUMBF); empty when it cannot be had."""
        stored = io.BytesIO()
        # Asked for a box that is no resource, the library gives the whole store.
        uri = f"self#jumbf=/c2pa/{self.summary.get('active_manifest')}/c2pa.signature"
        try:
            self._reader.resource_to_stream(uri, stored)
        except c2pa.C2paError:
            return b""
        return stored.getvalue()

    def detail(self) -> dict[str, Any]:
        """The crJSON form, which has the certificates; it costs a second validation."""
        detail: dict[str, Any] = json.loads(self._reader.crjson())
        return detail


class Contexts:
    """The contexts of one process: built once, used for every file.

    `signers` knows the official and private anchors; `wider` adds the interim list. Identity
    assertions are not decoded in either: an identity that fails, or that cannot be checked
    offline, must not change what is said of the manifest. They are decoded in `identities`, which
    knows the list for identities and no signer; what it says of signers is not to be used.
    """

    def __init__(self, trust: TrustStore) -> None:
        self._trust = trust
        self.signers = _context((trust.official, trust.private), trust.tsa)

    @cached_property
    def wider(self) -> Any:
        """The second context, for files whose chain the first does not trust."""
        trust = self._trust
        return _context((trust.official, trust.private, trust.interim), trust.tsa)

    @cached_property
    def identities(self) -> Any:
        """The third context, for files with an identity assertion: see `c2pa.identity`."""
        return c2pa.Context.from_dict(_identity_settings(self._trust.cawg, self._trust.tsa))


@lru_cache(maxsize=1)
def contexts(trust: TrustStore) -> Contexts:
    """The contexts of this process for these lists, after proving that the library obeys them.

    Raises:
        EngineError: the library does not follow its settings.
    """
    check_canary()
    return Contexts(trust)


def _settings(signer_lists: Sequence[TrustList], tsa: TrustList | None) -> dict[str, Any]:
    anchors = [_anchors(one, "manifest") for one in signer_lists if one.anchors]
    if tsa is not None and tsa.anchors:
        anchors.append(_anchors(tsa, "tsa"))
    trust = {"trust_config": "\n".join(CLAIM_SIGNING_EKUS), "anchors": anchors}
    return {
        "verify": {
            "remote_manifest_fetch": False,
            "ocsp_fetch": False,
            "verify_trust": True,
            "verify_timestamp_trust": True,
        },
        "core": {
            "allowed_network_hosts": [],
            "allow_redirects": False,
            "decode_identity_assertions": False,
        },
        "trust": trust,
    }


def _identity_settings(identities: TrustList, tsa: TrustList) -> dict[str, Any]:
    """As the others, but identities are decoded, and their own list is the only one for people."""
    settings = _settings((), tsa)
    settings["core"]["decode_identity_assertions"] = True
    if identities.anchors or identities.allowed:
        entry = _anchors(replace(identities, allowed=""), "cawg")
        entry["trusted_ica_issuers"] = identities.allowed.split()
        settings["trust"]["anchors"].append(entry)
    return settings


def _anchors(one: TrustList, kind: str) -> dict[str, Any]:
    """One list; an allow list has an effect inside its anchors only, not at the top level."""
    entry = {"trust_anchors": one.anchors, "trust_uri": one.name, "trust_kind": kind}
    return entry | ({"allowed_list": one.allowed} if one.allowed else {})


def _context(signer_lists: Sequence[TrustList], tsa: TrustList | None) -> Any:
    return c2pa.Context.from_dict(_settings(signer_lists, tsa))


def read(context: Any, media_type: str, stream: BinaryIO) -> Store:
    """Read and validate the manifest store of `stream`.

    Args:
        context: one of `Contexts`.
        media_type: as `provenance.media` names it; the library's own guess is tried second.
        stream: at any position.

    Raises:
        ManifestAbsent: there is none.
        ManifestRemote: it is elsewhere.
        ManifestUnsupported: not a kind of file the library reads.
        ManifestUnreadable: it is there and cannot be parsed, or the file cannot be.
    """
    try:
        return _open(context, media_type, stream)
    except c2pa.C2paError.NotSupported:
        stream.seek(0)
    try:
        return _open(context, None, stream)
    except c2pa.C2paError.NotSupported as fault:
        raise ManifestUnsupported(str(fault)) from fault


def _open(context: Any, media_type: str | None, stream: BinaryIO) -> Store:
    try:
        if media_type is None:
            return Store(c2pa.Reader(stream, context=context))
        return Store(c2pa.Reader(media_type, stream, context=context))
    except c2pa.C2paError.NotSupported:
        raise
    except c2pa.C2paError.ManifestNotFound as fault:
        raise ManifestAbsent from fault
    except c2pa.C2paError as fault:
        # "Remote" is a base C2paError: its URL stands in the text only.
        if remote := REMOTE.match(str(fault)):
            raise ManifestRemote(remote[1]) from fault
        raise ManifestUnreadable(*_problem(fault)) from fault
    except (KeyError, ValueError, OSError) as fault:
        raise ManifestUnreadable(type(fault).__name__, str(fault)) from fault


def _problem(fault: Exception) -> tuple[str, str]:
    """The library's class of error, and what it says: `Verify`, `invalid JUMBF header`."""
    kind, separator, detail = str(fault).partition(": ")
    return (kind, detail) if separator and kind.isidentifier() else ("Other", str(fault))


def check_canary() -> None:
    """Prove that this library obeys our settings, before a file is judged by it.

    A tiny signed file must be trusted through its own root and only through it, although its
    certificate carries only the key usage that the library lacks by default; and a file whose
    manifest is remote must be reported as such, unfetched.

    Raises:
        EngineError: it does not; nothing it says can be relied on.
    """
    root = TrustList(CANARY_LIST, (CANARY / "root.pem").read_text("ascii"))
    signed = (CANARY / "trusted.jpg").read_bytes()
    knows, knows_not = _context((root,), None), _context((), None)
    trusted = read(knows, "image/jpeg", io.BytesIO(signed)).summary
    stranger = read(knows_not, "image/jpeg", io.BytesIO(signed)).summary
    seen = (
        trusted.get("validation_state"),
        trusted.get("validation_results", {}).get("trustListUri"),
        stranger.get("validation_state"),
    )
    if seen != ("Trusted", CANARY_LIST, "Valid"):
        raise EngineError(
            f"the C2PA library does not follow its trust settings (canary read as {seen})",
            hint="Install the pinned version: c2pa-python >= 0.38.1, < 0.39",
        )
    try:
        read(knows, "image/png", io.BytesIO((CANARY / "remote.png").read_bytes()))
    except ManifestRemote:
        return
    except (ManifestAbsent, ManifestUnsupported, ManifestUnreadable) as outcome:
        raise EngineError(f"the remote canary was read as {outcome!r}") from outcome
    raise EngineError("the C2PA library fetched a remote manifest although it must not")
