"""EfficientNet-Lite0 without its classifier: what a picture looks like, as numbers.

The network was made to tell what pictures of ImageNet show (Tan and Le 2019; weights under
Apache-2.0, see NOTICE). Its maps say more than that: the early ones texture and edges, the late
ones what is shown. Of each stage the mean and the standard deviation of every channel are taken.
`tools/convert_efficientnet.py` made the graph.

It runs in the sandboxed worker, beside the decoding, on one thread.
"""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

import numpy as np

from detectors.gates.gate import place

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from detectors.runtime import Network

__all__ = ["FILE", "GATE", "SHA256", "SIDE", "WIDTH", "pooled"]

GATE = "image-kind"
"""The gate whose folder it lies in."""

FILE = "backbone.onnx"
SHA256 = "ba2179318f7ea8d6e480df491319191bda6423ba31f0b0d9ad6ee142d5581028"
SIDE = 224
"""Pixels of both sides of what it looks at."""

WIDTH = 2 * (16 + 24 + 40 + 80 + 112 + 192 + 320 + 1280)
"""How many numbers it gives."""


def pooled(views: NDArray[np.uint8]) -> NDArray[np.float32]:
    """The numbers of each picture.

    Args:
        views: uint8, shape (n, SIDE, SIDE, 3), red, green, blue.

    Returns:
        float32, shape (n, WIDTH), all finite.

    Raises:
        EngineError: the network is missing or damaged.
    """
    return np.asarray(_network().run({"pixels": views})["features"], np.float32)


@cache
def _network() -> Network:
    from detectors.runtime import Network

    return Network(place(GATE) / FILE, SHA256, threads=1)
