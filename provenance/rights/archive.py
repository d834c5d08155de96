"""Observations kept in web archives: WARC files, and CDX(J) exports beside them.

What is taken from an archive are the documents about rights it holds: robots.txt, tdmrep.json,
ai.txt and RSL licences, with status and date. An answer of 404 or 503 is an observation too; one
that was seen again unchanged (a revisit record) is one more, and one that was redirected is the
document the redirect leads to, as far as the archive holds it (RFC 9309 section 2.3.1.2). The
archive is read once, in the sandbox; what it holds of these documents is laid into an unnamed file,
equal bodies once, and read again from there when a host is asked about.

A CDX export says where in which WARC file a record stands, so only these records are read; see
`provenance.rights.cdx`.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import os
import struct
import tempfile
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import IO
from urllib.parse import urljoin

from pydantic import AwareDatetime, BaseModel, ConfigDict, ValidationError

from provenance.errors import ConfigError, InputError
from provenance.evidence import NotRunReason
from provenance.limits import DEFAULT, KIB, MIB
from provenance.rights import cdx
from provenance.rights.harvest import LENGTH, REPLY_BYTES
from provenance.rights.history import DAY, Observation, Span
from provenance.rights.records import Channel
from provenance.rights.surroundings import RightsFile
from provenance.rights.warc import begins
from provenance.sandbox import JobFailed, Sandbox, Task

__all__ = ["ArchiveHistory", "is_warc", "open_archive_history"]

JOB_RECORDS = 100_000
"""Records looked at in one job, so that none takes long."""

LIMITS = replace(
    DEFAULT,
    worker_headroom=512 * MIB,
    wall_seconds=600.0,
    cpu_seconds=600,
    reply_bytes=4 * REPLY_BYTES,
)
REDIRECTS = 5
ADVICE = (
    "Give a folder of HOST_YYYYMMDD.txt or HOST/TIMESTAMP.txt, a WARC, or a CDX beside the WARC "
    "files it points to."
)


class _Document(BaseModel):
    """What a worker says about one document."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    host: str
    channel: Channel
    url: str
    status: int | None
    at: AwareDatetime
    size: int
    digest: str | None
    again: bool
    moved: str | None


