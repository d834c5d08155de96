"""EPUB, OOXML and ODF packages, and ZIP bombs."""

from __future__ import annotations

import io
import struct
import zipfile
from dataclasses import replace

import pytest

from provenance.evidence import NotRunReason
from provenance.limits import DEFAULT
from tests.provenance import making

PICTURE = making.png()


def test_epub_metadata_and_pictures(opened):
    found = opened(
        making.epub(
            '<dc:title>Book</dc:title><meta name="AIGC" content="x"/>'
            '<meta property="tdm:reservation">1</meta>',
            ("OEBPS/cover.png", PICTURE),
        )
    )
    assert [(p.place, p.key, p.text) for p in found.packets] == [
        ("OPF", "title", "Book"),
        ("OPF", "AIGC", "x"),
        ("OPF", "tdm:reservation", "1"),
    ]
    assert [(part.path, part.data) for part in found.parts] == [("OEBPS/cover.png", PICTURE)]


def test_ooxml_core_and_custom_properties(texts):
    custom = '<property name="AIGC"><vt:lpwstr>{}</vt:lpwstr></property>'
    found = texts(making.docx("<dc:creator>Me</dc:creator>", custom))
    assert ("core.xml", "creator", "Me") in found
    assert ("custom.xml", "AIGC", "{}") in found


def test_odf_metadata(texts):
    meta = (
        '<office:document-meta xmlns:office="urn:o" xmlns:dc="http://purl.org/dc/elements/1.1/" '
        'xmlns:meta="urn:oasis:names:tc:opendocument:xmlns:meta:1.0"><office:meta>'
        '<meta:generator>LibreOffice</meta:generator><meta:user-defined meta:name="AIGC">{}'
        "</meta:user-defined></office:meta></office:document-meta>"
    )
    data = making.archive(
        ("mimetype", "application/vnd.oasis.opendocument.text"), ("meta.xml", meta)
    )
    assert texts(data) == [
        ("meta.xml", "generator", "LibreOffice"),
        ("meta.xml", "AIGC", "{}"),
    ]


def test_a_damaged_property_file_does_not_hide_the_pictures(opened):
    data = making.archive(
        ("[Content_Types].xml", "<Types/>"),
        ("word/media/image1.png", PICTURE),
        ("docProps/core.xml", "<broken"),
    )
    found = opened(data)
    assert [part.path for part in found.parts] == ["word/media/image1.png"]
    assert [fault.reason for fault in found.faults] == [NotRunReason.UNREADABLE]


def test_a_plain_zip_is_only_checked(opened):
    found = opened(making.archive(("a.png", PICTURE)))
    assert (found.packets, found.parts, found.faults) == ([], [], [])


def test_a_bomb_is_refused_before_it_is_inflated(opened):
    found = opened(making.archive(("zeros", bytes(4_000_000))))
    assert [fault.reason for fault in found.faults] == [NotRunReason.LIMIT]
    assert "bomb" in found.faults[0].detail


def test_too_many_entries(opened):
    data = making.archive(*((f"f{n}", b"") for n in range(30)))
    found = opened(data, limits=replace(DEFAULT, zip_entries=10))
    assert [fault.reason for fault in found.faults] == [NotRunReason.LIMIT]


def test_too_much_inside(opened):
    data = making.archive(*((f"f{n}", bytes(range(256)) * 4) for n in range(30)))
    found = opened(data, limits=replace(DEFAULT, zip_total_bytes=10_000))
    assert [fault.reason for fault in found.faults] == [NotRunReason.LIMIT]


def test_an_entry_that_holds_more_than_it_claims_is_a_fault(opened):
    data = bytearray(making.epub("<dc:title>Book</dc:title>"))
    at = data.index(b"PK\x01\x02", data.index(b"PK\x01\x02") + 1)  # META-INF/container.xml
    data[at + 24 : at + 28] = struct.pack("<I", 10)
    assert [fault.reason for fault in opened(bytes(data)).faults] == [NotRunReason.LIMIT]


def test_more_pictures_than_the_limit_of_parts(opened):
    pictures = [(f"OEBPS/{n}.png", PICTURE) for n in range(8)]
    found = opened(making.epub("", *pictures), limits=replace(DEFAULT, parts=3))
    assert len(found.parts) == 3
    assert [fault.reason for fault in found.faults] == [NotRunReason.LIMIT]


def test_an_encrypted_entry(opened):
    data = bytearray(making.epub("<dc:title>Book</dc:title>"))
    at = data.index(b"PK\x01\x02", data.index(b"PK\x01\x02") + 1)
    data[at + 8] |= 1
    assert [fault.reason for fault in opened(bytes(data)).faults] == [NotRunReason.ENCRYPTED]


def test_an_archive_in_the_64_bit_form(texts):
    written = io.BytesIO()
    with zipfile.ZipFile(written, "w") as packed:
        packed.writestr("mimetype", "application/epub+zip")
        with packed.open("META-INF/container.xml", "w", force_zip64=True) as entry:
            entry.write(b'<container><rootfile full-path="p.opf"/></container>')
        packed.writestr("p.opf", "<package><metadata><title>B</title></metadata></package>")
    assert texts(written.getvalue()) == [("OPF", "title", "B")]


@pytest.mark.parametrize("cut", [10, 30, 200])
def test_an_archive_without_its_end_is_unreadable(opened, cut):
    found = opened(making.epub("<dc:title>Book</dc:title>")[:-cut])
    assert [fault.reason for fault in found.faults] == [NotRunReason.UNREADABLE]
