"""Reports that were written before, read again one by one, however many there are.

Takes what `assay check` writes: one object, an array of them, or one a line. A file is read as it
comes, and no more than one report of it is in memory. What cannot be read is told with its place
and passed over; lines do not depend on each other, so only the rest of a broken array is lost.
"""

from __future__ import annotations

import codecs
import io
import json
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from pydantic import ValidationError

from provenance.attest.encoding import shown, where
from provenance.errors import ConfigError
from provenance.files import why
from provenance.limits import MIB
from service.cli.inputs import Argument, look_up
from service.cli.writers import ERROR_SCHEMA
from service.report import REPORT_SCHEMA, Report

__all__ = ["NotExamined", "Stored", "Unusable", "reports"]

ENDINGS = frozenset({".json", ".ndjson", ".jsonl"})
LARGEST = 64 * MIB
PIECE = MIB
COMPACT = b'{"'
"""How a line begins that holds a whole report."""

BETWEEN = " \t\r\n,"


@dataclass(frozen=True, slots=True)
class Stored:
    """A report, and where it stands."""

    place: str
    report: Report


@dataclass(frozen=True, slots=True)
class NotExamined:
    """What stands in the place of a report for an input that could not be opened."""

    place: str
    name: str


@dataclass(frozen=True, slots=True)
class Unusable:
    """What is no report that can be read, and why."""

    place: str
    problem: str


Reading = Stored | NotExamined | Unusable


def reports(arguments: Sequence[str]) -> Iterator[Reading]:
    """Everything the arguments hold, in order.

    Args:
        arguments: files, folders (their files that end in .json, .ndjson or .jsonl), quoted
            patterns, or `-` for standard input.

    Raises:
        NotFound: an argument names nothing.
        ConfigError: it names a web address, or a folder without such files.
    """
    return _read_all(_files(arguments))


def _files(arguments: Sequence[str]) -> list[Argument]:
    found = []
    look_up(arguments)  # a usage error of any argument comes before all work
    for argument in arguments:
        here = look_up([argument])
        if Path(argument).is_dir():
            here = [one for one in here if Path(one.name).suffix in ENDINGS]
            if not here:
                raise ConfigError(
                    f"{argument}: no reports in this folder (.json, .ndjson, .jsonl)",
                    hint="Make some with: assay check FILES --format ndjson --out FOLDER",
                )
        if any(one.path is None and one.name != "-" for one in here):
            raise ConfigError(f"{argument}: reports are not fetched; save them as a file first")
        found += here
    return found


def _read_all(files: list[Argument]) -> Iterator[Reading]:
    for file in files:
        if file.path is None:
            yield from _read(sys.stdin.buffer, file.name)
            continue
        try:
            with file.path.open("rb") as stream:
                yield from _read(stream, file.name)
        except OSError as fault:
            yield Unusable(file.name, f"cannot be read ({why(fault)})")


def _read(stream: BinaryIO, name: str) -> Iterator[Reading]:
    buffered = io.BufferedReader(stream, PIECE) if isinstance(stream, io.RawIOBase) else stream
    first, number = b"\n", 0
    while first and not first.strip():
        first, number = buffered.readline(LARGEST + 1), number + 1
    if first.lstrip(b"\xef\xbb\xbf \t").startswith(COMPACT):
        yield from _lines(first, number, buffered, name)
    else:
        yield from _values(first, number, buffered, name)


def _lines(line: bytes, number: int, stream: BinaryIO, name: str) -> Iterator[Reading]:
    while line:
        place = f"{name}:{number}"
        if len(line) > LARGEST:
            yield Unusable(place, f"the line is longer than {LARGEST} bytes")
            while line and not line.endswith(b"\n"):
                line = stream.readline(LARGEST)
        elif line.strip():
            yield _parsed(line.removeprefix(codecs.BOM_UTF8), place)
        line, number = stream.readline(LARGEST + 1), number + 1


def _values(start: bytes, number: int, stream: BinaryIO, name: str) -> Iterator[Reading]:
    """The values of an array, or those that just follow each other."""
    decode = codecs.getincrementaldecoder("utf-8-sig")("replace").decode
    text, ended, begun = decode(start), not start, False
    wanted = PIECE
    while True:
        rest = text.lstrip(BETWEEN)
        if not begun and rest.startswith("["):
            begun, rest = True, rest[1:].lstrip(BETWEEN)
        number += text.count("\n", 0, len(text) - len(rest))
        text = rest
        if begun and text.startswith("]"):
            begun, text = False, text[1:]
            continue
        value, end = _scanned(text)
        if value is not None and (ended or end < len(text)):
            yield _parsed(text[:end].encode(), f"{name}:{number}")
            number += text.count("\n", 0, end)
            text, wanted = text[end:], PIECE
        elif ended or len(text) > LARGEST:
            if text or begun:
                yield Unusable(f"{name}:{number}", "no JSON from here on; the rest was not read")
            return
        else:
            more = stream.read(wanted)
            ended, wanted = not more, 2 * wanted
            text += decode(more, final=ended)


def _scanned(text: str) -> tuple[object, int]:
    """The value that `text` begins with and its end; None while there is none that is whole."""
    if not text:
        return None, 0
    try:
        value, end = json.JSONDecoder().raw_decode(text)
    except (ValueError, RecursionError):
        return None, 0
    return value, end


def _parsed(raw: bytes, place: str) -> Reading:
    try:
        return Stored(place, Report.model_validate_json(raw))
    except ValidationError as fault:
        return _other(raw, place, fault)


def _other(raw: bytes, place: str, fault: ValidationError) -> Reading:
    """What is not a report of this version."""
    try:
        document = json.loads(raw)
    except (ValueError, RecursionError):
        return Unusable(place, "not JSON")
    schema = document.get("schema") if isinstance(document, dict) else None
    if schema == ERROR_SCHEMA:
        asset = document.get("asset")
        name = asset.get("name") if isinstance(asset, dict) else None
        return NotExamined(place, str(name))
    if schema != REPORT_SCHEMA:
        said = "no schema" if schema is None else f"the schema {shown(schema)}"
        return Unusable(place, f"not a report: it has {said}, and {REPORT_SCHEMA} is read here")
    return Unusable(
        place, f"a report by another version, or a damaged one: see {shown(where(fault))}"
    )
