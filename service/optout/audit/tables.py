"""Rows from text: a list of URLs, or a CSV file. From bytes of the input that end with a line.

What a column is called decides what it means, whatever its case: `url`, `date`, `agent` and their
usual synonyms. Encoding faults cost the characters they touch.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Mapping, Sequence
from itertools import chain, islice, repeat
from typing import Any

from provenance.errors import ConfigError
from service.optout.asking import agent_token
from service.optout.audit.rows import LONGEST_ROW, Other, Row, clean, span_of

__all__ = ["COLUMNS", "SIZES", "columns_of", "csv_rows", "row_of", "url_rows"]

COLUMNS: Mapping[str, tuple[str, ...]] = {
    "url": ("url", "uri", "link", "href", "image_url", "page_url", "target_uri", "source_url"),
    "at": (
        *("at", "date", "timestamp", "datetime", "time", "crawl_date", "fetched_at", "fetch_time"),
        *("crawled_at", "download_date", "downloaded_at", "warc_date", "dump_date"),
    ),
    "agent": ("agent", "user_agent", "useragent", "user-agent", "crawler", "bot"),
    "media_type": ("media_type", "mime", "mime_type", "content_type", "content-type"),
    "size": ("bytes", "size", "content_length", "length"),
}
"""What columns may be called, the likeliest first."""

SIZES = range(1 << 62)
MOST_STRAY = 100
"""Quotes that are never closed, in one stretch, behind which reading goes on."""

END = "\0"
"""Behind the last line; no line has it."""


def columns_of(names: Sequence[str]) -> dict[str, int]:
    """Which column is what; none of a kind that is not there."""
    places: dict[str, int] = {}
    for place, name in enumerate(names):
        places.setdefault(name.strip().lower().lstrip("\ufeff"), place)
    found: dict[str, int] = {}
    for meaning, synonyms in COLUMNS.items():
        for synonym in synonyms:
            if synonym in places:
                found[meaning] = places[synonym]
                break
    return found


def url_rows(data: bytes) -> Iterator[Row | Other]:
    """One URL a line; empty lines and those that begin with `#` are none."""
    for line in data.decode("utf-8", "replace").split("\n"):
        text = line.strip().lstrip("\ufeff")
        if not text or text.startswith("#"):
            continue
        if len(text) > LONGEST_ROW:
            yield Other("too_long")
        else:
            yield Row(text, text)


def csv_rows(
    data: bytes, columns: Mapping[str, int], delimiter: str, *, header: bool
) -> Iterator[Row | Other]:
    """The rows of a table.

    Args:
        data: whole lines.
        columns: which column is what.
        delimiter: between two of them.
        header: whether the first row is the names of the columns.
    """
    text = data.decode("utf-8", "replace").replace("\0", "\ufffd")
    lines = list(io.StringIO(text, newline=""))
    csv.field_size_limit(max(len(data) + 1, 131_072))  # of the whole process
    for fields in _records(lines, delimiter):
        if fields is None:
            yield Other("damaged")
        elif not fields:
            continue
        elif header:
            header = False
        else:
            yield row_of({m: fields[n] for m, n in columns.items() if n < len(fields)})


def _records(lines: list[str], delimiter: str) -> Iterator[list[str] | None]:
    """The records in some lines; None for one that cannot be read.

    A quote that is never closed would swallow all that follows it. It is taken for a stray one: its
    own line is lost, and the next one begins a record.
    """
    start = 0
    for _ in range(MOST_STRAY):
        reader = csv.reader(chain(islice(lines, start, None), (END,)), delimiter=delimiter)
        read = 0
        for fields in _without_faults(reader):
            if fields == [END]:
                return
            if fields and fields[-1].endswith(END):
                break
            yield fields
            read = reader.line_num
        yield None
        start += read + 1
        if start >= len(lines):
            return
    yield from repeat(None, len(lines) - start)


def _without_faults(reader: Any) -> Iterator[list[str] | None]:
    while True:
        try:
            yield from reader
        except csv.Error:
            yield None
        else:
            return


def row_of(fields: Mapping[str, Any]) -> Row | Other:
    """A row from its fields by their meaning."""
    url = clean(fields.get("url"))
    if url is None:
        return Other("no_url")
    if len(url) > LONGEST_ROW:
        return Other("too_long")
    at, note = span_of(clean(fields.get("at")))
    return Row(
        url,
        url,
        at,
        token_of(clean(fields.get("agent"))),
        media_type=clean(fields.get("media_type")),
        size=size_of(fields.get("size")),
        note=note,
    )


def token_of(agent: str | None) -> str | None:
    """The product token of an agent given as one, or as a whole user-agent string."""
    if agent is None:
        return None
    try:
        return agent_token(agent)
    except ConfigError:
        return agent[:200]


def size_of(value: Any) -> int | None:
    """A number of bytes; None for anything else."""
    try:
        size = int(value)
    except (TypeError, ValueError, OverflowError):
        return None
    return size if size in SIZES else None
