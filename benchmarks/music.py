"""What judging music costs in time and in memory, and how it compares with a published detector.

    python benchmarks/music.py speed [--rounds 5] [--model FOLDER]
    python benchmarks/music.py memory [--hours 2] [--form flac] [--model FOLDER]
    python benchmarks/music.py peers MANIFEST [--lofcz-fakeprint FILE] [--lofcz-cepstrum FILE]

Speed: a song of four minutes, made here, is prepared (decoded, gated, measured) and scored in one
process on one thread. Every ratio is CPU time over that of the bare library decoding the same file
whole, in the same round. The sandbox, which costs a copy of the answer, is left aside.
Memory: the peak of a process that prepares a long recording, beside one that prepares the song.
Peers: see `benchmarks/music_peers.py`.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterable
from datetime import UTC, datetime
from importlib.metadata import version
from itertools import repeat
from pathlib import Path
from typing import TYPE_CHECKING

os.environ["OMP_NUM_THREADS"] = "1"  # before what would start more is imported
os.environ["OPENBLAS_NUM_THREADS"] = "1"
os.environ["ASSAY_THREADS"] = "1"

import av
import numpy as np
from decode import bare_av, bare_soundfile

from detectors.audio import music
from detectors.audio.music import MusicWindows
from detectors.models.preparation import Prepared
from detectors.models.windowed import WindowedDetector
from provenance.asset import Asset
from provenance.evidence import Detection

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Samples = NDArray[np.float32]

SHIPPED = Path(music.__file__).with_name("weights") / "music"
LIBRARIES = ("numpy", "av", "soundfile", "soxr", "onnxruntime")
RATE, SECONDS = 44_100, 240
WINDOWS = 16
MOST_TIMES, LEAST_REAL_TIME, MOST_MB = 6, 100, 500
FORMS: dict[str, tuple[str, str, Callable[[Path], None]]] = {
    "mp3": ("mp3", "libmp3lame", bare_soundfile),
    "flac": ("flac", "flac", bare_soundfile),
    "m4a": ("ipod", "aac", bare_av),
}
"""Container, codec, and what decodes it soonest."""

CHILD = """
import json
import sys
from pathlib import Path

from detectors.audio.music import MusicWindows
from provenance.asset import Asset


def peak():
    status = Path("/proc/self/status").read_text()
    return int(status.partition("VmHWM:")[2].split()[0]) / 1000


with open(sys.argv[1], "rb") as stream:
    prepared = MusicWindows().prepare(Asset.from_fd(stream.fileno(), name="work"))
told = {"windows": len(prepared.windows), "seconds": prepared.facts.seconds, "prepared": peak()}
if len(sys.argv) > 2:
    from detectors.models.windowed import WindowedDetector

    told["score"] = WindowedDetector(sys.argv[2]).measure(prepared).score
    told["scored"] = peak()
