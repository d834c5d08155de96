"""Small files made to cost much: each of these once did. What they cost is counted, not timed."""

from __future__ import annotations

import struct
import time
import tracemalloc
import zlib

import pytest

from provenance.containers import open_container
from provenance.evidence import NotRunReason
from provenance.limits import MIB
from tests.fuzz.contract import CountingAsset, as_asset, calls_of
from tests.fuzz.killers import directory, tiff
from tests.provenance import making

EXTENSION = b"http://ns.adobe.com/xmp/extension/\0"
CALLS = 2_000_000
"""What the limit of 100,000 boxes leaves room for, some calls each; it was many times that."""


def extents_of_nothing(items=40, extents=65_535):
    """A HEIC whose items have thousands of extents, each of no bytes: 600 bytes took seconds."""
    entry = making.box(b"infe", b"\2\0\0\0", struct.pack(">HH", 1, 0), b"Exif", b"\0")
    listed = making.box(b"iinf", bytes(4), struct.pack(">H", 1), entry)
    place = struct.pack(">HHHH", 2, 0, 0, extents)
    located = making.box(b"iloc", b"\1\0\0\0\0\0", struct.pack(">H", items), place * items)
    handler = making.box(b"hdlr", bytes(8), b"pict", bytes(13))
    return making.ftyp(b"heic") + making.box(b"meta", bytes(4), handler, listed, located)


def forms_of_nothing(count=500_000):
    """RIFF forms without a chunk, side by side: they were not counted."""
    return b"RIFF\4\0\0\0WAVE" * count


def overlapping_directories(count=2000):
    """A TIFF whose directories, of a thousand fields each, are all made of the same bytes."""
    fill = struct.pack("<H", 1000) * 8000
    rows = count // 64
    at = 14 + len(fill)
    places = [
        struct.pack("<64I", *(14 + 2 * (64 * row + n) for n in range(64))) for row in range(rows)
    ]
    fields = ((330, 4, 64, at + 256 * row) for row in range(rows))
    return tiff(at + 256 * rows, bytes(6), fill, *places, directory(*fields))


@pytest.mark.parametrize(
    ("make", "media_type"),
    [
        (extents_of_nothing, "image/heic"),
        (forms_of_nothing, "audio/wav"),
        (overlapping_directories, "image/tiff"),
    ],
)
def test_nothing_is_done_more_often_than_the_limits_say(make, media_type):
    asset = as_asset(make(), media_type)
    assert calls_of(lambda: open_container(asset)) < CALLS


def test_a_package_document_named_twice_is_read_once(texts):
    """1,200 bytes that named one of a megabyte hundreds of times took 18 seconds."""
    rootfiles = '<rootfile full-path="o.opf"/><rootfile full-path="./o.opf"/>'
    book = making.archive(
        ("mimetype", "application/epub+zip"),
        ("META-INF/container.xml", f"<c><rootfiles>{rootfiles}</rootfiles></c>"),
        ("o.opf", "<package><metadata><title>One</title></metadata></package>"),
    )
    assert texts(book) == [("OPF", "title", "One")]


def test_small_blocks_of_a_gif_are_not_read_by_the_mebibyte():
    blocks = b"\x21\xf9\0" * 20_000
    picture = b"\x21\xf9" + (b"\xff" + bytes(255)) * 8000 + b"\0;"
    asset = CountingAsset(b"GIF89a" + bytes(7) + blocks + picture, "image/gif")
    assert open_container(asset).faults == []
    assert asset.bytes_read < 4 * asset.size  # it was thousands of times


def test_extended_xmp_is_not_searched_for_every_digest_there_is(opened):
    """4 MB took 17 seconds: each of thousands of digests was looked for in all of the packets."""
    packets = making.app1_xmp(b"<x>" + b"0" * 65_000 + b"</x>") * 30
    head = EXTENSION + b"%032X" + bytes(8) + b"x"
    others = b"".join(making.segment(0xE1, head % number) for number in range(4000))
    start = time.process_time()
    found = opened(making.jpeg(packets, others))
    assert time.process_time() - start < 2
    assert len(found.packets) == 30


def test_a_description_inside_another_is_part_of_it_and_no_packet(opened):
    """Each of them was written out with all there was inside it."""
    rdf = b'<r:RDF xmlns:r="http://www.w3.org/1999/02/22-rdf-syntax-ns#">'
    found = opened(making.svg(rdf * 20 + b"<a/>" + b"</r:RDF>" * 20 + rdf + b"</r:RDF>"))
    assert [packet.data.count(b"<r:RDF") for packet in found.packets] == [20, 1]


def peak(data, media_type):
    tracemalloc.start()
    try:
        found = open_container(as_asset(data, media_type))
        return tracemalloc.get_traced_memory()[1], found
    finally:
        tracemalloc.stop()


def test_text_fields_at_one_place_are_not_kept_together_over_the_limit():
    """Twelve fields of 8 MiB, which a worker has no memory for; every reader was lost."""
    tags = (270, 271, 272, 305, 315, 33432, 37510, 40091, 40092, 40093, 40094, 40095)
    fields = directory(*((tag, 7, 8 * MIB, 8 + 2 + 12 * 12 + 4) for tag in tags))
    memory, found = peak(tiff(8, fields, b"A" * 8 * MIB), "image/tiff")
    assert memory < 60 * MIB
    assert {fault.reason for fault in found.faults} == {NotRunReason.LIMIT}


def test_hexadecimal_digits_are_not_taken_apart_one_by_one():
    """8 KB of PNG took more memory than a worker has."""
    text = b"\nexif\n 1\n" + b"00 " * 2_700_000
    chunk = making.png_chunk(b"zTXt", b"Raw profile type exif\0\0" + zlib.compress(text))
    memory, _ = peak(making.png(chunk), "image/png")
    assert memory < 80 * MIB
