"""X.509 certificates of strangers: read, or one kind of error.

The library that parses them raises five kinds of exception, some of them only when a certificate
that was read is looked at. Here what cannot be used is a `ValueError`, at once.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from cryptography.x509 import Certificate, Name, ObjectIdentifier

__all__ = ["Names", "faults", "names_in", "read_der", "read_pem"]

MOST_NAMED = 1024


def faults() -> tuple[type[Exception], ...]:
    """What looking at a certificate, or at its extensions, may raise."""
    from cryptography import x509
    from cryptography.exceptions import UnsupportedAlgorithm

    return (
        ValueError,
        TypeError,
        UnsupportedAlgorithm,
        x509.InvalidVersion,
        x509.DuplicateExtension,
        x509.ExtensionNotFound,
        x509.UnsupportedGeneralNameType,
    )


def read_der(data: bytes) -> Certificate:
    """One certificate, with a key of a known kind and a name that can be read.

    Raises:
        ValueError: it is none.
    """
    from cryptography import x509

    try:
        return _usable(x509.load_der_x509_certificate(data))
    except faults() as fault:
        raise ValueError(f"not a certificate that can be used: {fault}") from fault


def read_pem(text: bytes) -> list[Certificate]:
    """The certificates of a PEM text, at least one, each as for `read_der`.

    Raises:
        ValueError: it holds none, or one that cannot be used.
    """
    from cryptography import x509

    try:
        return [_usable(one) for one in x509.load_pem_x509_certificates(text)]
    except faults() as fault:
        raise ValueError(str(fault) or "a certificate that cannot be used") from fault


@dataclass(frozen=True, slots=True)
class Names:
    """What a certificate calls its subject and its issuer; who they really are is not proven."""

    common: frozenset[str]
    organisation: frozenset[str]
    issuer: frozenset[str]


@lru_cache(maxsize=MOST_NAMED)
def names_in(data: bytes) -> Names:
    """The common names and organisations of the subject, and the organisations of the issuer.

    Raises:
        ValueError: `data` is no certificate (DER) that can be used.
    """
    from cryptography.x509.oid import NameOID

    certificate = read_der(data)

    def named(name: Name, kind: ObjectIdentifier) -> frozenset[str]:
        return frozenset(str(one.value) for one in name.get_attributes_for_oid(kind))

    return Names(
        named(certificate.subject, NameOID.COMMON_NAME),
        named(certificate.subject, NameOID.ORGANIZATION_NAME),
        named(certificate.issuer, NameOID.ORGANIZATION_NAME),
    )


def _usable(certificate: Certificate) -> Certificate:
    certificate.public_key()
    certificate.subject.rfc4514_string()
    certificate.issuer.rfc4514_string()
    return certificate
