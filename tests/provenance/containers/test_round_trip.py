"""Whatever is written into a file is found in it, in every format: text by text."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from provenance.containers import PacketKind, open_container
from tests.fuzz.contract import as_asset
from tests.provenance import making

XML = st.characters(codec="utf-8", exclude_categories=("C", "Z"), exclude_characters="<>&\"'")
ANY = st.characters(codec="utf-8", exclude_characters="\0")
PLAIN = st.text(ANY, min_size=1, max_size=60)
WORDS = st.text(XML, min_size=1, max_size=60)
KEYS = st.text("abcdefghijklmnopqrstuvwxyz", min_size=1, max_size=20)

MP4, MKV = "video/mp4", "video/x-matroska"


def utf16(text):
    return making.frame("TIT2", b"\x01\xff\xfe" + text.encode("utf-16-le", "replace"))


WRITERS = {
    "PNG tEXt": ("image/png", PLAIN, lambda k, v: making.png_text(**{k: v})),
    "PNG iTXt": (
        "image/png",
        PLAIN,
        lambda k, v: making.png(making.itxt_chunk(k, v.encode(), compressed=True)),
    ),
    "JPEG": ("image/jpeg", PLAIN, lambda k, v: making.jpeg(making.segment(0xFE, v.encode()))),
    "GIF": ("image/gif", PLAIN, lambda k, v: making.gif(comment=v.encode()[:255])),
    "INFO": ("audio/wav", PLAIN, lambda k, v: making.wav(making.info(ISFT=v))),
    "AIFF": ("audio/aiff", PLAIN, lambda k, v: making.aiff((b"ANNO", v.encode()))),
    "ID3 2.4": ("audio/mpeg", PLAIN, lambda k, v: making.mp3(making.txxx(k, v))),
    "ID3 2.4 UTF-16": ("audio/mpeg", PLAIN, lambda k, v: making.mp3(utf16(v))),
    "ID3 2.3": (
        "audio/mpeg",
        PLAIN,
        lambda k, v: making.mp3(making.frame("TIT2", b"\x03" + v.encode(), 3), version=3),
    ),
    "FLAC": ("audio/flac", PLAIN, lambda k, v: making.flac(f"{k}={v}")),
    "Ogg": ("audio/ogg", PLAIN, lambda k, v: making.ogg(f"{k}={v}")),
    "ilst": (MP4, PLAIN, lambda k, v: making.mp4(making.ilst_meta(making.free_form(k, v)))),
    "mdta": (MP4, PLAIN, lambda k, v: making.mp4(making.mdta_meta(**{k: v}))),
    "Matroska": (MKV, PLAIN, lambda k, v: making.matroska_tags(making.simple_tag(k, v))),
    "FLV": ("video/x-flv", PLAIN, lambda k, v: making.flv(**{k: v})),
    "PDF": ("application/pdf", PLAIN, lambda k, v: making.pdf(**{k: v})),
    "HTML": (
        "text/html",
        WORDS,
        lambda k, v: making.html(f'<meta name="{k}" content="{v}">'),
    ),
    "EPUB": ("application/epub+zip", WORDS, lambda k, v: making.epub(f"<{k}>{v}</{k}>")),
    "OOXML": (
        "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
        WORDS,
        lambda k, v: making.docx(f"<{k}>{v}</{k}>"),
    ),
}
PACKETS = {
    "PNG": ("image/png", lambda p: making.png(making.itxt_chunk("XML:com.adobe.xmp", p))),
    "JPEG": ("image/jpeg", lambda p: making.jpeg(making.app1_xmp(p))),
    "GIF": ("image/gif", making.gif),
    "TIFF": ("image/tiff", lambda p: making.tiff(XMP=p)),
    "TIFF, big-endian": ("image/tiff", lambda p: making.tiff(">", XMP=p)),
    "WebP": ("image/webp", lambda p: making.webp(making.chunk(b"XMP ", p))),
    "AIFF": ("audio/aiff", lambda p: making.aiff((b"APPL", b"XMP " + p))),
    "ID3": ("audio/mpeg", lambda p: making.mp3(making.frame("PRIV", b"XMP\0" + p))),
    "HEIC": ("image/heic", lambda p: making.heif(b"", p)),
    "MP4": (MP4, lambda p: making.mp4() + making.box(b"uuid", making.XMP_BOX, p)),
}

often = settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])


@pytest.mark.parametrize("name", WRITERS)
@often
@given(data=st.data())
def test_a_text_is_found_as_it_was_written(name, data):
    media_type, values, write = WRITERS[name]
    key, value = data.draw(KEYS), data.draw(values)
    found = open_container(as_asset(write(key, value), media_type))
    assert found.faults == []
    texts = {packet.text.strip() for packet in found.packets if packet.kind is PacketKind.TEXT}
    assert expected(name, value).strip() in texts | {""}


def expected(name, value):
    if name == "GIF":
        cut = value.encode()[:255]
        try:
            return cut.decode()
        except UnicodeDecodeError:  # cut within a letter: not UTF-8 any more
            return cut.decode("latin-1")
    if name in ("JPEG", "AIFF"):
        return value.rstrip("\0")
    return value


@pytest.mark.parametrize("name", PACKETS)
@often
@given(value=st.text(XML, max_size=200))
def test_a_packet_is_found_byte_for_byte(name, value):
    media_type, write = PACKETS[name]
    packet = making.xmp(f"<xmp:CreatorTool>{value}</xmp:CreatorTool>")
    found = open_container(as_asset(write(packet), media_type))
    assert found.faults == []
    assert [one.data for one in found.packets if one.kind is PacketKind.XMP] == [packet]


@often
@given(st.lists(st.tuples(KEYS, PLAIN), max_size=12))
def test_texts_come_in_the_order_of_the_file(pairs):
    chunks = [making.text_chunk(key, value) for key, value in pairs]
    found = open_container(as_asset(making.png(*chunks), "image/png"))
    assert [(one.key, one.text) for one in found.packets] == pairs
