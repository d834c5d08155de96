"""Faults the fuzzer found, each as small as it can be: none may come back."""

from __future__ import annotations

import base64
import json

import pytest

from provenance.c2pa.assurance import assurance_level
from provenance.c2pa.content import content_digest
from provenance.c2pa.cose import signing_certificate
from provenance.c2pa.updating import parse_list
from provenance.errors import TrustError
from tests.fuzz.contract import as_asset
from tests.fuzz.signed_seeds import authorities, cbor, trust_list
from tests.provenance.c2pa.summaries import EMPTY
from tests.provenance.making import archive

VERSION = bytes.fromhex("a003020102")
ED25519 = bytes.fromhex("06032b6570")


def of_another_version():
    """A certificate that says it is of version 67: `InvalidVersion` is no ValueError."""
    good = authorities()[0]
    at = good.index(VERSION) + len(VERSION) - 1
    return good[:at] + b"\x42" + good[at + 1 :]


def of_an_unknown_algorithm():
    """A certificate with a key of a kind that nobody knows; `public_key()` raises."""
    good = authorities()[0]
    at = good.rindex(ED25519, 0, len(good) - 80)
    return good[:at] + ED25519[:-1] + b"\x25" + good[at + len(ED25519) :]


def pem(der):
    text = base64.encodebytes(der).decode()
    return f"-----BEGIN CERTIFICATE-----\n{text}-----END CERTIFICATE-----\n".encode()


def listing(der):
    document = json.loads(trust_list())
    services = document["LoTE"]["TrustedEntitiesList"][0]["TrustedEntityServices"][0]
    identity = services["ServiceInformation"]["ServiceDigitalIdentity"]
    identity["X509Certificates"][0]["val"] = base64.b64encode(der).decode()
    return json.dumps(document).encode()


def test_the_honest_ones_are_read():
    assert len(parse_list("official", listing(authorities()[0])).certificates) == 10
    assert EMPTY.with_private(pem(authorities()[0])).private.count == 1


def test_a_certificate_of_another_version_names_nobody():
    cose = b"\xd2" + cbor([cbor({33: of_another_version()}), {}, None, bytes(64)])
    assert signing_certificate(cose) is None


def test_a_certificate_of_another_version_has_no_assurance_level():
    assert assurance_level(of_another_version()) is None


@pytest.mark.parametrize("make", [of_another_version, of_an_unknown_algorithm])
@pytest.mark.parametrize(
    "read",
    [lambda der: EMPTY.with_private(pem(der)), lambda der: parse_list("official", listing(der))],
    ids=["PEM", "published list"],
)
def test_an_anchor_that_cannot_be_used_is_an_error_of_trust(read, make):
    with pytest.raises(TrustError):
        read(make())


def test_a_zip_of_a_version_to_come_has_no_digest():
    whole = bytearray(archive(("mimetype", "application/epub+zip")))
    at = whole.index(b"PK\x01\x02")
    whole[at + 6] = 157  # the version needed to extract, 15.7
    assert content_digest(as_asset(bytes(whole), "application/epub+zip")) is None
