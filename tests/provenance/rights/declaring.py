"""A work with the documents that speak of it, and what a reader says in short: for vectors."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

from provenance.asset import Asset
from provenance.evidence import NotRun, Reservation
from provenance.rights.records import Channel
from provenance.rights.surroundings import RightsFile, Surroundings

VECTORS = Path(__file__).parents[2] / "vectors/optout"
HOST = "https://host.example"


def vectors(protocol: str) -> list[dict[str, Any]]:
    """The questions of one file of vectors."""
    lines = (VECTORS / f"{protocol}.jsonl").read_text(encoding="utf-8").splitlines()
    return [json.loads(line) for line in lines]


def named(question: dict[str, Any]) -> str:
    return question["id"]


def asked(question: dict[str, Any]) -> Asset:
    """The work a vector asks about, with everything around it."""
    body = (question.get("html") or question.get("body") or "x").encode()
    name = question.get("name", "page.html" if "html" in question else "work.bin")
    asset = Asset.from_bytes(body, name=name)
    if "media_type" in question:
        asset = replace(asset, media_type=question["media_type"])
    around = Surroundings(
        url=question.get("url"),
        headers=tuple((key, value) for key, value in question.get("headers", ())),
        files=tuple(_files(question)),
        agent=question.get("agent"),
    )
    return replace(asset, around=around)


def _files(question: dict[str, Any]) -> Iterator[RightsFile]:
    if "robots" in question:
        yield RightsFile(Channel.ROBOTS_TXT, f"{HOST}/robots.txt", question["robots"].encode())
    if "ai_txt" in question:
        yield RightsFile(Channel.AI_TXT, f"{HOST}/ai.txt", question["ai_txt"].encode())
    for url, text in question.get("rsl", {}).items():
        status = 200 if text is not None else 404
        yield RightsFile(Channel.RSL, url, (text or "").encode(), status)
    for n, text in enumerate(question.get("registry", ())):
        yield RightsFile(Channel.REGISTRY, f"registry/{n}", text.encode())


def in_short(records: Iterable[Reservation | NotRun]) -> list[dict[str, Any]]:
    """Records as vectors spell them, in an order that does not depend on the reader."""
    told = [
        {"not_run": one.reason.value}
        if isinstance(one, NotRun)
        else {
            "protocol": one.protocol,
            "channel": one.channel,
            "scope": one.scope,
            "agent": one.agent,
            "purposes": {key: state.value for key, state in one.purposes.items()},
            "formal": one.formal,
            "warnings": sorted(warning.partition(":")[0] for warning in one.warnings),
        }
        for one in records
    ]
    return sorted(told, key=_order)


def expected(question: dict[str, Any]) -> list[dict[str, Any]]:
    """What a vector expects, in that order."""
    return sorted(question["expected"], key=_order)


def _order(one: dict[str, Any]) -> str:
    return json.dumps(one, sort_keys=True)
