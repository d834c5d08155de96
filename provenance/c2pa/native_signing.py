"""The only module that writes with the C2PA library; `native` reads, no other touches it.

Thin on purpose: which claim may be made is decided in `signing` and `claim`, and what was written
is judged by reading it back, not by what the library says of itself. Its settings are explicit, as
for reading: no network but a time-stamping authority that was asked for, no thumbnails (they would
decode pixels), and the assertions that the signer vouches for are *created*, not gathered.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, BinaryIO

import c2pa

from provenance.c2pa.trust import CLAIM_SIGNING_EKUS

__all__ = ["NativeIngredient", "NativeSigner", "SigningFailed", "write"]

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
        described: title, relationship and label, as the library's JSON has them.
    """

    described: dict[str, str]
    media_type: str
    stream: BinaryIO


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
    problem: list[BaseException] = []

    def sign(data: bytes) -> bytes:
        try:
            return signer.sign(data)
        except Exception as fault:
            problem.append(fault)  # the library would tell its log, and us nothing
            return b""

    url, host = signer.tsa or (None, None)
    try:
        with (
            c2pa.Context.from_dict(_settings(host)) as context,
            c2pa.Builder(manifest, context=context) as builder,
            c2pa.Signer.from_callback(
                sign, c2pa.C2paSigningAlg[signer.algorithm], signer.chain, url
            ) as native,
        ):
            for one in ingredients:
                builder.add_ingredient(json.dumps(one.described), one.media_type, one.stream)
            builder.sign(native, media_type, source, target)
    except (c2pa.C2paError, KeyError, ValueError, OSError) as fault:
        if problem:
            raise SigningFailed(f"the signer failed: {problem[0]}") from problem[0]
        raise SigningFailed(str(fault)) from fault


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
