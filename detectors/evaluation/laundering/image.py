"""Ways of laundering a picture: what compression, editing and social networks do to it.

What is not compression is stored as PNG, so that each attack is one thing. A laundered picture has
no metadata.
"""

from __future__ import annotations

import io
from collections.abc import Callable, Mapping
from functools import partial
from typing import TYPE_CHECKING

import numpy as np
from PIL import Image, ImageFilter

from provenance.asset import Modality

if TYPE_CHECKING:
    from provenance.asset import Asset

__all__ = ["ATTACKS", "ImageSuite"]

Picture = Image.Image
Generator = np.random.Generator

SOCIAL_SIDE, SOCIAL_FIRST, SOCIAL_SECOND = 1280, 80, 70
SCREEN_BACKGROUNDS = ((255, 255, 255), (32, 33, 36), (240, 242, 245))
LEAST_SIDE = 16


class ImageSuite:
    """Launders pictures."""

    name = "image"
    modalities = (Modality.IMAGE,)

    @property
    def attacks(self) -> tuple[str, ...]:
        """Names of the ways."""
        return tuple(ATTACKS)

    def launder(self, attack: str, asset: Asset, rng: Generator) -> bytes:
        """The picture, laundered, in a file of its own.

        Raises:
            Undecodable: it is no picture.
        """
        from detectors.decode.image import picture
        from detectors.evaluation.laundering import LIMITS

        pixels, _ = picture(asset, LIMITS)
        return ATTACKS[attack](Image.fromarray(pixels), rng)


def jpeg(picture: Picture, _: Generator, *, quality: int) -> bytes:
    """JPEG at a quality, colour at half the resolution."""
    return _stored(picture, "JPEG", quality=quality, subsampling="4:2:0")


def webp(picture: Picture, _: Generator) -> bytes:
    """Lossy WebP, quality 80."""
    return _stored(picture, "WEBP", quality=80, method=4)


def resize(picture: Picture, _: Generator, *, scale: float) -> bytes:
    """Scaled, bicubic."""
    return _stored(_scaled(picture, scale), "PNG")


def crop(picture: Picture, rng: Generator) -> bytes:
    """Four fifths of each side, from a place drawn by chance."""
    width, height = (max(1, side * 4 // 5) for side in picture.size)
    left = int(rng.integers(picture.width - width + 1))
    top = int(rng.integers(picture.height - height + 1))
    return _stored(picture.crop((left, top, left + width, top + height)), "PNG")


def screenshot(picture: Picture, rng: Generator) -> bytes:
    """Shown at another size on a page with margins and a bar, and captured without loss."""
    shown = _scaled(picture, float(rng.uniform(0.6, 0.95)))
    ground = SCREEN_BACKGROUNDS[int(rng.integers(len(SCREEN_BACKGROUNDS)))]
    side, top = (int(rng.integers(8, 40)) for _ in range(2))
    page = Image.new("RGB", (shown.width + 2 * side, shown.height + 2 * top + 24), ground)
    page.paste(tuple(abs(one - 24) for one in ground), (0, 0, page.width, 24))
    page.paste(shown, (side, 24 + top))
    return _stored(page, "PNG")


def social(picture: Picture, rng: Generator) -> bytes:
    """Uploaded, saved and sent on: scaled to 1280, JPEG 80, scaled again, JPEG 70."""
    longest = max(picture.size)
    once = _scaled(picture, min(1.0, SOCIAL_SIDE / longest))
    first = _stored(once, "JPEG", quality=SOCIAL_FIRST, subsampling="4:2:0")
    with Image.open(io.BytesIO(first), formats=("JPEG",)) as sent:
        again = _scaled(sent.convert("RGB"), float(rng.uniform(0.75, 0.95)))
    return _stored(again, "JPEG", quality=SOCIAL_SECOND, subsampling="4:2:0")


def blur(picture: Picture, _: Generator) -> bytes:
    """Gaussian, of one pixel."""
    return _stored(picture.filter(ImageFilter.GaussianBlur(1.0)), "PNG")


def _scaled(picture: Picture, scale: float) -> Picture:
    """Scaled, no side under 16 pixels that was over."""
    width, height = (max(min(side, LEAST_SIDE), round(side * scale)) for side in picture.size)
    if (width, height) == picture.size:
        return picture
    return picture.resize((width, height), Image.Resampling.BICUBIC)


def _stored(picture: Picture, format_: str, **how: object) -> bytes:
    held = io.BytesIO()
    picture.save(held, format_, **how)
    return held.getvalue()


ATTACKS: Mapping[str, Callable[[Picture, Generator], bytes]] = {
    **{f"jpeg_{quality}": partial(jpeg, quality=quality) for quality in (90, 75, 60, 45, 30)},
    "webp_80": webp,
    "resize_75": partial(resize, scale=0.75),
    "resize_50": partial(resize, scale=0.5),
    "crop_80": crop,
    "screenshot": screenshot,
    "social": social,
    "blur": blur,
}
