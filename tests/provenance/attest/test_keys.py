"""Keys and the sets they are published in."""

from __future__ import annotations

import hashlib
import json
import logging

import pytest
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
)

from provenance.attest.checks import Reason
from provenance.attest.keys import PrivateKey, PublicKey, exposed
from provenance.attest.keyset import KeySet, KeyStatus, KeyUse
from provenance.errors import KeyFault
from tests.provenance.attest.conftest import DAY, NOON, published

PKCS8 = (Encoding.PEM, PrivateFormat.PKCS8)


def test_a_key_is_named_by_the_digest_of_its_spki():
    """The public key of RFC 8032 section 7.1, test 1, with the SPKI prefix of RFC 8410."""
    raw = bytes.fromhex("d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a")
    spki = bytes.fromhex("302a300506032b6570032100") + raw
    secret = bytes.fromhex("9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60")
    key = PrivateKey(Ed25519PrivateKey.from_private_bytes(secret))
    assert key.public.spki == spki
    assert key.keyid == hashlib.sha256(spki).hexdigest()
    assert (
        key.sign(b"").hex().startswith("e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065")
    )


def test_a_key_is_written_for_its_owner_alone_and_read_back(tmp_path):
    key = PrivateKey.generate()
    path = tmp_path / "key.pem"
    key.write(path)
    assert path.stat().st_mode & 0o777 == 0o600
    assert not exposed(path)
    assert PrivateKey.read(path).keyid == key.keyid
    with pytest.raises(KeyFault, match="exists"):
        PrivateKey.generate().write(path)
    path.chmod(0o644)
    assert exposed(path)


def test_a_private_key_is_never_shown(tmp_path, caplog):
    caplog.set_level(logging.DEBUG)
    key = PrivateKey.generate()
    path = tmp_path / "key.pem"
    key.write(path)
    secret = path.read_text().splitlines()[1]
    key.sign(b"words")
    assert secret not in repr(key) + str(key) + caplog.text
    assert "keyid" in repr(key)


def foreign(kind):
    match kind:
        case "missing":
            return None
        case "ec":
            return ec.generate_private_key(ec.SECP256R1()).private_bytes(*PKCS8, NoEncryption())
        case "password":
            return Ed25519PrivateKey.generate().private_bytes(
                *PKCS8, BestAvailableEncryption(b"secret")
            )
        case "public":
            return PrivateKey.generate().public.pem().encode()
        case _:
            return b"-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n"


@pytest.mark.parametrize(
    ("kind", "said"),
    [
        ("missing", "cannot be read"),
        ("ec", "not an Ed25519 key"),
        ("password", "protected by a password"),
        ("public", "not a private key"),
        ("garbage", "not a private key"),
    ],
)
def test_other_keys_are_refused_with_what_to_do_next(tmp_path, kind, said):
    path = tmp_path / "key.pem"
    if (raw := foreign(kind)) is not None:
        path.write_bytes(raw)
    with pytest.raises(KeyFault, match=said) as fault:
        PrivateKey.read(path)
    assert fault.value.hint


def test_a_public_key_is_read_as_pem_and_as_base64(signer):
    assert PublicKey.parse(signer.public.pem()).keyid == signer.keyid
    assert PublicKey.parse(signer.public.base64()).keyid == signer.keyid


@pytest.mark.parametrize("text", ["", "AAAA", "-----BEGIN PUBLIC KEY-----\n", "é"])
def test_what_is_no_key_is_refused(text):
    with pytest.raises(ValueError, match=r".*"):
        PublicKey.parse(text)


def test_a_key_of_another_kind_is_refused():
    key = rsa.generate_private_key(65537, 2048).public_key()
    pem = key.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo).decode()
    with pytest.raises(ValueError, match="not an Ed25519 key"):
        PublicKey.parse(pem)


# Key sets


def test_a_set_is_written_and_read_back(signer, tmp_path):
    keys = KeySet(keys=(published(signer, not_after=NOON + DAY),))
    path = tmp_path / "keys.json"
    path.write_text(keys.model_dump_json())
    assert KeySet.read(path) == keys
    entry = json.loads(path.read_text())["keys"][0]
    assert entry["keyid"] == signer.keyid
    assert entry["status"] == "active"
    assert entry["not_before"] == "2026-11-21T12:00:00Z"


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"keyid": "0" * 64}, "keyid is not the SHA-256"),
        ({"public": "AAAA"}, "not a public key"),
        ({"status": "retired"}, "retired key needs not_after"),
        ({"status": "revoked"}, "revoked_at belongs"),
        ({"revoked_at": "2026-11-22T12:00:00Z"}, "revoked_at belongs"),
        ({"not_after": "2026-11-01T00:00:00Z"}, "before not_before"),
        ({"not_before": "2026-11-22"}, "not_before"),
        ({"not_before": "0001-01-01T00:00:00+14:00"}, "beyond the calendar"),
        ({"use": []}, "use"),
        ({"owner": "Google LLC"}, "owner"),
    ],
)
def test_an_entry_that_does_not_agree_with_itself_is_refused(signer, change, said):
    document = KeySet(keys=(published(signer),)).model_dump(mode="json")
    document["keys"][0].update(change)
    with pytest.raises(KeyFault, match=said):
        KeySet.parse(json.dumps(document).encode())


