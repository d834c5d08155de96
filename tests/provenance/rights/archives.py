"""The answers of a small web archive, as works with their surroundings."""

from __future__ import annotations

import gzip
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from urllib.parse import urlsplit

from provenance.asset import Asset
from provenance.rights.records import Channel
from provenance.rights.surroundings import RightsFile, Surroundings

CHANNELS = {
    "/robots.txt": Channel.ROBOTS_TXT,
    "/.well-known/tdmrep.json": Channel.TDMREP_JSON,
}

Answers = dict[str, tuple[int, tuple[tuple[str, str], ...], bytes]]


def responses(path: Path) -> Callable[..., Asset]:
    """Reads an archive; the function gives a work of it by its URL, for an agent."""
    answers = read(path)

    def met(url: str, agent: str | None = None) -> Asset:
        _, headers, body = answers.get(url, (404, (), b"x"))
        host = urlsplit(url).netloc
        files = tuple(
            RightsFile(CHANNELS[urlsplit(one).path], one, found[2], found[0])
            for one, found in answers.items()
            if urlsplit(one).netloc == host and urlsplit(one).path in CHANNELS
        )
        asset = Asset.from_bytes(body, name=urlsplit(url).path)
        return replace(asset, around=Surroundings(url, headers, files, agent))

    return met


def read(path: Path) -> Answers:
    """Status, headers and body of every response in an archive, by URL."""
    data = gzip.decompress(path.read_bytes())
    found: Answers = {}
    while data.startswith(b"WARC/"):
        head, _, rest = data.partition(b"\r\n\r\n")
        fields = dict(_fields(head))
        size = int(fields["Content-Length"])
        block, data = rest[:size], rest[size:].lstrip(b"\r\n")
        if fields["WARC-Type"] == "response":
            answer, _, body = block.partition(b"\r\n\r\n")
            status = int(answer.split(b" ", 2)[1])
            found[fields["WARC-Target-URI"]] = status, tuple(_fields(answer)), body
    return found


def _fields(head: bytes) -> list[tuple[str, str]]:
    lines = head.decode("latin-1").split("\r\n")[1:]
    return [(name, value.strip()) for name, _, value in (line.partition(":") for line in lines)]
