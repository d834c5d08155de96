"""What decoding costs over the bare library, and how long the frame takes to start without a model.

Every ratio is CPU time of Assay's reader over that of the library alone, on the same file, in the
same run: the whole work, then a dozen windows of five seconds out of it. Run:

    python benchmarks/decode.py [--rounds 5]
"""

from __future__ import annotations

import argparse
import io
import os
import statistics
import subprocess
import sys
import tempfile
import time
import zipfile
from collections.abc import Callable
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path

import av
import numpy as np
import soundfile
from PIL import Image

from detectors.decode.audio import open_sound
from detectors.decode.image import picture
from detectors.decode.text import passages
from provenance.asset import Asset

RATE, SECONDS = 44_100, 180
SIZE = (4000, 3000)
START = """
import detectors, detectors.runtime, detectors.facts, detectors.decode.audio
import detectors.decode.image, detectors.decode.text
"""
WORKER = """
from detectors.marks import MarksDetector
from provenance.asset import Asset
detector = MarksDetector()
list(detector.detect([Asset.from_bytes(b"a few words", name="x.txt")]))
detector.close()
"""


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=5)
    rounds = parser.parse_args().rounds
    names = ("av", "soundfile", "soxr", "pillow", "lxml", "pypdfium2")
    print(
        f"{datetime.now(UTC):%Y-%m-%d}, {', '.join(f'{n} {version(n)}' for n in names)}, ", end=""
    )
    print(f"Python {sys.version.split()[0]}, {os.cpu_count()} processors, medians of {rounds}\n")
    with tempfile.TemporaryDirectory() as folder:
        sound(Path(folder), rounds)
        pictures(rounds)
        text(rounds)
        typeset(rounds)
    start_up(rounds)


def cpu(work: Callable[[], object]) -> float:
    """CPU seconds of one call."""
    began = time.process_time()
    work()
    return time.process_time() - began


def compare(name: str, ours: Callable[[], object], bare: Callable[[], object], rounds: int) -> None:
    """One line: both in turn, so that what else the machine does falls on both."""
    pairs = [(cpu(ours), cpu(bare)) for _ in range(rounds + 1)][1:]
    mine, theirs = (statistics.median(column) for column in zip(*pairs, strict=True))
    ratio = statistics.median(a / b for a, b in pairs)
    print(f"{name:34} {mine * 1e3:8.1f} ms   bare {theirs * 1e3:8.1f} ms   ratio {ratio:.2f}")


def sound(folder: Path, rounds: int) -> None:
    """Three minutes in stereo, by format."""
    noise = np.random.default_rng(0).normal(size=(2, RATE * SECONDS)).astype(np.float32)
    time_ = np.arange(RATE * SECONDS) / RATE
    samples = (0.02 * noise + 0.2 * np.sin(2 * np.pi * 330 * time_)).astype(np.float32)
    for ending, form, codec in (
        ("wav", "wav", "pcm_s16le"),
        ("flac", "flac", "flac"),
        ("mp3", "mp3", "libmp3lame"),
        ("m4a", "ipod", "aac"),
        ("opus", "ogg", "libopus"),
    ):
        path = folder / f"work.{ending}"
        encode(path, form, codec, samples)
        bare = bare_soundfile if ending in {"wav", "flac", "mp3"} else bare_av
        compare(
            f"{ending}, whole, 44.1 kHz",
            lambda p=path: whole(p, RATE),
            lambda p=path, b=bare: b(p),
            rounds,
        )
        compare(
            f"{ending}, whole, to 16 kHz mono",
            lambda p=path: whole(p, 16_000),
            lambda p=path, b=bare: b(p),
            rounds,
        )
        compare(
            f"{ending}, 12 windows of 5 s",
            lambda p=path: windows(p),
            lambda p=path, b=bare: b(p),
            rounds,
        )


def encode(path: Path, form: str, codec: str, samples: np.ndarray) -> None:
    """By FFmpeg; Opus at its own rate."""
    with av.open(str(path), "w", format=form) as out:
        rate = 48_000 if codec == "libopus" else RATE
        stream = out.add_stream(codec, rate=rate, layout="stereo")
        stream.codec_context.open()
        context = stream.codec_context
        cutter = av.AudioResampler(context.format, "stereo", rate, context.frame_size or 4096)
        frame = av.AudioFrame.from_ndarray(samples, "fltp", "stereo")
        frame.sample_rate, frame.pts = RATE, 0
        for piece in (*cutter.resample(frame), *cutter.resample(None)):
            out.mux(stream.encode(piece))
        out.mux(stream.encode(None))


def whole(path: Path, rate: int) -> None:
    with path.open("rb") as stream, open_sound(asset(stream.fileno())) as opened:
        for _ in opened.windows(rate=rate, seconds=10.0, hop=10.0, most=1000):
            pass


def windows(path: Path) -> None:
    with path.open("rb") as stream, open_sound(asset(stream.fileno())) as opened:
        for _ in opened.windows(rate=16_000, seconds=5.0, hop=5.0, most=12):
            pass


