"""What reading robots.txt costs, against protego and Google's matcher (jwm-robotstxt), in one run.

    python benchmarks/robots.py [--rounds 5] [--files FOLDER_OR_JSONL_GZ]

Files are real ones where there are any (ASSAY_TEST_DATA, or `--files`: a folder of robots.txt, or a
gzip of JSON lines with `body_base64`), else some of the same sizes are made here. Every figure is a
ratio of CPU times measured side by side, best of the rounds, on one core.

1. Parsing: every file once; protego is given text, and decodes it in its time as we do in ours.
2. Deciding: many URLs of each file for one agent, whose rules are arranged at the first question.
3. All of it: parse, arrange and decide the first URL. Google's matcher reads the file for each URL.
4. The worst: files written to be slow; the slowest decision of each, beside Google's matcher.
5. Rights: the records of a site for a million URLs on one core, as an audit asks for them.
"""

from __future__ import annotations

import argparse
import base64
import gzip
import json
import os
import random
import sys
import time
from collections.abc import Callable
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path

from jwm.robotstxt.googlebot import RobotsMatcher
from protego import Protego

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from provenance.rights.readers.robots_txt import parse  # noqa: E402
from provenance.rights.records import Channel  # noqa: E402
from provenance.rights.robots import RobotsTxt  # noqa: E402
from provenance.rights.surroundings import RightsFile  # noqa: E402

PACK = Path(os.environ.get("ASSAY_TEST_DATA", ROOT / ".." / "shared" / "data"))
AGENTS = ("GPTBot", "CCBot", "Googlebot")
WORDS = ("news", "video", "search", "tag", "author", "wp-content", "2026", "img", "a", "index.php")
URLS_A_FILE = 60
SITE_URLS = 1_000_000


