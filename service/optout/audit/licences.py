"""Licences the user of a corpus claims: a table of what they cover, as given and not checked.

A CSV file with the columns `pattern` (a URL, its beginning with `*`, or a host; `*.example.org` for
every host below it), `reference`, and optionally `purpose`, `from` and `to`.
"""

from __future__ import annotations

import csv
import datetime as dt
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self

from provenance.errors import ConfigError, InputError
from provenance.evidence import Purpose
from provenance.rights.history import Span
from provenance.rights.moments import parse_moment
from provenance.rights.purposes import BROADER, PURPOSES
from provenance.rights.snapshots import host_of
from provenance.rights.surroundings import path_of

__all__ = ["Licence", "Licences", "read_licences"]

NAMES = ("pattern", "url", "host")
MOST = 100_000
LONGEST_HOST = 255
"""Letters of a name in the domain name system (RFC 1035 section 2.3.4); longer ones are none."""
HINT = (
    "Columns: pattern (a URL, a URL beginning that ends in *, or a host), reference, "
    "purpose, from, to. Only pattern and reference are needed."
)


@dataclass(frozen=True, slots=True)
class Licence:
    """One line of the table."""

    pattern: str
    reference: str
    purpose: str | None = None
    start: str | None = None
    end: str | None = None

    def covers(self, purpose: Purpose, span: Span | None) -> bool:
        """Whether it covers a purpose at a time; one without a date needs a licence without."""
        if self.purpose is not None and self.purpose not in (purpose, *BROADER.get(purpose, ())):
            return False
        if self.start is None and self.end is None:
            return True
        if span is None:
            return False
        begun = self.start is None or dt.datetime.fromisoformat(self.start) <= span.start
        return begun and (self.end is None or span.end <= dt.datetime.fromisoformat(self.end))


class Licences:
    """The table, asked about many rows."""

    def __init__(self, licences: tuple[Licence, ...]) -> None:
        self._hosts: dict[str, list[Licence]] = {}
        self._urls: dict[str, list[Licence]] = {}
        self._beginnings: dict[str, list[tuple[str, Licence]]] = {}
        for one in licences:
            if "://" not in one.pattern:
                host = host_of(f"https://{one.pattern}") or ""
                self._hosts.setdefault(host, []).append(one)
            elif one.pattern.endswith("*"):
                beginning = one.pattern[:-1]
                of_host = self._beginnings.setdefault(host_of(beginning) or "", [])
                of_host.append((_written(beginning), one))
            else:
                self._urls.setdefault(_written(one.pattern), []).append(one)

    def covering(
        self, url: str | None, host: str | None, purpose: Purpose, span: Span | None
    ) -> str | None:
        """The reference of the first licence that covers a row; None when none does."""
        for one in self._about(url or "", host or ""):
            if one.covers(purpose, span):
                return one.reference
        return None

    def _about(self, url: str, host: str) -> list[Licence]:
        url = _written(url)
        found = [*self._urls.get(url, ()), *self._hosts.get(host, ())]
        parent = host if len(host) <= LONGEST_HOST else ""
        while "." in parent:
            parent = parent.partition(".")[2]
            found += self._hosts.get(f"*.{parent}", ())
        beginnings = self._beginnings.get(host, ())
        return found + [one for beginning, one in beginnings if url.startswith(beginning)]

    @classmethod
    def of(cls, described: list[list[Any]]) -> Self:
        """From what was sent to a worker."""
        return cls(tuple(Licence(*one) for one in described))


def _written(url: str) -> str:
    """A URL in the one way it is compared in: its host whole, no user, no usual port, no fragment.

    What begins with a host and nothing behind it is of that host, not of longer ones.
    """
    return f"{url.partition('://')[0].lower()}://{host_of(url) or ''}{path_of(url)}"


def read_licences(path: Path) -> tuple[Licence, ...]:
    """The licences in a file.

    Raises:
        InputError: it cannot be read.
        ConfigError: a line of it says nothing that can be understood.
    """
    try:
        with path.open(encoding="utf-8-sig", errors="replace", newline="") as file:
            rows = list(csv.DictReader(file))
    except (OSError, csv.Error) as fault:
        raise InputError(f"--licence-claims {path}: cannot be read ({fault})", hint=HINT) from fault
    if len(rows) > MOST:
        raise ConfigError(f"--licence-claims {path}: over {MOST:,} lines")
    return tuple(_licence(path, number, row) for number, row in enumerate(rows, start=2))


def _licence(path: Path, number: int, row: dict[str, Any]) -> Licence:
    fields = {
        str(name).strip().lower(): str(value or "").strip() for name, value in row.items() if name
    }
    pattern = next((fields[name] for name in NAMES if fields.get(name)), "")
    reference = fields.get("reference", "")
    if not pattern or not reference:
        raise ConfigError(
            f"--licence-claims {path}: line {number} has no pattern or no reference", hint=HINT
        )
    if "://" not in pattern and "/" in pattern:  # neither a host nor a URL: it would cover nothing
        raise ConfigError(
            f"--licence-claims {path}: line {number}: {pattern} has a path and no https://",
            hint=HINT,
        )
    purpose = fields.get("purpose") or None
    if purpose is not None and purpose not in PURPOSES:
        raise ConfigError(
            f"--licence-claims {path}: line {number}: no such purpose as {purpose}",
            hint=f"One of {', '.join(PURPOSES)}.",
        )
    try:
        start = parse_moment(fields["from"])[0].isoformat() if fields.get("from") else None
        end = parse_moment(fields["to"])[1].isoformat() if fields.get("to") else None
    except ValueError as fault:
        raise ConfigError(f"--licence-claims {path}: line {number}: {fault}", hint=HINT) from fault
    return Licence(pattern, reference[:500], purpose, start, end)
