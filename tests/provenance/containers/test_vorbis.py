"""FLAC and Ogg: Vorbis comments and pictures."""

from __future__ import annotations

import base64
from dataclasses import replace

import pytest

from provenance.evidence import NotRunReason
from provenance.limits import DEFAULT
from tests.provenance import making

COVER = making.png()


def test_flac_comments_and_picture(opened):
    found = opened(making.flac("ENCODER=Lavf", "title=A=B", picture=COVER))
    assert [(p.place, p.key, p.text) for p in found.packets] == [
        ("Vorbis", "vendor", "made"),
        ("Vorbis", "ENCODER", "Lavf"),
        ("Vorbis", "TITLE", "A=B"),
    ]
    assert [(part.path, part.data) for part in found.parts] == [("picture/0", COVER)]
    assert found.faults == []


def test_an_id3_tag_before_a_flac_stream_is_read_too(texts):
    data = making.id3(making.txxx("key", "value")) + making.flac("A=b")
    assert texts(data) == [
        ("ID3", "TXXX:key", "value"),
        ("Vorbis", "vendor", "made"),
        ("Vorbis", "A", "b"),
    ]


def test_opus_comments_and_picture(opened):
    block = base64.b64encode(making.picture_block(COVER)).decode()
    found = opened(making.ogg("COMMENT=hello", f"METADATA_BLOCK_PICTURE={block}"))
    assert [p.text for p in found.packets] == ["made", "hello"]
    assert [part.data for part in found.parts] == [COVER]


@pytest.mark.parametrize(
    ("first", "second"),
    [
        (b"\x01vorbis", b"\x03vorbis"),
        (b"\x80theora", b"\x81theora"),
        (b"Speex   ", b""),
        (b"\x7fFLAC", b"\x84\x00\x00\x30"),
    ],
    ids=["Vorbis", "Theora", "Speex", "FLAC"],
)
def test_the_other_codecs_in_ogg(texts, first, second):
    data = making.ogg_page(first + bytes(20), 0, first=True)
    data += making.ogg_page(second + making.vorbis("A=b"), 1)
    assert ("Vorbis", "A", "b") in texts(data)


def test_a_comment_header_over_several_pages(texts):
    packet = b"OpusTags" + making.vorbis("A=" + "b" * 70_000)
    pages = making.ogg_page(b"OpusHead" + bytes(11), 0, first=True)
    for start in range(0, len(packet), 255 * 255):
        piece = packet[start : start + 255 * 255]
        whole = [255] * (len(piece) // 255)
        lacing = whole if len(piece) == 255 * 255 else [*whole, len(piece) % 255]
        head = b"OggS\x00\x00" + bytes(8) + b"seri" + bytes(8)
        pages += head + bytes([len(lacing), *lacing]) + piece
    assert ("Vorbis", "A", "b" * 70_000) in texts(pages)


def test_a_comment_header_over_the_limit_is_a_fault(opened):
    found = opened(making.ogg("A=" + "b" * 5000), limits=replace(DEFAULT, metadata_bytes=1000))
    assert [fault.reason for fault in found.faults] == [NotRunReason.LIMIT]


def test_comments_cut_short_are_a_fault_and_keep_the_first(opened):
    body = making.vorbis("A=b", "C=d")[:-2]
    data = b"fLaC" + bytes([0x84]) + len(body).to_bytes(3, "big") + body
    found = opened(data)
    assert [p.text for p in found.packets] == ["made", "b"]
    assert [fault.reason for fault in found.faults] == [NotRunReason.UNREADABLE]
