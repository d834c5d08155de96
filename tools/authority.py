"""A small certificate authority and a C2PA signer for files we make ourselves.

Used by the scripts that make the samples and the canary. Keys are made anew at each run and never
written down: what is committed is the root certificate and the files it vouches for. The leaf
follows the certificate profile of C2PA 2.4 section 14.5.

Run the scripts as modules from the repository root, so that they find this one.
"""

from __future__ import annotations

import datetime
import io
import json
from dataclasses import dataclass
from typing import Any, Self

import c2pa
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID

CLAIM_SIGNING = "1.3.6.1.4.1.62558.2.1"
# Long enough that no sample expires: none carries a time stamp, which would need a network.
NOT_BEFORE = datetime.datetime(2024, 1, 1, tzinfo=datetime.UTC)
NOT_AFTER = datetime.datetime(2124, 1, 1, tzinfo=datetime.UTC)

SETTINGS: dict[str, Any] = {
    "verify": {"remote_manifest_fetch": False, "ocsp_fetch": False, "verify_after_sign": True},
    "core": {"allowed_network_hosts": []},
    # The library verifies what it signed, and does not know its own programme's key usage.
    "trust": {"trust_config": CLAIM_SIGNING},
    "builder": {
        "thumbnail": {"enabled": False},
        # Without this the library *gathers* every assertion it is given, and a gathered action is
        # hearsay: the signer does not vouch for it.
        "created_assertion_labels": ["c2pa.actions"],
    },
}


@dataclass(frozen=True, slots=True)
class Ingredient:
    """A work that went into another.

    Attributes:
        id: what the action that opened or placed it calls it by.
        relationship: `parentOf` or `componentOf`.
    """

    data: bytes
    media_type: str
    title: str
    id: str
    relationship: str = "parentOf"


@dataclass(frozen=True, slots=True)
class Authority:
    """A root and one leaf below it.

    Attributes:
        root: PEM of the root certificate.
        chain: PEM of the leaf; the root is an anchor and is not sent along.
        key: PEM of the leaf's private key.
    """

    root: bytes
    chain: bytes
    key: bytes

    @classmethod
    def new(cls, organisation: str) -> Self:
        """A fresh root called "`organisation` Root" and a claim-signing leaf."""
        root_key = ec.generate_private_key(ec.SECP256R1())
        root_name = _name(organisation, f"{organisation} Root")
        root = (
            _certificate(root_name, root_key.public_key(), root_name, root_key.public_key())
            .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
            .add_extension(_key_usage(signs_certificates=True), critical=True)
            .sign(root_key, hashes.SHA256())
        )
        key = ec.generate_private_key(ec.SECP256R1())
        leaf = (
            _certificate(
                _name(organisation, f"{organisation} Signer"),
                key.public_key(),
                root_name,
                root_key.public_key(),
            )
            .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
            .add_extension(_key_usage(signs_certificates=False), critical=True)
            .add_extension(
                x509.ExtendedKeyUsage([x509.ObjectIdentifier(CLAIM_SIGNING)]), critical=False
            )
            .sign(root_key, hashes.SHA256())
        )
        return cls(
            root.public_bytes(Encoding.PEM),
            leaf.public_bytes(Encoding.PEM),
            key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()),
        )

    def sign(
        self,
        data: bytes,
        media_type: str,
        title: str,
        actions: list[dict[str, Any]],
        *,
        ingredient: Ingredient | None = None,
    ) -> bytes:
        """`data` with a manifest that says `actions` are all that happened."""
        manifest = {
            "title": title,
            "claim_version": 2,
            "claim_generator_info": [{"name": "Assay samples", "version": "1"}],
            "assertions": [
                {
                    "label": "c2pa.actions.v2",
                    "data": {"actions": actions, "allActionsIncluded": True},
                }
            ],
        }
        with c2pa.Context.from_dict(SETTINGS) as context:
            builder = c2pa.Builder(manifest, context=context)
            if ingredient is not None:
                described = {
                    "title": ingredient.title,
                    "relationship": ingredient.relationship,
                    "label": ingredient.id,
                }
                builder.add_ingredient(
                    json.dumps(described), ingredient.media_type, io.BytesIO(ingredient.data)
                )
            signer = c2pa.Signer.from_info(
                c2pa.C2paSignerInfo(c2pa.C2paSigningAlg.ES256, self.chain, self.key, None)
            )
            with builder, signer:
                signed = io.BytesIO()
                builder.sign(signer, media_type, io.BytesIO(data), signed)
                return signed.getvalue()


def _name(organisation: str, common_name: str) -> x509.Name:
    return x509.Name(
        [
            x509.NameAttribute(NameOID.ORGANIZATION_NAME, organisation),
            x509.NameAttribute(NameOID.COMMON_NAME, common_name),
        ]
    )


def _certificate(
    subject: x509.Name,
    key: ec.EllipticCurvePublicKey,
    issuer: x509.Name,
    issuer_key: ec.EllipticCurvePublicKey,
) -> x509.CertificateBuilder:
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(key)
        .serial_number(x509.random_serial_number())
        .not_valid_before(NOT_BEFORE)
        .not_valid_after(NOT_AFTER)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key), critical=False)
        .add_extension(
            x509.AuthorityKeyIdentifier.from_issuer_public_key(issuer_key), critical=False
        )
    )


def _key_usage(*, signs_certificates: bool) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=not signs_certificates,
        content_commitment=False,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        key_cert_sign=signs_certificates,
        crl_sign=signs_certificates,
        encipher_only=False,
        decipher_only=False,
    )
