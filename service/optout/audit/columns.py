"""Rows from Parquet: one group of rows at a time, and of it the columns that say something."""

from __future__ import annotations

import datetime as dt
import os
from collections.abc import Iterator
from typing import Any

from provenance.rights.history import DAY, Span
from service.optout.audit.rows import Other, Row
from service.optout.audit.tables import columns_of, row_of

__all__ = ["Parquet"]


class Parquet:
    """One open file."""

    def __init__(self, fd: int) -> None:
        import pyarrow as pa
        import pyarrow.parquet as pq

        pa.set_cpu_count(1)
        self._file = pq.ParquetFile(os.fdopen(os.dup(fd), "rb"), pre_buffer=False, memory_map=False)
        names = self._file.schema_arrow.names
        self._columns = {meaning: names[at] for meaning, at in columns_of(names).items()}
        self._held: tuple[int, Any] | None = None

    def described(self) -> dict[str, Any]:
        """Names of the columns that say something, and the rows of each group."""
        groups = self._file.metadata
        return {
            "columns": self._columns,
            "groups": [groups.row_group(n).num_rows for n in range(groups.num_row_groups)],
        }

    def rows(self, group: int, start: int, count: int) -> Iterator[Row | Other]:
        """Some rows of one group."""
        if self._held is None or self._held[0] != group:
            self._held = None
            wanted = list(self._columns.values())
            self._held = (group, self._file.read_row_group(group, wanted, use_threads=False))
        table = self._held[1].slice(start, count)
        columns = {
            meaning: table.column(name).to_pylist() for meaning, name in self._columns.items()
        }
        dates = columns.pop("at", None)
        for number in range(len(table)):
            fields = {meaning: values[number] for meaning, values in columns.items()}
            at = dates[number] if dates else None
            if isinstance(at, dt.date):
                yield _dated(row_of(fields), at)
            else:
                yield row_of({**fields, "at": at})


def _dated(row: Row | Other, at: dt.date) -> Row | Other:
    """The same row with a date that was stored as one: a moment, or a whole day."""
    if isinstance(row, Other):
        return row
    if isinstance(at, dt.datetime):
        moment = at.replace(tzinfo=dt.UTC) if at.tzinfo is None else at.astimezone(dt.UTC)
        span = Span.of(moment)
    else:
        span = Span.of(dt.datetime.combine(at, dt.time(), dt.UTC), DAY)
    return Row(
        row.input, row.url, span, row.agent, media_type=row.media_type, size=row.size, note=row.note
    )
