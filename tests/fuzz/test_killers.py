"""Files in the manner of those that killed verifiers, through the front door.

None is intact, each has a report in about a second of work, and the worker lives to read the next
file. `tests/e2e/test_hostile.py` has the bombs.
"""

from __future__ import annotations

import time
from pathlib import Path

import pytest

from provenance.evidence import NotRun
from service.screening import Screener
from tests.fuzz import killers

SAMPLES = Path(__file__).resolve().parents[2] / "samples"
LONGEST = 3.0
"""Seconds; each takes a fraction of one, and the machine may be busy."""

ID3S, TIFFS, RIFFS = killers.id3s(), killers.tiffs(), killers.riffs()
BOXES = {
    "moov_1000": killers.nested_boxes(1000),
    "moov_33": killers.nested_boxes(33),
    "meta_1000": killers.nested_boxes(1000, b"meta"),
    "trak_5000": killers.nested_boxes(5000, b"trak"),
}
ORIGINALS = {
    "id3v23_compression_underflow.mp3": "absent",
    "tiff_poc.tiff": "unreadable",
    "nested_moov_1000.mp4": "unreadable",
    "sample3.invalid.wav": "unreadable",
}


@pytest.fixture(scope="module")
def screener():
    with Screener() as screener:
        screener.screen(SAMPLES / "ai_image.png")  # the worker has loaded its libraries
        yield screener


@pytest.fixture(autouse=True)
def the_worker_lives(screener, caplog):
    """One worker reads all of these files: a lost one is logged, and another takes its place."""
    (worker,) = screener._sandbox._idle
    yield
    assert screener._sandbox._idle == [worker]
    assert not caplog.records


def judge(screener, data, name):
    start = time.monotonic()
    report = screener.screen(data, name=name)
    assert time.monotonic() - start < LONGEST
    verdict = report.verdict
    assert verdict.integrity in ("absent", "unreadable")
    assert verdict.origin == "undetermined"
    records = [one for one in report.evidence if isinstance(one, NotRun)]
    assert not [one for one in records if (one.detail or "").startswith("the reader failed")]
    reasons = {one.reason for one in records} & {"limit", "unreadable", "timeout", "encrypted"}
    assert "timeout" not in reasons
    return verdict.integrity, reasons


@pytest.mark.parametrize("name", ID3S)
def test_a_compressed_frame_whose_sizes_cannot_be(screener, name):
    assert len(ID3S[name]) == 445
    judge(screener, ID3S[name], "x.mp3")


@pytest.mark.parametrize("name", TIFFS)
def test_directories_that_lead_nowhere(screener, name):
    integrity, reasons = judge(screener, TIFFS[name], "x.tiff")
    assert integrity == "unreadable" or reasons, "a file like this is not said to be whole"


@pytest.mark.parametrize("name", BOXES)
def test_boxes_in_boxes(screener, name):
    _, reasons = judge(screener, BOXES[name], "x.mp4")
    assert reasons


@pytest.mark.parametrize("name", RIFFS)
def test_sizes_that_are_not_true(screener, name):
    integrity, reasons = judge(screener, RIFFS[name], "x.wav")
    assert integrity == "unreadable" or reasons


@pytest.mark.data
@pytest.mark.parametrize("name", ORIGINALS)
def test_the_files_themselves(screener, data_pack, name):
    folder = data_pack / "c2pa/files/contentauth+c2pa-rs/sdk/tests/fixtures"
    integrity, reasons = judge(screener, (folder / name).read_bytes(), name)
    assert integrity == ORIGINALS[name]
    assert reasons or integrity == "absent"
