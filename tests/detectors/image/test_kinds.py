"""What kind of work a picture is told to be: its view, the gate that ships, and its card."""

from __future__ import annotations

import csv
import io

import numpy as np
import pytest
from PIL import Image

from detectors.decode.image import picture
from detectors.gates.gate import gate, gates
from detectors.gates.held_out import AS_IT_IS, read_held_out
from detectors.gates.records import HELD_OUT, TRAINING
from detectors.gates.verification import derive, follows
from detectors.image.backbone import FILE, SHA256, SIDE, WIDTH
from detectors.image.kinds import FEATURES, NAME, SHORTEST, VERSION, Told, features, tell, view
from provenance.asset import Asset
from tests.detectors.image import pictures

needs_gate = pytest.mark.skipif(NAME not in gates(), reason="the gate is not shipped")

KINDS = ("drawn", "graphic", "photograph")


def pixels(kind, seed=1, size=(320, 240)):
    return np.asarray(pictures.picture(kind, seed, size))


def reopened(data):
    return picture(Asset.from_bytes(data, name="copy"))[0]


@pytest.mark.parametrize("size", [(320, 240), (64, 2000), (2500, 1500), (SIDE, SIDE)])
def test_the_whole_picture_is_seen_at_one_size(size):
    seen = view(pixels("drawn", size=size))
    assert (seen.shape, seen.dtype) == ((SIDE, SIDE, 3), np.uint8)
    found = features(pixels("drawn", size=size))
    assert (found.shape, found.dtype) == ((WIDTH,), np.float32)


def test_both_ends_of_a_long_picture_are_seen():
    tall = np.zeros((1200, 300, 3), np.uint8)
    tall[:200, :, 0] = tall[-200:, :, 2] = 255
    seen = view(tall)
    assert seen[5, :, 0].min() > 200
    assert seen[-5, :, 2].min() > 200
    assert seen[SIDE // 2].max() < 20


def test_parts_of_arrays_are_taken():
    whole = pixels("photograph")
    assert view(whole[::2, ::2]).shape == (SIDE, SIDE, 3)
    assert view(whole[:, ::-1]) == pytest.approx(view(whole[:, ::-1].copy()))


@needs_gate
@pytest.mark.parametrize("side", [1, SHORTEST - 1])
def test_of_a_tiny_picture_nothing_is_told(side):
    assert tell(np.zeros((side, 500, 3), np.uint8)) == Told(None, 0.0)


@needs_gate
def test_confidence_is_that_of_the_likeliest_kind():
    shipped = gate(NAME)
    found = shipped.probabilities(features(pixels("graphic"))[None])[0]
    assert found.sum() == pytest.approx(1.0, abs=1e-5)
    told = tell(pixels("graphic"))
    assert told.confidence == pytest.approx(float(found.max()), abs=1e-4)


@needs_gate
def test_a_page_of_words_is_a_graphic_however_it_is_stored():
    page = pictures.picture("graphic", 3, (900, 700))
    assert tell(np.asarray(page)).kind == "graphic"
    small = page.resize((450, 350))
    assert tell(reopened(pictures.stored(small, "JPEG", quality=50))).kind in {"graphic", None}


@needs_gate
@pytest.mark.parametrize("colour", [0, 128, 255])
def test_an_empty_picture_is_no_photograph(colour):
    assert tell(np.full((400, 600, 3), colour, np.uint8)).kind != "photograph"


@needs_gate
def test_the_record_is_of_these_features_and_this_network():
    record = gate(NAME).record
    assert (record.features, record.features_version) == (FEATURES, VERSION)
    assert record.kinds == KINDS
    assert record.files[FILE] == SHA256
    assert gate(NAME).width == WIDTH


@needs_gate
def test_the_card_follows_from_the_held_out_answers():
    shipped = gate(NAME)
    assert {*shipped.check()} == {*shipped.record.files}
    assert follows(shipped)
    assert shipped.card.figures == derive(shipped)


@needs_gate
def test_few_are_told_wrong_and_the_card_says_how_many():
    figures = gate(NAME).card.figures
    assert figures.wrong.value is not None
    assert figures.wrong.value <= 0.05
    assert {one.copy_ for one in figures.copies} == {"jpeg_50", "half", "middle"}
    assert all(one.right.low is not None for one in figures.kinds)


@needs_gate
def test_held_out_answers_are_of_the_works_in_the_account():
    shipped = gate(NAME)
    rows = read_held_out(shipped.file(HELD_OUT), shipped.record.known, shown="")
    told = {row.work for row in rows if row.copy == AS_IT_IS}
    accounts = list(csv.DictReader(io.StringIO(shipped.file(TRAINING).decode())))
    used = {row["sha256"][:16] for row in accounts if row["used"] != "no"}
    assert told == used
    assert {row.label for row in rows} == {"ai", "human"}
    sources = {}
    for row in accounts:
        if row["used"] == "yes":
            sources.setdefault(row["kind"], set()).add(row["source"])
    assert all(len(sources[kind]) >= 10 for kind in KINDS)


@needs_gate
@pytest.mark.data
@pytest.mark.parametrize(
    ("source", "kind"),
    [("bsds500", "photograph"), ("imagenet-sample", "photograph"), ("manga-rasetugari", "drawn")],
)
def test_pictures_it_never_learnt_from(data_pack, source, kind):
    folder = data_pack / "image"
    with (folder / "manifest.csv").open(newline="") as file:
        files = [row["file"] for row in csv.DictReader(file) if row["source"] == source]
    assert len(files) > 10
    told = []
    for name in files:
        pixels = np.asarray(Image.open(folder / "full256" / name).convert("RGB"))
        told.append(tell(pixels).kind)
    assert told.count(kind) > 0.4 * len(told)
    assert len(told) - told.count(kind) - told.count(None) <= 0.1 * len(told)
