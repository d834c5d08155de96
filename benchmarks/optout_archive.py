"""What reading a web archive costs, against warcio and fastwarc alone, in the same run.

    taskset -c 0 python benchmarks/optout_archive.py [--rounds 3] [--records 20000] [--size 4000]
    python benchmarks/optout_archive.py --workers 2 --records 100000

The archive is made here: answers of pages with the header fields of ordinary servers, of which some
say something about rights in a field or an element, compressed record by record. Every figure of a
reading is CPU time of one process, best of the rounds; the ratios are to warcio going through the
same file and looking at nothing but URL, status and one header field of each answer. Of whole
audits, which have several processes, the time that passes is compared, with all that an audit does:
starting, the digest of the archive, judging by snapshots of the hosts, findings in three formats
and the page.

1. warcio, header fields only; the same with the bodies read.
2. fastwarc alone: what is left of the time when nothing is done with a record.
3. Our records, header fields only, and with the pages.
4. Rows of an audit: all protocols of header fields, then of pages too, read by their readers.
5. The command `assay optout audit`, start to end, if `--workers` is given.
"""

from __future__ import annotations

import argparse
import gzip
import json
import random
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path

from fastwarc.warc import ArchiveIterator as FastIterator
from fastwarc.warc import WarcRecordType
from warcio.archiveiterator import ArchiveIterator

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from provenance.rights.warc import records  # noqa: E402
from service.optout.audit.answers import archive_rows  # noqa: E402

HEAD = 64 * 1024
HOSTS = 500
HEADERS = (
    "Date: Sun, 01 Feb 2026 00:00:00 GMT",
    "Server: nginx",
    "Cache-Control: max-age=600",
    "Vary: Accept-Encoding",
    "Strict-Transport-Security: max-age=31536000",
    "X-Frame-Options: SAMEORIGIN",
    "X-Content-Type-Options: nosniff",
)
SAID = (
    "TDM-Reservation: 1",
    "X-Robots-Tag: noai",
    "Content-Usage: train-ai=n",
    "Content-Signal: ai-train=no",
)
SHARE = 0.01
"""Of the answers say something in a header field, and as many in an element."""


