"""CDX and CDXJ exports: which record stands where in which WARC file.

Reads the space-separated CDX of the Internet Archive with its header line (` CDX N b a ...`), or
without one as its eleven or nine columns; CDXJ (key, time, JSON) as pywb and Common Crawl write it;
all of them also compressed. Lines about other things than documents about rights are passed over,
and so are broken ones.
"""

from __future__ import annotations

import gzip
import json
import re
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Any

from provenance.errors import ConfigError
from provenance.limits import KIB
from provenance.rights.warc import names_document

__all__ = ["Line", "beside", "document_lines", "is_cdx"]

HEADER = " CDX "
LONGEST_LINE = 64 * KIB
GZIP = b"\x1f\x8b"
COLUMNS = {
    9: "N b a m s k r V g",
    10: "N b a m s k r M V g",
    11: "N b a m s k r M S V g",
}
"""Of a file without a header line, by how many there are."""

FIRST_LINE = re.compile(r"\S+ \d{4,14} \S")


@dataclass(frozen=True, slots=True)
class Line:
    """Where one document stands."""

    filename: str
    offset: int


def is_cdx(head: bytes) -> bool:
    """Whether a file that begins like this is an export."""
    if head.startswith(GZIP):
        try:
            head = zlib.decompressobj(31).decompress(head, 4 * KIB)
        except zlib.error:
            return False
    line = head.partition(b"\n")[0].decode("utf-8", "replace")
    return line.startswith(HEADER) or FIRST_LINE.match(line) is not None


def beside(path: Path, filename: str) -> Path | None:
    """The WARC file an export names: where it says below its own folder, or right beside it."""
    pure = PurePosixPath(filename)
    if not pure.is_absolute() and ".." not in pure.parts:
        below = path.parent.joinpath(*pure.parts)
        if below.is_file():
            return below
    near = path.parent / pure.name
    return near if pure.name and near.is_file() else None


def document_lines(path: Path) -> Iterator[Line]:
    """The lines about documents about rights.

    Raises:
        ConfigError: the export does not say where records stand.
    """
    columns: list[str] | None = None
    seen = nowhere = 0
    for text in _lines(path):
        if text.startswith(HEADER):
            columns = text.split()[1:]
            continue
        fields = _json_fields(text)
        if fields is None:
            values = text.split()
            names = columns or COLUMNS.get(len(values), "").split()
            fields = dict(zip(names, values, strict=False))
            if not names and len(values) > 2:
                fields = {"a": values[2]}
        url = str(fields.get("a") or fields.get("url") or "")
        media_type = str(fields.get("m") or fields.get("mime") or "").lower()
        if not names_document(url, media_type):
            continue
        seen += 1
        name = str(fields.get("g") or fields.get("filename") or "").strip()
        offset = str(fields.get("V") or fields.get("offset") or "").strip()
        if name in ("", "-") or not offset.isascii() or not offset.isdecimal():
            nowhere += 1
            continue
        yield Line(name, int(offset[:18]))
    if seen and seen == nowhere:
        raise ConfigError(
            f"--history {path}: does not say in which WARC files its records stand",
            hint="Export it with file names and offsets (columns V and g, or filename and offset).",
        )


def _lines(path: Path) -> Iterator[str]:
    with path.open("rb") as raw:
        compressed = raw.read(2) == GZIP
    with gzip.open(path) if compressed else path.open("rb") as file:
        try:
            while line := file.readline(LONGEST_LINE):
                yield line.decode("utf-8", "replace").rstrip("\r\n")
        except (OSError, EOFError, zlib.error):
            return


def _json_fields(text: str) -> dict[str, Any] | None:
    """A CDXJ line: key, time, JSON; None for a line of columns."""
    parts = text.split(" ", 2)
    if len(parts) < 3 or not parts[2].lstrip().startswith("{"):
        return None
    try:
        fields = json.loads(parts[2])
    except (ValueError, RecursionError):
        return {}
    return fields if isinstance(fields, dict) else {}
