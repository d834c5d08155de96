"""The envelope: DSSE v1 (Dead Simple Signing Envelope), with Ed25519 signatures.

Format: secure-systems-lab/dsse, protocol.md and envelope.md, version 1.0. What is signed is the
pre-authentication encoding of payload type and payload, so that a signature made for one type of
payload never holds for another.
"""

from __future__ import annotations

import base64
from typing import Annotated

from pydantic import ConfigDict, Field

from provenance.attest.encoding import Base64, Hex32, from_base64
from provenance.attest.keys import Signer
from provenance.evidence import Record

__all__ = ["Envelope", "Signature", "pae", "seal"]


def pae(payload_type: str, payload: bytes) -> bytes:
    """The pre-authentication encoding: `DSSEv1 LEN TYPE LEN PAYLOAD`, lengths in bytes."""
    kind = payload_type.encode()
    return b"DSSEv1 %d %b %d %b" % (len(kind), kind, len(payload), payload)


class Signature(Record):
    """One signature.

    Attributes:
        keyid: hexadecimal SHA-256 of the key's SPKI; a hint where to look, never a proof.
        sig: the signature, base64.
    """

    keyid: Hex32
    sig: Annotated[Base64, Field(max_length=1024)]

    @property
    def value(self) -> bytes:
        """The bytes of the signature."""
        return from_base64(self.sig)


class Envelope(Record):
    """A payload and its signature. One, because a receipt has one signer."""

    model_config = ConfigDict(
        validate_by_name=True, validate_by_alias=True, serialize_by_alias=True
    )

    payload: Base64
    payload_type: Annotated[str, Field(alias="payloadType", min_length=1, max_length=256)]
    signatures: Annotated[tuple[Signature, ...], Field(min_length=1, max_length=1)]

    @property
    def body(self) -> bytes:
        """The bytes of the payload."""
        return from_base64(self.payload)

    @property
    def signature(self) -> Signature:
        """The only signature."""
        return self.signatures[0]

    def pae(self) -> bytes:
        """The bytes that are signed."""
        return pae(self.payload_type, self.body)


def seal(payload: bytes, payload_type: str, signer: Signer) -> Envelope:
    """`payload` in an envelope, signed."""
    signature = signer.sign(pae(payload_type, payload))
    return Envelope(
        payload=base64.b64encode(payload).decode(),
        payload_type=payload_type,
        signatures=(Signature(keyid=signer.keyid, sig=base64.b64encode(signature).decode()),),
    )
