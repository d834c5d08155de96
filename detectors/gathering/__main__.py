"""Gather a training set, step by step: rebuild, look, count.

    python -m detectors.gathering rebuild set.jsonl --out DIR --git MIRRORS [--git-base ADDRESS]
    python -m detectors.gathering sheets set.jsonl --files DIR --out SHEETS --verdicts looked.csv
    python -m detectors.gathering twins set.jsonl --files DIR
    python -m detectors.gathering count set.jsonl --files DIR --out kept.jsonl --verdicts looked.csv

`rebuild` brings the files and holds each to its digest; run it again and it goes on. `sheets` draws
a page a source and writes a CSV with an open line for each source nobody looked at; write `keep` or
`drop` into it, with who looked and when. `twins` tells which files are one work. `count` writes the
items that are left: of sources that were kept, without twins.
"""

from __future__ import annotations

import argparse
import sys
from collections import Counter
from contextlib import ExitStack
from pathlib import Path

from rich.progress import Progress

from detectors.gathering.items import Item, Place, read_items, write_items
from detectors.gathering.places import DebianPlace, FolderPlace, GitPlace, Source
from detectors.gathering.rebuild import rebuild
from detectors.gathering.sheets import write_sheets
from detectors.gathering.twins import Twins, find_twins, traces_of
from detectors.gathering.verdicts import counted, read_verdicts, write_open
from provenance.errors import AssayError


def main(arguments: list[str] | None = None) -> int:
    """Run one step; 0 done, 1 something is missing or twice, 2 wrong usage."""
    asked = _parser().parse_args(arguments)
    try:
        items = read_items(asked.manifest)
        return int(asked.step(items, asked))
    except AssayError as fault:
        print(f"gathering: {fault}", file=sys.stderr)
        return 2


def _parser() -> argparse.ArgumentParser:
    formatter = argparse.RawDescriptionHelpFormatter
    parser = argparse.ArgumentParser("gathering", description=__doc__, formatter_class=formatter)
    steps = parser.add_subparsers(required=True)
    for name, step in (
        ("rebuild", _rebuild),
        ("sheets", _sheets),
        ("twins", _twins),
        ("count", _count),
    ):
        one = steps.add_parser(name)
        one.set_defaults(step=step)
        one.add_argument("manifest", type=Path)
        if name != "twins":
            one.add_argument("--out", type=Path, required=True)
        if name == "rebuild":
            one.add_argument("--git", type=Path, help="folder of repositories")
            one.add_argument("--git-base", help="clone missing ones from ADDRESS/owner/name.git")
            one.add_argument("--debian", type=Path, help="folder of packages")
            one.add_argument("--online", action="store_true", help="download missing packages")
            one.add_argument("--folder", type=Path, help="folder of own files")
        else:
            one.add_argument("--files", type=Path, required=True, help="folder of `rebuild`")
        if name in ("sheets", "count"):
            one.add_argument("--verdicts", type=Path, required=True)
    return parser


def _rebuild(items: tuple[Item, ...], asked: argparse.Namespace) -> int:
    places: dict[Place, Source] = {}
    if asked.git:
        places[Place.GIT] = GitPlace(asked.git, asked.git_base)
    if asked.folder:
        places[Place.FOLDER] = FolderPlace(asked.folder)
    with ExitStack() as held, _progress() as progress:
        if asked.debian:
            places[Place.DEBIAN] = held.enter_context(DebianPlace(asked.debian, asked.online))
        bar = progress.add_task("files", total=len(items))
        done = rebuild(items, asked.out, places, shown=lambda _: progress.advance(bar))
    print(f"{len(done.there)} of {len(items)} files are there, {done.fetched} of them new")
    for what, found in (("missing", done.missing), ("changed", done.changed)):
        for source, count in sorted(Counter(item.source for item in found).items()):
            print(f"{what}: {count} of {source}")
    return int(bool(done.missing or done.changed))


def _sheets(items: tuple[Item, ...], asked: argparse.Namespace) -> int:
    verdicts = read_verdicts(asked.verdicts) if asked.verdicts.exists() else ()
    with _progress() as progress:
        bar = progress.add_task("files", total=len(items))
        hidden = write_sheets(items, asked.files, asked.out, shown=lambda _: progress.advance(bar))
    write_open(asked.verdicts, items, verdicts)
    print(f"{asked.out / 'index.html'}: look at each source, then fill in {asked.verdicts}")
    if hidden:
        print(f"{hidden} files cannot be shown")
    return int(bool(hidden))


def _found(items: tuple[Item, ...], folder: Path) -> Twins:
    with _progress() as progress:
        bar = progress.add_task("traces", total=len(items))
        traces = traces_of(items, folder, shown=lambda _: progress.advance(bar))
    return find_twins(items, traces)


def _twins(items: tuple[Item, ...], asked: argparse.Namespace) -> int:
    found = _found(items, asked.files)
    for group in found.groups:
        print(" = ".join(f"{item.name} ({item.where} {item.path})" for item in group))
    print(f"{len(found.groups)} works stand there more than once")
    return int(bool(found.groups))


def _count(items: tuple[Item, ...], asked: argparse.Namespace) -> int:
    by_people = counted(items, read_verdicts(asked.verdicts))
    twins = _found(by_people.kept, asked.files)
    out = {item.sha256 for item, _ in twins.out}
    kept = [item for item in by_people.kept if item.sha256 not in out]
    write_items(asked.out, kept)
    for why, count in Counter(why for _, why in (*by_people.dropped, *twins.out)).most_common(20):
        print(f"out: {count}, {why}")
    for label, count in sorted(Counter(item.label for item in kept).items()):
        sources = len({item.source for item in kept if item.label is label})
        print(f"{label}: {count} files of {sources} sources")
    return 0


def _progress() -> Progress:
    from rich.console import Console

    return Progress(console=Console(stderr=True), transient=True)


if __name__ == "__main__":
    sys.exit(main())
