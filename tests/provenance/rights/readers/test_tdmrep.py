"""TDMRep in its five channels, its real and its invented files, and its order."""

from __future__ import annotations

import json
import time
from contextlib import suppress
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from provenance.asset import Asset
from provenance.evidence import NotRun, NotRunReason, Reservation
from provenance.rights.header_fields import Answer
from provenance.rights.readers.tdmrep import TdmRepReader, from_headers, from_metas, parse
from provenance.rights.records import Channel
from provenance.rights.surroundings import RightsFile
from provenance.rights.tdmrep import UnreadableError, read_document
from tests.provenance import making
from tests.provenance.rights import asking
from tests.provenance.rights.archives import responses
from tools import make_vectors_statements

READER = TdmRepReader()
QUESTIONS = asking.vectors("tdmrep")


@pytest.mark.parametrize("question", QUESTIONS, ids=lambda one: one["id"])
def test_the_open_vectors(question):
    found = asking.answers(READER, asking.asked(question))
    assert found == asking.in_order(question["expected"]), question["note"]


def test_the_vectors_are_what_the_tool_writes():
    text = (asking.VECTORS / "tdmrep.jsonl").read_text(encoding="utf-8")
    assert text.splitlines() == list(make_vectors_statements.lines("tdmrep"))


def site(body: bytes | str, status: int | None = 200):
    data = body.encode() if isinstance(body, str) else body
    url = "https://host.example/.well-known/tdmrep.json"
    return parse(RightsFile(Channel.TDMREP_JSON, url, data, status))


def test_a_rule_is_shown_where_it_stands():
    rule = '{"location": "/a", "tdm-reservation": 0, "tdm-policy": "https://x.example/p"}'
    body = f'[ {{"location": "/é", "tdm-reservation": 1}},\n{rule} ]'
    (found,) = site(body).about("/a/b")
    start, end = found.document.span
    assert body.encode()[start:end].decode() == found.native_value
    assert json.loads(found.native_value)["tdm-policy"] == "https://x.example/p"
    assert (found.scope, found.standing, found.authority) == ("path:/a", "B", "origin-controlled")


def test_equal_answers_are_one_and_the_same_tuple():
    declared = site('[{"location": "/a", "tdm-reservation": 1}]')
    assert declared.about("/a/1") is declared.about("/a/2")
    assert declared.about("/b") is declared.about("/c")


def test_a_host_that_does_not_answer_is_told():
    asset = asking.met(tdmrep=b"")
    around = asset.around
    file = RightsFile(Channel.TDMREP_JSON, "https://host.example/x", status=503)
    asset = replace(asset, around=replace(around, files=(file,)))
    (found,) = READER.read(asset)
    assert (found.kind, found.reason) == ("not_run", NotRunReason.FETCH_FAILED)
    absent = replace(asset, around=replace(around, files=(replace(file, status=404),)))
    assert list(READER.read(absent)) == []


# Inside the work


def packet(namespace: str, inside: str = "") -> bytes:
    inside = inside or "<tdm:reservation>1</tdm:reservation><tdm:policy>https://x/p</tdm:policy>"
    return making.xmp(inside, prefixes=f'xmlns:tdm="{namespace}"')


@pytest.mark.parametrize(
    "namespace", ["http://www.w3.org/ns/tdmrep/", "http://www.w3.org/ns/tdmrep#"]
)
def test_a_pdf_in_either_namespace(namespace):
    (found,) = READER.read(Asset.from_bytes(making.pdf(packet(namespace)), name="x.pdf"))
    assert (found.formal, dict(found.purposes)) == ("valid", {"tdm": "reserved"})
    assert found.native_value == "tdm:reservation: 1\ntdm:policy: https://x/p"
    assert (found.channel, found.authority) == ("embedded", "unknown")


@pytest.mark.parametrize(
    ("namespace", "inside"),
    [
        ("https://www.w3.org/ns/tdmrep/", ""),
        ("http://www.w3.org/ns/tdmrep", ""),
        ("http://ns.adobe.com/pdfx/1.3/", "<tdm:tdm-reservation>1</tdm:tdm-reservation>"),
    ],
)
def test_a_pdf_in_a_namespace_that_is_nearly_it_is_heard(namespace, inside):
    data = making.pdf(packet(namespace, inside))
    (found,) = READER.read(Asset.from_bytes(data, name="x.pdf"))
    assert (found.formal, found.intent) == ("nonconforming", "reserved")


def test_a_picture_is_not_foreseen_and_heard():
    data = making.jpeg(making.app1_xmp(packet("http://www.w3.org/ns/tdmrep/")))
    (found,) = READER.read(Asset.from_bytes(data, name="x.jpg"))
    assert (found.formal, found.intent) == ("nonconforming", "reserved")


