"""What people found when they looked at the sources: a CSV, committed beside the manifest.

A source nobody looked at is not counted, and neither is a single file that somebody put out.
"""

from __future__ import annotations

import csv
import datetime as dt
import io
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Annotated

from pydantic import Field, ValidationError

from detectors.gathering.items import Item
from provenance.credentials import Record
from provenance.errors import ConfigError, InputError
from provenance.files import replacement

__all__ = ["Looked", "Verdict", "counted", "read_verdicts", "write_open"]

COLUMNS = ("source", "item", "verdict", "by", "on", "remark")


class Verdict(StrEnum):
    """What to do with it."""

    KEEP = "keep"
    DROP = "drop"


class Looked(Record):
    """One line: somebody looked at a source, or at one of its files.

    Attributes:
        source: its name.
        item: digest of one file, or the beginning of it; None for the whole source.
        verdict: what they found.
        by: who.
        on: day.
        remark: what was wrong; needed where something is dropped.
    """

    source: Annotated[str, Field(min_length=1)]
    item: Annotated[str, Field(pattern=r"^[0-9a-f]{8,64}$")] | None = None
    verdict: Verdict
    by: Annotated[str, Field(min_length=1)]
    on: dt.date
    remark: str = ""


@dataclass(frozen=True, slots=True)
class Counted:
    """The items of a training set that count.

    Attributes:
        kept: those.
        dropped: the others, each with why.
    """

    kept: tuple[Item, ...]
    dropped: tuple[tuple[Item, str], ...]


def read_verdicts(path: Path) -> tuple[Looked, ...]:
    """The verdicts in a CSV with a heading; lines whose `verdict` is empty are still open.

    Raises:
        InputError: it cannot be read.
        ConfigError: a line is none.
    """
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            reader = csv.DictReader(file)
            if missing := [name for name in COLUMNS if name not in (reader.fieldnames or ())]:
                raise ConfigError(f"{path}: has no column {missing[0]}")
            rows = [{name: (row[name] or "").strip() for name in COLUMNS} for row in reader]
    except (OSError, UnicodeDecodeError, csv.Error) as fault:
        raise InputError(f"{path}: cannot be read ({fault})") from fault
    found = []
    for number, row in enumerate(rows, 2):
        if not row["verdict"]:
            continue
        try:
            one = Looked.model_validate({**row, "item": row["item"] or None})
        except ValidationError as fault:
            first = fault.errors()[0]
            raise ConfigError(
                f"{path}, line {number}: {first['loc'][0]}: {first['msg']}",
                hint="verdict is keep or drop; by and on say who looked, and when.",
            ) from fault
        if one.verdict is Verdict.DROP and not one.remark:
            raise ConfigError(f"{path}, line {number}: a remark must say why it is dropped")
        found.append(one)
    return tuple(found)


def write_open(path: Path, items: Iterable[Item], verdicts: Iterable[Looked] = ()) -> None:
    """Write the verdicts there are, and an open line for each source that has none."""
    known = tuple(verdicts)
    looked = {one.source for one in known if one.item is None}
    rows = [one.model_dump(mode="json") for one in known]
    rows += [{"source": source} for source in sorted({item.source for item in items} - looked)]
    written = io.StringIO()
    writer = csv.DictWriter(written, COLUMNS, restval="", lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    with replacement(path) as (file, put_in_place):
        file.write(written.getvalue().encode())
        file.flush()
        put_in_place()


def counted(items: Iterable[Item], verdicts: Iterable[Looked]) -> Counted:
    """What of a set counts: of sources that somebody looked at and kept, and not put out itself.

    Of two verdicts on the same, the later one holds.
    """
    sources: dict[str, Looked] = {}
    single: dict[tuple[str, str], Looked] = {}
    for one in sorted(verdicts, key=lambda one: one.on):
        if one.item is None:
            sources[one.source] = one
        else:
            single[one.source, one.item] = one
    kept: list[Item] = []
    dropped: list[tuple[Item, str]] = []
    for item in items:
        source = sources.get(item.source)
        own = next(
            (
                one
                for (name, start), one in single.items()
                if name == item.source and item.sha256.startswith(start)
            ),
            source,
        )
        if source is None:
            dropped.append((item, "nobody looked at its source"))
        elif source.verdict is Verdict.DROP:
            dropped.append((item, f"its source was dropped: {source.remark}"))
        elif own is not None and own.verdict is Verdict.DROP:
            dropped.append((item, own.remark))
        else:
            kept.append(item)
    return Counted(tuple(kept), tuple(dropped))
