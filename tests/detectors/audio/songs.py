"""Songs made by script: chords and drums, dry or through a comb that stands for a machine."""

from __future__ import annotations

import csv
import io
import wave

import numpy as np

RATE = 22_050
SOURCES = ("ann", "bob", "cyd")
FAMILIES = ("alpha", "beta")
CHORDS = ((0, 4, 7), (5, 9, 12), (7, 11, 14), (0, 3, 7), (-3, 0, 4))


def song(*, synthetic, seed, seconds=21.0):
    """float32 samples at `RATE`."""
    chance = np.random.default_rng(seed)
    count = int(seconds * RATE)
    time = np.arange(count) / RATE
    beat = 60 / chance.uniform(80, 140)
    sound = np.zeros(count)
    root = chance.uniform(110, 220)
    for number in range(int(seconds / beat) + 1):
        start = int(number * beat * RATE)
        length = min(int(beat * RATE), count - start)
        if length <= 0:
            break
        at = time[:length]
        fall = np.exp(-at * chance.uniform(2, 5))
        for note in CHORDS[(number // 4 + seed) % len(CHORDS)]:
            pitch = root * 2 ** (note / 12)
            for partial in range(1, 9):
                turn = chance.uniform(0, 6.28)
                sound[start : start + length] += (
                    fall * np.sin(2 * np.pi * pitch * partial * at + turn) / partial
                )
        hit = chance.normal(0, 1, length) * np.exp(-at * 40)
        sound[start : start + length] += hit
    sound += chance.normal(0, 0.02, count)
    if synthetic:
        sound = sound + 0.9 * np.roll(sound, 8) + 0.8 * np.roll(sound, 16)
    return (0.5 * sound / np.abs(sound).max()).astype(np.float32)


def wav(samples, rate=RATE):
    held = io.BytesIO()
    with wave.open(held, "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(rate)
        file.writeframes((np.clip(samples, -1, 1) * 32767).astype("<i2").tobytes())
    return held.getvalue()


def manifest(folder, each=2):
    folder.mkdir(parents=True)
    path = folder / "works.csv"
    with path.open("w", newline="") as file:
        table = csv.writer(file)
        table.writerow(("path", "label", "source", "family", "licence"))
        origins = [("human", one) for one in SOURCES] + [("ai", one) for one in FAMILIES]
        for place, (label, origin) in enumerate(origins):
            for number in range(each):
                name = f"{origin}-{number}.wav"
                made = song(synthetic=label == "ai", seed=100 * place + number)
                (folder / name).write_bytes(wav(made))
                family = origin if label == "ai" else ""
                table.writerow((name, label, origin, family, "CC0-1.0"))
    return path
