"""How far each protocol is accepted as a reservation, by date: data, not code.

The table is `standing.toml` beside this module. There is no official list of agreed protocols yet,
so a grade is a dated reading of the law's surroundings and stands in each record with the date of
the table: A named in the Code of Practice, B seriously considered, C practice, D evidence only.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import tomllib
from dataclasses import dataclass
from functools import cache
from pathlib import Path

__all__ = ["ACCEPTED", "Grade", "Standing", "standing_of", "table"]

PATH = Path(__file__).with_name("standing.toml")
UNLISTED = "D"
ACCEPTED = frozenset({"A", "B"})
"""Grades on which a reservation needs nothing else to count."""


@dataclass(frozen=True, slots=True)
class Grade:
    """From when on a protocol has a standing, and why."""

    since: dt.date
    grade: str
    because: str


@dataclass(frozen=True, slots=True)
class Standing:
    """The table.

    Attributes:
        date: as of which it was written.
        sha256: of the file, lowercase hexadecimal.
        grades: by protocol, oldest first.
    """

    date: dt.date
    sha256: str
    grades: dict[str, tuple[Grade, ...]]

    def of(self, protocol: str, on: dt.date | None = None) -> str:
        """A, B, C or D on a day; as of the table's own date when None; D when not listed."""
        grades = self.grades.get(protocol, ())
        reached = [one for one in grades if on is None or one.since <= on] or list(grades[:1])
        return reached[-1].grade if reached else UNLISTED


@cache
def table() -> Standing:
    """The shipped table."""
    data = PATH.read_bytes()
    written = tomllib.loads(data.decode("utf-8"))
    grades: dict[str, tuple[Grade, ...]] = {}
    for entry in sorted(written["standing"], key=lambda one: one["since"]):
        grade = Grade(entry["since"], entry["grade"], entry["because"])
        grades[entry["protocol"]] = (*grades.get(entry["protocol"], ()), grade)
    return Standing(written["date"], hashlib.sha256(data).hexdigest(), grades)


def standing_of(protocol: str, on: dt.date | None = None) -> str:
    """The grade of a protocol in the shipped table; see `Standing.of`."""
    return table().of(protocol, on)