def main() -> None:
    """Make an archive, read it in every way, print a table."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rounds", type=int, default=3, help="repetitions, the best is shown")
    parser.add_argument("--records", type=int, default=20_000)
    parser.add_argument("--size", type=int, default=4000, help="bytes of a page, on average")
    parser.add_argument("--workers", type=int, help="also run whole audits, with so many")
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "pages.warc.gz"
        make(path, asked.records, asked.size)
        print(f"{datetime.now(UTC):%Y-%m-%d}, Assay {version('assay-provenance')}, ", end="")
        print(f"warcio {version('warcio')}, fastwarc {version('fastwarc')}, ", end="")
        print(f"Python {sys.version.split()[0]}, best of {asked.rounds} rounds")
        size = path.stat().st_size / asked.records / 1000
        print(f"{asked.records:,} answers of {size:.1f} kB compressed\n")
        ways: list[tuple[str, Callable[[Path], int]]] = [
            ("warcio, header fields", with_warcio),
            ("warcio, header fields and bodies", with_warcio_bodies),
            ("fastwarc alone", with_fastwarc),
            ("records, header fields", with_headers),
            ("records, header fields and pages", with_pages),
            ("rows, protocols of header fields", with_header_rows),
            ("rows, every protocol", with_rows),
        ]
        best = dict.fromkeys((name for name, _ in ways), float("inf"))
        for _ in range(asked.rounds):
            for name, read in ways:  # side by side, so that all meet the same noise
                start = time.process_time()
                found = read(path)
                best[name] = min(best[name], time.process_time() - start)
                if found != asked.records:
                    raise SystemExit(f"{name}: {found} answers of {asked.records}")
        reference = best[ways[0][0]]
        for name, seconds in best.items():
            rate = asked.records / seconds
            print(f"{name:36} {rate:10,.0f} a second {reference / seconds:6.2f} x warcio")
        if asked.workers:
            whole_audit(path, asked.workers)


def make(path: Path, number: int, size: int) -> None:
    """Write an archive."""
    noise = random.Random(1)
    letters = "abcdefghijklmnopqrstuvwxyz"
    words = ["".join(noise.choices(letters, k=noise.randint(2, 10))) for _ in range(400)]
    texts = [_text(noise, words, size * share // 4) for share in (1, 2, 4, 9) for _ in range(50)]
    with path.open("wb") as file:
        for index in range(number):
            file.write(gzip.compress(_record(noise, index, noise.choice(texts)), 6))


def _text(noise: random.Random, words: list[str], size: int) -> str:
    text = ""
    while len(text) < size:
        text += f'<p class="c{noise.randint(0, 99)}">{" ".join(noise.choices(words, k=60))}</p>\n'
    return text


def _record(noise: random.Random, index: int, text: str) -> bytes:
    said = [noise.choice(SAID)] if noise.random() < SHARE else []
    robots = "noai" if noise.random() < SHARE else "max-image-preview:large"
    page = (
        f"<!doctype html><html><head><title>Page {index}</title>"
        f'<meta name="viewport" content="width=device-width"><meta name="robots" '
        f'content="index, {robots}"><link rel="stylesheet" href="/a.css"></head>'
        f"<body>{text}</body></html>"
    ).encode()
    fields = ["Content-Type: text/html; charset=utf-8", f"Content-Length: {len(page)}", *HEADERS]
    fields += [f"Set-Cookie: sid={noise.getrandbits(128):x}; path=/", *said]
    block = "\r\n".join(["HTTP/1.1 200 OK", *fields, "", ""]).encode() + page
    head = (
        "WARC/1.0\r\nWARC-Type: response\r\n"
        f"WARC-Target-URI: https://h{index % HOSTS}.example/p/{index}\r\n"
        f"WARC-Date: 2026-02-01T{index // 3600 % 24:02}:{index // 60 % 60:02}:{index % 60:02}Z\r\n"
        f"WARC-Record-ID: <urn:uuid:{index:032x}>\r\n"
        f"Content-Type: application/http; msgtype=response\r\nContent-Length: {len(block)}\r\n\r\n"
    ).encode()
    return head + block + b"\r\n\r\n"


def with_warcio(path: Path, *, bodies: bool = False) -> int:
    """URL, status and a header field of each answer."""
    found = 0
    with path.open("rb") as file:
        for one in ArchiveIterator(file):
            if one.rec_type == "response":
                found += 1
                one.rec_headers.get_header("WARC-Target-URI")
                one.http_headers.get_statuscode()
                one.http_headers.get_header("X-Robots-Tag")
                if bodies:
                    one.content_stream().read()
    return found


def with_warcio_bodies(path: Path) -> int:
    """The same, and the bodies."""
    return with_warcio(path, bodies=True)


def with_fastwarc(path: Path) -> int:
    """The records, and nothing of them."""
    with path.open("rb") as file:
        answers = FastIterator(file, record_types=WarcRecordType.response, parse_http=False)
        return sum(1 for _ in answers)


def with_headers(path: Path) -> int:
    """Our records without pages."""
    with path.open("rb") as file:
        return sum(1 for _ in records(file.fileno(), head=0))


def with_pages(path: Path) -> int:
    """Our records."""
    with path.open("rb") as file:
        return sum(1 for _ in records(file.fileno(), head=HEAD))


def with_rows(path: Path, *, head: int = HEAD) -> int:
    """Rows as an audit judges them."""
    with path.open("rb") as file:
        return sum(1 for _ in archive_rows(file.fileno(), 0, None, head=head))


def with_header_rows(path: Path) -> int:
    """Rows of which no page was looked at."""
    return with_rows(path, head=0)


def whole_audit(path: Path, workers: int) -> None:
    """The command, against warcio, by the time that passes."""
    history, out = path.parent / "history", path.parent / "out"
    history.mkdir()
    for host in range(HOSTS):
        rules = "User-agent: GPTBot\nDisallow: /p/1\n\nUser-agent: *\nAllow: /\n"
        (history / f"h{host}.example_20260115.txt").write_text(rules)
    start = time.perf_counter()
    number = with_warcio(path)
    reference = time.perf_counter() - start
    command = [
        sys.executable,
        "-c",
        "from service.cli import main; main()",
        "optout",
        "audit",
        path,
    ]
    options = ["--history", history, "--agent", "GPTBot", "--workers", str(workers), "--out", out]
    start = time.perf_counter()
    done = subprocess.run([*command, *options], cwd=ROOT, check=False, stdout=subprocess.DEVNULL)
    seconds = time.perf_counter() - start
    judged = json.loads((out / "coverage.json").read_text())["judged"]
    if done.returncode not in (0, 1) or judged != number:
        raise SystemExit(f"the audit ended with {done.returncode}, {judged} of {number} rows")
    print(f"\nwarcio, header fields: {number / reference:,.0f} a second of time that passes")
    print(f"the audit, {workers} workers: {number / seconds:,.0f} a second", end="")
    print(f", {reference / seconds:.2f} x warcio")


if __name__ == "__main__":
    main()
