"""Time stamps (RFC 3161): a third party's word that a signature existed at a moment.

The reply of the authority is kept whole (`TimeStampResp`, section 2.4.2). Verification is that of
rfc3161-client, at the time of the stamp, against roots that the verifier chose. Sending a request
is left to whoever implements `TimeStampAuthority`: this package opens no connection.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Protocol

from cryptography.x509 import Certificate, InvalidVersion, load_pem_x509_certificates

from provenance.attest.checks import NotValid, Reason
from provenance.errors import KeyFault, ReceiptError
from provenance.limits import DEFAULT

if TYPE_CHECKING:
    from rfc3161_client import Accuracy, TimeStampRequest, TimeStampResponse

__all__ = ["TimeStampAuthority", "in_der_order", "load_roots", "obtain", "request", "verify"]

GRANTED = 0
HASHES = {
    "2.16.840.1.101.3.4.2.1": hashlib.sha256,
    "2.16.840.1.101.3.4.2.2": hashlib.sha384,
    "2.16.840.1.101.3.4.2.3": hashlib.sha512,
}

CERTIFICATES = 0xA0


class TimeStampAuthority(Protocol):
    """Answers requests: over a network, through a file, or in this process."""

    def reply(self, request: bytes) -> bytes:
        """The DER of the `TimeStampResp` to the DER of a `TimeStampReq`.

        Raises:
            ReceiptError: there is none.
        """
        ...


def load_roots(pem: bytes) -> tuple[Certificate, ...]:
    """The certificates in a PEM file, to be trusted as roots of time-stamping authorities.

    Raises:
        KeyFault: there are none.
    """
    try:
        return tuple(load_pem_x509_certificates(pem))
    except (ValueError, InvalidVersion) as fault:
        raise KeyFault("no certificate (PEM) of a time-stamping authority in it") from fault


def request(message: bytes) -> bytes:
    """The DER of a request (section 2.4.1): SHA-256 of `message`, a nonce, certificates wanted."""
    return _request(message).as_bytes()


def _request(message: bytes) -> TimeStampRequest:
    from rfc3161_client import HashAlgorithm, TimestampRequestBuilder

    return TimestampRequestBuilder(message, HashAlgorithm.SHA256, nonce=True, cert_req=True).build()


def obtain(authority: TimeStampAuthority, message: bytes) -> bytes:
    """An authority's reply for `message`, after a look whether it answers what was asked.

    Raises:
        ReceiptError: it does not.
    """
    asked = _request(message)
    reply = authority.reply(asked.as_bytes())
    try:
        found = _read(reply, message)
    except NotValid as fault:
        raise ReceiptError(f"the time-stamping authority's reply: {fault.reason.value}") from fault
    if found.tst_info.nonce != asked.nonce:
        raise ReceiptError("the time-stamping authority answered another request (nonce)")
    return reply


@dataclass(frozen=True, slots=True)
class Stamped:
    """What a time stamp says.

    Attributes:
        before: when the message existed at the latest: the time of the stamp and its inaccuracy.
        trusted: whether an authority below one of the given roots says so; else it is a claim.
    """

    before: datetime
    trusted: bool


def verify(reply: bytes, message: bytes, roots: Sequence[Certificate]) -> Stamped:
    """Checks a reply.

    Args:
        reply: the DER of a `TimeStampResp`.
        message: what was stamped.
        roots: certificates of authorities, or of roots above them; without any, the stamp is
            read and compared with `message`, and what it says stays a claim.

    Raises:
        NotValid: it is unreadable, a refusal, for another message, or by nobody below `roots`.
    """
    from rfc3161_client import VerifierBuilder

    found = _read(reply, message)
    before = _latest(found)
    if not roots:
        return Stamped(before, trusted=False)
    try:
        VerifierBuilder(roots=list(roots)).build().verify_message(found, message)
    except Exception as fault:  # a hostile certificate raises more than a VerificationError
        raise NotValid(Reason.TIMESTAMP_UNTRUSTED) from fault
    return Stamped(before, trusted=True)


def _read(reply: bytes, message: bytes) -> TimeStampResponse:
    """A reply that grants a stamp for `message`; nothing is said of who made it."""
    from rfc3161_client import decode_timestamp_response

    if len(reply) > DEFAULT.timestamp_bytes:
        raise NotValid(Reason.TIMESTAMP_UNREADABLE)
    try:
        found = decode_timestamp_response(in_der_order(reply))
        same = found.status != GRANTED or _is_for(found, message)
    except Exception as fault:  # the parser is not ours, and the bytes may be anybody's
        raise NotValid(Reason.TIMESTAMP_UNREADABLE) from fault
    if found.status != GRANTED:
        raise NotValid(Reason.TIMESTAMP_REFUSED)
    if not same:
        raise NotValid(Reason.TIMESTAMP_OTHER_SIGNATURE)
    return found


def _is_for(found: TimeStampResponse, message: bytes) -> bool:
    imprint = found.tst_info.message_imprint
    algorithm = HASHES.get(imprint.hash_algorithm.dotted_string)
    return algorithm is not None and algorithm(message).digest() == imprint.message


def _latest(found: TimeStampResponse) -> datetime:
    accuracy: Accuracy | None = found.tst_info.accuracy  # which may be absent, as may its parts
    try:
        moment = found.tst_info.gen_time
        if accuracy is None:
            return moment
        return moment + timedelta(
            seconds=accuracy.seconds or 0,
            milliseconds=accuracy.millis or 0,
            microseconds=accuracy.micros or 0,
        )
    except (ValueError, OverflowError) as fault:
        raise NotValid(Reason.TIMESTAMP_UNREADABLE) from fault


def in_der_order(reply: bytes) -> bytes:
    """`reply` with its certificates in the order that DER asks of a SET (X.690 section 11.6).

    Some authorities send their chain as it comes (`openssl ts -reply -chain`), and a strict parser
    refuses that. No signature covers the order of the certificates (RFC 5652 section 5.4: only the
    content and the signed attributes), so putting them in order changes nothing that is verified.
    What cannot be walked is returned as it is; the parser will say what is wrong.
    """
    try:
        # TimeStampResp > ContentInfo > [0] > SignedData > [0] certificates
        response = _only(_elements(reply, 0, len(reply)))
        content_info = _elements(reply, *response.content)[1]
        explicit = _elements(reply, *content_info.content)[1]
        signed_data = _only(_elements(reply, *explicit.content))
        fields = _elements(reply, *signed_data.content)
        certificates = next(one for one in fields if one.tag == CERTIFICATES)
        encoded = sorted(
            reply[one.start : one.content[1]] for one in _elements(reply, *certificates.content)
        )
    except (IndexError, ValueError, StopIteration):
        return reply
    start, end = certificates.content
    return reply[:start] + b"".join(encoded) + reply[end:]


@dataclass(frozen=True, slots=True)
class _Element:
    """One DER element: where it starts, and where its content starts and ends."""

    tag: int
    start: int
    content: tuple[int, int]


def _only(elements: list[_Element]) -> _Element:
    (one,) = elements
    return one


def _elements(data: bytes, start: int, end: int) -> list[_Element]:
    """The elements side by side in `data[start:end]`, with definite lengths (X.690 section 8.1)."""
    found = []
    while start < end:
        tag, size, content = data[start], data[start + 1], start + 2
        if size & 0x80:
            width = size & 0x7F
            if not 1 <= width <= 4:
                raise ValueError("an indefinite or absurd length")
            size = int.from_bytes(data[content : content + width])
            content += width
        if content + size > end:
            raise ValueError("longer than what holds it")
        found.append(_Element(tag, start, (content, content + size)))
        start = content + size
    return found
