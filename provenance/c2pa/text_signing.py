"""Signs texts: the library makes the manifest, and it is put into its place here.

See `text_carriers` for the places. The credentials a text had are kept: its store is handed to the
library as that of an ingredient, together with what the reader found about it, since the library
could not hash the text as C2PA 2.4 annex A wants.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from functools import partial
from typing import TYPE_CHECKING, Any, BinaryIO

from provenance.asset import Asset
from provenance.c2pa.signature_pad import LEAST, pad, shortened
from provenance.c2pa.text import find_marks, is_text
from provenance.c2pa.text_carriers import Place, body, found, place
from provenance.errors import SigningRefused
from provenance.evidence import Carrier, Credential, Integrity
from provenance.limits import DEFAULT, MIB

if TYPE_CHECKING:
    from provenance.c2pa.native_signing import NativeIngredient, NativeSigner

__all__ = ["text_ingredient", "write_text"]

TRIES = 30
"""One wrapper in three comes to its length, so that this fails once in 100,000 times."""

ZEROS = LEAST + 44
"""So many are left behind a signature, because a time stamp is not of the same size each time."""

OF_SIGNATURE = ("claimSignature.", "signingCredential.", "timeStamp.")


def write_text(
    manifest: dict[str, Any],
    ingredients: Sequence[NativeIngredient],
    signer: NativeSigner,
    source: Asset,
    credential: Credential,
    target: BinaryIO,
) -> None:
    """Write a text with a new manifest, in the place of the one it had, to `target`.

    Args:
        manifest: what it says.
        ingredients: what it was made from, itself included when it was edited.
        signer: who says it.
        source: the text.
        credential: what the reader found in it.
        target: open for writing.

    Raises:
        SigningRefused: there is no place for a manifest in it, or not for this one.
        SigningFailed: the library does not sign it.
    """
    from provenance.c2pa import native_signing as native

    plain = _plain(source, credential)
    where = place(plain, source.media_type, source.name)
    digest, spare = hashlib.sha256(plain).digest(), 0
    for _ in range(TRIES):
        length = partial(_length, where, spare)
        hashed = native.Hashed(digest, len(where.before), length)
        store = native.store(manifest, ingredients, signer, hashed)
        zeros = pad(store) - spare
        if (spare > 0 and zeros < LEAST) or zeros > 2 * ZEROS:
            spare += zeros - ZEROS  # signed again, in a place that is no longer than it must be
            continue
        if (text := where.filled(shortened(store, spare))) is not None:
            break
    else:
        raise SigningRefused(f"{source.name}: no wrapper came to its length", hint="Try again.")
    if len(text) > DEFAULT.text_bytes:
        raise _too_large(source)
    target.write(text)


def _length(where: Place, spare: int, store: int) -> int:
    return where.length(store - spare)


def text_ingredient(
    asset: Asset, credential: Credential, described: dict[str, Any]
) -> NativeIngredient:
    """A text that another work was made from, with the credentials it has.

    Args:
        asset: the text.
        credential: what the reader found in it.
        described: title, relationship and label.

    Raises:
        SigningRefused: its credentials could not be kept.
    """
    from provenance.c2pa.native_signing import NativeIngredient

    if credential.integrity is not Integrity.INTACT:
        return NativeIngredient(described, asset.media_type, None)
    stores = [one.store for one in found(_all(asset), asset.media_type)]
    if len(stores) != 1 or stores[0] is None:
        raise SigningRefused(
            f"{asset.name}: which of {len(stores)} manifests in it is the one that holds cannot be "
            "told, so it could not be kept"
        )
    known = described | {
        "active_manifest": credential.manifest,
        "validation_results": {"activeManifest": _recorded(credential)},
    }
    return NativeIngredient(known, asset.media_type, None, stores[0])


def _plain(source: Asset, credential: Credential) -> bytes:
    """The text without any manifest; what looks like one and is none stays in nobody's way."""
    text = _all(source)
    manifests = found(text, source.media_type)
    if manifests and credential.carrier is Carrier.NONE:
        raise SigningRefused(
            f"{source.name}: has what looks like a manifest and is none, and would be read instead "
            "of a new one",
            hint=f"Take it out; it begins at byte {manifests[0].start}.",
        )
    plain = body(text, manifests)
    if find_marks(Asset.from_bytes(plain, name=source.name)):
        raise SigningRefused(
            f"{source.name}: has a mark of a manifest that is not where or how one should be",
            hint="Take it out: an empty script of application/c2pa, a link to a manifest, the "
            "rest of a block or wrapper.",
        )
    return plain


def _all(asset: Asset) -> bytes:
    if not is_text(asset.media_type) or asset.size > DEFAULT.text_bytes:
        raise _too_large(asset)
    return asset.read_at(0, asset.size)


def _too_large(asset: Asset) -> SigningRefused:
    return SigningRefused(
        f"{asset.name}: is too large; a text of more than {DEFAULT.text_bytes // MIB} MiB with its "
        "manifest could not be verified again"
    )


def _recorded(credential: Credential) -> dict[str, list[dict[str, str]]]:
    """What the reader found, as a validation result map (C2PA 2.4 section 15.2.2)."""
    manifest = f"self#jumbf=/c2pa/{credential.manifest}"

    def status(code: str) -> dict[str, str]:
        if code.startswith(OF_SIGNATURE):
            return {"code": code, "url": f"{manifest}/c2pa.signature"}
        if code.startswith("assertion.dataHash."):
            return {"code": code, "url": f"{manifest}/c2pa.assertions/c2pa.hash.data"}
        return {"code": code, "url": manifest}

    codes = credential.codes
    return {
        "success": [status(code) for code in codes.success],
        "informational": [status(code) for code in codes.informational],
        "failure": [status(code) for code in codes.failure],
    }
