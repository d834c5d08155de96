"""How fast an audit is, and whether its memory stays flat: ratios against a floor in the same run.

    python benchmarks/optout_audit.py [--rows 1000000] [--hosts 2000] [--workers 2]

A CSV of URLs is audited given dated snapshots of their hosts, at a tenth of the rows and at all of
them: rows a second, the largest memory any of its processes held, and the time against the floor
(reading the same CSV and writing as many bytes, with no question asked). Everything is made here.
Audits of archives are measured by `benchmarks/optout_archive.py`.
"""

from __future__ import annotations

import argparse
import csv
import json
import os
import random
import subprocess
import sys
import tempfile
import time
from pathlib import Path

TOKENS = ("GPTBot", "CCBot", "ClaudeBot", "Google-Extended", "Bytespider", "PerplexityBot")
DAYS = ("20230701", "20231001", "20240101", "20240701")


def make_history(folder: Path, hosts: int) -> None:
    """Snapshots of hosts, some of which shut crawlers out at some time."""
    random.seed(4)
    for host in range(hosts):
        shut = random.randrange(6)
        for n, day in enumerate(DAYS):
            lines = ["User-agent: *", "Disallow: /admin/", "Disallow: /*?print=", "Allow: /"]
            lines += [f"Disallow: /section{k}/private" for k in range(30)]
            for token in TOKENS if n >= shut else ():
                lines += ["", f"User-agent: {token}", "Disallow: /"]
            body = "\n".join([*lines, f"Sitemap: https://h{host}.example/sitemap.xml", ""])
            (folder / f"h{host}.example_{day}.txt").write_text(body)


def make_rows(path: Path, rows: int, hosts: int) -> None:
    """URLs with days; one in four stands on a host nobody observed."""
    random.seed(5)
    with path.open("w") as file:
        file.write("url,date\n")
        for row in range(rows):
            host = random.randrange(hosts + hosts // 3)
            day = f"{random.choice((2023, 2024))}-{random.randrange(1, 13):02d}-15"
            file.write(
                f"https://h{host}.example/section{row % 50}/story-{row}.html?x={row},{day}\n"
            )


def audit(source: Path, history: Path, out: Path, rows: int, workers: int) -> tuple[float, int]:
    """Seconds, and kibibytes of the largest process; every row was judged."""
    program = (
        "import resource, sys; from service.cli import _run; "
        "status = _run(sys.argv[1:]); "
        "print(max(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss, "
        "resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss), status)"
    )
    command = [sys.executable, "-c", program, "optout", "audit", source, "--history", history]
    options = ["--agent", "GPTBot", "--out", out, "--workers", str(workers)]
    started = time.perf_counter()
    done = subprocess.run([*command, *options], check=True, stdout=subprocess.PIPE, text=True)
    seconds = time.perf_counter() - started
    memory, status = done.stdout.split()
    coverage = json.loads((out / "coverage.json").read_text())
    if status != "1" or coverage["unreadable"] or coverage["judged"] != rows:
        raise SystemExit(f"the audit ended with {status}, {coverage['judged']} of {rows} rows")
    return seconds, int(memory)


def floor(source: Path, out: Path) -> float:
    """Seconds to read the rows and to write as many bytes as the audit did, and nothing else."""
    size = sum((out / name).stat().st_size for name in ("findings.ndjson", "findings.csv"))
    started = time.perf_counter()
    with source.open(newline="") as file, (out / "floor").open("wb") as copy:
        rows = list(csv.reader(file))
        line = b"x" * (size // len(rows))
        for url, day in rows:
            copy.write(line)
            json.dumps([url, day])
    (out / "floor").unlink()
    return time.perf_counter() - started


def measure_rows(rows: int, hosts: int, workers: int) -> None:
    with tempfile.TemporaryDirectory() as made:
        folder = Path(made)
        (folder / "history").mkdir()
        make_history(folder / "history", hosts)
        print(f"{hosts:,} hosts, {hosts * len(DAYS):,} snapshots, {workers} workers")
        for count in (rows // 10, rows):
            source, out = folder / f"{count}.csv", folder / f"out-{count}"
            make_rows(source, count, hosts)
            seconds, memory = audit(source, folder / "history", out, count, workers)
            least = floor(source, out)
            print(
                f"{count:>9,} rows: {seconds:6.1f} s, {count / seconds:8,.0f} rows/s, "
                f"largest process {memory / 1024:5.0f} MiB, {seconds / least:4.1f}x the floor"
            )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rows", type=int, default=1_000_000)
    parser.add_argument("--hosts", type=int, default=2000)
    parser.add_argument("--workers", type=int, default=os.cpu_count() or 1)
    given = parser.parse_args()
    measure_rows(given.rows, given.hosts, given.workers)


if __name__ == "__main__":
    main()
