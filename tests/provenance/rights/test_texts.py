"""The sentences about rights, from every carrier, with their places."""

from __future__ import annotations

import io
import struct
import zipfile

import pytest
from hypothesis import given
from hypothesis import strategies as st

from provenance.asset import Asset
from provenance.containers import Container, Packet, PacketKind
from provenance.rights.texts import LONGEST_TEXT, MOST_TEXTS, RightsText, texts_of
from tests.provenance import making

SAID = "All rights reserved, no AI training"
RIGHTS_PREFIXES = (
    'xmlns:xmpRights="http://ns.adobe.com/xap/1.0/rights/" '
    'xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:photoshop="http://ns.adobe.com/photoshop/1.0/"'
)


def texts(data: bytes, name: str = "") -> list[tuple[str, str]]:
    return [(one.place, one.text) for one in texts_of(Asset.from_bytes(data, name=name))]


def packet(inside: str) -> bytes:
    return making.xmp(inside, prefixes=RIGHTS_PREFIXES)


def three_gp_copyright(text: bytes) -> bytes:
    return making.mp4(making.box(b"udta", making.box(b"cprt", bytes(4), b"\x15\xc7", text)))


def user_frame() -> bytes:
    return making.frame("USER", b"\x03eng" + SAID.encode())


CARRIERS = {
    "PNG": (making.png_text(Copyright=SAID), "tEXt:Copyright"),
    "EXIF": (making.jpeg(making.app1_exif(making.tiff(Copyright=SAID))), "EXIF:Copyright"),
    "JPEG comment": (making.jpeg(making.segment(0xFE, SAID.encode())), "COM"),
    "GIF comment": (making.gif(comment=SAID.encode()), "Comment"),
    "IIM 2:116": (making.jpeg(making.app13(making.iim(r2_116=SAID))), "IIM:2:116"),
    "IIM 2:40": (making.jpeg(making.app13(making.iim(r1_90="\x1b%G", r2_40=SAID))), "IIM:2:40"),
    "TIFF IIM": (making.tiff(size=(1, 1), IPTC=making.iim(r2_116=SAID).decode()), "IIM:2:116"),
    "TIFF": (making.tiff(size=(1, 1), Copyright=SAID), "EXIF:Copyright"),
    "ID3 TCOP": (making.mp3(making.frame("TCOP", b"\x03" + SAID.encode())), "ID3:TCOP"),
    "ID3 2.2": (making.mp3(making.frame("TCR", b"\x00" + SAID.encode(), 2), version=2), "ID3:TCOP"),
    "ID3 WCOP": (making.mp3(making.frame("WCOP", SAID.encode())), "ID3:WCOP"),
    "ID3 USER": (making.mp3(user_frame()), "ID3:USER"),
    "ID3 COMM": (making.mp3(making.comm(SAID)), "ID3:COMM"),
    "ID3 TXXX": (making.mp3(making.txxx("Usage Terms", SAID)), "ID3:TXXX:Usage Terms"),
    "ID3v1": (making.mp3(v1=making.id3v1(comment=SAID[:28].encode())), "ID3v1:comment"),
    "FLAC": (making.flac(f"COPYRIGHT={SAID}"), "Vorbis:COPYRIGHT"),
    "Ogg": (making.ogg(f"license={SAID}"), "Vorbis:LICENSE"),
    "M4A": (making.mp4(making.ilst_meta(making.box(b"cprt", making.item_data(SAID.encode())))), ""),
    "M4A ----": (making.mp4(making.ilst_meta(making.free_form("LICENSE", SAID))), ""),
    "MOV": (making.mp4(making.mdta_meta(**{"com.apple.quicktime.copyright": SAID})), ""),
    "3GP": (three_gp_copyright(SAID.encode() + b"\x00"), "udta:cprt"),
    "3GP UTF-16": (three_gp_copyright(SAID.encode("utf-16") + b"\0\0"), "udta:cprt"),
    "WAV": (making.wav(making.info(ICOP=SAID)), "INFO:ICOP"),
    "AIFF": (making.aiff((b"(c) ", SAID.encode())), "AIFF:(c)"),
    "Matroska": (
        making.matroska_tags(making.simple_tag("TERMS_OF_USE", SAID)),
        "Matroska:TERMS_OF_USE",
    ),
    "PDF": (making.pdf(Copyright=SAID), "Info:Copyright"),
    "HTML": (making.html(f'<meta name="dcterms.rights" content="{SAID}">'), "meta:dcterms.rights"),
    "EPUB": (making.epub(f"<dc:rights>{SAID}</dc:rights>"), "OPF:rights"),
    "OOXML": (
        making.docx(custom=f'<property name="Copyright"><vt:lpwstr>{SAID}</vt:lpwstr></property>'),
        "custom.xml:Copyright",
    ),
    "FLV": (making.flv(copyright=SAID), "onMetaData:copyright"),
}


