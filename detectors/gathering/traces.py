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
import os
import re
import unicodedata
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np

from detectors.decode import Undecodable
from provenance.asset import Asset, Modality
from provenance.limits import DEFAULT, MIB

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = ["LIMITS", "Tracing", "trace_of_picture", "trace_of_sound", "trace_of_text"]

LIMITS = replace(DEFAULT, worker_headroom=2048 * MIB, cpu_seconds=60, wall_seconds=120.0)
"""Decoding takes more memory than reading."""

SIDE, CORNER = 32, 8
RATE, BANDS = 8000, 17
FRAME, HOP = 2048, 1000
LOWEST, HIGHEST = 200.0, 3600.0
AHEAD = 4
"""Frames, half a second: what is joined stands in few other recordings."""

STRETCHES, SECONDS = 3, 30.0
WORDS, MOST_HASHES = 8, 400
LETTERS = re.compile(r"[^\W\d_]+")


class Tracing:
    """Answers a job of one file with its trace: `{"kind": ..., "trace": [...]}`, or `{}`."""

    def __init__(self) -> None:
        # Each thread of the linear algebra would reserve address space, of which a worker has few.
        os.environ["OPENBLAS_NUM_THREADS"] = "1"

    def __call__(self, job: dict[str, Any], fds: list[int], blobs: list[bytes]) -> bytes:
        """The trace of the file that comes as a descriptor."""
        asset = Asset.from_fd(fds[0], name=job["name"])
        try:
            match asset.modality:
                case Modality.IMAGE:
                    from detectors.decode.image import pixels

                    return _answer("picture", trace_of_picture(pixels(asset)))
                case Modality.AUDIO | Modality.VIDEO:
                    from detectors.decode.audio import stretches

                    heard = stretches(asset, rate=RATE, seconds=SECONDS, count=STRETCHES)
                    return _answer("sound", [n for one in heard for n in trace_of_sound(one)])
                case Modality.TEXT:
                    from detectors.decode.text import characters

                    return _answer("text", trace_of_text(characters(asset)))
                case _:
                    return b"{}"
        except Undecodable:
            return b"{}"


def _answer(kind: str, trace: list[int]) -> bytes:
    return json.dumps({"kind": kind, "trace": trace}).encode()


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
