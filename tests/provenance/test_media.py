"""The signature table: what bytes claim to be, whatever their name says."""

from __future__ import annotations

import io
import struct
import zipfile

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from provenance.asset import Modality
from provenance.media import OCTET_STREAM, modality, sniff, sniff_bytes
from tests.provenance.making import box, element

OPEN_DOCUMENT = "application/vnd.oasis.opendocument.text"
WORD = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
SLIDES = "application/vnd.openxmlformats-officedocument.presentationml.presentation"
SHEET = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
MPEG_FRAME = b"\xff\xfb\x90\x00"
AAC_FRAME = b"\xff\xf1\x50\x80"


def ftyp(major, *compatible):
    brands = b"".join((major, b"\0\0\0\0", *compatible))
    return struct.pack(">I", 8 + len(brands)) + b"ftyp" + brands


def id3(behind, size=300):
    length = bytes(size >> shift & 127 for shift in (21, 14, 7, 0))
    return b"ID3\x04\0\0" + length + b"\0" * size + behind


def zipped(*entries):
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w") as file:
        for name, data in entries:
            file.writestr(name, data)
    return held.getvalue()


def movie(*handlers):
    handler = [box(b"hdlr", bytes(8), kind, bytes(13)) for kind in handlers]
    return box(b"moov", box(b"mvhd", bytes(100)), *(box(b"trak", box(b"mdia", h)) for h in handler))


def tracks(document, *kinds, reserve=0):
    entries = [element(0xAE, element(0xD7, b"\1"), element(0x83, bytes([k]))) for k in kinds]
    segment = element(0x18538067, element(0xEC, bytes(reserve)), element(0x1654AE6B, *entries))
    return element(0x1A45DFA3, element(0x4282, document)) + segment


def riff(form):
    return b"RIFF\x10\0\0\0" + form + b"\0" * 8


