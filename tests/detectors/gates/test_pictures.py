"""Making a gate of pictures, from files to its folder; with a kind that it never tells."""

from __future__ import annotations

import datetime as dt

import numpy as np
import pytest
from PIL import Image

from detectors.gates.gate import Gate
from detectors.gates.held_out import AS_IT_IS, read_held_out
from detectors.gates.records import HELD_OUT
from detectors.gates.training import run
from detectors.gates.training.pictures import WAYS, half, jpeg, middle
from detectors.gates.training.recipes import RECIPES
from detectors.gates.training.run import Asked, train
from detectors.gates.verification import follows
from detectors.image.backbone import FILE, SHA256
from detectors.image.kinds import features
from tests.detectors.image import pictures

UNTOLD = "photograph"


@pytest.fixture(scope="module")
def trained(tmp_path_factory):
    from dataclasses import replace

    folder = tmp_path_factory.mktemp("gate")
    with pytest.MonkeyPatch.context() as patch:
        recipe = replace(RECIPES["image-kind"], untold=(UNTOLD,), most_wrong=0.0)
        patch.setitem(run.RECIPES, "image-kind", recipe)
        return train(
            "image-kind",
            pictures.manifest(folder / "works"),
            folder / "image-kind",
            Asked(),
            clock=lambda: dt.datetime(2026, 1, 1, tzinfo=dt.UTC),
        )


def test_it_tells_what_it_was_made_for(trained):
    assert trained.record.kinds == ("drawn", "graphic")
    assert trained.record.untold == (UNTOLD,)
    for kind in pictures.KINDS:
        told = trained.told(features(np.asarray(pictures.picture(kind, 901))))
        assert told.kind == (None if kind == UNTOLD else kind)


def test_it_brings_its_network_along(trained):
    assert trained.record.files[FILE] == SHA256
    assert {*trained.check()} == {*trained.record.files}
    assert follows(Gate.read(trained.path))


def test_held_out_answers_name_how_each_was_stored(trained):
    rows = read_held_out(trained.file(HELD_OUT), trained.record.known, shown="")
    assert sum(row.copy == AS_IT_IS for row in rows) == 36
    assert {row.copy for row in rows} == {AS_IT_IS, *WAYS}
    assert {row.source for row in rows if row.label == "ai"} == {"painter-2"}
    assert [one.kind for one in trained.card.figures.beside] == [UNTOLD]


def test_other_forms_are_what_they_say():
    shown = pictures.picture("drawn", 2, (200, 100))
    assert half(shown).size == (100, 50)
    assert middle(shown).size == (150, 75)
    assert middle(shown).tobytes() == shown.crop((25, 12, 175, 87)).tobytes()
    stored = jpeg(shown)
    assert stored.size == shown.size
    far = np.abs(np.asarray(stored, int) - np.asarray(shown, int))
    assert 0 < far.mean() < 20
    assert half(Image.new("RGB", (1, 1))).size == (1, 1)
