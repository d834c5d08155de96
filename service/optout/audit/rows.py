"""What an audit reads: one row for each copy that was made, whatever the input looks like.

A source gives rows in order, and can begin again at any of them, so that an audit that was stopped
goes on. A row that cannot be understood is a row too: it is counted, with the reason.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Protocol

from provenance.evidence import NotRun, Reservation
from provenance.rights.history import Span
from provenance.rights.records import Channel

__all__ = ["Row", "RowSource", "Unreadable"]


@dataclass(frozen=True, slots=True)
class Row:
    """One copy of one work.

    Attributes:
        input: the work, as the corpus calls it; `input` of its finding.
        url: absolute; None where the corpus tells none.
        at: when the copy was made; None where the corpus does not say.
        agent: product token of who made it; None where the corpus does not say.
        records: what came with the copy itself: its headers, its page, its metadata.
        looked: channels that were looked at with the copy.
        media_type: of the copy, where known.
        size: bytes, where known.
    """

    input: str
    url: str | None = None
    at: Span | None = None
    agent: str | None = None
    records: tuple[Reservation | NotRun, ...] = ()
    looked: frozenset[Channel] = frozenset()
    media_type: str | None = None
    size: int | None = None


@dataclass(frozen=True, slots=True)
class Unreadable:
    """A row that cannot be understood.

    Attributes:
        reason: code: `no_url`, `not_a_url`, `bad_date`, `damaged`, `too_long`, ...
        place: where it stands, for people.
    """

    reason: str
    place: str


class RowSource(Protocol):
    """An input of an audit."""

    @property
    def kind(self) -> str:
        """`urls`, `csv`, `parquet`, `warc`, `wet`, `folder` or `log`."""
        ...

    @property
    def total(self) -> int | None:
        """Rows in all, where that is known without reading them."""
        ...

    def rows(self, start: int = 0) -> Iterator[Row | Unreadable]:
        """The rows from number `start` on, in order, the same at each call."""
        ...
