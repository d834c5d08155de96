"""Authorities that may not issue signers of claims make none, whatever the library thinks."""

from __future__ import annotations

import base64
import csv

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding

from provenance.asset import Asset
from provenance.c2pa.constraints import constrained
from provenance.c2pa.reader import C2paReader
from provenance.c2pa.signed import signers_of
from provenance.c2pa.trust import TrustStore
from provenance.evidence import TRUSTED_LEVELS, Credential
from tests.provenance.c2pa.certificates import DAY, NOW, SERVER, issue, named

STAMPS = "1.3.6.1.5.5.7.3.8"
ADOBE = "1.2.840.113583.1.1.7"
ANY = "2.5.29.37.0"


def for_purposes(*purposes):
    return (x509.ExtendedKeyUsage([x509.ObjectIdentifier(one) for one in purposes]), False)


UNKNOWN = x509.UnrecognizedExtension(x509.ObjectIdentifier("1.2.3.4.5"), b"\x05\x00")
OTHER_NAMES = x509.NameConstraints(None, [x509.DirectoryName(named("leaf"))])

DEFECTS = {
    "names": {"extensions": [(OTHER_NAMES, True)]},
    "servers": {"extensions": [for_purposes(SERVER)]},
    "time stamps": {"extensions": [for_purposes(STAMPS)]},
    "unknown": {"extensions": [(UNKNOWN, True)]},
    "no authority": {"ca": False},
}


def ask(*chain, anchors):
    ders = tuple(one.certificate.public_bytes(Encoding.DER) for one in chain)
    return constrained(ders, "".join(one.pem.decode() for one in anchors))


@pytest.fixture(scope="module")
def root():
    return issue("root", ca=True)


@pytest.mark.parametrize("defect", DEFECTS.values(), ids=DEFECTS)
def test_an_authority_that_may_not_issue_signers_forbids(root, defect):
    middle = issue("middle", root, **{"ca": True, **defect})
    leaf = issue("leaf", middle)
    assert ask(leaf, middle, anchors=[root])
    assert ask(leaf, anchors=[middle])  # an anchor is held to it too


def test_a_root_that_allows_no_authority_below_it_forbids_one():
    root = issue("root", ca=True, path_length=0)
    middle = issue("middle", root, ca=True)
    assert ask(issue("leaf", middle), middle, anchors=[root])
    assert not ask(issue("leaf", root), anchors=[root])


def test_an_authority_that_issued_itself_anew_is_not_counted():
    root = issue("root", ca=True, path_length=0)
    renewed = issue("root", root, ca=True)
    assert not ask(issue("leaf", renewed), renewed, anchors=[root])


@pytest.mark.parametrize("purposes", [(ADOBE,), (ANY,), (SERVER, "1.3.6.1.5.5.7.3.4")])
def test_other_purposes_beside_or_of_ones_own_making_do_not_forbid(root, purposes):
    middle = issue("middle", root, ca=True, extensions=[for_purposes(*purposes)])
    assert not ask(issue("leaf", middle), middle, anchors=[root])


def test_one_sound_path_is_enough(root):
    key = issue("key", ca=True).key
    bad = issue("middle", root, key, ca=True, extensions=[(UNKNOWN, True)])
    good = issue("middle", root, key, ca=True)
    leaf = issue("leaf", good)
    assert ask(leaf, bad, anchors=[root])
    assert not ask(leaf, bad, good, anchors=[root])


def test_where_no_path_leads_nothing_is_forbidden(root):
    middle = issue("middle", issue("stranger", ca=True), ca=True, extensions=[(UNKNOWN, True)])
    assert not ask(issue("leaf", middle), middle, anchors=[root])
    assert not ask(issue("leaf", middle), anchors=[])
    assert not constrained((), root.pem.decode())


def test_time_is_left_alone():
    root = issue("root", ca=True, start=NOW - 9 * DAY, end=NOW - DAY)
    middle = issue("middle", root, ca=True, start=NOW - 9 * DAY, end=NOW - DAY)
    assert not ask(issue("leaf", middle), middle, anchors=[root])


def test_neither_order_nor_names_hide_a_path(root):
    """An attacker chooses the order of the chain, and what the signer calls its issuer."""
    middle = issue("Middle", root, ca=True, extensions=[(UNKNOWN, True)])
    other = issue("other", ca=True)
    renamed = issue("leaf", type(middle)(other.certificate, middle.key))
    assert ask(issue("leaf", middle), other, middle, anchors=[root])
    assert ask(renamed, middle, anchors=[root])


def test_an_unreadable_signer_is_not_believed_and_an_unreadable_stranger_hides_nothing(root):
    middle = issue("middle", root, ca=True, extensions=[(UNKNOWN, True)])
    leaf = issue("leaf", middle)
    ders = [one.certificate.public_bytes(Encoding.DER) for one in (leaf, middle)]
    assert constrained((ders[0], b"\x30\x00", ders[1]), root.pem.decode())
    assert constrained((b"\x30\x00",), root.pem.decode())


@pytest.mark.data
def test_no_signer_that_is_trusted_is_forbidden(data_pack):
    folder = data_pack / "c2pa"
    store = TrustStore.shipped().with_private(
        (folder / "trust/c2pa-rs-test/test_cert_root_bundle.pem").read_bytes(),
        (folder / "trust/own/root.pem").read_bytes(),
    )
    lists = {one.name: one.anchors for one in (store.official, store.private, store.interim)}
    reader = C2paReader()
    reader.use_trust(store)
    looked = 0
    with (folder / "manifest.csv").open(encoding="utf-8") as rows:
        paths = [folder / row["path"] for row in csv.DictReader(rows) if row["n_manifests"]]
    for path in paths:
        for record in reader.read(Asset.from_bytes(path.read_bytes(), name=path.name)):
            if not isinstance(record, Credential):
                continue
            for signer in (one.signer for one in signers_of(record)):
                chain = tuple(base64.b64decode(record.certificates[one]) for one in signer.chain)
                trusted = signer.level in TRUSTED_LEVELS
                looked += trusted and bool(chain)
                assert not any(constrained(chain, anchors) for anchors in lists.values())
    assert looked > 50
