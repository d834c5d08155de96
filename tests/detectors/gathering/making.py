"""Pictures, sounds and texts of tests, each as a file of a folder and a line of a manifest."""

from __future__ import annotations

import hashlib
import io
import wave

import numpy as np
from PIL import Image

from detectors.gathering.items import Item, Label, Place

WORDS = tuple(f"{one}{two}" for one in "bdfgklmnprst" for two in ("a", "en", "il", "ou", "ur"))


def picture(seed, size=(160, 120), form="PNG", **how):
    """Smooth noise, so that a copy in another size is still like it."""
    noise = np.random.default_rng(seed).integers(0, 255, (6, 8, 3), np.uint8)
    drawn = Image.fromarray(noise).resize(size, Image.Resampling.BICUBIC)
    written = io.BytesIO()
    drawn.save(written, form, **how)
    return written.getvalue()


def notes(seed, seconds=20, rate=16_000):
    """A melody of a few partials: float32."""
    chance = np.random.default_rng(seed)
    pieces = []
    for _ in range(seconds * 4):
        at = np.arange(rate // 4) / rate
        pitch = 220 * 2 ** (chance.integers(0, 24) / 12)
        tone = sum(chance.random() * np.sin(2 * np.pi * pitch * n * at) for n in range(1, 6))
        pieces.append(tone * np.exp(-4 * at))
    sound = np.concatenate(pieces)
    return (0.5 * sound / np.abs(sound).max()).astype(np.float32)


def sound(samples, rate=16_000):
    """A WAV."""
    written = io.BytesIO()
    with wave.open(written, "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(rate)
        file.writeframes((samples * 32_767).astype("<i2").tobytes())
    return written.getvalue()


def text(seed, words=200):
    """Words in an order of their own."""
    chance = np.random.default_rng(seed)
    return " ".join(chance.choice(WORDS, words)).encode()


def item(data, path, source="people", label=Label.HUMAN, **more):
    """The line of a file in a folder."""
    fields = {"kind": "test", "place": Place.FOLDER, "where": "own", "known_by": "made by a test"}
    digest = hashlib.sha256(data).hexdigest()
    return Item(
        sha256=digest, bytes=len(data), source=source, label=label, path=path, **(fields | more)
    )


def put(folder, data, path, **more):
    """Write a file, and give its line."""
    (folder / path).parent.mkdir(parents=True, exist_ok=True)
    (folder / path).write_bytes(data)
    return item(data, path, **more)
