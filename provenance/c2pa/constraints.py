"""What a certificate may be used for: to sign claims, or to issue what does.

Follows C2PA 2.4 section 14.5 (purposes of a signer) and RFC 5280 sections 4.2 and 6.1.4: basic
constraints, path length, key usage, name constraints, extended key usage, critical extensions
nobody knows. The C2PA library (measured on c2pa-python 0.38.1) takes a certificate that may only
stamp times, or only answer for revocations, for that of a claim signer, though the same roots issue
all three; and it asks nothing of the authorities above a signer, so that one for servers, or one
that may not have authorities below it, would make signers of claims.

Name constraints are not evaluated: an authority that has any is taken to be one for other names,
since no authority that is known to issue signers of claims has them. Times are left alone, and so
is the question of whether a path leads to a list: `provenance.c2pa.paths` asks both.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import lru_cache
from typing import TYPE_CHECKING

from provenance.c2pa.trust import CLAIM_SIGNING_EKUS, certificates_in
from provenance.certificates import faults, read_der

if TYPE_CHECKING:
    from cryptography.x509 import Certificate, Name

__all__ = ["constrained", "made_to_sign", "may_issue", "may_sign_claims"]

ANY_PURPOSE = "2.5.29.37.0"
PURPOSES = frozenset({*CLAIM_SIGNING_EKUS, ANY_PURPOSE})
TRADES = ("1.3.6.1.5.5.7.3.", "1.3.6.1.4.1.311.")
"""Arcs of purposes that say which trade an authority is for: those of the IETF, of Microsoft."""

MOST_CHAINS = 128
"""A hostile chain may take 256 KiB."""

MOST_SIGNATURES = 512
MOST_LISTS = 16


@lru_cache(maxsize=MOST_CHAINS)
def constrained(chain: tuple[bytes, ...], anchors_pem: str) -> bool:
    """Whether no authority on any path from a signer to the anchors was allowed to make it one.

    Certificates of the chain may come in any order, and names are compared as RFC 5280 section 7.1
    compares them, or not at all inside the chain: what a lenient reader takes for a path is one.

    Args:
        chain: certificates, DER, the signer's own first.
        anchors_pem: the anchors of one list or of several.

    Returns:
        Whether there are paths and each runs through a certificate, an anchor at its end included,
        that may not issue the one below it. False where one path is sound, and where there is no
        path at all: what trusts the signer then is not here to be judged. True for a signer's
        certificate that cannot be read.
    """
    if not chain:
        return False
    try:
        signer = read_der(chain[0])
    except ValueError:
        return True
    above = _readable(chain[1:])
    anchors = _anchors(anchors_pem)
    if _leads(signer, above, anchors, may_issue):
        return False
    return _leads(signer, above, anchors, lambda _certificate, _between: True)


@lru_cache(maxsize=MOST_CHAINS)
def made_to_sign(certificate: bytes) -> bool:
    """Whether a certificate (DER) is one that `may_sign_claims`; one that cannot be read is not."""
    try:
        return may_sign_claims(read_der(certificate))
    except ValueError:
        return False


def may_sign_claims(certificate: Certificate) -> bool:
    """Whether a certificate is for signing claims, by its purposes and its key usage."""
    from cryptography import x509

    try:
        purposes = certificate.extensions.get_extension_for_class(x509.ExtendedKeyUsage).value
        usage = certificate.extensions.get_extension_for_class(x509.KeyUsage).value
    except faults():
        return False
    named = {one.dotted_string for one in purposes}
    return usage.digital_signature and not named.isdisjoint(CLAIM_SIGNING_EKUS)


def may_issue(certificate: Certificate, between: int) -> bool:
    """Whether an authority may issue what leads to a signer of claims.

    Args:
        certificate: of the authority.
        between: how many authorities stand between it and the signer, but for those that issued
            themselves.
    """
    from cryptography import x509

    try:
        known = {type(one.value): one for one in certificate.extensions}
    except faults():
        return False
    limits = known.get(x509.BasicConstraints)
    usage = known.get(x509.KeyUsage)
    purposes = known.get(x509.ExtendedKeyUsage)
    if limits is None or not limits.value.ca or (usage and not usage.value.key_cert_sign):
        return False
    if limits.value.path_length is not None and limits.value.path_length < between:
        return False
    if purposes and _is_for_others({one.dotted_string for one in purposes.value}):
        return False
    unknown = any(
        one.critical and isinstance(one.value, x509.UnrecognizedExtension)
        for one in certificate.extensions
    )
    return not unknown and x509.NameConstraints not in known


def _is_for_others(purposes: set[str]) -> bool:
    """Whether the purposes of an authority are those of another trade.

    A purpose of the authority's own making says nothing: that of Adobe's older one is such.
    """
    return purposes.isdisjoint(PURPOSES) and any(one.startswith(TRADES) for one in purposes)


def _leads(
    signer: Certificate,
    above: tuple[Certificate, ...],
    anchors: dict[tuple[str, ...], list[Certificate]],
    allowed: Callable[[Certificate, int], bool],
) -> bool:
    """Whether a path of `allowed` issuers leads from the signer to an anchor.

    A certificate is looked at again only when a way to it with fewer authorities is found: fewer
    never forbid what more allow.
    """
    if signer in anchors.get(_name(signer.subject), ()):
        return True
    least = {signer: 0}
    waiting = [signer]
    for below in waiting:
        between = least[below]
        for one in anchors.get(_name(below.issuer), ()):
            if allowed(one, between) and _signed(below, one):
                return True
        for one in above:
            beneath = between + (_name(one.subject) != _name(one.issuer))
            nearer = one not in least or beneath < least[one]
            if nearer and allowed(one, between) and _signed(below, one):
                least[one] = beneath
                waiting.append(one)
    return False


def _readable(chain: tuple[bytes, ...]) -> tuple[Certificate, ...]:
    """The certificates that can be read; one that cannot leads nowhere."""
    return tuple(dict.fromkeys(_read(chain)))


def _read(chain: tuple[bytes, ...]) -> Iterator[Certificate]:
    for der in chain:
        try:
            yield read_der(der)
        except ValueError:
            continue


@lru_cache(maxsize=MOST_LISTS)
def _anchors(pem: str) -> dict[tuple[str, ...], list[Certificate]]:
    found: dict[tuple[str, ...], list[Certificate]] = {}
    for one in certificates_in(pem):
        found.setdefault(_name(one.subject), []).append(one)
    return found


def _name(name: Name) -> tuple[str, ...]:
    """A name for comparison: neither case nor spacing nor the kind of string counts."""
    return tuple(
        f"{one.oid.dotted_string}={' '.join(str(one.value).casefold().split())}" for one in name
    )


@lru_cache(maxsize=MOST_SIGNATURES)
def _signed(below: Certificate, above: Certificate) -> bool:
    """Whether the signature on a certificate is by the key of another, whatever their names."""
    from cryptography.exceptions import InvalidSignature
    from cryptography.hazmat.primitives.asymmetric import ec, ed448, ed25519, padding, rsa

    key, signature, said = above.public_key(), below.signature, below.tbs_certificate_bytes
    try:
        how = below.signature_algorithm_parameters
        digest = below.signature_hash_algorithm
        match key, how:
            case rsa.RSAPublicKey(), padding.PKCS1v15() | padding.PSS() if digest is not None:
                key.verify(signature, said, how, digest)
            case ec.EllipticCurvePublicKey(), ec.ECDSA():
                key.verify(signature, said, how)
            case ed25519.Ed25519PublicKey() | ed448.Ed448PublicKey(), None:
                key.verify(signature, said)
            case _:
                return False
    except InvalidSignature:
        return False
    except faults():
        return False
    return True
