"""JPEG: what stands in the segments before the first scan."""

from __future__ import annotations

import struct

from provenance.containers import PacketKind
from provenance.evidence import NotRunReason
from tests.provenance import making

DIGEST = b"0123456789ABCDEF0123456789ABCDEF"


def extension(total: int, offset: int, data: bytes, digest: bytes = DIGEST) -> bytes:
    head = b"http://ns.adobe.com/xmp/extension/\x00" + digest
    return making.segment(0xE1, head + struct.pack(">II", total, offset) + data)


def test_exif_and_xmp_are_found_with_the_size_of_the_picture(opened):
    exif = making.tiff(Software="x")
    found = opened(
        making.jpeg(making.app1_exif(exif), making.app1_xmp(making.DST_XMP), size=(640, 480))
    )
    assert [(p.kind, p.place, p.data) for p in found.packets] == [
        (PacketKind.EXIF, "APP1", exif),
        (PacketKind.XMP, "APP1", making.DST_XMP),
    ]
    assert found.pixels == (640, 480)
    assert found.faults == []


def test_a_comment_is_text(texts):
    assert texts(making.jpeg(making.segment(0xFE, b"hello\x00"))) == [("COM", "", "hello")]


def test_extended_xmp_is_put_together_from_chunks_in_any_order(opened):
    main = making.xmp(attributes=f'xmpNote:HasExtendedXMP="{DIGEST.decode()}"')
    body = making.DST_XMP
    found = opened(
        making.jpeg(
            making.app1_xmp(main),
            extension(len(body), 100, body[100:]),
            extension(len(body), 0, body[:100]),
        )
    )
    assert found.packets[-1].data == body
    assert found.packets[-1].key == "extended"


def test_extended_xmp_with_a_gap_is_a_fault_and_keeps_the_main_packet(opened):
    main = making.xmp(attributes=f'xmpNote:HasExtendedXMP="{DIGEST.decode()}"')
    found = opened(making.jpeg(making.app1_xmp(main), extension(500, 100, b"x")))
    assert [p.data for p in found.packets] == [main]
    assert [fault.detail for fault in found.faults] == ["Extended XMP is incomplete"]


def test_extended_xmp_nobody_refers_to_is_left_over_from_before_an_edit(opened):
    body = making.DST_XMP
    found = opened(making.jpeg(making.app1_xmp(making.xmp()), extension(len(body), 0, body)))
    assert len(found.packets) == 1
    assert found.faults == []


def test_a_file_cut_within_a_segment_keeps_what_came_before(opened):
    whole = making.jpeg(making.app1_xmp(making.DST_XMP), making.segment(0xFE, b"c" * 100))
    found = opened(whole[: whole.index(b"ccc") + 5])
    assert found.packets[0].data == making.DST_XMP
    assert [fault.reason for fault in found.faults] == [NotRunReason.UNREADABLE]


def test_the_samsung_block_of_an_edited_picture_is_found(texts):
    name, value = b"PhotoEditor_Re_Edit_Data", b'{"genAIType":1}'
    block = bytes([0, 0, 0xA1, 0x0B]) + struct.pack("<I", len(name)) + name + value
    entry = struct.pack("<HHII", 0, 0x0BA1, len(block), len(block))
    head = b"SEFH" + struct.pack("<II", 107, 1) + entry
    behind = block + head + struct.pack("<I", len(head)) + b"SEFT"
    assert texts(making.jpeg(behind=behind)) == [("SEF", name.decode(), value.decode())]
