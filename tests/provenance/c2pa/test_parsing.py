"""Marks of manifests in text, published lists and contents: any bytes, and the same answer."""

from __future__ import annotations

import json
import re

from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from provenance.asset import CHUNK, Asset
from provenance.c2pa.content import FORMATS, TEXTS, content_digest
from provenance.c2pa.text import DELIMITER, MAGIC, Marks, find_marks
from provenance.c2pa.trust import describe_anchors
from provenance.c2pa.updating import parse_list
from provenance.errors import TrustError
from tests.fuzz.contract import as_asset
from tests.fuzz.seeds import seeds
from tests.fuzz.signed_seeds import pem, trust_list
from tests.fuzz.targets import TARGETS

often = settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=10),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3)
    ),
    max_leaves=8,
)
ADDRESS = "https://example.org/" + "a" * 300 + ".c2pa"
MARKS = {
    "reference": DELIMITER + b" " + ADDRESS.encode() + b"\n",
    "link": f'<link rel="c2pa-manifest" href="{ADDRESS}">'.encode(),
    "wrapper": MAGIC,
    "script": b'<script type="application/c2pa">' + b"A" * 80 + b"</script>",
}


@settings(max_examples=40, deadline=None)
@given(st.sampled_from(sorted(MARKS)), st.integers(0, 700))
@example("reference", 100)
@example("link", 60)
def test_a_mark_is_found_whole_wherever_the_pieces_of_a_file_end(name, before):
    """An address that began in one piece and ended in the next was cut in two."""
    text = b" " * (CHUNK - before) + MARKS[name] + b" the end"
    found = find_marks(as_asset(text, "text/html"))
    alone = find_marks(as_asset(MARKS[name], "text/html"))
    assert found == alone
    assert found.link == (ADDRESS if name in ("reference", "link") else None)


@often
@given(
    st.binary(max_size=300)
    | st.lists(
        st.sampled_from([*MARKS.values(), b"<", b">", b"<link", b"application/c2pa", MAGIC[:9]])
    ).map(b"".join)
)
def test_any_bytes_have_marks_or_none(data):
    for media_type in ("text/plain", "text/html", "text/markdown"):
        found = find_marks(as_asset(data, media_type))
        assert isinstance(found, Marks)
        assert bool(found.read_as(media_type)) >= (found.wrapped or found.delimited)
    TARGETS["marks"].run(data)
    TARGETS["text_carriers"].run(data)


@often
@given(st.data())
def test_a_published_list_with_anything_changed_is_read_or_refused(data):
    document = json.loads(trust_list())
    path = data.draw(st.sampled_from(list(places(document))))
    holder = document
    for step in path[:-1]:
        holder = holder[step]
    holder[path[-1]] = data.draw(JSON)
    try:
        found = parse_list("official", json.dumps(document).encode())
    except TrustError:
        return
    assert len(found.certificates) >= 10
    assert re.fullmatch(r"\d{4}-\d\d-\d\d", found.issued)


def places(value, path=()):
    for key in value if isinstance(value, dict) else range(len(value)):
        yield (*path, key)
        if isinstance(value[key], dict | list):
            yield from places(value[key], (*path, key))


@often
@given(st.binary(max_size=400) | st.integers(0, 400).map(lambda at: pem()[:at]))
def test_what_is_no_pem_is_an_error_of_trust(data):
    try:
        described = describe_anchors(data)
    except TrustError:
        return
    assert described


@often
@given(st.sampled_from(sorted({*FORMATS, *TEXTS})), st.binary(max_size=300))
def test_any_bytes_have_a_content_or_none(media_type, data):
    found = content_digest(as_asset(data, media_type))
    assert found is None or re.fullmatch(r"[0-9a-f]{64}", found)


@often
@given(st.sampled_from(["png.text", "png.compressed", "flac.flac", "mpeg_audio.v2.4"]), st.data())
def test_a_file_cut_short_never_has_the_content_of_the_whole(name, data):
    whole = seeds("content")[name]
    media_type = Asset.from_bytes(whole, name="").media_type
    digest = content_digest(as_asset(whole, media_type))
    assert digest is not None
    cut = data.draw(st.integers(1, len(whole) - 1))
    assert content_digest(as_asset(whole[:-cut], media_type)) != digest


@often
@given(st.lists(JSON, max_size=4), st.sampled_from(["actions", "ingredients", "assertions"]))
def test_any_json_where_a_manifest_should_have_something_else(values, key):
    document = json.loads(seeds("summary")["two"])
    document["manifests"]["active"][key] = values
    TARGETS["summary"].run(json.dumps(document).encode())
