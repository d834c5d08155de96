"""No bytes make a parser or a reader raise, or run long."""

from __future__ import annotations

import time

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from provenance.asset import Asset
from provenance.containers import open_container
from provenance.metadata.a1111 import A1111Reader
from provenance.metadata.aigc import AigcReader
from provenance.metadata.comfyui import ComfyUiReader
from provenance.metadata.exif import ExifReader
from provenance.metadata.invokeai import InvokeAiReader
from provenance.metadata.iptc import IptcReader
from provenance.metadata.midjourney import MidjourneyReader
from provenance.metadata.novelai import NovelAiReader
from provenance.metadata.pdf import PdfReader
from provenance.metadata.provenance_link import ProvenanceLinkReader
from provenance.metadata.tags import TagsReader
from provenance.metadata.works import faults
from tests.provenance import making

READERS = (
    A1111Reader(),
    AigcReader(),
    ComfyUiReader(),
    ExifReader(),
    InvokeAiReader(),
    IptcReader(),
    MidjourneyReader(),
    NovelAiReader(),
    PdfReader(),
    ProvenanceLinkReader(),
    TagsReader(),
)

EXIF = making.tiff(ImageDescription="d", Make="m", UserComment=b"ASCII\x00\x00\x00c" * 9)
COVER = making.png_text(parameters="Steps: 1, Seed: 1")
MADE = {
    "PNG": making.png(
        making.text_chunk("parameters", "Steps: 1, Seed: 1"),
        making.itxt_chunk("prompt", b'{"1": {"class_type": "KSampler"}}', compressed=True),
        making.itxt_chunk("XML:com.adobe.xmp", making.DST_XMP),
        making.png_chunk(b"eXIf", EXIF),
    ),
    "JPEG": making.jpeg(making.app1_exif(EXIF), making.app1_xmp(making.DST_XMP)),
    "GIF": making.gif(making.DST_XMP, b"comment"),
    "TIFF": making.tiff(size=(9, 9), Make="m", XMP=making.DST_XMP),
    "WebP": making.webp(making.chunk(b"EXIF", EXIF), making.chunk(b"XMP ", making.DST_XMP)),
    "WAV": making.wav(
        making.info(ISFT="Suno"), making.chunk(b"id3 ", making.id3(making.comm("x")))
    ),
    "AIFF": making.aiff((b"ANNO", b"x"), (b"ID3 ", making.id3(making.comm("x")))),
    "MP3": making.mp3(making.comm("udio"), making.apic(COVER), v1=making.id3v1(b"t")),
    "MP3 2.2": making.mp3(making.frame("COM", b"\x00eng\x00hello", 2), version=2),
    "MP3 2.3": making.mp3(making.frame("TIT2", b"\x01\xff\xfex\x00", 3), version=3, flags=0x80),
    "FLAC": making.flac("A=b", picture=COVER),
    "Ogg": making.ogg("A=b", "AIGC={}"),
    "M4A": making.mp4(making.ilst_meta(making.free_form("AIGC", "{}")), brand=b"M4A "),
    "MOV": making.mp4(making.mdta_meta(AIGC=making.LABEL_JSON), brand=b"qt  "),
    "HEIC": making.heif(EXIF, making.DST_XMP),
    "Matroska": making.matroska_tags(making.simple_tag("AIGC", making.LABEL_JSON)),
    "FLV": making.flv(AIGC=making.LABEL_JSON),
    "PDF": making.pdf(making.DST_XMP, Creator="c"),
    "SVG": making.svg(making.DST_XMP),
    "HTML": making.html('<meta name="AIGC" content="{}">'),
    "EPUB": making.epub("<dc:title>t</dc:title>", ("a.png", COVER)),
    "OOXML": making.docx("<dc:title>t</dc:title>"),
}
SIGNATURES = {name: data[:16] for name, data in MADE.items()} | {
    "RF64": b"RF64\xff\xff\xff\xffWAVEds64",
    "BigTIFF": b"II+\x00\x08\x00\x00\x00",
    "ZIP": b"PK\x05\x06",
    "JPEG XL": b"\x00\x00\x00\x0cJXL \r\n\x87\n",
    "AAC": b"\xff\xf1\x50\x80",
}
LONGEST = 2.0  # seconds of CPU for a small file, with much room for a busy machine

fuzz = settings(
    max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)


def read_all(data: bytes) -> None:
    started = time.process_time()
    asset = Asset.from_bytes(data, name="x")
    open_container(asset)
    for reader in READERS:
        list(reader.read(asset))
    list(faults(asset))
    assert time.process_time() - started < LONGEST


@pytest.mark.parametrize("name", SIGNATURES)
@fuzz
@given(data=st.data())
def test_random_bytes_behind_every_signature(name, data):
    read_all(SIGNATURES[name] + data.draw(st.binary(max_size=400)))


@pytest.mark.parametrize("name", MADE)
@fuzz
@given(data=st.data())
def test_changed_bytes_in_every_made_file(name, data):
    changed = bytearray(MADE[name])
    for _ in range(data.draw(st.integers(1, 6))):
        at = data.draw(st.integers(0, len(changed) - 1))
        size = data.draw(st.integers(1, 4))
        changed[at : at + size] = data.draw(
            st.one_of(
                st.binary(min_size=size, max_size=size),
                st.sampled_from([b"\xff" * 4, bytes(4), b"\x7f\xff\xff\xff", b""]),
            )
        )
        if not changed:
            return
    read_all(bytes(changed))


@pytest.mark.parametrize("name", MADE)
def test_a_file_cut_anywhere(name):
    data = MADE[name]
    for end in range(0, len(data), max(1, len(data) // 150)):
        read_all(data[:end])


@pytest.mark.parametrize(
    "data",
    [
        b"\xff\xd8" + b"\xff" * 500_000,
        b"\x89PNG\r\n\x1a\n" + making.png_chunk(b"tEXt", b"a\x00b") * 50_000,
        b"GIF89a" + bytes(7) + b"\x21\xfe\x00" * 200_000,
        making.ftyp(b"isom") + making.box(b"free") * 200_000,
        making.matroska(making.element(0xEC) * 120_000),
        making.id3(making.frame("TIT2", b"\x03x") * 60_000),
        b"OggS\x00\x02" + bytes(20) + b"\x00",
        (b"OggS\x00\x00" + bytes(20) + b"\x00") * 120_000,
        b"fLaC" + (b"\x01" + bytes(3)) * 120_000,
        making.riff(b"AVI ", making.chunk(b"JUNK", b"") * 120_000),
        making.tiff(UserComment=b"x" * 1000) + bytes(1 << 20),
    ],
    ids=[
        *("JPEG fill", "PNG texts", "GIF blocks", "boxes", "elements", "frames", "one page"),
        *("pages", "blocks", "chunks", "TIFF"),
    ],
)
def test_many_small_pieces_cost_little(data):
    read_all(data)


def test_a_field_repeated_a_thousand_times_is_read_once():
    import struct

    comment = b"A" * 1_000_000
    entry = struct.pack("<HHII", 0x9286, 7, len(comment), 8 + 2 + 12 * 1000 + 4)
    exif = b"II*\x00\x08\x00\x00\x00" + struct.pack("<H", 1000) + entry * 1000 + bytes(4) + comment
    read_all(making.png(making.png_chunk(b"eXIf", exif)))
