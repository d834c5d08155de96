"""Small pictures, drawn here, so that nobody else has a right in them."""

from __future__ import annotations

import io
import math
import random

from PIL import Image, ImageDraw, ImageFilter
from PIL.PngImagePlugin import PngInfo

PICTURE = (256, 192)


def landscape(seed: int, *, cloud: bool = False) -> Image.Image:
    """Hills under a sky, with a sun and grain; `cloud` adds one cloud to the same view."""
    chance = random.Random(seed)  # noqa: S311 - content, not secrets
    width, height = PICTURE
    image = Image.new("RGB", PICTURE)
    draw = ImageDraw.Draw(image)
    for y in range(height):
        share = y / height
        draw.line(
            (0, y, width, y), (round(90 + 140 * share), round(140 + 70 * share), 215 - y // 4)
        )
    x = chance.randrange(40, width - 40)
    draw.ellipse((x - 16, 24, x + 16, 56), (255, 240, 200))
    for level in range(3):
        base, step = height * (0.5 + 0.16 * level), chance.uniform(0.015, 0.04)
        shift = chance.uniform(0, 6)
        ridge = [
            (x, base + 14 * math.sin(step * x + shift) + 5 * math.sin(3 * step * x))
            for x in range(0, width + 1, 2)
        ]
        colour = (70 - 15 * level, 110 - 20 * level, 60 - 5 * level)
        draw.polygon([(0, height), *ridge, (width, height)], colour)
    if cloud:
        for dx, radius in ((0, 14), (18, 20), (38, 16), (54, 10)):
            draw.ellipse((90 + dx - radius, 44 - radius, 90 + dx + radius, 44 + radius), "white")
    grain = Image.frombytes("L", PICTURE, chance.randbytes(width * height))
    return Image.blend(image.filter(ImageFilter.GaussianBlur(0.7)), grain.convert("RGB"), 0.04)


def plasma(seed: int) -> Image.Image:
    """Soft coloured waves."""
    chance = random.Random(seed)  # noqa: S311
    waves = [
        [
            (chance.uniform(0.01, 0.05), chance.uniform(0.01, 0.05), chance.uniform(0, 6))
            for _ in "abc"
        ]
        for _ in "rgb"
    ]
    image = Image.new("RGB", PICTURE)
    image.putdata(
        [
            tuple(
                round(128 + 42 * sum(math.sin(a * x + b * y + c) for a, b, c in channel))
                for channel in waves
            )
            for y in range(PICTURE[1])
            for x in range(PICTURE[0])
        ]
    )
    return image


def poster() -> Image.Image:
    """A flat drawing of a boat."""
    image = Image.new("RGB", PICTURE, (244, 233, 205))
    draw = ImageDraw.Draw(image)
    draw.rectangle((0, 140, 256, 192), (45, 90, 120))
    draw.polygon([(60, 140), (196, 140), (170, 165), (86, 165)], (150, 50, 40))
    draw.polygon([(124, 30), (124, 132), (64, 132)], (250, 250, 245))
    draw.polygon([(130, 46), (130, 132), (180, 132)], (230, 200, 120))
    draw.line((127, 24, 127, 140), (80, 50, 30), 4)
    return image


# Containers


def jpeg(image: Image.Image) -> bytes:
    """A plain JPEG."""
    file = io.BytesIO()
    image.save(file, "JPEG", quality=82)
    return file.getvalue()


def png(image: Image.Image, **text: str) -> bytes:
    """A PNG of 64 colours, with text chunks."""
    packets = PngInfo()
    for keyword, value in text.items():
        packets.add_text(keyword, value)
    file = io.BytesIO()
    image.quantize(64).save(file, "PNG", optimize=True, pnginfo=packets)
    return file.getvalue()
