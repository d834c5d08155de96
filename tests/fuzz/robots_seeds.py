"""Seeds of robots.txt: the questions of the open vectors."""

from __future__ import annotations

import base64
from typing import Any

from tools import make_vectors_robots as vectors

SMALL = 4096


def robots() -> dict[str, bytes]:
    """Agent, address and file, by a number."""
    asked = [_question(one) for make in vectors.MAKERS for one in make()]
    small = dict.fromkeys(one for one in asked if len(one) < SMALL)
    return {f"{number:03d}": data for number, data in enumerate(small)}


def _question(one: dict[str, Any]) -> bytes:
    agent, address = one["agent"] or "*", one.get("path") or one["url"]
    body = one["robots"].encode() if "robots" in one else base64.b64decode(one["robots_base64"])
    return b"\0".join((agent.encode(), address.lstrip("/").encode(), body))
