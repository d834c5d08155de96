"""A work with surroundings, and what a reader says of it in short: for tests and vectors."""

from __future__ import annotations

import base64
import json
from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path
from typing import Any

from provenance.asset import Asset
from provenance.evidence import NotRun, Reservation
from provenance.protocols import RightsReader
from provenance.rights.records import Channel
from provenance.rights.surroundings import RightsFile, Surroundings

VECTORS = Path(__file__).parents[2] / "vectors/optout"

HOST = "https://host.example"
FILES = {
    Channel.ROBOTS_TXT: "/robots.txt",
    Channel.TDMREP_JSON: "/.well-known/tdmrep.json",
}


def vectors(protocol: str) -> list[dict[str, Any]]:
    """The questions of one file of vectors."""
    text = (VECTORS / f"{protocol}.jsonl").read_text(encoding="utf-8")
    return [json.loads(line) for line in text.splitlines()]


def met(
    body: bytes = b"x",
    *,
    path: str = "/a",
    headers: Iterable[tuple[str, str]] = (),
    robots: bytes | None = None,
    tdmrep: bytes | None = None,
    agent: str | None = None,
    media_type: str | None = None,
) -> Asset:
    """A work as it was met on a host."""
    given = {Channel.ROBOTS_TXT: robots, Channel.TDMREP_JSON: tdmrep}
    files = tuple(
        RightsFile(channel, HOST + FILES[channel], data)
        for channel, data in given.items()
        if data is not None
    )
    around = Surroundings(HOST + path, tuple(headers), files, agent)
    asset = replace(Asset.from_bytes(body, name=path), around=around)
    return replace(asset, media_type=media_type) if media_type else asset


def asked(question: dict[str, Any]) -> Asset:
    """The work a vector asks about."""
    html = question.get("html")
    tdmrep = question.get("tdmrep")
    encoded = question.get("tdmrep_base64")
    robots = question.get("robots")
    return met(
        html.encode() if html else b"\xff\xd8\xff\xd9",
        path=question["path"],
        headers=[(name, value) for name, value in question.get("headers", ())],
        robots=robots.encode() if robots is not None else None,
        tdmrep=tdmrep.encode()
        if tdmrep is not None
        else base64.b64decode(encoded)
        if encoded
        else None,
        agent=question.get("agent"),
        media_type=question.get("media_type") or ("text/html" if html else None),
    )


def short(record: Reservation | NotRun) -> dict[str, Any]:
    """A record as vectors write it."""
    if isinstance(record, NotRun):
        return {"not_run": record.reason.value}
    return {
        "channel": record.channel,
        "agent": record.agent,
        "purposes": {purpose: state.value for purpose, state in record.purposes.items()},
        "formal": record.formal,
        "warnings": codes(record),
    }


def codes(record: Reservation) -> list[str]:
    """The codes of its warnings, each once."""
    return sorted({warning.partition(":")[0] for warning in record.warnings})


def answers(reader: RightsReader, asset: Asset) -> list[dict[str, Any]]:
    """What a reader says, in short and in a fixed order."""
    return in_order(map(short, reader.read(asset)))


def in_order(found: Iterable[dict[str, Any]]) -> list[dict[str, Any]]:
    """The same in a fixed order, with the codes sorted."""
    said = [{**one, "warnings": sorted(one.get("warnings", ()))} for one in found]
    return sorted(said, key=lambda one: json.dumps(one, sort_keys=True))
