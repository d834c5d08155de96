"""The mark `dwtDct` of the library invisible-watermark, where its payload is one of a known few.

Stable Diffusion's scripts and pipelines write it by default. It lies in the U channel: the low
band of a Haar transform, cut into blocks of 4 x 4; in each block the largest coefficient but the
first is moved to a quarter or to three quarters of a step of 36, for one bit of the payload, which
repeats over the blocks. Nothing is transformed to frequencies, whatever the name says. Two forms
are in use: U of 8-bit pixels is centred on 128, U of floating-point ones (diffusers) on a half.

The library decides each bit by the majority of its blocks. That loses most marks, because where
moving a coefficient makes it smaller, the block is read as if it were unmarked, so that all bits
lean the same way. Here the payload is known: of its n bits, k ones, the k that read highest are
taken for ones. What is not marked agrees in as many places as chance has it. A missing mark says
nothing: cropping, resizing and most JPEG compression destroy it.

Measured, for Stable Diffusion XL and untouched files: 58 of 60 marked works found, 0 false alarms
in 1266 human works; the rest stands in `measured.json`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Pixels = NDArray[np.uint8]
    Readings = NDArray[np.bool_]

__all__ = ["FORMS", "SIGNATURES", "Form", "Hit", "Signature", "agreement", "find", "readings"]

Form = Literal["integer", "float"]
FORMS: tuple[Form, ...] = ("integer", "float")

STEP = 36.0
BLOCK = 8
"""Pixels across a block, of which the low band has half as many."""

SMALLEST = 256 * 256
"""Pixels of the smallest picture the library marks."""

ENOUGH = 11 / 12
"""Least share of the bits that must agree: 44 of 48."""

BLOCKS_A_BIT = 4
BAND = 64
"""Rows of blocks worked on at once, so that a large picture takes little memory."""


@dataclass(frozen=True, slots=True)
class Signature:
    """A payload that is always the same.

    Attributes:
        scheme: its name in reports.
        payload: as reports show it: its text, or its bits in hexadecimal.
        bits: in the order they are written.
    """

    scheme: str
    payload: str
    bits: tuple[int, ...]


def _of_number(scheme: str, number: int, length: int) -> Signature:
    bits = tuple(number >> place & 1 for place in reversed(range(length)))
    return Signature(scheme, f"0x{number:0{length // 4}x}", bits)


def _of_text(scheme: str, text: str) -> Signature:
    bits = tuple(byte >> place & 1 for byte in text.encode() for place in reversed(range(8)))
    return Signature(scheme, text, bits)


SIGNATURES = (
    _of_number("sdxl-dwtdct", 0b101100111110110010010000011110111011000110011110, 48),
    _of_number("flux-dwtdct", 0b001010101111111010000111100111001111010100101110, 48),
    _of_text("stable-diffusion-1-dwtdct", "StableDiffusionV1"),
    _of_text("stable-diffusion-1-inpainting-dwtdct", "StableDiffusionV1-Inpainting"),
    _of_text("stable-diffusion-2-dwtdct", "SDV2"),
)


@dataclass(frozen=True, slots=True)
class Hit:
    """A signature that was found.

    Attributes:
        signature: which.
        agreement: share of its bits that agree.
    """

    signature: Signature
    agreement: float


def find(pixels: Pixels) -> tuple[Hit, ...]:
    """The signatures in a picture; one is the most there can be, but for a collision.

    Args:
        pixels: uint8, shape (rows, columns, 3), red, green, blue.
    """
    if pixels.shape[0] * pixels.shape[1] < SMALLEST:
        return ()
    read = [readings(pixels, form) for form in FORMS]
    best = [
        Hit(signature, max(agreement(one, signature) for one in read)) for signature in SIGNATURES
    ]
    return tuple(hit for hit in best if hit.agreement >= ENOUGH)


def agreement(read: Readings, signature: Signature) -> float:
    """Share of the bits of `signature` that `read` agrees with, 0 where it is too little."""
    bits = np.array(signature.bits, bool)
    if read.size < BLOCKS_A_BIT * bits.size:
        return 0.0
    places = np.arange(read.size) % bits.size
    lean = np.bincount(places, read, bits.size) / np.bincount(places, minlength=bits.size)
    ranked = np.sort(lean)[::-1]
    ones = int(bits.sum())
    least_one, most_nought = ranked[ones - 1], ranked[ones]
    if least_one == most_nought:  # bits on the border are undecided, which is not to agree
        return float((((lean > least_one) & bits) | ((lean < least_one) & ~bits)).mean())
    return float(((lean >= least_one) == bits).mean())


def readings(pixels: Pixels, form: Form) -> Readings:
    """The bit each block shows, in the order of the blocks: bool, shape (blocks,)."""
    rows, columns = (side // 4 * 4 for side in pixels.shape[:2])
    per_row = columns // BLOCK
    bands = [
        _blocks_of(_low_band(_u_channel(pixels[top : top + BAND * BLOCK, :columns], form)), per_row)
        for top in range(0, rows // BLOCK * BLOCK, BAND * BLOCK)
    ]
    return np.concatenate(bands) if bands else np.zeros(0, bool)


def _u_channel(pixels: Pixels, form: Form) -> NDArray[np.floating]:
    """U as OpenCV's conversion to YUV gives it for 8-bit and for floating-point pixels."""
    rows = pixels.shape[0] // 4 * 4
    red, green, blue = (pixels[:rows, :, one] for one in range(3))
    return _u_of_floats(red, green, blue) if form == "float" else _u_of_bytes(red, green, blue)


def _u_of_floats(red: Pixels, green: Pixels, blue: Pixels) -> NDArray[np.floating]:
    b = blue.astype(np.float32)
    luma = b * np.float32(0.114) + green * np.float32(0.587) + red * np.float32(0.299)
    return np.asarray((b - luma) * np.float32(0.492) + np.float32(0.5))


def _u_of_bytes(red: Pixels, green: Pixels, blue: Pixels) -> NDArray[np.floating]:
    """In integers, as OpenCV computes: 14 bits after the point."""
    r, g, b = (plane.astype(np.int32) for plane in (red, green, blue))
    luma = (b * 1868 + g * 9617 + r * 4899 + 8192) >> 14
    u = ((b - luma) * 8061 + (128 << 14) + 8192) >> 14
    return np.asarray(np.clip(u, 0, 255), np.float64)


def _low_band(u: NDArray[np.floating]) -> NDArray[np.floating]:
    """The low band of one level of a Haar transform, rounded as PyWavelets rounds it."""
    half = u.dtype.type(0.7071067811865476)
    tall = u[0::2] * half + u[1::2] * half
    return np.asarray(tall[:, 0::2] * half + tall[:, 1::2] * half)


def _blocks_of(low: NDArray[np.floating], per_row: int) -> Readings:
    side = BLOCK // 2
    rows = low.shape[0] // side
    size = np.abs(low[: rows * side, : per_row * side])
    largest = size[0::side, 1::side].copy()
    for place in range(2, side * side):
        np.maximum(largest, size[place // side :: side, place % side :: side], out=largest)
    return np.asarray((largest % STEP > STEP / 2).ravel())
