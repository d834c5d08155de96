"""The list of works a detector is judged on: CSV, or for texts JSON lines.

CSV: `path,label[,id,source,family,kind,language,song,licence]`, paths relative to the manifest,
label `human` or `ai`. JSON lines: `text,label,source|generator,domain,language`, label 1 or `ai`
for machine-made, 0 or `human`; a line may hold a `path` in place of a text. Other columns are
ignored. A manifest is read as a stream, twice: `check` goes through all of it before anything
runs, so that a mistake in line 90,000 is found in the first second.
"""

from __future__ import annotations

import csv
import hashlib
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Any, TextIO

from provenance.errors import ConfigError, NotFound
from provenance.files import why
from provenance.limits import DEFAULT

__all__ = ["UNNAMED", "Item", "Label", "Manifest"]

UNNAMED = "unnamed"
"""The source of works whose manifest names none: all of them count as one."""

LABELS = {"human": "human", "0": "human", "ai": "ai", "1": "ai"}
CHUNK = 1 << 20
MOST_LINE = 2 * DEFAULT.text_bytes
JSON_ENDINGS = frozenset({".jsonl", ".ndjson", ".json"})


class Label(StrEnum):
    """Who or what made a work, as the manifest says."""

    HUMAN = "human"
    AI = "ai"


@dataclass(frozen=True, slots=True)
class Item:
    """One work of a manifest.

    Attributes:
        number: its place, from 0.
        id: as the manifest calls it, else the path as written; for a text the line, from 0.
        label: who or what made it.
        path: its file, None for a text that stands in the manifest.
        text: that text.
        source: human source, or the system it came from.
        family: of the generator; None for human works.
        kind: genre, register or kind of picture.
        language: of text or voice.
        song: equal for works that belong together.
        licence: as stated; evaluation does not ask for it.
    """

    number: int
    id: str
    label: Label
    path: Path | None = None
    text: str | None = None
    source: str = UNNAMED
    family: str | None = None
    kind: str | None = None
    language: str | None = None
    song: str | None = None
    licence: str | None = None

    @property
    def origin(self) -> str:
        """What is held out as a whole: the family of generators, or the human source."""
        return (self.family or self.source) if self.label is Label.AI else self.source


class Manifest:
    """A manifest file; its items are read anew each time.

    Args:
        path: of the file.

    Raises:
        NotFound: there is no such file.
    """

    def __init__(self, path: Path) -> None:
        if not path.is_file():
            raise NotFound(f"{path}: there is no such manifest")
        self.path = path

    def sha256(self) -> str:
        """Digest of the file, not of the works it names."""
        digest = hashlib.sha256()
        with self.path.open("rb") as file:
            while data := file.read(CHUNK):
                digest.update(data)
        return digest.hexdigest()

    def check(self) -> int:
        """How many works there are.

        Raises:
            ConfigError: a row is not as it should be, or there is none; the message names it.
        """
        count = sum(1 for _ in self)
        if not count:
            raise ConfigError(f"{self.path}: names no work")
        return count

    def __iter__(self) -> Iterator[Item]:
        """The works, in order.

        Raises:
            ConfigError: a row is not as it should be.
        """
        try:
            with self.path.open(encoding="utf-8-sig", newline="") as file:
                rows = self._json_lines(file) if self._is_json(file) else self._csv_rows(file)
                for number, (line, row, name) in enumerate(rows):
                    yield self._item(number, line, row, name)
        except UnicodeDecodeError as fault:
            raise ConfigError(f"{self.path}: is not UTF-8") from fault
        except OSError as fault:
            raise ConfigError(f"{self.path}: cannot be read ({why(fault)})") from fault

    def _is_json(self, file: TextIO) -> bool:
        start = file.read(64).lstrip()
        file.seek(0)
        return self.path.suffix.lower() in JSON_ENDINGS or start.startswith("{")

    def _csv_rows(self, file: TextIO) -> Iterator[tuple[int, Mapping[str, Any], str | None]]:
        limit = csv.field_size_limit(MOST_LINE)
        try:
            rows = csv.DictReader(file, strict=True)
            columns = set(rows.fieldnames or ())
            if missing := {"path", "label"} - columns:
                raise ConfigError(
                    f"{self.path}: there is no column {sorted(missing)[0]!r}",
                    hint="The first line of a manifest names its columns: path,label,...",
                )
            for row in rows:
                yield rows.line_num, row, None
        except csv.Error as fault:
            raise ConfigError(f"{self.path}: is not CSV ({fault})") from fault
        finally:
            csv.field_size_limit(limit)

    def _json_lines(self, file: TextIO) -> Iterator[tuple[int, Mapping[str, Any], str | None]]:
        number = 0
        while line := file.readline(MOST_LINE):
            place, number = number, number + 1
            if not line.strip():
                continue
            try:
                row = json.loads(line)
            except (ValueError, RecursionError) as fault:
                raise ConfigError(f"{self.path}, line {number}: is not JSON") from fault
            if not isinstance(row, dict):
                raise ConfigError(f"{self.path}, line {number}: is not a JSON object")
            yield number, row, str(place)

    def _item(self, number: int, line: int, row: Mapping[str, Any], name: str | None) -> Item:
        label = LABELS.get(str(_text(row, "label")).lower())
        if label is None:
            raise ConfigError(
                f"{self.path}, line {line}: the label is {row.get('label')!r}",
                hint="Labels are human and ai; for texts also 0 and 1.",
            )
        written = _text(row, "path")
        text = row.get("text") if name is not None else None
        if written is None and not isinstance(text, str):
            missing = "path" if name is None else "text"
            raise ConfigError(f"{self.path}, line {line}: there is no {missing}")
        generator = _text(row, "generator")
        family = _text(row, "family") or generator
        source = _text(row, "source") or generator or UNNAMED
        return Item(
            number=number,
            id=_text(row, "id") or (written if name is None and written else name or str(number)),
            label=Label(label),
            path=None if isinstance(text, str) or not written else self.path.parent / written,
            text=text if isinstance(text, str) else None,
            source=source,
            family=(family or source) if label == Label.AI else None,
            kind=_text(row, "kind") or _text(row, "domain"),
            language=_text(row, "language"),
            song=_text(row, "song"),
            licence=_text(row, "licence") or _text(row, "license"),
        )


def _text(row: Mapping[str, Any], column: str) -> str | None:
    """What stands in a column; None for nothing."""
    value = row.get(column)
    if value is None or isinstance(value, bool):
        return None if value is None else str(int(value))
    return str(value).strip() or None
