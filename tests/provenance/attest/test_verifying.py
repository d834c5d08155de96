"""Receipts: what makes one valid, and every way in which one is not."""

from __future__ import annotations

import base64
import json
from datetime import UTC, datetime

import pytest

from provenance.attest.checks import CheckName, Outcome, Reason
from provenance.attest.dsse import Envelope, seal
from provenance.attest.encoding import canonical
from provenance.attest.keys import PrivateKey
from provenance.attest.keyset import KeySet, KeyStatus, KeyUse
from provenance.attest.log import HEAD_TYPE, Log
from provenance.attest.receipt import EnclosedKey, Issuer, Receipt
from provenance.attest.statement import PAYLOAD_TYPE, Statement
from provenance.attest.store import MemoryStore
from provenance.attest.timestamp import load_roots
from provenance.attest.verifying import Verifier
from provenance.errors import ReceiptError
from provenance.limits import DEFAULT
from tests.provenance.attest.conftest import DAY, NOON, SONG, published

PASSED, FAILED, NOT_MADE = Outcome.PASSED, Outcome.FAILED, Outcome.NOT_MADE


@pytest.fixture
def issuer(signer, log_signer):
    return Issuer(signer, Log(MemoryStore(), log_signer, clock=lambda: NOON))


@pytest.fixture
def receipt(issuer, statement):
    issuer.issue(statement)  # so that there is a tree and not just a leaf
    return issuer.issue(statement)


def raw(receipt):
    return receipt.to_json().encode()


def verify(receipt, keys=None, *, asset=None, now=NOON, **more):
    file = receipt if isinstance(receipt, bytes) else raw(receipt)
    verifier = Verifier(keys=keys or KeySet(), now=now, **more)
    return verifier.verify(file, asset_sha256=asset)


def ended(found, name):
    """Outcome and reason of one check."""
    one = next(check for check in found.checks if check.name == name)
    return one.outcome, one.reason


def resealed(receipt, payload, signer, payload_type=PAYLOAD_TYPE):
    """The receipt with another payload, properly signed, and without its log."""
    envelope = seal(payload, payload_type, signer)
    enclosed = EnclosedKey(keyid=signer.keyid, public=signer.public.base64())
    return receipt.model_copy(update={"envelope": envelope, "log": None, "keys": (enclosed,)})


# A good one


def test_an_honest_receipt_is_valid_and_says_when(receipt, keys, statement):
    found = verify(receipt, keys, asset=SONG)
    assert found.valid
    assert found.signed_before == NOON
    assert found.statement == statement
    assert {one.name: one.outcome for one in found.checks} == {
        **dict.fromkeys(CheckName, PASSED),
        CheckName.TIMESTAMP: NOT_MADE,
    }


def test_every_check_is_there_exactly_once_and_in_order(receipt, keys):
    for file in (raw(receipt), b"", b"{}"):
        assert [one.name for one in verify(file, keys).checks] == list(CheckName)


def test_the_file_alone_is_enough_and_is_written_as_documented(receipt):
    document = json.loads(raw(receipt))
    assert document["schema"] == "assay/receipt/1"
    assert set(document) == {"schema", "envelope", "log", "timestamp", "keys"}
    assert set(document["log"]) == {"leaf_index", "salt", "inclusion_proof", "tree_head"}
    assert len(bytes.fromhex(document["log"]["salt"])) == 32
    assert document["envelope"]["payloadType"] == "application/vnd.in-toto+json"
    assert Receipt.model_validate_json(raw(receipt)) == receipt


def test_without_a_log_it_is_valid_while_its_key_is(signer, statement, keys):
    found = verify(Issuer(signer).issue(statement), keys)
    assert found.valid
    assert found.signed_before is None
    assert ended(found, "signer") == (PASSED, Reason.SIGNER_TRUSTED)
    assert ended(found, "log") == (NOT_MADE, Reason.LOG_ABSENT)


# Who signed


def test_without_keys_it_only_agrees_with_itself(receipt):
    found = verify(receipt)
    assert ended(found, "signature") == (PASSED, Reason.SIGNATURE_OK)
    assert ended(found, "signer") == (NOT_MADE, Reason.SIGNER_NO_KEYS)
    assert not found.failed
    assert not found.valid
    assert found.statement is None
    assert found.signed_before is None


