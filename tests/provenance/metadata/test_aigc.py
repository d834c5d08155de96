"""The label of GB 45438-2025 in every carrier."""

from __future__ import annotations

import html
import json
import zlib

import pytest

from provenance.evidence import Statement, Strength
from provenance.metadata.aigc import AigcReader, producer_code
from tests.provenance import making

READER = AigcReader()
LABEL = making.LABEL_JSON
WRAPPED = json.dumps({"AIGC": making.LABEL})
ESCAPED = html.escape(LABEL)
AS_ATTRIBUTE = making.xmp(attributes=f'TC260:AIGC="{ESCAPED}"')
AS_ELEMENT = making.xmp(f"<TC260:AIGC>{LABEL}</TC260:AIGC>")
ESCAPED_TWICE = making.xmp(f"<TC260:AIGC>{html.escape(ESCAPED)}</TC260:AIGC>")


def user_comment(text: str) -> bytes:
    return making.tiff(UserComment=b"ASCII\x00\x00\x00" + text.encode())


CARRIERS = {
    "PNG tEXt": (making.png_text(AIGC=LABEL), "tEXt:AIGC"),
    "PNG iTXt": (making.png(making.itxt_chunk("AIGC", LABEL.encode())), "iTXt:AIGC"),
    "PNG zTXt": (
        making.png(making.png_chunk(b"zTXt", b"AIGC\x00\x00" + zlib.compress(LABEL.encode()))),
        "zTXt:AIGC",
    ),
    "PNG XMP": (making.png(making.itxt_chunk("XML:com.adobe.xmp", AS_ELEMENT)), "TC260:AIGC"),
    "JPEG XMP element": (making.jpeg(making.app1_xmp(AS_ELEMENT)), "TC260:AIGC"),
    "JPEG XMP attribute": (making.jpeg(making.app1_xmp(AS_ATTRIBUTE)), "TC260:AIGC"),
    "JPEG XMP escaped twice": (making.jpeg(making.app1_xmp(ESCAPED_TWICE)), "TC260:AIGC"),
    "JPEG ImageDescription": (
        making.jpeg(making.app1_exif(making.tiff(ImageDescription=WRAPPED))),
        "EXIF:ImageDescription",
    ),
    "JPEG UserComment": (making.jpeg(making.app1_exif(user_comment(WRAPPED))), "EXIF:UserComment"),
    "WebP XMP": (making.webp(making.chunk(b"XMP ", AS_ELEMENT)), "TC260:AIGC"),
    "WebP EXIF": (making.webp(making.chunk(b"EXIF", user_comment(WRAPPED))), "EXIF:UserComment"),
    "GIF XMP": (making.gif(AS_ELEMENT), "TC260:AIGC"),
    "TIFF": (making.tiff(ImageDescription=WRAPPED), "EXIF:ImageDescription"),
    "HEIC XMP": (making.heif(b"", AS_ELEMENT), "TC260:AIGC"),
    "HEIC EXIF": (making.heif(user_comment(WRAPPED)), "EXIF:UserComment"),
    "MP4 key": (making.mp4(making.mdta_meta(AIGC=LABEL)), "mdta:AIGC"),
    "MP4 key in user data": (
        making.mp4(making.box(b"udta", making.mdta_meta(AIGC=LABEL))),
        "mdta:AIGC",
    ),
    "MP4 free form": (
        making.mp4(making.ilst_meta(making.free_form("AIGC", LABEL))),
        "ilst:----:com.apple.iTunes:AIGC",
    ),
    "MP4 item": (
        making.mp4(making.ilst_meta(making.box(b"AIGC", making.item_data(LABEL.encode())))),
        "ilst:AIGC",
    ),
    "MP4 user data": (
        making.mp4(making.box(b"udta", making.box(b"AIGC", LABEL.encode()))),
        "udta:AIGC",
    ),
    "MOV": (making.mp4(making.mdta_meta(AIGC=LABEL), brand=b"qt  "), "mdta:AIGC"),
    "Matroska": (making.matroska_tags(making.simple_tag("AIGC", LABEL)), "Matroska:AIGC"),
    "AVI": (making.riff(b"AVI ", making.info(AIGC=LABEL)), "INFO:AIGC"),
    "WAV": (making.wav(making.info(AIGC=LABEL)), "INFO:AIGC"),
    "FLV": (making.flv(AIGC=LABEL), "onMetaData:AIGC"),
    "MP3": (making.mp3(making.txxx("AIGC", LABEL)), "ID3:TXXX:AIGC"),
    "FLAC": (making.flac(f"AIGC={LABEL}"), "Vorbis:AIGC"),
    "Opus": (making.ogg(f"aigc={LABEL}"), "Vorbis:AIGC"),
    "PDF": (making.pdf(AIGC=LABEL), "Info:AIGC"),
    "PDF XMP": (making.pdf(AS_ELEMENT), "TC260:AIGC"),
    "HTML": (making.html(f'<meta name="AIGC" content="{ESCAPED}">'), "meta:AIGC"),
    "SVG": (making.svg(AS_ELEMENT), "TC260:AIGC"),
    "EPUB": (making.epub(f'<meta name="AIGC" content="{ESCAPED}"/>'), "OPF:AIGC"),
    "OOXML": (
        making.docx(custom=f'<property name="AIGC"><vt:lpwstr>{LABEL}</vt:lpwstr></property>'),
        "custom.xml:AIGC",
    ),
}


