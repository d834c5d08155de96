"""Sound as samples: windows spread over a recording of any length, in memory that stays flat.

WAV, FLAC and MP3 are read by libsndfile, everything else and what it refuses by FFmpeg; rates are
changed by soxr. A window begins on the grid of the rate asked for, so that it equals the same
stretch of the whole work decoded at once, and states where it truly begins.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Protocol

import numpy as np

from detectors.decode.fault import Undecodable
from detectors.decode.ffmpeg import FfmpegSource
from detectors.decode.sndfile import MEDIA_TYPES, SndfileSource
from detectors.decode.stretches import stretches
from detectors.facts import Facts
from provenance.evidence import NotRunReason
from provenance.limits import DEFAULT, Limits

if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Self

    from numpy.typing import NDArray

    from provenance.asset import Asset

    Samples = NDArray[np.float32]

__all__ = ["Sound", "Source", "open_sound", "stretches"]

BLOCK = 1 << 18
"""Samples over all channels that are decoded at once."""

READ_ON = 2.0
"""Seconds: a window that begins this near is reached by decoding on, not by a seek."""

MARGIN = 0.1
"""Seconds of sound on either side of a window that the change of its rate looks at."""


class Source(Protocol):
    """Where samples come from."""

    rate: int
    channels: int
    length: int | None
    codec: str
    bit_depth: int | None
    bitrate: int | None

    def seek(self, place: int) -> int: ...  # noqa: D102 - see FfmpegSource
    def read(self, count: int) -> Samples: ...  # noqa: D102
    def close(self) -> None: ...  # noqa: D102


def open_sound(asset: Asset, limits: Limits = DEFAULT) -> Sound:
    """The recording, or the first track of sound of a film.

    Raises:
        Undecodable: `unsupported_media`, `limit` or `unreadable`.
    """
    return Sound(asset, limits)


class Sound:
    """A recording whose windows are decoded one after the other. A context manager.

    Attributes:
        facts: about its file.
    """

    def __init__(self, asset: Asset, limits: Limits) -> None:
        self._asset, self._limits = asset, limits
        self._exact = asset.media_type in MEDIA_TYPES
        self._source: Source
        try:
            self._source = (
                SndfileSource(asset, limits) if self._exact else FfmpegSource(asset, limits)
            )
        except Undecodable as refused:
            if not self._exact or refused.reason is NotRunReason.LIMIT:
                raise
            self._exact = False
            self._source = FfmpegSource(asset, limits)
        self.rate, self.channels = self._source.rate, self._source.channels
        self.facts = _facts(asset, self._source)
        self._kept: Samples = np.zeros((0, 0), np.float32)
        self._kept_at = self._at = 0
        self._ended = False
        self._mono = True

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Give the file back."""
        self._source.close()

    def windows(
        self, *, rate: int, seconds: float, hop: float, most: int, mono: bool = True
    ) -> Iterator[tuple[float, Samples]]:
        """Windows in order: where each begins, in seconds, and its samples.

        They follow each other by `hop` seconds where no more than `most` fit, and are spread
        evenly over the work otherwise. The last may be shorter.

        Args:
            rate: samples a second wanted.
            seconds: length of a window.
            hop: from the beginning of one to the next.
            most: windows at most.
            mono: whether the channels are averaged.

        Yields:
            The start, and float32, shape (channels, n), in [-1, 1]; what is not a number is 0.

        Raises:
            Undecodable: `limit`, when one window is too large; `unreadable`.
        """
        most = min(most, self._limits.windows)
        room = (seconds + 2 + 2 * MARGIN) * self.rate * (1 if mono else self.channels)
        if room > self._limits.window_samples:
            detail = f"a window of {seconds:g} seconds of this sound is over the limit"
            raise Undecodable(NotRunReason.LIMIT, detail)
        self._mono = mono
        self._forget()
        length = None if self._source.length is None else self._source.length / self.rate
        length = length and min(length, self._limits.sound_seconds)
        if length is None or length <= seconds + (most - 1) * hop:
            return _some(self._in_a_row(rate, seconds, hop, most))
        return _some(self._spread(rate, seconds, most, length))

    def _in_a_row(
        self, rate: int, seconds: float, hop: float, most: int
    ) -> Iterator[tuple[float, Samples]]:
        heard = 0.0
        for number in range(most):
            start, samples = self._window(rate, number * hop, seconds)
            end = start + samples.shape[1] / rate
            if samples.size and (number == 0 or end > heard + 0.5 / rate):
                yield start, samples
            if samples.shape[1] < round(seconds * rate):
                return
            heard = end

    def _spread(
        self, rate: int, seconds: float, most: int, length: float
    ) -> Iterator[tuple[float, Samples]]:
        """A work that ends before it claims to is divided anew, each time over half the rest."""
        heard = 0.0
        starts = list(np.linspace(0.0, length - seconds, most))
        while starts:
            wanted = starts.pop(0)
            start, samples = self._window(rate, float(wanted), seconds)
            if samples.size:
                heard = max(heard, start + samples.shape[1] / rate)
                yield start, samples
                continue
            length = (heard + wanted) / 2
            if length - heard < seconds:
                return
            starts = list(np.linspace(heard, length - seconds, len(starts) + 1))

    def _window(self, rate: int, start: float, seconds: float) -> tuple[float, Samples]:
        """The window whose first sample is the nearest to `start` on the grid of `rate`."""
        first, count = round(start * rate), round(seconds * rate)
        if rate == self.rate:
            samples, at = self._stretch(first, first + count)
            return at / rate, samples
        # A stretch that begins on both grids is resampled as the whole work would be.
        step = self.rate // math.gcd(self.rate, rate)
        margin = math.ceil(MARGIN * self.rate)
        low = max((first * self.rate // rate - margin) // step * step, 0)
        stretch, at = self._stretch(low, math.ceil((first + count) * self.rate / rate) + margin)
        late = -at % step if at > low else 0  # a seek may end behind its place
        begin = (at + late) * rate // self.rate
        skip = max(first - begin, 0)
        samples = _resampled(stretch[:, late:], self.rate, rate)[:, skip : skip + count]
        end = max(first + count - max(first, begin), 0)
        return max(first, begin) / rate, np.clip(samples[:, :end], -1, 1)

    def _stretch(self, low: int, high: int) -> tuple[Samples, int]:
        """Samples `low` to `high` of the work as stored, and the place of the first of them."""
        self._go_to(low)
        while not self._ended and self._at < high:
            self._read_on(min(high - self._at, max(BLOCK // self.channels, 1)), low)
        begin = max(low, self._kept_at)
        return self._kept[:, begin - self._kept_at : max(high - self._kept_at, 0)], begin

    def _go_to(self, place: int) -> None:
        """Be where decoding on reaches `place` soon, and keep what is known of it."""
        if self._kept_at <= place <= self._at + READ_ON * self.rate:
            self._drop(place)
            return
        try:
            self._at = self._source.seek(place)
        except Undecodable:
            self._read_by_ffmpeg(place)
        self._kept, self._kept_at, self._ended = self._nothing(), self._at, False

    def _read_on(self, count: int, low: int) -> None:
        try:
            block = self._source.read(count)
        except Undecodable:
            block = np.zeros((self.channels, 0), np.float32)
        stated = self._source.length or 0
        if block.shape[1] < count and self._exact and self._at + block.shape[1] < stated:
            self._read_by_ffmpeg(self._at)  # damaged, or cut: FFmpeg passes over what it can
            return
        self._ended = block.shape[1] < count
        self._at += block.shape[1]
        block = _tamed(block, mono=self._mono)
        self._kept = np.concatenate([self._kept, block], axis=1) if self._kept.size else block
        self._drop(low)

    def _drop(self, place: int) -> None:
        """Forget what lies before `place`."""
        gone = min(max(place - self._kept_at, 0), self._kept.shape[1])
        self._kept, self._kept_at = self._kept[:, gone:], self._kept_at + gone

    def _forget(self) -> None:
        """Begin anew: the windows asked for before may have been others."""
        if self._at:
            try:
                self._at = self._source.seek(0)
            except Undecodable:
                self._read_by_ffmpeg(0)
        self._kept, self._kept_at, self._ended = self._nothing(), self._at, False

    def _nothing(self) -> Samples:
        return np.zeros((1 if self._mono else self.channels, 0), np.float32)

    def _read_by_ffmpeg(self, place: int) -> None:
        """Go on with the other source, which must find the same kind of sound there."""
        self._exact = False
        try:
            other = FfmpegSource(self._asset, self._limits)
        except Undecodable:
            self._ended = True
            return
        if (other.rate, other.channels) != (self.rate, self.channels):
            other.close()
            self._ended = True
            return
        self._source.close()
        self._source = other
        self._at = other.seek(place) if place else 0
        if self._at != self._kept_at + self._kept.shape[1]:
            self._kept, self._kept_at = self._nothing(), self._at


def _some(windows: Iterator[tuple[float, Samples]]) -> Iterator[tuple[float, Samples]]:
    """The windows; a recording without any is none."""
    first = next(windows, None)
    if first is None:
        raise Undecodable(NotRunReason.UNREADABLE, "no sound could be decoded")
    yield first
    yield from windows


def _tamed(block: Samples, *, mono: bool) -> Samples:
    """Numbers in [-1, 1] only; what is none is 0, or full scale where it is infinite."""
    if not np.isfinite(block.sum()):
        block = np.clip(np.nan_to_num(block, nan=0.0, posinf=1.0, neginf=-1.0), -1, 1)
    if mono and len(block) > 1:
        mixed = block[0] + block[1]
        for channel in block[2:]:
            mixed += channel
        block = (mixed * np.float32(1 / len(block)))[np.newaxis]
    return np.clip(block, -1, 1, out=block)


def _resampled(samples: Samples, source: int, rate: int) -> Samples:
    import soxr

    if not samples.shape[1]:
        return samples
    return np.asarray(soxr.resample(samples.T, source, rate, quality="HQ").T, np.float32)


def _facts(asset: Asset, source: Source) -> Facts:
    seconds = source.length / source.rate if source.length else None
    bitrate = float(source.bitrate) if source.bitrate and asset.modality == "video" else None
    if bitrate is None and seconds:
        bitrate = asset.size * 8 / seconds
    return Facts(
        media_type=asset.media_type,
        bytes=asset.size,
        codec=source.codec,
        bitrate=bitrate and round(bitrate, 1),
        rate=source.rate,
        channels=source.channels,
        seconds=seconds and round(seconds, 3),
        bit_depth=source.bit_depth,
    )
