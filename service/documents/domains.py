"""Which hosts the public summary names: the largest ones, as far as the audit keeps them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Self

from service.optout.audit.summary import AuditSummary, HostFigures

__all__ = ["Domains"]

SHARE, SME_SHARE = 10, 20
"""One host in so many is named: the top 10 %, or 5 % for a small or medium-sized enterprise."""

SME_MOST = 1000


@dataclass(frozen=True, slots=True)
class Domains:
    """The hosts to name.

    Attributes:
        shown: largest first.
        asked: how many are to be named.
        by_bytes: whether they are ordered by size; else by rows, since sizes are not known for all
            hosts, or since the audit keeps only the hosts with most rows.
        bytes: size of all hosts together, None when it is not known.
    """

    shown: tuple[HostFigures, ...]
    asked: int
    by_bytes: bool
    bytes: int | None

    @classmethod
    def of(cls, summary: AuditSummary, *, sme: bool = False) -> Self:
        """The hosts of an audit to name."""
        kept = summary.top_hosts
        sizes = [host.bytes for host in kept if host.bytes is not None]
        whole = len(kept) == summary.hosts
        by_bytes = whole and len(sizes) == len(kept)
        asked = -(-summary.hosts // (SME_SHARE if sme else SHARE))
        if sme:
            asked = min(asked, SME_MOST)
        ordered = sorted(
            kept,
            key=lambda host: (-((host.bytes or 0) if by_bytes else host.rows), host.host),
        )
        return cls(
            shown=tuple(ordered[:asked]),
            asked=asked,
            by_bytes=by_bytes,
            bytes=sum(sizes) if by_bytes and kept else None,
        )
