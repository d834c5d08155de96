"""Signs pictures with CAWG identity assertions, for tests: whole ones, and one for each defect.

The library can sign an identity, but only a good one. This builds a C2PA claim from its parts, as
`text_signing` does, so that a claim is correctly signed over an identity that is not: CAWG
identity assertion 1.2, sections 5 (the assertion), 8.1 (identity claims aggregation) and 8.2
(X.509), in a PNG file as C2PA 2.4 annex A.3 has it.
"""

from __future__ import annotations

import base64
import hashlib
import json
import struct
import zlib
from dataclasses import dataclass, field
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, utils
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    PublicFormat,
    load_pem_private_key,
)

from tests.provenance.c2pa.signable import picture
from tests.provenance.c2pa.text_signing import (
    BASE,
    MANIFEST,
    _box,
    _cbor,
    _cbor_box,
    _content,
    _hashed_uri,
)

ACTIONS, BINDING = "c2pa.actions.v2", "c2pa.hash.data"
SIGNATURE_PNG = 8 + 25
"""Where the manifest stands in a PNG file: after its signature and its header."""


@dataclass
class Actor:
    """Who states an identity with a certificate, and what is wrong with the statement.

    Attributes:
        certificate: PEM, key: PEM of an ES256 key.
        references: labels of the assertions referred to.
        altered: `signature` or `hash`, what does not hold; or `cose`, what cannot be parsed.
        sig_type: of the assertion.
        extra: more fields of the signer payload.
        pad: bytes of padding, zero as they must be.
    """

    certificate: bytes
    key: bytes
    references: tuple[str, ...] = (ACTIONS, BINDING)
    roles: tuple[str, ...] = ("cawg.creator",)
    altered: str | None = None
    sig_type: str = "cawg.x509.cose"
    extra: dict[str, Any] = field(default_factory=dict)
    pad: bytes = bytes(4)

    def assertion(self, assertions: dict[str, bytes]) -> dict[str, Any]:
        """The identity assertion over those of the claim."""
        payload = _payload(self, assertions)
        leaf = x509.load_pem_x509_certificate(self.certificate).public_bytes(Encoding.DER)
        protected = _cbor({1: -7, 33: leaf})
        signed = _cbor(["Signature1", protected, b"", _cbor(payload)])
        signature = bytearray(_ecdsa(self.key, signed))
        if self.altered == "signature":
            signature[0] ^= 1
        cose = b"\xd2" + _cbor([protected, {}, None, bytes(signature)])
        stands = b"x" if self.altered == "cose" else cose
        return {"signer_payload": payload, "signature": stands, "pad1": self.pad}


@dataclass
class Aggregator:
    """Who vouches for accounts with a verifiable credential.

    Attributes:
        accounts: the `verifiedIdentities`.
        issuer: its DID; None for one that holds its own key (`did:jwk`).
    """

    accounts: list[dict[str, Any]]
    issuer: str | None = None
    references: tuple[str, ...] = (ACTIONS, BINDING)
    roles: tuple[str, ...] = ()
    altered: str | None = None
    sig_type: str = "cawg.identity_claims_aggregation"
    extra: dict[str, Any] = field(default_factory=dict)
    pad: bytes = bytes(4)
    key: ed25519.Ed25519PrivateKey = field(default_factory=ed25519.Ed25519PrivateKey.generate)

    @property
    def did(self) -> str:
        """Its DID."""
        if self.issuer is not None:
            return self.issuer
        point = self.key.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)
        jwk = {"alg": "EdDSA", "kty": "OKP", "crv": "Ed25519", "x": _base64url(point)}
        return "did:jwk:" + _base64url(json.dumps(jwk, separators=(",", ":")).encode())

    def assertion(self, assertions: dict[str, bytes]) -> dict[str, Any]:
        """The identity assertion over those of the claim."""
        payload = _payload(self, assertions)
        shown = payload | {
            "referenced_assertions": [
                one | {"hash": base64.b64encode(one["hash"]).decode()}
                for one in payload["referenced_assertions"]
            ]
        }
        credential = json.dumps(
            {
                "@context": [
                    "https://www.w3.org/ns/credentials/v2",
                    "https://cawg.io/identity/1.1/ica/context/",
                ],
                "type": ["VerifiableCredential", "IdentityClaimsAggregationCredential"],
                "issuer": self.did,
                "validFrom": "2026-01-01T00:00:00Z",
                "credentialSubject": {"verifiedIdentities": self.accounts, "c2paAsset": shown},
            }
        ).encode()
        protected = _cbor({1: -8, 3: "application/vc"})
        signature = bytearray(self.key.sign(_cbor(["Signature1", protected, b"", credential])))
        if self.altered == "signature":
            signature[0] ^= 1
        cose = b"\xd2" + _cbor([protected, {}, credential, bytes(signature)])
        return {"signer_payload": payload, "signature": cose, "pad1": self.pad}


