"""What verifying costs, against the bare library and against SHA-256, in one run.

    python benchmarks/speed.py [--rounds 12]

Everything is a ratio of CPU times measured side by side, because the machines are shared; wall
time is given where it is what a person waits for. Files are made here and signed by a throw-away
authority, so the figures need no other material.

1. Small signed JPEG: the marginal cost of one file in `assay check` (the slope between 100 and 500
   copies, children included) over that of a bare c2pa-python loop reading in the same context.
2. A 30 MB signed WAV in a warm process: hashing and verifying, over hashlib's SHA-256 alone.
3. A file with neither manifest nor metadata: its marginal cost beyond reading and hashing it.
4. Start-up: `assay check` on one file.

All of them run `--only provenance`: detectors decode the pixels and the sound, which is another
cost, told by their own figures (`docs/marks.md`).
"""

from __future__ import annotations

import argparse
import hashlib
import io
import os
import random
import resource
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
import wave
from collections.abc import Callable
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path

from PIL import Image

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

FEW, MANY = 100, 500
WAV_MIB = 30

BARE_LOOP = """
import sys
import c2pa
from pathlib import Path
from provenance.c2pa import native
from provenance.c2pa.trust import TrustStore
store = TrustStore.shipped().with_private(Path(sys.argv[1]).read_bytes())
context = native.Contexts(store).signers
for path in sorted(Path(sys.argv[2]).iterdir()):
    c2pa.Reader(str(path), context=context).json()
"""

READ_LOOP = """
import hashlib
import sys
from pathlib import Path
for path in sorted(Path(sys.argv[1]).iterdir()):
    hashlib.sha256(path.read_bytes()).hexdigest()
"""


def main() -> None:
    """Run all four and print a table."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rounds", type=int, default=12, help="repetitions, medians are shown")
    rounds = parser.parse_args().rounds
    with tempfile.TemporaryDirectory() as folder:
        work = Path(folder)
        anchors = make_files(work)
        print(f"{datetime.now(UTC):%Y-%m-%d}, Assay {version('assay-provenance')}, ", end="")
        print(f"c2pa-python {version('c2pa-python')}, Python {sys.version.split()[0]}, ", end="")
        print(f"{os.cpu_count()} processors, medians of {rounds} rounds\n")
        small_jpeg(work, anchors, rounds)
        large_wav(work, anchors, rounds)
        plain_file(work, rounds)
        start_up(work, rounds)


def make_files(work: Path) -> Path:
    """Folders of copies, a signed WAV, and the root certificate."""
    from tools.authority import Authority

    authority = Authority.new("Assay Benchmarks")
    anchors = work / "root.pem"
    anchors.write_bytes(authority.root)
    created = [{"action": "c2pa.created", "digitalSourceType": DIGITAL_CAPTURE}]
    noise = random.Random(1)
    plain = picture(noise)
    signed = authority.sign(plain, "image/jpeg", "noise", created)
    for count in (FEW, MANY):
        copies(work / f"signed{count}", signed, count)
        copies(work / f"plain{count}", plain, count)
    sound = io.BytesIO()
    with wave.open(sound, "wb") as out:
        out.setnchannels(2)
        out.setsampwidth(2)
        out.setframerate(44_100)
        for _ in range(WAV_MIB):
            out.writeframes(noise.randbytes(1 << 20))
    (work / "long.wav").write_bytes(authority.sign(sound.getvalue(), "audio/wav", "noise", created))
    return anchors


DIGITAL_CAPTURE = "http://cv.iptc.org/newscodes/digitalsourcetype/digitalCapture"


def picture(noise: random.Random) -> bytes:
    """A JPEG of about 160 KB without metadata."""
    held = io.BytesIO()
    Image.frombytes("RGB", (320, 320), noise.randbytes(320 * 320 * 3)).save(
        held, "JPEG", quality=92
    )
    return held.getvalue()


def copies(folder: Path, data: bytes, count: int) -> None:
    """`count` files of the same bytes."""
    folder.mkdir()
    for number in range(count):
        (folder / f"{number:04d}.jpg").write_bytes(data)


def child_cpu(command: list[str]) -> float:
    """CPU seconds of a command and all its children."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    subprocess.run(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, check=False)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def slope(command: Callable[[int], list[str]]) -> float:
    """CPU seconds one more file costs."""
    return (child_cpu(command(MANY)) - child_cpu(command(FEW))) / (MANY - FEW)