@pytest.mark.parametrize(
    ("metadata", "formal", "intent"),
    [
        ('<meta name="tdm:reservation" content="1"/>', "valid", "reserved"),
        ('<meta property="tdm:reservation">1</meta>', "valid", "reserved"),
        ('<meta property="tdm:reservation">0</meta>', "valid", "allowed"),
        ('<meta property="tdm:reservation">yes</meta>', "malformed", "reserved"),
        ('<meta name="tdm-reservation" content="1"/>', "nonconforming", "reserved"),
        ('<meta property="t:reservation">1</meta>', "nonconforming", "reserved"),
    ],
)
def test_a_book(metadata, formal, intent):
    (found,) = READER.read(Asset.from_bytes(making.epub(metadata), name="x.epub"))
    assert (found.formal, found.intent) == (formal, intent)


def test_another_vocabulary_is_left_alone():
    data = making.pdf(packet("http://example.org/tdm/"))
    assert list(READER.read(Asset.from_bytes(data, name="x.pdf"))) == []


def test_the_book_supersedes_its_host():
    book = making.epub('<meta property="tdm:reservation">0</meta>')
    asset = asking.met(book, headers=[("tdm-reservation", "1")], tdmrep=b"[]", path="/x.epub")
    header, inside = READER.read(asset)
    assert asking.codes(header) == ["intra_protocol_conflict", "superseded"]
    assert (inside.channel, inside.intent) == ("embedded", "allowed")


def test_the_elements_of_a_page_can_be_given_alone():
    (found,) = from_metas([("description", "x"), ("TDM-Reservation", "1")], Answer("https://a/b"))
    assert (found.channel, found.formal, found.document.location) == (
        "page",
        "valid",
        "https://a/b",
    )


# Documents made to cost


HOSTILE = {
    "deep array": b"[" * 500_000,
    "deep object": b'{"a":' * 200_000,
    "deep and closed": b"[" * 50_000 + b"]" * 50_000,
    "too large": b"[" + b" " * (1 << 20) + b"]",
    "a long number": b'[{"location": "/", "tdm-reservation": ' + b"1" * 100_000 + b"}]",
    "empty": b"",
    "no text": b"\x00\xff" * 5000,
    "numbers without end": b"1 " * 200_000,
}


@pytest.mark.parametrize("name", HOSTILE)
def test_what_cannot_be_read_is_told(name):
    start = time.perf_counter()
    (found,) = site(HOSTILE[name]).about("/")
    assert time.perf_counter() - start < 1
    assert isinstance(found, NotRun)


@pytest.mark.parametrize(
    "rule",
    [
        '{"location": "/' + "*a" * 400 + '$", "tdm-reservation": 1}',
        '{"location": "/%d/", "tdm-reservation": 1}',
        '{"location": "/%d", "tdm-reservation": 1, "tdm-policy": "é"}',
        '{"path": ["/a", "/%d"], "reservation": "1"}',
    ],
)
def test_many_rules_cost_little(rule):
    rows = (1 << 20) // (len(rule) + 8)
    body = "[" + ", ".join(rule.replace("%d", str(n)) for n in range(rows)) + "]"
    start = time.perf_counter()
    declared = site(body)
    for n in range(20):
        declared.about("/" + "a" * 1000 + str(n))
    assert time.perf_counter() - start < 3


def test_rules_line_by_line_without_end_are_not_read():
    body = b'{"location": "/a", "tdm-reservation": 0}\n' * 20_000
    (found,) = site(body).about("/")
    assert isinstance(found, NotRun)
    body += b'{"tdm-reservation": 1}'
    (found,) = site(body).about("/")
    assert (found.intent, found.formal) == ("reserved", "malformed")


def test_an_object_of_many_values_is_searched_up_to_a_limit():
    body = json.dumps({"x": [{"y": n} for n in range(30_000)], "tdm-reservation": 1})
    (found,) = site(body).about("/")
    assert found.intent == "reserved"


JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-2, 2)
    | st.sampled_from(["1", "/", "/a*$", "all-rights-reserved"]),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(
            st.sampled_from(
                [
                    *("location", "tdm-reservation", "tdm-policy", "tdm", "reservation"),
                    "@type",
                    "x",
                    "policy",
                ]
            ),
            inner,
            max_size=4,
        )
    ),
    max_leaves=20,
)


@given(JSON)
def test_any_json_is_rules_or_told(value):
    body = json.dumps(value).encode()
    try:
        rules = read_document(body)
    except UnreadableError:
        return
    for rule in rules:
        valid = rule.formal == "valid"
        assert not valid or isinstance(value, list)
        assert rule.span is None or body[slice(*rule.span)].decode() == rule.written
    for record in site(body).about("/a"):
        assert isinstance(record, Reservation)


