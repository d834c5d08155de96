"""Rows from Parquet: one group of rows at a time, and of it the columns that say something.

A file says itself what its columns hold, and it may lie. What cannot be a moment, and text that is
no UTF-8, costs its own field and no other row.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from typing import Any

from provenance.descriptors import stream_of
from provenance.rights.history import DAY, Span
from service.optout.audit.rows import Other, Row, span_of_seconds
from service.optout.audit.tables import columns_of, row_of

__all__ = ["Parquet"]

DAY_SECONDS = 86_400
UNITS = {"s": 1, "ms": 1000, "us": 1_000_000, "ns": 1_000_000_000}
NO_DATE = "?"
"""In the place of a value that is stored in a way no date is."""


class Parquet:
    """One open file."""

    def __init__(self, fd: int) -> None:
        import pyarrow as pa
        import pyarrow.parquet as pq

        pa.set_cpu_count(1)
        self._file = pq.ParquetFile(stream_of(os.dup(fd)), pre_buffer=False, memory_map=False)
        schema = self._file.schema_arrow
        self._columns = {
            meaning: schema.names[at] for meaning, at in columns_of(schema.names).items()
        }
        if "url" in self._columns:
            at = schema.names.index(self._columns["url"])
            if not _is_text(_plain(schema.field(at).type)):
                del self._columns["url"]
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
        names = table.schema.names
        dates: list[Any] | None = None
        columns: dict[str, list[Any]] = {}
        for meaning, name in self._columns.items():
            column = table.column(names.index(name))  # of two with one name the first
            if meaning == "at":
                dates = _dates(column)
            else:
                columns[meaning] = _values(column)
        for number in range(len(table)):
            fields = {meaning: values[number] for meaning, values in columns.items()}
            at = dates[number] if dates else None
            if isinstance(at, Span):
                row = row_of(fields)
                yield row if isinstance(row, Other) else row._replace(at=at)
            else:
                yield row_of({**fields, "at": at})


def _plain(kind: Any) -> Any:
    """The type of the values, also of those that are kept in a dictionary."""
    import pyarrow as pa

    return kind.value_type if pa.types.is_dictionary(kind) else kind


def _is_text(kind: Any) -> bool:
    from pyarrow import types

    return any(
        check(kind)
        for check in (
            *(types.is_string, types.is_large_string, types.is_string_view),
            *(types.is_binary, types.is_large_binary, types.is_binary_view),
            types.is_fixed_size_binary,
        )
    )


def _values(column: Any) -> list[Any]:
    """Text and numbers; None for values of any other kind."""
    from pyarrow import types

    kind = _plain(column.type)
    if _is_text(kind):
        return _texts(column, kind)
    if types.is_integer(kind) or types.is_floating(kind):
        return [None if value != value else value for value in column.to_pylist()]  # noqa: PLR0124 - NaN
    return [None] * len(column)


def _texts(column: Any, kind: Any) -> list[str | None]:
    """Text, also where the file calls it bytes, or calls bytes text."""
    import pyarrow as pa

    if column.type != kind:
        column = column.cast(kind)
    if pa.types.is_string(kind) or pa.types.is_large_string(kind):
        try:
            values: list[str | None] = column.to_pylist()
        except UnicodeDecodeError:
            column = column.cast(pa.large_binary())
        else:
            return values
    return [
        value.decode("utf-8", "replace") if isinstance(value, bytes) else value
        for value in column.to_pylist()
    ]


def _dates(column: Any) -> list[Any]:
    """Spans where dates are stored as such, else what `row_of` reads as one."""
    import pyarrow as pa

    kind = _plain(column.type)
    if column.type != kind:
        column = column.cast(kind)
    if pa.types.is_timestamp(kind):
        unit = UNITS[kind.unit]
        return _spans(column.cast(pa.int64()), lambda value: span_of_seconds(value // unit))
    if pa.types.is_date32(kind):
        return _spans(column.cast(pa.int32()), _day)
    if pa.types.is_date64(kind):
        return _spans(column.cast(pa.int64()), lambda value: _day(value // (1000 * DAY_SECONDS)))
    values = _values(column)
    if not (_is_text(kind) or pa.types.is_integer(kind) or pa.types.is_floating(kind)):
        return [NO_DATE if one.is_valid else None for one in column]
    return values


def _spans(column: Any, span: Callable[[int], Span | None]) -> list[Any]:
    return [None if value is None else span(value) or NO_DATE for value in column.to_pylist()]


def _day(number: int) -> Span | None:
    """A day, counted from 1970."""
    start = span_of_seconds(number * DAY_SECONDS)
    return Span.of(start.start, DAY) if start else None
