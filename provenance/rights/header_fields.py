"""The header fields of one answer that a protocol is interested in.

Names are compared without case (RFC 9110 section 5.1) and repeated fields keep their order, so
that a caller can join them (section 5.3) or take them one by one. What stands in other fields
costs one comparison of lengths each: an archive has thousands of answers a second.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from provenance.evidence import NotRun, NotRunReason
from provenance.limits import KIB
from provenance.rights.records import not_looked
from provenance.rights.surroundings import Headers

__all__ = ["LONGEST_FIELD", "Answer", "field_values", "too_long", "written"]

LONGEST_FIELD = 64 * KIB
"""Characters that the fields of one protocol may hold together."""


@dataclass(frozen=True, slots=True)
class Answer:
    """The answer of a host that a work came in, as the readers of header fields are asked about it.

    Attributes:
        url: of the work.
        agent: product token of who uses the work, None when nobody in particular is asked about.
        media_type: of the work, where known.
        observed_at: when it was given.
    """

    url: str = ""
    agent: str | None = None
    media_type: str | None = None
    observed_at: dt.datetime | None = None


def field_values(headers: Headers, name: str) -> tuple[str, ...]:
    """The values of every field of that name, in order, without white space around them.

    Args:
        headers: in order, repeated ones kept.
        name: in lower case.
    """
    length = len(name)
    return tuple(
        value.strip(" \t\r\n")
        for key, value in headers
        if len(key) == length and key.lower() == name
    )


def too_long(source: str, name: str, values: tuple[str, ...]) -> NotRun | None:
    """What to report instead of reading `values`, or None when they may be read."""
    size = sum(map(len, values))
    if size <= LONGEST_FIELD:
        return None
    detail = f"the header field {name} holds {size:,} characters, over the limit"
    return not_looked(source, NotRunReason.LIMIT, detail)


def written(name: str, values: tuple[str, ...]) -> bytes:
    """The fields as they stand in an answer: the document of a reservation in headers."""
    return "".join(f"{name}: {value}\r\n" for value in values).encode("utf-8", "replace")
