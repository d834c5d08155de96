"""One spelling and one class for every digital source type."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from provenance.digital_source_type import CLASSES, DstClass, bare_name, classify


@pytest.mark.parametrize(
    "written",
    [
        "http://cv.iptc.org/newscodes/digitalsourcetype/trainedAlgorithmicMedia",
        "https://cv.iptc.org/newscodes/digitalsourcetype/trainedAlgorithmicMedia",
        "http://cv.iptc.org/newscodes/digitalsourcetype/trainedAlgorithmicMedia/",
        " trainedAlgorithmicMedia\n",
        "TrainedAlgorithmicMedia",
        "digsrctype:trainedAlgorithmicMedia",
    ],
)
def test_every_way_of_writing_comes_to_one_name(written):
    assert bare_name(written) == "trainedAlgorithmicMedia"


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("trainedAlgorithmicMedia", DstClass.FULLY_AI),
        ("compositeWithTrainedAlgorithmicMedia", DstClass.PARTLY_AI),
        ("http://c2pa.org/digitalsourcetype/trainedAlgorithmicData", DstClass.PARTLY_AI),
        ("digitalArt", DstClass.MAY_CONTAIN_AI),
        ("algorithmicMedia", DstClass.ALGORITHMIC),
        ("computationalCapture", DstClass.CAPTURE),
        ("digitalCreation", DstClass.HUMAN_CREATION),
        ("minorHumanEdits", DstClass.HUMAN_EDITS),
        ("http://c2pa.org/digitalsourcetype/empty", DstClass.EMPTY),
        ("http://example.org/trainedAlgorithmicMedia", DstClass.FULLY_AI),
        ("http://example.org/digitalCapture", DstClass.UNKNOWN),
        ("", DstClass.UNKNOWN),
    ],
)
def test_classes(written, expected):
    assert classify(bare_name(written)) is expected


@given(st.text())
def test_any_text_has_a_class_and_a_name_that_stays_the_same(written):
    name = bare_name(written)
    assert bare_name(name) == name or name not in CLASSES
    assert classify(name) in DstClass
