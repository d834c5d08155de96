"""The detector `marks`, through its sandboxed worker."""

from __future__ import annotations

import io
import os
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import pytest
from PIL import Image

import detectors
from detectors.decode.workers import LIMITS
from detectors.marks.detector import MarksDetector
from detectors.marks.figures import figures
from provenance.asset import Asset
from provenance.evidence import NotRun, Watermark

GOLDEN = Path(__file__).parent / "golden"
HIDDEN = "Hello" + "".join(chr(0xE0000 + ord(one)) for one in "you there") + "!"


@pytest.fixture(scope="module")
def marks():
    detector = MarksDetector()
    yield detector
    detector.close()


def asset(data, name="work"):
    return Asset.from_bytes(data, name=name)


def png(picture):
    held = io.BytesIO()
    picture.save(held, "PNG")
    return held.getvalue()


def test_each_kind_of_mark_is_found_with_its_figures(marks):
    works = [
        asset((GOLDEN / "sdxl-dwtdct.png").read_bytes()),
        asset((GOLDEN / "perth.flac").read_bytes()),
        asset(HIDDEN.encode(), "note.txt"),
    ]
    found = [one for (one,) in marks.detect(works)]
    assert [one.scheme for one in found] == ["sdxl-dwtdct", "perth", "unicode-tags"]
    assert [one.payload for one in found] == ["0xb3ec907bb19e", "present", "you there"]
    for one in found:
        assert isinstance(one, Watermark)
        assert one.source == "marks"
        assert one.false_alarm_rate == figures()[one.scheme].false_alarm_rate
        assert one.supporting == figures()[one.scheme].supporting


def test_an_open_file_is_handed_over_as_it_is(marks):
    fd = os.open(GOLDEN / "sdxl-dwtdct.png", os.O_RDONLY)
    try:
        (found,) = next(marks.detect([Asset.from_fd(fd, name="x.png")]))
    finally:
        os.close(fd)
    assert found.scheme == "sdxl-dwtdct"


def test_where_no_mark_is_the_answer_is_empty(marks):
    works = [asset(png(Image.new("RGB", (400, 400), "teal"))), asset(b"only words", "a.txt")]
    assert list(marks.detect(works)) == [(), ()]
    assert marks.card.positive_only


@pytest.mark.parametrize(
    ("data", "name", "reason"),
    [
        (b"\x89PNG\r\n\x1a\n" + bytes(300), "x.png", "unreadable"),
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", "x.svg", "vector"),
        (b"caf\xe9 au lait", "x.txt", "unreadable"),
        (b"RIFF\x24\0\0\0WAVEfmt " + bytes(20), "x.wav", "unreadable"),
        (b"fLaC" + bytes(500), "x.flac", "unreadable"),
    ],
)
def test_what_cannot_be_decoded_leaves_a_record(marks, data, name, reason):
    ((record,),) = marks.detect([asset(data, name)])
    assert isinstance(record, NotRun)
    assert (record.source, record.check, record.reason) == ("marks", "detect", reason)


def test_a_picture_of_too_many_pixels_is_not_decoded(marks):
    bomb = png(Image.new("1", (20_000, 6_000)))
    ((record,),) = marks.detect([asset(bomb)])
    assert record.reason == "limit"


def test_a_work_that_takes_too_long_costs_its_own_answer_only():
    slow = MarksDetector(limits=replace(LIMITS, wall_seconds=0.001))
    try:
        ((record,),) = slow.detect([asset((GOLDEN / "perth.flac").read_bytes())])
    finally:
        slow.close()
    assert record.reason == "timeout"


def test_it_can_be_asked_by_several_threads_at_once(marks):
    picture = asset((GOLDEN / "sdxl-dwtdct.png").read_bytes())
    text = asset(HIDDEN.encode(), "note.txt")
    with ThreadPoolExecutor(4) as pool:
        found = list(pool.map(lambda one: next(marks.detect([one])), [picture, text] * 4))
    assert [one.scheme for (one,) in found] == ["sdxl-dwtdct", "unicode-tags"] * 4


def test_a_closed_detector_starts_anew():
    detector = MarksDetector()
    for _ in range(2):
        ((found,),) = detector.detect([asset(HIDDEN.encode(), "note.txt")])
        assert found.scheme == "unicode-tags"
        detector.close()


def test_it_comes_in_by_the_door_of_plug_ins():
    assert "marks" in detectors.installed()
    assert detectors.load("marks").card.model.startswith("sha256:")


def test_nothing_heavy_is_imported_beside_the_worker():
    code = (
        "import sys; from detectors.marks import MarksDetector; MarksDetector().card; "
        "print(sorted({'numpy', 'PIL', 'av', 'onnxruntime'} & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