class _Harvested(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    documents: tuple[_Document, ...]
    next: int | None
    damaged: int


class _Bodies:
    """The bodies one after the other in an unnamed file, equal ones once."""

    def __init__(self) -> None:
        self._file: IO[bytes] = tempfile.TemporaryFile()  # noqa: SIM115 - closed below
        self._places: dict[bytes, tuple[int, int]] = {}
        self._end = 0

    def keep(self, body: bytes) -> tuple[int, int]:
        """Where a body stands."""
        digest = hashlib.sha256(body).digest()
        if digest not in self._places:
            os.pwrite(self._file.fileno(), body, self._end)
            self._places[digest] = self._end, len(body)
            self._end += len(body)
        return self._places[digest]

    def read(self, place: tuple[int, int]) -> bytes:
        """The body that stands there."""
        at, size = place
        return os.pread(self._file.fileno(), size, at)

    def __del__(self) -> None:
        self._file.close()


@dataclass(frozen=True, slots=True)
class _Kept:
    """Reads one document back."""

    bodies: _Bodies
    place: tuple[int, int]
    channel: Channel
    url: str
    status: int | None
    seen: dt.datetime

    def __call__(self) -> RightsFile:
        body = self.bodies.read(self.place)
        return RightsFile(self.channel, self.url, body, self.status, self.seen)


@dataclass(slots=True)
class ArchiveHistory:
    """A `History` over documents that were taken from archives.

    Attributes:
        kind: `warc` or `cdx`.
        damaged: records that could not be read.
        unresolved: revisits of documents that the archive does not hold.
    """

    kind: str
    damaged: int = 0
    unresolved: int = 0
    _bodies: _Bodies = field(default_factory=_Bodies)
    _found: dict[str, list[Observation]] = field(default_factory=dict)
    _by_digest: dict[str, _Kept] = field(default_factory=dict)
    _by_url: dict[str, list[_Kept]] = field(default_factory=dict)
    _waiting: list[_Document] = field(default_factory=list)

    def hosts(self) -> Iterable[str]:
        """The hosts of which there is a document, by name."""
        return sorted(self._found)

    def observations(self, host: str) -> Sequence[Observation]:
        """Every document of a host."""
        return self._found.get(host.lower(), ())

    def keep(self, one: _Document, body: bytes) -> None:
        """Take one document that a worker found."""
        if one.again or one.moved is not None:
            self._waiting.append(one)
            return
        place = self._bodies.keep(body)
        kept = _Kept(self._bodies, place, one.channel, one.url, one.status, one.at)
        if one.digest:
            self._by_digest.setdefault(one.digest, kept)
        self._by_url.setdefault(one.url, []).append(kept)
        self._observe(one, kept)

    def settle(self) -> None:
        """Resolve revisits and redirects, once everything was read."""
        for one in self._waiting:
            if not one.again:
                continue
            same = self._by_digest.get(one.digest or "")
            if same is None:
                self.unresolved += 1
                continue
            seen = replace(same, url=one.url, channel=one.channel, seen=one.at)
            self._by_url.setdefault(one.url, []).append(seen)
            self._observe(one, seen)
        moves = {one.url: one for one in self._waiting if one.moved is not None}
        nothing = self._bodies.keep(b"")
        for one in self._waiting:
            if one.moved is None:
                continue
            found = self._led_to(one, moves)
            if found is None:
                kept = _Kept(self._bodies, nothing, one.channel, one.url, one.status, one.at)
            else:
                kept = replace(found, channel=one.channel, seen=one.at)
            self._observe(one, kept)
        self._waiting.clear()
        self._by_digest.clear()
        self._by_url.clear()

    def _led_to(self, one: _Document, moves: dict[str, _Document]) -> _Kept | None:
        """What stood at the end of a redirect within a day of it."""
        url = one.url
        step: _Document | None = one
        for _ in range(REDIRECTS):
            if step is None or step.moved is None:
                return None
            try:
                url = urljoin(url, step.moved)
            except ValueError:
                return None
            near = [kept for kept in self._by_url.get(url, ()) if abs(kept.seen - one.at) <= DAY]
            if near:
                return min(near, key=lambda kept: abs(kept.seen - one.at))
            step = moves.get(url)
        return None

    def _observe(self, one: _Document, kept: _Kept) -> None:
        found = self._found.setdefault(one.host.lower(), [])
        found.append(Observation(one.channel, Span.of(one.at), kept))


def open_archive_history(path: Path) -> ArchiveHistory:
    """The history in a WARC file, or in those that a CDX export points to.

    Raises:
        ConfigError: it is neither, it holds no document about rights, or WARC files are missing.
        InputError: it cannot be read.
    """
    try:
        with path.open("rb") as file:
            head = file.read(4 * KIB)
    except OSError as fault:
        raise InputError(f"{path}: cannot be read ({fault.strerror})") from fault
    with Sandbox(Task("provenance.rights.harvest:Harvest"), limits=LIMITS) as sandbox:
        if is_warc(head):
            history = ArchiveHistory("warc")
            with path.open("rb") as file:
                _harvest(sandbox, file, history)
        elif cdx.is_cdx(head):
            history = ArchiveHistory("cdx")
            _follow(sandbox, path, history)
        else:
            raise ConfigError(f"--history {path}: neither a WARC nor a CDX export", hint=ADVICE)
    history.settle()
    if not list(history.hosts()):
        raise ConfigError(
            f"--history {path}: holds no robots.txt, tdmrep.json, ai.txt or RSL",
            hint="Archives of pages alone do not say what their hosts declared; many crawls keep "
            "robots.txt in WARC files of their own.",
        )
    return history


def is_warc(head: bytes) -> bool:
    """Whether a file that begins like this is a WARC, plain or compressed."""
    return begins(head)


def _harvest(sandbox: Sandbox, file: IO[bytes], history: ArchiveHistory) -> None:
    """Every document in one archive; a record that its worker cannot bear is stepped over."""
    start: int | None = 0
    most = JOB_RECORDS
    while start is not None:
        try:
            following = _ask(sandbox, file, start, history, most=most)
        except JobFailed:
            if most > 1:
                most = max(most // 50, 1)
                continue
            history.damaged += 1
            try:
                following = _ask(sandbox, file, start + 1, history, seek=True)
            except JobFailed:
                return
        else:
            most = min(most * 2, JOB_RECORDS)
        start = following if following is not None and following > start else None


def _ask(
    sandbox: Sandbox,
    file: IO[bytes],
    start: int,
    history: ArchiveHistory,
    *,
    most: int = 1,
    seek: bool = False,
) -> int | None:
    """One job; gives the offset to go on at.

    Raises:
        JobFailed: the worker was lost, or its answer makes no sense.
    """
    job = {"start": start, "most": most, "seek": seek}
    answer = sandbox.call(job, fds=[file.fileno()])
    try:
        (length,) = LENGTH.unpack_from(answer)
        head = _Harvested.model_validate_json(answer[LENGTH.size : LENGTH.size + length])
    except (ValidationError, struct.error) as fault:
        raise JobFailed(NotRunReason.UNREADABLE, "the answer was malformed") from fault
    at = LENGTH.size + length
    for one in head.documents:
        history.keep(one, answer[at : at + one.size])
        at += one.size
    history.damaged += head.damaged
    return head.next


def _follow(sandbox: Sandbox, path: Path, history: ArchiveHistory) -> None:
    """The documents that an export points to."""
    places: dict[Path, list[int]] = {}
    missing: dict[str, None] = {}
    for line in cdx.document_lines(path):
        archive = cdx.beside(path, line.filename)
        if archive is None:
            missing[line.filename] = None
        else:
            places.setdefault(archive, []).append(line.offset)
    if missing:
        more = f" and {len(missing) - 1} more" if len(missing) > 1 else ""
        raise ConfigError(
            f"--history {path}: points to {next(iter(missing))}{more}, which is not beside it",
            hint="Put the WARC files an index points to into its folder.",
        )
    for archive, offsets in places.items():
        with archive.open("rb") as file:
            for offset in sorted(set(offsets)):
                try:
                    _ask(sandbox, file, offset, history)
                except JobFailed:
                    history.damaged += 1
