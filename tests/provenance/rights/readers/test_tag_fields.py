"""Fields that people made up: plain ones are evidence, all others are left alone."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from provenance.asset import Asset
from provenance.containers import Container, Packet, PacketKind
from provenance.evidence import NotRun, ReservationState
from provenance.rights.readers.tag_fields import MOST, TagFieldsReader
from tests.provenance import making

RESERVED, ALLOWED = ReservationState.RESERVED, ReservationState.ALLOWED


def read(data: bytes):
    return list(TagFieldsReader().read(Asset.from_bytes(data, name="")))


def said(key: str, value: str):
    """What one Vorbis comment says, None when nothing."""
    found = read(making.flac(f"{key}={value}"))
    return found[0].purposes if found else None


@pytest.mark.parametrize(
    ("key", "value", "states"),
    [
        ("TDM-RESERVATION", "1", {"tdm": RESERVED}),
        ("TDM_RESERVATION", "1", {"tdm": RESERVED}),
        ("tdm reservation", "yes", {"tdm": RESERVED}),
        ("TDM-RESERVATION", "0", {"tdm": ALLOWED}),
        ("TDM-RESERVED", "true", {"tdm": RESERVED}),
        ("TDM-OPT-OUT", "Yes", {"tdm": RESERVED}),
        ("TDM", "prohibited", {"tdm": RESERVED}),
        ("TEXT-AND-DATA-MINING", "no", {"tdm": RESERVED}),
        ("AI-TRAINING", "no", {"train-ai": RESERVED}),
        ("AI_TRAINING", "Not allowed", {"train-ai": RESERVED}),
        ("AITRAINING", "false", {"train-ai": RESERVED}),
        ("AI TRAINING", "forbidden", {"train-ai": RESERVED}),
        ("AI-TRAINING", "allowed", {"train-ai": ALLOWED}),
        ("AI-TRAINING-ALLOWED", "0", {"train-ai": RESERVED}),
        ("AI-TRAINING-OPTOUT", "1", {"train-ai": RESERVED}),
        ("AI-OPT-OUT", "true", {"train-ai": RESERVED}),
        ("NO-AI", "1", {"train-ai": RESERVED}),
        ("NOAI", "true", {"train-ai": RESERVED}),
        ("NO-AI-TRAINING", "yes", {"train-ai": RESERVED}),
        ("GENAI-TRAINING", "no", {"train-genai": RESERVED}),
        ("generative_ai_training", "denied", {"train-genai": RESERVED}),
        ("TRAIN-AI", "n", {"train-ai": RESERVED}),
        ("AI-INPUT", "no", {"ai-input": RESERVED}),
        ("DATA-MINING", "DMI-PROHIBITED-GENAIMLTRAINING", {"train-genai": RESERVED}),
        ("plus:DataMining", "DMI-PROHIBITED", {"tdm": RESERVED, "search": RESERVED}),
    ],
)
def test_a_plain_field_says_yes_or_no(key, value, states):
    assert said(key, value) == states


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("TDM-RESERVATION", ""),
        ("TDM-RESERVATION", "2"),
        ("TDM-RESERVATION", "see our terms"),
        ("AI-TRAINING", "only with a licence"),
        ("AI-TRAINING", "maybe"),
        ("AI-TRAINING-DATE", "1"),
        ("AI", "no"),
        ("NO", "1"),
        ("TITLE", "No AI Training"),
        ("COMMENT", "TDM-RESERVATION=1"),
        ("MOOD", "reserved"),
        ("RESERVATION", "1"),
        ("TRAINING", "no"),
        ("AITRAINER", "no"),
        ("AI-TRAINING", "no" + " " * 200),
    ],
)
def test_anything_else_says_nothing(key, value):
    assert said(key, value) is None


@pytest.mark.parametrize(
    ("data", "location"),
    [
        (making.mp3(making.txxx("TDM-RESERVATION", "1")), "ID3:TXXX:TDM-RESERVATION"),
        (making.ogg("TDM-RESERVATION=1"), "Vorbis:TDM-RESERVATION"),
        (
            making.mp4(making.ilst_meta(making.free_form("TDM-RESERVATION", "1")), brand=b"M4A "),
            "ilst:----:com.apple.iTunes:TDM-RESERVATION",
        ),
        (
            making.mp4(making.mdta_meta(**{"org.example.tdm-reservation": "1"}), brand=b"qt  "),
            "mdta:org.example.tdm-reservation",
        ),
        (
            making.matroska_tags(making.simple_tag("TDM_RESERVATION", "1")),
            "Matroska:TDM_RESERVATION",
        ),
        (making.png_text(**{"TDM-Reservation": "1"}), "tEXt:TDM-Reservation"),
        (making.flv(tdm_reservation="1"), "onMetaData:tdm_reservation"),
    ],
    ids=["ID3", "Ogg", "M4A", "MOV", "Matroska", "PNG", "FLV"],
)
def test_the_place_is_named_in_every_format(data, location):
    (record,) = read(data)
    assert record.document.location == location
    assert record.purposes == {"tdm": RESERVED}


@pytest.mark.parametrize(
    "data",
    [
        making.html('<meta name="tdm-reservation" content="1">'),
        making.epub('<meta property="tdm:reservation">1</meta>'),
        making.pdf(None, **{"TDM-Reservation": "1"}),
    ],
    ids=["HTML", "EPUB", "PDF"],
)
def test_what_has_a_protocol_of_its_own_is_left_to_that(data):
    assert read(data) == []


def test_it_is_evidence_and_no_more():
    (record,) = read(making.flac("AI-TRAINING=no"))
    assert (record.protocol, record.standing) == ("tag-fields", "D")
    assert (record.formal, record.authority) == ("nonconforming", "unknown")
    assert (record.intent, record.channel) == ("reserved", "embedded")
    assert record.native_value == "AI-TRAINING=no"


def test_a_cover_speaks_for_itself():
    cover = making.png_text(NoAI="1")
    (record,) = read(making.mp3(making.apic(cover)))
    assert record.part == "picture/0"


def test_a_thousand_fields_are_a_limit():
    chunks = [making.text_chunk("NoAI", "1" + " " * n) for n in range(MOST + 9)]
    *records, last = read(making.png(*chunks))
    assert len(records) == MOST
    assert isinstance(last, NotRun)
    assert last.reason == "limit"


def test_the_same_field_is_said_once():
    assert len(read(making.png(*[making.text_chunk("NoAI", "1")] * 9))) == 1


@given(key=st.text(max_size=40), value=st.text(max_size=40))
def test_any_field_is_borne_and_permits_only_in_words_that_do(key, value):
    asset = Asset.from_bytes(b"", name="")
    packets = [
        Packet(PacketKind.TEXT, place, key, value.encode("utf-8", "replace"))
        for place in ("ID3", "Vorbis", "ilst", "tEXt")
    ]
    asset.memo("container", lambda: Container(packets=packets))
    for record in TagFieldsReader().read(asset):
        assert record.formal == "nonconforming"
        assert record.authority == "unknown"
