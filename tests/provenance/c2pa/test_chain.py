"""The certificates of a manifest store: found as the library finds them, or not at all."""

from __future__ import annotations

import base64
import hashlib
import struct

import cbor2
import pytest
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509 import load_pem_x509_certificate
from hypothesis import given
from hypothesis import strategies as st

from provenance.c2pa.chain import chains_in, with_chains
from provenance.c2pa.cose import MOST_CERTIFICATES, chain_of
from provenance.c2pa.jumbf import Malformed, boxes, signatures
from provenance.evidence import Carrier, Credential, Ingredient, Integrity, Signer, SignerLevel

LEAF, ISSUER = b"leaf", b"issuer"


def box(kind, *parts):
    data = b"".join(parts)
    return struct.pack(">I4s", 8 + len(data), kind) + data


def superbox(label, *content):
    described = box(b"jumd", bytes(16), b"\x03", label.encode() + b"\0")
    return box(b"jumb", described, *content)


def sign1(protected, unprotected):
    return cbor2.dumps(cbor2.CBORTag(18, [cbor2.dumps(protected), unprotected, None, b"signed"]))


def manifest(label, cose):
    signature = superbox("c2pa.signature", box(b"cbor", cose))
    return superbox(label, superbox("c2pa.assertions", box(b"cbor", b"\xa0")), signature)


def store(*manifests):
    return superbox("c2pa", *manifests)


SIGNED = sign1({1: -7, 33: [LEAF, ISSUER]}, {})


@pytest.mark.parametrize(
    ("protected", "unprotected"),
    [
        ({33: [LEAF, ISSUER]}, {}),
        ({"x5chain": [LEAF, ISSUER]}, {}),
        ({1: -7}, {33: [LEAF, ISSUER], "pad": bytes(9)}),
        ({1: -7}, {"x5chain": [LEAF, ISSUER]}),
    ],
)
def test_a_chain_is_found_wherever_writers_put_it(protected, unprotected):
    assert chain_of(sign1(protected, unprotected)) == (LEAF, ISSUER)


def test_a_single_certificate_may_stand_without_an_array():
    assert chain_of(sign1({33: LEAF}, {})) == (LEAF,)


@pytest.mark.parametrize(
    "cose",
    [
        b"",
        b"\x80",
        SIGNED[1:],  # without its tag
        SIGNED[:-3],
        sign1({1: -7}, {}),
        sign1({33: [LEAF]}, {"x5chain": [ISSUER]}),  # which of the two signed?
        sign1({33: [LEAF], "x5chain": [ISSUER]}, {}),
        sign1({33: []}, {}),
        sign1({33: ["leaf"]}, {}),
        sign1({33: [b""]}, {}),
        sign1({33: [LEAF] * (MOST_CERTIFICATES + 1)}, {}),
        cbor2.dumps(cbor2.CBORTag(18, [b"", {}, None])),
        cbor2.dumps(cbor2.CBORTag(18, [b"\xa2\x18\x21\x41a\x18\x21\x41b", {}, None, b""])),  # twice
        cbor2.dumps(cbor2.CBORTag(18, [b"", {33: cbor2.CBORTag(35, "a+b")}, None, b""])),
        b"\xd2" + b"\x81" * 400,
    ],
)
def test_an_odd_signature_has_no_chain(cose):
    assert chain_of(cose) == ()


def test_every_manifest_of_a_store_has_its_own():
    other = sign1({33: ISSUER}, {})
    assert chains_in(store(manifest("urn:a", SIGNED), manifest("urn:b", other))) == {
        "urn:a": (LEAF, ISSUER),
        "urn:b": (ISSUER,),
    }


def test_two_manifests_of_one_name_have_none():
    both = store(manifest("urn:a", SIGNED), manifest("urn:a", sign1({33: ISSUER}, {})))
    assert chains_in(both) == {}


def test_two_signatures_in_one_manifest_are_none():
    signature = superbox("c2pa.signature", box(b"cbor", SIGNED))
    assert chains_in(store(superbox("urn:a", signature, signature))) == {}


@pytest.mark.parametrize(
    "damaged",
    [
        store(manifest("urn:a", SIGNED))[:-1],
        b"\0\0\0\x04jumb",
        b"\0\0\0\x01jumb\0\0\0\0\0\0\0\x09",
        box(b"jumb", box(b"cbor", b"")),
        store(box(b"jumb", box(b"jumd", bytes(16), b"\x03no end"))),
    ],
)
def test_boxes_that_do_not_fit_are_malformed(damaged):
    with pytest.raises(Malformed):
        list(signatures(damaged))
    assert chains_in(damaged) == {}


def test_long_and_open_lengths_are_read():
    inside = box(b"free", b"12")
    assert [one.kind for one in boxes(memoryview(inside))] == [b"free"]
    long = struct.pack(">I4sQ", 1, b"free", 18) + b"12"
    to_the_end = struct.pack(">I4s", 0, b"last") + b"rest"
    found = list(boxes(memoryview(long + to_the_end)))
    assert [(one.kind, bytes(one.data)) for one in found] == [(b"free", b"12"), (b"last", b"rest")]


@given(st.binary(max_size=300))
def test_any_bytes_are_read_or_refused(data):
    chains_in(data)
    chain_of(data)
    chain_of(b"\xd2" + data)


WHOLE = store(manifest("urn:a", SIGNED), manifest("urn:b", SIGNED))


@given(st.integers(0, len(WHOLE) - 1), st.integers(0, 255))
def test_a_changed_byte_never_crashes(at, byte):
    for chain in chains_in(WHOLE[:at] + bytes([byte]) + WHOLE[at + 1 :]).values():
        assert all(isinstance(one, bytes) for one in chain)


def credential(**fields):
    signer = Signer(level=SignerLevel.UNTRUSTED)
    return Credential(
        source="c2pa",
        carrier=Carrier.EMBEDDED,
        integrity=Integrity.INTACT,
        signer=signer,
        manifest="urn:a",
        ingredients=(
            Ingredient(
                relationship="parentOf", manifest="urn:b", integrity=Integrity.INTACT, signer=signer
            ),
            Ingredient(relationship="componentOf", integrity=Integrity.ABSENT),
        ),
        **fields,
    )


def test_each_signer_gets_its_chain_and_each_certificate_is_kept_once():
    other = sign1({33: [ISSUER]}, {})
    found = chains_in(store(manifest("urn:a", SIGNED), manifest("urn:b", other)))
    kept = with_chains(credential(), found)
    leaf, issuer = (hashlib.sha256(one).hexdigest() for one in (LEAF, ISSUER))
    assert kept.signer.chain == (leaf, issuer)
    assert kept.ingredients[0].signer.chain == (issuer,)
    assert kept.ingredients[1].signer is None
    assert kept.certificates == {
        leaf: base64.b64encode(LEAF).decode(),
        issuer: base64.b64encode(ISSUER).decode(),
    }


def test_a_store_that_cannot_be_read_changes_nothing():
    assert with_chains(credential(), chains_in(b"\0")) == credential()


def test_what_the_library_writes_is_read(authority):
    """The store of a file that was signed here holds the certificate it was signed with."""
    from tests.provenance.c2pa.stores import signed, store_of

    leaf = load_pem_x509_certificate(authority.chain).public_bytes(Encoding.DER)
    (chain,) = chains_in(store_of(signed(authority))).values()
    assert chain == (leaf,)
