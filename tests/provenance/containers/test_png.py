"""PNG: text chunks, bounded inflating, EXIF and XMP."""

from __future__ import annotations

import zlib
from dataclasses import replace

import pytest

from provenance.containers import PacketKind
from provenance.evidence import NotRunReason
from provenance.limits import DEFAULT
from tests.provenance import making


@pytest.mark.parametrize(
    ("chunk", "place"),
    [
        (making.text_chunk("key", "wörd"), "tEXt"),
        (making.png_chunk(b"zTXt", b"key\x00\x00" + zlib.compress("wörd".encode())), "zTXt"),
        (making.itxt_chunk("key", "wörd".encode()), "iTXt"),
        (making.itxt_chunk("key", "wörd".encode(), compressed=True), "iTXt"),
        (making.png_chunk(b"tEXt", b"key\x00" + "wörd".encode("latin-1")), "tEXt"),
    ],
    ids=["tEXt", "zTXt", "iTXt", "iTXt compressed", "tEXt in Latin-1"],
)
def test_each_kind_of_text_chunk_is_read(texts, chunk, place):
    assert texts(making.png(chunk)) == [(place, "key", "wörd")]


def test_text_behind_the_picture_is_read_too(texts):
    whole = making.png()
    behind = making.text_chunk("key", "late")
    assert texts(whole[:-12] + behind + whole[-12:]) == [("tEXt", "key", "late")]


def test_exif_and_xmp(opened):
    exif = making.tiff(Make="m")
    found = opened(
        making.png(
            making.png_chunk(b"eXIf", exif),
            making.itxt_chunk("XML:com.adobe.xmp", making.DST_XMP),
            size=(30, 20),
        )
    )
    assert [(p.kind, p.data) for p in found.packets] == [
        (PacketKind.EXIF, exif),
        (PacketKind.XMP, making.DST_XMP),
    ]
    assert found.pixels == (30, 20)


@pytest.mark.parametrize("name", ["exif", "APP1"])
def test_image_magick_writes_exif_as_hexadecimal_digits(opened, name):
    exif = making.tiff(Make="m")
    digits = (b"Exif\x00\x00" + exif).hex()
    found = opened(making.png_text(**{f"Raw profile type {name}": f"\n{name}\n 99\n{digits}\n"}))
    assert [(p.kind, p.data) for p in found.packets] == [(PacketKind.EXIF, exif)]


def test_a_text_that_inflates_beyond_the_limit_is_a_fault_and_the_next_is_read(opened):
    bomb = making.png_chunk(b"zTXt", b"key\x00\x00" + zlib.compress(b"a" * 5000))
    limits = replace(DEFAULT, metadata_bytes=1000)
    found = opened(making.png(bomb, making.text_chunk("next", "x")), limits=limits)
    assert [fault.reason for fault in found.faults] == [NotRunReason.LIMIT]
    assert [p.key for p in found.packets] == ["next"]


def test_a_text_that_cannot_be_inflated_is_a_fault_and_the_next_is_read(opened):
    broken = making.png_chunk(b"zTXt", b"key\x00\x00nonsense")
    found = opened(making.png(broken, making.text_chunk("next", "x")))
    assert [fault.reason for fault in found.faults] == [NotRunReason.UNREADABLE]
    assert [p.key for p in found.packets] == ["next"]


def test_more_packets_than_the_limit_end_the_walk_with_a_fault(opened):
    chunks = [making.text_chunk(f"k{n}", "x") for n in range(20)]
    found = opened(making.png(*chunks), limits=replace(DEFAULT, metadata_packets=5))
    assert len(found.packets) == 5
    assert [fault.reason for fault in found.faults] == [NotRunReason.LIMIT]


def test_packets_that_together_hold_too_much_end_the_walk_with_a_fault(opened):
    chunks = [making.text_chunk(f"k{n}", "x" * 900) for n in range(20)]
    found = opened(making.png(*chunks), limits=replace(DEFAULT, metadata_bytes=1000))
    assert len(found.packets) == 4
    assert [fault.reason for fault in found.faults] == [NotRunReason.LIMIT]


def test_more_chunks_than_the_limit_of_boxes_end_the_walk_with_a_fault(opened):
    chunks = [making.png_chunk(b"IDAT", b"") for _ in range(50)]
    found = opened(making.png(*chunks), limits=replace(DEFAULT, boxes=20))
    assert [fault.reason for fault in found.faults] == [NotRunReason.LIMIT]


def test_too_many_pixels_are_said_in_the_picture_s_own_numbers(opened):
    found = opened(making.png(size=(12000, 12000)))
    assert found.faults[0].reason is NotRunReason.LIMIT
    assert found.faults[0].detail == "12000 x 12000 pixels is over the limit of 100,000,000"
