"""IPTC: the digital source type and the AI fields of 2025.1."""

from __future__ import annotations

import pytest

from provenance.evidence import Statement, Strength
from provenance.metadata.iptc import IptcReader
from tests.provenance import making

READER = IptcReader()


def picture(packet: bytes) -> bytes:
    return making.jpeg(making.app1_xmp(packet))


@pytest.mark.parametrize(
    ("name", "statement"),
    [
        ("trainedAlgorithmicMedia", Statement.FULLY_AI),
        ("compositeWithTrainedAlgorithmicMedia", Statement.PARTLY_AI),
        ("composite", Statement.MAY_CONTAIN_AI),
        ("digitalCapture", Statement.CAPTURE),
        ("digitalCreation", Statement.HUMAN_CREATION),
        ("minorHumanEdits", Statement.HUMAN_CREATION),
        ("algorithmicMedia", Statement.NONE),
        ("somethingElse", Statement.NONE),
    ],
)
def test_the_statement_is_that_of_the_vocabulary(declared, name, statement):
    packet = making.xmp(attributes=f'Iptc4xmpExt:DigitalSourceType="{making.DST}{name}"')
    found = declared(READER, picture(packet))
    assert [(d.field, d.value, d.statement, d.strength) for d in found] == [
        ("Iptc4xmpExt:DigitalSourceType", making.DST + name, statement, Strength.MEDIUM)
    ]


@pytest.mark.parametrize(
    "data",
    [
        picture(making.DST_XMP),
        making.png(making.itxt_chunk("XML:com.adobe.xmp", making.DST_XMP)),
        making.gif(making.DST_XMP),
        making.tiff(XMP=making.DST_XMP),
        making.webp(making.chunk(b"XMP ", making.DST_XMP)),
        making.heif(b"", making.DST_XMP),
        making.mp4(behind=making.box(b"uuid", making.XMP_BOX, making.DST_XMP)),
        making.wav(making.chunk(b"_PMX", making.DST_XMP)),
        making.mp3(making.frame("PRIV", b"XMP\x00" + making.DST_XMP)),
        making.svg(making.DST_XMP),
        making.pdf(making.DST_XMP),
    ],
    ids=["JPEG", "PNG", "GIF", "TIFF", "WebP", "HEIC", "MP4", "WAV", "MP3", "SVG", "PDF"],
)
def test_it_is_read_from_every_format_xmp_stands_in(declared, data):
    assert [d.statement for d in declared(READER, data)] == [Statement.FULLY_AI]


def test_a_cover_speaks_for_itself(declared):
    found = declared(READER, making.mp3(making.apic(picture(making.DST_XMP))))
    assert [(d.part, d.statement) for d in found] == [("picture/0", Statement.FULLY_AI)]


AI_FIELDS = 'Iptc4xmpExt:AISystemUsed="Maker" Iptc4xmpExt:AISystemVersionUsed="2"'


def test_a_system_used_does_not_say_for_how_much(declared):
    found = declared(READER, picture(making.xmp(attributes=AI_FIELDS)))
    assert [(d.field, d.statement) for d in found] == [
        ("Iptc4xmpExt:AISystemUsed", Statement.MAY_CONTAIN_AI),
        ("Iptc4xmpExt:AISystemVersionUsed", Statement.MAY_CONTAIN_AI),
    ]


def test_beside_a_digital_source_type_the_system_names_the_generator(declared):
    attributes = f'{AI_FIELDS} Iptc4xmpExt:DigitalSourceType="compositeSynthetic"'
    found = declared(READER, picture(making.xmp(attributes=attributes)))
    assert [(d.statement, d.generator) for d in found] == [
        (Statement.PARTLY_AI, "Maker 2"),
        (Statement.NONE, "Maker 2"),
        (Statement.NONE, "Maker 2"),
    ]


def test_human_metadata_that_resembles_says_nothing(declared):
    packet = making.xmp(
        "<dc:description>trainedAlgorithmicMedia</dc:description>"
        "<zz:DigitalSourceType>trainedAlgorithmicMedia</zz:DigitalSourceType>",
        prefixes='xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:zz="http://example.org/"',
    )
    assert declared(READER, picture(packet)) == []


def test_a_real_file(declared, data_pack):
    data = (data_pack / "c2pa/files/own/x.jpg").read_bytes()
    assert [d.statement for d in declared(READER, data)] == [Statement.FULLY_AI]