BINARY = {
    "png": (b"\x89PNG\r\n\x1a\n", "image/png"),
    "jpeg": (b"\xff\xd8\xff\xe0", "image/jpeg"),
    "gif": (b"GIF89a", "image/gif"),
    "webp": (riff(b"WEBP"), "image/webp"),
    "tiff, little end first": (b"II*\0", "image/tiff"),
    "tiff, big end first": (b"MM\0*", "image/tiff"),
    "big tiff": (b"II+\0", "image/tiff"),
    "avif": (ftyp(b"avif", b"mif1"), "image/avif"),
    "avif under a general brand": (ftyp(b"mif1", b"miaf", b"avif"), "image/avif"),
    "heic": (ftyp(b"heic", b"mif1"), "image/heic"),
    "heic under a general brand": (ftyp(b"mif1", b"heic"), "image/heic"),
    "heif of no known codec": (ftyp(b"mif1", b"miaf"), "image/heif"),
    "jpeg xl, boxed": (b"\0\0\0\x0cJXL \r\n\x87\n", "image/jxl"),
    "jpeg xl, bare": (b"\xff\x0a\0", "image/jxl"),
    "m4a": (ftyp(b"M4A ", b"mp42", b"isom"), "audio/mp4"),
    "audiobook": (ftyp(b"M4B ", b"isom"), "audio/mp4"),
    "mp4": (ftyp(b"isom", b"iso2", b"mp41"), "video/mp4"),
    "mp4 that lists m4a as compatible": (ftyp(b"mp42", b"M4A "), "video/mp4"),
    "quicktime": (ftyp(b"qt  "), "video/quicktime"),
    "mp4 without ftyp": (b"\0\0\0\x10moov", "video/mp4"),
    "mp4 of sound alone": (ftyp(b"dash", b"iso6") + movie(b"soun"), "audio/mp4"),
    "mp4 of sound alone, its head last": (
        ftyp(b"isom") + box(b"mdat", bytes(9000)) + movie(b"soun"),
        "audio/mp4",
    ),
    "mp4 of sound and pictures": (ftyp(b"dash") + movie(b"soun", b"vide"), "video/mp4"),
    "mp4 of subtitles": (ftyp(b"dash") + movie(b"text"), "video/mp4"),
    "mp4 of more tracks than are looked at": (
        ftyp(b"dash") + movie(*[b"soun"] * 40, b"vide"),
        "video/mp4",
    ),
    "wav": (riff(b"WAVE"), "audio/wav"),
    "wav over 4 GiB": (b"RF64\xff\xff\xff\xffWAVE", "audio/wav"),
    "avi": (riff(b"AVI "), "video/x-msvideo"),
    "broadcast wav over 4 GiB": (b"BW64\xff\xff\xff\xffWAVE", "audio/wav"),
    "riff of no known form": (riff(b"ACON"), OCTET_STREAM),
    "sony wave64": (b"riff\x2e\x91\xcf\x11\xa5\xd6\x28\xdb\x04\xc1\0\0", "audio/x-w64"),
    "core audio": (b"caff\0\x01\0\0desc", "audio/x-caf"),
    "wavpack": (b"wvpk\x20\0\0\0\x10\x04", "audio/x-wavpack"),
    "monkey's audio": (b"MAC \x96\x0f\0\0", "audio/x-ape"),
    "amr": (b"#!AMR\n\x3c", "audio/amr"),
    "wideband amr": (b"#!AMR-WB\n\x44", "audio/amr-wb"),
    "ac-3": (b"\x0b\x77\0\0\x1c\x40", "audio/ac3"),
    "enhanced ac-3": (b"\x0b\x77\x04\xff\x3f\x84", "audio/eac3"),
    "no ac-3": (b"\x0b\x77\0\0\xff\xff", OCTET_STREAM),
    "midi": (b"MThd\0\0\0\x06", "audio/midi"),
    "mpeg transport stream": ((b"G\x40\0\x10" + b"\0" * 184) * 30, "video/mp2t"),
    "marks of a transport stream, twice": ((b"G" + b"\0" * 187) * 2, OCTET_STREAM),
    "aiff": (b"FORM\0\0\0\x10AIFF", "audio/aiff"),
    "flac": (b"fLaC", "audio/flac"),
    "flac behind an ID3 tag": (id3(b"fLaC"), "audio/flac"),
    "aac behind an ID3 tag": (id3(AAC_FRAME), "audio/aac"),
    "mp3 behind an ID3 tag": (id3(MPEG_FRAME), "audio/mpeg"),
    "mp3 behind a long ID3 tag": (id3(MPEG_FRAME, 20_000), "audio/mpeg"),
    "flac behind a long ID3 tag": (id3(b"fLaC", 20_000), "audio/flac"),
    "an ID3 tag cut off": (b"ID3\x04", "audio/mpeg"),
    "mp3": (MPEG_FRAME, "audio/mpeg"),
    "mp3 behind zeros": (bytes(1000) + (MPEG_FRAME + bytes(413)) * 2, "audio/mpeg"),
    "mp3 of half the rate behind zeros": (
        bytes(4096) + (b"\xff\xf3\x84\xc4" + bytes(188)) * 2,
        "audio/mpeg",
    ),
    "mp3 behind more zeros than anyone pads": (
        bytes(4097) + (MPEG_FRAME + bytes(413)) * 2,
        OCTET_STREAM,
    ),
    "silence and then one sample": (bytes(1000) + MPEG_FRAME + bytes(5000), OCTET_STREAM),
    "aac": (AAC_FRAME, "audio/aac"),
    "ogg": (b"OggS\0\x02" + b"\0" * 22 + b"\x01\x1e\x01vorbis", "audio/ogg"),
    "ogg video": (b"OggS\0\x02" + b"\0" * 22 + b"\x01\x2a\x80theora", "video/ogg"),
    "matroska": (b"\x1aE\xdf\xa3\x93B\x82\x88matroska", "video/x-matroska"),
    "webm": (b"\x1aE\xdf\xa3\x93B\x82\x84webm", "video/webm"),
    "matroska of sound alone": (tracks(b"matroska", 2, 17), "audio/x-matroska"),
    "matroska of sound alone, behind a reserve": (
        tracks(b"matroska", 2, reserve=9000),
        "audio/x-matroska",
    ),
    "matroska of sound and pictures": (tracks(b"matroska", 2, 1), "video/x-matroska"),
    "matroska of more tracks than are looked at": (
        tracks(b"matroska", *[2] * 40, 1),
        "video/x-matroska",
    ),
    "matroska cut within its tracks": (tracks(b"matroska", 2, 1)[:-6], "video/x-matroska"),
    "webm of sound alone": (tracks(b"webm", 2), "audio/webm"),
    "webm of pictures": (tracks(b"webm", 1), "video/webm"),
    "pdf": (b"%PDF-1.7\n", "application/pdf"),
    "epub": (zipped(("mimetype", b"application/epub+zip")), "application/epub+zip"),
    "open document": (zipped(("mimetype", OPEN_DOCUMENT)), OPEN_DOCUMENT),
    "docx": (zipped(("[Content_Types].xml", b""), ("word/document.xml", b"")), WORD),
    "docx, types last": (zipped(("word/document.xml", b""), ("[Content_Types].xml", b"")), WORD),
    "pptx": (zipped(("[Content_Types].xml", b""), ("ppt/slides/1.xml", b"")), SLIDES),
    "xlsx": (zipped(("[Content_Types].xml", b""), ("xl/workbook.xml", b"")), SHEET),
    "plain zip": (zipped(("a.txt", b"a")), "application/zip"),
    "empty zip": (zipped(), "application/zip"),
    "zip that claims to be a picture": (zipped(("mimetype", b"image/png")), "application/zip"),
    "bare manifest": (b"\0\0\0\x10jumb", "application/c2pa"),
    "nothing": (b"", OCTET_STREAM),
    "one zero byte": (b"\0", OCTET_STREAM),
    "zeros": (b"\0" * 100, OCTET_STREAM),
}


