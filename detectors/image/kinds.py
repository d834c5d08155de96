"""What kind of work a picture is; or not sure.

The exceedance of a detector of pictures is that of human pictures of the same kind, so it asks
here first, in the sandboxed worker. A picture that a machine made is of the kind it looks like.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from detectors.gates.gate import Told, gate
from detectors.image.backbone import GATE, SIDE, pooled

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Pixels = NDArray[np.uint8]

__all__ = ["FEATURES", "NAME", "SHORTEST", "VERSION", "Told", "features", "tell", "view"]

NAME = GATE
FEATURES = "detectors.image.kinds:features"
VERSION = "1"
"""Changes whenever the features do."""

SHORTEST = 32
"""Pixels each side must have, for there to be anything to judge."""

GAP = 3.0
"""Times the size wanted, to which a large picture is brought by plain averaging first."""


def view(pixels: Pixels) -> Pixels:
    """The whole picture at the size at which it is looked at, whatever its shape was.

    Args:
        pixels: uint8, shape (rows, columns, 3), as `detectors.decode.image` gives them.

    Returns:
        uint8, shape (SIDE, SIDE, 3).
    """
    from PIL import Image

    shown = Image.fromarray(np.ascontiguousarray(pixels))
    return np.asarray(
        shown.resize((SIDE, SIDE), Image.Resampling.BICUBIC, reducing_gap=GAP), np.uint8
    )


def features(pixels: Pixels) -> NDArray[np.float32]:
    """The numbers of a picture, shape (WIDTH,).

    Args:
        pixels: as for `view`, `SHORTEST` or more on each side.
    """
    return np.asarray(pooled(view(pixels)[None])[0], np.float32)


def tell(pixels: Pixels) -> Told:
    """The kind of a picture, None where the gate is not sure.

    Args:
        pixels: as for `view`, of any size.
    """
    if min(pixels.shape[:2]) < SHORTEST:
        return Told(None, 0.0)
    return gate(NAME).told(features(pixels))
