"""RIFF: WAV, RF64, AVI and WebP."""

from __future__ import annotations

import os
import struct
import tempfile

import pytest

from provenance.asset import Asset
from provenance.containers import PacketKind, open_container
from provenance.containers.riff import surely_unsigned
from provenance.evidence import NotRunReason
from tests.provenance import making


def test_info_texts_of_a_wav(texts):
    found = texts(making.wav(making.info(ISFT="Lavf", INAM="Song")))
    assert found == [("INFO", "ISFT", "Lavf"), ("INFO", "INAM", "Song")]


def test_id3_and_xmp_of_a_wav(opened):
    found = opened(
        making.wav(
            making.chunk(b"id3 ", making.id3(making.txxx("key", "value"))),
            making.chunk(b"_PMX", making.DST_XMP),
        )
    )
    assert [(p.kind, p.place, p.key) for p in found.packets] == [
        (PacketKind.TEXT, "ID3", "TXXX:key"),
        (PacketKind.XMP, "_PMX", ""),
    ]


def test_the_64_bit_form_takes_its_length_from_ds64(texts):
    ds64 = making.chunk(b"ds64", struct.pack("<QQQI", 0, 64, 32, 0))
    data = b"data\xff\xff\xff\xff" + bytes(64)
    body = b"WAVE" + ds64 + making.FMT + data + making.info(ISFT="Lavf")
    assert texts(b"RF64\xff\xff\xff\xff" + body) == [("INFO", "ISFT", "Lavf")]


def test_a_stream_whose_length_was_never_written_is_no_fault(opened):
    data = b"data\xff\xff\xff\xff" + bytes(range(256)) * 4
    found = opened(b"RIFF\xff\xff\xff\xffWAVE" + making.FMT + data)
    assert found.faults == []


OPEN_FORMS = {
    "RF64": b"RF64\xff\xff\xff\xff",
    "BW64": b"BW64\xff\xff\xff\xff",
    "length never written": b"RIFF\xff\xff\xff\xff",
    "length left at zero": b"RIFF\0\0\0\0",
}