def main() -> None:
    """Run all five and print a table."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rounds", type=int, default=5, help="repetitions, the best is shown")
    parser.add_argument("--files", type=Path, default=PACK / "optout" / "robots_corpus.jsonl.gz")
    asked = parser.parse_args()
    noise = random.Random(1)
    files = read(asked.files) if asked.files.exists() else made(noise)
    sizes = sum(map(len, files)) / len(files) / 1000
    print(f"{datetime.now(UTC):%Y-%m-%d}, Assay {version('assay-provenance')}, ", end="")
    print(f"protego {version('protego')}, jwm-robotstxt {version('jwm.robotstxt')}, ", end="")
    print(f"Python {sys.version.split()[0]}, best of {asked.rounds} rounds")
    kind = "real" if asked.files.exists() else "made"
    print(f"{len(files):,} {kind} files of {sizes:.1f} kB on average\n")
    parsing(files, asked.rounds)
    deciding(files, asked.rounds, noise)
    altogether(files, asked.rounds)
    worst(asked.rounds)
    rights(files)


def read(place: Path) -> list[bytes]:
    """Real files."""
    if place.is_dir():
        return [one.read_bytes() for one in sorted(place.rglob("*.txt"))]
    with gzip.open(place) as lines:
        return [base64.b64decode(json.loads(line)["body_base64"]) for line in lines]


def made(noise: random.Random) -> list[bytes]:
    """Files like real ones: a few groups, mostly plain beginnings, some wildcards."""
    return [made_file(noise) for _ in range(2000)]


def made_file(noise: random.Random) -> bytes:
    """One file."""
    lines = ["# robots.txt"]
    for names in (["*"], ["GPTBot", "CCBot"], ["Googlebot"], ["Bingbot", "Slurp"])[
        : noise.randint(1, 4)
    ]:
        lines += ["", *(f"User-agent: {name}" for name in names), "Crawl-delay: 10"]
        for _ in range(int(noise.expovariate(1 / 30)) + 1):
            path = "/" + "/".join(noise.choices(WORDS, k=noise.randint(1, 3)))
            path += noise.choice(("", "", "", "/", "/", "*", "/*.pdf$", "/*?sort="))
            lines.append(f"{noise.choice(('Disallow', 'Disallow', 'Allow'))}: {path}")
    return "\n".join((*lines, "Sitemap: https://host.example/sitemap.xml", "")).encode()


def seconds(work: Callable[[], object], rounds: int) -> float:
    """CPU seconds of one call, the best of some."""
    best = float("inf")
    for _ in range(rounds):
        began = time.process_time()
        work()
        best = min(best, time.process_time() - began)
    return best


def parsing(files: list[bytes], rounds: int) -> None:
    """Parsing alone."""
    ours = seconds(lambda: [RobotsTxt.parse(body) for body in files], rounds)
    theirs = seconds(lambda: [Protego.parse(body.decode("utf-8", "ignore")) for body in files],
                     rounds)  # fmt: skip
    print(f"1. parsing     {len(files) / ours:9,.0f} files/s; ", end="")
    print(f"{ours / theirs:.2f} of protego's time (at most 1.3)")


def deciding(files: list[bytes], rounds: int, noise: random.Random) -> None:
    """Decisions with the rules of the agent arranged."""
    asked = [(body, urls(body, noise)) for body in files]
    ours = [(RobotsTxt.parse(body), these) for body, these in asked]
    theirs = [(Protego.parse(body.decode("utf-8", "ignore")), these) for body, these in asked]
    count = sum(len(these) for _, these in asked)

    def decide() -> None:
        for robots, these in ours:
            allowed = robots.allowed
            for url in these:
                allowed("GPTBot", url)

    def decide_protego() -> None:
        for robots, these in theirs:
            fetch = robots.can_fetch
            for url in these:
                fetch(url, "GPTBot")

    decide()
    decide_protego()
    mine, other = seconds(decide, rounds), seconds(decide_protego, rounds)
    print(f"2. deciding    {count / mine:9,.0f} URLs/s (at least 200,000); ", end="")
    print(f"{other / mine:.1f} times protego's rate")


def urls(body: bytes, noise: random.Random) -> list[str]:
    """Absolute URLs: some that rules of the file speak of, some that none does."""
    rules = [rule for group in RobotsTxt.parse(body).groups for rule in group.rules]
    found = []
    for _ in range(URLS_A_FILE):
        path = "/" + "/".join(noise.choices(WORDS, k=noise.randint(1, 4)))
        if rules and noise.random() < 0.5:
            pattern = noise.choice(rules).pattern.removesuffix("$").replace("*", "x")
            path = (pattern if pattern.startswith("/") else "/") + noise.choice(("", "y.html"))
        found.append(f"https://host.example{path}")
    return found


def altogether(files: list[bytes], rounds: int) -> None:
    """One question to a file that was never seen."""
    url, matcher = "https://host.example/news/2026/a.html", RobotsMatcher()
    ours = seconds(lambda: [RobotsTxt.parse(one).allowed("GPTBot", url) for one in files], rounds)
    theirs = seconds(
        lambda: [
            Protego.parse(one.decode("utf-8", "ignore")).can_fetch(url, "GPTBot") for one in files
        ],
        rounds,
    )
    google = seconds(
        lambda: [matcher.OneAgentAllowedByRobots(one, "GPTBot", url) for one in files], rounds
    )
    print(
        f"3. altogether  {len(files) / ours:9,.0f} files/s; {ours / theirs:.2f} of protego's ",
        end="",
    )
    print(f"time, {ours / google:.1f} times that of Google's C++")


def worst(rounds: int) -> None:
    """Files of 500 KiB that were written to be slow."""
    stars = b"/" + b"*a" * 1000
    hostile = {
        "250 patterns of 1,000 stars": (b"Disallow: %s*b%da\n" % (stars, n) for n in range(250)),
        "one pattern of 250,000 stars": iter([b"Disallow: /" + b"*a" * 250_000]),
        "25,000 short wildcards": (b"Disallow: /*b%d\n" % n for n in range(25_000)),
        "nested beginnings": (b"Disallow: /%s\n" % (b"a" * n) for n in range(980)),
    }
    path = "/b/" + "9876543210" + "a" * 2000  # it has every character they need
    matcher = RobotsMatcher()
    for name, lines in hostile.items():
        body = b"User-agent: a\n" + b"".join(lines)
        first = seconds(lambda body=body: RobotsTxt.parse(body).allowed("a", path), 1)
        robots = RobotsTxt.parse(body)
        robots.allowed("a", path)
        mine = seconds(lambda robots=robots: robots.allowed("a", path), rounds)
        google = seconds(lambda body=body: matcher.OneAgentAllowedByRobots(body, "a", path), rounds)
        print(
            f"4. {name:29} {first * 1e3:7.1f} ms at first, then {mine * 1e3:.3f} ms a URL; ", end=""
        )
        print(f"Google's C++ {google * 1e3:.1f} ms")


def rights(files: list[bytes]) -> None:
    """The reservations of hosts for many URLs."""
    noise = random.Random(2)
    hosts = [
        (parse(RightsFile(Channel.ROBOTS_TXT, "https://host.example/robots.txt", body)), body)
        for body in files[:500]
    ]
    paths = [
        (host, url.removeprefix("https://host.example"))
        for host, body in hosts
        for url in urls(body, noise)
    ]
    times = SITE_URLS // len(paths) + 1
    for agent in ("GPTBot", None):
        began = time.process_time()
        for _ in range(times):
            for host, path in paths:
                host.about(path, agent=agent, media_type=None)
        spent = (time.process_time() - began) / (times * len(paths))
        whom = agent or "nobody"
        print(f"5. rights      {1 / spent:9,.0f} URLs/s of {len(hosts)} hosts, asked for {whom}")


if __name__ == "__main__":
    main()