def asset(fd: int) -> Asset:
    return Asset.from_fd(fd, name="work")


def bare_soundfile(path: Path) -> None:
    with soundfile.SoundFile(path) as opened:
        while len(opened.read(1 << 17, dtype="float32")):
            pass


def bare_av(path: Path) -> None:
    with av.open(str(path)) as container:
        container.streams.audio[0].codec_context.thread_count = 1
        for frame in container.decode(audio=0):
            frame.to_ndarray()


def pictures(rounds: int) -> None:
    """Twelve million pixels, by format."""
    rows, columns = np.mgrid[0 : SIZE[1], 0 : SIZE[0]]
    noise = np.random.default_rng(0).integers(0, 24, (SIZE[1], SIZE[0], 3))
    smooth = np.stack([rows // 16, columns // 20, (rows + columns) // 32], axis=-1) % 232
    image = Image.fromarray((smooth + noise).astype(np.uint8))
    for form, options in (
        ("JPEG", {"quality": 90}),
        ("PNG", {"compress_level": 1}),
        ("WEBP", {"quality": 80, "method": 0}),
        ("AVIF", {"quality": 60, "speed": 10}),
        ("TIFF", {}),
    ):
        held = io.BytesIO()
        image.save(held, form, **options)
        data = held.getvalue()
        work = Asset.from_bytes(data, name="work")
        compare(
            f"{form.lower()}, 12 million pixels",
            lambda w=work: picture(w),
            lambda d=data: np.asarray(Image.open(io.BytesIO(d)).convert("RGB")),
            rounds,
        )


def text(rounds: int) -> None:
    """A novel of a million characters, as a book and as a text."""
    from lxml import etree

    paragraph = "<p>It was the best of times, it was the worst of times; so it is said.</p>"
    chapter = f"<html><body>{paragraph * 300}</body></html>"
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w", zipfile.ZIP_DEFLATED) as out:
        out.writestr("mimetype", "application/epub+zip", zipfile.ZIP_STORED)
        rootfile = '<c><rootfile full-path="b.opf"/></c>'
        out.writestr("META-INF/container.xml", rootfile)
        items = "".join(
            f'<item id="c{n}" href="{n}.xhtml" media-type="application/xhtml+xml"/>'
            for n in range(50)
        )
        order = "".join(f'<itemref idref="c{n}"/>' for n in range(50))
        out.writestr("b.opf", f"<p><m>{items}</m><s>{order}</s></p>")
        for number in range(50):
            out.writestr(f"{number}.xhtml", chapter)
    book = Asset.from_bytes(held.getvalue(), name="book.epub")

    def bare() -> None:
        with zipfile.ZipFile(io.BytesIO(held.getvalue())) as opened:
            for number in range(50):
                root = etree.fromstring(opened.read(f"{number}.xhtml"))
                "\n".join("".join(one.itertext()) for one in root.iter("p"))

    compare("epub, a million characters", lambda: passages(book), bare, rounds)
    plain = (
        "It was the best of times, it was the worst of times; so it is said.\n" * 15_000
    ).encode()
    work = Asset.from_bytes(plain, name="x.txt")
    compare("txt, a million characters", lambda: passages(work), plain.decode, rounds)


def typeset(rounds: int) -> None:
    """A PDF of about a hundred pages with running heads, in one column and in two."""
    import pypdfium2
    import typst

    paragraph = "It was the best of times, and extraordinarily well-known; so it is said. " * 8
    for columns in (1, 2):
        page = f"#set page(paper: 'a5', columns: {columns}, header: [A Tale])".replace("'", '"')
        source = f"{page}\n#set par(justify: true)\n" + f"{paragraph}\n\n" * 400
        data = typst.compile(source.encode())
        work = Asset.from_bytes(data, name="x.pdf")

        def bare(data: bytes = data) -> None:
            document = pypdfium2.PdfDocument(data)
            for page in document:
                page.get_textpage().get_text_range()
                page.close()
            document.close()

        with pypdfium2.PdfDocument(data) as document:
            name = f"pdf, {len(document)} pages, {columns} column{'s' * (columns - 1)}"
        compare(name, lambda w=work: passages(w), bare, rounds)


def start_up(rounds: int) -> None:
    """Wall time of a fresh interpreter that could now run a detector, and of one that does."""

    def wall(code: str) -> float:
        began = time.perf_counter()
        subprocess.run([sys.executable, "-c", code], check=True)
        return time.perf_counter() - began

    for name, code in (
        ("bare interpreter", "pass"),
        ("frame", START),
        ("frame and worker", WORKER),
    ):
        seconds = statistics.median(wall(code) for _ in range(max(rounds, 5)))
        limit = "   (at most 1 s without a model)" if name == "frame" else ""
        print(f"start-up, {name:24} {seconds:8.2f} s{limit}")


if __name__ == "__main__":
    main()
