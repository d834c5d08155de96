"""Makes the marked works that tests decode, with the original libraries; nothing in them is found.

    python -m tools.make_marked

Needs what `tools/measure_marks.py` needs. Writes `tests/detectors/marks/golden/`: pictures and a
sound made from numbers (CC0-1.0), marked and not, and `readings.json`, the bits that the original
decoder reads in unmarked noise.
"""

from __future__ import annotations

import json

import numpy as np
from PIL import Image

from detectors.marks import dwt_dct, perth
from tools.measure_marks import ROOT, SIGNATURES, encoded, marked_picture, original_perth

GOLDEN = ROOT / "tests" / "detectors" / "marks" / "golden"
SHOWN = ("sdxl-dwtdct", "stable-diffusion-1-dwtdct")


def picture(seed: int, height: int = 256, width: int = 320) -> np.ndarray:
    """Soft hills of colour with a little grain: uint8, red, green, blue."""
    draw = np.random.default_rng(seed)
    down, along = np.mgrid[0:height, 0:width] / 64
    layers = [
        128
        + 60 * np.sin(down * draw.uniform(0.5, 2) + draw.uniform(0, 6))
        + 40 * np.cos(along * draw.uniform(0.5, 2) + draw.uniform(0, 6))
        + draw.normal(0, 2, (height, width))
        for _ in range(3)
    ]
    return np.clip(np.stack(layers, axis=2), 0, 255).astype(np.uint8)


def noise(seed: int, height: int = 260, width: int = 300) -> np.ndarray:
    """Grain alone."""
    return np.random.default_rng(seed).integers(0, 256, (height, width, 3)).astype(np.uint8)


def voice(seconds: float = 6.0) -> np.ndarray:
    """A hum with many overtones that swells and falls like syllables: float32, mono."""
    draw = np.random.default_rng(7)
    time = np.arange(int(seconds * perth.RATE)) / perth.RATE
    pitch = 120 + 25 * np.sin(2 * np.pi * 0.7 * time)
    phase = 2 * np.pi * np.cumsum(pitch) / perth.RATE
    tone = sum(np.sin(phase * n + draw.uniform(0, 6)) / n**0.8 for n in range(1, 40))
    swell = 0.55 + 0.45 * np.sin(2 * np.pi * 3.1 * time)
    rough = draw.normal(0, 0.02, time.size)
    return np.asarray(0.08 * swell * tone + 0.1 * swell * rough, np.float32)


def original_bits(pixels: np.ndarray, floating: bool) -> str:  # noqa: FBT001
    """The 48 bits that the original decoder reads."""
    from imwatermark import WatermarkDecoder

    kind = np.float32 if floating else np.uint8
    read = WatermarkDecoder("bits", 48).decode(
        np.ascontiguousarray(pixels[:, :, ::-1], kind), "dwtDct"
    )
    return "".join("1" if bit else "0" for bit in read)


def main() -> None:
    """Write the folder."""
    GOLDEN.mkdir(parents=True, exist_ok=True)
    for number, signature in enumerate(one for one in SIGNATURES if one.scheme in SHOWN):
        marked = marked_picture(picture(number), signature)
        Image.fromarray(np.ascontiguousarray(marked)).save(
            GOLDEN / f"{signature.scheme}.png", optimize=True
        )
    read = [
        {"seed": seed, "form": form, "bits": original_bits(noise(seed), form == "float")}
        for seed in range(4)
        for form in dwt_dct.FORMS
    ]
    (GOLDEN / "readings.json").write_text(json.dumps(read, indent=1) + "\n")
    marker = original_perth()
    marked = encoded(marker(voice()), "flac", "flac", perth.RATE, None)
    (GOLDEN / "perth.flac").write_bytes(marked)


if __name__ == "__main__":
    main()
