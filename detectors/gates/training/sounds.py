"""The rows of a recording: five windows of it as they are, and one of them in each other form.

Other forms are what recordings go through: MP3 and Opus at low rates, a telephone line (300 to
3,400 Hz, 8 kHz, mu-law), and another loudness, tone and some noise, drawn by chance.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial
from typing import TYPE_CHECKING

import numpy as np

from detectors.audio.kinds import RATE, SECONDS, SHORTEST, features, is_silent
from detectors.evaluation.laundering.audio import coded, encoded, resampled
from detectors.gates.held_out import AS_IT_IS
from detectors.gates.training.rows import Row
from detectors.models.preparation import Window

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from provenance.asset import Asset

    Samples = NDArray[np.float32]
    Way = Callable[[Samples, int, np.random.Generator], bytes]

__all__ = ["MOST_WINDOWS", "WAYS", "rows"]

MOST_WINDOWS = 5
EACH = 1
"""Windows of a work that are stored in each other form."""

TELEPHONE_RATE, TELEPHONE_LOW, TELEPHONE_HIGH = 8_000, 300.0, 3_400.0
LEAST_RATE, MOST_RATE = 8_000, 48_000


def telephone(samples: Samples, rate: int, _: np.random.Generator) -> bytes:
    """As it comes through a telephone line."""
    narrow = resampled(samples, rate, TELEPHONE_RATE)
    spectrum = np.fft.rfft(narrow, axis=1)
    at = np.fft.rfftfreq(narrow.shape[1], 1 / TELEPHONE_RATE)
    spectrum[:, (at < TELEPHONE_LOW) | (at > TELEPHONE_HIGH)] = 0
    passed = np.fft.irfft(spectrum, narrow.shape[1], axis=1).astype(np.float32)
    return encoded(passed, TELEPHONE_RATE, codec="pcm_mulaw", container="wav")


def room(samples: Samples, rate: int, rng: np.random.Generator) -> bytes:
    """Another loudness and tone, and noise 12 to 30 dB below."""
    level = np.float32(10 ** (rng.uniform(-30, 0) / 20))
    power = float(np.sqrt(np.mean(np.square(samples, dtype=np.float64))))
    noise = rng.standard_normal(samples.shape, np.float32)
    noise *= np.float32(power * 10 ** (-rng.uniform(12, 30) / 20))
    spectrum = np.fft.rfft(samples + noise, axis=1)
    at = np.log(np.maximum(np.fft.rfftfreq(samples.shape[1], 1 / rate), 60.0))
    places = np.linspace(np.log(60.0), np.log(rate / 2), 6)
    spectrum *= 10 ** (np.interp(at, places, rng.uniform(-6, 6, 6)) / 20)
    heard = np.fft.irfft(spectrum, samples.shape[1], axis=1).astype(np.float32)
    return encoded(heard * level, rate)


WAYS: dict[str, Way] = {
    "mp3_64": partial(coded, codec="libmp3lame", container="mp3", bits=64_000),
    "opus_24": partial(coded, codec="libopus", container="ogg", bits=24_000),
    "telephone": telephone,
    "room": room,
}


def rows(asset: Asset) -> Iterator[Row]:
    """The rows of a recording.

    Raises:
        Undecodable: there is no sound in it.
    """
    rng = np.random.default_rng(asset.size)
    windows = _windows(asset)
    for start, native, rate in windows:
        yield _row(AS_IT_IS, start, resampled(native, rate, RATE)[0])
    for place, (name, way) in enumerate(WAYS.items()):
        for at in range(min(EACH, len(windows))):
            start, native, rate = windows[(place + at) % len(windows)]
            heard = _heard(way(native, rate, rng))
            if heard is not None:
                yield _row(name, start, heard)


def _windows(asset: Asset) -> list[tuple[float, Samples, int]]:
    """Windows that hold enough to tell a kind of, at the rate they are stored at."""
    from detectors.decode.audio import open_sound
    from detectors.evaluation.laundering import LIMITS

    with open_sound(asset, LIMITS) as sound:
        rate = min(max(sound.facts.rate or MOST_RATE, LEAST_RATE), MOST_RATE)
        found = [
            (start, samples, rate)
            for start, samples in sound.windows(
                rate=rate, seconds=SECONDS, hop=SECONDS, most=MOST_WINDOWS
            )
            if samples.shape[1] >= SHORTEST * rate
        ]
    return [one for one in found if not is_silent(one[1][0])]


def _heard(data: bytes) -> Samples | None:
    """A stored window, decoded; None where nothing is left of it."""
    from detectors.decode.audio import open_sound
    from provenance.asset import Asset

    with open_sound(Asset.from_bytes(data, name="window")) as sound:
        first = next(iter(sound.windows(rate=RATE, seconds=SECONDS, hop=SECONDS, most=1)), None)
    if first is None or first[1].shape[1] < SHORTEST * RATE or is_silent(first[1][0]):
        return None
    return np.asarray(first[1][0])


def _row(copy: str, start: float, samples: Samples) -> Row:
    window = Window("second", range=(start, start + samples.size / RATE))
    return Row(copy, window, features(samples))