@given(st.binary(max_size=60))
def test_any_bytes_are_rules_or_told(body):
    with suppress(UnreadableError):
        for rule in read_document(body):
            assert rule.written


@pytest.mark.parametrize("piece", ["1,", "0", ",", "é", "tdm-reservation:1 "])
def test_the_longest_header_costs_little(piece):
    start = time.perf_counter()
    (found,) = from_headers((("tdm-reservation", piece * (65_000 // len(piece))),), Answer("u"))
    assert time.perf_counter() - start < 1
    assert isinstance(found, Reservation)
    (found,) = from_headers((("tdm-reservation", "1" * 70_000),), Answer("u"))
    assert isinstance(found, NotRun)


# Acceptance: ten real files, the synthetic works, the synthetic archive

REAL = {
    "Embassy-of-the-Free-Mind__sourcelibrary-v2.json": ("valid", "reserved"),
    "FormosanBank__FormosanBank.json": ("valid", "reserved"),
    "entrerhoneetalpilles__ERAWebsite.json": ("valid", "reserved"),
    "healsdata__ai-training-opt-out__tdmrep.json": ("valid", "reserved"),
    "lechuza79__pv-rechner.json": ("valid", "reserved"),
    "nineplus-sh__nineplus.sh__tdmrep.json": ("valid", "reserved"),
    "YHDP__regenstudio-website.json": ("valid", "allowed"),
    "OR13__vibeslop.ceo__tdmrep.json": ("malformed", "allowed"),
    "cad-polito-it__byron.json": ("malformed", "reserved"),
    "maiksensi__maikfigura.de__tdmrep.json": ("malformed", "reserved"),
}


@pytest.mark.data
@pytest.mark.parametrize("name", REAL)
def test_real_files(data_pack, name):
    body = (data_pack / "optout/tdmrep" / name).read_bytes()
    (found,) = site(body).about("/a.html")
    assert (found.formal, found.intent) == REAL[name]


@pytest.mark.data
def test_a_real_file_with_several_rules(data_pack):
    declared = site((data_pack / "optout/tdmrep/YHDP__regenstudio-website.json").read_bytes())
    assert [one.intent for one in declared.about("/dpa-x.html")] == ["reserved"]
    assert [one.intent for one in declared.about("/a.html")] == ["allowed"]


@pytest.mark.data
@pytest.mark.parametrize(
    ("name", "intent", "policy"),
    [
        ("tdmrep.pdf", "reserved", "https://publisher.example/policy.json"),
        ("tdmrep_epub2.epub", "reserved", "https://publisher.example/policy.json"),
        ("tdmrep_epub3.epub", "reserved", None),
        ("tdmrep_epub3_zero.epub", "allowed", None),
    ],
)
def test_the_synthetic_works(data_pack, name, intent, policy):
    data = (data_pack / "optout/assets_synthetic" / name).read_bytes()
    (found,) = READER.read(Asset.from_bytes(data, name=name))
    assert (found.formal, found.intent) == ("valid", intent)
    assert policy is None or f"tdm:policy: {policy}" in found.native_value


@pytest.mark.data
def test_the_synthetic_archive(data_pack):
    met = responses(data_pack / "optout/warc/scenarios_synthetic.warc.gz")
    (found,) = READER.read(met("https://b.example/p1"))
    assert "tdm-policy: https://b.example/policy.json" in found.native_value
    header, page = READER.read(met("https://b.example/p2"))
    assert (header.intent, asking.codes(header)) == (
        "reserved",
        ["intra_protocol_conflict", "superseded"],
    )
    assert (page.intent, asking.codes(page)) == ("allowed", ["intra_protocol_conflict"])
    (found,) = READER.read(met("https://d.example/page"))
    assert (found.formal, found.intent) == ("malformed", "reserved")


@pytest.mark.parametrize(
    ("end", "path", "said"),
    [
        (",]", "/b/1", ["reserved"]),
        (",]", "/a", []),
        ("", "/a", ["unknown"]),
        (',{"tdm-reservation": 1', "/a", ["reserved"]),
    ],
)
def test_a_broken_array_is_heard_about_the_paths_it_names(end, path, said):
    """Guards against a reservation of the whole host read out of a rule for a part of it."""
    rule = '[{"location": "/b/*", "tdm-reservation": 1}'
    body = rule + end if end else rule + ", oops"
    found = site(body).about(path, agent=None, media_type=None)
    assert [one.intent for one in found] == said
    assert all(one.formal == "malformed" for one in found)
