"""The list for identities is the user's, and apart from those for signers."""

from __future__ import annotations

import pytest

from provenance.c2pa.trust import TrustStore, describe_identities
from provenance.errors import TrustError
from provenance.evidence import SignerLevel

DID = "did:jwk:eyJrdHkiOiJPS1AifQ"


@pytest.fixture(scope="module")
def shipped():
    return TrustStore.shipped()


def test_none_comes_with_assay(shipped):
    assert not shipped.cawg.anchors
    assert "cawg" not in [one.name for one in shipped.lists()]


def test_certificates_and_aggregators_are_added_and_no_other_list_changes(
    shipped, authority, impostor
):
    store = shipped.with_identity(authority.root, f"# ours\n{DID}\n".encode())
    store = store.with_identity(impostor.root + f"\n{DID}\n".encode())
    assert store.cawg.count == 3
    assert store.cawg.allowed == f"{DID}\n"
    assert store.lists() == (*shipped.lists(), store.cawg)
    assert store.level("cawg") is SignerLevel.UNTRUSTED


def test_a_root_may_stand_on_both_sides(shipped, authority):
    both = shipped.with_private(authority.root).with_identity(authority.root)
    assert both.cawg.anchors == both.private.anchors


def test_a_store_survives_the_way_to_a_worker(shipped, authority):
    store = shipped.with_identity(authority.root, DID.encode())
    assert TrustStore.from_json(store.to_json()) == store


@pytest.mark.parametrize(
    "text", [b"", b"no did: here", b"xdid:jwk:a", b"did:jwk:a b", b"did:JWK:a"]
)
def test_a_file_with_neither_is_refused(shipped, text):
    with pytest.raises(TrustError):
        shipped.with_identity(text)
    with pytest.raises(TrustError):
        describe_identities(text)


def test_a_broken_certificate_beside_a_did_is_not_passed_over(shipped):
    with pytest.raises(TrustError):
        shipped.with_identity(f"{DID}\n-----BEGIN CERTIFICATE-----\nAAAA\n".encode())


def test_each_is_described(authority):
    said = describe_identities(authority.root + f"{DID}\n".encode())
    assert said[0].startswith("CN=Assay Tests Root")
    assert said[1] == DID
