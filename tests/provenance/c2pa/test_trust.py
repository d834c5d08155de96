"""Trust lists are values: kept apart, one key in one of them, and never loosened by accident."""

from __future__ import annotations

import datetime
import json
from dataclasses import replace

import pytest
from cryptography import x509

from provenance.c2pa.trust import TrustList, TrustStore, describe_anchors
from provenance.errors import TrustError
from provenance.evidence import SignerLevel

BEGIN = "-----BEGIN CERTIFICATE-----"


@pytest.fixture(scope="module")
def shipped():
    return TrustStore.shipped()


def first_certificate(pem):
    end = "-----END CERTIFICATE-----\n"
    return pem[pem.index(BEGIN) : pem.index(end)] + end


def keys(trust_list):
    certificates = x509.load_pem_x509_certificates(trust_list.anchors.encode())
    return [one.public_key() for one in certificates]


def test_the_shipped_lists_are_there_and_dated(shipped):
    assert {"official", "interim"} <= {one.name for one in shipped.lists()}
    for one in shipped.lists():
        assert one.count > 0
        assert len(one.sha256) == 64
        datetime.date.fromisoformat(one.date)


def test_a_list_is_stale_after_the_day_its_issuer_promised_a_newer_one():
    promised = TrustList("official", "", next_update="2027-08-05")
    assert not promised.is_stale(datetime.date(2027, 8, 5))
    assert promised.is_stale(datetime.date(2027, 8, 6))
    assert not TrustList("private", "").is_stale(datetime.date(9999, 1, 1))


def test_private_anchors_are_added_and_the_others_left_alone(shipped, authority):
    store = shipped.with_private(authority.root)
    assert store.private.count == 1
    assert store.private.anchors == authority.root.decode()
    assert (store.official, store.tsa, store.interim) == (
        shipped.official,
        shipped.tsa,
        shipped.interim,
    )
    assert shipped.private.count == 0


def test_the_same_root_twice_is_one_root(shipped, authority, impostor):
    store = shipped.with_private(authority.root, authority.root + authority.root)
    assert store.private.count == 1
    both = store.with_private(impostor.root)
    assert both.private.count == 2
    assert both == shipped.with_private(impostor.root, authority.root)


def test_a_root_of_the_official_list_stays_official(shipped):
    store = shipped.with_private(first_certificate(shipped.official.anchors).encode())
    assert store.private.count == 0
    assert store.official == shipped.official


@pytest.mark.parametrize("name", ["tsa", "interim"])
def test_a_root_of_another_list_moves_to_the_private_one(shipped, authority, name):
    """The library pools roots and names one list at random when a key is in two."""
    root = authority.root.decode()
    other = first_certificate(shipped.interim.anchors)
    before = replace(shipped.interim, name=name, anchors=other + root)
    store = replace(shipped, **{name: before}).with_private(authority.root)
    after = getattr(store, name)
    assert keys(store.private) == keys(TrustList("private", root))
    assert keys(after) == keys(TrustList(name, other))
    assert after.allowed == before.allowed


@pytest.mark.parametrize(
    "text",
    [
        b"",
        b"hello",
        b"\xff\xfe\x00",
        (BEGIN + "\nbm90IGEgY2VydGlmaWNhdGU=\n-----END CERTIFICATE-----\n").encode(),
        (BEGIN + "\n").encode(),
    ],
)
def test_what_is_no_certificate_is_refused_with_a_hint(shipped, text):
    with pytest.raises(TrustError) as refused:
        shipped.with_private(text)
    assert "PEM" in refused.value.hint
    with pytest.raises(TrustError):
        describe_anchors(text)


def test_a_private_key_is_not_taken_for_a_certificate(shipped, authority):
    with pytest.raises(TrustError):
        shipped.with_private(authority.key)


def test_one_bad_certificate_among_good_ones_is_not_passed_over(shipped, authority):
    bad = (BEGIN + "\nbm90\n-----END CERTIFICATE-----\n").encode()
    with pytest.raises(TrustError):
        shipped.with_private(authority.root + bad)


def test_anchors_are_described_for_people(authority):
    (line,) = describe_anchors(authority.root)
    assert "O=Assay Tests" in line
    assert line.endswith("until 2124-01-01")


def test_levels_come_from_the_lists_for_signers_only(shipped):
    assert shipped.level("official") is SignerLevel.OFFICIAL_TRUSTED
    assert shipped.level("interim") is SignerLevel.LEGACY_TRUSTED
    assert shipped.level("private") is SignerLevel.PRIVATE_TRUSTED
    for name in ("tsa", "Official", "official ", "", None, "canary"):
        assert shipped.level(name) is SignerLevel.UNTRUSTED


def test_a_store_survives_the_way_to_a_worker(shipped, authority):
    store = shipped.with_private(authority.root)
    assert TrustStore.from_json(json.loads(json.dumps(store.to_json()))) == store


def test_organisations_of_the_interim_list_are_found_whatever_their_case(shipped):
    assert shipped.names_interim("Adobe Systems Incorporated")
    assert shipped.names_interim("CANON INC.")
    assert not shipped.names_interim("Assay Tests")
    assert not shipped.names_interim("")


def test_an_empty_list_names_nothing():
    empty = TrustList("private", "")
    assert empty.count == 0
    assert not TrustStore(empty, empty, empty).names_interim("Adobe")
