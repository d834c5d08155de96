"""GIF: XMP bare in an application extension, and comments."""

from __future__ import annotations

from provenance.containers import PacketKind
from provenance.evidence import NotRunReason
from tests.provenance import making


def test_xmp_is_found_without_its_trailer(opened):
    found = opened(making.gif(packet=making.DST_XMP))
    assert [(p.kind, p.data) for p in found.packets] == [(PacketKind.XMP, making.DST_XMP)]
    assert found.pixels == (8, 6)
    assert found.faults == []


def test_a_comment_is_text(texts):
    assert texts(making.gif(comment=b"hello")) == [("Comment", "", "hello")]


def test_a_gif_cut_within_its_picture_is_a_fault_and_keeps_the_comment(opened):
    found = opened(making.gif(comment=b"hello")[:-4])
    assert [p.text for p in found.packets] == ["hello"]
    assert [fault.reason for fault in found.faults] == [NotRunReason.UNREADABLE]
