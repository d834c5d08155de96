"""ID3 in all its versions, wherever it stands."""

from __future__ import annotations

import struct
import zlib

import pytest

from provenance.containers import PacketKind
from provenance.evidence import NotRunReason
from tests.provenance import making


def test_text_comment_lyrics_and_user_frames(texts):
    lyrics = making.frame("USLT", b"\x03eng\x00la la")
    link = making.frame("WOAF", b"https://example.org/song")
    found = texts(
        making.mp3(
            making.frame("TSSE", b"\x03Lavf"),
            making.comm("a comment"),
            lyrics,
            making.txxx("key", "value"),
            link,
        )
    )
    assert found == [
        ("ID3", "TSSE", "Lavf"),
        ("ID3", "COMM", "a comment"),
        ("ID3", "USLT", "la la"),
        ("ID3", "TXXX:key", "value"),
        ("ID3", "WOAF", "https://example.org/song"),
    ]


@pytest.mark.parametrize(
    "body",
    [
        b"\x00caf\xe9",
        b"\x00caf\xc3\xa9",
        b"\x01\xff\xfe" + "café".encode("utf-16-le"),
        b"\x01\xfe\xff" + "café".encode("utf-16-be"),
        b"\x02" + "café".encode("utf-16-be"),
        b"\x03caf\xc3\xa9",
    ],
    ids=["Latin-1", "UTF-8 called Latin-1", "UTF-16 LE", "UTF-16 BE", "UTF-16 bare", "UTF-8"],
)
def test_every_encoding_is_read(texts, body):
    assert texts(making.mp3(making.frame("TIT2", body)))[0][2] == "café"


def test_version_2_2_is_reported_under_the_later_names(texts):
    found = texts(
        making.mp3(
            making.frame("TEN", b"\x00LAME", version=2),
            making.frame("COM", b"\x00eng\x00hello", version=2),
            version=2,
        )
    )
    assert found == [("ID3", "TENC", "LAME"), ("ID3", "COMM", "hello")]


def test_version_2_3_with_an_extended_header(texts):
    extended = struct.pack(">IHI", 6, 0, 0)
    found = texts(
        making.mp3(extended, making.frame("TIT2", b"\x00x", version=3), version=3, flags=0x40)
    )
    assert found == [("ID3", "TIT2", "x")]


def test_unsynchronisation_of_a_whole_tag_is_undone(texts):
    text = b"\x01\xff\xfe" + "x".encode("utf-16-le")
    frame = making.frame("TIT2", text, version=3).replace(b"\xff", b"\xff\x00")
    assert texts(making.mp3(frame, version=3, flags=0x80)) == [("ID3", "TIT2", "x")]


def test_unsynchronisation_of_one_frame_is_undone(texts):
    text = (b"\x01\xff\xfe" + "x".encode("utf-16-le")).replace(b"\xff", b"\xff\x00")
    assert texts(making.mp3(making.frame("TIT2", text, flags=0x0002))) == [("ID3", "TIT2", "x")]


def test_a_compressed_frame_is_inflated(texts):
    body = b"\x03" + b"y" * 200
    packed = struct.pack(">I", len(body)) + zlib.compress(body)
    frame = making.frame("TIT2", packed, version=3, flags=0x0080)
    assert texts(making.mp3(frame, version=3)) == [("ID3", "TIT2", "y" * 200)]


def test_an_encrypted_frame_is_a_fault(opened):
    frame = making.frame("TIT2", b"\x00secret", version=3, flags=0x0040)
    found = opened(making.mp3(frame, making.frame("TALB", b"\x00a", version=3), version=3))
    assert [fault.reason for fault in found.faults] == [NotRunReason.ENCRYPTED]
    assert [p.key for p in found.packets] == ["TALB"]


def test_plain_sizes_in_version_2_4_are_recognised(texts):
    """Well-known writers stored sizes over 127 without the zero bits version 2.4 asks for."""
    long = b"TIT2" + struct.pack(">IH", 301, 0) + b"\x03" + b"z" * 300
    found = texts(making.mp3(long, making.frame("TALB", b"\x03album")))
    assert found == [("ID3", "TIT2", "z" * 300), ("ID3", "TALB", "album")]


def test_xmp_and_covers(opened):
    cover = making.png_text(parameters="x")
    found = opened(
        making.mp3(making.frame("PRIV", b"XMP\x00" + making.DST_XMP), making.apic(cover))
    )
    assert [(p.kind, p.data) for p in found.packets] == [(PacketKind.XMP, making.DST_XMP)]
    assert [(part.path, part.data) for part in found.parts] == [("picture/0", cover)]


def test_the_old_tag_at_the_end(texts):
    v1 = making.id3v1(title=b"Song", comment=b"hello")
    assert texts(making.mp3(v1=v1)) == [("ID3v1", "title", "Song"), ("ID3v1", "comment", "hello")]


def test_padding_ends_the_tag_without_fault(opened):
    found = opened(making.mp3(making.frame("TIT2", b"\x03x"), bytes(500)))
    assert [p.text for p in found.packets] == ["x"]
    assert found.faults == []


def test_a_frame_larger_than_its_tag_is_a_fault(opened):
    found = opened(making.mp3(making.frame("TIT2", b"\x03x"), b"TALB\x00\x00\x0f\x00\x00\x00short"))
    assert [p.text for p in found.packets] == ["x"]
    assert [fault.reason for fault in found.faults] == [NotRunReason.UNREADABLE]


def test_aac_and_aiff_carry_the_same_tag(texts):
    tag = making.id3(making.txxx("key", "value"))
    assert texts(tag + b"\xff\xf1\x50\x80" + bytes(60)) == [("ID3", "TXXX:key", "value")]
    aiff = making.aiff((b"COMM", bytes(18)), (b"ID3 ", tag), (b"ANNO", b"note"))
    assert texts(aiff) == [("ID3", "TXXX:key", "value"), ("AIFF", "ANNO", "note")]
