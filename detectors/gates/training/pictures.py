"""The rows of a picture: as it is, and in one other form, which each work draws by its size.

Other forms are what pictures go through: JPEG of quality 50, half the size, and the middle of it.
"""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator

import numpy as np
from PIL import Image

from detectors.gates.held_out import AS_IT_IS
from detectors.gates.training.rows import Row
from detectors.image.kinds import SHORTEST, features
from detectors.models.preparation import Window
from provenance.asset import Asset

__all__ = ["WAYS", "rows"]

Way = Callable[[Image.Image], Image.Image]

QUALITY = 50
MIDDLE = 0.75
"""Share of each side that a centre crop leaves."""


def jpeg(shown: Image.Image) -> Image.Image:
    """Stored as JPEG, colour at half the resolution."""
    held = io.BytesIO()
    shown.save(held, "JPEG", quality=QUALITY, subsampling="4:2:0")
    return Image.open(held).convert("RGB")


def half(shown: Image.Image) -> Image.Image:
    """At half its size."""
    return shown.resize((max(1, shown.width // 2), max(1, shown.height // 2)))


def middle(shown: Image.Image) -> Image.Image:
    """Three quarters of each side, from the middle."""
    width, height = (max(1, round(side * MIDDLE)) for side in shown.size)
    left, top = (shown.width - width) // 2, (shown.height - height) // 2
    return shown.crop((left, top, left + width, top + height))


WAYS: dict[str, Way] = {"jpeg_50": jpeg, "half": half, "middle": middle}


def rows(asset: Asset) -> Iterator[Row]:
    """The rows of a picture.

    Raises:
        Undecodable: it is none.
    """
    from detectors.decode.image import picture
    from detectors.evaluation.laundering import LIMITS

    pixels, _ = picture(asset, LIMITS)
    if min(pixels.shape[:2]) < SHORTEST:
        return
    yield Row(AS_IT_IS, Window("pixel"), features(pixels))
    name = list(WAYS)[asset.size % len(WAYS)]
    copy = np.asarray(WAYS[name](Image.fromarray(pixels)), np.uint8)
    if min(copy.shape[:2]) >= SHORTEST:
        yield Row(name, Window("pixel"), features(copy))
