"""Ways of laundering a recording: other codecs, other speeds and keys, filters and noise.

What is not compression is stored as FLAC of 16 bits, so that each attack is one thing. Long works
are laundered in their first two minutes; the rest is left out. A laundered recording has no tags.
"""

from __future__ import annotations

import io
from collections.abc import Callable, Mapping
from functools import partial
from typing import TYPE_CHECKING, cast

import numpy as np

from detectors.evaluation.laundering.stretching import shift_pitch, stretch
from provenance.asset import Modality

if TYPE_CHECKING:
    import av
    from numpy.typing import NDArray

    from provenance.asset import Asset

    Samples = NDArray[np.float32]

__all__ = [
    "ATTACKS",
    "MOST_SECONDS",
    "AudioSuite",
    "coded",
    "encoded",
    "filtered",
    "noisy",
    "resampled",
    "toned",
]

Generator = np.random.Generator

MOST_SECONDS = 120.0
MOST_RATE, LEAST_RATE = 48_000, 8_000
MP3_RATES = (48_000, 44_100, 32_000, 24_000, 22_050, 16_000, 12_000, 11_025, 8_000)
OPUS_RATE = 48_000
EQ_POINTS, EQ_LOWEST, EQ_DECIBELS = 6, 60.0, 6.0
NOISE_DECIBELS = 30.0
LOWPASS, TRANSITION = 8_000.0, 500.0


class AudioSuite:
    """Launders recordings, and the sound of films."""

    name = "audio"
    modalities = (Modality.AUDIO, Modality.VIDEO)

    @property
    def attacks(self) -> tuple[str, ...]:
        """Names of the ways."""
        return tuple(ATTACKS)

    def launder(self, attack: str, asset: Asset, rng: Generator) -> bytes:
        """The recording, laundered, in a file of its own.

        Raises:
            Undecodable: there is no sound in it.
        """
        from detectors.decode import Undecodable
        from detectors.decode.audio import open_sound
        from detectors.evaluation.laundering import LIMITS
        from provenance.evidence import NotRunReason

        with open_sound(asset, LIMITS) as sound:
            rate = min(max(sound.facts.rate or MOST_RATE, LEAST_RATE), MOST_RATE)
            mono = sound.facts.channels == 1
            heard = sound.windows(
                rate=rate, seconds=MOST_SECONDS, hop=MOST_SECONDS, most=1, mono=mono
            )
            first = next(iter(heard), None)
        if first is None or not first[1].size:
            raise Undecodable(NotRunReason.UNREADABLE, "no sound could be decoded")
        return ATTACKS[attack](np.asarray(first[1][:2], np.float32), rate, rng)


def coded(
    samples: Samples, rate: int, _: Generator, *, codec: str, container: str, bits: int
) -> bytes:
    """In a lossy codec, at a bit rate."""
    if codec == "libopus":
        samples, rate = resampled(samples, rate, OPUS_RATE), OPUS_RATE
    elif rate not in MP3_RATES:
        nearest = min(MP3_RATES, key=lambda one: abs(one - rate))
        samples, rate = resampled(samples, rate, nearest), nearest
    return encoded(samples, rate, codec=codec, container=container, bits=bits)


def resample(samples: Samples, rate: int, _: Generator, *, to: int) -> bytes:
    """At another rate; a recording at that rate or below loses a tenth of its own."""
    target = to if rate > to else rate * 9 // 10
    return encoded(resampled(samples, rate, target), target)


def pitch(samples: Samples, rate: int, _: Generator, *, semitones: float) -> bytes:
    """In another key."""
    return encoded(shift_pitch(samples, rate, semitones), rate)


def tempo(samples: Samples, rate: int, _: Generator, *, factor: float) -> bytes:
    """Faster or slower."""
    return encoded(stretch(samples, factor), rate)


def equalised(samples: Samples, rate: int, rng: Generator) -> bytes:
    """Six bands raised or lowered by up to 6 dB, drawn by chance."""
    return encoded(toned(samples, rate, rng), rate)


def toned(samples: Samples, rate: int, rng: Generator) -> Samples:
    """Samples with six bands raised or lowered by up to 6 dB, drawn by chance."""
    at = np.geomspace(EQ_LOWEST, rate / 2, EQ_POINTS)
    decibels = rng.uniform(-EQ_DECIBELS, EQ_DECIBELS, EQ_POINTS)

    def gain(frequencies: NDArray[np.float64]) -> NDArray[np.float64]:
        place = np.log(np.maximum(frequencies, EQ_LOWEST))
        return np.asarray(10 ** (np.interp(place, np.log(at), decibels) / 20))

    return filtered(samples, rate, gain)


