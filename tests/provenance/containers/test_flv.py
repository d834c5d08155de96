"""FLV: `onMetaData`."""

from __future__ import annotations

import struct

from provenance.evidence import NotRunReason
from tests.provenance import making


def script(value: bytes) -> bytes:
    body = b"\x02" + making.amf_text("onMetaData") + value
    tag = b"\x12" + len(body).to_bytes(3, "big") + bytes(7) + body
    return b"FLV\x01\x05\x00\x00\x00\x09" + bytes(4) + tag + struct.pack(">I", len(tag))


def test_texts_are_found(texts):
    assert texts(making.flv(encoder="Lavf", AIGC="{}")) == [
        ("onMetaData", "encoder", "Lavf"),
        ("onMetaData", "AIGC", "{}"),
    ]


def test_other_kinds_of_values_are_read_over_and_objects_are_json(texts):
    members = (
        making.amf_text("duration") + b"\x00" + struct.pack(">d", 1.5),
        making.amf_text("stereo") + b"\x01\x01",
        making.amf_text("nothing") + b"\x05",
        making.amf_text("when") + b"\x0b" + bytes(10),
        making.amf_text("list") + b"\x0a" + struct.pack(">I", 1) + b"\x02" + making.amf_text("x"),
        making.amf_text("AIGC")
        + b"\x03"
        + making.amf_text("Label")
        + b"\x02"
        + making.amf_text("1")
        + b"\x00\x00\x09",
        making.amf_text("long") + b"\x0c" + struct.pack(">I", 2) + b"ok",
    )
    value = b"\x08" + struct.pack(">I", 7) + b"".join(members) + b"\x00\x00\x09"
    assert texts(script(value)) == [
        ("onMetaData", "list", '["x"]'),
        ("onMetaData", "AIGC", '{"Label": "1"}'),
        ("onMetaData", "long", "ok"),
    ]


def test_objects_nested_too_deep_are_a_fault_and_keep_what_came_before(opened):
    deep = b"\x03" + making.amf_text("a") + b"\x02" + making.amf_text("kept")
    deep += (making.amf_text("o") + b"\x03") * 1
    found = opened(script(deep + (making.amf_text("o") + b"\x03") * 200))
    assert [p.text for p in found.packets] == ["kept"]
    assert [fault.reason for fault in found.faults] == [NotRunReason.LIMIT]


def test_a_value_of_unknown_kind_is_a_fault(opened):
    found = opened(script(b"\x03" + making.amf_text("a") + b"\x63"))
    assert [fault.reason for fault in found.faults] == [NotRunReason.UNREADABLE]
