"""The input of an audit: which kind it is, and how it is cut into stretches for the workers.

Only ends of lines are looked for here, and the first lines for what they are; reading is done in
the sandbox. A stretch is described by a few JSON values, and where it ends is a place from which
the audit can go on another day.
"""

from __future__ import annotations

import csv
import hashlib
import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any, Literal, Protocol

from provenance.errors import ConfigError, InputError, NotFound
from provenance.limits import MIB
from provenance.rights.archive import is_warc
from service.optout.audit.logs import looks_like_log
from service.optout.audit.rows import span_of
from service.optout.audit.tables import columns_of

__all__ = [
    "END",
    "ArchiveFile",
    "AuditInput",
    "Kind",
    "ParquetFile",
    "Stretch",
    "TextFile",
    "open_input",
]

Kind = Literal["urls", "csv", "parquet", "warc", "wet", "folder", "log"]

TEXT_BYTES = MIB
"""Of text in one stretch: some ten thousand rows."""

LONGEST = 8 * MIB
"""Without an end of line, what follows is passed over up to the next one."""

QUOTED = MIB
"""A quoted field may run over lines for as long as this; after that a quote was a stray one."""

PARQUET_ROWS = 20_000
ARCHIVE_BYTES = 8 * MIB
ARCHIVE_RECORDS = 20_000
"""At most, where they are small."""

PAGE_HEAD = 64 * 1024
END = -1
"""In the place of an offset: nothing is left."""
HEAD = 64 * 1024
DELIMITERS = ",;\t|"
DATED = len("20240301")
"""Letters of the shortest date that needs no name; a comma and a year may stand in an address."""
HINT = (
    "An audit reads a list of URLs, CSV with a column url, Parquet, WARC, WET, an access log, or a "
    "folder of files."
)


@dataclass(frozen=True, slots=True)
class Stretch:
    """Some rows of the input.

    Attributes:
        job: for a worker.
        after: from where to go on when these rows are done; None where only a worker can say.
        done: share of the input that is done then, 0 to 1.
        blob: rows that were read already.
        rows: how many there are, None where only reading would tell.
    """

    job: dict[str, Any]
    after: Any
    done: float
    blob: bytes = b""
    rows: int | None = None


class AuditInput(Protocol):
    """An input, opened. Closed by whoever opened it."""

    name: str
    kind: Kind
    sha256: str | None
    size: int | None

    @property
    def fd(self) -> int | None:
        """The open file, None for a folder."""
        ...

    @property
    def expected(self) -> int | None:
        """About how many rows there are, None where that is not known without reading them."""
        ...

    def stretches(self, after: Any) -> Iterator[Stretch]:
        """The stretches behind a place, from the beginning when it is None."""
        ...

    def close(self) -> None:
        """Give the file up."""
        ...


class _File:
    kind: Kind

    def __init__(self, path: Path, name: str) -> None:
        self.name = name
        self._file: IO[bytes] = path.open("rb")
        self.size: int | None = os.fstat(self._file.fileno()).st_size
        self.sha256: str | None = hashlib.file_digest(self._file, "sha256").hexdigest()

    @property
    def fd(self) -> int | None:
        return self._file.fileno()

    def close(self) -> None:
        self._file.close()

    def _share(self, at: int) -> float:
        return at / self.size if self.size else 1.0


class TextFile(_File):
    """A list, a table or a log, cut at ends of lines."""

    def __init__(self, path: Path, name: str, kind: Kind, how: dict[str, Any]) -> None:
        super().__init__(path, name)
        self.kind = kind
        self._how = how

    @property
    def expected(self) -> int | None:
        """Lines."""
        self._file.seek(0)
        lines = 0
        while block := self._file.read(MIB):
            lines += block.count(b"\n")
        return lines

    def stretches(self, after: Any) -> Iterator[Stretch]:
        """Whole lines; of a table, lines that end outside quotes."""
        start = int(after or 0)
        size = self.size or 0
        while start < size:
            end, fits = self._end(start)
            job = {"kind": self.kind, "start": start, "end": end, **self._how}
            if self.kind == "csv":
                job["header"] = bool(self._how["header"]) and start == 0
            if not fits:
                job = {"kind": "too_long"}
            yield Stretch(job, end, self._share(end))
            start = end

    def _end(self, start: int) -> tuple[int, bool]:
        """Where the stretch from `start` ends, and whether it can be read at all."""
        wanted = TEXT_BYTES
        while True:
            self._file.seek(start)
            block = self._file.read(wanted)
            if len(block) < wanted:
                return start + len(block), len(block) <= LONGEST
            cut = _last_line(block) if self.kind != "csv" else _last_record(block)
            if cut:
                return start + cut, True
            if wanted >= LONGEST:
                return self._next_line(start + wanted), False
            wanted *= 2

    def _next_line(self, at: int) -> int:
        self._file.seek(at)
        while block := self._file.read(MIB):
            found = block.find(b"\n")
            if found >= 0:
                return self._file.tell() - len(block) + found + 1
        return self.size or at


def _last_line(block: bytes) -> int:
    return block.rfind(b"\n") + 1


def _last_record(block: bytes) -> int:
    """Behind the last line that ends outside quotes; any line where quotes do not help."""
    if b'"' not in block:
        return _last_line(block)
    cut, quotes, at = 0, 0, 0
    while (found := block.find(b"\n", at)) >= 0:
        quotes += block.count(b'"', at, found)
        at = found + 1
        if quotes % 2 == 0:
            cut = at
        elif at - cut > QUOTED:  # a stray quote
            cut, quotes = at, 0
    return cut


