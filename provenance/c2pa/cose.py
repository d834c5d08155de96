"""The certificates inside a COSE signature: who a signature says it is by.

A COSE_Sign1 (RFC 9052 section 4.2) carries its chain in a header, as `x5chain` (RFC 9360, label 33;
older writers used the text). Nothing is verified here, and nothing is guessed: two chains, or a
header that is not as it must be, give none.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from provenance.c2pa.cbor import decoded
from provenance.certificates import read_der
from provenance.limits import KIB

if TYPE_CHECKING:
    from cryptography.x509 import Certificate

__all__ = ["MOST_CERTIFICATES", "Chain", "chain_of", "signing_certificate"]

COSE_SIGN1 = b"\xd2"
"""Tag 18, in front of an untagged array of four."""
X5CHAIN = (33, "x5chain")
MOST_CERTIFICATES = 16
LARGEST_CERTIFICATE = 16 * KIB
LARGEST_SIGNATURE = 1024 * KIB

Chain = tuple[bytes, ...]
"""Certificates, DER, the signer's own first."""


def chain_of(signature: bytes) -> Chain:
    """The chain in a COSE_Sign1; empty when there is none, or more than one."""
    if len(signature) > LARGEST_SIGNATURE or signature[:1] != COSE_SIGN1:
        return ()
    match decoded(signature[1:]):
        case [bytes() as protected, Mapping() as unprotected, _, bytes()]:
            header = decoded(protected) if protected else {}
        case _:
            return ()
    if not isinstance(header, Mapping):
        return ()
    named = [part[key] for part in (header, unprotected) for key in X5CHAIN if key in part]
    return _certificates(named[0]) if len(named) == 1 else ()


def _certificates(value: object) -> Chain:
    chain = tuple(value) if isinstance(value, list | tuple) else (value,)
    if not 0 < len(chain) <= MOST_CERTIFICATES:
        return ()
    if all(isinstance(one, bytes) and 0 < len(one) <= LARGEST_CERTIFICATE for one in chain):
        return chain
    return ()


def signing_certificate(signature: bytes) -> Certificate | None:
    """The certificate a COSE_Sign1 says it was signed with, None unless that is clear."""
    chain = chain_of(signature)
    try:
        return read_der(chain[0]) if chain else None
    except ValueError:
        return None
