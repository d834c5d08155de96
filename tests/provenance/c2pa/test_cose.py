"""The certificate in a signature is found in one way or not at all."""

from __future__ import annotations

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding
from hypothesis import given
from hypothesis import strategies as st

from provenance.c2pa.cose import LARGEST_SIGNATURE, signing_certificate
from tests.provenance.c2pa.text_signing import _cbor


@pytest.fixture(scope="module")
def der(authority):
    return x509.load_pem_x509_certificate(authority.chain).public_bytes(Encoding.DER)


def cose(protected, unprotected=None, tag=b"\xd2"):
    return tag + _cbor([_cbor(protected), unprotected or {}, None, bytes(64)])


def test_it_is_found_alone_first_in_a_chain_protected_or_not(der):
    for signature in (
        cose({1: -7, 33: der}),
        cose({1: -7, 33: [der, b"another"]}),
        cose({1: -7}, {33: der}),
    ):
        assert signing_certificate(signature).public_bytes(Encoding.DER) == der


def test_what_two_readers_could_take_in_two_ways_is_not_read(der):
    twice = b"\xa2" + (_cbor(33) + _cbor(der)) * 2
    for signature in (
        cose({33: der}, {33: der}),
        b"\xd2" + _cbor([twice, {}, None, bytes(64)]),
        cose({33: der}) + b"\0",
        b"\xd2\x9f" + cose({33: der})[2:] + b"\xff",
        cose({33: der}, tag=b"\xd3"),
        cose({33: der}, tag=b""),
        cose({33: []}),
        cose({33: b"no certificate"}),
        cose({1: -7}),
    ):
        assert signing_certificate(signature) is None


@pytest.mark.parametrize(
    "hostile",
    [
        b"",
        b"\x81" * 100_000,
        b"\x9b" + b"\xff" * 8,
        b"\xbb" + b"\xff" * 8,
        b"\x5b" + b"\xff" * 8,
        bytes(LARGEST_SIGNATURE + 1),
        b"\x80",
        b"\x84\x61\xff",
    ],
)
def test_hostile_bytes_are_no_certificate(hostile):
    assert signing_certificate(hostile) is None


@given(st.binary(max_size=300))
def test_no_bytes_raise(data):
    assert signing_certificate(b"\xd2\x84" + data) is None
