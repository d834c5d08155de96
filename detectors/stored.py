"""What models and gates keep beside their weights: records as JSON, answers as CSV.

Both are read back from files that may be damaged or of anybody's making.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Iterable, Sequence
from typing import ClassVar, Self, TypeVar

from pydantic import ValidationError

from provenance.credentials import Record
from provenance.errors import ModelError

__all__ = ["Stored", "read_rows", "write_rows"]

Row = TypeVar("Row")


class Stored(Record):
    """A record with a schema, in a file of its own."""

    called: ClassVar[str]
    """What it is called where a file holds none: `a model`."""

    @classmethod
    def read(cls, data: bytes, *, shown: str) -> Self:
        """The record in the bytes of a file.

        Args:
            data: JSON.
            shown: the file, as errors name it.

        Raises:
            ModelError: it is not one; the message names the field.
        """
        try:
            return cls.model_validate_json(data)
        except ValidationError as fault:
            first = fault.errors(include_url=False)[0]
            place = ".".join(map(str, first["loc"])) or "whole"
            message = first["msg"].removeprefix("Value error, ")
            schema = cls.model_fields["schema_"].default
            raise ModelError(
                f"{shown}: not {cls.called} of schema {schema} ({place}: {message})"
            ) from fault


def write_rows(columns: Sequence[str], rows: Iterable[Sequence[object]]) -> bytes:
    """A table as CSV with a line of names."""
    written = io.StringIO()
    table = csv.writer(written, lineterminator="\n")
    table.writerow(columns)
    table.writerows(rows)
    return written.getvalue().encode("utf-8", "replace")


def read_rows(
    data: bytes, columns: Sequence[str], row_of: Callable[[list[str]], Row], *, shown: str
) -> tuple[Row, ...]:
    """What `write_rows` wrote.

    Args:
        data: CSV.
        columns: their names.
        row_of: makes a row of its cells; raises ValueError where they are none.
        shown: the file, as errors name it.

    Raises:
        ModelError: it is something else; the message names the line.
    """
    line = 1
    found: list[Row] = []
    try:
        rows = csv.reader(io.StringIO(data.decode(), newline=""), strict=True)
        named = tuple(next(rows, ()))
        for row in rows:
            line = rows.line_num
            found.append(row_of(row))
    except (ValueError, csv.Error) as fault:
        raise ModelError(f"{shown}, line {line}: {fault}") from fault
    if named != tuple(columns):
        raise ModelError(f"{shown}: the columns are not {','.join(columns)}")
    return tuple(found)
