"""A trace of each file, by which two of them are found to be the same work: the worker's side.

Runs in the sandbox: the files are strangers'. A trace is a set of numbers, and works that are near
each other share many of them:

- pictures: the signs of the lowest DCT coefficients of the brightness (Zauner 2010, "perceptual
  hash"), as one number of 64 bits; nearness is the number of bits that differ;
- sound: for every eighth of a second the signs of differences of energy between 17 bands (Haitsma
  and Kalker 2002), a number of 16 bits that is joined with the one half a second later;
- text: hashes of eight words in a row, letters only, of which the smallest are kept (Broder 1997).

It finds copies in other codecs, sizes and cuts from the same place, not performances of the same
song or rewritten texts.
"""

from __future__ import annotations

import hashlib
import json
import re
import unicodedata
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from detectors.decode import Undecodable
from detectors.decode.workers import LIMITS, asset_of, on_one_thread
from detectors.facts import Facts
from provenance.asset import Asset, Modality

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = ["Traced", "Tracing", "trace_of", "trace_of_picture", "trace_of_sound", "trace_of_text"]

SIDE, CORNER = 32, 8
RATE, BANDS = 8000, 17
FRAME, HOP = 2048, 1000
LOWEST, HIGHEST = 200.0, 3600.0
AHEAD = 4
"""Frames, half a second: what is joined stands in few other recordings."""

PICTURE_BYTES, PICTURE_BITS = 8, 6
"""Two pictures are near when at most six bits of their 64 differ. Six bits touch six bytes at most,
so that two of the eight are left alike."""

STRETCHES, SECONDS = 3, 30.0
WORDS, MOST_HASHES = 8, 400
LETTERS = re.compile(r"[^\W\d_]+")


@dataclass(frozen=True, slots=True)
class Traced:
    """A trace, and what was seen of the file on the way.

    Attributes:
        kind: `picture`, `sound` or `text`.
        numbers: of the trace; none for a work that shows too little.
        facts: about the file.
    """

    kind: str
    numbers: list[int]
    facts: Facts


class Tracing:
    """The worker's side: answers a job of one work with `{"kind", "trace"}` as JSON, or `{}`."""

    def __init__(self) -> None:
        on_one_thread()

    def __call__(self, job: dict[str, Any], fds: list[int], blobs: list[bytes]) -> bytes:
        """The trace of the one work of a job."""
        try:
            found = trace_of(asset_of(job, fds, blobs))
        except Undecodable:
            found = None
        return json.dumps({"kind": found.kind, "trace": found.numbers} if found else {}).encode()


def trace_of(asset: Asset) -> Traced | None:
    """The trace of a work; None for what is neither picture, sound nor text.

    Raises:
        Undecodable: it has no pixels, samples or text.
    """
    match asset.modality:
        case Modality.IMAGE:
            from detectors.decode.image import picture

            pixels, facts = picture(asset, LIMITS)
            return Traced("picture", trace_of_picture(pixels), facts)
        case Modality.AUDIO | Modality.VIDEO:
            from detectors.decode.audio import open_sound

            with open_sound(asset, LIMITS) as sound:
                heard = sound.windows(rate=RATE, seconds=SECONDS, hop=SECONDS, most=STRETCHES)
                numbers = [one for _, samples in heard for one in trace_of_sound(samples[0])]
                return Traced("sound", numbers, sound.facts)
        case Modality.TEXT | Modality.DOCUMENT:
            from detectors.decode.text import passages

            found, facts = passages(asset, LIMITS)
            text = "\n".join(passage.text for passage in found)
            return Traced("text", trace_of_text(text), facts)
        case _:
            return None


def trace_of_picture(pixels: NDArray[np.uint8]) -> list[int]:
    """One number of 64 bits; none for a picture that shows nothing.

    Args:
        pixels: uint8, shape (rows, columns, 3).
    """
    from PIL import Image

    small = Image.fromarray(pixels).convert("L").resize((SIDE, SIDE), Image.Resampling.LANCZOS)
    grey = np.asarray(small, np.float64)
    if grey.std() < 2.0:
        return []
    turn = _cosines(SIDE)
    corner = (turn @ grey @ turn.T)[:CORNER, :CORNER].ravel()
    bits = corner > np.median(corner[1:])
    return [int(sum(1 << n for n, bit in enumerate(bits) if bit))]


def _cosines(size: int) -> NDArray[np.float64]:
    """The matrix of the DCT-II."""
    at = np.arange(size)
    return np.asarray(np.cos(np.pi * np.outer(at, 2 * at + 1) / (2 * size)))


def trace_of_sound(samples: NDArray[np.float32]) -> list[int]:
    """A number of 32 bits for each eighth of a second that is not silent.

    Args:
        samples: float32, shape (n,), at `RATE`.
    """
    count = (samples.size - FRAME) // HOP + 1
    if count <= AHEAD + 1:
        return []
    frames = np.lib.stride_tricks.sliding_window_view(samples, FRAME)[::HOP][:count]
    power = np.abs(np.fft.rfft(frames * np.hanning(FRAME), axis=1)) ** 2
    edges = np.geomspace(LOWEST, HIGHEST, BANDS + 1) * FRAME / RATE
    bands = np.add.reduceat(power, edges.astype(int), axis=1)[:, :BANDS]
    slopes = np.diff(bands, axis=1)
    bits = slopes[1:] - slopes[:-1] > 0
    numbers = bits @ (1 << np.arange(BANDS - 1))
    heard = bands[1:].sum(axis=1) > 1e-6 * max(float(bands.sum(axis=1).max()), 1e-9)
    joined = numbers[:-AHEAD] << 16 | numbers[AHEAD:]
    return [int(one) for one in joined[heard[:-AHEAD] & heard[AHEAD:]]]


def trace_of_text(text: str) -> list[int]:
    """The smallest hashes of eight words in a row; none for a text of fewer."""
    plain = unicodedata.normalize("NFKC", text).casefold()
    words = LETTERS.findall(plain)
    runs = {" ".join(words[n : n + WORDS]) for n in range(len(words) - WORDS + 1)}
    hashes = (hashlib.blake2b(run.encode(), digest_size=7).digest() for run in runs)
    return sorted(int.from_bytes(one) for one in hashes)[:MOST_HASHES]
