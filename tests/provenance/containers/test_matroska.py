"""Matroska and WebM: tags, writing programs, attachments."""

from __future__ import annotations

from provenance.evidence import NotRunReason
from tests.provenance import making

CLUSTER, SIMPLE_BLOCK = 0x1F43B675, 0xA3
UNKNOWN = b"\x01" + b"\xff" * 7


def test_tags_nested_ones_included(texts):
    data = making.matroska_tags(
        making.simple_tag("AIGC", "{}"),
        making.simple_tag("OUTER", "1", making.simple_tag("INNER", "2")),
    )
    assert texts(data) == [
        ("Matroska", "AIGC", "{}"),
        ("Matroska", "INNER", "2"),
        ("Matroska", "OUTER", "1"),
    ]


def test_the_writing_program_is_named(texts):
    information = making.element(0x1549A966, making.element(0x5741, b"Lavf"))
    assert texts(making.matroska(information)) == [("Info", "WritingApp", "Lavf")]


def test_clusters_are_stepped_over(texts):
    cluster = making.element(CLUSTER, making.element(SIMPLE_BLOCK, bytes(1000)))
    tags = making.element(0x1254C367, making.element(0x7373, making.simple_tag("A", "b")))
    assert texts(making.matroska(cluster, cluster, tags)) == [("Matroska", "A", "b")]


def test_a_live_stream_with_clusters_of_unknown_size(texts):
    block = making.element(SIMPLE_BLOCK, bytes(20))
    live = CLUSTER.to_bytes(4, "big") + UNKNOWN + block + block
    tags = making.element(0x1254C367, making.element(0x7373, making.simple_tag("A", "b")))
    data = making.element(0x1A45DFA3) + 0x18538067.to_bytes(4, "big") + UNKNOWN
    assert texts(data + live + live + tags) == [("Matroska", "A", "b")]


def test_an_attached_picture_is_a_part(opened):
    cover = making.png()
    attached = making.element(
        0x61A7, making.element(0x4660, b"image/png"), making.element(0x465C, cover)
    )
    found = opened(making.matroska(making.element(0x1941A469, attached)))
    assert [part.data for part in found.parts] == [cover]


def test_tags_nested_too_deep_are_a_fault(opened):
    nested = making.simple_tag("A", "b")
    for _ in range(60):
        nested = making.element(0x67C8, nested)
    found = opened(making.matroska_tags(nested))
    assert [fault.reason for fault in found.faults] == [NotRunReason.LIMIT]
