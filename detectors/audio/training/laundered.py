"""Windows of a recording as they would be, had it been laundered: for training.

Each window goes through a chain of its own, drawn by chance from the bytes of the work: other
speed, key or tempo by any interval, filters, noise, other rates, one channel for two, one or two
lossy codecs. Both classes go through the same chains, so that no codec stands for one of them.
"""

from __future__ import annotations

import hashlib
import io
from typing import TYPE_CHECKING, ClassVar

import numpy as np

from detectors.audio.levelling import RATE, SECONDS
from detectors.audio.music import Heard, channels_of
from detectors.evaluation.laundering.audio import coded, noisy, resampled, toned
from detectors.evaluation.laundering.stretching import shift_pitch, stretch
from detectors.models.preparation import Prepared
from detectors.models.windowed import LIMITS
from provenance.asset import Asset, Modality

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Samples = NDArray[np.float32]

__all__ = ["LaunderedMusic", "laundered"]

Generator = np.random.Generator

LOWEST_RATE, HIGHEST_RATE = 8_000, 48_000
RATES = (16_000, 22_050, 24_000, 32_000)
CODECS = (
    ("libmp3lame", "mp3", (64, 80, 96, 128, 160, 192, 256)),
    ("aac", "adts", (64, 80, 96, 128, 160)),
    ("libopus", "ogg", (48, 64, 96, 128)),
)
VORBIS = 0.3
"""How often the codec is Vorbis, which libsndfile writes."""

ONE_CHANNEL = 0.3
"""How often two channels become one."""

MOST_TEMPO, MOST_SPEED, MOST_SEMITONES = 0.08, 0.05, 2.0


class LaunderedMusic:
    """`music-laundered`: as `music`, of a laundered copy.

    Args:
        version: which copy; each is laundered otherwise.
        most: windows at most.
    """

    name = "music-laundered"
    version = "3"
    modality: ClassVar = Modality.AUDIO

    def __init__(self, version: int = 1, most: int = 3) -> None:
        self._copy, self._most = version, most

    def prepare(self, asset: Asset) -> Prepared:
        """See `detectors.audio.music.MusicWindows`."""
        from detectors.decode.audio import open_sound

        seed = hashlib.sha256(f"{self._copy} {asset.sha256}".encode()).digest()
        rng = np.random.default_rng(list(seed[:16]))
        heard = Heard()
        with open_sound(asset, LIMITS) as sound:
            rate = min(max(sound.rate, LOWEST_RATE), HIGHEST_RATE)
            for start, samples in channels_of(sound, rate, self._most):
                other, other_rate = laundered(samples, rate, rng)
                heard.hear(start, resampled(other, other_rate, RATE))
            facts = sound.facts
        return heard.prepared(facts)


def laundered(samples: Samples, rate: int, rng: Generator) -> tuple[Samples, int]:
    """A window, laundered by chance, and its rate.

    Args:
        samples: float32, shape (1, n) or (2, n).
        rate: in Hz.
        rng: where chance comes from.
    """
    if len(samples) > 1 and rng.random() < ONE_CHANNEL:
        samples = np.asarray(samples.mean(axis=0, keepdims=True), np.float32)
    samples = _pace(samples, rate, rng)
    if rng.random() < 0.3:
        samples = toned(samples, rate, rng)
    if rng.random() < 0.12:
        samples = noisy(samples, float(rng.uniform(25, 45)), rng)
    if rng.random() < 0.2:
        to = int(rng.choice(RATES))
        if to < rate:
            samples, rate = resampled(samples, rate, to), to
    for _ in range(1 + (rng.random() < 0.25)):
        if rng.random() < 0.85:
            samples, rate = _through(samples, rate, rng)
    return samples, rate


def _pace(samples: Samples, rate: int, rng: Generator) -> Samples:
    """Two windows of three: another tempo, another key, or both at once."""
    match rng.choice(["tempo", "key", "speed", "same"], p=[0.25, 0.25, 0.15, 0.35]):
        case "tempo":
            return stretch(samples, float(rng.uniform(1 - MOST_TEMPO, 1 + MOST_TEMPO)))
        case "key":
            return shift_pitch(samples, rate, float(rng.uniform(-MOST_SEMITONES, MOST_SEMITONES)))
        case "speed":
            ratio = float(rng.uniform(1 - MOST_SPEED, 1 + MOST_SPEED))
            return resampled(samples, rate * ratio, rate)
        case _:
            return samples


def _through(samples: Samples, rate: int, rng: Generator) -> tuple[Samples, int]:
    """Through a lossy codec and back."""
    import soundfile

    if rng.random() < VORBIS:
        held = io.BytesIO()
        level = float(rng.uniform(0.2, 0.9))
        soundfile.write(
            held,
            np.clip(samples.T, -1, 1),
            rate,
            format="OGG",
            subtype="VORBIS",
            compression_level=level,
        )
        return _decoded(held.getvalue())
    codec, container, bits = CODECS[rng.integers(len(CODECS))]
    wanted = int(rng.choice(bits)) * 1000
    data = coded(samples, rate, rng, codec=codec, container=container, bits=wanted)
    return _decoded(data)


def _decoded(data: bytes) -> tuple[Samples, int]:
    from detectors.decode.audio import open_sound

    with open_sound(Asset.from_bytes(data, name="copy"), LIMITS) as sound:
        rate = sound.rate
        seconds = 4 * SECONDS
        one = sound.channels == 1
        found = sound.windows(rate=rate, seconds=seconds, hop=seconds, most=1, mono=one)
        return next(iter(found))[1], rate
