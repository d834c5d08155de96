"""The open vectors of robots.txt, and what both tests of them share."""

from __future__ import annotations

import base64
import json
from pathlib import Path
from typing import Any

VECTORS = Path(__file__).parents[2] / "vectors/optout/robots.jsonl"


def questions() -> list[dict[str, Any]]:
    return [json.loads(line) for line in VECTORS.read_text(encoding="utf-8").splitlines()]


def body_of(question: dict[str, Any]) -> bytes:
    if "robots" in question:
        return question["robots"].encode("utf-8")
    return base64.b64decode(question["robots_base64"])
