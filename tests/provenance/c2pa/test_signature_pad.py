"""Zeros behind a signature are taken away, and nothing else is, in boxes that still add up."""

from __future__ import annotations

import hashlib
import io
import struct

import pytest

from provenance.c2pa import native
from provenance.c2pa.claim import Claim, manifest
from provenance.c2pa.native_signing import Hashed, NativeSigner, store
from provenance.c2pa.signature_pad import LEAST, pad, shortened
from provenance.c2pa.signing_key import checked, pem_signer
from provenance.c2pa.trust import TrustList
from tests.provenance.c2pa.test_signing_key import NOW

WORK = b"Un chat dort.\n"


@pytest.fixture(scope="module")
def signed(authority):
    ready = checked(pem_signer(authority.key, authority.chain), NOW)
    signer = NativeSigner(ready.alg.name, ready.chain, ready.sign)
    hashed = Hashed(hashlib.sha256(WORK).digest(), len(WORK), lambda size: size)
    return store(manifest(Claim("digitalCreation"), ("Assay", "1")), (), signer, hashed)


def codes(data, authority):
    """What the library says of a store; of the binding nothing, since there is no work."""
    context = native._context((TrustList("private", authority.root.decode()),), None)
    summary = native.read(context, "application/c2pa", io.BytesIO(data)).summary
    found = summary["validation_results"]["activeManifest"]["success"]
    return {one["code"] for one in found}


def test_a_signature_made_elsewhere_is_padded_with_thousands_of_zeros(signed):
    assert pad(signed) > 5000


def test_it_holds_with_fewer(signed, authority):
    by = pad(signed) - LEAST
    short = shortened(signed, by)
    assert (len(short), pad(short)) == (len(signed) - by, LEAST)
    assert struct.unpack(">I", short[:4])[0] == len(short)
    assert {"claimSignature.validated", "signingCredential.trusted"} <= codes(short, authority)


def test_none_are_taken_that_are_not_there(signed):
    assert shortened(signed, 0) == signed
    with pytest.raises(ValueError, match="not padded enough"):
        shortened(signed, pad(signed) - LEAST + 1)
    with pytest.raises(ValueError, match="not padded enough"):
        shortened(b"words", 1)


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"\x63pad\x59",
        b"\x63pad\x59\x01\x00" + bytes(256),
        b"\x63pad\x59\x01\x00" + bytes(255) + b"\x01\xf6",
        b"\x63pad\x59\x00\x10" + bytes(16) + b"\xf6",
    ],
)
def test_what_is_not_a_pad_is_none(data):
    assert pad(data) == 0
