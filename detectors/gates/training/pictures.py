"""The rows of a picture: as it is, as JPEG of quality 40, at half its size, and stored by chance.

The last is what the web does to a picture: a part of it, at another size, as JPEG of some quality.
"""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator
from functools import partial
from typing import TYPE_CHECKING

import numpy as np
from PIL import Image

from detectors.evaluation.laundering.image import jpeg, resize
from detectors.gates.held_out import AS_IT_IS
from detectors.gates.training.rows import Row
from detectors.image.kinds import features
from detectors.image.levelling import SHORTEST
from detectors.models.preparation import Window

if TYPE_CHECKING:
    from provenance.asset import Asset

    Way = Callable[[Image.Image, np.random.Generator], bytes]

__all__ = ["WAYS", "rows"]

SIDES = (256, 320, 400, 512, 720, 1024)
LEAST_PART = 0.7
QUALITIES = (35, 92)


def stored(shown: Image.Image, rng: np.random.Generator) -> bytes:
    """A part of the picture, at another size, as JPEG."""
    part = float(rng.uniform(LEAST_PART, 1.0))
    width, height = (max(1, round(side * part)) for side in shown.size)
    left = int(rng.integers(shown.width - width + 1))
    top = int(rng.integers(shown.height - height + 1))
    cut = shown.crop((left, top, left + width, top + height))
    scale = min(1.0, int(rng.choice(SIDES)) / min(cut.size))
    cut = cut.resize(
        (max(1, round(cut.width * scale)), max(1, round(cut.height * scale))),
        Image.Resampling.BICUBIC,
    )
    held = io.BytesIO()
    cut.save(held, "JPEG", quality=int(rng.integers(QUALITIES[0], QUALITIES[1] + 1)))
    return held.getvalue()


WAYS: dict[str, Way] = {
    "jpeg_40": partial(jpeg, quality=40),
    "half": partial(resize, scale=0.5),
    "stored": stored,
}


def rows(asset: Asset) -> Iterator[Row]:
    """The rows of a picture.

    Raises:
        Undecodable: it is none.
    """
    from detectors.decode.image import picture
    from detectors.evaluation.laundering import LIMITS
    from provenance.asset import Asset as Stored

    pixels, _ = picture(asset, LIMITS)
    if min(pixels.shape[:2]) < SHORTEST:
        return
    yield Row(AS_IT_IS, Window("pixel"), features(pixels))
    rng = np.random.default_rng(asset.size)
    shown = Image.fromarray(pixels)
    for name, way in WAYS.items():
        copy, _ = picture(Stored.from_bytes(way(shown, rng), name="copy"), LIMITS)
        if min(copy.shape[:2]) >= SHORTEST:
            yield Row(name, Window("pixel"), features(copy))