def test_a_strangers_perfect_receipt_is_not_valid(stranger, statement, keys):
    log = Log(MemoryStore(), stranger, clock=lambda: NOON)
    found = verify(Issuer(stranger, log).issue(statement), keys)
    assert ended(found, "signature") == (PASSED, Reason.SIGNATURE_OK)
    assert ended(found, "signer") == (FAILED, Reason.SIGNER_NOT_LISTED)
    assert ended(found, "tree_head") == (NOT_MADE, Reason.TREE_HEAD_KEY_UNKNOWN)
    assert not found.valid
    assert found.signed_before is None


def test_a_trusted_name_on_a_strangers_key_is_no_receipt(receipt, signer, stranger, keys):
    document = json.loads(raw(receipt))
    document["keys"] = [{"keyid": signer.keyid, "public": stranger.public.base64()}]
    found = verify(json.dumps(document).encode(), keys)
    assert ended(found, "form") == (FAILED, Reason.FORM_NOT_A_RECEIPT)


def test_a_strangers_signature_under_a_trusted_keyid_does_not_hold(receipt, signer, stranger, keys):
    forged = seal(receipt.envelope.body, PAYLOAD_TYPE, stranger).model_dump(mode="json")
    forged["signatures"][0]["keyid"] = signer.keyid
    envelope = Envelope.model_validate(forged)
    found = verify(receipt.model_copy(update={"envelope": envelope}), keys)
    assert ended(found, "signature") == (FAILED, Reason.SIGNATURE_WRONG)
    assert ended(found, "log") == (FAILED, Reason.LOG_NOT_INCLUDED)
    assert not found.valid


def test_keys_need_not_be_enclosed_when_they_are_trusted(receipt, keys):
    bare = receipt.model_copy(update={"keys": ()})
    assert verify(bare, keys).valid
    assert ended(verify(bare), "signature") == (FAILED, Reason.SIGNATURE_KEY_MISSING)


# When it was signed


def with_key(signer, log_signer, **entry):
    return KeySet(keys=(published(signer, **entry), published(log_signer, use=(KeyUse.LOG,))))


RETIRED = {"status": KeyStatus.RETIRED, "not_after": NOON + DAY}


def test_after_rotation_an_old_receipt_stays_valid_by_its_log(
    receipt, signer, log_signer, statement
):
    keys = with_key(signer, log_signer, **RETIRED)
    later = NOON + 100 * DAY
    assert verify(receipt, keys, now=later).valid
    undated = verify(Issuer(signer).issue(statement), keys, now=later)
    assert ended(undated, "signer") == (FAILED, Reason.SIGNER_RETIRED)


@pytest.mark.parametrize(("revoked_at", "valid"), [(NOON + DAY, True), (NOON, False)])
def test_a_revoked_key_counts_for_what_it_provably_signed_before(
    receipt, signer, log_signer, revoked_at, valid
):
    keys = with_key(signer, log_signer, status=KeyStatus.REVOKED, revoked_at=revoked_at)
    found = verify(receipt, keys, now=NOON + 100 * DAY)
    assert found.valid is valid
    if not valid:
        assert ended(found, "signer") == (FAILED, Reason.SIGNER_REVOKED)


def test_a_thief_cannot_date_a_receipt_back_with_a_log_of_the_same_key(signer, statement):
    """Whoever has the key can sign any tree head; only another key's word shows a time."""
    log = Log(MemoryStore(), signer, clock=lambda: NOON)
    receipt = Issuer(signer, log).issue(statement)
    assert ended(verify(receipt, KeySet(keys=(published(signer),))), "tree_head") == (
        PASSED,
        Reason.TREE_HEAD_SAME_KEY,
    )
    revoked = published(signer, status=KeyStatus.REVOKED, revoked_at=NOON + DAY)
    found = verify(receipt, KeySet(keys=(revoked,)), now=NOON + 9 * DAY)
    assert found.signed_before is None
    assert ended(found, "signer") == (FAILED, Reason.SIGNER_REVOKED)


@pytest.mark.parametrize(
    "entry",
    [
        {"use": (KeyUse.RECEIPT,)},
        {"use": (KeyUse.LOG,), "status": KeyStatus.REVOKED, "revoked_at": NOON + DAY},
        {"use": (KeyUse.LOG,), "not_before": NOON + DAY},
        {"use": (KeyUse.LOG,), "not_after": NOON - DAY / 2},
    ],
    ids=["no log", "revoked", "too early", "too late"],
)
def test_a_log_whose_key_does_not_count_fails(receipt, signer, log_signer, entry):
    keys = KeySet(keys=(published(signer), published(log_signer, **entry)))
    found = verify(receipt, keys)
    assert ended(found, "tree_head") == (FAILED, Reason.TREE_HEAD_KEY_INVALID)
    assert found.signed_before is None
    assert not found.valid


