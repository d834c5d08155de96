"""The leak check: a planted leak is caught, levelled data leave it quiet."""

from __future__ import annotations

import numpy as np
import pytest

from detectors.evaluation.figures import figures_of, leak_check
from detectors.evaluation.leaks import LEAST_SIDE, metadata_scores
from detectors.evaluation.manifest import Label
from detectors.evaluation.scored import Scored


def sounds(rng, *, leak=0.0, sources=6, families=6, each=40, score=0.9):
    """Works whose codec tells the label in that share of the cases; everything else is chance."""
    works = []
    for label, names in ((Label.HUMAN, sources), (Label.AI, families)):
        for name in range(names):
            for _ in range(each):
                told = rng.random() < leak
                codec = "mp3" if label is Label.AI else "vorbis"
                codec = codec if told else str(rng.choice(["mp3", "vorbis"]))
                guess = score if (label is Label.AI) == (rng.random() < 0.8) else 1 - score
                works.append(
                    Scored(
                        len(works),
                        str(len(works)),
                        label,
                        f"{label}-{name}",
                        f"family-{name}" if label is Label.AI else None,
                        ran=True,
                        score=guess + 0.001 * rng.random(),
                        facts={
                            "media_type": "audio/mpeg" if codec == "mp3" else "audio/ogg",
                            "codec": codec,
                            "bytes": int(rng.integers(90_000, 110_000)),
                            "bitrate": float(rng.normal(128_000, 9_000)),
                            "rate": 44_100,
                            "channels": 2,
                            "seconds": float(rng.normal(10, 0.3)),
                        },
                    )
                )
    return works


def figures(works):
    return figures_of(works, 0.01, manifest="m.csv", manifest_sha256="0" * 64)


def test_a_planted_codec_is_caught_and_named():
    found = figures(sounds(np.random.default_rng(1), leak=0.9))
    assert found.leak.auc.value > 0.9
    assert found.leak.auc.low < found.leak.auc.value <= found.leak.auc.high
    assert found.leak.detector.value == pytest.approx(found.auc.value)
    assert {"media_type", "codec"} & set(found.leak.features[:2])
    assert {one.code for one in found.warnings} == {"leak", "leak_beats_detector"} | {
        "uncalibrated"
    }


def test_levelled_data_leave_it_quiet():
    for seed in range(3):
        found = figures(sounds(np.random.default_rng(seed)))
        assert 0.4 < found.leak.auc.value < 0.6, seed
        assert {one.code for one in found.warnings} == {"uncalibrated"}


def test_a_weak_leak_that_does_not_beat_the_detector_is_still_told():
    found = figures(sounds(np.random.default_rng(2), leak=0.6))
    assert 0.7 < found.leak.auc.value < 0.85
    assert "leak" in {one.code for one in found.warnings}


def test_what_only_marks_a_source_is_no_leak():
    """Each source has a bit rate of its own: a random split would learn all of them by heart."""
    rng = np.random.default_rng(3)
    works = sounds(rng)
    rates = {
        name: float(rng.uniform(60_000, 320_000)) for name in sorted({one.origin for one in works})
    }
    for one in works:
        one.facts["bitrate"] = rates[one.origin]
    # Six sources of each label: whichever lie nearest decide, so the AUC is near chance at best.
    assert metadata_scores(works).folds == 5
    assert figures(works).leak.auc.value < 0.7


@pytest.mark.parametrize(
    ("works", "reason"),
    [
        (sounds(np.random.default_rng(0), families=1), "few_sources"),
        (sounds(np.random.default_rng(0), sources=2, each=LEAST_SIDE // 2 - 1), "few_works"),
    ],
)
def test_too_little_to_hold_out_is_said_and_no_figure_given(works, reason):
    check = leak_check(works, metadata_scores(works))
    assert (check.reason, check.auc.value) == (reason, None)


def test_hostile_numbers_in_a_file_do_not_stop_it():
    works = sounds(np.random.default_rng(5))
    for place, value in enumerate((float("inf"), -1, 10**400, "x", None, float("nan"))):
        works[place].facts["seconds"] = value
        works[-place - 1].facts["rate"] = value
    assert metadata_scores(works).folds == 5