@pytest.mark.parametrize("raw", [b"", b"[]", b'{"keys": []}x', b'{"schema": "other"}', b"[" * 9999])
def test_what_is_no_set_is_refused(raw):
    with pytest.raises(KeyFault):
        KeySet.parse(raw)


def test_a_key_stands_in_a_set_once(signer):
    document = KeySet(keys=(published(signer),)).model_dump(mode="json")
    document["keys"] *= 2
    with pytest.raises(KeyFault, match="twice"):
        KeySet.parse(json.dumps(document).encode())


def test_a_set_larger_than_any_is_refused(signer):
    raw = KeySet(keys=(published(signer),)).model_dump_json().encode()
    with pytest.raises(KeyFault, match="larger"):
        KeySet.parse(raw + b" " * (1 << 20))


REVOKED = {"status": KeyStatus.REVOKED, "revoked_at": NOON}
RETIRED = {"status": KeyStatus.RETIRED, "not_after": NOON}


@pytest.mark.parametrize(
    ("entry", "proven", "now", "objection"),
    [
        ({}, None, NOON, None),
        ({}, NOON, NOON + DAY, None),
        ({}, None, NOON - 2 * DAY, Reason.SIGNER_TOO_EARLY),
        ({}, NOON - 2 * DAY, NOON, Reason.SIGNER_TOO_EARLY),
        ({"not_after": NOON}, None, NOON + DAY, Reason.SIGNER_TOO_LATE),
        ({"not_after": NOON}, NOON, NOON + DAY, None),
        ({"not_after": NOON}, NOON + DAY, NOON + DAY, Reason.SIGNER_TOO_LATE),
        (RETIRED, None, NOON + DAY, Reason.SIGNER_RETIRED),
        (RETIRED, None, NOON, Reason.SIGNER_RETIRED),
        (RETIRED, NOON - DAY / 2, NOON + DAY, None),
        (RETIRED, NOON + DAY, NOON + DAY, Reason.SIGNER_TOO_LATE),
        (REVOKED, None, NOON + DAY, Reason.SIGNER_REVOKED),
        (REVOKED, None, NOON - DAY / 2, Reason.SIGNER_REVOKED),
        (REVOKED, NOON - DAY / 2, NOON + DAY, None),
        (REVOKED, NOON, NOON + DAY, Reason.SIGNER_REVOKED),
        ({"use": (KeyUse.LOG,)}, None, NOON, Reason.SIGNER_OTHER_USE),
    ],
)
def test_when_a_signature_counts(signer, entry, proven, now, objection):
    assert published(signer, **entry).objection(KeyUse.RECEIPT, proven, now) is objection


def test_rotation_retires_the_key_of_the_same_use_and_no_other(signer, log_signer, stranger):
    keys = KeySet(keys=(published(signer), published(log_signer, use=(KeyUse.LOG,))))
    rotated = keys.rotated(published(stranger, not_before=NOON), NOON)
    assert [one.status for one in rotated.keys] == ["retired", "active", "active"]
    assert rotated.find(signer.keyid).not_after == NOON
    assert KeySet.parse(rotated.model_dump_json().encode()) == rotated


def test_a_revoked_key_stays_in_the_set_and_is_found_there(signer):
    keys = KeySet(keys=(published(signer),)).revoked(signer.keyid, NOON)
    assert keys.find(signer.keyid).status == "revoked"
    assert KeySet.parse(keys.model_dump_json().encode()) == keys
    with pytest.raises(KeyFault, match="no key"):
        keys.revoked("0" * 64, NOON)


def test_of_two_sets_the_stricter_word_holds(signer):
    lenient = KeySet(keys=(published(signer, not_after=NOON + 9 * DAY),))
    strict = KeySet(keys=(published(signer, **REVOKED, not_before=NOON - DAY / 2),))
    for first, second in ((lenient, strict), (strict, lenient)):
        (merged,) = first.with_more([second]).keys
        assert merged.status == "revoked"
        assert merged.revoked_at == NOON
        assert merged.not_before == NOON - DAY / 2
        assert merged.not_after == NOON + 9 * DAY


def test_sets_that_share_nothing_are_put_together(signer, stranger):
    merged = KeySet().with_more([KeySet(keys=(published(one),)) for one in (signer, stranger)])
    assert {one.keyid for one in merged.keys} == {signer.keyid, stranger.keyid}
