"""X.509 certificates of strangers: read, or one kind of error.

The library that parses them raises five kinds of exception, some of them only when a certificate
that was read is looked at. Here what cannot be used is a `ValueError`, at once.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from cryptography.x509 import Certificate

__all__ = ["faults", "organisations_in", "read_der", "read_pem"]


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


def organisations_in(data: bytes) -> tuple[str, ...]:
    """The organisations that a certificate (DER) names as its subject and its issuer.

    Returns:
        None of a certificate that cannot be read; who they really are is not proven by it.
    """
    from cryptography.x509.oid import NameOID

    try:
        read = read_der(data)
        named = [
            attribute.value
            for name in (read.subject, read.issuer)
            for attribute in name.get_attributes_for_oid(NameOID.ORGANIZATION_NAME)
        ]
    except faults():
        return ()
    return tuple(one for one in named if isinstance(one, str))


def _usable(certificate: Certificate) -> Certificate:
    certificate.public_key()
    certificate.subject.rfc4514_string()
    certificate.issuer.rfc4514_string()
    return certificate
