"""Measures the decoders of marks: how often each finds its mark, and how often it finds none there.

    python tools/measure_marks.py --data $ASSAY_TEST_DATA --more FOLDER

Works without a mark: the human pictures and recordings of the data pack, and the files of
`FOLDER/pictures/SOURCE/*` and `FOLDER/texts/SOURCE/*` (raw texts: those of the pack were cleaned
of such characters, so nothing could be found in them). Marked works are made here, by the original
libraries: it needs invisible-watermark 0.2.0 and resemble-perth 1.0.1 with PyTorch beside what
Assay needs, and `setuptools<81`; torchaudio is stood in for by two transforms of PyTorch's own.

Writes `detectors/marks/measured.json`, from which records, cards and docs take their figures.
"""

from __future__ import annotations

import argparse
import collections
import csv
import io
import json
import random
import sys
import types
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from typing import Any

import av
import numpy as np
from PIL import Image

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from detectors.decode.audio import stretches  # noqa: E402
from detectors.marks import dwt_dct, hidden, perth  # noqa: E402
from detectors.marks.looking import SECONDS, SHORTEST, STRETCHES  # noqa: E402
from provenance.asset import Asset  # noqa: E402

OUT = ROOT / "detectors" / "marks" / "measured.json"
MARKED_PER_SOURCE = 2
MARKED_SIDE = 1024
"""Largest side of a picture that is marked: the original library takes its time."""
FLOATING = {"sdxl-dwtdct", "flux-dwtdct"}
"""Schemes whose writers hand floating-point pixels to the library; the others, 8-bit ones."""

Image.MAX_IMAGE_PIXELS = None
Counts = dict[str, Any]


