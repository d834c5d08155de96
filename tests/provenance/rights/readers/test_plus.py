"""What owners reserve in the Data Mining property, in every form, spelling and container."""

from __future__ import annotations

import base64
import json
import time
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from provenance.asset import Asset
from provenance.evidence import NotRun, Reservation, ReservationState
from provenance.rights.data_mining import CODES, VOCABULARY, combined, read_value
from provenance.rights.purposes import PURPOSES, RANK, state_for
from provenance.rights.readers.plus import PlusReader
from tests.provenance import making
from tools import make_vectors_plus

VECTORS = Path(__file__).parents[3] / "vectors/optout/plus.jsonl"
QUESTIONS = [json.loads(line) for line in VECTORS.read_text(encoding="utf-8").splitlines()]

PREFIX = 'xmlns:plus="http://ns.useplus.org/ldf/xmp/1.0/"'
PROHIBITED = "http://ns.useplus.org/ldf/vocab/DMI-PROHIBITED"
RESERVED = ReservationState.RESERVED


def packet(value: str = PROHIBITED, more: str = "") -> bytes:
    return making.xmp(f"<plus:DataMining>{value}</plus:DataMining>{more}", prefixes=PREFIX)


def read(data: bytes, name: str = "") -> list[Reservation | NotRun]:
    return list(PlusReader().read(Asset.from_bytes(data, name=name)))


def in_jpeg(xmp: bytes) -> list[Reservation | NotRun]:
    return read(making.jpeg(making.app1_xmp(xmp)))


def summary(record: Reservation | NotRun) -> dict[str, object]:
    assert isinstance(record, Reservation), record
    return {
        "scope": record.scope,
        "purposes": {purpose: state.value for purpose, state in record.purposes.items()},
        "formal": record.formal,
        "intent": record.intent,
        "warnings": sorted({warning.partition(":")[0] for warning in record.warnings}),
    }


# The vectors


@pytest.mark.parametrize("question", QUESTIONS, ids=[one["id"] for one in QUESTIONS])
def test_a_vector_is_answered_as_the_specification_has_it(question):
    xmp = question.get("xmp", "").encode() or base64.b64decode(question["xmp_base64"])
    found = in_jpeg(xmp)
    assert [summary(one) for one in found] == question["expected"]
    if text := question.get("native_contains"):
        assert text in found[0].native_value


def test_the_published_vectors_are_those_the_tool_writes():
    assert list(make_vectors_plus.lines()) == QUESTIONS


def test_every_value_of_the_vocabulary_has_vectors():
    asked = {one["note"].split()[2] for one in QUESTIONS if one["note"].startswith("the value ")}
    assert asked == CODES.keys()


# Containers


def extended() -> bytes:
    """Extended XMP: the statement stands in the part that goes on."""
    digest = b"0123456789ABCDEF0123456789ABCDEF"
    note = 'xmlns:xmpNote="http://ns.adobe.com/xmp/note/"'
    main = making.xmp(attributes=f'xmpNote:HasExtendedXMP="{digest.decode()}"', prefixes=note)
    more = packet()
    head = b"http://ns.adobe.com/xmp/extension/\0" + digest + len(more).to_bytes(4, "big")
    halves = [
        making.segment(0xE1, head + at.to_bytes(4, "big") + more[at : at + 300])
        for at in range(0, len(more), 300)
    ]
    return making.jpeg(making.app1_xmp(main), *halves)


CONTAINERS = {
    "JPEG": making.jpeg(making.app1_xmp(packet())),
    "JPEG, extended": extended(),
    "PNG": making.png(making.itxt_chunk("XML:com.adobe.xmp", packet())),
    "PNG, compressed": making.png(
        making.itxt_chunk("XML:com.adobe.xmp", packet(), compressed=True)
    ),
    "WebP": making.webp(making.chunk(b"XMP ", packet())),
    "GIF": making.gif(packet()),
    "TIFF": making.tiff(XMP=packet()),
    "HEIC": making.heif(making.tiff(Make="m"), packet()),
    "AVIF": making.heif(making.tiff(Make="m"), packet(), brand=b"avif"),
    "JPEG XL": making.box(b"JXL ", b"\r\n\x87\n")
    + making.ftyp(b"jxl ")
    + making.box(b"xml ", packet()),
    "MP4": making.mp4(behind=making.box(b"uuid", making.XMP_BOX, packet())),
    "MOV": making.mp4(making.box(b"udta", making.box(b"XMP_", packet())), brand=b"qt  "),
    "WAV": making.wav(making.chunk(b"_PMX", packet())),
    "AIFF": making.aiff((b"APPL", b"XMP " + packet())),
    "MP3": making.mp3(making.frame("PRIV", b"XMP\x00" + packet())),
    "SVG": making.svg(packet().partition(b"?>")[2].rpartition(b"<?")[0]),
    "PDF": making.pdf(packet()),
}


