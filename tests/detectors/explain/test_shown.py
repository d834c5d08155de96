"""What a worker answers is held against what it may be: lengths, shapes, nothing smuggled in."""

from __future__ import annotations

import json
import struct

import pytest

from detectors.explain import Pieces, Pixels, Spectrogram, Unshown
from detectors.explain.shown import Malformed, pack, unpack
from provenance.evidence import NotRunReason

SOUND = Spectrogram(rows=2, columns=3, extent=3.0, seconds=2.5, top=4000, levels=b"abcdef")
PICTURE = Pixels(rows=1, columns=2, high=10, wide=20, colours=b"abcdef")
ANSWERS = (
    SOUND,
    PICTURE,
    Pieces(pieces=("one", "<two>")),
    Unshown(reason=NotRunReason.UNREADABLE, detail="no"),
)


def framed(head, body=b""):
    written = json.dumps(head).encode()
    return struct.pack(">I", len(written)) + written + body


@pytest.mark.parametrize("one", ANSWERS, ids=lambda one: one.kind)
def test_an_answer_is_read_back(one):
    assert unpack(pack(one)) == one


HEAD = {"kind": "spectrogram", "rows": 2, "columns": 3, "extent": 3, "seconds": 3, "top": 1}


@pytest.mark.parametrize(
    "answer",
    [
        b"",
        b"\xff\xff\xff\xff",
        framed({"kind": "file", "path": "/etc/passwd"}),
        framed(HEAD, b"abcde"),
        framed(HEAD, b"abcdefg"),
        framed(HEAD | {"rows": 100_000, "columns": 100_000}),
        framed(HEAD | {"levels": "abcdef"}, b"abcdef"),
        framed(HEAD | {"seconds": 0}, b"abcdef"),
        framed({"kind": "pieces", "pieces": ["x"] * 65}),
        framed({"kind": "pieces", "pieces": ["x" * 5000]}),
        framed({"kind": "pieces", "pieces": []}, b"more"),
    ],
)
def test_anything_else_is_refused(answer):
    with pytest.raises(Malformed):
        unpack(answer)
