"""`assay receipt`, as a user runs it; in this process, so that each run takes milliseconds."""

from __future__ import annotations

import hashlib
import json
import sys
from pathlib import Path

import pytest

from provenance.attest.encoding import from_base64
from provenance.attest.receipt import Receipt
from service.i18n import translate
from tests.provenance.attest.openssl_authority import OPENSSL, OpenSslAuthority

SAMPLE = Path(__file__).parents[3] / "samples" / "ai_image.png"


@pytest.fixture
def key(assay):
    assay("receipt", "keygen", "--out", "keys")
    return only("keys", "receipt-*.pem")


@pytest.fixture
def signed(assay, key):
    """A receipt in song.receipt.json, in a log with a key of its own."""
    report = assay("check", SAMPLE, "--format", "json", status=1).out
    Path("report.json").write_text(report)
    sign(assay, key)
    return Path("song.receipt.json")


def sign(assay, key, *more):
    log = ("--log", "log", "--log-key", only("keys", "log-*.pem"))
    out = ("--out", "song.receipt.json")
    return assay("receipt", "sign", "report.json", "--key", key, *out, *log, *more)


def only(folder, pattern):
    (found,) = Path(folder).glob(pattern)
    return found


def test_sign_then_verify_with_the_published_keys(assay, signed):
    said = assay("receipt", "verify", signed, "--keys", "keys/keys.json", "--asset", SAMPLE).out
    assert "Valid: a key that you trust signed this" in said
    assert "✓ passed    Signature" in said
    assert "✓ passed    Place in the log" in said
    assert "- not made  Time stamp" in said
    assert "The receipt is about exactly these bytes." in said
    assert hashlib.sha256(SAMPLE.read_bytes()).hexdigest() in said


def test_without_keys_the_signer_is_unknown_and_the_status_1(assay, signed):
    said = assay("receipt", "verify", signed, status=1).out
    assert "Not valid: the receipt agrees with itself, but its signer was not checked" in said
    assert "✓ passed    Signature" in said
    assert "- not made  Signer" in said
    assert "Only claimed, by whoever made the receipt" in said
    assert "you trust, states" not in said


def test_a_key_set_in_the_users_folder_is_trusted_without_being_named(assay, signed, tmp_path):
    kept = tmp_path / "home" / "keys"
    kept.mkdir(parents=True)
    (kept / "them.json").write_bytes(Path("keys/keys.json").read_bytes())
    assert "Valid:" in assay("receipt", "verify", signed).out


def test_a_stranger_is_told_apart(assay, signed):
    assay("receipt", "keygen", "--out", "others")
    said = assay("receipt", "verify", signed, "--keys", "others/keys.json", status=1).out
    assert "✗ failed    Signer" in said
    assert "is not among those you trust" in said


def test_another_asset_fails(assay, signed, tmp_path):
    (tmp_path / "other.png").write_bytes(b"other bytes")
    keys = ("--keys", "keys/keys.json")
    said = assay("receipt", "verify", signed, *keys, "--asset", "other.png", status=1).out
    assert "✗ failed    Work" in said


def test_the_answer_in_french(assay, signed):
    said = assay("receipt", "verify", signed, "--lang", "fr", status=1).out
    assert translate("receipt", "signer_not_checked", "fr") in said
    assert translate("receipt_reason", "signature_ok", "fr") in said
    assert translate("receipt_reason", "signature_ok", "en") not in said


def test_the_answer_for_programs(assay, signed):
    arguments = ("receipt", "verify", signed, "--format", "json")
    untrusted = json.loads(assay(*arguments, status=1).out)
    assert untrusted["valid"] is False
    assert untrusted["statement"] is None
    trusted = json.loads(assay(*arguments, "--keys", "keys/keys.json").out)
    assert trusted["valid"] is True
    assert trusted["signed_before"]
    assert trusted["statement"]["predicateType"] == "urn:assay:report:1"
    assert trusted["statement"]["subject"][0]["name"] == str(SAMPLE)
    assert {one["outcome"] for one in trusted["checks"]} == {"passed", "not_made"}
    assert all(one["text"].endswith((".", ")")) for one in trusted["checks"])


@pytest.mark.parametrize("raw", [b"", b"{}", b"[" * 100_000, b"\xff\x00", b'"\\ud800"'])
def test_what_is_no_receipt_is_not_valid_and_no_traceback(assay, raw, tmp_path):
    (tmp_path / "x").write_bytes(raw)
    said = assay("receipt", "verify", "x", status=1)
    assert "✗ failed    Form" in said.out
    assert said.err == ""


def test_a_receipt_from_standard_input(assay, signed, monkeypatch):
    with signed.open("rb") as file:
        monkeypatch.setattr(sys, "stdin", type("Stdin", (), {"buffer": file}))
        assert "Valid:" in assay("receipt", "verify", "-", "--keys", "keys/keys.json").out