@pytest.mark.parametrize(("data", "field"), CARRIERS.values(), ids=CARRIERS)
def test_every_carrier(declared, data, field):
    found = declared(READER, data)
    assert [(d.field, d.statement, d.strength, d.generator) for d in found] == [
        (field, Statement.FULLY_AI, Strength.STRONG, "001191110102MACQD9K64010000")
    ]


@pytest.mark.parametrize(
    ("label", "statement", "strength"),
    [
        ("1", Statement.FULLY_AI, Strength.STRONG),
        (1, Statement.FULLY_AI, Strength.STRONG),
        ("2", Statement.MAY_CONTAIN_AI, Strength.STRONG),
        ("3", Statement.MAY_CONTAIN_AI, Strength.STRONG),
        ("9", Statement.NONE, Strength.WEAK),
        (None, Statement.NONE, Strength.WEAK),
    ],
)
def test_the_three_labels_and_what_is_none(declared, label, statement, strength):
    data = making.png_text(AIGC=json.dumps({"Label": label, "ContentProducer": "me"}))
    assert [(d.statement, d.strength, d.generator) for d in declared(READER, data)] == [
        (statement, strength, "me")
    ]


@pytest.mark.parametrize("text", [WRAPPED, LABEL.replace('"', '\\"'), html.escape(WRAPPED)])
def test_the_ways_the_label_is_wrapped_and_escaped(declared, text):
    assert [d.statement for d in declared(READER, making.png_text(AIGC=text))] == [
        Statement.FULLY_AI
    ]


@pytest.mark.parametrize("text", ["", "yes", "{broken", "[1]", '{"Producer": "x"}', "{" * 10_000])
def test_what_bears_the_key_and_is_no_label_is_shown_and_declares_nothing(declared, text):
    found = declared(READER, making.png_text(AIGC=text))
    assert [(d.value, d.statement, d.strength) for d in found] == [
        (text[:4096], Statement.NONE, Strength.WEAK)
    ]


@pytest.mark.parametrize(
    "data",
    [
        making.png_text(Description=f"about the AIGC label {LABEL}"),
        making.png_text(Title="AIGC"),
        making.jpeg(making.app1_exif(making.tiff(ImageDescription="AIGC rules explained"))),
        making.jpeg(
            making.app1_xmp(
                making.xmp("<z:AIGC>{}</z:AIGC>", prefixes='xmlns:z="http://example.org/"')
            )
        ),
        making.html('<meta name="keywords" content="AIGC">'),
    ],
)
def test_human_metadata_that_resembles_says_nothing(declared, data):
    assert declared(READER, data) == []


def test_the_producer_s_code_and_what_stands_in_its_place():
    assert producer_code("001191110102macqd9k64010000") == "001191110102MACQD9K64010000"
    assert producer_code(" doubao ") == "doubao"
    assert producer_code("") is None
    assert producer_code(5) is None


@pytest.mark.parametrize("name", ["aigc.png", "aigc.jpg"])
def test_real_files(declared, data_pack, name):
    data = (data_pack / "c2pa/files/own" / name).read_bytes()
    assert [(d.statement, d.strength) for d in declared(READER, data)] == [
        (Statement.FULLY_AI, Strength.STRONG)
    ]