@pytest.mark.parametrize(("data", "media_type"), BINARY.values(), ids=BINARY.keys())
@pytest.mark.parametrize("name", ["", "lie.txt", "lie.jpg"])
def test_bytes_are_named_by_their_signature_and_not_by_their_name(data, media_type, name):
    assert sniff_bytes(data, name) == media_type


TEXT = {
    "one letter": (b"a", "", "text/plain"),
    "french": ("Où ça ?".encode(), "", "text/plain"),
    "latin-1": ("Où ça ?".encode("latin-1"), "", "text/plain"),
    "with a byte-order mark": (b"\xef\xbb\xbfhello", "", "text/plain"),
    "utf-16": ("hello".encode("utf-16"), "", "text/plain"),
    "utf-16, big end first": (b"\xfe\xff" + "hello".encode("utf-16-be"), "", "text/plain"),
    "markdown by its name": (b"# Title", "a.MD", "text/markdown"),
    "html": (b"<!DOCTYPE html><p>", "page.txt", "text/html"),
    "html behind a byte-order mark": (b"\xef\xbb\xbf\n<!doctype html>", "", "text/html"),
    "utf-16 html": ("<html>".encode("utf-16"), "", "text/html"),
    "xhtml": (b'<?xml version="1.0"?>\n<html xmlns="x">', "", "application/xhtml+xml"),
    "xml": (b'<?xml version="1.0"?><a/>', "", "application/xml"),
    "svg": (b'<svg xmlns="http://www.w3.org/2000/svg">', "", "image/svg+xml"),
    "svg behind a prologue": (b'<?xml version="1.0"?><!-- c -->\n<svg >', "", "image/svg+xml"),
    "svg with a prefix": (b'<s:svg xmlns:s="http://www.w3.org/2000/svg"/>', "", "image/svg+xml"),
    "a text about MAC addresses": (b"MAC addresses have 48 bits", "", "text/plain"),
    "a text about caffeine": (b"caffeine", "", "text/plain"),
    "a text of one letter": (b"G" * 4096, "", "text/plain"),
    "a text about <svg>": (b"Write <svg > to draw.", "", "text/plain"),
    "web subtitles": (b"\xef\xbb\xbfWEBVTT\n", "", "text/vtt"),
    "subtitles by their name": (b"1\n00:00:01,000 --> ", "a.srt", "application/x-subrip"),
    "text with a zero byte": (b"text\0text", "a.txt", OCTET_STREAM),
    "latin-1 with control characters": (b"\x01\x02\xe9", "a.txt", OCTET_STREAM),
}


@pytest.mark.parametrize(("data", "name", "media_type"), TEXT.values(), ids=TEXT.keys())
def test_text_is_named_by_its_content_and_then_by_its_name(data, name, media_type):
    assert sniff_bytes(data, name) == media_type


def test_a_letter_cut_in_two_by_the_window_does_not_make_text_binary():
    text = "é".encode() * 4000
    assert sniff_bytes(b"a" + text, "") == "text/plain"


def test_raw_photographs_are_told_from_other_tiffs_by_their_name():
    assert sniff_bytes(b"II*\0", "photo.DNG") == "image/x-adobe-dng"


@pytest.mark.parametrize(
    ("media_type", "kind"),
    [
        ("audio/mp4", Modality.AUDIO),
        ("image/svg+xml", Modality.IMAGE),
        ("video/webm", Modality.VIDEO),
        ("text/html", Modality.TEXT),
        ("application/xhtml+xml", Modality.TEXT),
        ("application/epub+zip", Modality.DOCUMENT),
        (WORD, Modality.DOCUMENT),
        (OPEN_DOCUMENT, Modality.DOCUMENT),
        ("application/zip", Modality.OTHER),
        ("application/c2pa", Modality.OTHER),
        (OCTET_STREAM, Modality.OTHER),
    ],
)
def test_every_type_is_a_kind_of_work(media_type, kind):
    assert modality(media_type) is kind


SIGNATURES = [data for data, _ in BINARY.values()]


@given(st.binary(max_size=600) | st.builds(bytes.__add__, st.sampled_from(SIGNATURES), st.binary()))
@example(b"\xfe\xff\xd8")  # UTF-16 with half a pair
@example(b"ID3\x04\0\0\x7f\x7f\x7f\x7f")  # a tag longer than the file
@example(b"PK\x03\x04" + b"\xff" * 26)
def test_no_bytes_make_it_raise(data):
    media_type = sniff_bytes(data, "x.txt")
    assert "/" in media_type
    assert modality(media_type) in Modality


def test_a_large_file_is_not_read_to_name_it():
    asked = []

    def read_at(offset, size):
        asked.append(size)
        return b"PK\x03\x04" + b"\0" * (size - 4)

    sniff(read_at, 10**12, "big.zip")
    assert sum(asked) < 100_000