@pytest.mark.parametrize(
    "arguments",
    [
        ("verify", "missing.json"),
        ("verify", "report.json", "--keys", "missing.json"),
        ("verify", "report.json", "--keys", "report.json"),
        ("verify", "report.json", "--tsa", "report.json"),
        ("verify", "report.json", "--asset", "missing.png"),
        ("sign", "missing.json", "--key", "KEY", "--out", "x"),
        ("sign", "report.json", "--key", "report.json", "--out", "x"),
        ("sign", "report.json", "--key", "KEY", "--out", "no/such/folder/x"),
        ("sign", "report.json", "--key", "KEY", "--out", "x", "--log-key", "KEY"),
        ("stamp", "song.receipt.json"),
        ("stamp", "song.receipt.json", "--request", "q", "--reply", "r"),
        ("keygen", "--out", "report.json"),
    ],
)
def test_wrong_usage_is_2_and_says_what_to_do(assay, signed, key, arguments):
    chosen = [key if one == "KEY" else one for one in arguments]
    said = assay("receipt", *chosen, status=2)
    assert said.err.startswith("assay: ")
    assert not Path("x").exists()


def test_what_is_no_report_is_not_signed(assay, signed, key):
    arguments = ("receipt", "sign", "song.receipt.json", "--key", key, "--out", "x")
    assert "not a report" in assay(*arguments, status=3).err
    assert not Path("x").exists()


# Keys


def test_private_keys_are_for_their_owner_alone(assay, key):
    for path in Path("keys").glob("*.pem"):
        assert path.stat().st_mode & 0o777 == 0o600
    assert "PRIVATE" not in Path("keys/keys.json").read_text()


def test_a_key_that_others_can_read_is_used_with_a_warning(assay, signed, key):
    key.chmod(0o644)
    said = sign(assay, key)
    assert "can be read by others" in said.err
    assert "chmod 600" in said.err


def test_after_rotation_old_receipts_hold_and_the_old_key_signs_no_more(assay, signed, key):
    assay("receipt", "keygen", "--out", "keys")
    published = json.loads(Path("keys/keys.json").read_text())
    assert [one["status"] for one in published["keys"]] == ["retired"] * 2 + ["active"] * 2
    verify = ("receipt", "verify", "--keys", "keys/keys.json")
    assert "had signed by" in assay(*verify, signed).out
    unlogged = ("receipt", "sign", "report.json", "--key", key, "--out", "late.json")
    assay(*unlogged)
    said = assay(*verify, "late.json", status=1).out
    assert "was retired, and no time stamp or log that you trust" in said


# Time stamps


def test_a_time_stamp_in_two_steps(assay, signed, tmp_path):
    if OPENSSL is None:
        pytest.skip("no openssl on this machine")
    authority = OpenSslAuthority(tmp_path / "tsa", chain=True)
    Path("root.pem").write_bytes(authority.root)
    assay("receipt", "stamp", signed, "--request", "song.tsq")
    Path("song.tsr").write_bytes(authority.reply(Path("song.tsq").read_bytes()))
    assay("receipt", "stamp", signed, "--reply", "song.tsr")
    verify = ("receipt", "verify", signed, "--keys", "keys/keys.json")
    assert "✓ passed    Time stamp" in assay(*verify, "--tsa", "root.pem").out
    assert "you gave no authority that you trust" in assay(*verify).out
    other = json.loads(signed.read_text())
    other["envelope"]["signatures"][0]["sig"] = "A" * 86 + "=="
    Path("other.json").write_text(json.dumps(other))
    refused = assay("receipt", "stamp", "other.json", "--reply", "song.tsr", status=3)
    assert "not a time stamp for the receipt" in refused.err


# While checking


def test_check_signs_each_report_into_a_folder_with_a_log(assay, key, tmp_path):
    works = tmp_path / "works"
    works.mkdir()
    for name in ("a", "b", "c"):
        (works / f"{name}.txt").write_text(f"the words of {name}")
    for first in (0, 3):
        out = assay(
            *("check", works, "--format", "ndjson", "--receipt", "receipts", "--key", key)
        ).out
        reports = [json.loads(line) for line in out.splitlines()]
        for index, report in enumerate(reports, first):
            (path,) = Path("receipts").glob(f"{index:08d}-*.receipt.json")
            receipt = Receipt.model_validate_json(path.read_bytes())
            statement = json.loads(from_base64(receipt.envelope.payload))
            assert statement["predicate"] == report
            assert receipt.log.leaf_index == index
            work = works / Path(report["asset"]["name"]).name
            assert path.name == f"{index:08d}-{work.name}.receipt.json"
            assay("receipt", "verify", path, "--keys", "keys/keys.json", "--asset", work)


def test_a_folder_without_a_key_is_wrong_usage(assay, key):
    for half in (("--receipt", "receipts"), ("--key", key)):
        assert "belong together" in assay("check", SAMPLE, *half, status=2).err
    assert not Path("receipts").exists()
