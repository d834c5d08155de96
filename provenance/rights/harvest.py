"""The documents about rights in one web archive: the part of reading it that runs in the sandbox.

`provenance.rights.archive` asks for them and keeps what is answered.
"""

from __future__ import annotations

import json
import re
import struct
from collections.abc import Sequence
from typing import Any

from provenance.limits import KIB, MIB
from provenance.rights.records import Channel
from provenance.rights.snapshots import host_of
from provenance.rights.warc import Answered, Damaged, names_document, next_record, records

__all__ = ["LENGTH", "REPLY_BYTES", "Harvest", "channel_of"]

REPLY_BYTES = 8 * MIB
BODY_BYTES = MIB + 1  # one more than readers take, so that they see it is longer
LENGTH = struct.Struct(">I")
LONGEST_URL = 2048
LICENCE = re.compile(r"(?i)/licen[cs]e\.xml(?:[?#]|\Z)")
RSL_MARK = b"<rsl"


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
    """The documents about rights in one archive, some mebibytes at a time."""

    def __call__(self, job: dict[str, Any], fds: list[int], blobs: list[bytes]) -> bytes:
        """Answers with the length of a JSON head, the head, and the bodies one after the other.

        Args:
            job: `start`, an offset; `most`, records to look at; `seek`, whether to begin at the
                first record behind `start` instead of the one that stands there.
            fds: the archive.
            blobs: none.
        """
        start, most = job["start"], job["most"]
        found: list[dict[str, Any]] = []
        bodies: list[bytes] = []
        size, damaged, following = 0, 0, None
        if job["seek"]:
            behind = next_record(fds[0], start)
            return _answer({"documents": [], "next": behind, "damaged": 0}, [])
        for count, one in enumerate(records(fds[0], start, head=0, documents=BODY_BYTES)):
            if (size > REPLY_BYTES or count >= most) and one.offset > start:
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
        return _answer({"documents": found, "next": following, "damaged": damaged}, bodies)


def _answer(head: dict[str, Any], bodies: Sequence[bytes]) -> bytes:
    written = json.dumps(head).encode()
    return b"".join([LENGTH.pack(len(written)), written, *bodies])


def _described(one: Answered) -> dict[str, Any] | None:
    channel = channel_of(one.url, one.media_type)
    host = host_of(one.url)
    if channel is None or host is None or one.at is None or one.is_text:
        return None
    if LICENCE.search(one.url) and one.status == 200 and RSL_MARK not in one.body[: 4 * KIB]:
        return None  # a licence of another kind
    status = one.status
    if one.hidden:
        status = None
    moved = status is not None and 300 <= status < 400
    location = next((value for name, value in one.headers if name.lower() == "location"), None)
    return {
        "host": host,
        "channel": channel.value,
        "url": one.url[:LONGEST_URL],
        "status": status,
        "at": one.at.isoformat(),
        "size": len(one.body),
        "digest": one.digest and one.digest[:200],
        "again": one.is_revisit,
        "moved": location[:LONGEST_URL] if moved and location else None,
    }
