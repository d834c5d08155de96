"""A model of music from a manifest, end to end; and the copies it is fitted to."""

from __future__ import annotations

import numpy as np
import pytest

from detectors.audio.training.laundered import LaunderedMusic, laundered
from detectors.audio.training.recipe import MusicRecipe
from detectors.card import ModelCard
from detectors.models.tables import read_scores
from detectors.models.windowed import WindowedDetector
from detectors.training.run import train
from provenance.asset import Asset
from provenance.errors import ConfigError
from provenance.evidence import Detection
from tests.detectors.audio import songs


def work(**more):
    return Asset.from_bytes(songs.wav(songs.song(**more)), name="a.wav")


def test_copies_differ_and_are_the_same_each_time():
    one = work(synthetic=False, seed=4)
    first, again, second = (LaunderedMusic(n).prepare(one).features for n in (1, 1, 2))
    np.testing.assert_array_equal(first, again)
    assert first.shape[1:] == second.shape[1:]
    assert np.abs(first[0] - second[0]).max() > 0.1


def test_every_chain_gives_sound_of_about_that_length():
    left, right = (songs.song(synthetic=False, seed=seed, seconds=4) for seed in (5, 6))
    channels = set()
    for seed in range(40):
        given = np.stack([left, right][: 1 + seed % 2])
        found, rate = laundered(given, songs.RATE, np.random.default_rng(seed))
        assert found.dtype == np.float32
        assert len(found) <= len(given)
        channels.add((len(given), len(found)))
        assert np.isfinite(found).all()
        assert found.shape[1] / rate == pytest.approx(4, rel=0.15)
    assert channels == {(1, 1), (2, 1), (2, 2)}


@pytest.fixture(scope="module")
def trained(tmp_path_factory):
    folder = tmp_path_factory.mktemp("music")
    return train(songs.manifest(folder / "works"), MusicRecipe(), folder / "model")


def test_the_graph_computes_what_was_fitted(trained):
    assert trained.difference < 1e-4
    assert {one.reason for one in trained.accounts} == {None}
    human = read_scores(trained.model.read("human_scores.csv"), shown="")
    assert {one.source for one in human} == set(songs.SOURCES)


def test_it_hears_the_comb_in_songs_of_others(trained):
    detector = WindowedDetector(trained.model, workers=1)
    try:
        found = list(
            detector.detect(
                [work(synthetic=made, seed=900 + n) for made in (False, True) for n in range(3)]
            )
        )
    finally:
        detector.close()
    scores = [one.score for (one,) in found if isinstance(one, Detection)]
    assert len(scores) == 6
    assert max(scores[:3]) < min(scores[3:])


def test_what_is_lacking_is_said_before_anything_is_prepared(monkeypatch):
    monkeypatch.setattr(
        "detectors.audio.training.recipe.find_spec", lambda name: None if name == "torch" else name
    )
    with pytest.raises(ConfigError, match="needs torch") as lacking:
        MusicRecipe()
    assert "pip install" in lacking.value.hint


def test_the_card_says_how_copies_and_known_families_do(trained):
    figures = ModelCard.read(trained.model.read("card.json"), shown="").figures
    assert [one.attack for one in figures.attacks] == ["copies"]
    assert figures.attacks[0].auc.n == figures.auc.n
    assert figures.known.ai.works == figures.ai.works
