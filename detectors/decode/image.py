"""A picture as pixels: as they are stored (`pixels`), or as a person sees them (`picture`).

`picture` turns it upright (EXIF 3.0 section 4.6.5.1, and the turns of HEIF and AVIF), takes the
first frame, manages colours from an embedded ICC profile to sRGB and lays what is transparent on
white. HEIF is read by libheif, everything else by Pillow's parser of exactly the format that the
signature names; no other parser runs.
"""

from __future__ import annotations

import struct
import warnings
import zlib
from contextlib import contextmanager
from typing import TYPE_CHECKING

import numpy as np
from PIL import Image, UnidentifiedImageError

from detectors.decode.colours import in_srgb
from detectors.decode.fault import Undecodable
from detectors.decode.quality import jpeg_quality
from detectors.facts import Facts
from provenance.evidence import NotRunReason
from provenance.limits import DEFAULT, Limits

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    from provenance.asset import Asset

__all__ = ["picture", "pixels"]

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

HEIF = frozenset({"image/heic", "image/heif"})

ORIENTATION = 0x0112
TURNS = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}
"""What turns a picture upright, by its EXIF orientation."""

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
    zlib.error,
    UnidentifiedImageError,
    Image.DecompressionBombError,
)
"""What Pillow raises for damaged files."""


def picture(asset: Asset, limits: Limits = DEFAULT) -> tuple[NDArray[np.uint8], Facts]:
    """The picture as it is to be seen: uint8, shape (rows, columns, 3), red, green, blue in sRGB.

    Raises:
        Undecodable: `vector`, `unsupported_media`, `limit` or `unreadable`.
    """
    with _opened(asset, limits) as opened:
        quality = jpeg_quality(getattr(opened, "quantization", None))
        depth = _bit_depth(asset, opened)
        opened.load()
        _check(opened.size, limits)  # of HEIF, known only now
        shown = in_srgb(_upright(opened))
        facts = Facts(
            media_type=asset.media_type,
            bytes=asset.size,
            codec="heif" if asset.media_type in HEIF else FORMATS[asset.media_type].lower(),
            width=shown.width,
            height=shown.height,
            quality=quality,
            bit_depth=depth,
        )
        return np.asarray(shown, np.uint8), facts


def pixels(asset: Asset, limits: Limits = DEFAULT) -> NDArray[np.uint8]:
    """The first frame as stored: uint8, shape (rows, columns, 3), red, green, blue; no alpha.

    Raises:
        Undecodable: `vector`, `unsupported_media`, `limit` or `unreadable`.
    """
    with _opened(asset, limits, heif=False) as opened:
        return np.asarray(opened.convert("RGB"), np.uint8)


@contextmanager
def _opened(asset: Asset, limits: Limits, *, heif: bool = True) -> Iterator[Image.Image]:
    """The parsed header of a picture; whatever is raised while it is open is about the file."""
    if asset.media_type == "image/svg+xml":
        raise Undecodable(NotRunReason.VECTOR, "a drawing has no pixels until it is rendered")
    format_ = FORMATS.get(asset.media_type)
    if format_ is None and not (heif and asset.media_type in HEIF):
        detail = f"pixels of {asset.media_type} are not decoded"
        raise Undecodable(NotRunReason.UNSUPPORTED_MEDIA, detail)
    try:
        with warnings.catch_warnings(), asset.open() as stream:
            warnings.simplefilter("ignore")  # of Pillow, about odd metadata
            if format_ is None:
                opened = _heif(asset, limits)
            else:
                opened = Image.open(stream, formats=(format_,))
            with opened:
                _check(opened.size, limits)
                yield opened
    except BROKEN as fault:
        detail = f"the pixels cannot be decoded ({type(fault).__name__})"
        raise Undecodable(NotRunReason.UNREADABLE, detail) from fault


def _heif(asset: Asset, limits: Limits) -> Image.Image:
    """Libheif takes the whole file into memory; one thread, and the main picture only."""
    from pi_heif import HeifImageFile, options

    if asset.size > limits.zip_entry_bytes:
        raise Undecodable(NotRunReason.LIMIT, f"a picture of {asset.size:,} bytes is not decoded")
    options.DECODE_THREADS = 1
    options.THUMBNAILS = options.DEPTH_IMAGES = options.AUX_IMAGES = False
    opened: Image.Image = HeifImageFile(asset.open())
    return opened


def _check(size: tuple[int, int], limits: Limits) -> None:
    if size[0] * size[1] > limits.pixels:
        detail = f"a picture of {size[0]} x {size[1]} pixels is not decoded"
        raise Undecodable(NotRunReason.LIMIT, detail)


def _upright(opened: Image.Image) -> Image.Image:
    try:
        turn = TURNS.get(opened.getexif().get(ORIENTATION, 1))
    except (*BROKEN, AttributeError):  # broken EXIF is no reason not to look at the picture
        return opened
    if turn is None:
        return opened
    turned = opened.transpose(turn)
    turned.info = opened.info
    return turned


def _bit_depth(asset: Asset, opened: Image.Image) -> int:
    if asset.media_type == "image/png":
        return int.from_bytes(asset.read_at(24, 1), "big")  # of the header chunk, IHDR
    stated = opened.info.get("bit_depth")
    if isinstance(stated, int):
        return stated
    return 16 if opened.mode.startswith("I;16") else 1 if opened.mode == "1" else 8
