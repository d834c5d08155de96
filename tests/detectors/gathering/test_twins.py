"""Copies are found across codecs, sizes and cuts; works that are only alike are not."""

from __future__ import annotations

import io

import numpy as np
import pytest
from PIL import Image

from detectors.gathering.items import Label, Place
from detectors.gathering.places import FolderPlace
from detectors.gathering.rebuild import rebuild
from detectors.gathering.twins import find_twins, traces_of
from tests.detectors.gathering.making import notes, picture, put, sound, text


@pytest.fixture
def twins(tmp_path):
    """What is found among files of several makers."""

    def twins(*files):
        items = [
            put(tmp_path / "own", data, path, source=source, label=label)
            for data, path, source, label in files
        ]
        folder = tmp_path / "files"
        done = rebuild(items, folder, {Place.FOLDER: FolderPlace(tmp_path / "own")})
        assert len(done.there) == len(items)
        return items, find_twins(items, traces_of(items, folder))

    return twins


def test_the_same_picture_in_another_size_and_codec_is_one_work(twins):
    pixels = Image.open(io.BytesIO(picture(1)))
    small = io.BytesIO()
    pixels.resize((120, 90)).save(small, "JPEG", quality=60)
    items, found = twins(
        (picture(1), "a.png", "a", Label.HUMAN),
        (small.getvalue(), "b.jpg", "b", Label.HUMAN),
        (picture(2), "c.png", "b", Label.HUMAN),
    )
    assert found.groups == ((items[0], items[1]),)
    assert found.out == ((items[1], f"the same work as {items[0].name}"),)


def test_what_stands_under_both_labels_goes_out_under_both(twins):
    items, found = twins(
        (picture(1), "a.png", "a", Label.HUMAN),
        (picture(1, form="WEBP", quality=70), "b.webp", "b", Label.AI),
    )
    assert [item for item, _ in found.out] == items


def test_a_hundred_pictures_that_differ_are_no_twins(twins):
    _, found = twins(*((picture(n, form="JPEG"), f"{n}.jpg", "a", Label.HUMAN) for n in range(100)))
    assert found.groups == ()


def test_empty_pictures_are_not_alike(twins):
    _, found = twins(
        *((picture_of(shade), f"{shade}.png", "a", Label.HUMAN) for shade in (0, 128, 255))
    )
    assert found.groups == ()


def picture_of(shade):
    written = io.BytesIO()
    Image.new("RGB", (90, 90), (shade,) * 3).save(written, "PNG")
    return written.getvalue()


def test_a_cut_of_a_recording_with_noise_is_the_recording(twins):
    whole = notes(1, 28)
    noise = np.random.default_rng(9).normal(0, 0.01, whole.size).astype(np.float32)
    items, found = twins(
        (sound(whole), "a.wav", "a", Label.HUMAN),
        (sound((0.6 * whole + noise)[5 * 16_000 : 20 * 16_000]), "b.wav", "b", Label.HUMAN),
        *((sound(notes(n, 20)), f"{n}.wav", "c", Label.HUMAN) for n in range(2, 12)),
    )
    assert found.groups == ((items[0], items[1]),)


def test_a_text_with_another_layout_and_beginning_is_the_text(twins):
    words = text(1).decode().split()
    changed = "\n".join(["A new title", " ".join(words[40:]).upper().replace(" ", " \u00a0")])
    items, found = twins(
        (text(1), "a.txt", "a", Label.HUMAN),
        (changed.encode(), "b.txt", "b", Label.HUMAN),
        *((text(n), f"{n}.txt", "c", Label.HUMAN) for n in range(2, 30)),
    )
    assert found.groups == ((items[0], items[1]),)
