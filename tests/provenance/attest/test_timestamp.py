"""Time stamps by a real authority, `openssl ts`, and everything that is almost one."""

from __future__ import annotations

import subprocess
from datetime import UTC, datetime, timedelta

import pytest
from cryptography import x509
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from rfc3161_client import decode_timestamp_response

from provenance.attest import timestamp
from provenance.attest.checks import NotValid, Reason
from provenance.errors import KeyFault, ReceiptError
from provenance.limits import DEFAULT
from tests.provenance.attest.openssl_authority import OPENSSL, OpenSslAuthority

SIGNATURE = b"the 64 bytes of a signature"


@pytest.fixture(scope="session")
def roots(authority):
    return timestamp.load_roots(authority.root)


@pytest.fixture(scope="session")
def reply(authority):
    return timestamp.obtain(authority, SIGNATURE)


def reason(reply, roots, message=SIGNATURE):
    with pytest.raises(NotValid) as fault:
        timestamp.verify(reply, message, roots)
    return fault.value.reason


def test_an_honest_stamp_is_trusted_and_gives_the_time(reply, roots):
    found = timestamp.verify(reply, SIGNATURE, roots)
    assert found.trusted
    assert abs(found.before - datetime.now(UTC)) < timedelta(minutes=10)


def test_the_inaccuracy_of_the_clock_is_on_the_safe_side(reply, roots):
    stamped = decode_timestamp_response(timestamp.in_der_order(reply)).tst_info
    assert stamped.accuracy.seconds == 1
    before = timestamp.verify(reply, SIGNATURE, roots).before
    assert before == stamped.gen_time + timedelta(seconds=1)


def test_without_roots_it_stays_a_claim(reply):
    assert not timestamp.verify(reply, SIGNATURE, ()).trusted


def test_a_chain_that_is_not_in_der_order_is_put_in_order(reply, roots):
    """`openssl ts -reply -chain` sends certificates as they come; strict parsers refuse that."""
    with pytest.raises(ValueError, match="InvalidSetOrdering"):
        decode_timestamp_response(reply)
    ordered = timestamp.in_der_order(reply)
    assert ordered != reply
    assert sorted(ordered) == sorted(reply)
    assert timestamp.in_der_order(ordered) == ordered
    assert timestamp.verify(reply, SIGNATURE, roots).trusted


def test_openssl_verifies_the_same_reply(reply, authority, tmp_path):
    (tmp_path / "reply.tsr").write_bytes(reply)
    (tmp_path / "signature").write_bytes(SIGNATURE)
    (tmp_path / "root.pem").write_bytes(authority.root)
    done = subprocess.run(
        [
            *(OPENSSL, "ts", "-verify", "-in", "reply.tsr"),
            *("-data", "signature", "-CAfile", "root.pem"),
        ],
        cwd=tmp_path,
        capture_output=True,
        check=False,
    )
    assert b"Verification: OK" in done.stdout + done.stderr


def test_a_stamp_for_something_else_is_seen_without_any_roots(reply, roots):
    assert reason(reply, (), b"another") is Reason.TIMESTAMP_OTHER_SIGNATURE
    assert reason(reply, roots, b"another") is Reason.TIMESTAMP_OTHER_SIGNATURE


def test_an_authority_of_the_same_name_is_not_the_same(tmp_path, roots):
    impostor = OpenSslAuthority(tmp_path / "impostor")
    reply = timestamp.obtain(impostor, SIGNATURE)
    assert timestamp.verify(reply, SIGNATURE, timestamp.load_roots(impostor.root)).trusted
    assert reason(reply, roots) is Reason.TIMESTAMP_UNTRUSTED


def test_a_certificate_for_mail_makes_no_time_stamps(tmp_path):
    """`openssl ts` refuses to sign with one, so an honest reply is signed by another leaf."""
    authority = OpenSslAuthority(tmp_path / "tsa")
    reply = timestamp.obtain(authority, SIGNATURE)
    mail = OpenSslAuthority.for_mail(tmp_path / "mail")
    assert reason(reply, timestamp.load_roots(mail.root)) is Reason.TIMESTAMP_UNTRUSTED
    with pytest.raises(subprocess.CalledProcessError):
        timestamp.obtain(mail, SIGNATURE)


def test_a_refusal_is_no_time_stamp(tmp_path):
    authority = OpenSslAuthority(tmp_path / "tsa", section="sha512_only")
    with pytest.raises(ReceiptError, match="timestamp_refused"):
        timestamp.obtain(authority, SIGNATURE)


class Replayer:
    """An authority that answers every request with the same old reply."""

    def __init__(self, old):
        self._old = old

    def reply(self, request):
        return self._old


def test_an_answer_to_another_request_is_refused(reply):
    with pytest.raises(ReceiptError, match="nonce"):
        timestamp.obtain(Replayer(reply), SIGNATURE)


def test_a_stamp_cut_off_or_too_large_is_unreadable(reply, roots):
    assert reason(reply[:-1], roots) is Reason.TIMESTAMP_UNREADABLE
    assert reason(b"", roots) is Reason.TIMESTAMP_UNREADABLE
    assert reason(reply + bytes(DEFAULT.timestamp_bytes), roots) is Reason.TIMESTAMP_UNREADABLE


def test_a_file_without_certificates_is_no_root():
    with pytest.raises(KeyFault, match="no certificate"):
        timestamp.load_roots(b"words")


def test_roots_are_read_from_pem(authority, roots):
    assert roots == (x509.load_pem_x509_certificate(authority.root),)


MANY = settings(max_examples=300, suppress_health_check=[HealthCheck.function_scoped_fixture])


@MANY
@given(st.data())
def test_no_changed_stamp_gives_another_time_and_none_raises_anything_else(reply, roots, data):
    """What may change unseen is what no signature covers; the time never does."""
    changed = bytearray(reply)
    for _ in range(data.draw(st.integers(1, 3))):
        at = data.draw(st.integers(0, len(changed) - 1))
        changed[at] = data.draw(st.integers(0, 255))
    honest = timestamp.verify(reply, SIGNATURE, roots)
    try:
        found = timestamp.verify(bytes(changed), SIGNATURE, roots)
    except NotValid:
        return
    assert found == honest


@MANY
@given(st.binary(max_size=200))
def test_no_bytes_raise_anything_else(raw):
    with pytest.raises(NotValid):
        timestamp.verify(raw, SIGNATURE, ())
