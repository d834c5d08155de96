"""The only module that writes with the C2PA library; `native` reads, no other touches it.

Thin on purpose: which claim may be made is decided in `signing` and `claim`, and what was written
is judged by reading it back, not by what the library says of itself. Its settings are explicit, as
for reading: no network but a time-stamping authority that was asked for, no thumbnails (they would
decode pixels), and the assertions that the signer vouches for are *created*, not gathered.
"""

from __future__ import annotations

import ctypes
import io
import json
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, BinaryIO

import c2pa
from c2pa import c2pa as package

from provenance.c2pa.trust import CLAIM_SIGNING_EKUS

__all__ = ["Hashed", "NativeIngredient", "NativeSigner", "SigningFailed", "store", "write"]

CREATED = ("c2pa.actions", "cawg.training-mining")
"""Labels of the assertions we vouch for; the library gathers all others, which is hearsay."""


class SigningFailed(Exception):  # noqa: N818 - an outcome, like those of `native`
    """The library would not sign; the text says why, in its words."""


@dataclass(frozen=True, slots=True)
class NativeSigner:
    """What the library signs with.

    Attributes:
        algorithm: `Es256`, ... under the library's name.
        chain: PEM, the leaf first.
        sign: the COSE signature of some bytes (ECDSA: r and s side by side, RFC 9053 section 2.1).
        tsa: URL of a time-stamping authority, and its host.
    """

    algorithm: str
    chain: str
    sign: Callable[[bytes], bytes]
    tsa: tuple[str, str] | None = None


@dataclass(frozen=True, slots=True)
class NativeIngredient:
    """A work that went into this one.

    Attributes:
        described: title, relationship, label and so on, as the library's JSON has them.
        media_type: of the work.
        stream: the work; None when the library cannot read such works.
        store: the manifest store of a work it cannot read, if that has one.
    """

    described: dict[str, Any]
    media_type: str
    stream: BinaryIO | None
    store: bytes | None = None


@dataclass(frozen=True, slots=True)
class Hashed:
    """A work as its hard binding sees it (`c2pa.hash.data`, C2PA 2.4 section 18.5).

    Attributes:
        sha256: of all but the manifest.
        start: where the manifest stands, in bytes.
        length: how many it takes up there, given the size of the store.
    """

    sha256: bytes
    start: int
    length: Callable[[int], int]


Bytes = ctypes.POINTER(ctypes.c_ubyte)
SIDECAR = b"application/c2pa"
PLACEHOLDER = ctypes.CFUNCTYPE(
    ctypes.c_int64, ctypes.c_void_p, ctypes.c_size_t, ctypes.c_char_p, ctypes.POINTER(Bytes)
)
SIGN_HASHED = ctypes.CFUNCTYPE(
    ctypes.c_int64,
    *(ctypes.c_void_p, ctypes.c_void_p, ctypes.c_char_p, ctypes.c_char_p, ctypes.c_void_p),
    ctypes.POINTER(Bytes),
)


def write(
    manifest: dict[str, Any],
    ingredients: Sequence[NativeIngredient],
    signer: NativeSigner,
    media_type: str,
    source: BinaryIO,
    target: BinaryIO,
) -> None:
    """Write `source` with a signed manifest to `target`, which is open for reading and writing.

    Raises:
        SigningFailed: it cannot be done; `target` may hold anything.
    """
    with _ready(manifest, ingredients, signer) as (builder, native):
        builder.sign(native, media_type, source, target)