def noise(samples: Samples, rate: int, rng: Generator) -> bytes:
    """White noise 30 dB below the recording."""
    return encoded(noisy(samples, NOISE_DECIBELS, rng), rate)


def noisy(samples: Samples, decibels: float, rng: Generator) -> Samples:
    """Samples with white noise so far below them."""
    power = float(np.sqrt(np.mean(np.square(samples, dtype=np.float64))))
    scale = np.float32(power * 10 ** (-decibels / 20))
    return samples + rng.standard_normal(samples.shape, np.float32) * scale


def lowpass(samples: Samples, rate: int, _: Generator) -> bytes:
    """Nothing above 8 kHz, or above half of what there is."""
    edge = min(LOWPASS, rate / 4)

    def gain(frequencies: NDArray[np.float64]) -> NDArray[np.float64]:
        over = np.clip((frequencies - edge + TRANSITION) / TRANSITION, 0, 1)
        return np.asarray(0.5 + 0.5 * np.cos(np.pi * over))

    return encoded(filtered(samples, rate, gain), rate)


def encoded(
    samples: Samples,
    rate: int,
    *,
    codec: str = "flac",
    container: str = "flac",
    bits: int | None = None,
) -> bytes:
    """A file of its own.

    Args:
        samples: float32, shape (1 or 2, n), in [-1, 1]; what is louder is turned down.
        rate: in Hz.
        codec: as FFmpeg spells it.
        container: likewise.
        bits: a second.
    """
    import av

    loudest = float(np.abs(samples).max(initial=0.0))
    level = samples / loudest if loudest > 1 else samples
    whole = np.round(level * 32767).astype(np.int16)
    layout = "mono" if whole.shape[0] == 1 else "stereo"
    held = io.BytesIO()
    with av.open(held, "w", format=container) as file:
        stream = cast("av.AudioStream", file.add_stream(codec, rate=rate, layout=layout))
        if bits is not None:
            stream.bit_rate = bits
        stream.codec_context.thread_count = 1
        stream.codec_context.open()  # from now on it says how long its frames are
        resampler = av.AudioResampler(
            format=stream.format.name,
            layout=layout,
            rate=rate,
            frame_size=stream.frame_size or 4096,
        )
        frame = av.AudioFrame.from_ndarray(
            np.ascontiguousarray(whole.T).reshape(1, -1), format="s16", layout=layout
        )
        frame.sample_rate = rate
        for part in (frame, None):
            for piece in resampler.resample(part):
                file.mux(stream.encode(piece))
        file.mux(stream.encode(None))
    return held.getvalue()


def resampled(samples: Samples, rate: float, to: float) -> Samples:
    """Samples at another rate."""
    import soxr

    if rate == to:
        return samples
    return np.asarray(soxr.resample(samples.T, rate, to, quality="HQ").T, np.float32)


def filtered(
    samples: Samples, rate: int, gain: Callable[[NDArray[np.float64]], NDArray[np.float64]]
) -> Samples:
    """Every frequency times its gain, without delay."""
    length = samples.shape[1]
    size = 1 << (length - 1).bit_length()
    frequencies = np.asarray(np.fft.rfftfreq(size, 1 / rate), np.float64)
    spectrum = np.fft.rfft(samples, size, axis=1) * gain(frequencies)
    return np.fft.irfft(spectrum, size, axis=1)[:, :length].astype(np.float32)


Attack = Callable[["Samples", int, Generator], bytes]

ATTACKS: Mapping[str, Attack] = {
    "mp3_64": partial(coded, codec="libmp3lame", container="mp3", bits=64_000),
    "mp3_128": partial(coded, codec="libmp3lame", container="mp3", bits=128_000),
    "aac_96": partial(coded, codec="aac", container="adts", bits=96_000),
    "opus_64": partial(coded, codec="libopus", container="ogg", bits=64_000),
    "resample_32k": partial(resample, to=32_000),
    "resample_16k": partial(resample, to=16_000),
    "pitch_up_100c": partial(pitch, semitones=1.0),
    "pitch_down_100c": partial(pitch, semitones=-1.0),
    "pitch_up_37c": partial(pitch, semitones=0.37),
    "tempo_up_5": partial(tempo, factor=1.05),
    "tempo_down_5": partial(tempo, factor=0.95),
    "eq": equalised,
    "noise_30db": noise,
    "lowpass_8k": lowpass,
}
