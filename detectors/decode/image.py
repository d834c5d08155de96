"""A picture's pixels, as they are stored: no turning by EXIF, no colour management, one frame."""

from __future__ import annotations

import struct
import warnings
from typing import TYPE_CHECKING

import numpy as np
from PIL import Image, UnidentifiedImageError

from detectors.decode.fault import Undecodable
from provenance.evidence import NotRunReason
from provenance.limits import DEFAULT, Limits

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from provenance.asset import Asset

__all__ = ["pixels"]

FORMATS = {
    "image/avif": "AVIF",
    "image/bmp": "BMP",
    "image/gif": "GIF",
    "image/jpeg": "JPEG",
    "image/png": "PNG",
    "image/tiff": "TIFF",
    "image/webp": "WEBP",
}
"""What Pillow is asked to read, by media type: no other of its many parsers ever runs."""

BROKEN = (
    OSError,
    SyntaxError,
    ValueError,
    EOFError,
    KeyError,
    IndexError,
    TypeError,
    RuntimeError,
    struct.error,
    UnidentifiedImageError,
    Image.DecompressionBombError,
)
"""What Pillow raises for damaged files."""


def pixels(asset: Asset, limits: Limits = DEFAULT) -> NDArray[np.uint8]:
    """The first frame: uint8, shape (rows, columns, 3), red, green, blue; alpha is dropped.

    Raises:
        Undecodable: `vector`, `unsupported_media`, `limit` or `unreadable`.
    """
    if asset.media_type == "image/svg+xml":
        raise Undecodable(NotRunReason.VECTOR, "a drawing has no pixels until it is rendered")
    format_ = FORMATS.get(asset.media_type)
    if format_ is None:
        detail = f"pixels of {asset.media_type} are not decoded"
        raise Undecodable(NotRunReason.UNSUPPORTED_MEDIA, detail)
    try:
        with warnings.catch_warnings(), asset.open() as stream:
            warnings.simplefilter("ignore")  # of Pillow, about odd metadata
            with Image.open(stream, formats=(format_,)) as picture:
                _check(picture.size, limits)
                return np.asarray(picture.convert("RGB"), np.uint8)
    except BROKEN as fault:
        detail = f"the pixels cannot be decoded ({type(fault).__name__})"
        raise Undecodable(NotRunReason.UNREADABLE, detail) from fault


def _check(size: tuple[int, int], limits: Limits) -> None:
    if size[0] * size[1] > limits.pixels:
        detail = f"a picture of {size[0]} x {size[1]} pixels is not decoded"
        raise Undecodable(NotRunReason.LIMIT, detail)