told["heavy"] = [name for name in ("librosa", "torch") if name in sys.modules]
print(json.dumps(told))
"""


def main() -> None:
    """Measure and print."""
    asked = _asked()
    model = asked.model or (SHIPPED if (SHIPPED / "model.json").is_file() else None)
    libraries = ", ".join(f"{name} {version(name)}" for name in LIBRARIES)
    print(f"{datetime.now(UTC):%Y-%m-%d}, {libraries}, Python {sys.version.split()[0]}, ", end="")
    print(f"{os.cpu_count()} processors, load {os.getloadavg()[0]:.1f}\n")
    if model is None:
        print(f"There is no model in {SHIPPED}: scoring is left out. Name one with --model.\n")
    if asked.what == "peers":
        from music_peers import compare

        files = asked.lofcz_fakeprint, asked.lofcz_cepstrum
        compare(asked.manifest, model, *files, count_training=asked.count_training)
        return
    with tempfile.TemporaryDirectory() as folder:
        if asked.what == "speed":
            speed(Path(folder), asked.rounds, model)
        else:
            memory(Path(folder), asked.hours, asked.form, model)


def _asked() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    commands = parser.add_subparsers(dest="what", required=True)
    one = commands.add_parser("speed", help="CPU time over that of decoding")
    one.add_argument("--rounds", type=int, default=5, help="medians are shown")
    one = commands.add_parser("memory", help="peak memory on a long recording (Linux)")
    one.add_argument("--hours", type=float, default=2.0)
    one.add_argument("--form", choices=sorted(FORMS), default="flac")
    patents = (
        "The method behind --lofcz-fakeprint is subject to patent applications: Assay does not "
        "ship it, and it is run here only on a model you supply."
    )
    one = commands.add_parser("peers", help="beside lofcz/ai-music-detector", description=patents)
    one.add_argument("manifest", type=Path, help="CSV: path,label,source,family")
    one.add_argument("--lofcz-fakeprint", type=Path, metavar="FILE", help="ai_music_detector.onnx")
    one.add_argument("--lofcz-cepstrum", type=Path, metavar="FILE", help="cnn_detector.onnx")
    flattering = "also compare on works that Assay's model was trained on, which flatters it"
    one.add_argument("--count-training", action="store_true", help=flattering)
    for command in commands.choices.values():
        command.add_argument("--model", type=Path, metavar="FOLDER", help="the shipped one if none")
    asked = parser.parse_args()
    if getattr(asked, "rounds", 1) < 1:
        parser.error("--rounds must be at least 1")
    return asked


def speed(folder: Path, rounds: int, model: Path | None) -> None:
    """A table: what the parts cost, by format."""
    detector = WindowedDetector(model) if model else None
    work = song()
    print(
        f"Medians of {rounds} rounds, the least and the most in brackets; CPU time. Of the song's"
    )
    print(f"{SECONDS} seconds, {WINDOWS} windows of ten seconds are prepared; decoding is whole.")
    print(f"Goals: at most {MOST_TIMES} times decoding, at least {LEAST_REAL_TIME} x real time.\n")
    print("| song | windows | decoding, ms | preparation, ms | scoring, ms ", end="")
    print("| preparation / decoding | all / decoding | x real time |")
    print("| --- | --- | --- | --- | --- | --- | --- | --- |")
    for name, (container, codec, floor) in FORMS.items():
        path = folder / f"song.{name}"
        encode(path, container, codec, [work])
        prepared = _prepared(path)
        costs = np.array([_round(path, floor, detector) for _ in range(rounds + 1)][1:])
        decoding, preparing, scoring = costs.T
        both = preparing + scoring
        print(
            f"| {name} | {len(prepared.windows)} | {_spread(decoding * 1e3, 0)} "
            f"| {_spread(preparing * 1e3, 0)} "
            f"| {_spread(scoring * 1e3, 1) if detector else 'left out'} "
            f"| {_spread(preparing / decoding, 2)} | {_spread(both / decoding, 2)} "
            f"| {_spread(SECONDS / both, 0)} |"
        )


def _round(
    path: Path, floor: Callable[[Path], None], detector: WindowedDetector | None
) -> tuple[float, float, float]:
    """CPU seconds of decoding, of preparing, and of scoring what was prepared."""
    began = time.process_time()
    floor(path)
    decoded = time.process_time()
    prepared = _prepared(path)
    ready = time.process_time()
    if detector is None:
        return decoded - began, ready - decoded, 0.0
    found = detector.measure(prepared)
    ended = time.process_time()
    if not isinstance(found, Detection):
        sys.exit(f"the song is not judged: {found.detail}")
    return decoded - began, ready - decoded, ended - ready


def _prepared(path: Path) -> Prepared:
    with path.open("rb") as stream:
        prepared = MusicWindows().prepare(Asset.from_fd(stream.fileno(), name=path.name))
    if len(prepared.windows) != WINDOWS:
        sys.exit(f"only {len(prepared.windows)} windows of {path.name} are taken for music")
    return prepared


def _spread(values: NDArray[np.float64], digits: int) -> str:
    middle, least, most = statistics.median(values), values.min(), values.max()
    return f"{middle:.{digits}f} ({least:.{digits}f} to {most:.{digits}f})"


def memory(folder: Path, hours: float, form: str, model: Path | None) -> None:
    """Peaks of a fresh process: with the song, then with a recording of hours."""
    container, codec, _ = FORMS[form]
    work = song()
    whole = max(round(hours * 3600 / SECONDS), 1)
    print(f"| {form} | windows | MB prepared | MB scored | librosa or torch |")
    print("| --- | --- | --- | --- | --- |")
    for times in (1, whole):
        path = folder / f"work.{form}"
        encode(path, container, codec, repeat(work, times))
        command = [sys.executable, "-c", CHILD, str(path), *([str(model)] if model else [])]
        done = subprocess.run(command, check=True, stdout=subprocess.PIPE)
        told = json.loads(done.stdout)
        print(
            f"| {told['seconds'] / 60:.0f} minutes, {path.stat().st_size / 1e6:.0f} MB "
            f"| {told['windows']} | {told['prepared']:.0f} "
            f"| {format(told['scored'], '.0f') if model else 'left out'} "
            f"| {' and '.join(told['heavy']) or 'neither'} |"
        )
    print(f"\nGoal: under {MOST_MB} MB, and neither.")


def song() -> Samples:
    """Four minutes of chords, a bass, drums and a little noise; shape (2, n), at `RATE`."""
    chance = np.random.default_rng(0)
    beat = RATE // 2
    bar = 4 * beat
    count = SECONDS * RATE // bar
    at = np.arange(bar) / RATE
    fading = np.exp(-3 * (np.arange(beat) / RATE))
    snare = np.exp(-25 * (np.arange(beat) / RATE))
    kick = np.sin(2 * np.pi * 60 * np.arange(beat) / RATE) * np.exp(-12 * np.arange(beat) / RATE)
    sides = np.empty((2, count * bar), np.float32)
    for number in range(count):
        root = 110.0 * 2 ** (chance.choice([0, 3, 5, 7, 8, 10]) / 12)
        heard = 0.12 * np.sign(np.sin(np.pi * root * at)) * np.tile(fading, 4)
        left, right = heard.copy(), heard.copy()
        for step in (12, 12 + chance.choice([3, 4]), 19, 24):
            for harmonic in range(1, 9):
                tone = np.sin(2 * np.pi * harmonic * root * 2 ** (step / 12) * at) / harmonic
                share = chance.uniform(0.3, 0.7)
                left += 0.06 * share * tone
                right += 0.06 * (1 - share) * tone
        drums = np.tile(np.concatenate([0.3 * kick, np.zeros(beat)]), 2)
        struck = np.concatenate([np.zeros(beat), snare])
        drums += 0.12 * np.tile(struck, 2) * chance.standard_normal(bar)
        noise = 0.003 * chance.standard_normal((2, bar))
        sides[:, number * bar : (number + 1) * bar] = np.stack([left, right]) + drums + noise
    return np.clip(sides, -1, 1)


def encode(path: Path, container: str, codec: str, blocks: Iterable[Samples]) -> None:
    """One block after the other by FFmpeg, none of them kept."""
    with av.open(str(path), "w", format=container) as out:
        stream = out.add_stream(codec, rate=RATE, layout="stereo")
        if not isinstance(stream, av.AudioStream):
            raise TypeError(f"{codec} does not encode sound")
        context = stream.codec_context
        context.open()
        cutter = av.AudioResampler(context.format, "stereo", RATE, context.frame_size or 4096)
        place = 0
        for block in blocks:
            for first in range(0, block.shape[1], RATE):
                piece = np.ascontiguousarray(block[:, first : first + RATE])
                frame = av.AudioFrame.from_ndarray(piece, "fltp", "stereo")
                frame.sample_rate, frame.pts = RATE, place
                place += piece.shape[1]
                for cut in cutter.resample(frame):
                    out.mux(stream.encode(cut))
        for cut in cutter.resample(None):
            out.mux(stream.encode(cut))
        out.mux(stream.encode(None))


if __name__ == "__main__":
    main()
