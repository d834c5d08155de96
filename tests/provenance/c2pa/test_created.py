"""Which assertions a signer made, read from the bytes that were verified, or not at all."""

from __future__ import annotations

import struct

import pytest
from hypothesis import given
from hypothesis import strategies as st

from provenance.c2pa.building import build_graph
from provenance.c2pa.created import created_in, tell_created
from tests.provenance.c2pa.summaries import ingredient, manifest, summary
from tests.provenance.c2pa.text_signing import _box, _cbor, _content

ACTIONS = "self#jumbf=c2pa.assertions/c2pa.actions.v2"


def claim(created=(ACTIONS,), label="c2pa.claim.v2", **more):
    listed = [{"url": url, "hash": b"1"} for url in created]
    data = {"created_assertions": listed, **more}
    return _box("c2cl", label, _content(b"cbor", _cbor(data)))


def store(*manifests):
    boxes = b"".join(_box("c2ma", label, content) for label, content in manifests)
    return _box("c2pa", "c2pa", boxes)


def test_the_created_ones_are_named_by_their_labels():
    urls = (ACTIONS, "self#jumbf=/c2pa/a/c2pa.assertions/c2pa.hash.data")
    found = created_in(store(("a", claim(urls)), ("b", claim(()))))
    assert found == {"a": {"c2pa.actions.v2", "c2pa.hash.data"}, "b": frozenset()}


def test_a_claim_of_version_one_draws_no_line():
    assert created_in(store(("a", claim(label="c2pa.claim")))) == {"a": frozenset()}


@pytest.mark.parametrize(
    "odd",
    [
        (("a", claim()), ("a", claim(()))),
        (("a", claim() + claim(())),),
        (("a", _box("c2cl", "c2pa.claim.v2", _content(b"cbor", b"\xff"))),),
        (("a", _box("c2cl", "c2pa.claim.v2", _content(b"cbor", _cbor({"created": []})))),),
        (("a", _box("c2cl", "c2pa.claim.v2", _content(b"cbor", _cbor([])))),),
    ],
    ids=["two of one label", "two claims", "no CBOR", "no list", "no map"],
)
def test_where_anything_is_in_doubt_nothing_is_told(odd):
    assert created_in(store(*odd)) == {}


def test_a_url_that_is_none_leaves_all_in_doubt():
    assert created_in(store(("a", claim((ACTIONS, 7))))) == {}


@given(data=st.binary(max_size=200))
def test_no_bytes_raise(data):
    assert created_in(data) == {}
    assert isinstance(created_in(struct.pack(">I", len(data) + 8) + b"jumb" + data), dict)


# Noted in a graph


def graph(*assertions, **more):
    return build_graph(summary(active=manifest(*assertions, **more)))


def test_what_was_created_is_noted():
    root = graph({"label": "c2pa.actions.v2", "data": {}}, {"label": "stds.exif", "data": {}})
    assert tell_created(root, {"active": frozenset({"c2pa.actions.v2"})})
    assert [one.get("created") for one in root.manifest["assertions"]] == [True, None]


def test_a_manifest_nobody_knows_leaves_all_untold():
    part = manifest({"label": "c2pa.actions.v2", "data": {}})
    active = manifest({"label": "c2pa.actions.v2", "data": {}}, ingredients=[ingredient("part")])
    root = build_graph(summary(active=active, part=part))
    assert not tell_created(root, {"active": frozenset({"c2pa.actions.v2"})})
    assert "created" not in root.manifest["assertions"][0]


def test_two_assertions_of_one_name_leave_all_untold():
    twice = [{"label": "c2pa.actions.v2", "data": {}}] * 2
    assert not tell_created(graph(*twice), {"active": frozenset({"c2pa.actions.v2"})})
