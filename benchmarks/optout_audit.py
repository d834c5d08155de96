"""How fast an audit is, and whether its memory stays flat: ratios against peers in the same run.

    python benchmarks/optout_audit.py rows [--rows 1000000] [--hosts 2000]
    python benchmarks/optout_audit.py archive [--records 20000]

`rows` audits a CSV of URLs given dated snapshots of their hosts, at a tenth of the rows and at all
of them: rows a second, the largest memory any of its processes held, and the time against the floor
(reading the same CSV and writing as many bytes, with no question asked). `archive` judges every
answer of a WARC on one core, with its header fields and the heads of its pages, and compares the
rate with reading nothing but the headers by warcio. Everything is made here.
"""

from __future__ import annotations

import argparse
import csv
import gzip
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


def make_archive(path: Path, records: int) -> None:
    """Pages of 24 KiB, 5 KB compressed; one in fifty says something about rights."""
    random.seed(6)
    words = [f"word{n}" for n in range(500)]
    with path.open("wb") as file:
        for n in range(records):
            text = " ".join(random.choices(words, k=1000) * 3)
            meta = '<meta name="robots" content="noai">' if n % 100 == 0 else ""
            own = "X-Robots-Tag: noai\r\n" if n % 100 == 50 else ""
            body = f"<html><head><title>{n}</title>{meta}</head><body>{text}</body></html>"
            block = (
                "HTTP/1.1 200 OK\r\nServer: nginx\r\nDate: Fri, 01 Mar 2024 12:00:00 GMT\r\n"
                "Content-Type: text/html; charset=utf-8\r\nCache-Control: max-age=600\r\n"
                f"Vary: Accept-Encoding\r\nX-Frame-Options: DENY\r\n{own}"
                f"Content-Length: {len(body)}\r\n\r\n{body}"
            ).encode()
            head = (
                "WARC/1.0\r\nWARC-Type: response\r\nWARC-Date: 2024-03-01T12:00:00Z\r\n"
                f"WARC-Record-ID: <urn:uuid:00000000-0000-4000-8000-{n:012d}>\r\n"
                f"WARC-Target-URI: https://h{n % 300}.example/page/{n}\r\n"
                "Content-Type: application/http; msgtype=response\r\n"
                f"Content-Length: {len(block)}\r\n\r\n"
            ).encode()
            file.write(gzip.compress(head + block + b"\r\n\r\n", 6))


def measure_archive(records: int) -> None:
    from warcio.archiveiterator import ArchiveIterator

    from service.optout.audit.pack import HistoryPack
    from service.optout.audit.worker import Worker
    from service.optout.histories import open_history

    with tempfile.TemporaryDirectory() as made:
        folder = Path(made)
        (folder / "history").mkdir()
        make_history(folder / "history", 300)
        source = folder / "crawl.warc.gz"
        make_archive(source, records)
        history = folder / "history"
        pack = HistoryPack([(history, open_history(history))])
        worker = Worker({"purpose": "train-genai", "agent": "GPTBot"}, [])
        job = {"kind": "warc", "start": 0, "count": records, "head": 64 * 1024}
        best = {"assay": 1e9, "warcio": 1e9}
        for _ in range(3):
            with source.open("rb") as file:
                started = time.perf_counter()
                answer = worker(job, [*pack.fds, file.fileno()], [])
                best["assay"] = min(best["assay"], time.perf_counter() - started)
                if answer.count(b'"schema":"assay/finding/1"') != records:
                    raise SystemExit("not every record was judged")
            with source.open("rb") as file:
                started = time.perf_counter()
                seen = sum(one.rec_type == "response" for one in ArchiveIterator(file))
                best["warcio"] = min(best["warcio"], time.perf_counter() - started)
                if seen != records:
                    raise SystemExit("warcio read other records")
        pack.close()
        size = source.stat().st_size / 1e6
        for name, seconds in best.items():
            print(f"{name:>7}: {records / seconds:8,.0f} records/s ({size / seconds:5.1f} MB/s)")
        print(f"  ratio: {best['warcio'] / best['assay']:.1f}x")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("what", choices=("rows", "archive"))
    parser.add_argument("--rows", type=int, default=1_000_000)
    parser.add_argument("--hosts", type=int, default=2000)
    parser.add_argument("--records", type=int, default=20_000)
    parser.add_argument("--workers", type=int, default=os.cpu_count() or 1)
    given = parser.parse_args()
    if given.what == "rows":
        measure_rows(given.rows, given.hosts, given.workers)
    else:
        measure_archive(given.records)


if __name__ == "__main__":
    main()
