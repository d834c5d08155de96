"""Who stands behind a work besides the signer of its claim: CAWG identity assertions 1.2.

An identity assertion (`cawg.identity`) says that a named actor speaks for the assertions it
refers to, either with a certificate (section 8.2, X.509) or with a credential in which an
aggregator says whom it has verified (section 8.1, identity claims aggregation).

They are checked in a pass of their own, over a context of their own, because inside the library
they get in the way of the claim (measured on c2pa-python 0.38.1): an identity that fails, or that
cannot be checked offline, makes the whole file invalid; one that cannot be parsed takes its
manifest out of the answer; and an anchor loaded for identities makes signers of claims trusted. So
from this pass only the codes about identities are taken, and never its state, nor what it says of
the claim.

Nothing is fetched. An aggregator that publishes its key on the web (`did:web`) cannot be checked
offline, which says nothing against it.
"""

from __future__ import annotations

import base64
import binascii
from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, BinaryIO

from provenance.c2pa.actions import objects
from provenance.c2pa.cose import signing_certificate
from provenance.c2pa.graph import moment, text_of
from provenance.c2pa.identity_status import Answers, Method, answers_by_manifest, status_of
from provenance.credentials import Account, Identity, IdentityStatus

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from cryptography.x509 import Name

    from provenance.c2pa.native import Contexts

__all__ = ["has_identity", "read_identities"]

LABEL = "cawg.identity"
MOST_READ = 100
MOST_LISTED = 20
LONGEST_SIGNATURE = 512 * 1024
METHODS: dict[str, Method] = {
    "cawg.x509.cose": "x509",
    "cawg.identity_claims_aggregation": "ica",
}


@dataclass(slots=True)
class _Stated:
    """One assertion as it stands in a manifest, before it is checked.

    Attributes:
        manifest: label of the manifest it stands in.
        number: tells it from others in the same manifest; None for the first.
        method: how the actor is named.
        data: the assertion, as it was signed.
        decoded: the same, as the library understood it; empty when it did not.
    """

    manifest: str
    number: object
    method: Method
    data: dict[str, Any]
    decoded: dict[str, Any] = field(default_factory=dict)


def has_identity(summary: dict[str, Any]) -> bool:
    """Whether any manifest of a store, as first read, has an identity assertion: a cheap look."""
    return any(True for _ in _assertions(summary))


def read_identities(
    contexts: Contexts, media_type: str, stream: BinaryIO, summary: dict[str, Any]
) -> dict[str, tuple[Identity, ...]]:
    """The identities of every manifest in a store, each checked; up to 100 of them.

    Args:
        contexts: of this process.
        media_type: of the file, as for `native.read`.
        stream: the file, at any position.
        summary: of the same file, from a context that does not decode identities.

    Returns:
        By label of the manifest, in its order; manifests without one are left out.
    """
    from provenance.c2pa import native

    stated = list(_stated(summary))
    if not stated:
        return {}
    stream.seek(0)
    try:
        second = native.read(contexts.identities, media_type, stream).summary
    except (
        native.ManifestAbsent,
        native.ManifestRemote,
        native.ManifestUnsupported,
        native.ManifestUnreadable,
    ):
        # The same bytes were read without looking into the identities: they are what ails it.
        second = {}
    _decode(stated, second)
    together = Counter((one.manifest, one.method) for one in stated)
    told, loaded = answers_by_manifest(second), second.get("manifests") or {}
    found: dict[str, tuple[Identity, ...]] = {}
    for one in stated:
        said = told.get(one.manifest, ())
        answers = Answers.about(one.method, said, loaded=one.manifest in loaded)
        alike = together[one.manifest, one.method]
        status = status_of(one.method, answers, alike, understood=bool(one.decoded))
        found[one.manifest] = (*found.get(one.manifest, ()), _identity(one, status, answers))
    return found


