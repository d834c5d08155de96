"""The assurance level a certificate states, and what it takes for the highest human level."""

from __future__ import annotations

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding

from provenance.c2pa.assurance import EXTENSION, PREFIX, VALUES, assurance_level
from provenance.c2pa.building import build_graph
from provenance.c2pa.constraints import made_to_sign
from provenance.c2pa.human import human_level
from provenance.c2pa.origin import read_origin
from tests.provenance.c2pa.certificates import CLAIM_SIGNING, MAKERS, issue, named, usage
from tests.provenance.c2pa.summaries import (
    CAPTURE,
    CREATION,
    EMPTY,
    INTACT,
    action,
    actions,
    ingredient,
    manifest,
    summary,
    trusted,
)

LEVELS = {level: value for value, level in VALUES.items()}
STAMPED = (*INTACT, "timeStamp.validated", "timeStamp.trusted")
AT = {"issuer": "Camera", "time": "2026-03-01T12:00:00+00:00"}


@pytest.fixture(scope="module")
def root():
    return issue("Root", ca=True)


@pytest.fixture(scope="module")
def certificate(root):
    """Makes a leaf with the DER of an assurance level, or with none."""

    def make(value, purpose=CLAIM_SIGNING):
        key = MAKERS["ES256"]()
        leaf = issue("Camera", root, key).certificate
        builder = (
            x509.CertificateBuilder()
            .subject_name(named("Camera"))
            .issuer_name(leaf.issuer)
            .public_key(key.public_key())
            .serial_number(leaf.serial_number)
            .not_valid_before(leaf.not_valid_before_utc)
            .not_valid_after(leaf.not_valid_after_utc)
            .add_extension(x509.ExtendedKeyUsage([x509.ObjectIdentifier(purpose)]), critical=False)
            .add_extension(usage(ca=False), critical=True)
        )
        if value is not None:
            extension = x509.UnrecognizedExtension(x509.ObjectIdentifier(EXTENSION), value)
            builder = builder.add_extension(extension, critical=False)
        signed = builder.sign(root.key, leaf.signature_hash_algorithm)
        return signed.public_bytes(Encoding.DER)

    return make


@pytest.mark.parametrize("level", [1, 2])
def test_a_certificate_states_its_level(certificate, level):
    assert assurance_level(certificate(LEVELS[level])) == level


def test_the_value_is_the_object_identifier_of_the_policy():
    # 1.3.6.1.4.1.62558.3.20: each arc in base 128, the first two in one byte (X.690, 8.19).
    arcs = [1 * 40 + 3, 6, 1, 4, 1, *base_128(62558), 3, 20]
    assert LEVELS[2] == bytes([6, len(arcs), *arcs])


def base_128(arc):
    low = [arc & 0x7F]
    while arc := arc >> 7:
        low.append(arc & 0x7F | 0x80)
    return low[::-1]


@pytest.mark.parametrize("value", [None, b"", b"\x05\x00", PREFIX + b"\x1e", PREFIX + b"\x14\x00"])
def test_a_certificate_that_states_no_known_level_has_none(certificate, value):
    assert assurance_level(certificate(value)) is None


@pytest.mark.parametrize("data", [b"", b"no certificate", b"\x30\x80" * 50])
def test_what_is_no_certificate_states_none(data):
    assert assurance_level(data) is None


# The highest level


def captured(**signature):
    return manifest(actions(action("created", CAPTURE))) | {"signature_info": AT | signature}


def level_of(active, *certificates, success=STAMPED, by="official", **more):
    top = build_graph(summary(active=active, trusted_by=by, success=success, **more))
    for node, one in zip(top.walk(), certificates, strict=True):
        node.certificates = (one,)
    found = human_level(top, read_origin(top, EMPTY), EMPTY)
    return found.level, found.reason


def test_a_dated_capture_by_an_assured_device_is_attested_best(certificate):
    assert level_of(captured(), certificate(LEVELS[2])) == (4, None)


def test_each_thing_that_is_missing_is_named(certificate):
    low, high, none = certificate(LEVELS[1]), certificate(LEVELS[2]), certificate(None)
    assert level_of(captured(), low) == (3, "assurance_level_low")
    assert level_of(captured(), none) == (3, "assurance_level_unknown")
    assert level_of(captured(time=None), high) == (3, "no_trusted_time")
    unstamped = level_of(captured(), high, success=INTACT)
    assert unstamped == (3, "no_trusted_time")
    drawn = manifest(actions(action("created", CREATION))) | {"signature_info": AT}
    assert level_of(drawn, high) == (3, "not_a_capture")


def test_a_level_in_a_certificate_that_is_not_on_the_official_list_is_worth_nothing(certificate):
    assert level_of(captured(), certificate(LEVELS[2]), by="private") == (2, "signer_not_official")


def test_every_device_of_the_chain_must_be_assured(certificate):
    active = manifest(actions(action("opened")), ingredients=[ingredient("part")])
    active |= {"signature_info": AT}
    more = {"deltas": [trusted("part", "official")], "part": captured()}
    high, low = certificate(LEVELS[2]), certificate(LEVELS[1])
    assert level_of(active, high, high, **more) == (4, None)
    assert level_of(active, high, low, **more) == (3, "assurance_level_low")


# What a certificate is for


@pytest.mark.parametrize(
    ("purpose", "signs"),
    [
        (CLAIM_SIGNING, True),
        ("1.3.6.1.5.5.7.3.36", True),
        ("1.3.6.1.5.5.7.3.4", True),
        ("1.3.6.1.5.5.7.3.8", False),
        ("1.3.6.1.5.5.7.3.9", False),
        ("1.3.6.1.5.5.7.3.1", False),
    ],
    ids=["claims", "documents", "e-mail", "time stamps", "revocation", "servers"],
)
def test_a_certificate_for_something_else_signs_no_claims_whoever_issued_it(
    certificate, purpose, signs
):
    made = certificate(None, purpose)
    assert made_to_sign(made) is signs
    level, reason = level_of(captured(), made)
    assert (level, reason) == ((3, "assurance_level_unknown") if signs else (1, "signer_untrusted"))


def test_what_is_no_certificate_signs_nothing():
    assert not made_to_sign(b"no certificate")


@pytest.mark.parametrize(
    ("certificates", "level"), [(None, 3), ((), 1)], ids=["nobody looked", "none can be read"]
)
def test_a_signer_whose_certificates_cannot_be_read_is_not_trusted(certificates, level):
    top = build_graph(summary(active=captured(), trusted_by="official", success=STAMPED))
    top.certificates = certificates
    assert human_level(top, read_origin(top, EMPTY), EMPTY).level == level
