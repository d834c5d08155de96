"""The detector of music that comes with Assay: whole, derivable, and never sure of a toy song."""

from __future__ import annotations

import math

import pytest

import detectors
from detectors.card import ModelCard
from detectors.models.aggregate import aggregate
from detectors.models.folder import open_model
from detectors.models.places import shipped_models, shipped_place
from detectors.models.tables import derive
from detectors.models.windowed import RARE
from provenance.asset import Asset
from provenance.evidence import Detection
from tests.detectors.audio import songs


@pytest.fixture(scope="module")
def model():
    return open_model(shipped_place("music"))


def test_it_came_along_and_its_name_is_taken():
    assert "music" in shipped_models()
    assert "music" in detectors.installed()
    assert "music" in detectors.of_others()


def test_every_file_is_as_the_record_says(model):
    assert list(model.check())
    assert sum(len(model.read(name)) for name in model.record.files) < 8_000_000


def test_its_tables_follow_from_the_held_out_scores(model):
    assert derive(model) == model.read("tables.json")


def test_its_card_gives_figures_of_works_that_were_held_out(model):
    card = ModelCard.read(model.read("card.json"), shown="")
    figures = card.figures
    assert figures.held_out
    assert figures.human.works >= 300
    assert figures.ai.works >= 100
    assert set(card.limits) == set(card.intended_use) == {"en", "fr"}
    assert not any(one.name.startswith("resynth-") for one in figures.families)


def test_a_detection_can_be_computed_again_from_the_windows_it_shows(model):
    detector = detectors.load("music")
    work = Asset.from_bytes(
        songs.wav(songs.song(synthetic=False, seed=77, seconds=41)), name="a.wav"
    )
    ((found,),) = list(detector.detect([work]))
    assert isinstance(found, Detection)
    assert found.detector == "music"
    assert found.model == model.digest
    assert [one.unit for one in found.where] == ["second"] * len(found.where)
    local = [one.score for one in found.where]
    assert aggregate(model.record.aggregate, local, model.record.dependence) == found.score
    assert found.exceedance.value > RARE
    assert found.share is None
    assert math.isfinite(found.score)
    assert 0 < found.exceedance.upper <= 1
