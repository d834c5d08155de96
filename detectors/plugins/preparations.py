"""What a Hugging Face classifier is given: samples, pixels or characters as they are.

Each runs in the sandbox, where everything that parses a file does, and hands over arrays of bounded
size. What a model's own processor makes of them (spectrograms, scaled pixels, tokens) is computed
from these arrays afterwards, by `detectors.plugins.huggingface`.
"""

from __future__ import annotations

import math
from itertools import pairwise
from typing import TYPE_CHECKING, ClassVar

import numpy as np

from detectors.models.preparation import Prepared, Window
from detectors.models.records import ROOT
from detectors.models.windowed import LIMITS
from provenance.asset import Asset, Modality
from provenance.evidence import AbstainReason, NotRunReason

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from detectors.decode.text import Passage
    from detectors.facts import Facts

__all__ = ["RawCharacters", "RawPixels", "RawSamples"]

MOST_PIXELS = 4_000_000
"""A larger picture is made smaller by whole factors first: models see some 0.1 million pixels."""


MOST_OBLONG = 16
LONGEST_WORD = 100


class RawSamples:
    """`hf-audio`: windows of sound, mono, one after the other or spread evenly.

    Args:
        rate: samples a second the model was made for.
        seconds: length of a window.
        most: windows at most.
    """

    name = "hf-audio"
    version = "1"
    modality: ClassVar = Modality.AUDIO

    def __init__(self, rate: int = 16_000, seconds: float = 10.0, most: int = 12) -> None:
        self._rate, self._seconds, self._most = rate, seconds, most

    def prepare(self, asset: Asset) -> Prepared:
        """Shape (windows, samples), float32; a shorter last window counts only when alone."""
        from detectors.decode.audio import open_sound
        from detectors.decode.fault import Undecodable

        with open_sound(asset, LIMITS) as sound:
            heard = sound.windows(
                rate=self._rate, seconds=self._seconds, hop=self._seconds, most=self._most
            )
            found = [(start, samples[0]) for start, samples in heard if samples.size]
            facts = sound.facts
        if not found:
            raise Undecodable(NotRunReason.UNREADABLE, "no sound could be decoded")
        longest = max(samples.size for _, samples in found)
        whole = [(start, samples) for start, samples in found if samples.size == longest]
        windows = tuple(
            Window("second", range=(start, start + longest / self._rate)) for start, _ in whole
        )
        rows = np.stack([samples for _, samples in whole])
        if longest >= self._rate:
            return Prepared(windows, rows, ROOT, facts)
        # Networks fold samples together some hundred to one, and fail on nothing at all.
        rows = np.pad(rows, ((0, 0), (0, self._rate - longest)))
        return Prepared(windows, rows, ROOT, facts, AbstainReason.TOO_SHORT)


class RawPixels:
    """`hf-image`: the whole picture, upright."""

    name = "hf-image"
    version = "1"
    modality: ClassVar = Modality.IMAGE

    def prepare(self, asset: Asset) -> Prepared:
        """Shape (1, rows, columns, 3), uint8."""
        from detectors.decode.fault import Undecodable
        from detectors.decode.image import picture

        pixels, facts = picture(asset, LIMITS)
        rows, columns = pixels.shape[:2]
        if max(rows, columns) > MOST_OBLONG * min(rows, columns):
            # Scaled to the size of its short side, as many models do, it would fill the memory.
            detail = f"a picture of {columns} x {rows} pixels is too oblong for a classifier"
            raise Undecodable(NotRunReason.UNSUPPORTED_MEDIA, detail)
        window = Window("pixel", box=(0.0, 0.0, float(columns), float(rows)))
        return Prepared((window,), _smaller(pixels)[None], ROOT, facts)


class RawCharacters:
    """`hf-text`: stretches of text of about equal length, cut between words.

    Args:
        characters: of one stretch, at most.
        most: stretches at most, spread evenly.
    """

    name = "hf-text"
    version = "1"
    modality: ClassVar = Modality.TEXT

    def __init__(self, characters: int = 1500, most: int = 32) -> None:
        self._characters, self._most = characters, most

    def prepare(self, asset: Asset) -> Prepared:
        """Shape (windows, characters), int32 code points; shorter ones end in zeros."""
        from detectors.decode.fault import Undecodable
        from detectors.decode.text import passages

        found, facts = passages(asset, LIMITS)
        pieces = [
            (_window(one, start, text), text)
            for one in found
            for start, text in stretches(one.text, self._characters)
        ]
        if not pieces:
            raise Undecodable(NotRunReason.NO_TEXT, "there is no text in it")
        if len(pieces) > self._most:
            places = np.linspace(0, len(pieces) - 1, self._most).round().astype(int)
            pieces = [pieces[place] for place in places]
        return _as_points(pieces, facts)


def _window(passage: Passage, start: int, text: str) -> Window:
    """Where a stretch of a passage stands in the work."""
    first, last = passage.original(start), passage.original(start + len(text) - 1)
    return Window("character", range=(float(first), float(last + 1)), part=passage.part)


def _as_points(pieces: list[tuple[Window, str]], facts: Facts) -> Prepared:
    longest = max(len(text) for _, text in pieces)
    points = np.zeros((len(pieces), longest), np.int32)
    for row, (_, text) in zip(points, pieces, strict=True):
        row[: len(text)] = [ord(one) for one in text]
    windows = tuple(window for window, _ in pieces)
    return Prepared(windows, points, ROOT, facts)


def stretches(text: str, most: int) -> list[tuple[int, str]]:
    """Parts of a text of about equal length, with where each begins; blank ones are left out."""
    count = max(1, math.ceil(len(text) / most))
    ends = [_between_words(text, len(text) * number // count) for number in range(1, count)]
    places = [0, *ends, len(text)]
    parts = ((start, text[start:end]) for start, end in pairwise(places))
    return [(start, part) for start, part in parts if part.strip()]


def _between_words(text: str, place: int) -> int:
    """The nearest place up to `place` where a word begins; `place` itself in a very long word."""
    for near in range(place, max(place - LONGEST_WORD, 0), -1):
        if text[near - 1].isspace():
            return near
    return place


def _smaller(pixels: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """The picture, made smaller by averaging whole blocks where it is too large."""
    rows, columns = pixels.shape[:2]
    factor = math.ceil(math.sqrt(rows * columns / MOST_PIXELS))
    if factor <= 1:
        return np.ascontiguousarray(pixels)
    from PIL import Image

    return np.asarray(Image.fromarray(pixels).reduce(factor), np.uint8)
