"""Paths from a signer's certificate to the anchors of trust lists.

Follows RFC 5280 section 6.1 (issuer names, signatures, validity, basic constraints, path length,
key usage; further constraints in `provenance.c2pa.constraints`) and C2PA 2.4 section 14.5 (extended
key usage of the signer's certificate).

The chain is taken as it was sent: the signer's certificate first, each next one the issuer of the
one before. Every way to an anchor is found, and each is marked by whether all implementations must
accept it; an odd one (certificates out of order, an issuer that is no authority or one for other
names or purposes, a chain that goes on to a stranger) is accepted by some only.
"""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from itertools import pairwise
from typing import TYPE_CHECKING

from provenance.c2pa.constraints import may_issue, may_sign_claims
from provenance.c2pa.trust import TrustList, certificates_in
from provenance.certificates import faults, read_der

if TYPE_CHECKING:
    from cryptography.x509 import Certificate

__all__ = ["Anchors", "Path", "Unreadable", "certificates_of"]

MOST_CHAINS = 4096


class Unreadable(ValueError):  # noqa: N818 - what the bytes are
    """No certificate, or one with a key or an extension that nobody knows."""


@dataclass(frozen=True, slots=True)
class Path:
    """A way from a signer's certificate to a list.

    Attributes:
        name: of the list.
        sound: whether everybody accepts it, within its time.
        alone: whether the list names the signer's certificate itself.
        start, end: when all certificates above the signer's own are valid; None without limit.
    """

    name: str
    sound: bool
    alone: bool = False
    start: datetime | None = None
    end: datetime | None = None

    def holds(self, time: datetime) -> bool:
        """Whether everybody accepts it at `time`."""
        begun = self.start is None or self.start <= time
        return self.sound and begun and (self.end is None or time <= self.end)


class Anchors:
    """The anchors of some lists, by the name of their subject."""

    def __init__(self, lists: Sequence[TrustList]) -> None:
        self._by_subject: dict[bytes, list[tuple[str, Certificate]]] = {}
        self._ders: dict[bytes, str] = {}
        self._allowed = {
            line: one.name for one in lists for line in one.allowed.splitlines() if line[:1] != "#"
        }
        for one in lists:
            for anchor in certificates_in(one.anchors):
                subject = anchor.subject.public_bytes()
                self._by_subject.setdefault(subject, []).append((one.name, anchor))
                self._ders[_der(anchor)] = one.name
        self.paths = lru_cache(maxsize=MOST_CHAINS)(self._paths)

    def _paths(self, chain: tuple[bytes, ...]) -> tuple[Path, ...]:
        found = list(self._found(certificates_of(chain)))
        digest = base64.b64encode(hashlib.sha256(chain[0]).digest()).decode("ascii")
        if (name := self._allowed.get(digest)) is not None:
            found.append(Path(name, sound=True, alone=True))
        return tuple(dict.fromkeys(found))

    def _found(self, chain: tuple[Certificate, ...]) -> Iterator[Path]:
        in_order = all(_issued(above, below) for below, above in pairwise(chain))
        fit = in_order and may_sign_claims(chain[0])
        for one in _reachable(chain):
            place = chain.index(one)
            for name, anchor in self._by_subject.get(one.issuer.public_bytes(), ()):
                if _issued(anchor, one):
                    above = (*chain[1 : place + 1], anchor)
                    yield Path(
                        name,
                        fit and all(_may_issue(each, n) for n, each in enumerate(above)),
                        start=max(each.not_valid_before_utc for each in above),
                        end=min(each.not_valid_after_utc for each in above),
                    )
            if (name_of := self._ders.get(_der(one))) is not None:
                yield Path(name_of, sound=False)  # an anchor in the chain itself


def _reachable(chain: tuple[Certificate, ...]) -> list[Certificate]:
    """The certificates that issued the first one, in any order, at any distance; it comes first."""
    found = [chain[0]]
    for one in found:
        found += [each for each in chain if each not in found and _issued(each, one)]
    return found


def _issued(above: Certificate, below: Certificate) -> bool:
    """Whether the names fit and the signature is right."""
    from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm

    try:
        below.verify_directly_issued_by(above)
    except (ValueError, TypeError, InvalidSignature, UnsupportedAlgorithm):
        return False
    return True


def _may_issue(certificate: Certificate, between: int) -> bool:
    """Whether it may issue certificates, with `between` authorities between it and the signer."""
    from cryptography import x509

    try:
        usage = certificate.extensions.get_extension_for_class(x509.KeyUsage).value
    except (ValueError, x509.ExtensionNotFound):
        return False
    # Policies are not followed here; some implementations do.
    policies = (x509.PolicyConstraints, x509.InhibitAnyPolicy)
    plain = not any(isinstance(one.value, policies) for one in certificate.extensions)
    return plain and usage.key_cert_sign and may_issue(certificate, between)


@lru_cache(maxsize=MOST_CHAINS)
def certificates_of(chain: tuple[bytes, ...]) -> tuple[Certificate, ...]:
    """The certificates of a chain.

    Raises:
        Unreadable: one of them is not a certificate that can be read.
    """
    try:
        read = tuple(map(read_der, chain))
        for one in read:
            _ = one.extensions  # at once: a fault found later would look like an answer
    except faults() as fault:
        raise Unreadable from fault
    return read


def _der(certificate: Certificate) -> bytes:
    from cryptography.hazmat.primitives.serialization import Encoding

    return certificate.public_bytes(Encoding.DER)