@pytest.mark.parametrize("carrier", CARRIERS)
def test_every_carrier_gives_up_its_sentence_and_names_the_place(carrier):
    data, place = CARRIERS[carrier]
    ((found, text),) = texts(data)
    assert SAID.startswith(text)
    assert len(text) >= 28
    assert found.startswith(place)


def test_the_properties_of_xmp_are_named_by_their_usual_prefix():
    inside = (
        '<xmpRights:UsageTerms><rdf:Alt><rdf:li xml:lang="en">one</rdf:li>'
        '<rdf:li xml:lang="fr">two</rdf:li></rdf:Alt></xmpRights:UsageTerms>'
        "<dc:rights>three</dc:rights><photoshop:Instructions>four</photoshop:Instructions>"
        "<xmpRights:WebStatement>https://example.org/t</xmpRights:WebStatement>"
    )
    assert texts(making.jpeg(making.app1_xmp(packet(inside)))) == [
        ("xmpRights:UsageTerms", "one"),
        ("xmpRights:UsageTerms", "two"),
        ("dc:rights", "three"),
        ("photoshop:Instructions", "four"),
        ("xmpRights:WebStatement", "https://example.org/t"),
    ]


def test_a_cover_speaks_for_itself():
    cover = making.png_text(Copyright=SAID)
    asset = Asset.from_bytes(making.mp3(making.apic(cover)), name="")
    assert list(texts_of(asset)) == [RightsText("tEXt:Copyright", SAID, "picture/0")]


@pytest.mark.parametrize(
    "data",
    [
        making.png_text(Title=SAID, Description=SAID, Comment=SAID),
        making.mp3(making.frame("TIT2", b"\x03" + SAID.encode()), making.txxx("MOOD", SAID)),
        making.jpeg(making.app13(making.iim(r2_120=SAID))),
        making.html(f'<meta name="description" content="{SAID}">'),
        making.pdf(Title=SAID),
        b"plain text, all rights reserved",
    ],
)
def test_titles_descriptions_and_bodies_are_not_about_rights(data):
    assert texts(data) == []


def test_the_same_sentence_in_one_place_is_said_once():
    chunks = [making.text_chunk("Copyright", SAID)] * 3
    assert texts(making.png(*chunks)) == [("tEXt:Copyright", SAID)]


def test_a_long_text_is_cut_and_says_so():
    (found,) = texts_of(Asset.from_bytes(making.png_text(Copyright="x" * 40_000), name=""))
    assert (len(found.text), found.cut) == (LONGEST_TEXT, True)


def test_many_texts_end_at_the_limit_and_say_so():
    chunks = [making.text_chunk("Copyright", f"{SAID} {n}") for n in range(MOST_TEXTS + 9)]
    found = list(texts_of(Asset.from_bytes(making.png(*chunks), name="")))
    assert len(found) == MOST_TEXTS
    assert [one.cut for one in found[-2:]] == [False, True]