class ArchiveFile(_File):
    """A WARC or WET, cut by bytes; `service.optout.audit.chain` joins what was read of it."""

    def __init__(self, path: Path, name: str, kind: Kind) -> None:
        super().__init__(path, name)
        self.kind = kind

    @property
    def expected(self) -> int | None:
        """Not known."""
        return None

    def stretches(self, after: Any) -> Iterator[Stretch]:
        """Some thousand records each; but for the first, where one begins must be looked for."""
        begin = start = int(after or 0)
        size = self.size or 0
        while END != start < size:
            until = min(start + ARCHIVE_BYTES, size)
            job = {
                "kind": self.kind,
                "start": start,
                "until": until,
                "seek": start != begin,
                "count": ARCHIVE_RECORDS,
                "head": PAGE_HEAD,
            }
            yield Stretch(job, None, self._share(until))
            start = until


class ParquetFile(_File):
    """A Parquet file, cut by its groups of rows."""

    kind: Kind = "parquet"

    def __init__(self, path: Path, name: str) -> None:
        super().__init__(path, name)
        self._groups: list[int] = []

    def describe(self, groups: list[int]) -> None:
        """Take the numbers of rows a worker has read from the file's end."""
        self._groups = groups

    @property
    def expected(self) -> int | None:
        """Rows, as the file says."""
        return sum(self._groups)

    def stretches(self, after: Any) -> Iterator[Stretch]:
        """Parts of groups."""
        group, start = after or (0, 0)
        total = max(1, sum(self._groups))
        while group < len(self._groups):
            count = min(PARQUET_ROWS, self._groups[group] - start)
            if count <= 0:
                group, start = group + 1, 0
                continue
            job = {"kind": "parquet", "group": group, "start": start, "count": count}
            start += count
            done = (sum(self._groups[:group]) + start) / total
            yield Stretch(job, [group, start], done, rows=count)


def open_input(path: Path, *, host: str | None = None, kind: Kind | None = None) -> AuditInput:
    """The input behind a path.

    Args:
        path: a file or a folder.
        host: of the lines of a log that name none.
        kind: what it is; found out when None.

    Raises:
        NotFound: there is nothing.
        InputError: it cannot be read.
        ConfigError: it is nothing that can be audited.
    """
    if path.is_dir():
        from service.optout.audit.folders import Folder

        return Folder(path)
    if not path.exists():
        raise NotFound(f"{path}: there is no such file or folder", hint=HINT)
    try:
        with path.open("rb") as file:
            head = file.read(HEAD)
        return _opened(path, head, host, kind)
    except OSError as fault:
        raise InputError(f"{path}: cannot be read ({fault.strerror})") from fault


def _opened(path: Path, head: bytes, host: str | None, kind: Kind | None) -> AuditInput:
    name = str(path)
    if kind == "parquet" or (kind is None and head.startswith(b"PAR1")):
        return ParquetFile(path, name)
    if kind in ("warc", "wet") or (kind is None and is_warc(head)):
        return ArchiveFile(path, name, kind or ("wet" if _is_wet(head) else "warc"))
    if head.startswith((b"\xff\xfe", b"\xfe\xff")) or head.count(0) * 50 > len(head):
        raise ConfigError(f"{path}: neither UTF-8 text nor a format that is known", hint=HINT)
    lines = [one for one in head.decode("utf-8", "replace").splitlines()[:20] if one.strip()]
    if not lines:
        raise ConfigError(f"{path}: is empty", hint=HINT)
    if kind == "log" or (kind is None and any(map(looks_like_log, lines[:5]))):
        return TextFile(path, name, "log", {"host": host})
    table = _table(lines)
    if kind in (None, "csv") and table is not None:
        return TextFile(path, name, "csv", table)
    if kind in (None, "urls") and any("://" in line for line in lines):
        return TextFile(path, name, "urls", {})
    raise ConfigError(f"{path}: holds no URL and no column named url", hint=HINT)


def _is_wet(head: bytes) -> bool:
    if head.startswith(b"\x1f\x8b"):
        import zlib

        head = b"".join(_members(head, zlib))
    return b"WARC-Type: conversion" in head[:HEAD]


def _members(head: bytes, zlib: Any) -> Iterator[bytes]:
    """The beginnings of the compressed records at the beginning of a file."""
    for _ in range(4):
        one = zlib.decompressobj(47)
        try:
            yield one.decompress(head, HEAD)
        except zlib.error:
            return
        head = one.unused_data
        if not head:
            return


def _table(lines: list[str]) -> dict[str, Any] | None:
    """How a table is read, by its first line; None when it is none."""
    line = lines[0].lstrip("\ufeff")
    for delimiter in sorted(DELIMITERS, key=line.count, reverse=True):
        try:
            names = next(csv.reader([line], delimiter=delimiter), [])
        except csv.Error:
            continue
        columns = columns_of(names)
        if "url" in columns and "://" not in line:
            return {"columns": columns, "delimiter": delimiter, "header": True}
        bare = _bare_columns(names)
        rows = csv.reader(lines[1:5], delimiter=delimiter, strict=False)
        if bare and all(bare == _bare_columns(row) for row in rows):
            return {"columns": bare, "delimiter": delimiter, "header": False}
    return None


def _bare_columns(fields: list[str]) -> dict[str, int] | None:
    """Which column is what in a table without names: one of addresses, one of dates."""
    urls = [
        n for n, field in enumerate(fields) if field.lower().startswith(("http://", "https://"))
    ]
    dates = [
        n for n, field in enumerate(fields) if len(field) >= DATED and span_of(field.strip())[0]
    ]
    return {"url": urls[0], "at": dates[0]} if len(urls) == len(dates) == 1 else None
