"""Hostile receipts: every one yields a clear "not valid", quickly, and none a traceback."""

from __future__ import annotations

import json
import time
from datetime import UTC, datetime

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from provenance.attest.checks import Outcome, Reason
from provenance.attest.keyset import KeySet
from provenance.attest.log import Log
from provenance.attest.receipt import Issuer
from provenance.attest.statement import Statement
from provenance.attest.store import MemoryStore
from provenance.attest.timestamp import load_roots
from provenance.attest.verifying import Verifier
from provenance.limits import DEFAULT
from tests.provenance.attest.conftest import NOON, SONG, published

NOT_JSON, NOT_A_RECEIPT = Reason.FORM_NOT_JSON, Reason.FORM_NOT_A_RECEIPT

MANY = settings(
    max_examples=400,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)


@pytest.fixture(scope="module")
def document(signer, log_signer, authority):
    """An honest receipt with everything in it, as JSON values."""
    log = Log(MemoryStore(), log_signer, clock=lambda: NOON)
    issuer = Issuer(signer, log, authority)
    statement = Statement.about("song.wav", SONG, "urn:example:weather:1", {"sky": [1, {"a": 2}]})
    for _ in range(5):
        receipt = issuer.issue(statement)
    return json.loads(receipt.to_json())


@pytest.fixture(scope="module")
def verifier(signer, log_signer, authority):
    """Trusts all who had a hand in it; the time stamp's clock is that of this machine."""
    long_ago = datetime(2000, 1, 1, tzinfo=UTC)
    keys = KeySet(keys=tuple(published(one, not_before=long_ago) for one in (signer, log_signer)))
    return Verifier(keys=keys, roots=load_roots(authority.root), now=NOON)


def refused(verifier, raw):
    found = verifier.verify(raw, asset_sha256=SONG)
    assert not found.valid
    assert found.failed
    assert found.statement is None
    return found


def test_the_honest_one_passes_every_check(verifier, document):
    found = verifier.verify(json.dumps(document).encode(), asset_sha256=SONG)
    assert found.valid
    assert {one.outcome for one in found.checks} == {Outcome.PASSED}


@pytest.mark.parametrize(
    ("raw", "reason"),
    [
        pytest.param(b"", NOT_JSON, id="empty"),
        pytest.param(b"\x00" * 100, NOT_JSON, id="zeros"),
        pytest.param(b"[" * 1_000_000, NOT_JSON, id="deep"),
        pytest.param(b"[" * 1_000 + b"]" * 1_000, NOT_JSON, id="deep and closed"),
        pytest.param(b'{"a":' * 1_000_000, NOT_JSON, id="deep objects"),
        pytest.param(b"[" + b"[]," * 5_000_000 + b"[]]", NOT_JSON, id="wide"),
        pytest.param(b"9" * 1_000_000, NOT_JSON, id="number"),
        pytest.param(b'{"log":null,"log":null}', NOT_JSON, id="twice"),
        pytest.param(b" " * (DEFAULT.receipt_bytes + 1), Reason.FORM_TOO_LARGE, id="large"),
        pytest.param(b"null", NOT_A_RECEIPT, id="null"),
        pytest.param(b'"receipt"', NOT_A_RECEIPT, id="text"),
        pytest.param(b"{}", NOT_A_RECEIPT, id="nothing"),
    ],
)
def test_bombs_and_rubbish_are_refused_at_once(verifier, raw, reason):
    start = time.perf_counter()
    (failed,) = refused(verifier, raw).failed
    assert failed.reason is reason
    assert time.perf_counter() - start < 2


def test_a_proof_longer_than_any_tree_is_high_is_no_receipt(verifier, document):
    log = document["log"] | {"inclusion_proof": ["00" * 32] * 65}
    (failed,) = refused(verifier, json.dumps(document | {"log": log}).encode()).failed
    assert failed.params["where"] == "log.inclusion_proof"


def test_two_signatures_are_one_too_many(verifier, document):
    envelope = dict(document["envelope"])
    envelope["signatures"] = envelope["signatures"] * 2
    (failed,) = refused(verifier, json.dumps(document | {"envelope": envelope}).encode()).failed
    assert failed.params["where"] == "envelope.signatures"


def places(value, path=()):
    """Every place in a document, deepest last."""
    yield path
    if isinstance(value, dict | list):
        for key in value if isinstance(value, dict) else range(len(value)):
            yield from places(value[key], (*path, key))


def replaced(value, path, new):
    """A copy of `value` with `new` at `path`."""
    if not path:
        return new
    copy = dict(value) if isinstance(value, dict) else list(value)
    copy[path[0]] = replaced(value[path[0]], path[1:], new)
    return copy


def at(value, path):
    for step in path:
        value = value[step]
    return value


WRONG = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text(max_size=80)
    | st.lists(st.integers(), max_size=3)
    | st.dictionaries(st.text(max_size=5), st.integers(), max_size=3)
)

SPARE = [(("timestamp",), None), (("log",), None), (("keys",), [])]
"""What may be taken away whole: without it less is proven, and nothing is false."""


@MANY
@given(st.data())
def test_another_value_anywhere_is_not_valid(verifier, document, data):
    path = data.draw(st.sampled_from(list(places(document))))
    new = data.draw(WRONG)
    old = at(document, path)
    if json.dumps(new) == json.dumps(old):
        return
    raw = json.dumps(replaced(document, path, new)).encode()
    found = verifier.verify(raw, asset_sha256=SONG)
    assert found.valid is ((path, new) in SPARE)


@MANY
@given(st.data())
def test_a_character_changed_anywhere_in_a_text_is_not_valid(verifier, document, data):
    texts = [path for path in places(document) if isinstance(at(document, path), str)]
    path = data.draw(st.sampled_from(texts))
    old = at(document, path)
    place = data.draw(st.integers(0, len(old) - 1))
    sign = data.draw(st.sampled_from("0aA+/-_= é"))
    new = old[:place] + sign + old[place + 1 :]
    same = new == old or (path[-1] in BASE64 and new.translate(URL_SAFE) == old)
    found = verifier.verify(json.dumps(replaced(document, path, new)).encode(), asset_sha256=SONG)
    # A time stamp has a few bits that no signature covers; the others tell of any change.
    assert found.valid is same or path == ("timestamp",)


BASE64 = {"payload", "sig", "public", "timestamp"}
URL_SAFE = str.maketrans("-_", "+/")


@MANY
@given(st.binary(max_size=300) | st.text(max_size=300).map(lambda text: text.encode()))
def test_no_bytes_raise(raw):
    assert not Verifier(now=NOON).verify(raw).valid


@MANY
@given(st.data())
def test_a_file_cut_or_changed_anywhere_never_raises(verifier, document, data):
    raw = bytearray(json.dumps(document).encode())
    for _ in range(data.draw(st.integers(1, 3))):
        where = data.draw(st.integers(0, len(raw) - 1))
        if data.draw(st.booleans()):
            raw[where] = data.draw(st.integers(0, 255))
        else:
            del raw[where:]
            break
        if not raw:
            break
    verifier.verify(bytes(raw), asset_sha256=SONG)
