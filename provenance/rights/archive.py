"""Observations kept in web archives: WARC files, and CDX(J) exports beside them.

What is taken from an archive are the documents about rights it holds: robots.txt, tdmrep.json,
ai.txt and RSL licences, with status, date and headers. An answer of 404 or 503 is an observation
too. The archive is read once, in the sandbox; what it holds of these documents is laid into an
unnamed file, equal bodies once, and read again from there when a host is asked about.

A CDX export (the eleven columns of the Internet Archive, or CDXJ) says where in which WARC file a
record stands, so only these records are read. The WARC files are looked for beside it.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import json
import os
import re
import struct
import tempfile
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, BinaryIO

from provenance.errors import ConfigError, InputError
from provenance.limits import DEFAULT, KIB, MIB
from provenance.rights.history import Observation, Span
from provenance.rights.moments import parse_moment
from provenance.rights.records import Channel
from provenance.rights.snapshots import host_of
from provenance.rights.surroundings import RightsFile
from provenance.rights.warc import Answered, Damaged, names_document, records
from provenance.sandbox import JobFailed, Sandbox, Task

__all__ = ["ArchiveHistory", "Harvest", "channel_of", "open_archive_history"]

REPLY_BYTES = 8 * MIB
JOB_RECORDS = 100_000
"""Records looked at in one job, so that none takes long."""
BODY_BYTES = 512 * KIB
LIMITS = replace(
    DEFAULT,
    worker_headroom=512 * MIB,
    wall_seconds=600.0,
    cpu_seconds=600,
    reply_bytes=4 * REPLY_BYTES,
)
LENGTH = struct.Struct(">I")
CDX_HEADER = " CDX "
LONGEST_LINE = 64 * KIB
COLUMNS = "N b a m s k r M S V g"
"""Of a CDX file without a header line: the Internet Archive's eleven."""


def channel_of(url: str, media_type: str | None) -> Channel | None:
    """Which document about rights stands at a URL; None for anything else."""
    if not names_document(url, media_type):
        return None
    path = re.split(r"[?#]", url.partition("://")[2].partition("/")[2], maxsplit=1)[0].lower()
    known = {
        "robots.txt": Channel.ROBOTS_TXT,
        ".well-known/tdmrep.json": Channel.TDMREP_JSON,
        "ai.txt": Channel.AI_TXT,
    }
    return known.get(path, Channel.RSL)


class Harvest:
    """The worker's side: the documents about rights in one archive, some mebibytes at a time."""

    def __call__(self, job: dict[str, Any], fds: list[int], blobs: list[bytes]) -> bytes:
        """Answers with the length of a JSON head, the head, and the bodies one after the other."""
        found: list[dict[str, Any]] = []
        bodies: list[bytes] = []
        size, damaged, following = 0, 0, None
        for count, one in enumerate(records(fds[0], job["start"], head=0, documents=BODY_BYTES)):
            if size > REPLY_BYTES or count == JOB_RECORDS:
                following = one.offset
                break
            if isinstance(one, Damaged):
                damaged += 1
                continue
            described = _described(one)
            if described is not None:
                found.append(described)
                bodies.append(one.body)
                size += len(one.body) + 200
            if job["only"]:
                break
        head = json.dumps({"documents": found, "next": following, "damaged": damaged}).encode()
        return b"".join([LENGTH.pack(len(head)), head, *bodies])


def _described(one: Answered) -> dict[str, Any] | None:
    channel = channel_of(one.url, one.media_type)
    host = host_of(one.url)
    if channel is None or host is None or one.at is None or one.is_text:
        return None
    return {
        "host": host,
        "channel": channel.value,
        "url": one.url[:2048],
        "status": one.status,
        "at": one.at.isoformat(),
        "size": len(one.body),
    }


@dataclass(slots=True)
class ArchiveHistory:
    """A `History` over documents that were taken from archives.

    Attributes:
        kind: `warc` or `cdx`.
        damaged: records that could not be read.
    """

    kind: str
    damaged: int = 0
    _bodies: BinaryIO = field(default_factory=tempfile.TemporaryFile)
    _places: dict[bytes, tuple[int, int]] = field(default_factory=dict)
    _found: dict[str, list[Observation]] = field(default_factory=dict)

    def hosts(self) -> Iterable[str]:
        """The hosts of which there is a document, by name."""
        return sorted(self._found)

    def observations(self, host: str) -> Sequence[Observation]:
        """Every document of a host."""
        return self._found.get(host.lower(), ())

    def keep(self, described: dict[str, Any], body: bytes) -> None:
        """Take one document that a worker found."""
        digest = hashlib.sha256(body).digest()
        if digest not in self._places:
            at = self._bodies.seek(0, os.SEEK_END)
            self._bodies.write(body)
            self._bodies.flush()
            self._places[digest] = (at, len(body))
        seen = dt.datetime.fromisoformat(described["at"])
        status = described["status"]
        channel = Channel(described["channel"])
        load = _Kept(
            self._bodies, *self._places[digest], channel, str(described["url"]), int(status), seen
        )
        host = str(described["host"])
        self._found.setdefault(host, []).append(Observation(channel, Span.of(seen), load))


class _Kept:
    """Reads one document back."""

    def __init__(
        self,
        file: BinaryIO,
        at: int,
        size: int,
        channel: Channel,
        url: str,
        status: int,
        seen: dt.datetime,
    ) -> None:
        self.file, self.at, self.size = file, at, size
        self.channel, self.url, self.status, self.seen = channel, url, status, seen

    def __call__(self) -> RightsFile:
        body = os.pread(self.file.fileno(), self.size, self.at)
        return RightsFile(self.channel, self.url, body, self.status, self.seen)