def assay(*arguments: str) -> list[str]:
    """The command, as installed beside this interpreter."""
    found = shutil.which("assay", path=str(Path(sys.executable).parent)) or "assay"
    only = ["--only", "provenance"]
    return [found, "check", *arguments, *only, "--format", "ndjson", "--workers", "1"]


def small_jpeg(work: Path, anchors: Path, rounds: int) -> None:
    """Marginal CPU per small signed JPEG, over the bare library."""
    ours, bare = [], []
    for _ in range(rounds):
        ours.append(slope(lambda n: assay(str(work / f"signed{n}"), "--trust", str(anchors))))
        bare.append(
            slope(
                lambda n: [sys.executable, "-c", BARE_LOOP, str(anchors), str(work / f"signed{n}")]
            )
        )
    ratios = sorted(a / b for a, b in zip(ours, bare, strict=True))
    a, b, ratio = map(statistics.median, (ours, bare, ratios))
    print(f"1. small signed JPEG   {a * 1e3:.2f} ms CPU, bare loop {b * 1e3:.2f} ms, ", end="")
    print(f"ratio {ratio:.2f} ({ratios[0]:.2f} to {ratios[-1]:.2f}; at most 1.6)")


def large_wav(work: Path, anchors: Path, rounds: int) -> None:
    """Hashing and verifying a large file, over SHA-256 alone."""
    from provenance.c2pa.trust import TrustStore
    from service.policy import DEFAULT
    from service.screening import Screener

    data = (work / "long.wav").read_bytes()
    trust = TrustStore.shipped().with_private(anchors.read_bytes())
    cpu, wall = [], []
    with Screener(policy=DEFAULT.only(["provenance"]), trust=trust) as screener:
        integrity = screener.screen(work / "long.wav").verdict.integrity
        if integrity != "intact":
            sys.exit(f"the signed WAV reads {integrity}")
        for _ in range(rounds):
            floor = timed(lambda: hashlib.sha256(data).digest(), 10)
            ours = timed(lambda: screener.screen(work / "long.wav"), 10)
            cpu.append(floor[0] / ours[0])
            wall.append(floor[1] / ours[1])
    print(f"2. 30 MB signed WAV    {statistics.median(cpu):.0%} of SHA-256's rate in CPU ", end="")
    print(f"(at least 35 %), {statistics.median(wall):.0%} in wall time (at least 55 %)")


def timed(work: Callable[[], object], times: int) -> tuple[float, float]:
    """CPU and wall seconds of one call, this process and its running children together."""
    cpu, wall = tree_cpu(), time.perf_counter()
    for _ in range(times):
        work()
    return (tree_cpu() - cpu) / times, (time.perf_counter() - wall) / times


def tree_cpu() -> float:
    """CPU seconds so far of this process and its live children (Linux)."""
    own = time.process_time()
    for stat in Path("/proc").glob("[0-9]*/schedstat"):
        try:
            parent = int((stat.parent / "stat").read_text().rpartition(")")[2].split()[1])
            if parent == os.getpid():
                own += (
                    sum(
                        int((task / "schedstat").read_text().split()[0])
                        for task in (stat.parent / "task").iterdir()
                    )
                    / 1e9
                )
        except OSError:
            continue
    return own


def plain_file(work: Path, rounds: int) -> None:
    """Marginal CPU of a file with nothing in it, beyond reading and hashing it."""
    extra = []
    for _ in range(rounds):
        ours = slope(lambda n: assay(str(work / f"plain{n}")))
        read = slope(lambda n: [sys.executable, "-c", READ_LOOP, str(work / f"plain{n}")])
        extra.append(ours - read)
    print(
        f"3. plain file          {statistics.median(extra) * 1e3:.2f} ms CPU beyond reading ",
        end="",
    )
    print("and hashing it (under 2 ms)")


def start_up(work: Path, rounds: int) -> None:
    """Wall time of one command on one file, and of a bare interpreter."""
    one = str(work / f"signed{FEW}" / "0000.jpg")

    def wall(command: list[str]) -> float:
        began = time.perf_counter()
        subprocess.run(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, check=False)
        return time.perf_counter() - began

    text = assay("--only", "provenance", one)[:-6]
    ours = statistics.median(wall(text) for _ in range(max(rounds, 5)))
    bare = statistics.median(wall([sys.executable, "-c", "pass"]) for _ in range(max(rounds, 5)))
    print(
        f"4. start-up            {ours:.2f} s for one file (under 1 s), python -c pass {bare:.2f} s"
    )


if __name__ == "__main__":
    main()
