"""TIFF and DNG: XMP, and the text fields as a small EXIF packet."""

from __future__ import annotations

import struct

import pytest

from provenance.containers import PacketKind
from provenance.evidence import NotRunReason
from provenance.metadata.exif_fields import fields
from tests.provenance import making


@pytest.mark.parametrize("order", ["<", ">"], ids=["little-endian", "big-endian"])
def test_text_fields_and_xmp_are_found_in_both_byte_orders(opened, order):
    comment = b"UNICODE\x00" + "é".encode("utf-16-le" if order == "<" else "utf-16-be")
    found = opened(
        making.tiff(
            order, size=(300, 200), Software="Made", UserComment=comment, XMP=making.DST_XMP
        )
    )
    packets = {p.kind: p.data for p in found.packets}
    assert packets[PacketKind.XMP] == making.DST_XMP
    assert {(f.name, f.text) for f in fields(packets[PacketKind.EXIF])} == {
        ("Software", "Made"),
        ("UserComment", "é"),
    }
    assert found.pixels == (300, 200)


def test_the_large_form_of_tiff_is_read(opened):
    packet = making.DST_XMP
    table = struct.pack("<Q", 1) + struct.pack("<HHQQ", 700, 1, len(packet), 16 + 8 + 20 + 8)
    data = b"II+\x00" + struct.pack("<HHQ", 8, 0, 16) + table + bytes(8) + packet
    assert [p.data for p in opened(data).packets] == [packet]


def test_directories_that_point_in_a_circle_are_a_fault(opened):
    data = bytearray(making.tiff(Software="Made"))
    data[8 + 2 + 12 : 8 + 2 + 12 + 4] = struct.pack("<I", 8)
    found = opened(bytes(data))
    assert [fault.reason for fault in found.faults] == [NotRunReason.UNREADABLE]
    assert len(found.packets) == 1


def test_no_directory_at_all_is_a_fault(opened):
    assert opened(b"II*\x00\x00\x00\xff\x00").faults[0].reason is NotRunReason.UNREADABLE
