"""Any picture that Pillow decodes, in the colours of sRGB, on white.

An embedded ICC profile (ISO 15076-1) is followed by LittleCMS, with relative colorimetric intent
and black point compensation. One that does not fit the picture, or is damaged, is passed over, as
viewers do; one that changes no colour by more than one step, as that of sRGB itself, changes none.
"""

from __future__ import annotations

import io
from typing import TYPE_CHECKING

import numpy as np
from PIL import Image, ImageCms

from detectors.decode.fault import Undecodable
from provenance.evidence import NotRunReason

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = ["in_srgb"]

MODES = {"RGB ": "RGB", "GRAY": "L", "CMYK": "CMYK"}
"""The mode of a picture that a profile of this colour space is for."""

PROFILE_BYTES = 4 << 20
LATTICE = 9
INTENT = ImageCms.Intent.RELATIVE_COLORIMETRIC
FLAGS = ImageCms.Flags.BLACKPOINTCOMPENSATION


def in_srgb(opened: Image.Image) -> Image.Image:
    """The picture in mode RGB.

    Raises:
        Undecodable: `unsupported_media`: 32 bits a channel have no agreed white.
    """
    colours, alpha = _separate(opened)
    managed = _managed(colours, opened.info.get("icc_profile"))
    if alpha is None:
        return managed
    page = Image.new("RGB", managed.size, "white")
    page.paste(managed, mask=alpha)
    return page


def _separate(opened: Image.Image) -> tuple[Image.Image, Image.Image | None]:
    """Colours in one of the modes of `MODES`, and the opacity, or None where all is opaque."""
    if opened.mode.startswith("I;16"):
        return _eight_bits(opened), None
    if opened.mode in {"I", "F"}:
        detail = "pixels of 32 bits a channel are not decoded"
        raise Undecodable(NotRunReason.UNSUPPORTED_MEDIA, detail)
    if opened.has_transparency_data:
        whole = opened if opened.mode in {"LA", "RGBA"} else opened.convert("RGBA")
        alpha = whole.getchannel("A")
        colours = whole.convert("L" if whole.mode == "LA" else "RGB")
        return colours, None if alpha.getextrema() == (255, 255) else alpha
    if opened.mode == "LAB":
        lab = ImageCms.createProfile("LAB")
        return _transformed(opened, ImageCms.ImageCmsProfile(lab), "LAB") or opened, None
    if opened.mode == "1":
        return opened.convert("L"), None
    return opened if opened.mode in MODES.values() else opened.convert("RGB"), None


def _eight_bits(opened: Image.Image) -> Image.Image:
    """The higher half of 16 bits; Pillow would cut off all that is above 255."""
    return Image.fromarray((np.asarray(opened) >> 8).astype(np.uint8))


def _managed(colours: Image.Image, icc: object) -> Image.Image:
    if isinstance(icc, bytes) and 0 < len(icc) <= PROFILE_BYTES:
        try:
            profile = ImageCms.getOpenProfile(io.BytesIO(icc))
            fits = MODES.get(profile.profile.xcolor_space) == colours.mode
        except (ImageCms.PyCMSError, OSError, ValueError, TypeError):
            fits = False
        if fits and (managed := _transformed(colours, profile, colours.mode)):
            return managed
    return colours if colours.mode == "RGB" else colours.convert("RGB")


def _transformed(
    colours: Image.Image, profile: ImageCms.ImageCmsProfile, mode: str
) -> Image.Image | None:
    """In sRGB; None where the profile cannot be followed, or says what holds without it."""
    try:
        srgb = ImageCms.createProfile("sRGB")
        transform = ImageCms.buildTransform(profile, srgb, mode, "RGB", INTENT, FLAGS)
        if mode in {"RGB", "L"} and _changes_nothing(transform, mode):
            return None
        return ImageCms.applyTransform(colours, transform)
    except (ImageCms.PyCMSError, ValueError):
        return None


def _changes_nothing(transform: ImageCms.ImageCmsTransform, mode: str) -> bool:
    """By what it does to a lattice of colours, not by what it calls itself."""
    steps = np.linspace(0, 255, LATTICE if mode == "RGB" else 256).round().astype(np.uint8)
    if mode == "RGB":
        grid: NDArray[np.uint8] = np.stack(np.meshgrid(steps, steps, steps), -1).reshape(1, -1, 3)
    else:
        grid = steps[np.newaxis]
    given = Image.fromarray(grid)
    made = ImageCms.applyTransform(given, transform)
    if made is None:
        return True
    change = np.asarray(made, np.int16) - np.asarray(given.convert("RGB"), np.int16)
    return int(np.abs(change).max()) <= 1
