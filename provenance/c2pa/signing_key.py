"""The key and certificate chain a manifest is signed with, checked before anything is written.

The algorithms are those of C2PA 2.4 section 13.2 (RFC 9053), told by the key: P-256 ES256, P-384
ES384, P-521 ES512, RSA PS256, Ed25519. The chain follows section 14.5: the leaf first, each one
issued by the next, the root left out. The library would refuse most of what is refused here too,
with one word for all of it; these messages say what is wrong.

A `CallbackSigner` signs with a key that is not in this process: a hardware module, a key service.
A key in a PEM file becomes one too, so there is one way to sign.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from itertools import pairwise
from typing import TypeVar

from cryptography import x509
from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, padding, rsa, utils
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    load_pem_private_key,
)

from provenance.errors import ConfigError

__all__ = ["Algorithm", "CallbackSigner", "CheckedSigner", "checked", "pem_signer"]

WHERE = "docs/signing.md says how to get a certificate, and how to make one for trials."
SIGNING_EKUS = (
    "1.3.6.1.4.1.62558.2.1",  # c2pa-kp-claimSigning
    "1.3.6.1.5.5.7.3.36",  # id-kp-documentSigning
    "1.3.6.1.5.5.7.3.4",  # id-kp-emailProtection
)
SMALLEST_RSA = 2048
PSS = padding.PSS(padding.MGF1(hashes.SHA256()), hashes.SHA256.digest_size)

Extension = TypeVar("Extension", bound=x509.ExtensionType)
PublicKey = ec.EllipticCurvePublicKey | rsa.RSAPublicKey | ed25519.Ed25519PublicKey
PrivateKey = ec.EllipticCurvePrivateKey | rsa.RSAPrivateKey | ed25519.Ed25519PrivateKey


class Algorithm(StrEnum):
    """Signature algorithms a claim may be signed with."""

    ES256 = "ES256"
    ES384 = "ES384"
    ES512 = "ES512"
    PS256 = "PS256"
    ED25519 = "ED25519"


CURVES: dict[str, tuple[Algorithm, hashes.HashAlgorithm, int]] = {
    "secp256r1": (Algorithm.ES256, hashes.SHA256(), 32),
    "secp384r1": (Algorithm.ES384, hashes.SHA384(), 48),
    "secp521r1": (Algorithm.ES512, hashes.SHA512(), 66),
}


@dataclass(frozen=True, slots=True)
class CallbackSigner:
    """Whatever can sign.

    Attributes:
        sign: the signature of some bytes. PS256: salt of 32 bytes. ECDSA: DER, as key services
            give it, or r and s side by side.
        alg: must be the one that the key of the certificate calls for.
        chain: certificates, PEM, the leaf first.
    """

    sign: Callable[[bytes], bytes]
    alg: Algorithm
    chain: bytes


@dataclass(frozen=True, slots=True)
class CheckedSigner:
    """A signer whose certificate is good now, and whose every signature is verified.

    Attributes:
        alg: of the key.
        chain: PEM, the leaf first, without the root.
        name: common name in the leaf, else its whole subject.
    """

    alg: Algorithm
    chain: str
    name: str
    _key: PublicKey
    _sign: Callable[[bytes], bytes]

    def sign(self, data: bytes) -> bytes:
        """The COSE signature of `data`.

        Raises:
            ConfigError: what signs does not hold the key of the certificate.
        """
        signature = self._sign(data)
        for form in _forms(signature, self._key):
            if _verifies(self._key, form, data):
                return form
        raise ConfigError("the signature was not made with the key of the certificate", hint=WHERE)


def pem_signer(key: bytes, chain: bytes) -> CallbackSigner:
    """A signer from a private key and its certificate chain, both PEM.

    Raises:
        ConfigError: the key cannot be used.
    """
    try:
        private = load_pem_private_key(key, None)
    except TypeError as fault:
        raise ConfigError(
            "the key is protected by a password, which cannot be asked for here",
            hint="Take it off, into a file only you can read: openssl pkey -in KEY -out NEW",
        ) from fault
    except (ValueError, UnsupportedAlgorithm) as fault:
        raise ConfigError("the key is not a private key (PEM)", hint=WHERE) from fault
    if not isinstance(private, PrivateKey):
        raise ConfigError(f"a key of type {type(private).__name__} cannot sign", hint=WHERE)
    algorithm = _algorithm(private.public_key())
    return CallbackSigner(lambda data: _signature(private, data), algorithm, chain)


def checked(signer: CallbackSigner, now: datetime) -> CheckedSigner:
    """`signer`, if others can accept what it signs at the time `now`.

    Raises:
        ConfigError: its certificate is self-signed, expired, of another kind or another key.
    """
    chain = _chain(signer.chain)
    leaf = chain[0]
    for one in chain:
        _in_force(one, now)
    _is_for_signing(leaf)
    key = leaf.public_key()
    if not isinstance(key, PublicKey):
        raise ConfigError("the certificate's key is of a kind that cannot sign", hint=WHERE)
    if _algorithm(key) is not signer.alg:
        raise _not_the_key(f"it is for {_algorithm(key)}, the signer for {signer.alg}")
    pem = b"".join(one.public_bytes(Encoding.PEM) for one in chain).decode("ascii")
    ready = CheckedSigner(signer.alg, pem, _name(leaf), key, signer.sign)
    try:
        ready.sign(b"Is this the key of the certificate?")
    except ConfigError as fault:
        raise _not_the_key("what it signs does not verify") from fault
    return ready


def _not_the_key(why: str) -> ConfigError:
    return ConfigError(
        f"the key does not belong to the first certificate: {why}",
        hint="Put the signer's own certificate first in the file, then those that issued it.",
    )


def _chain(pem: bytes) -> list[x509.Certificate]:
    """The certificates in order, without a root at the end."""
    try:
        chain = x509.load_pem_x509_certificates(pem)
    except ValueError as fault:
        raise ConfigError("the certificate is not PEM, or is damaged", hint=WHERE) from fault
    if _issued(chain[0], chain[0]):
        raise ConfigError(
            "the certificate is self-signed: no reader could tell it from one that anybody made",
            hint=WHERE,
        )
    for one, issuer in pairwise(chain):
        if not _issued(one, issuer):
            raise ConfigError(
                f"the chain is not in order: '{_name(issuer)}' did not issue '{_name(one)}'",
                hint="Put the signer's own certificate first, then each one's issuer.",
            )
    return chain[:-1] if _issued(chain[-1], chain[-1]) else chain


def _issued(one: x509.Certificate, issuer: x509.Certificate) -> bool:
    try:
        one.verify_directly_issued_by(issuer)
    except (ValueError, TypeError, InvalidSignature, UnsupportedAlgorithm):
        return False
    return True


def _in_force(one: x509.Certificate, now: datetime) -> None:
    start, end = one.not_valid_before_utc, one.not_valid_after_utc
    if now > end:
        raise ConfigError(f"the certificate '{_name(one)}' expired on {end:%Y-%m-%d}", hint=WHERE)
    if now < start:
        raise ConfigError(f"the certificate '{_name(one)}' is valid from {start:%Y-%m-%d} only")


def _is_for_signing(leaf: x509.Certificate) -> None:
    """Section 14.5.1: an end entity, for signatures, of a purpose that readers accept."""
    try:
        extensions = leaf.extensions
    except ValueError as fault:
        raise ConfigError("the certificate is damaged", hint=WHERE) from fault
    constraints = _extension(extensions, x509.BasicConstraints)
    usage = _extension(extensions, x509.KeyUsage)
    extended = _extension(extensions, x509.ExtendedKeyUsage)
    if constraints is not None and constraints.ca:
        raise ConfigError(
            "the first certificate is that of an authority, not of a signer", hint=WHERE
        )
    if usage is None or not usage.digital_signature:
        raise ConfigError("the certificate is not for digital signatures (key usage)", hint=WHERE)
    purposes = {oid.dotted_string for oid in extended or ()}
    if not purposes & set(SIGNING_EKUS):
        raise ConfigError(
            "the certificate is for other purposes (extended key usage): a claim signer's is for "
            "C2PA claim signing, document signing or e-mail protection",
            hint=WHERE,
        )


def _extension(extensions: x509.Extensions, kind: type[Extension]) -> Extension | None:
    try:
        return extensions.get_extension_for_class(kind).value
    except x509.ExtensionNotFound:
        return None


def _name(one: x509.Certificate) -> str:
    common = one.subject.get_attributes_for_oid(x509.NameOID.COMMON_NAME)
    return str(common[0].value) if common else one.subject.rfc4514_string()


def _algorithm(key: PublicKey) -> Algorithm:
    match key:
        case ed25519.Ed25519PublicKey():
            return Algorithm.ED25519
        case rsa.RSAPublicKey():
            if key.key_size < SMALLEST_RSA:
                raise ConfigError(f"an RSA key of {key.key_size} bits is too short", hint=WHERE)
            return Algorithm.PS256
        case _:
            if key.curve.name not in CURVES:
                raise ConfigError(f"a key on the curve {key.curve.name} cannot sign", hint=WHERE)
            return CURVES[key.curve.name][0]


def _signature(key: PrivateKey, data: bytes) -> bytes:
    match key:
        case ed25519.Ed25519PrivateKey():
            return key.sign(data)
        case rsa.RSAPrivateKey():
            return key.sign(data, PSS, hashes.SHA256())
        case _:
            return key.sign(data, ec.ECDSA(CURVES[key.curve.name][1]))


def _forms(signature: bytes, key: PublicKey) -> Sequence[bytes]:
    """What may be meant by a signature: for ECDSA, r and s as given, or taken from DER."""
    if not isinstance(key, ec.EllipticCurvePublicKey):
        return (signature,)
    size = CURVES[key.curve.name][2]
    try:
        r, s = utils.decode_dss_signature(signature)
        return (r.to_bytes(size, "big") + s.to_bytes(size, "big"), signature)
    except (ValueError, OverflowError):
        return (signature,)


def _verifies(key: PublicKey, signature: bytes, data: bytes) -> bool:
    try:
        match key:
            case ed25519.Ed25519PublicKey():
                key.verify(signature, data)
            case rsa.RSAPublicKey():
                key.verify(signature, data, PSS, hashes.SHA256())
            case _:
                _, digest, size = CURVES[key.curve.name]
                if len(signature) != 2 * size:
                    return False
                r, s = (
                    int.from_bytes(half, "big") for half in (signature[:size], signature[size:])
                )
                key.verify(utils.encode_dss_signature(r, s), data, ec.ECDSA(digest))
    except InvalidSignature:
        return False
    return True
