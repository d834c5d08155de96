"""What stands around a work where it is published, as far as somebody looked.

A file on a disk has no surroundings. One that was fetched has its address, the headers it came
with and the host's own files about rights (robots.txt, tdmrep.json, ai.txt, RSL); a row of a corpus
has what a history keeps of them. All of it is bytes from strangers, read by the rights readers and
by nobody else.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Protocol
from urllib.parse import urlsplit

from provenance.evidence import NotRun, Reservation
from provenance.rights.records import Channel
from provenance.supplied.records import Supplied

__all__ = ["RightsFile", "SiteDeclaration", "Surroundings", "path_of"]

Headers = tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class RightsFile:
    """A document about rights that is not the work.

    Attributes:
        channel: what it is.
        url: where it was found, after redirects; a path for one that was handed over.
        body: its bytes.
        status: HTTP status it came with; None when there was no answer at all.
        observed_at: when.
        headers: it came with, in order, repeated ones kept.
    """

    channel: Channel
    url: str
    body: bytes = b""
    status: int | None = 200
    observed_at: dt.datetime | None = None
    headers: Headers = ()

    @property
    def is_there(self) -> bool:
        """Whether there is a document to read."""
        return self.status is not None and 200 <= self.status < 300

    @property
    def is_absent(self) -> bool:
        """Whether the host said that there is none (RFC 9309 section 2.3.1.3)."""
        return self.status is not None and 400 <= self.status < 500


@dataclass(frozen=True, slots=True)
class Surroundings:
    """Where a work was met.

    Attributes:
        url: absolute URL of the work, None when only documents were handed over with it.
        headers: of the answer that carried it, in order, repeated ones kept.
        files: documents about rights that were looked for, also those that were not there.
        agent: product token of who uses it, None when nobody in particular is asked about.
        observed_at: when it was met.
        supplied: what whoever delivered it declares of it.
    """

    url: str | None = None
    headers: Headers = ()
    files: tuple[RightsFile, ...] = ()
    agent: str | None = None
    observed_at: dt.datetime | None = None
    supplied: Supplied | None = None

    @property
    def bodies(self) -> tuple[bytes, ...]:
        """Everything that `described` leaves out, in its order."""
        given = () if self.supplied is None else (self.supplied.body,)
        return (*(file.body for file in self.files), *given)

    @property
    def path(self) -> str:
        """Path and query of the URL, as robots.txt patterns are matched against."""
        return path_of(self.url or "")

    def described(self) -> dict[str, Any]:
        """Everything but the bodies of the documents, as JSON values."""
        return {
            "url": self.url,
            "headers": self.headers,
            "files": [
                (one.channel, one.url, one.status, _written(one.observed_at), one.headers)
                for one in self.files
            ],
            "agent": self.agent,
            "observed_at": _written(self.observed_at),
            "supplied": None if self.supplied is None else [self.supplied.resource],
        }

    @classmethod
    def of(cls, described: dict[str, Any], bodies: Iterator[bytes]) -> Surroundings:
        """What `described` describes; the body of each document is the next one of `bodies`."""
        files = tuple(
            RightsFile(
                Channel(channel), url, next(bodies), status, _read(observed_at), _pairs(headers)
            )
            for channel, url, status, observed_at, headers in described["files"]
        )
        supplied = described["supplied"]
        return cls(
            url=described["url"],
            headers=_pairs(described["headers"]),
            files=files,
            agent=described["agent"],
            observed_at=_read(described["observed_at"]),
            supplied=None if supplied is None else Supplied(next(bodies), *supplied),
        )

    def file(self, channel: Channel) -> tuple[RightsFile, ...]:
        """The documents of one kind."""
        return tuple(one for one in self.files if one.channel is channel)


class SiteDeclaration(Protocol):
    """A host's document, parsed once and asked about many URLs."""

    def about(
        self, path: str, *, agent: str | None, media_type: str | None
    ) -> tuple[Reservation | NotRun, ...]:
        """What it says about one URL of its host; equal answers are one and the same tuple.

        Args:
            path: path and query.
            agent: product token of who uses it, or None.
            media_type: of what stands there, where known.
        """
        ...


def _written(moment: dt.datetime | None) -> str | None:
    return moment.isoformat() if moment else None


def _read(written: str | None) -> dt.datetime | None:
    return dt.datetime.fromisoformat(written) if written else None


def _pairs(headers: Iterable[Sequence[str]]) -> Headers:
    return tuple((name, value) for name, value in headers)


def path_of(url: str) -> str:
    """Path and query of an absolute URL, `/` when it has none; never raises."""
    try:
        parts = urlsplit(url)
    except ValueError:
        return "/"
    path = parts.path or "/"
    asks = parts.query or url.partition("#")[0].endswith("?")  # an empty query is one (RFC 9309)
    return f"{path}?{parts.query}" if asks else path
