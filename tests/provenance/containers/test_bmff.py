"""ISO base media files: items, user data, XMP, HEIF items."""

from __future__ import annotations

import struct

import pytest

from provenance.containers import PacketKind
from provenance.evidence import NotRunReason
from tests.provenance import making


def test_the_item_list_of_an_m4a(opened):
    cover = making.png()
    found = opened(
        making.mp4(
            making.ilst_meta(
                making.box(b"\xa9cmt", making.item_data(b"hello")),
                making.free_form("AIGC", "{}"),
                making.box(b"covr", making.item_data(cover, 14)),
                making.box(b"tmpo", making.item_data(b"\x00\x78", 21)),
            ),
            brand=b"M4A ",
        )
    )
    assert [(p.place, p.key, p.text) for p in found.packets] == [
        ("ilst", "©cmt", "hello"),
        ("ilst", "----:com.apple.iTunes:AIGC", "{}"),
    ]
    assert [part.data for part in found.parts] == [cover]
    assert found.faults == []


def test_named_keys_directly_in_moov_and_in_user_data(texts):
    meta = making.mdta_meta(AIGC="{}", comment="x")
    expected = [("mdta", "AIGC", "{}"), ("mdta", "comment", "x")]
    assert texts(making.mp4(meta, brand=b"qt  ")) == expected
    assert texts(making.mp4(making.box(b"udta", meta))) == expected


def test_quicktime_user_data_and_its_closing_zero(texts):
    text = making.box(b"\xa9swr", struct.pack(">HH", 5, 0), b"hello")
    assert texts(making.mp4(making.box(b"udta", text, bytes(4)))) == [("udta", "©swr", "hello")]


@pytest.mark.parametrize("where", ["uuid", "XMP_"])
def test_xmp_in_its_box_or_in_user_data(opened, where):
    if where == "uuid":
        data = making.mp4(behind=making.box(b"uuid", making.XMP_BOX, making.DST_XMP))
    else:
        data = making.mp4(making.box(b"udta", making.box(b"XMP_", making.DST_XMP)))
    assert [(p.kind, p.place, p.data) for p in opened(data).packets] == [
        (PacketKind.XMP, where, making.DST_XMP)
    ]


@pytest.mark.parametrize("brand", [b"heic", b"avif"])
def test_exif_xmp_and_size_of_a_heif_picture(opened, brand):
    exif = making.tiff(Make="m")
    found = opened(making.heif(exif, making.DST_XMP, brand))
    assert [(p.kind, p.data) for p in found.packets] == [
        (PacketKind.EXIF, exif),
        (PacketKind.XMP, making.DST_XMP),
    ]
    assert found.pixels == (640, 480)


def test_exif_of_a_canon_raw_picture(opened):
    uuid = bytes.fromhex("85c0b687820f11e08111f4ce462b6a48")
    exif = making.tiff(Make="Canon")
    data = making.mp4(making.box(b"uuid", uuid, making.box(b"CMT1", exif)), brand=b"crx ")
    assert [(p.kind, p.data) for p in opened(data).packets] == [(PacketKind.EXIF, exif)]


def test_exif_and_xmp_of_a_jpeg_xl(opened):
    exif = making.tiff(Make="m")
    data = b"\x00\x00\x00\x0cJXL \r\n\x87\n" + making.ftyp(b"jxl ")
    data += making.box(b"Exif", bytes(4), exif) + making.box(b"xml ", making.DST_XMP)
    found = opened(data + making.box(b"brob", b"xml ", b"compressed"))
    assert [p.data for p in found.packets] == [exif, making.DST_XMP]
    assert [fault.reason for fault in found.faults] == [NotRunReason.UNREADABLE]


def test_boxes_of_64_bits_and_to_the_end(texts):
    wide = struct.pack(">I", 1) + b"mdat" + struct.pack(">Q", 16 + 5) + b"12345"
    tail = struct.pack(">I", 0) + b"mdat" + b"6789"
    moov = making.box(b"moov", making.mdta_meta(a="b"))
    assert texts(making.ftyp(b"isom") + wide + moov + tail) == [("mdta", "a", "b")]


def test_boxes_nested_too_deep_are_a_fault(opened):
    nested = b""
    for _ in range(1000):
        nested = making.box(b"moov", nested)
    found = opened(making.ftyp(b"isom") + nested)
    assert [(f.reason, f.detail) for f in found.faults] == [
        (NotRunReason.LIMIT, "nested more than 32 deep")
    ]


def test_a_box_larger_than_the_file_is_a_fault_and_keeps_what_came_before(opened):
    data = making.mp4(making.mdta_meta(a="b")) + struct.pack(">I", 999) + b"free"
    found = opened(data)
    assert [p.text for p in found.packets] == ["b"]
    assert [fault.reason for fault in found.faults] == [NotRunReason.UNREADABLE]
