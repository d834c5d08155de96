"""The curve of a detection: from the very model that made it, or none."""

from __future__ import annotations

import shutil

import pytest

from detectors.explain import curve_of
from detectors.models.folder import open_model
from provenance.asset import Asset
from tests.detectors import tiny


@pytest.fixture
def found(tiny_run, models):
    import detectors

    shutil.copytree(tiny_run("picture").folder, models / "tiny-picture")
    assert "tiny-picture" in detectors.installed()
    detector = detectors.load("tiny-picture")
    asset = Asset.from_bytes(tiny.picture(synthetic=True, seed=5), name="a.png")
    (answer,) = detector.detect([asset])
    yield answer[0]
    detector.close()


def test_the_curve_gives_the_bound_of_the_detection(found):
    steps = curve_of(found)
    place = sum(score <= found.score for score in steps.scores) - 1
    assert steps.uppers[place] == found.exceedance.upper
    assert steps.n_works == found.exceedance.n_works


def test_another_model_of_that_name_has_another_curve(found, models):
    assert open_model(models / "tiny-picture").digest == found.model
    other = found.model_copy(update={"model": "sha256:" + "0" * 64})
    assert curve_of(other) is None
    assert curve_of(found.model_copy(update={"detector": "gone"})) is None
    assert curve_of(found.model_copy(update={"exceedance": None})) is None