def main() -> None:
    """Measure all schemes, write the figures."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--data", type=Path, required=True, help="the data pack")
    parser.add_argument("--more", type=Path, required=True, help="more human works, by source")
    parser.add_argument("--only", choices=("pictures", "sound", "texts"), help="the rest is kept")
    given = parser.parse_args()
    measure: dict[str, Callable[[], dict[str, Counts]]] = {
        "pictures": lambda: pictures(given.data / "image", given.more / "pictures"),
        "sound": lambda: sound(given.data / "audio"),
        "texts": lambda: texts(given.more / "texts"),
    }
    wanted = [given.only] if given.only else list(measure)
    schemes: dict[str, Counts] = {}
    for name in wanted:
        schemes |= measure[name]()
    if given.only and OUT.exists():
        schemes = json.loads(OUT.read_text())["schemes"] | schemes
    made = {
        "command": "python tools/measure_marks.py --data $ASSAY_TEST_DATA --more FOLDER",
        "date": f"{datetime.now(UTC):%Y-%m-%d}",
        "versions": {name: version(name) for name in ("invisible-watermark", "resemble-perth")},
    }
    figures = {"made": made, "schemes": dict(sorted(schemes.items()))}
    OUT.write_text(json.dumps(figures, indent=1) + "\n")
    print(OUT.read_text())


def human(folder: Path) -> list[dict[str, str]]:
    """The human rows of a manifest of the data pack, in an order that mixes sources."""
    with (folder / "manifest.csv").open(newline="") as table:
        rows = [row for row in csv.DictReader(table) if row["label"] == "human"]
    random.Random(1).shuffle(rows)  # noqa: S311 - an order, not a secret
    return rows


def files_by_source(folder: Path) -> list[tuple[Path, str]]:
    """The files below `folder`, each with the name of the folder it is in."""
    paths = sorted(path for path in folder.rglob("*") if path.is_file())
    return [(path, path.parent.name) for path in paths]


def counted(works: int, sources: set[str], alarms: int, hits: Counts) -> Counts:
    """The figures of one scheme, as `detectors.marks.figures` reads them."""
    return {
        "false_alarms": alarms,
        "human_works": works,
        "human_sources": len(sources),
        "hits": {name: {"found": sum(one), "of": len(one)} for name, one in hits.items()},
    }


# Pictures.


def pictures(pack: Path, more: Path) -> dict[str, Counts]:
    """`dwtDct` on human pictures, and on some of them after marking."""
    works = [(pack / "crop" / row["file"], row["source"]) for row in human(pack)]
    works += files_by_source(more)
    alarms: collections.Counter[str] = collections.Counter()
    taken: collections.Counter[str] = collections.Counter()
    hits: dict[str, Counts] = {one.scheme: collections.defaultdict(list) for one in SIGNATURES}
    looked = 0
    sources = set()
    for path, source in works:
        pixels = opened(path)
        if pixels.shape[0] * pixels.shape[1] < dwt_dct.SMALLEST:
            continue
        looked += 1
        sources.add(source)
        alarms.update(hit.signature.scheme for hit in dwt_dct.find(pixels))
        if taken[source] < MARKED_PER_SOURCE:
            taken[source] += 1
            for signature in SIGNATURES:
                for name, found in picture_hits(pixels[:MARKED_SIDE, :MARKED_SIDE], signature):
                    hits[signature.scheme][name].append(found)
    return {name: counted(looked, sources, alarms[name], one) for name, one in hits.items()}


SIGNATURES = dwt_dct.SIGNATURES


def opened(path: Path) -> np.ndarray:
    """The pixels of a file: uint8, red, green, blue; at most 2000 x 2000 of them."""
    with Image.open(path) as picture:
        return np.asarray(picture.convert("RGB"), np.uint8)[:2000, :2000]


def marked_picture(pixels: np.ndarray, signature: dwt_dct.Signature) -> np.ndarray:
    """`pixels` as the original library marks them."""
    from imwatermark import WatermarkEncoder

    encoder = WatermarkEncoder()
    encoder.set_watermark("bits", list(signature.bits))
    floating = signature.scheme in FLOATING
    blue_first = np.ascontiguousarray(pixels[:, :, ::-1], np.float32 if floating else np.uint8)
    marked = encoder.encode(blue_first, "dwtDct")
    return np.clip(np.round(marked), 0, 255).astype(np.uint8)[:, :, ::-1]


def picture_hits(pixels: np.ndarray, signature: dwt_dct.Signature) -> Iterator[tuple[str, bool]]:
    """Whether the mark is found, after each thing that can be done to a marked picture."""
    marked = np.ascontiguousarray(marked_picture(pixels, signature))
    height, width = marked.shape[:2]
    picture = Image.fromarray(marked)
    ways: dict[str, Callable[[], np.ndarray]] = {
        "clean": lambda: marked,
        "jpeg_q95": lambda: compressed(picture, 95),
        "jpeg_q90": lambda: compressed(picture, 90),
        "jpeg_q75": lambda: compressed(picture, 75),
        "resized": lambda: np.asarray(picture.resize((width * 9 // 10, height * 9 // 10))),
        "cropped": lambda: np.ascontiguousarray(marked[5:, 5:]),
    }
    for name, way in ways.items():
        yield name, any(hit.signature == signature for hit in dwt_dct.find(way()))


def compressed(picture: Image.Image, quality: int) -> np.ndarray:
    """`picture` through JPEG, as Pillow writes it."""
    held = io.BytesIO()
    picture.save(held, "JPEG", quality=quality)
    return np.asarray(Image.open(held).convert("RGB"))


# Sound.


def sound(pack: Path) -> dict[str, Counts]:
    """PerTh on human recordings, and on them after marking; speech and music apart."""
    marker = original_perth()
    shortest = SHORTEST * perth.RATE
    rows = [
        row for row in human(pack) if samples_of((pack / row["path"]).read_bytes()).size >= shortest
    ]
    alarms = [row for row in rows if is_marked((pack / row["path"]).read_bytes())]
    for row in alarms:
        print("PerTh false alarm:", row["path"], row["source"], file=sys.stderr)
    hits: Counts = collections.defaultdict(list)
    for number, row in enumerate(rows):
        kind = row["kind"]
        if kind != "speech" and number % 4:
            continue
        marked = marker(samples_of((pack / row["path"]).read_bytes()))
        for name, data in recordings(marked):
            hits[f"{kind}_{name}"].append(is_marked(data))
    sources = {row["source"] for row in rows}
    return {"perth": counted(len(rows), sources, len(alarms), dict(sorted(hits.items())))}


def samples_of(data: bytes) -> np.ndarray:
    """A whole recording of the pack, which are short."""
    asset = Asset.from_bytes(data, name="clip")
    return stretches(asset, rate=perth.RATE, seconds=60, count=1)[0]


def is_marked(data: bytes) -> bool:
    """What the decoder says, by the same steps as in a worker."""
    asset = Asset.from_bytes(data, name="clip")
    heard = stretches(asset, rate=perth.RATE, seconds=SECONDS, count=STRETCHES)
    enough = [one for one in heard if one.size >= SHORTEST * perth.RATE]
    return perth.is_marked([perth.read(one) for one in enough])


def recordings(samples: np.ndarray) -> Iterator[tuple[str, bytes]]:
    """`samples` as files of several kinds."""
    yield "clean", encoded(samples, "wav", "pcm_s16le", perth.RATE, None)
    yield "mp3_128k", encoded(samples, "mp3", "libmp3lame", perth.RATE, 128_000)
    yield "aac_96k", encoded(samples, "adts", "aac", perth.RATE, 96_000)
    yield "resampled_24k", encoded(samples, "wav", "pcm_s16le", 24_000, None)


def encoded(samples: np.ndarray, form: str, codec: str, rate: int, bits: int | None) -> bytes:
    """Mono samples at `perth.RATE` as a file at `rate`."""
    held = io.BytesIO()
    with av.open(held, "w", format=form) as container:
        track = container.add_stream(codec, rate=rate)
        track.layout = "mono"
        if bits:
            track.bit_rate = bits
        track.codec_context.open()
        frame = av.AudioFrame.from_ndarray(
            np.ascontiguousarray(samples[None], np.float32), format="fltp", layout="mono"
        )
        frame.sample_rate = perth.RATE
        resampler = av.AudioResampler(
            format=track.format.name, layout="mono", rate=rate, frame_size=track.frame_size or 1024
        )
        for piece in (*resampler.resample(frame), *resampler.resample(None)):
            container.mux(track.encode(piece))
        container.mux(track.encode(None))
    return held.getvalue()


def original_perth() -> Callable[[np.ndarray], np.ndarray]:
    """The published marker of Resemble AI: samples in, marked samples out."""
    import torch

    stand_in_for_torchaudio(torch)
    from perth.perth_net.perth_net_implicit.perth_watermarker import PerthImplicitWatermarker

    marker = PerthImplicitWatermarker()

    def mark(samples: np.ndarray) -> np.ndarray:
        with torch.no_grad():
            return marker.apply_watermark(samples, perth.RATE)

    return mark


def stand_in_for_torchaudio(torch: Any) -> None:
    """The two transforms the library needs, and the state it expects them to have."""

    class Spectrogram(torch.nn.Module):
        def __init__(self, n_fft: int, win_length: int, hop_length: int, **more: Any) -> None:
            super().__init__()
            self.sizes = (n_fft, hop_length, win_length)
            self.register_buffer("window", more["window_fn"](win_length))

        def forward(self, samples: Any) -> Any:
            return torch.stft(samples, *self.sizes, self.window, return_complex=True)

    class InverseSpectrogram(Spectrogram):
        def forward(self, spectrum: Any) -> Any:
            return torch.istft(spectrum, *self.sizes, self.window)

    class TimeStretch(torch.nn.Module):
        def __init__(self, n_freq: int, hop_length: int) -> None:
            super().__init__()
            phases = torch.linspace(0, torch.pi * hop_length, n_freq)[..., None]
            self.register_buffer("phase_advance", phases)

    transforms = types.ModuleType("torchaudio.transforms")
    for one in (Spectrogram, InverseSpectrogram, TimeStretch):
        setattr(transforms, one.__name__, one)
    sys.modules["torchaudio"] = types.ModuleType("torchaudio")
    sys.modules["torchaudio.transforms"] = transforms


# Texts.


def texts(folder: Path) -> dict[str, Counts]:
    """Hidden characters in human texts, and in some of them after hiding a message."""
    works = files_by_source(folder)
    alarms: collections.Counter[str] = collections.Counter()
    hits: dict[str, Counts] = {name: collections.defaultdict(list) for name in HIDING}
    for number, (path, _) in enumerate(works):
        text = path.read_text("utf-8")
        alarms.update(one.scheme for one in hidden.find(text))
        if number % 10 == 0:
            for scheme, hide in HIDING.items():
                found = [one.scheme for one in hidden.find(hide(text))]
                hits[scheme]["copied"].append(scheme in found)
    sources = {source for _, source in works}
    return {name: counted(len(works), sources, alarms[name], one) for name, one in hits.items()}


MESSAGE = "for Anna only"


def in_the_middle(text: str, what: str) -> str:
    """`what` between the two halves of `text`."""
    return text[: len(text) // 2] + what + text[len(text) // 2 :]


def as_bits(nought: str, one: str) -> str:
    """The message, each bit as one of two characters."""
    return "".join(
        one if byte >> place & 1 else nought
        for byte in MESSAGE.encode()
        for place in reversed(range(8))
    )


def spaced(text: str) -> str:
    """`text` with every fourth space a narrow one."""
    words = text.split(" ")
    return "".join(
        word + ("\u202f" if number % 4 == 3 else " ") for number, word in enumerate(words)
    )


HIDING: dict[str, Callable[[str], str]] = {
    "unicode-tags": lambda text: in_the_middle(
        text, "".join(chr(0xE0000 + ord(one)) for one in MESSAGE)
    ),
    "unicode-variation-selectors": lambda text: in_the_middle(
        text, "".join(chr(0xE0100 + byte - 16) for byte in MESSAGE.encode())
    ),
    "unicode-zero-width": lambda text: in_the_middle(text, as_bits("\u200b", "\u200c")),
    "unicode-spaces": spaced,
}


if __name__ == "__main__":
    main()