def open_archive_history(path: Path) -> ArchiveHistory:
    """The history in a WARC file, or in those that a CDX export points to.

    Raises:
        ConfigError: it is neither.
        InputError: it cannot be read.
    """
    try:
        with path.open("rb") as file:
            head = file.read(4 * KIB)
    except OSError as fault:
        raise InputError(f"{path}: cannot be read ({fault.strerror})") from fault
    with Sandbox(Task("provenance.rights.archive:Harvest"), limits=LIMITS) as sandbox:
        if is_warc(head):
            history = ArchiveHistory("warc")
            _harvest(sandbox, path, history)
        elif _is_cdx(head):
            history = ArchiveHistory("cdx")
            _follow(sandbox, path, history)
        else:
            raise ConfigError(
                f"--history {path}: neither a WARC nor a CDX export",
                hint="Give a folder of HOST_YYYYMMDD.txt or HOST/TIMESTAMP.txt, a WARC, or a CDX "
                "beside the WARC files it points to.",
            )
    if not history._found:
        raise ConfigError(
            f"--history {path}: holds no robots.txt, tdmrep.json, ai.txt or RSL",
            hint="Archives of pages alone do not say what their hosts declared; many crawls keep "
            "robots.txt in WARC files of their own.",
        )
    return history


def is_warc(head: bytes) -> bool:
    """Whether a file that begins like this is a WARC, plain or compressed."""
    if head.startswith(b"\x1f\x8b"):
        import zlib

        try:
            head = zlib.decompressobj(47).decompress(head, 64)
        except zlib.error:
            return False
    return head.startswith(b"WARC/")


def _is_cdx(head: bytes) -> bool:
    line = head.partition(b"\n")[0].decode("utf-8", "replace")
    return line.startswith(CDX_HEADER) or re.match(r"\S+ \d{4,14} ", line) is not None


def _harvest(sandbox: Sandbox, path: Path, history: ArchiveHistory) -> None:
    """Every document in one archive; one that its worker cannot bear ends there."""
    with path.open("rb") as file:
        size = os.fstat(file.fileno()).st_size
        start: int | None = 0
        while start is not None:
            start = _ask(sandbox, file, start, size, history, only=False)


def _ask(
    sandbox: Sandbox, file: Any, start: int, size: int, history: ArchiveHistory, *, only: bool
) -> int | None:
    job = {"start": start, "only": only}
    try:
        answer = sandbox.call(job, fds=[file.fileno()], size=0)
        (length,) = LENGTH.unpack_from(answer)
        head = json.loads(answer[LENGTH.size : LENGTH.size + length])
        at = LENGTH.size + length
        for one in head["documents"]:
            history.keep(one, answer[at : at + int(one["size"])])
            at += int(one["size"])
        history.damaged += int(head["damaged"])
        following = head["next"]
    except (JobFailed, KeyError, TypeError, ValueError, struct.error):
        history.damaged += 1
        return None
    return following if isinstance(following, int) and following > start else None


@dataclass(frozen=True, slots=True)
class _Line:
    """Where one document stands."""

    filename: str
    offset: int


def _follow(sandbox: Sandbox, path: Path, history: ArchiveHistory) -> None:
    """The documents that an export points to."""
    opened: dict[str, BinaryIO | None] = {}
    try:
        for line in _lines(path):
            name = Path(line.filename).name
            if name not in opened:
                beside = path.parent / name
                opened[name] = beside.open("rb") if beside.is_file() else None
            file = opened[name]
            if file is None:
                history.damaged += 1
                continue
            _ask(sandbox, file, line.offset, 0, history, only=True)
    finally:
        for file in opened.values():
            if file is not None:
                file.close()
    missing = sorted(name for name, file in opened.items() if file is None)
    if missing and not history._found:
        raise ConfigError(
            f"--history {path}: points to {missing[0]}, which is not beside it",
            hint="Put the WARC files an index points to into its folder.",
        )


def _lines(path: Path) -> Iterator[_Line]:
    """The lines about documents; a line of another form is passed over."""
    columns = COLUMNS.split()
    with path.open(encoding="utf-8", errors="replace") as file:
        while text := file.readline(LONGEST_LINE):
            if text.startswith(CDX_HEADER):
                columns = text.split()[1:]
                continue
            fields = _json_fields(text) or dict(zip(columns, text.split(" "), strict=False))
            url = str(fields.get("a") or fields.get("url") or "")
            media_type = str(fields.get("m") or fields.get("mime") or "")
            where = fields.get("V") or fields.get("offset")
            name = str(fields.get("g") or fields.get("filename") or "").strip()
            if not name or not names_document(url, media_type) or not str(where).strip().isdigit():
                continue
            if _is_date(str(fields.get("b") or fields.get("timestamp") or "")):
                yield _Line(name, int(str(where)))


def _json_fields(text: str) -> dict[str, Any] | None:
    """A CDXJ line: key, time, JSON; None for a line of columns."""
    parts = text.split(" ", 2)
    if len(parts) < 3 or not parts[2].lstrip().startswith("{"):
        return None
    try:
        fields = json.loads(parts[2])
    except (ValueError, RecursionError):
        return {}
    return {"timestamp": parts[1], **fields} if isinstance(fields, dict) else {}


def _is_date(text: str) -> bool:
    try:
        parse_moment(text)
    except ValueError:
        return False
    return True
