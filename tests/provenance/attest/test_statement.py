"""What is signed: the framework's names, in canonical form."""

from __future__ import annotations

import json

import pytest

from provenance.attest.encoding import canonical, strict_json
from provenance.attest.statement import Statement
from provenance.errors import ReceiptError
from provenance.limits import DEFAULT
from tests.provenance.attest.conftest import SONG


def test_it_is_an_in_toto_statement(statement):
    assert json.loads(statement.canonical()) == {
        "_type": "https://in-toto.io/Statement/v1",
        "subject": [{"name": "song.wav", "digest": {"sha256": SONG}}],
        "predicateType": "urn:example:weather:1",
        "predicate": {"sky": "blue", "°C": 21.5},
    }


def test_its_bytes_are_canonical(statement):
    raw = statement.canonical()
    assert raw.startswith(b'{"_type":"https://in-toto.io/Statement/v1","predicate":{"sky":')
    assert canonical(json.loads(raw)) == raw


def test_the_canonical_form_is_that_of_rfc_8785():
    """The example of RFC 8785, sections 3.2.2 to 3.2.4."""
    value = json.loads(
        r"""{"numbers": [333333333.33333329, 1E30, 4.50, 2e-3, 0.000000000000000000000000001],
             "string": "\u20ac$\u000F\u000aA'\u0042\u0022\u005c\\\"\/",
             "literals": [null, true, false]}"""
    )
    assert canonical(value).decode() == (
        r'{"literals":[null,true,false],"numbers":[333333333.3333333,1e+30,4.5,0.002,1e-27],'
        r'"string":"€$\u000f\nA' + "'" + r'B\"\\\\\"/"}'
    )


def deep(levels):
    value = 1
    for _ in range(levels):
        value = [value]
    return value


@pytest.mark.parametrize(
    "value", [2**53 + 1, float("nan"), float("inf"), "\ud800", deep(DEFAULT.json_nesting + 1)]
)
def test_what_has_no_canonical_form_is_not_signed(value):
    with pytest.raises(ReceiptError):
        canonical({"value": value})


def test_what_is_deep_but_not_too_deep_is_signed_and_read_again():
    value = deep(DEFAULT.json_nesting)
    assert strict_json(canonical(value)) == value


@pytest.mark.parametrize(
    "raw",
    [
        pytest.param(b'{"a": 1, "a": 2}', id="repeated"),
        pytest.param(b'{"b": {"a": 1, "\\u0061": 2}}', id="repeated in disguise"),
        pytest.param(b"NaN", id="nan"),
        pytest.param(b"[Infinity]", id="infinity"),
        pytest.param(b"\xff", id="not UTF-8"),
        pytest.param(b"", id="empty"),
        pytest.param(b"{} {}", id="two"),
        pytest.param(b"[" * 100_000, id="endless"),
        pytest.param(json.dumps(deep(DEFAULT.json_nesting + 1)).encode(), id="deep"),
        pytest.param(b"1" * 5000, id="long number"),
    ],
)
def test_json_that_two_readers_could_read_differently_is_refused(raw):
    with pytest.raises(ValueError, match=r".*"):
        strict_json(raw)


def test_json_with_too_many_items_is_not_even_parsed():
    with pytest.raises(ValueError, match="too many items"):
        strict_json(b"[1,2,3,4]", items=3)


def test_unknown_fields_of_a_statement_are_passed_over(statement):
    document = json.loads(statement.canonical()) | {"annotations": {}}
    document["subject"][0]["mediaType"] = "audio/wav"
    assert Statement.model_validate(document) == statement
