"""Recordings of three kinds, as simple as they come: held notes, gliding syllables, and noise."""

from __future__ import annotations

import csv
import io
import wave

import numpy as np

RATE = 16_000
KINDS = ("music", "other", "speech")


def samples(kind, seed, seconds=5.0):
    chance = np.random.default_rng(seed)
    at = np.arange(round(seconds * RATE)) / RATE
    if kind == "music":
        notes = chance.choice([0, 2, 4, 5, 7, 9, 11, 12], round(seconds * 2) + 1)
        pitch = 220.0 * 2 ** (notes[(at * 2).astype(int)] / 12)
        phase = 2 * np.pi * np.cumsum(pitch) / RATE
        heard = sum(np.sin(phase * part) / part for part in range(1, 6)) * 0.1
    elif kind == "speech":
        speed = chance.uniform(3.5, 5.0)
        pitch = 120.0 * 2 ** (0.4 * np.sin(2 * np.pi * (speed * at / 3 + chance.uniform())))
        phase = 2 * np.pi * np.cumsum(pitch) / RATE
        voice = sum(np.sin(phase * part) / part**0.5 for part in range(1, 20))
        heard = 0.05 * voice * np.maximum(np.sin(2 * np.pi * speed * at), 0) ** 2
    else:
        heard = 0.1 * np.cumsum(chance.standard_normal(len(at)) * 0.2)
        heard = heard - np.convolve(heard, np.ones(99) / 99, "same")
    noise = 0.001 * chance.standard_normal(len(at))
    return np.clip(heard + noise, -1, 1).astype(np.float32)


def recording(kind, seed, seconds=5.0):
    held = io.BytesIO()
    with wave.open(held, "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(RATE)
        file.writeframes((samples(kind, seed, seconds) * 32767).astype("<i2").tobytes())
    return held.getvalue()


def manifest(folder, sources=3, each=3, extra=()):
    """A manifest of all kinds; `extra` are further rows as (name, kind, fields)."""
    folder.mkdir(parents=True)
    columns = ("path", "kind", "source", "licence", "case", "use", "label", "family")
    with (folder / "works.csv").open("w", newline="") as file:
        rows = csv.DictWriter(file, columns)
        rows.writeheader()
        seed = 0
        for kind in KINDS:
            for source in range(sources):
                for _ in range(each):
                    seed += 1
                    name = f"{kind}-{seed}.wav"
                    (folder / name).write_bytes(recording(kind, seed))
                    rows.writerow(
                        {"path": name, "kind": kind, "source": f"{kind}-{source}", "licence": "CC0"}
                    )
        for name, kind, fields in extra:
            seed += 1
            (folder / name).write_bytes(recording(fields.pop("sounds_like", kind), seed))
            rows.writerow({"path": name, "kind": kind, **fields})
    return folder / "works.csv"
