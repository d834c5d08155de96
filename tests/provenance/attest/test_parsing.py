"""What is signed reads back as it was written; what is not of its form is refused as it says."""

from __future__ import annotations

import base64
import json
from datetime import UTC, datetime

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from provenance.attest.checks import NotValid
from provenance.attest.dsse import Envelope, seal
from provenance.attest.encoding import canonical, from_base64, strict_json
from provenance.attest.keys import PublicKey
from provenance.attest.keyset import KeySet
from provenance.attest.log import TreeHead
from provenance.attest.receipt import Issuer
from provenance.attest.statement import Statement
from provenance.attest.timestamp import in_der_order, load_roots, verify
from provenance.attest.verifying import Verifier
from provenance.errors import KeyFault, ReceiptError
from tests.fuzz.signed_seeds import authorities, der, key, stamp, trusted_keys
from tests.provenance.attest.conftest import NOON, SONG, published

VALUES = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**53) + 1, 2**53 - 1)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(st.characters(codec="utf-8"), max_size=20),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(st.text(st.characters(codec="utf-8"), max_size=8), inner, max_size=4)
    ),
    max_leaves=12,
)
MOMENTS = st.datetimes(datetime(1, 1, 2), datetime(9999, 12, 30), timezones=st.just(UTC))  # noqa: DTZ001
often = settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])


@often
@given(VALUES)
@example(2.1e17)
@example([1e21, -9007199254740993.0, -0.0])
def test_canonical_json_reads_back_as_itself(value):
    """A double that is written like a large integer (RFC 8785 section 3.2.2.3) is one again."""
    written = canonical(value)
    assert strict_json(written) == value
    assert canonical(strict_json(written)) == written


def test_a_receipt_over_a_large_number_verifies():
    """It was signed, and said to be altered ever after."""
    statement = Statement.about("x", SONG, "urn:example:1", {"bytes": 2.1e17})
    receipt = Issuer(key(1)).issue(statement)
    found = Verifier(keys=KeySet(keys=(published(key(1)),)), now=NOON).verify(
        receipt.to_json().encode()
    )
    assert found.statement == statement


@pytest.mark.parametrize("number", ["9" * 400, "9" * 5000, "1e999", "NaN", "-Infinity"])
def test_numbers_beyond_all_doubles_are_no_json(number):
    with pytest.raises((ValueError, ReceiptError)):
        canonical(strict_json(number.encode()))


@often
@given(st.binary(max_size=80) | st.text(max_size=80).map(str.encode))
def test_no_bytes_raise_more_than_is_said(data):
    text = data.decode("latin-1")
    for read, errors in (
        (lambda: canonical(strict_json(data)), (ValueError, ReceiptError)),
        (lambda: Statement.model_validate(strict_json(data)), ValueError),
        (lambda: TreeHead.of(Envelope.model_validate_json(data)), (ValueError, ReceiptError)),
        (lambda: KeySet.parse(data), KeyFault),
        (lambda: PublicKey.parse(text), ValueError),
        (lambda: from_base64(text), ValueError),
        (lambda: load_roots(data), KeyFault),
        (lambda: verify(data, b"message", ()), NotValid),
    ):
        try:
            read()
        except errors:
            continue


@often
@given(st.binary(max_size=80))
def test_base64_has_one_way_to_write_bytes(data):
    text = base64.b64encode(data).decode()
    assert from_base64(text) == data
    assert from_base64(text.translate(str.maketrans("+/", "-_"))) == data
    if data:
        with pytest.raises(ValueError, match="base64"):
            from_base64(text + "=")


@often
@given(st.binary(max_size=200), st.text(min_size=1, max_size=30))
def test_an_envelope_holds_what_was_put_in_it(payload, kind):
    envelope = seal(payload, kind, key(1))
    again = Envelope.model_validate_json(envelope.model_dump_json())
    assert (again.body, again.payload_type) == (payload, kind)
    assert key(1).public.verifies(again.signature.value, again.pae())


@often
@given(MOMENTS)
@example(datetime(26, 11, 21, tzinfo=UTC))
def test_a_moment_is_written_so_that_it_can_be_read(moment):
    """Years before 1000 were written without their zeros."""
    moment = moment.replace(microsecond=0)
    keys = KeySet(keys=(published(key(1), not_before=moment),))
    assert KeySet.parse(keys.model_dump_json().encode()) == keys


@often
@given(st.data())
def test_a_set_of_keys_with_anything_changed_is_read_or_refused(data):
    document = json.loads(trusted_keys().model_dump_json())
    field = data.draw(st.sampled_from(["schema", *document["keys"][0]]))
    where = document if field == "schema" else document["keys"][data.draw(st.integers(0, 1))]
    where[field] = data.draw(VALUES)
    try:
        found = KeySet.parse(json.dumps(document).encode())
    except KeyFault:
        return
    assert KeySet.parse(found.model_dump_json().encode()) == found


@often
@given(st.lists(st.binary(max_size=300), max_size=5))
def test_certificates_are_put_in_order_and_nothing_else_is_changed(certificates):
    listed = [der(0x30, one) for one in certificates]
    content = der(0x30, b"\x02\x01\x03", der(0x31), der(0x30), der(0xA0, *listed), der(0x31))
    reply = der(0x30, der(0x30), der(0x30, b"\x06\x01\x2a", der(0xA0, content)))
    ordered = in_der_order(reply)
    assert ordered == reply.replace(b"".join(listed), b"".join(sorted(listed)))
    assert in_der_order(ordered) == ordered


@often
@given(st.data())
def test_a_damaged_reply_is_not_valid(data):
    reply = bytearray(stamp())
    at = data.draw(st.integers(0, len(reply) - 1))
    reply[at : at + 4] = data.draw(st.binary(max_size=6))
    assert sorted(in_der_order(bytes(reply))) == sorted(reply)
    with pytest.raises(NotValid):
        verify(bytes(reply), b"message", ())


def test_a_root_of_another_version_of_x509_is_a_fault_of_the_key():
    """`InvalidVersion` is no ValueError."""
    good = authorities()[0]
    at = good.index(b"\xa0\x03\x02\x01\x02") + 4
    text = base64.encodebytes(good[:at] + b"\x42" + good[at + 1 :])
    with pytest.raises(KeyFault):
        load_roots(b"-----BEGIN CERTIFICATE-----\n" + text + b"-----END CERTIFICATE-----\n")
