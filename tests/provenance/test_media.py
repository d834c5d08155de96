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
    "wav": (riff(b"WAVE"), "audio/wav"),
    "wav over 4 GiB": (b"RF64\xff\xff\xff\xffWAVE", "audio/wav"),
    "avi": (riff(b"AVI "), "video/x-msvideo"),
    "riff of no known form": (riff(b"ACON"), OCTET_STREAM),
    "aiff": (b"FORM\0\0\0\x10AIFF", "audio/aiff"),
    "flac": (b"fLaC", "audio/flac"),
    "flac behind an ID3 tag": (id3(b"fLaC"), "audio/flac"),
    "aac behind an ID3 tag": (id3(AAC_FRAME), "audio/aac"),
    "mp3 behind an ID3 tag": (id3(MPEG_FRAME), "audio/mpeg"),
    "mp3 behind a long ID3 tag": (id3(MPEG_FRAME, 20_000), "audio/mpeg"),
    "flac behind a long ID3 tag": (id3(b"fLaC", 20_000), "audio/flac"),
    "an ID3 tag cut off": (b"ID3\x04", "audio/mpeg"),
    "mp3": (MPEG_FRAME, "audio/mpeg"),
    "aac": (AAC_FRAME, "audio/aac"),
    "ogg": (b"OggS\0\x02" + b"\0" * 22 + b"\x01\x1e\x01vorbis", "audio/ogg"),
    "ogg video": (b"OggS\0\x02" + b"\0" * 22 + b"\x01\x2a\x80theora", "video/ogg"),
    "matroska": (b"\x1aE\xdf\xa3\x93B\x82\x88matroska", "video/x-matroska"),
    "webm": (b"\x1aE\xdf\xa3\x93B\x82\x84webm", "video/webm"),
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