def test_a_log_of_an_unknown_key_is_neither_good_nor_bad(receipt, signer):
    found = verify(receipt, KeySet(keys=(published(signer),)))
    assert ended(found, "tree_head") == (NOT_MADE, Reason.TREE_HEAD_KEY_UNKNOWN)
    assert found.valid
    assert found.signed_before is None


def test_a_key_for_logs_signs_no_receipts(log_signer, statement, keys):
    found = verify(Issuer(log_signer).issue(statement), keys)
    assert ended(found, "signer") == (FAILED, Reason.SIGNER_OTHER_USE)


# The log


def test_a_receipt_moved_to_another_place_in_the_log_fails(receipt, keys):
    moved = receipt.log.model_copy(update={"leaf_index": 0})
    found = verify(receipt.model_copy(update={"log": moved}), keys)
    assert ended(found, "log") == (FAILED, Reason.LOG_NOT_INCLUDED)
    assert found.signed_before is None
    assert not found.valid


def test_one_receipts_place_does_not_serve_another(issuer, statement, keys):
    first, second = issuer.issue(statement), issuer.issue(statement)
    other = Statement.about("noise.wav", SONG, statement.predicate_type, {})
    third = issuer.issue(other)
    for taken in (first, second):
        found = verify(third.model_copy(update={"log": taken.log}), keys)
        assert ended(found, "log") == (FAILED, Reason.LOG_NOT_INCLUDED)


def changed_head(receipt, signer, **change):
    said = json.loads(receipt.log.tree_head.body) | change
    envelope = seal(canonical(said), HEAD_TYPE, signer)
    entry = receipt.log.model_copy(update={"tree_head": envelope})
    return receipt.model_copy(update={"log": entry})


def test_a_tree_head_changed_after_it_was_signed_fails(receipt, keys, log_signer):
    changed = changed_head(receipt, log_signer, time="2020-01-01T00:00:00Z")
    document = json.loads(raw(changed))
    signatures = json.loads(raw(receipt))["log"]["tree_head"]["signatures"]
    document["log"]["tree_head"]["signatures"] = signatures
    found = verify(json.dumps(document).encode(), keys)
    assert ended(found, "tree_head") == (FAILED, Reason.TREE_HEAD_SIGNATURE_WRONG)
    assert found.signed_before is None


@pytest.mark.parametrize(
    "change", [{"size": 1}, {"size": -1}, {"size": 2.5}, {"root": "0"}, {"time": "noon"}, {"x": 1}]
)
def test_a_tree_head_that_says_something_else_fails(receipt, keys, log_signer, change):
    assert not verify(changed_head(receipt, log_signer, **change), keys).valid


def test_a_statement_cannot_pass_for_a_tree_head_nor_the_reverse(receipt, keys, log_signer):
    head = seal(receipt.log.tree_head.body, PAYLOAD_TYPE, log_signer)
    entry = receipt.log.model_copy(update={"tree_head": head})
    found = verify(receipt.model_copy(update={"log": entry}), keys)
    assert ended(found, "tree_head") == (FAILED, Reason.TREE_HEAD_MALFORMED)


# The time stamp


@pytest.fixture
def stamped(signer, authority):
    other = Statement.about("noise.wav", SONG, "urn:example:weather:1", {"sky": "grey"})
    return Issuer(signer, authority=authority).issue(other)


def since_yesterday(signer, now, **more):
    return KeySet(keys=(published(signer, not_before=now - DAY, **more),))


def test_a_time_stamp_shows_when_it_was_signed(stamped, signer, authority):
    now = datetime.now(UTC)
    roots = load_roots(authority.root)
    keys = since_yesterday(signer, now, status=KeyStatus.REVOKED, revoked_at=now + DAY)
    found = verify(stamped, keys, roots=roots, now=now + 9 * DAY)
    assert ended(found, "timestamp") == (PASSED, Reason.TIMESTAMP_OK)
    assert abs(found.signed_before - now) < DAY
    assert found.valid
    unrooted = verify(stamped, keys, now=now + 9 * DAY)
    assert ended(unrooted, "timestamp") == (NOT_MADE, Reason.TIMESTAMP_NO_ROOTS)
    assert ended(unrooted, "signer") == (FAILED, Reason.SIGNER_REVOKED)


def test_another_receipts_time_stamp_fails(stamped, receipt, keys, authority):
    moved = receipt.model_copy(update={"timestamp": stamped.timestamp})
    found = verify(moved, keys, roots=load_roots(authority.root))
    assert ended(found, "timestamp") == (FAILED, Reason.TIMESTAMP_OTHER_SIGNATURE)
    assert not found.valid