@pytest.mark.parametrize("container", CONTAINERS)
def test_it_is_read_in_every_container_xmp_stands_in(container):
    (record,) = read(CONTAINERS[container])
    assert (record.part, record.formal) == (None, "valid")
    assert record.purposes == {"tdm": RESERVED, "search": RESERVED}
    assert (record.protocol, record.channel, record.standing) == (
        "plus-datamining",
        "embedded",
        "B",
    )


@pytest.mark.parametrize(
    ("data", "part"),
    [
        (making.mp3(making.apic(CONTAINERS["JPEG"])), "picture/0"),
        (making.flac(picture=CONTAINERS["PNG"]), "picture/0"),
        (making.epub("", ("OEBPS/a.png", CONTAINERS["PNG"])), "OEBPS/a.png"),
    ],
    ids=["MP3", "FLAC", "EPUB"],
)
def test_a_picture_inside_another_work_reserves_for_itself(data, part):
    (record,) = read(data)
    assert record.part == part
    assert record.purposes["tdm"] is RESERVED


def test_what_a_value_refers_to_may_stand_in_another_packet():
    see = packet("http://ns.useplus.org/ldf/vocab/DMI-PROHIBITED-SEECONSTRAINT")
    terms = making.xmp("<plus:OtherConstraints>ask first</plus:OtherConstraints>", prefixes=PREFIX)
    data = making.jpeg(making.app1_xmp(see), making.app1_xmp(terms))
    (record,) = read(data)
    assert record.native_value.endswith("plus:OtherConstraints: ask first")
    assert record.warnings == ()


def test_two_packets_that_differ_are_a_conflict_and_the_stricter_counts():
    allowed = packet("http://ns.useplus.org/ldf/vocab/DMI-ALLOWED")
    (record,) = read(making.jpeg(making.app1_xmp(allowed), making.app1_xmp(packet())))
    assert record.purposes["train-ai"] is RESERVED
    assert summary(record)["warnings"] == ["intra_protocol_conflict"]


# The record


def test_the_record_names_the_packet_and_the_bytes_of_the_value():
    import hashlib

    xmp = packet()
    (record,) = in_jpeg(xmp)
    assert record.document.sha256 == hashlib.sha256(xmp).hexdigest()
    assert record.document.location == "APP1 plus:DataMining"
    start, end = record.document.span
    assert xmp[start:end].decode() == PROHIBITED == record.native_value


def test_the_same_words_elsewhere_in_the_packet_are_not_the_statement():
    title = "<dc:title xmlns:dc='http://purl.org/dc/elements/1.1/'>Prohibited</dc:title>"
    xmp = making.xmp(f"{title}<plus:DataMining>Prohibited</plus:DataMining>", prefixes=PREFIX)
    (record,) = in_jpeg(xmp)
    start, end = record.document.span
    assert xmp[:start].endswith(b"<plus:DataMining>")
    assert xmp[start:end] == b"Prohibited"


def test_nobody_signed_it_so_it_permits_nothing():
    (record,) = in_jpeg(packet("http://ns.useplus.org/ldf/vocab/DMI-ALLOWED"))
    assert record.authority == "unknown"


def test_a_value_that_would_forge_a_report_is_written_out():
    (record,) = in_jpeg(packet("prohibited\u202e by\u2028 law"))
    assert "\u202e" not in record.native_value
    assert "\u2028" not in record.native_value


def test_long_terms_are_cut_and_the_value_stays():
    see = "http://ns.useplus.org/ldf/vocab/DMI-PROHIBITED-SEECONSTRAINT"
    long = "<plus:OtherConstraints>" + "é" * 30_000 + "</plus:OtherConstraints>"
    (record,) = in_jpeg(packet(see, long))
    assert record.native_value.startswith(see)
    assert 3000 < len(record.native_value.encode()) <= 4096


