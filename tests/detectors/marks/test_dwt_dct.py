"""The mark `dwtDct`: found where the original library wrote it, and nowhere else."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from detectors.marks.dwt_dct import ENOUGH, FORMS, SIGNATURES, agreement, find, readings

GOLDEN = Path(__file__).parent / "golden"
SDXL = SIGNATURES[0]


def noise(seed, height=260, width=300):
    return np.random.default_rng(seed).integers(0, 256, (height, width, 3)).astype(np.uint8)


def hills(seed, height=512, width=512):
    """Soft colours with a little grain."""
    draw = np.random.default_rng(seed)
    down, along = np.mgrid[0:height, 0:width] / 64
    layers = [
        128 + 50 * np.sin(down * draw.uniform(0.5, 2)) + 40 * np.cos(along * draw.uniform(0.5, 2))
        for _ in range(3)
    ]
    grain = draw.normal(0, 2, (height, width, 3))
    return np.clip(np.stack(layers, axis=2) + grain, 0, 255).astype(np.uint8)


def marked(pixels, bits):
    """`pixels` with `bits` written into 8-bit U, after the description of the method.

    The largest coefficient of a block of the low band but the first goes to a quarter or three
    quarters of its step of 36; the change of a coefficient is spread over its 2 x 2 pixels.
    """
    rgb = pixels.astype(np.float64)
    red, green, blue = np.moveaxis(rgb, 2, 0)
    luma = 0.299 * red + 0.587 * green + 0.114 * blue
    u = np.round((blue - luma) * 0.492 + 128)
    low = (u[0::2, 0::2] + u[1::2, 0::2] + u[0::2, 1::2] + u[1::2, 1::2]) / 2
    number = 0
    for top in range(0, low.shape[0] - 3, 4):
        for left in range(0, low.shape[1] - 3, 4):
            block = low[top : top + 4, left : left + 4]
            place = np.unravel_index(1 + np.argmax(np.abs(block).ravel()[1:]), (4, 4))
            block[place] = (block[place] // 36 + 0.25 + 0.5 * bits[number % len(bits)]) * 36
            number += 1
    u = np.repeat(np.repeat(low / 2, 2, axis=0), 2, axis=1)
    blue = luma + (u - 128) / 0.492
    green = (luma - 0.299 * red - 0.114 * blue) / 0.587
    return np.clip(np.round(np.stack([red, green, blue], axis=2)), 0, 255).astype(np.uint8)


@pytest.mark.parametrize("scheme", ["sdxl-dwtdct", "stable-diffusion-1-dwtdct"])
def test_what_the_original_library_marked_is_found(scheme):
    (hit,) = find(np.asarray(Image.open(GOLDEN / f"{scheme}.png")))
    assert hit.signature.scheme == scheme
    assert hit.agreement == 1


@pytest.mark.parametrize("signature", SIGNATURES, ids=lambda one: one.scheme)
def test_every_signature_is_read_back(signature):
    (hit,) = find(marked(hills(3), signature.bits))
    assert hit.signature == signature


def test_the_bits_are_those_the_original_decoder_reads():
    """By majority, as it reads them; `find` ranks them, because it knows what to expect."""
    for golden in json.loads((GOLDEN / "readings.json").read_text()):
        read = readings(noise(golden["seed"]), golden["form"])
        shares = [read[place::48].mean() for place in range(48)]
        bits = "".join("1" if share * 255 > 127 else "0" for share in shares)
        assert bits == golden["bits"]


@pytest.mark.parametrize("form", FORMS)
def test_each_block_reads_as_in_the_original_library(form):
    """The whole way, where the library is installed: its dependencies are heavy."""
    original = pytest.importorskip("imwatermark.maxDct")
    cv2, pywt = pytest.importorskip("cv2"), pytest.importorskip("pywt")
    pixels = noise(9)
    blue_first = np.ascontiguousarray(
        pixels[:, :, ::-1], np.float32 if form == "float" else np.uint8
    )
    yuv = cv2.cvtColor(blue_first, cv2.COLOR_BGR2YUV)[:260, :300, 1]
    scores = original.EmbedMaxDct(wmLen=1).decode_frame(pywt.dwt2(yuv, "haar")[0], 36, [[]])
    assert [int(one) for one in readings(pixels, form)] == scores[0]


@pytest.mark.parametrize(
    "pixels",
    [
        hills(3),
        noise(4, 600, 600),
        np.zeros((512, 512, 3), np.uint8),
        np.full((512, 512, 3), 255, np.uint8),
        np.tile(np.uint8([[0, 0, 255], [255, 255, 0]]), (512, 256, 1)),
    ],
    ids=["hills", "noise", "black", "white", "stripes"],
)
def test_nothing_is_found_where_nothing_is(pixels):
    assert find(pixels) == ()


@pytest.mark.parametrize("shape", [(1, 1), (3, 900), (255, 255), (100_000, 1)])
def test_a_picture_smaller_than_the_library_marks_has_none(shape):
    assert find(np.zeros((*shape, 3), np.uint8)) == ()


def test_a_strip_without_blocks_has_none():
    assert find(np.zeros((7, 10_000, 3), np.uint8)) == ()


def test_bits_that_are_undecided_do_not_agree():
    flat = np.zeros(48 * 10, bool)
    assert agreement(flat, SDXL) == 0
    assert agreement(np.tile(np.array(SDXL.bits, bool), 10), SDXL) == 1


def test_three_wrong_pairs_are_too_many():
    bits = np.array(SDXL.bits, bool)
    ones, noughts = np.flatnonzero(bits), np.flatnonzero(~bits)
    for pairs, enough in ((2, True), (3, False)):
        changed = bits.copy()
        changed[ones[:pairs]], changed[noughts[:pairs]] = False, True
        assert (agreement(np.tile(changed, 10), SDXL) >= ENOUGH) is enough


@pytest.mark.data
def test_human_pictures_have_none(data_pack):
    paths = sorted((data_pack / "image" / "full256").glob("*.jpg"))[::25]
    assert len(paths) > 20
    for path in paths:
        assert find(np.asarray(Image.open(path).convert("RGB"))) == ()
