"""How a `Reservation` is written: the words every reader uses, and one way to build the record.

Two readings are kept apart. `formal` says whether the source keeps its protocol; `purposes` and
`intent` carry the plain reading, what its owner evidently meant, also where the source is malformed
and formally says nothing. What follows from either is decided in `provenance.rights.decide`.
"""

from __future__ import annotations

import datetime as dt
import hashlib
from enum import StrEnum
from typing import TYPE_CHECKING

from provenance.evidence import Document, NotRun, NotRunReason, Reservation
from provenance.limits import DEFAULT
from provenance.rights.purposes import PURPOSES, strictest
from provenance.rights.standing import standing_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from provenance.evidence import Purpose, ReservationState

__all__ = ["Authority", "Channel", "Formal", "not_looked", "reservation"]


class Formal(StrEnum):
    """Whether a source keeps its protocol."""

    VALID = "valid"
    NONCONFORMING = "nonconforming"
    """Understood, though not spelled as the specification has it."""
    MALFORMED = "malformed"
    """By its protocol it says nothing; what was meant may be plain all the same."""


class Authority(StrEnum):
    """Whose word it is. To reserve needs none; to permit does."""

    SIGNED_TRUSTED = "signed-trusted"
    SIGNED_UNTRUSTED = "signed-untrusted"
    ORIGIN_CONTROLLED = "origin-controlled"
    """A file, header or page of the host the work stands on."""
    RIGHTSHOLDER = "rightsholder"
    THIRD_PARTY = "third-party"
    UNKNOWN = "unknown"


class Channel(StrEnum):
    """Where a reservation can stand; the keys of `coverage`."""

    ROBOTS_TXT = "robots.txt"
    HEADERS = "headers"
    PAGE = "page"
    TDMREP_JSON = "tdmrep.json"
    AI_TXT = "ai.txt"
    RSL = "rsl"
    EMBEDDED = "embedded"
    REGISTRY = "registry"
    TERMS = "terms"


def reservation(  # noqa: PLR0913 - one argument for each thing a record must say
    *,
    source: str,
    protocol: str,
    channel: Channel,
    scope: str,
    purposes: Mapping[Purpose, ReservationState],
    native_value: str,
    location: str,
    body: bytes,
    span: tuple[int, int] | None = None,
    formal: Formal = Formal.VALID,
    authority: Authority = Authority.UNKNOWN,
    agent: str | None = None,
    part: str | None = None,
    observed_at: dt.datetime | None = None,
    valid_from: dt.datetime | None = None,
    warnings: Iterable[str] = (),
) -> Reservation:
    """A record with its standing, its intent and the digest of the document it was read from.

    Args:
        source: name of the reader.
        protocol: as `standing.toml` spells it.
        channel: where it stood.
        scope: `origin`, `path:PATTERN`, `page`, `asset`, `ingredient`, `work` or `repertoire`.
        purposes: the plain reading.
        native_value: as it is written there; cut to `limits.value_bytes` characters.
        location: URL of the document, or the place inside the asset.
        body: the document; its SHA-256 is kept.
        span: byte range of the statement in `body`.
        formal: whether it keeps its protocol.
        authority: whose word it is.
        agent: product token it is addressed to, None for everyone.
        part: path of the part it stood in.
        observed_at: when the document was seen.
        valid_from: from when it says it holds.
        warnings: `code`, or `code: sentence`.
    """
    ordered = {name: purposes[name] for name in PURPOSES if name in purposes}
    return Reservation(
        source=source,
        part=part,
        protocol=protocol,
        channel=channel.value,
        scope=scope,
        agent=agent,
        purposes=ordered,
        native_value=native_value[: DEFAULT.value_bytes],
        formal=formal.value,
        intent=strictest(ordered.values()).value,
        standing=standing_of(protocol, observed_at.date() if observed_at else None),
        authority=authority.value,
        valid_from=valid_from,
        observed_at=observed_at,
        document=Document(
            sha256=hashlib.sha256(body).hexdigest(), location=location[:2048], span=span
        ),
        warnings=tuple(warnings),
    )


def not_looked(
    source: str, reason: NotRunReason, detail: str, *, part: str | None = None
) -> NotRun:
    """A channel that could not be looked at, or a document that could not be read."""
    return NotRun(source=source, part=part, check="rights", reason=reason, detail=detail[:500])