# What cannot be read is not silence


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (making.jpeg(making.app1_xmp(b"no xmp, DataMining")), "unreadable"),
        (making.jpeg(making.app1_xmp(b"<!DOCTYPE x>" + packet())), "unreadable"),
        (making.pdf(packet(), "locked"), "encrypted"),
        (CONTAINERS["PNG"][:-120], "unreadable"),
    ],
    ids=["no XML", "DTD", "password", "cut short"],
)
def test_a_packet_that_cannot_be_read_is_told(data, reason):
    (record,) = [one for one in read(data) if isinstance(one, NotRun)]
    assert (record.check, record.reason) == ("rights", reason)


def test_a_file_without_metadata_says_nothing():
    assert read(making.jpeg()) == []
    assert read(b"plain text about DMI-PROHIBITED") == []


# The shared pack


@pytest.fixture(scope="module")
def synthetic(data_pack):
    return data_pack / "optout/assets_synthetic"


def expected_of(name: str, said: str) -> list[tuple[dict[str, str], str]]:
    """The states and validity that a line of expected.json asks for."""
    if said.startswith("DMI-"):
        code = said
    elif said == "none" or not name.startswith("dmi_"):
        return []
    else:
        code = {
            "dmi_attr_form.jpg": "DMI-PROHIBITED-AIMLTRAINING",
            "dmi_rdfresource.jpg": "DMI-PROHIBITED",
            "dmi_label_text.jpg": "DMI-PROHIBITED-AIMLTRAINING",
            "dmi_genai.png": "DMI-PROHIBITED-GENAIMLTRAINING",
            "dmi_prohibited.webp": "DMI-PROHIBITED",
        }[name]
    formal = "nonconforming" if "nonconforming" in said else "valid"
    return [(make_vectors_plus.SAYS[code], formal)]


@pytest.mark.data
def test_every_file_of_the_pack_is_read_exactly(synthetic):
    """Acceptance check 24."""
    listed = json.loads((synthetic / "expected.json").read_text())
    assert len(listed) == 22
    for name, said in listed:
        found = [summary(one) for one in read((synthetic / name).read_bytes(), name)]
        answers = [(one["purposes"], one["formal"]) for one in found]
        assert answers == expected_of(name, said), name


@pytest.mark.data
def test_a_label_is_told(synthetic):
    (record,) = read((synthetic / "dmi_label_text.jpg").read_bytes())
    assert record.purposes == {"train-ai": RESERVED}
    assert [one.partition(":")[0] for one in record.warnings] == ["label_text"]


@pytest.mark.data
def test_the_constraint_of_the_pack_is_kept(synthetic):
    (record,) = read((synthetic / "dmi_DMI-PROHIBITED-SEECONSTRAINT.jpg").read_bytes())
    assert "No AI training before 2030" in record.native_value


@pytest.mark.data
def test_a_generated_picture_with_an_opt_out(data_pack):
    """C2PA acceptance check 25: own/x.jpg."""
    (record,) = read((data_pack / "c2pa/files/own/x.jpg").read_bytes())
    assert (record.purposes, record.formal) == ({"train-ai": RESERVED}, "valid")


@pytest.mark.data
@pytest.mark.parametrize(
    "name",
    ["a1111.png", "comfy.png", "novelai.png", "invokeai.png", "aigc.png", "aigc.jpg"],
)
def test_generators_reserve_nothing(data_pack, name):
    assert read((data_pack / "c2pa/files/own" / name).read_bytes()) == []


# Hostile packets


def timed(data: bytes) -> tuple[list[Reservation | NotRun], float]:
    began = time.process_time()
    found = read(data)
    return found, time.process_time() - began


def png_of(xmp: bytes) -> bytes:
    return making.png(making.itxt_chunk("XML:com.adobe.xmp", xmp))


