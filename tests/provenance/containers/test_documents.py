"""PDF, SVG and HTML."""

from __future__ import annotations

import time
import zlib
from dataclasses import replace

import pytest

from provenance.containers import PacketKind
from provenance.evidence import NotRunReason
from provenance.limits import DEFAULT
from tests.provenance import making


def test_the_information_dictionary_and_xmp_of_a_pdf(opened):
    found = opened(making.pdf(making.DST_XMP, Creator="Tool", AIGC="{}"))
    assert [(p.kind, p.place, p.key) for p in found.packets] == [
        (PacketKind.TEXT, "Info", "AIGC"),
        (PacketKind.TEXT, "Info", "Creator"),
        (PacketKind.XMP, "Metadata", ""),
    ]
    assert [p.text for p in found.packets[:2]] == ["{}", "Tool"]
    assert "trainedAlgorithmicMedia" in found.packets[2].text
    assert found.faults == []


def test_a_pdf_that_needs_a_password_is_encrypted(opened):
    found = opened(making.pdf(Creator="Tool", password="secret"))  # noqa: S106 - a made file
    assert [fault.reason for fault in found.faults] == [NotRunReason.ENCRYPTED]


def test_a_pdf_anyone_can_open_is_read_though_it_is_encrypted(opened):
    found = opened(making.pdf(making.DST_XMP, password=""))
    assert "trainedAlgorithmicMedia" in found.packets[-1].text


def test_a_damaged_pdf_is_unreadable(opened):
    found = opened(b"%PDF-1.7\n1 0 obj << /Type /Catalog >>\ntrailer << /Root 9 0 R >>")
    assert [fault.reason for fault in found.faults] == [NotRunReason.UNREADABLE]


def test_an_xmp_stream_that_inflates_beyond_the_limit_is_a_fault(opened):
    packed = zlib.compress(b"x" * 100_000)
    data = (
        b"%%PDF-1.7\n1 0 obj <</Type/Catalog/Metadata 2 0 R/Pages 3 0 R>> endobj\n"
        b"3 0 obj <</Type/Pages/Kids[4 0 R]/Count 1>> endobj\n"
        b"4 0 obj <</Type/Page/Parent 3 0 R/MediaBox[0 0 9 9]>> endobj\n"
        b"2 0 obj <</Type/Metadata/Filter/FlateDecode/Length %d>> stream\n" % len(packed)
    )
    data += packed + b"\nendstream endobj\ntrailer <</Root 1 0 R/Size 5>>\n%%EOF"
    found = opened(data, limits=replace(DEFAULT, metadata_bytes=10_000))
    assert [fault.reason for fault in found.faults] == [NotRunReason.LIMIT]


def test_xmp_in_svg_metadata(opened):
    packet = opened(making.svg(making.DST_XMP)).packets[0]
    assert packet.kind is PacketKind.XMP
    assert b"trainedAlgorithmicMedia" in packet.data


def test_rdf_elsewhere_in_an_svg_is_no_metadata(opened):
    inside = b'<g><r:RDF xmlns:r="' + making.RDF.encode() + b'"/></g><metadata/>'
    data = b'<svg xmlns="http://www.w3.org/2000/svg">' + inside + b"</svg>"
    assert opened(data).packets == []


def test_entities_in_an_svg_are_not_expanded(opened):
    entities = "".join(f'<!ENTITY e{n} "{f"&e{n - 1};" * 10 if n else "ha"}">' for n in range(12))
    data = (
        f'<!DOCTYPE svg [{entities}]><svg xmlns="http://www.w3.org/2000/svg">'
        f'<metadata><r:RDF xmlns:r="{making.RDF}">&e11;</r:RDF></metadata></svg>'
    ).encode()
    started = time.process_time()
    found = opened(data, "x.svg")
    assert time.process_time() - started < 1
    assert sum(len(packet.data) for packet in found.packets) < 10_000


def test_external_entities_in_an_svg_are_not_read(opened, tmp_path):
    secret = tmp_path / "secret"
    secret.write_text("secret")
    data = (
        f'<!DOCTYPE svg [<!ENTITY e SYSTEM "{secret.as_uri()}">]>'
        f'<svg xmlns="http://www.w3.org/2000/svg"><metadata><r:RDF xmlns:r="{making.RDF}">&e;'
        "</r:RDF></metadata></svg>"
    ).encode()
    assert all(b">secret<" not in packet.data for packet in opened(data, "x.svg").packets)


def test_a_broken_svg_is_a_fault(opened):
    found = opened(b'<svg xmlns="http://www.w3.org/2000/svg"><metadata><a></metadata></svg>')
    assert [fault.reason for fault in found.faults] == [NotRunReason.UNREADABLE]


def test_html_meta_elements(texts):
    found = texts(
        making.html(
            '<meta charset="utf-8">',
            '<META NAME=AIGC content=\'{"Label":"1"}\'>',
            '<meta property="og:title" content="a &amp; b > c"/>',
        )
    )
    assert found == [("meta", "AIGC", '{"Label":"1"}'), ("meta", "og:title", "a & b > c")]


def test_a_long_page_is_read_as_far_as_its_head(opened):
    page = making.html('<meta name="AIGC" content="1">').replace(b"x</body>", b"x" * 9_000_000)
    found = opened(page + b'<meta name="late" content="2"></body></html>', "all.html")
    assert [(p.key, p.text) for p in found.packets] == [("AIGC", "1")]
    assert found.faults == []


def test_a_head_longer_than_what_is_read_is_a_fault(opened):
    page = b"<!doctype html><head><style>" + b"x" * 2_000_000 + b"</style></head><body></body>"
    found = opened(page, "a.html")
    assert [fault.reason for fault in found.faults] == [NotRunReason.LIMIT]


@pytest.mark.parametrize(
    "hidden",
    [
        '<!-- <meta name="a" content="b"> -->',
        '<script>x = \'<meta name="a" content="b">\'</script>',
        '<textarea><meta name="a" content="b"></textarea>',
    ],
)
def test_html_that_only_looks_like_meta_elements(texts, hidden):
    assert texts(making.html(hidden, '<meta name="c" content="d">')) == [("meta", "c", "d")]


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "utf-16-be"])
def test_a_byte_order_mark_says_how_a_page_is_encoded(texts, encoding):
    page = making.html('<meta name="robots" content="noai é">').decode()
    mark = b"\xfe\xff" if encoding == "utf-16-be" else b""
    assert texts(mark + page.encode(encoding)) == [("meta", "robots", "noai é")]


def test_a_header_field_that_is_written_as_an_element(texts):
    page = making.html('<meta http-equiv="X-Robots-Tag" content="noai">')
    assert texts(page) == [("meta", "X-Robots-Tag", "noai")]


@pytest.mark.parametrize(
    "piece", ["<meta ", '<meta name="', "<!--", "<script>", "<meta a='", "<", "<meta name=a "]
)
def test_hostile_html_costs_one_pass(opened, piece):
    data = b"<!doctype html>" + piece.encode() * (2_000_000 // len(piece))
    started = time.process_time()
    opened(data, "x.html")
    assert time.process_time() - started < 2
