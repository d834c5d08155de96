"""Cut the files of a training set into chunks: the manifest that a text model is trained on.

    python -m detectors.gathering rebuild material/text.jsonl --out FILES --git MIRRORS
    python -m detectors.text.training material/text.jsonl --files FILES --out texts.jsonl
    assay models train texts.jsonl --recipe text --out MODEL

Each file is read as its place needs (`detectors.text.training.sources`), each passage is cut into
chunks of 100 to 400 words at the ends of sentences, and what stands there twice is left out. No
source gives more than `--most` chunks for each machine, and no work more than `--most-of-work`, so
that no single one decides; which ones is a matter of their digests.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import sys
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from rich.progress import Progress

from detectors.gathering.items import Item, Label, read_items
from detectors.text.languages import language_of
from detectors.text.prose import prose
from detectors.text.training.passages import Passage
from detectors.text.training.sources import passages_of
from detectors.text.windows import cut
from provenance.errors import AssayError
from provenance.files import replacement
from provenance.text import Mapped, canonical, match_key

__all__ = ["Chunk", "chunks_of"]

WORDS, LEAST_WORDS = 400, 100
KEY = 160
"""Letters of the beginning by which a chunk is known."""


@dataclass(frozen=True, slots=True)
class Chunk:
    """A work of the manifest.

    Attributes:
        passage: it was cut from, with this text.
        item: the file it came from.
        key: of its letters: what stands there twice has the same.
        words: how many.
    """

    passage: Passage
    text: str
    item: Item
    key: str
    words: int

    def row(self) -> dict[str, object]:
        """A line of the manifest."""
        one = self.passage
        return {
            "id": self.key[:16],
            "text": self.text,
            "label": one.label.value,
            "source": one.source,
            "family": one.family,
            "generator": one.version,
            "kind": one.kind,
            "language": one.language,
            "song": one.prompt or one.work,
            "licence": self.item.licence,
            "place": f"{self.item.where}@{self.item.revision}:{self.item.path}",
        }


def chunks_of(passage: Passage, item: Item) -> Iterator[Chunk]:
    """The chunks of a passage, as it was published."""
    spans = prose(passage.text).spans
    read = canonical(Mapped.of(passage.text, spans))
    windows = cut(read.text)
    some: list[int] = []
    for place, window in enumerate(windows):
        some.append(place)
        words = sum(windows[one].words for one in some)
        is_last = place + 1 == len(windows)
        if is_last or words + windows[place + 1].words > WORDS:
            start, end = read.span(windows[some[0]].start, window.end)
            text = passage.text[start:end]
            if words >= LEAST_WORDS and language_of(text) == passage.language:
                letters = match_key(canonical(text)).text[:KEY]
                key = hashlib.sha256(letters.encode()).hexdigest()
                yield Chunk(passage, text, item, key, words)
            some = []


def main(arguments: list[str] | None = None) -> int:
    """Write the manifest; 0 done, 1 files are missing, 2 wrong usage."""
    formatter = argparse.RawDescriptionHelpFormatter
    parser = argparse.ArgumentParser("texts", description=__doc__, formatter_class=formatter)
    parser.add_argument("manifest", type=Path, help="items of the training set")
    parser.add_argument("--files", type=Path, required=True, help="folder of `rebuild`")
    parser.add_argument("--out", type=Path, required=True, help="JSON lines")
    parser.add_argument("--most", type=int, default=300, help="chunks of a source and machine")
    parser.add_argument("--most-of-work", type=int, default=12, help="chunks of one work")
    asked = parser.parse_args(arguments)
    try:
        items = read_items(asked.manifest)
        missing = [one for one in items if not (asked.files / one.name).is_file()]
        with Progress(transient=True) as progress:
            there = [one for one in items if (asked.files / one.name).is_file()]
            drawn = progress.track(there, description="files")
            found = list(_once(_read(drawn, asked.files)))
        kept = list(_capped(found, asked.most, asked.most_of_work))
        _write(asked.out, kept)
    except AssayError as fault:
        print(f"texts: {fault}", file=sys.stderr)
        return 2
    for (label, kind, language), count in sorted(
        Counter((one.passage.label, one.passage.kind, one.passage.language) for one in kept).items()
    ):
        print(f"{label} {language} {kind}: {count}")
    print(f"{len(kept)} chunks of {len(there)} files; {len(missing)} files are missing")
    return int(bool(missing))


def _read(items: Iterable[Item], files: Path) -> Iterator[Chunk]:
    for item in items:
        for passage in passages_of(item, (files / item.name).read_bytes()):
            yield from chunks_of(passage, item)


def _once(found: Iterable[Chunk]) -> Iterator[Chunk]:
    """Each text once; one that stands under both labels not at all."""
    chunks = list(found)
    labels: dict[str, set[Label]] = {}
    for one in chunks:
        labels.setdefault(one.key, set()).add(one.passage.label)
    seen: set[str] = set()
    for one in chunks:
        if one.key not in seen and len(labels[one.key]) == 1:
            seen.add(one.key)
            yield one


def _capped(found: Iterable[Chunk], most: int, of_work: int) -> Iterator[Chunk]:
    sources: Counter[object] = Counter()
    works: Counter[object] = Counter()
    for one in sorted(found, key=lambda chunk: chunk.key):
        passage = one.passage
        source = passage.label, passage.source, passage.kind, passage.family, passage.version
        work = passage.source, passage.work, passage.version
        if sources[source] < most and works[work] < of_work:
            sources[source] += 1
            works[work] += 1
            yield one


def _write(path: Path, kept: Iterable[Chunk]) -> None:
    with replacement(path) as (file, put_in_place):
        for one in kept:
            line = json.dumps(one.row(), ensure_ascii=False, separators=(",", ":"))
            file.write(line.encode("utf-8", "replace") + b"\n")
        file.flush()
        put_in_place()


if __name__ == "__main__":
    sys.exit(main())