def _assertions(summary: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    """The identity assertions of a summary, with the manifest each stands in; sorted by it."""
    manifests = summary.get("manifests")
    for label, manifest in sorted((manifests if isinstance(manifests, dict) else {}).items()):
        for one in objects(manifest.get("assertions") if isinstance(manifest, dict) else None):
            if str(one.get("label")).partition("__")[0] == LABEL:
                yield str(label), one


def _stated(summary: dict[str, Any]) -> Iterator[_Stated]:
    """The first ones; those of the work itself come before those of its ingredients."""
    active = summary.get("active_manifest")
    every = sorted(_assertions(summary), key=lambda one: one[0] != active)
    for manifest, one in every[:MOST_READ]:
        data = one.get("data")
        data = data if isinstance(data, dict) else {}
        sig_type = str(_object(data, "signer_payload").get("sig_type"))
        method: Method = METHODS.get(sig_type, "other")
        yield _Stated(manifest, _number(one), method, data)


def _number(one: dict[str, Any]) -> object:
    return (str(one.get("label")), one.get("instance"))


def _decode(stated: list[_Stated], second: dict[str, Any]) -> None:
    """Put to each assertion what the library made of it, when it stands there once."""
    decoded: dict[tuple[str, object], list[dict[str, Any]]] = {}
    for manifest, one in _assertions(second):
        data = one.get("data")
        if isinstance(data, dict):
            decoded.setdefault((manifest, _number(one)), []).append(data)
    for assertion in stated:
        same = decoded.get((assertion.manifest, assertion.number), [])
        assertion.decoded = same[0] if len(same) == 1 else {}


def _identity(one: _Stated, status: IdentityStatus, answers: Answers) -> Identity:
    payload = _object(one.data, "signer_payload")
    name, issuer = _certified(one) if one.method == "x509" else (None, None)
    accounts: tuple[Account, ...] = ()
    if one.method == "ica":
        issuer = text_of(one.decoded.get("issuer"))
        accounts = tuple(_accounts(one.decoded.get("verifiedIdentities")))
    references = (
        (text_of(reference.get("url")) or "").rpartition("/")[2]
        for reference in objects(payload.get("referenced_assertions"))[:MOST_LISTED]
    )
    return Identity(
        method=one.method,
        status=status,
        name=name,
        issuer=issuer,
        accounts=accounts,
        roles=tuple(_texts(payload.get("role"))),
        references=tuple(reference for reference in references if reference),
        codes=answers.codes(),
    )


def _certified(one: _Stated) -> tuple[str | None, str | None]:
    """Subject and issuer of the certificate in an X.509 signature.

    The library tells the subject only, and only of a signature that verifies; what is read here
    besides must be of the same certificate.
    """
    told = _object(one.decoded, "signature_info")
    name = text_of(told.get("common_name")) or text_of(told.get("issuer"))
    signature = one.data.get("signature")
    if not isinstance(signature, str) or len(signature) > LONGEST_SIGNATURE:
        return name, None
    try:
        certificate = signing_certificate(base64.b64decode(signature, validate=True))
        if certificate is None:
            return name, None
        subject, issuer = _named(certificate.subject), _named(certificate.issuer)
        serial = str(certificate.serial_number)
    except (binascii.Error, ValueError):
        return name, None
    if told and (subject, serial) != (name, str(told.get("cert_serial_number"))):
        return name, None
    return subject, issuer


def _named(who: Name) -> str | None:
    """The common name, else the organisation, else the address."""
    from cryptography.x509.oid import NameOID

    for kind in (NameOID.COMMON_NAME, NameOID.ORGANIZATION_NAME, NameOID.EMAIL_ADDRESS):
        for attribute in who.get_attributes_for_oid(kind):
            if text := text_of(attribute.value):
                return text
    return None


def _accounts(stated: object) -> Iterable[Account]:
    for one in objects(stated)[:MOST_LISTED]:
        provider = _object(one, "provider")
        yield Account(
            type=text_of(one.get("type")) or "unknown",
            provider=text_of(provider.get("name")) or text_of(provider.get("id")),
            name=text_of(one.get("name")),
            username=text_of(one.get("username")),
            uri=text_of(one.get("uri")),
            verified_at=moment(one.get("verifiedAt")),
        )


def _texts(stated: object) -> Iterator[str]:
    for one in stated[:MOST_LISTED] if isinstance(stated, list) else ():
        if text := text_of(one):
            yield text


def _object(holder: dict[str, Any], key: str) -> dict[str, Any]:
    value = holder.get(key)
    return value if isinstance(value, dict) else {}
