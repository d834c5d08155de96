"""`assay trust add --for identity` and `--trust-identity` vouch for identities and no signer."""

from __future__ import annotations

import json

import pytest

import service
from provenance.c2pa.trust import TrustStore
from provenance.evidence import Credential, SignerLevel
from tests.provenance.c2pa.identity_signing import sign_picture

DID = "did:jwk:eyJrdHkiOiJPS1AifQ"


def lists_and_level(assay, *arguments):
    report = json.loads(assay("check", *arguments, "--format", "json").out)
    (credential,) = [one for one in report["evidence"] if one["kind"] == "credential"]
    return report["engine"]["trust_lists"], credential["signer"]["level"]


def test_a_root_kept_for_identities_makes_no_signer_trusted(assay, authority, tmp_path):
    root, work = tmp_path / "root.pem", tmp_path / "a.png"
    root.write_bytes(authority.root)
    work.write_bytes(sign_picture(authority))
    said = assay("trust", "add", "--for", "identity", root).out
    assert "trusted: CN=Assay Tests Root" in said
    lists, level = lists_and_level(assay, work)
    assert (level, "cawg" in lists, "private" in lists) == ("untrusted", True, False)
    shown = assay("trust", "show").out
    assert "cawg  yours  1 certificates" in shown
    assert "identities" in shown
    assay("trust", "add", root)
    lists, level = lists_and_level(assay, work)
    assert (level, "cawg" in lists, "private" in lists) == ("private_trusted", True, True)


def test_a_list_is_given_for_one_run(assay, authority, tmp_path):
    root, work = tmp_path / "ours.txt", tmp_path / "a.png"
    root.write_bytes(authority.root + f"{DID}\n".encode())
    work.write_bytes(sign_picture(authority))
    lists, level = lists_and_level(assay, work, "--trust-identity", root)
    assert (level, "cawg" in lists) == ("untrusted", True)
    assert "cawg" not in lists_and_level(assay, work)[0]


def test_an_aggregator_is_kept_by_its_did(assay, tmp_path):
    named = tmp_path / "did.txt"
    named.write_text(DID)
    assert f"trusted: {DID}" in assay("trust", "add", "--for", "identity", named).out
    assert DID in assay("trust", "show").out
    assay("trust", "add", named, status=2)


def test_a_file_that_names_nobody_is_told_by_its_option(assay, tmp_path):
    wrong, work = tmp_path / "wrong.pem", tmp_path / "a.txt"
    wrong.write_text("nothing")
    work.write_text("text")
    said = assay("check", work, "--trust-identity", wrong, status=2).err
    assert f"--trust-identity {wrong}" in said


def test_the_help_says_what_each_is_for(assay):
    assert "they vouch for no signer" in " ".join(assay("check", "--help").out.split())
    said = " ".join(assay("trust", "add", "--help").out.split())
    assert "--for" in said
    assert "signing|identity" in said


@pytest.mark.data
@pytest.mark.parametrize(
    ("method", "level"),
    [
        (TrustStore.with_identity, SignerLevel.UNTRUSTED),
        (TrustStore.with_private, SignerLevel.PRIVATE_TRUSTED),
    ],
)
def test_check_21_a_holder_of_an_email_certificate_signs_as_nobody(method, level, data_pack):
    root = (data_pack / "c2pa/trust/own/root.pem").read_bytes()
    work = data_pack / "c2pa/files/own/leaf_smime.jpg"
    report = service.check(work, trust=method(TrustStore.shipped(), root))
    (credential,) = [one for one in report.evidence if isinstance(one, Credential)]
    assert credential.signer.level is level
