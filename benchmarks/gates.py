"""What it costs to ask a gate what kind of work one is, over the decoding that goes before.

Ratios of CPU time in the same run, on the same work. Twelve windows of five seconds of a recording
are decoded and brought to 16 kHz, and each is told by `sound-kind`; a picture of twelve million
pixels is decoded, and told by `image-kind`. Run:

    python benchmarks/gates.py [--rounds 5]
"""

from __future__ import annotations

import argparse
import io
import os
import statistics
import sys
import time
from collections.abc import Callable
from datetime import UTC, datetime
from importlib.metadata import version

os.environ["OPENBLAS_NUM_THREADS"] = "1"  # as in the workers, which ask gates

import numpy as np
from PIL import Image

from detectors.decode.audio import open_sound
from detectors.decode.image import picture
from detectors.evaluation.laundering.audio import encoded
from detectors.gates.gate import gate
from provenance.asset import Asset

RATE, SECONDS, WINDOWS, WINDOW = 44_100, 180, 12, 5.0
SIZE = (4000, 3000)
LIBRARIES = ("numpy", "av", "soundfile", "soxr", "pillow", "onnxruntime")
FORMS: dict[str, tuple[str, str, int | None]] = {
    "wav": ("pcm_s16le", "wav", None),
    "flac": ("flac", "flac", None),
    "mp3": ("libmp3lame", "mp3", 128_000),
    "m4a": ("aac", "adts", 128_000),
}


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=5)
    rounds = parser.parse_args().rounds
    libraries = ", ".join(f"{name} {version(name)}" for name in LIBRARIES)
    print(f"{datetime.now(UTC):%Y-%m-%d}, {libraries}, Python {sys.version.split()[0]}, ", end="")
    print(f"{os.cpu_count()} processors, medians of {rounds}\n")
    print("| work | windows | telling / decoding | telling, ms each |")
    print("| --- | --- | --- | --- |")
    sounds(rounds)
    pictures(rounds)


def sounds(rounds: int) -> None:
    """Rows of `sound-kind`."""
    from detectors.audio.kinds import tell

    gate("sound-kind")
    music = _music()
    for name, (codec, container, bits) in FORMS.items():
        data = encoded(music, RATE, codec=codec, container=container, bits=bits)
        asset = Asset.from_bytes(data, name=f"work.{name}")

        def decoded(asset: Asset = asset) -> list[np.ndarray]:
            with open_sound(asset) as sound:
                some = sound.windows(rate=16_000, seconds=WINDOW, hop=WINDOW, most=WINDOWS)
                return [samples[0] for _, samples in some]

        windows = decoded()

        def told(windows: list[np.ndarray] = windows) -> None:
            for samples in windows:
                tell(samples, 16_000)

        _row(name, len(windows), told, decoded, rounds)


def pictures(rounds: int) -> None:
    """Rows of `image-kind`."""
    from detectors.image.kinds import tell

    gate("image-kind")
    scene = _scene()
    for name in ("jpeg", "png", "webp"):
        held = io.BytesIO()
        scene.save(held, name, quality=90)
        asset = Asset.from_bytes(held.getvalue(), name=f"work.{name}")

        def decoded(asset: Asset = asset) -> np.ndarray:
            return picture(asset)[0]

        pixels = decoded()

        def told(pixels: np.ndarray = pixels) -> None:
            tell(pixels)

        _row(name, 1, told, decoded, rounds)


def _row(
    name: str,
    windows: int,
    told: Callable[[], object],
    decoded: Callable[[], object],
    rounds: int,
) -> None:
    pairs = [(_cost(told), _cost(decoded)) for _ in range(rounds + 1)][1:]
    ratio = statistics.median(one / other for one, other in pairs)
    each = statistics.median(one for one, _ in pairs) / windows * 1000
    print(f"| {name} | {windows} | {ratio:.2f} | {each:.1f} |")


def _music() -> np.ndarray:
    """Three minutes of chords with noise, in stereo."""
    chance = np.random.default_rng(0)
    at = np.arange(SECONDS * RATE) / RATE
    beats = (at * 2).astype(int)
    heard = np.zeros(len(at))
    for _ in range(3):
        notes = chance.integers(-12, 24, beats[-1] + 1)
        heard += 0.1 * np.sin(2 * np.pi * np.cumsum(220 * 2 ** (notes[beats] / 12)) / RATE)
    sides = heard + 0.01 * chance.standard_normal((2, len(at)))
    return sides.astype(np.float32)


def _scene() -> Image.Image:
    """Soft light with grain, as a camera would take it."""
    chance = np.random.default_rng(0)
    rough = Image.fromarray(chance.integers(0, 256, (30, 40, 3), np.uint8))
    seen = np.asarray(rough.resize(SIZE, Image.Resampling.BICUBIC), np.int16)
    grain = chance.integers(-8, 9, seen.shape, np.int16)
    return Image.fromarray(np.clip(seen + grain, 0, 255).astype(np.uint8))


def _cost(what: Callable[[], object]) -> float:
    begin = time.process_time()
    what()
    return time.process_time() - begin


if __name__ == "__main__":
    main()
