"""The shipped trust lists are what their index says, and what their publishers published."""

from __future__ import annotations

import base64
import datetime
import hashlib
import json
import subprocess
import sys
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

REPOSITORY = Path(__file__).resolve().parents[3]
LISTS = REPOSITORY / "provenance" / "c2pa" / "lists"
INDEX = json.loads((LISTS / "lists.json").read_text(encoding="utf-8"))["lists"]

# In the July 2026 allow list and not in the data pack's copy: one certificate of Amazon Web
# Services, one of the Agency for Science, Technology and Research.
ONLY_IN_THE_PUBLISHED_ALLOW_LIST = {
    "RyYhzL6X40J2Cafscri5I8kXBe+J9zTETKFGyUMAaRA=",
    "6OQnvep/5PVI5FO0+7mg82egC7kfEFT046zgFBZUNP0=",
}


def certificates(path: Path) -> list[x509.Certificate]:
    return x509.load_pem_x509_certificates(path.read_bytes())


def digest(certificate: x509.Certificate) -> str:
    der = certificate.public_bytes(Encoding.DER)
    return base64.b64encode(hashlib.sha256(der).digest()).decode()


def public_key(certificate: x509.Certificate) -> bytes:
    key = certificate.public_key()
    return key.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)


def allowed(path: Path) -> list[str]:
    return [line for line in path.read_text(encoding="utf-8").splitlines() if line[0] != "#"]


def test_every_file_is_indexed_and_nothing_else():
    shipped = {path.name for path in LISTS.iterdir() if path.suffix in {".pem", ".txt"}}
    assert shipped == {entry["file"] for entry in INDEX}
    assert {entry["name"] for entry in INDEX} >= {"official", "interim", "interim_allowed"}


@pytest.mark.parametrize("entry", INDEX, ids=lambda entry: entry["name"])
def test_a_list_is_as_its_index_says(entry):
    path = LISTS / entry["file"]
    assert hashlib.sha256(path.read_bytes()).hexdigest() == entry["sha256"]
    held = allowed(path) if entry["kind"] == "allowed" else certificates(path)
    assert len(held) == entry["certificates"] > 0
    assert entry["source"]
    assert entry["level"] in {"official_trusted", "legacy_trusted", None}

    issued = datetime.date.fromisoformat(entry["date"])
    assert datetime.date(2026, 1, 1) <= issued <= datetime.datetime.now(datetime.UTC).date()
    if entry["next_update"] is not None:
        assert datetime.date.fromisoformat(entry["next_update"]) > issued


def test_no_key_is_in_two_lists():
    """The verifier pools anchors and reports a key in two lists under either, at random."""
    keys = [
        public_key(certificate)
        for entry in INDEX
        if entry["kind"] != "allowed"
        for certificate in certificates(LISTS / entry["file"])
    ]
    assert len(keys) == len(set(keys))


def test_an_allowed_leaf_is_no_anchor_and_is_listed_once():
    leaves = allowed(LISTS / "interim_allowed.txt")
    assert len(leaves) == len(set(leaves))
    assert all(len(base64.b64decode(leaf, validate=True)) == 32 for leaf in leaves)
    anchors = {
        digest(certificate)
        for entry in INDEX
        if entry["kind"] != "allowed"
        for certificate in certificates(LISTS / entry["file"])
    }
    assert anchors.isdisjoint(leaves)


def test_every_certificate_is_one_its_publisher_published(data_pack):
    trust = data_pack / "c2pa" / "trust"
    published = {
        "official": [trust / "conformance-public" / "C2PA-TRUST-LIST.pem"],
        "tsa": [trust / "conformance-public" / "C2PA-TSA-TRUST-LIST.pem"],
        "interim": [trust / "deduped" / "interim.pem", trust / "verify-site" / "anchors.pem"],
        "interim_allowed": [
            trust / "deduped" / "interim_allowed.pem",
            trust / "verify-site" / "allowed.pem",
        ],
    }
    for entry in INDEX:
        known = {digest(held) for path in published[entry["name"]] for held in certificates(path)}
        path = LISTS / entry["file"]
        if entry["kind"] == "allowed":
            assert set(allowed(path)) - known == ONLY_IN_THE_PUBLISHED_ALLOW_LIST
        else:
            assert {digest(held) for held in certificates(path)} <= known


def test_importing_again_changes_nothing(tmp_path):
    """The script is a normal form: fed with its own output it writes the same lists."""
    copy = tmp_path / "copy"
    copy.mkdir()
    names = {"official.pem": "C2PA-TRUST-LIST.pem", "interim.pem": "anchors.pem"}
    for ours, theirs in names.items():
        (copy / theirs).write_bytes((LISTS / ours).read_bytes())
    (copy / "allowed.sha256.txt").write_bytes((LISTS / "interim_allowed.txt").read_bytes())
    run_import(copy, tmp_path / "out")
    for entry in INDEX:
        assert (tmp_path / "out" / entry["file"]).read_bytes() == (
            LISTS / entry["file"]
        ).read_bytes()


def test_a_key_of_two_lists_stays_in_the_first_and_a_broken_certificate_is_skipped(tmp_path):
    copy = tmp_path / "copy"
    copy.mkdir()
    official = (LISTS / "official.pem").read_bytes()
    broken = b"-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n"
    (copy / "c2pa-trust-list.pem").write_bytes(official + broken)
    (copy / "c2pa-tsa-trust-list.pem").write_bytes(official + (LISTS / "interim.pem").read_bytes())
    (copy / "anchors.pem").write_bytes(official)
    said = run_import(copy, tmp_path / "out")
    assert "skipped" in said
    out = {name: certificates(tmp_path / "out" / f"{name}.pem") for name in ("official", "tsa")}
    assert (tmp_path / "out" / "official.pem").read_bytes() == official
    assert len(out["tsa"]) == len(certificates(LISTS / "interim.pem"))
    assert not (tmp_path / "out" / "interim.pem").exists()


def run_import(source: Path, out: Path) -> str:
    script = REPOSITORY / "tools" / "import_trust_lists.py"
    command = [sys.executable, script, source, "--out", out, "--date", "2026-07-10", "--via", "x"]
    return subprocess.run(command, check=True, capture_output=True, text=True).stderr