def ds64(samples):
    return making.chunk(b"ds64", struct.pack("<QQQI", 0, samples, samples // 2, 0))


@pytest.mark.parametrize("head", OPEN_FORMS.values(), ids=OPEN_FORMS.keys())
@pytest.mark.parametrize(
    "samples",
    [
        making.chunk(b"data", bytes(64)) + making.info(ISFT="Lavf"),
        ds64(64) + b"data\xff\xff\xff\xff" + bytes(64) + making.info(ISFT="Lavf"),
        making.info(ISFT="Lavf") + b"data\xff\xff\xff\xff" + bytes(range(256)) * 4,
        making.info(ISFT="Lavf") + b"data\0\0\0\0" + bytes(range(256)) * 4,
        making.info(ISFT="Lavf") + ds64(2**64 - 1) + b"data\xff\xff\xff\xff" + bytes(64),
    ],
    ids=["plain", "64 bits", "never written", "left at zero", "64 bits never written"],
)
def test_a_form_that_leaves_its_length_open_is_whole(opened, head, samples):
    found = opened(head + b"WAVE" + making.FMT + samples)
    assert [p.text for p in found.packets] == ["Lavf"]
    assert found.faults == []


def test_a_form_of_64_bits_cut_short_is_a_fault(opened):
    whole = b"RF64\xff\xff\xff\xffWAVE" + ds64(64) + making.FMT
    found = opened(whole + b"data\xff\xff\xff\xff" + bytes(40))
    assert {fault.reason for fault in found.faults} == {NotRunReason.UNREADABLE}


MANIFEST = making.chunk(b"C2PA", b"\0\0\0\x20jumb" + bytes(24))
STREAM = b"data\xff\xff\xff\xff"


@pytest.mark.parametrize("head", OPEN_FORMS.values(), ids=OPEN_FORMS.keys())
@pytest.mark.parametrize(
    ("behind", "unsigned"),
    [
        (making.chunk(b"data", bytes(64)), True),
        (making.chunk(b"data", bytes(64)) + making.info(ICMT="C2PA"), True),
        (making.chunk(b"data", bytes(64)) + MANIFEST, False),
        (MANIFEST + making.chunk(b"data", bytes(64)), False),
        (STREAM + bytes(64), True),
        (STREAM + b"C2PA, jumbled" + bytes(64), True),
        (STREAM + bytes(64) + MANIFEST, False),
        (STREAM + bytes(2**20 - 70) + MANIFEST, False),
        (making.chunk(b"RIFF", b"AVIX" + MANIFEST), False),
        (making.chunk(b"data", bytes(64))[:-9], False),
        (b"\0" * 64, False),
    ],
    ids=[
        *("samples", "a text", "manifest", "manifest first", "stream", "a stream with its letters"),
        *("behind a stream", "across pieces", "form in a form", "cut short", "no chunk"),
    ],
)
def test_whether_an_open_form_is_surely_unsigned(head, behind, unsigned):
    asset = Asset.from_bytes(head + b"WAVE" + making.FMT + behind, name="")
    assert surely_unsigned(asset) is unsigned


@pytest.mark.parametrize(
    "data",
    [
        making.wav(),
        making.wav()[:-10],
        b"RIFF\xff\xff\0\0" + making.wav()[8:],
        making.png(),
        b"RIFF",
    ],
    ids=["whole", "cut short", "a plain wrong length", "no RIFF", "four bytes"],
)
def test_a_form_that_names_its_length_is_not_judged_here(data):
    assert not surely_unsigned(Asset.from_bytes(data, name=""))


def test_the_second_form_of_a_large_avi_is_visited(texts):
    movie = making.chunk(b"LIST", b"movi" + b"\x00" * 16)
    first = making.riff(b"AVI ", movie, making.info(ISFT="one"))
    second = making.riff(b"AVIX", movie, making.info(ISFT="two"))
    assert texts(first + second) == [("INFO", "ISFT", "one"), ("INFO", "ISFT", "two")]


@pytest.mark.parametrize("prefix", [b"", b"Exif\x00\x00"], ids=["bare", "with a JPEG's prefix"])
def test_webp_exif_xmp_and_size(opened, prefix):
    exif = making.tiff(Make="m")
    found = opened(
        making.webp(
            making.chunk(b"EXIF", prefix + exif),
            making.chunk(b"XMP ", making.DST_XMP),
            size=(700, 500),
        )
    )
    assert [(p.kind, p.data) for p in found.packets] == [
        (PacketKind.EXIF, exif),
        (PacketKind.XMP, making.DST_XMP),
    ]
    assert found.pixels == (700, 500)


@pytest.mark.parametrize(
    "frame",
    [
        (b"VP8 ", b"\x00\x00\x00\x9d\x01\x2a" + struct.pack("<HH", 320, 240)),
        (b"VP8L", b"\x2f" + struct.pack("<I", 319 | 239 << 14) + bytes(5)),
    ],
    ids=["lossy", "lossless"],
)
def test_the_size_of_a_plain_webp_comes_from_its_frame(opened, frame):
    assert opened(making.riff(b"WEBP", making.chunk(*frame))).pixels == (320, 240)


def test_lists_nested_too_deep_are_a_fault(opened):
    nested = b""
    for _ in range(100):
        nested = making.chunk(b"LIST", b"INFO" + nested)
    found = opened(making.wav(nested))
    assert [fault.reason for fault in found.faults] == [NotRunReason.LIMIT]


def test_a_chunk_cut_short_is_a_fault_and_keeps_what_came_before(opened):
    whole = making.wav(making.info(ISFT="Lavf"), making.chunk(b"_PMX", making.DST_XMP))
    found = opened(whole[:-30])
    assert [p.text for p in found.packets] == ["Lavf"]
    assert {fault.reason for fault in found.faults} == {NotRunReason.UNREADABLE}


class CountingAsset:
    """Counts what is read of an asset."""

    def __init__(self, asset: Asset) -> None:
        self.size, self.media_type = asset.size, asset.media_type
        self._asset = asset
        self.reads = self.bytes_read = 0

    def read_at(self, offset: int, size: int) -> bytes:
        data = self._asset.read_at(offset, size)
        self.reads += 1
        self.bytes_read += len(data)
        return data


def test_a_recording_of_600_megabytes_costs_a_few_small_reads():
    samples = 600_000_000
    behind = making.info(ISFT="Lavf")
    size = 4 + len(making.FMT) + 8 + samples + len(behind)
    with tempfile.TemporaryFile() as file:
        file.write(b"RIFF" + struct.pack("<I", size) + b"WAVE" + making.FMT)
        file.write(b"data" + struct.pack("<I", samples))
        file.seek(samples, os.SEEK_CUR)
        file.write(behind)
        file.flush()
        asset = CountingAsset(Asset.from_fd(file.fileno(), name="long.wav"))
        found = open_container(asset)
    assert [p.text for p in found.packets] == ["Lavf"]
    assert asset.reads <= 4
    assert asset.bytes_read <= 20_000