# IPTC-IIM


def resources(*blocks: tuple[int, bytes, bytes]) -> bytes:
    data = b""
    for number, name, body in blocks:
        pascal = bytes([len(name)]) + name
        pascal += b"" if len(pascal) % 2 == 0 else b"\0"
        data += b"8BIM" + struct.pack(">H", number) + pascal + struct.pack(">I", len(body)) + body
        data += b"\0" * (len(body) % 2)
    return data


def test_a_named_resource_of_odd_length_does_not_hide_the_next():
    data = resources((0x0BB7, b"abcd", b"xyz"), (0x0404, b"", making.iim(r2_116=SAID)))
    app13 = making.segment(0xED, b"Photoshop 3.0\0" + data)
    assert texts(making.jpeg(app13)) == [("IIM:2:116", SAID)]


def test_resources_that_go_on_in_the_next_segment_are_read_together():
    data = resources((0x0404, b"", making.iim(r2_5="t" * 50, r2_116=SAID)))
    halves = [making.segment(0xED, b"Photoshop 3.0\0" + half) for half in (data[:40], data[40:])]
    assert texts(making.jpeg(*halves)) == [("IIM:2:116", SAID)]


def test_an_extended_length_is_read():
    data = b"\x1c\x02\x74" + struct.pack(">HI", 0x8004, len(SAID)) + SAID.encode()
    assert texts(making.jpeg(making.app13(data))) == [("IIM:2:116", SAID)]


def test_a_raw_profile_of_a_png_is_read():
    data = resources((0x0404, b"", making.iim(r2_116=SAID)))
    text = f"\niptc\n{len(data):8d}\n{data.hex()}\n"
    assert texts(making.png_text(**{"Raw profile type iptc": text})) == [("IIM:2:116", SAID)]


def test_one_cut_short_is_a_fault():
    data = making.jpeg(making.app13(making.iim(r2_116=SAID)[:-3]))
    asset = Asset.from_bytes(data, name="")
    assert [one.detail for one in asset.container.faults] == ["the IPTC data sets are cut short"]


@given(data=st.binary(max_size=300))
def test_any_resources_are_borne(data):
    for start in (b"", b"8BIM\x04\x04\0\0\0\0\0\xff", b"8BIM\x04\x04\0\0\0\0\0\xff\x1c\x02\x74"):
        asset = Asset.from_bytes(
            making.jpeg(making.segment(0xED, b"Photoshop 3.0\0" + start + data)), name=""
        )
        list(texts_of(asset))


@given(key=st.text(max_size=40), said=st.text(max_size=60))
def test_any_key_and_text_are_borne_and_never_invented(key, said):
    asset = Asset.from_bytes(b"x", name="")
    places = ("ID3", "Vorbis", "ilst", "tEXt", "meta", "IIM", "Matroska", "COM")
    packets = [
        Packet(PacketKind.TEXT, place, key, said.encode("utf-8", "replace")) for place in places
    ]
    asset.memo("container", lambda: Container(packets=packets))
    for one in texts_of(asset):
        assert one.text in said.replace("\x00", " ") or "?" in one.text
        assert one.text == one.text.strip() != ""


def test_a_book_in_odf_is_heard():
    meta = (
        '<office:document-meta xmlns:office="urn:o" '
        'xmlns:meta="urn:oasis:names:tc:opendocument:xmlns:meta:1.0"><office:meta>'
        f'<meta:user-defined meta:name="Rights">{SAID}</meta:user-defined>'
        "</office:meta></office:document-meta>"
    )
    written = io.BytesIO()
    with zipfile.ZipFile(written, "w") as packed:
        packed.writestr("mimetype", "application/vnd.oasis.opendocument.text")
        packed.writestr("meta.xml", meta)
    assert texts(written.getvalue()) == [("meta.xml:Rights", SAID)]
