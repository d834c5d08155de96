"""Measurements of detectors in words."""

from __future__ import annotations

from provenance.evidence import Feature
from service.render.measurements import measurements
from service.render.wording import Words

FEATURES = (
    Feature(name="words", value=312),
    Feature(name="run:stands as a", value=0.25),
    Feature(name="style:sentence_length", value=18.25),
    Feature(name="usual:sentence_length", value=14),
    Feature(name="band_16k", value=1.5),
)


def test_they_read_as_a_person_says_them():
    assert measurements(FEATURES, Words("en")).split(" · ") == [
        "Words of running prose: 312.000",
        "“stands as a”: 0.250%",
        "words per sentence: 18.250 (people mostly: 14.000)",
        "band_16k: 1.500",
    ]


def test_and_in_french():
    said = measurements(FEATURES, Words("fr"))
    assert "«\u202fstands as a\u202f»\u202f: 0,250\u202f%" in said
    assert "mots par phrase\u202f: 18,250 (chez les humains, le plus souvent\u202f: 14,000)" in said


def test_what_a_text_says_cannot_break_out_of_its_line():
    said = measurements((Feature(name="run:a\n\u202eb" * 40, value=1),), Words("en"))
    assert "\n" not in said
    assert "\u202e" not in said
    assert len(said) < 100