def store(
    manifest: dict[str, Any],
    ingredients: Sequence[NativeIngredient],
    signer: NativeSigner,
    hashed: Hashed,
) -> bytes:
    """A signed manifest store for a work that was hashed elsewhere, and will take it there.

    Raises:
        SigningFailed: it cannot be done.
    """
    with _ready(manifest, ingredients, signer) as (builder, native):
        reserved = native.reserve_size()
        empty = _bytes_of(
            PLACEHOLDER,
            "c2pa_builder_data_hashed_placeholder",
            *(_pointer(builder), reserved, SIDECAR),
        )
        binding = {
            "exclusions": [{"start": hashed.start, "length": hashed.length(len(empty))}],
            "alg": "sha256",
            "hash": list(hashed.sha256),
            "pad": [],
        }
        signed = _bytes_of(
            SIGN_HASHED,
            "c2pa_builder_sign_data_hashed_embeddable",
            *(_pointer(builder), _pointer(native), json.dumps(binding).encode(), SIDECAR, None),
        )
        if len(signed) != len(empty):
            raise SigningFailed("the manifest is not of the size that was reserved for it")
        return signed


@contextmanager
def _ready(
    manifest: dict[str, Any], ingredients: Sequence[NativeIngredient], signer: NativeSigner
) -> Iterator[tuple[c2pa.Builder, c2pa.Signer]]:
    """What the library signs, and with what."""
    problem: list[BaseException] = []

    def sign(data: bytes) -> bytes:
        try:
            return signer.sign(data)
        except Exception as fault:
            problem.append(fault)  # the library would tell its log, and us nothing
            return b""

    unreadable = [one for one in ingredients if one.stream is None]
    described = manifest | {"ingredients": list(map(_described, unreadable))}
    url, host = signer.tsa or (None, None)
    try:
        with (
            c2pa.Context.from_dict(_settings(host)) as context,
            c2pa.Builder(described if unreadable else manifest, context=context) as builder,
            c2pa.Signer.from_callback(
                sign, c2pa.C2paSigningAlg[signer.algorithm], signer.chain, url
            ) as native,
        ):
            for one in ingredients:
                if one.stream is not None:
                    builder.add_ingredient(json.dumps(one.described), one.media_type, one.stream)
                elif one.store is not None:
                    builder.add_resource(_resource(one), io.BytesIO(one.store))
            yield builder, native
    except (c2pa.C2paError, KeyError, ValueError, OSError) as fault:
        if problem:
            raise SigningFailed(f"the signer failed: {problem[0]}") from problem[0]
        raise SigningFailed(str(fault)) from fault


def _described(one: NativeIngredient) -> dict[str, Any]:
    """An ingredient the library cannot read, as a manifest definition has it."""
    described = one.described | {"format": one.media_type}
    if one.store is not None:
        described["manifest_data"] = {
            "format": SIDECAR.decode(),
            "identifier": _resource(one),
        }
    return described


def _resource(one: NativeIngredient) -> str:
    return f"{one.described['label']}.c2pa"


def _pointer(resource: Any) -> ctypes.c_void_p:
    return ctypes.cast(resource._handle, ctypes.c_void_p)


def _bytes_of(prototype: Any, name: str, *arguments: object) -> bytes:
    """What a function of the shared library writes behind its last argument."""
    made = Bytes()
    try:
        function = prototype((name, package._lib))
    except AttributeError as fault:
        raise SigningFailed(f"this version of the C2PA library has no {name}") from fault
    with package._native_section():
        size = function(*arguments, ctypes.byref(made))
        package._check_ffi_operation_result(size, name, check=lambda n: n < 0)
    try:
        return ctypes.string_at(made, size)
    finally:
        package._lib.c2pa_free(made)


def _settings(tsa_host: str | None) -> dict[str, Any]:
    return {
        "verify": {
            "remote_manifest_fetch": False,
            "ocsp_fetch": False,
            "verify_after_sign": True,
        },
        "core": {
            "allowed_network_hosts": [tsa_host] if tsa_host else [],
            "allow_redirects": False,
            "decode_identity_assertions": False,
        },
        "trust": {"trust_config": "\n".join(CLAIM_SIGNING_EKUS)},
        "builder": {
            "thumbnail": {"enabled": False},
            "created_assertion_labels": list(CREATED),
        },
    }