def sign_picture(
    claim_signer: Any, *actors: Actor | Aggregator | dict[str, Any], spoilt: bool = False
) -> bytes:
    """A PNG picture with a claim, and an identity assertion for each of `actors`.

    Args:
        claim_signer: an authority whose leaf signs the claim.
        actors: who states an identity, or a whole assertion as it is to stand.
        spoilt: whether the picture is changed after it was signed.
    """
    plain = picture("PNG")
    length = 0
    while True:
        chunk = _chunk(_store(plain, length, claim_signer, actors))
        if len(chunk) == length:
            break
        length = len(chunk)
    rest = plain[SIGNATURE_PNG:]
    if spoilt:
        rest = rest[:-1] + bytes([rest[-1] ^ 1])
    return plain[:SIGNATURE_PNG] + chunk + rest


def _store(plain: bytes, length: int, claim_signer: Any, actors: tuple[Any, ...]) -> bytes:
    source = {"action": "c2pa.created", "digitalSourceType": BASE + "digitalCreation"}
    binding = {
        "exclusions": [{"start": SIGNATURE_PNG, "length": length}],
        "alg": "sha256",
        "hash": hashlib.sha256(plain).digest(),
        "pad": bytes(8 - len(_cbor(length))),
    }
    assertions = {
        ACTIONS: _cbor_box(ACTIONS, {"actions": [source], "allActionsIncluded": True}),
        BINDING: _cbor_box(BINDING, binding),
    }
    first = dict(assertions)
    for n, actor in enumerate(actors):
        label = f"cawg.identity__{n}" if n else "cawg.identity"
        stated = actor if isinstance(actor, dict) else actor.assertion(first)
        assertions[label] = _cbor_box(label, stated)
    claim = _cbor(
        {
            "instanceID": "xmp:iid:3f0b7d2e-1a53-4c83-9d6a-b7c5f3f1a9d2",
            "claim_generator_info": {"name": "Assay tests", "specVersion": "2.4.0"},
            "signature": f"self#jumbf=/c2pa/{MANIFEST}/c2pa.signature",
            "created_assertions": [_hashed_uri(*one) for one in assertions.items()],
            "dc:title": "a picture",
            "alg": "sha256",
        }
    )
    leaf = x509.load_pem_x509_certificate(claim_signer.chain).public_bytes(Encoding.DER)
    protected = _cbor({1: -7, 33: leaf})
    signature = _ecdsa(claim_signer.key, _cbor(["Signature1", protected, b"", claim]))
    parts = (
        _box("c2as", "c2pa.assertions", b"".join(assertions.values()))
        + _box("c2cl", "c2pa.claim.v2", _content(b"cbor", claim))
        + _box(
            "c2cs",
            "c2pa.signature",
            _content(b"cbor", b"\xd2" + _cbor([protected, {}, None, signature])),
        )
    )
    return _box("c2pa", "c2pa", _box("c2ma", MANIFEST, parts))


def _payload(actor: Actor | Aggregator, assertions: dict[str, bytes]) -> dict[str, Any]:
    """The signer payload, its fields in the order in which the library writes them."""
    references = []
    for label in actor.references:
        digest = hashlib.sha256(assertions[label][8:]).digest()
        if actor.altered == "hash":
            digest = bytes(32)
        url = f"self#jumbf=c2pa.assertions/{label}"
        references.append({"url": url, "alg": "sha256", "hash": digest})
    payload: dict[str, Any] = {"referenced_assertions": references, "sig_type": actor.sig_type}
    return payload | ({"role": list(actor.roles)} if actor.roles else {}) | actor.extra


def _ecdsa(key: bytes, signed: bytes) -> bytes:
    private = load_pem_private_key(key, None)
    assert isinstance(private, ec.EllipticCurvePrivateKey)
    r, s = utils.decode_dss_signature(private.sign(signed, ec.ECDSA(hashes.SHA256())))
    return r.to_bytes(32, "big") + s.to_bytes(32, "big")


def _chunk(store: bytes) -> bytes:
    typed = b"caBX" + store
    return struct.pack(">I", len(store)) + typed + struct.pack(">I", zlib.crc32(typed))


def _base64url(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()
