"""What taking uploads in costs while everything else is busy: latency, throughput, memory.

    python benchmarks/service.py [--rate 2] [--seconds 60] [--minutes 4] [--detect]

Starts `assay serve` in a folder of its own, hands in recordings of `--minutes` minutes (MP3, 128
kbit/s, each other bytes) at `--rate` a second for `--seconds`, and prints how long each upload took
to be accepted (202), how many screenings ended meanwhile, and how much memory the processes of the
service had at most. With `--detect` the detectors run too, which keeps the workers saturated; else
only the path of metadata, provenance and rights. The floor is what the bytes cost by themselves:
written to a file, hashed, and synced to disk, in the same minute.
"""

from __future__ import annotations

import argparse
import hashlib
import io
import os
import re
import socket
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path

import httpx2
import numpy as np
import soundfile

RATE = 44_100
COMMAND = (sys.executable, "-c", "from service.cli import main; main()")


def main() -> None:
    """Run and print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rate", type=float, default=2.0)
    parser.add_argument("--seconds", type=float, default=60.0)
    parser.add_argument("--minutes", type=float, default=4.0)
    parser.add_argument("--detect", action="store_true")
    asked = parser.parse_args()
    song = recording(asked.minutes)
    print(f"{datetime.now(UTC):%Y-%m-%d}, Assay {version('assay-provenance')}, ", end="")
    print(f"{os.cpu_count()} processors, load {os.getloadavg()[0]:.1f}")
    print(f"{asked.rate:g} uploads a second for {asked.seconds:g} s, {len(song):,} bytes each\n")
    with tempfile.TemporaryDirectory() as folder:
        run(Path(folder), song, asked)


def recording(minutes: float) -> bytes:
    """An MP3 of chords that drift: what a decoder and the detectors have to work for."""
    moments = np.arange(int(minutes * 60 * RATE)) / RATE
    rng = np.random.default_rng(1)
    tones = sum(
        np.sin(2 * np.pi * (f + 0.3 * np.sin(moments * s)) * moments)
        for f, s in zip(rng.uniform(80, 4000, 12), rng.uniform(0.1, 2, 12), strict=True)
    )
    sound = 0.05 * tones + 0.01 * rng.standard_normal(len(moments))
    held = io.BytesIO()
    soundfile.write(held, sound.astype(np.float32), RATE, format="MP3", subtype="MPEG_LAYER_III")
    return held.getvalue()


def run(folder: Path, song: bytes, asked: argparse.Namespace) -> None:
    """Start the service, hand works in, and say what happened."""
    checks = '["provenance", "rights", "detect"]' if asked.detect else '["provenance", "rights"]'
    (folder / "policy.toml").write_text(f"run = {checks}\n")
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    environment = {
        **os.environ,
        "ASSAY_DATA": str(folder / "data"),
        "ASSAY_PORT": str(port),
        "ASSAY_POLICY": str(folder / "policy.toml"),
        "ASSAY_REQUESTS_PER_MINUTE": "100000",
    }
    with (folder / "log").open("wb") as log:
        served = subprocess.Popen([*COMMAND, "serve"], env=environment, stderr=log, stdout=log)
    try:
        base = f"http://127.0.0.1:{port}"
        until = time.monotonic() + 60
        while not ready(base):
            if time.monotonic() > until:
                sys.exit((folder / "log").read_text())
            time.sleep(0.2)
        key = re.findall(r"assay_[\w-]+", (folder / "log").read_text())[0]
        measure(base, {"Authorization": f"Bearer {key}"}, song, asked, served.pid, folder)
    finally:
        served.terminate()
        served.wait()


def ready(base: str) -> bool:
    """Whether it answers."""
    try:
        return httpx2.get(f"{base}/readyz", trust_env=False).status_code == 200
    except httpx2.HTTPError:
        return False


def measure(
    base: str,
    headers: dict[str, str],
    song: bytes,
    asked: argparse.Namespace,
    pid: int,
    folder: Path,
) -> None:
    """Hand works in at an even pace, whatever the answers take."""
    taken: list[float] = []
    floors: list[float] = []
    memory: list[int] = []
    refused: list[str] = []

    def upload(number: int) -> None:
        body = song + number.to_bytes(8, "big")  # other bytes each time: nothing is known already
        start = time.perf_counter()
        with httpx2.Client(trust_env=False, timeout=60) as client:
            files = {"file": ("song.mp3", body)}
            answer = client.post(f"{base}/v1/screenings", headers=headers, files=files)
        if answer.status_code == 202:
            taken.append(time.perf_counter() - start)
        else:
            refused.append(answer.text)

    threads = []
    begun = time.monotonic()
    for number in range(int(asked.rate * asked.seconds)):
        due = begun + number / asked.rate
        time.sleep(max(0.0, due - time.monotonic()))
        threads.append(threading.Thread(target=upload, args=(number,)))
        threads[-1].start()
        if number % 10 == 0:
            memory.append(resident(pid))
            floors.append(floor(song, folder))
    for thread in threads:
        thread.join()
    elapsed = time.monotonic() - begun
    states = re.findall(
        r'assay_screenings\{state="(\w+)"\} ([\d.]+)',
        httpx2.get(f"{base}/metrics", trust_env=False).text,
    )
    cuts = statistics.quantiles(taken, n=100)
    print(f"accepted          {len(taken)} of {len(threads)}, {len(refused)} refused")
    print(f"accept latency    p50 {1e3 * cuts[49]:.0f} ms, p95 {1e3 * cuts[94]:.0f} ms, ", end="")
    print(f"max {1e3 * max(taken):.0f} ms")
    print(f"floor             {1e3 * statistics.median(floors):.0f} ms to write, hash and sync")
    print(f"ratio             p50 {cuts[49] / statistics.median(floors):.1f} times the floor")
    print(f"after {elapsed:.0f} s        {', '.join(f'{n:.0f} {s}' for s, n in floats(states))}")
    print(f"memory            {max(memory) / 2**20:.0f} MiB at most, all processes")


def floats(states: list[tuple[str, str]]) -> list[tuple[str, float]]:
    """Counts by state."""
    return [(state, float(count)) for state, count in states]


def floor(song: bytes, folder: Path) -> float:
    """Seconds that the bytes cost by themselves."""
    start = time.perf_counter()
    with (folder / "floor").open("wb") as file:
        file.write(song)
        hashlib.sha256(song).hexdigest()
        file.flush()
        os.fsync(file.fileno())
    return time.perf_counter() - start


def resident(pid: int) -> int:
    """Bytes that a process and its children have in memory."""
    children = [pid]
    for one in children:
        for task in Path(f"/proc/{one}/task").glob("*/children"):
            children += [int(child) for child in task.read_text().split()]
    total = 0
    for one in children:
        try:
            found = re.search(r"VmRSS:\s+(\d+)", Path(f"/proc/{one}/status").read_text())
        except FileNotFoundError:
            continue
        total += 1024 * int(found[1]) if found else 0
    return total


if __name__ == "__main__":
    main()