HOSTILE = {
    "many properties": packet("x", "<plus:DataMining>y</plus:DataMining>" * 100_000),
    "many attributes": making.xmp(
        "", " ".join(f'plus:a{n}="DataMining"' for n in range(100_000)), PREFIX
    ),
    "many namespaces": making.xmp(
        "", " ".join(f'xmlns:p{n}="u:{n}" p{n}:DataMining="DMI-ALLOWED"' for n in range(5000))
    ),
    "many items": packet("<rdf:Bag>" + "<rdf:li>DMI-ALLOWED</rdf:li>" * 150_000 + "</rdf:Bag>"),
    "many different values": packet(
        "<rdf:Bag>" + "".join(f"<rdf:li>DMI-{n}</rdf:li>" for n in range(100_000)) + "</rdf:Bag>"
    ),
    "deep nesting": packet(
        "<rdf:Bag><rdf:li>" * 50_000 + "DMI-PROHIBITED" + "</rdf:li></rdf:Bag>" * 50_000
    ),
    "nested descriptions": packet(
        "x", "<rdf:Description>" * 120 + "<plus:DataMining>z</plus:DataMining>" * 4000
    ),
    "8 MB of text": packet("DMI-PROHIBITED" + "-" * (8 * 1024 * 1024 - 2000)),
    "8 MB of marks": packet("/:#" * 2_700_000),
    "many references": packet(
        "http://ns.useplus.org/ldf/vocab/DMI-PROHIBITED-SEECONSTRAINT",
        "<plus:OtherConstraints>" + "a" * 900 + "</plus:OtherConstraints>",
    ).replace(b"</rdf:Description>", b"<plus:OtherConstraints>b</plus:OtherConstraints>" * 90_000),
}


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_packet_costs_little_and_permits_nothing(name):
    """Two parses of at most 8 MiB; the bound is many times what they take."""
    found, seconds = timed(png_of(HOSTILE[name]))
    assert seconds < 5
    assert len(found) <= 3
    assert len("".join(one.model_dump_json() for one in found)) < 60_000
    for one in found:
        if isinstance(one, Reservation):
            assert one.intent != "allowed" or one.formal != "valid"


def test_statements_beyond_the_limit_are_told():
    many = packet(more="<plus:DataMining>DMI-ALLOWED</plus:DataMining>" * 6000)
    (record,) = read(png_of(many))
    assert "truncated" in summary(record)["warnings"]


BOMB = (
    '<!DOCTYPE r [<!ENTITY a "DMI-ALLOWED">'
    + "".join(
        f'<!ENTITY {b} "{f"&{a};" * 10}">' for a, b in zip("abcdefgh", "bcdefghi", strict=True)
    )
    + "]>"
)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16"])
def test_entities_are_never_resolved(encoding):
    data = (BOMB + packet("&i;").decode().partition("?>")[2]).encode(encoding)
    (record,) = [one for one in read(png_of(data)) if isinstance(one, NotRun)]
    assert "document type" in record.detail


@given(value=st.text(max_size=80))
def test_any_value_is_understood_or_said_not_to_be_and_only_terms_permit(value):
    found = read_value(value)
    assert found.states.keys() <= set(PURPOSES)
    assert (found.code is None) == (found.formal.value == "malformed")
    if ReservationState.ALLOWED in found.states.values():
        letters = "".join(one for one in value.upper() if one.isalnum())
        assert "ALLOWED" in letters or "SEARCHENGINE" in letters


@given(codes=st.lists(st.sampled_from(sorted(CODES)), min_size=1, max_size=5))
def test_a_combination_is_never_laxer_than_any_of_its_values(codes):
    together = combined([CODES[code] for code in codes])
    for code in codes:
        for purpose in PURPOSES:
            said, alone = state_for(together, purpose), state_for(CODES[code], purpose)
            assert alone is None or (said is not None and RANK[said] >= RANK[alone])


@given(data=st.binary(max_size=200))
def test_any_bytes_are_borne(data):
    for xmp in (data, b"<plus:DataMining>" + data, packet().replace(b"DMI-", data)):
        for one in in_jpeg(xmp):
            assert one.kind in ("reservation", "not_run")


xml_text = st.text(
    st.characters(exclude_categories=["Cc", "Cs"], exclude_characters="\ufffe\uffff"), max_size=60
)


@given(value=xml_text.filter(lambda one: one.strip() != ""))
def test_a_written_value_is_read_as_it_was_written(value):
    from xml.sax.saxutils import escape

    (record,) = in_jpeg(packet(escape(value)))
    states = {k: v.value for k, v in read_value(value).states.items()}
    assert {k: v.value for k, v in record.purposes.items()} == states
    assert VOCABULARY not in record.native_value or VOCABULARY in value
