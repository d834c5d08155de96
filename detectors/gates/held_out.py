"""`held_out.csv`: what a gate told of works whose source it had not seen.

One row a work and a way of storing it: `kind,source,label,case,copy,work,` and the probability of
each kind, the mean over the windows of the work. The copy is `as_it_is`, `one_window` (a single
window of it) or a way of storing it otherwise. A kind that the gate does not tell is one it was
only tried on.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass
from functools import partial

from detectors.stored import read_rows, write_rows

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
    return write_rows((*COLUMNS, *kinds), map(_cells, sorted(rows)))


def read_held_out(data: bytes, kinds: tuple[str, ...], *, shown: str) -> tuple[HeldOut, ...]:
    """What `write_held_out` wrote.

    Raises:
        ModelError: it is something else; the message names the line.
    """
    row_of = partial(_row, kinds=len(kinds))
    return read_rows(data, (*COLUMNS, *kinds), row_of, shown=shown)


def _cells(row: HeldOut) -> tuple[str, ...]:
    told = (f"{one:.{DIGITS}f}" for one in row.probabilities)
    return (row.kind, row.source, row.label, row.case, row.copy, row.work, *told)


def _row(row: list[str], kinds: int) -> HeldOut:
    kind, source, label, case, copy, work, *told = row
    probabilities = tuple(map(float, told))
    if len(probabilities) != kinds or not all(map(math.isfinite, probabilities)):
        raise ValueError("the probabilities are not one for each kind")
    return HeldOut(kind, source, label, case, copy, work, probabilities)