def test_a_time_stamp_is_added_to_its_own_receipt_only(stamped, receipt):
    assert stamped.stamped(stamped.reply()) == stamped
    with pytest.raises(ReceiptError, match="not a time stamp for the receipt"):
        receipt.stamped(stamped.reply())


def test_bytes_that_are_no_time_stamp_fail(receipt, keys):
    garbage = receipt.model_copy(update={"timestamp": base64.b64encode(b"noon").decode()})
    found = verify(garbage, keys)
    assert ended(found, "timestamp") == (FAILED, Reason.TIMESTAMP_UNREADABLE)


# The statement and the asset


def test_another_asset_is_not_what_it_is_about(receipt, keys):
    found = verify(receipt, keys, asset="cd" * 32)
    assert ended(found, "asset") == (FAILED, Reason.ASSET_DIFFERS)
    assert not found.valid
    assert ended(verify(receipt, keys), "asset") == (NOT_MADE, Reason.ASSET_NOT_GIVEN)


@pytest.mark.parametrize(
    ("payload", "reason"),
    [
        (b'{"b":1,"a":2}', Reason.STATEMENT_NOT_CANONICAL),
        (b'{"a":1,"a":1}', Reason.STATEMENT_NOT_CANONICAL),
        (b'{"a": 1}', Reason.STATEMENT_NOT_CANONICAL),
        (b'{"a":1e400}', Reason.STATEMENT_NOT_CANONICAL),
        (b'{"a":"\\ud800"}', Reason.STATEMENT_NOT_CANONICAL),
        (b"[" * 5000, Reason.STATEMENT_NOT_CANONICAL),
        (b"\xff\xfe", Reason.STATEMENT_NOT_CANONICAL),
        (b"", Reason.STATEMENT_NOT_CANONICAL),
        (b'{"a":1}', Reason.STATEMENT_MALFORMED),
        (b"[]", Reason.STATEMENT_MALFORMED),
        (b"null", Reason.STATEMENT_MALFORMED),
    ],
)
def test_a_signed_payload_that_is_no_statement_is_not_valid(receipt, signer, keys, payload, reason):
    found = verify(resealed(receipt, payload, signer), keys, asset=SONG)
    assert ended(found, "signature") == (PASSED, Reason.SIGNATURE_OK)
    assert ended(found, "statement") == (FAILED, reason)
    assert ended(found, "asset") == (NOT_MADE, Reason.NOT_REACHED)
    assert not found.valid


def test_another_type_of_payload_is_no_statement(receipt, signer, keys, statement):
    found = verify(resealed(receipt, statement.canonical(), signer, "application/json"), keys)
    assert ended(found, "statement") == (FAILED, Reason.STATEMENT_OTHER_TYPE)


@pytest.mark.parametrize(
    ("predicates", "end"),
    [
        ({"urn:example:weather:1": lambda _: True}, (PASSED, Reason.STATEMENT_OK)),
        ({"urn:example:weather:1": lambda _: False}, (FAILED, Reason.STATEMENT_OTHER_SUBJECT)),
        ({"urn:example:tides:1": lambda _: True}, (FAILED, Reason.STATEMENT_OTHER_TYPE)),
        ({}, (FAILED, Reason.STATEMENT_OTHER_TYPE)),
    ],
)
def test_only_expected_predicates_that_agree_count(receipt, keys, predicates, end):
    found = verify(receipt, keys, predicates=predicates)
    assert ended(found, "statement") == end
    assert found.valid is (end[0] is PASSED)


def test_what_a_stranger_wrote_is_made_safe_to_show(receipt, signer, keys):
    hostile = Statement.about("x", SONG, "\x1b[2J\u202e" + "x" * 500, {})
    found = verify(resealed(receipt, hostile.canonical(), signer), keys)
    said = next(one for one in found.checks if one.name == "statement").params["type"]
    assert said.isprintable()
    assert len(said) <= 80


def test_a_statement_too_large_to_be_read_again_is_not_signed(signer):
    with pytest.raises(ReceiptError, match="larger"):
        Issuer(signer).issue(
            Statement.about("x", SONG, "urn:x:1", {"x": "x" * DEFAULT.receipt_bytes})
        )


def test_a_verifier_without_trust_trusts_nobody():
    assert Verifier().keys.keys == ()
    assert Verifier().roots == ()


def test_a_new_key_is_a_new_signer(statement, keys):
    assert not verify(Issuer(PrivateKey.generate()).issue(statement), keys).valid
