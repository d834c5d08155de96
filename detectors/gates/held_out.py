"""`held_out.csv`: what a gate told of works whose source it had not seen.

One row a work and a way of storing it: `kind,source,label,case,copy,work,` and the probability of
each kind, the mean over the windows of the work. The copy is `as_it_is`, `one_window` (a single
window of it) or a way of storing it otherwise. A kind that the gate does not tell is one it was
only tried on.
"""

from __future__ import annotations

import csv
import io
import math
from collections.abc import Iterable
from dataclasses import dataclass

from provenance.errors import ModelError

__all__ = ["AS_IT_IS", "ONE_WINDOW", "HeldOut", "read_held_out", "write_held_out"]

COLUMNS = ("kind", "source", "label", "case", "copy", "work")
AS_IT_IS = "as_it_is"
ONE_WINDOW = "one_window"
DIGITS = 4


@dataclass(frozen=True, slots=True, order=True)
class HeldOut:
    """A row.

    Attributes:
        kind: of the work, as its source says.
        source: human source, or system of a machine.
        label: `human` or `ai`.
        case: a hard case the work is of, such as `rap`; empty for none.
        copy: how it was stored.
        work: beginning of its SHA-256.
        probabilities: of each kind, in the order of the gate.
    """

    kind: str
    source: str
    label: str
    case: str
    copy: str
    work: str
    probabilities: tuple[float, ...]


def write_held_out(rows: Iterable[HeldOut], kinds: tuple[str, ...]) -> bytes:
    """The rows as CSV, sorted."""
    written = io.StringIO()
    table = csv.writer(written, lineterminator="\n")
    table.writerow((*COLUMNS, *kinds))
    for row in sorted(rows):
        told = (f"{one:.{DIGITS}f}" for one in row.probabilities)
        table.writerow((row.kind, row.source, row.label, row.case, row.copy, row.work, *told))
    return written.getvalue().encode()


def read_held_out(data: bytes, kinds: tuple[str, ...], *, shown: str) -> tuple[HeldOut, ...]:
    """What `write_held_out` wrote.

    Raises:
        ModelError: it is something else; the message names the line.
    """
    line = 1
    try:
        rows = csv.reader(io.StringIO(data.decode(), newline=""), strict=True)
        columns = tuple(next(rows, ()))
        found = []
        for row in rows:
            line = rows.line_num
            found.append(_row(row, len(kinds)))
    except (ValueError, csv.Error) as fault:
        raise ModelError(f"{shown}, line {line}: {fault}") from fault
    if columns != (*COLUMNS, *kinds):
        raise ModelError(f"{shown}: the columns are not {','.join((*COLUMNS, *kinds))}")
    return tuple(found)


def _row(row: list[str], kinds: int) -> HeldOut:
    kind, source, label, case, copy, work, *told = row
    probabilities = tuple(map(float, told))
    if len(probabilities) != kinds or not all(map(math.isfinite, probabilities)):
        raise ValueError("the probabilities are not one for each kind")
    return HeldOut(kind, source, label, case, copy, work, probabilities)
