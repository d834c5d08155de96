"""Pictures of three kinds, as simple as they come: a page, a flat drawing, a noisy scene."""

from __future__ import annotations

import csv
import io

import numpy as np
from PIL import Image, ImageDraw, ImageFilter

KINDS = ("drawn", "graphic", "photograph")
WORDS = ("what", "it", "says", "of", "itself", "and", "who", "signed")


def picture(kind, seed, size=(320, 240)):
    """A picture of a kind; the same for the same seed."""
    chance = np.random.default_rng(seed)
    made = {"graphic": page, "drawn": drawing, "photograph": scene}[kind]
    return made(chance, size)


def page(chance, size):
    """Lines of words and a frame, black on white."""
    shown = Image.new("RGB", size, "white")
    pen = ImageDraw.Draw(shown)
    pen.rectangle((8, 8, size[0] - 9, size[1] - 9), outline="black", width=2)
    for line in range(16, size[1] - 24, 14):
        pen.text((18, line), " ".join(chance.choice(WORDS, 9)), fill="black")
    return shown


def drawing(chance, size):
    """Flat shapes with black outlines."""
    shown = Image.new("RGB", size, _colour(chance))
    pen = ImageDraw.Draw(shown)
    for _ in range(9):
        left, top = (int(chance.integers(side)) for side in size)
        wide, high = (int(one) for one in chance.integers(30, 140, 2))
        box = (left - wide // 2, top - high // 2, left + wide, top + high)
        pen.ellipse(box, fill=_colour(chance), outline="black", width=4)
    return shown


def scene(chance, size):
    """Soft light of several scales, blurred, with grain."""
    seen = np.zeros((size[1], size[0], 3))
    for step in (4, 8, 16, 32):
        rough = Image.fromarray(chance.integers(0, 256, (step, step, 3), np.uint8))
        seen += np.asarray(rough.resize(size, Image.Resampling.BICUBIC), float) / step
    seen = seen / seen.max() * 220 + chance.normal(0, 6, seen.shape)
    shown = Image.fromarray(np.clip(seen, 0, 255).astype(np.uint8))
    return shown.filter(ImageFilter.GaussianBlur(0.6))


def stored(shown, form="PNG", **how):
    """The bytes of a file of it."""
    held = io.BytesIO()
    shown.save(held, form, **how)
    return held.getvalue()


def manifest(folder, sources=3, each=4):
    """A manifest of all kinds."""
    folder.mkdir(parents=True)
    with (folder / "works.csv").open("w", newline="") as file:
        rows = csv.writer(file)
        rows.writerow(("path", "kind", "source", "licence", "label", "family"))
        seed = 0
        for kind in KINDS:
            for source in range(sources):
                for _ in range(each):
                    seed += 1
                    name = f"{kind}-{seed}.png"
                    (folder / name).write_bytes(stored(picture(kind, seed)))
                    made = ("ai", f"painter-{source}") if source == 2 else ("human", "")
                    rows.writerow((name, kind, f"{kind}-{source}", "CC0", *made))
    return folder / "works.csv"


def _colour(chance):
    return tuple(int(one) for one in chance.integers(0, 256, 3))
