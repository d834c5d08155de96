"""Newer trust lists replace older ones only when they look as they must."""

from __future__ import annotations

import base64
import json
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import NameOID

from provenance.c2pa.trust import TrustStore
from provenance.c2pa.updating import OFFICIAL_URLS, parse_list, update
from provenance.errors import FetchError, TrustError

NOW = datetime(2026, 11, 22, tzinfo=UTC)


def root(number, *, ca=True):
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, f"Root {number}")])
    built = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(number + 1)
        .not_valid_before(NOW - timedelta(days=1))
        .not_valid_after(NOW + timedelta(days=999))
        .add_extension(x509.BasicConstraints(ca=ca, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    return base64.b64encode(built.public_bytes(Encoding.DER)).decode()


ROOTS = [root(number) for number in range(24)]


def published(roots, *, scheme="C2PA Trust List", issued="2026-09-01T00:00:00Z", status="trusted"):
    """A list as the programme publishes it."""
    service = {
        "ServiceInformation": {
            "ServiceDigitalIdentity": {"X509Certificates": [{"val": one} for one in roots]},
            "ServiceStatus": f"http://c2pa.org/conformance/trust-list/{status}",
        }
    }
    return json.dumps(
        {
            "LoTE": {
                "ListAndSchemeInformation": {
                    "SchemeName": [{"lang": "en", "value": scheme}],
                    "ListIssueDateTime": issued,
                    "NextUpdate": "2027-09-01T00:00:00Z",
                },
                "TrustedEntitiesList": [{"TrustedEntityServices": [service]}],
            }
        }
    ).encode()


TSA = published(ROOTS[12:], scheme="C2PA TSA Trust List")


@pytest.fixture
def store():
    """A store whose official list is the first twelve roots, of the first of August."""
    shipped = TrustStore.shipped()
    read = parse_list("official", published(ROOTS[:12]))
    anchors = "".join(read.certificates.values())
    return replace(shipped, official=replace(shipped.official, anchors=anchors, date="2026-08-01"))


def run(folder, store, official, tsa=TSA):
    bodies = {OFFICIAL_URLS["official"]: official, OFFICIAL_URLS["tsa"]: tsa}
    return update(folder, store, bodies.__getitem__, now=lambda: NOW)


def test_a_newer_list_is_kept_and_used(tmp_path, store):
    run(tmp_path, store, published(ROOTS[:14]))
    kept = store.kept(tmp_path)
    assert (kept.official.date, kept.official.count) == ("2026-09-01", 14)
    assert kept.tsa.count == 10  # two of its keys are on the official list now
    assert kept.official.next_update == "2027-09-01"
    assert kept.official.is_stale(date(2027, 9, 2))
    assert not kept.official.is_stale(date(2027, 9, 1))


def test_without_an_update_nothing_changes(tmp_path, store):
    assert store.kept(tmp_path) is store


def test_a_shipped_list_that_is_newer_than_the_kept_one_wins(tmp_path, store):
    run(tmp_path, store, published(ROOTS[:14]))
    shipped = replace(store, official=replace(store.official, date="2026-10-01"))
    assert shipped.kept(tmp_path).official == shipped.official


@pytest.mark.parametrize(
    ("official", "complaint"),
    [
        (b"<html>Not found</html>", "not as expected"),
        (b"{}", "LoTE"),
        (published(ROOTS[:9]), "fewer than 10"),
        (published(ROOTS[:12], status="withdrawn"), "fewer than 10"),
        (published(ROOTS[:12], scheme="Another"), "calls itself"),
        (published(ROOTS[:12], issued="2026-07-01T00:00:00Z"), "older"),
        (published(ROOTS[:12], issued="2030-01-01T00:00:00Z"), "future"),
        (published(ROOTS[:12], issued="yesterday"), "ListIssueDateTime"),
        (published(ROOTS[12:]), "less than half"),
        (published([*ROOTS[:12], "AAAA"]), "cannot be read"),
        (published([*ROOTS[:12], root(99, ca=False)]), "not an authority"),
    ],
)
def test_a_list_that_looks_wrong_changes_nothing(tmp_path, store, official, complaint):
    run(tmp_path, store, published(ROOTS[:13]))
    before = {path.name: path.read_bytes() for path in tmp_path.iterdir()}
    with pytest.raises(TrustError, match=complaint):
        run(tmp_path, store, official)
    assert {path.name: path.read_bytes() for path in tmp_path.iterdir()} == before


def test_a_list_that_is_not_fetched_changes_nothing(tmp_path, store):
    def refuse(url):
        raise FetchError(f"{url}: no network")

    with pytest.raises(FetchError):
        update(tmp_path, store, refuse, now=lambda: NOW)
    assert not list(tmp_path.iterdir())


def test_a_damaged_folder_is_told_with_what_to_do(tmp_path, store):
    (tmp_path / "lists.json").write_text('{"lists": [{"name": "official"}]}')
    with pytest.raises(TrustError, match="cannot be read") as told:
        store.kept(tmp_path)
    assert "assay trust update" in told.value.hint


@pytest.mark.data
def test_the_published_lists_have_the_expected_shape(data_pack):
    folder = data_pack / "c2pa/trust/conformance-public"
    official = parse_list("official", (folder / "C2PA-TRUST-LIST.json").read_bytes())
    tsa = parse_list("tsa", (folder / "C2PA-TSA-TRUST-LIST.json").read_bytes())
    assert (len(official.certificates), official.issued) == (30, "2026-08-05")
    assert (len(tsa.certificates), tsa.next_update) == (22, "2027-08-05")
