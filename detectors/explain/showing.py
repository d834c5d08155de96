"""Decodes a work once more, to be looked at: the worker's side, in the sandbox.

A recording becomes a spectrogram, a picture a small one, a text the characters at the places that
are asked for. A long recording is heard in short stretches that are spread over it.
"""

from __future__ import annotations

from bisect import bisect_right
from collections import defaultdict
from itertools import pairwise
from typing import TYPE_CHECKING, Any

import numpy as np

from detectors.decode import Undecodable
from detectors.decode.workers import LIMITS, asset_of, on_one_thread
from detectors.explain.shown import (
    MOST_CHARACTERS,
    Pieces,
    Pixels,
    Spectrogram,
    Unshown,
    Waveform,
    pack,
)
from provenance.evidence import NotRunReason

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from numpy.typing import NDArray

    from detectors.decode.text import Passage
    from provenance.asset import Asset

__all__ = ["Showing", "spectrogram", "waveform"]

FRAME, HOP = 1024, 512
ROWS, COLUMNS = 160, 600
WHOLE_SECONDS = 480.0
"""A recording up to this long is heard whole, a longer one in stretches."""

STRETCHES, STRETCH_SECONDS = 240, 0.25
SHORTEST_COLUMN = 0.03
HIGHEST_RATE = 48_000
DYNAMIC = 80.0
"""Decibels below the loudest that are shown."""

SIDE = 448


class Showing:
    """Answers a job of one work with what `shown.pack` makes.

    The job says what is wanted (`show`: `second`, `wave`, `pixel` or `character`), how many seconds
    the recording has at least (`seconds`), and which characters are wanted (`places`: part, from,
    to).
    """

    def __init__(self) -> None:
        on_one_thread()

    def __call__(self, job: dict[str, Any], fds: list[int], blobs: list[bytes]) -> bytes:
        """What is to be seen of the one work of a job."""
        asset = asset_of(job, fds, blobs)
        try:
            match job["show"]:
                case "second":
                    return pack(spectrogram(asset, float(job["seconds"])))
                case "wave":
                    return pack(waveform(asset))
                case "pixel":
                    return pack(_small(asset))
                case _:
                    return pack(_pieces(asset, job["places"]))
        except Undecodable as undecodable:
            return pack(Unshown(reason=undecodable.reason, detail=undecodable.detail[:1000]))


def spectrogram(asset: Asset, seconds: float) -> Spectrogram:
    """The spectrogram of a recording.

    Args:
        asset: the recording, or a film with sound.
        seconds: that it has at least, for one that does not say.

    Raises:
        Undecodable: there is no sound in it.
    """
    power, rate, extent, end = _columns(asset, seconds, _power)
    levels = _levels(np.array(power).T)
    return Spectrogram(
        rows=levels.shape[0],
        columns=levels.shape[1],
        extent=extent,
        seconds=end,
        top=rate / 2,
        levels=levels.tobytes(),
    )


def waveform(asset: Asset) -> Waveform:
    """The waveform of a recording; of a long one, of short stretches spread over it.

    Args:
        asset: the recording, or a film with sound.

    Raises:
        Undecodable: there is no sound in it.
    """
    peaks, _, extent, _ = _columns(asset, 0.0, lambda samples: np.abs(samples).max(initial=0.0))
    levels = np.rint(np.clip(np.array(peaks), 0, 1) * 255).astype(np.uint8)
    return Waveform(columns=levels.size, seconds=extent, levels=levels.tobytes())


def _columns(
    asset: Asset, seconds: float, measure: Callable[[NDArray[np.float32]], Any]
) -> tuple[list[Any], int, float, float]:
    """What is measured of each column, the rate, the seconds of all columns, and those heard.

    Args:
        asset: the recording.
        seconds: that it has at least.
        measure: of the samples of a column, float32, shape (n,), in [-1, 1].
    """
    from detectors.decode.audio import open_sound

    with open_sound(asset, LIMITS) as heard:
        rate = min(heard.rate, HIGHEST_RATE)
        length = max(heard.facts.seconds or seconds, SHORTEST_COLUMN)
        column = max(length / COLUMNS, SHORTEST_COLUMN)
        most, hop = COLUMNS, column
        if length > WHOLE_SECONDS:
            most, column = STRETCHES, STRETCH_SECONDS
            hop = length / STRETCHES
        found, end = [], 0.0
        for start, samples in heard.windows(rate=rate, seconds=column, hop=hop, most=most):
            found.append(measure(samples[0]))
            end = start + samples.shape[1] / rate
    return found, rate, end if length > WHOLE_SECONDS else len(found) * column, end


def _power(samples: NDArray[np.float32]) -> NDArray[np.float64]:
    """The mean power of each band of frequencies, the lowest first."""
    whole = np.pad(samples, (0, max(0, FRAME - samples.size)))
    frames = np.lib.stride_tricks.sliding_window_view(whole, FRAME)[::HOP]
    power = np.abs(np.fft.rfft(frames * np.hanning(FRAME), axis=1)) ** 2
    rows = np.linspace(0, power.shape[1], ROWS + 1).astype(int)[:-1]
    return np.asarray(np.add.reduceat(power.mean(axis=0), rows), np.float64)


def _levels(power: NDArray[np.float64]) -> NDArray[np.uint8]:
    """Decibels as bytes, the highest frequency first."""
    decibels = 10 * np.log10(power[::-1] + 1e-9)
    above = decibels - (decibels.max() - DYNAMIC)
    return np.ascontiguousarray(np.clip(above / DYNAMIC * 255, 0, 255).astype(np.uint8))


def _small(asset: Asset) -> Pixels:
    from PIL import Image

    from detectors.decode.image import picture

    pixels, _ = picture(asset, LIMITS)
    high, wide = pixels.shape[:2]
    scale = min(1.0, SIDE / max(high, wide))
    size = (max(1, round(wide * scale)), max(1, round(high * scale)))
    small = Image.fromarray(pixels).resize(size, Image.Resampling.BOX)
    return Pixels(rows=size[1], columns=size[0], high=high, wide=wide, colours=small.tobytes())


def _pieces(asset: Asset, places: Sequence[tuple[str | None, float, float]]) -> Pieces:
    from detectors.decode.text import passages

    found, _ = passages(asset, LIMITS)
    named = {one.part for one in found}
    if len(named) > 1 and any(part is None for part, _, _ in places):
        detail = "its text has several parts, and a place does not say in which of them it lies"
        raise Undecodable(NotRunReason.NOT_APPLICABLE, detail)
    parts: defaultdict[str | None, list[tuple[int, str]]] = defaultdict(list)
    for one in found:
        parts[one.part if len(named) > 1 else None] += _stretches(one)
    for stretches in parts.values():
        stretches.sort()
    pieces = []
    for part, low, high in places:
        stretches = parts.get(part if len(named) > 1 else None, [])
        starts = [start for start, _ in stretches]
        first = max(bisect_right(starts, int(low)) - 1, 0)
        piece = ""
        for start, text in stretches[first:]:
            if start >= high or len(piece) >= MOST_CHARACTERS:
                break
            piece += text[max(int(low) - start, 0) : max(int(high) - start, 0)]
        pieces.append(piece[:MOST_CHARACTERS])
    return Pieces(pieces=tuple(pieces))


def _stretches(passage: Passage) -> list[tuple[int, str]]:
    """What stands in the file as it does in the passage, with its place in the file."""
    if not passage.places:
        return [(passage.start, passage.text)]
    ends = [*(max(place, 0) for place in passage.places), len(passage.text)]
    return [(passage.original(low), passage.text[low:high]) for low, high in pairwise(ends)]
