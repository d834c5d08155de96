"""Observations kept as files: a folder of snapshots, named by host and time.

Two layouts, also side by side: `HOST_YYYYMMDD[HHMMSS].txt`, and `HOST/TIMESTAMP.txt` with the time
as digits or as RFC 3339 (`2024-03-01T12-00-00Z` where a colon cannot stand in a name). `.txt` is a
robots.txt; `.tdmrep.json`, `.ai.txt` and `.rsl.xml` are the other documents of a host. A name
without a time of day stands for the whole day. Files are read when they are asked for, and what
cannot be read is a document that did not answer.
"""

from __future__ import annotations

import datetime as dt
import logging
import os
import re
from collections.abc import Iterable, Sequence
from pathlib import Path

from provenance.rights.history import Observation, Span
from provenance.rights.moments import parse_moment
from provenance.rights.records import Channel
from provenance.rights.surroundings import RightsFile

__all__ = ["SnapshotFolder", "host_of"]

log = logging.getLogger(__name__)

ENDINGS = (
    (".tdmrep.json", Channel.TDMREP_JSON, "/.well-known/tdmrep.json"),
    (".rsl.xml", Channel.RSL, "/rsl.xml"),
    (".ai.txt", Channel.AI_TXT, "/ai.txt"),
    (".txt", Channel.ROBOTS_TXT, "/robots.txt"),
)
FLAT = re.compile(r"(?P<host>[^/]+)_(?P<time>\d{8}(?:\d{4}(?:\d\d)?)?)")
DASHED = re.compile(r"(\d{4}-\d\d-\d\d)[T_ ](\d\d)[-:.]?(\d\d)(?:[-:.]?(\d\d))?Z?")
LARGEST = 4 * 1024 * 1024
"""Bytes of a snapshot that are read; readers look at less."""


class SnapshotFolder:
    """A `History` over a folder."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.ignored = 0
        self._found: dict[str, list[Observation]] = {}
        self._index()

    def hosts(self) -> Iterable[str]:
        """The hosts of which there is a snapshot, by name."""
        return sorted(self._found)

    def observations(self, host: str) -> Sequence[Observation]:
        """Every snapshot of a host."""
        return self._found.get(host.lower(), ())

    def _index(self) -> None:
        for top, folders, names in os.walk(self.folder):
            folders.sort()
            depth = len(Path(top).relative_to(self.folder).parts)
            if depth >= 1:
                folders.clear()
            for name in sorted(names):
                found = _named(name, Path(top).name if depth else None)
                if found is None:
                    self.ignored += 1
                    continue
                host, channel, url, seen = found
                load = _Loader(Path(top, name), channel, url, seen.start)
                self._found.setdefault(host, []).append(Observation(channel, seen, load))


class _Loader:
    """Reads one snapshot. A value, so that it can be sent to another process."""

    def __init__(self, path: Path, channel: Channel, url: str, seen: dt.datetime) -> None:
        self.path, self.channel, self.url, self.seen = path, channel, url, seen

    def __call__(self) -> RightsFile:
        try:
            with self.path.open("rb") as file:
                body = file.read(LARGEST)
        except OSError as fault:
            log.warning("%s cannot be read (%s)", self.path, fault.strerror)
            return RightsFile(self.channel, self.url, b"", None, self.seen)
        return RightsFile(self.channel, self.url, body, 200, self.seen)


def _named(name: str, folder: str | None) -> tuple[str, Channel, str, Span] | None:
    """What a file name says: host, channel, URL and time; None for a file of another kind."""
    found = next((one for one in ENDINGS if name.endswith(one[0])), None)
    if found is None:
        return None
    ending, channel, path = found
    stem = name[: -len(ending)]
    if folder is not None:
        host, time = folder, stem
    elif flat := FLAT.fullmatch(stem):
        host, time = flat["host"], flat["time"]
    else:
        return None
    seen = _span(time)
    host = host.lower() if host.isascii() else _ascii(host.lower())
    return None if seen is None else (host, channel, f"https://{host}{path}", seen)


def _span(time: str) -> Span | None:
    if dashed := DASHED.fullmatch(time):
        time = f"{dashed[1]}T{dashed[2]}:{dashed[3]}:{dashed[4] or '00'}+00:00"
    try:
        return Span(*parse_moment(time))
    except ValueError:
        return None


def host_of(url: str) -> str | None:
    """The host of a URL as histories name it: lower case, a port only where it is not the default.

    Returns:
        None when `url` is no absolute http or https URL.
    """
    scheme, slashes, rest = url.partition("://")
    scheme = scheme.strip().lower()
    if not slashes or scheme not in ("http", "https"):
        return None
    authority = re.split(r"[/?#\\]", rest, maxsplit=1)[0].rpartition("@")[2].strip().lower()
    default = ":443" if scheme == "https" else ":80"
    authority = authority.removesuffix(default).rstrip(".")
    if not authority.isascii():
        authority = _ascii(authority)
    return authority or None


def _ascii(authority: str) -> str:
    """An internationalised name as hosts are asked for it; as it is where it is no such name."""
    host, colon, port = authority.partition(":")
    try:
        return host.encode("idna").decode("ascii") + colon + port
    except UnicodeError:
        return authority
