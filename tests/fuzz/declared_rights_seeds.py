"""Seeds of the targets that read declarations: the open vectors, as the targets take them."""

from __future__ import annotations

import json
from pathlib import Path

__all__ = ["ai_txt", "onix", "rsl", "tdm_ai"]

VECTORS = Path(__file__).parents[1] / "vectors/optout"


def _questions(name: str) -> list[dict[str, object]]:
    text = (VECTORS / f"{name}.jsonl").read_text(encoding="utf-8")
    return [json.loads(line) for line in text.splitlines()]


def rsl() -> dict[str, bytes]:
    """Documents, then a robots.txt with licences, a field of links and a page."""
    found: dict[str, bytes] = {}
    for one in _questions("rsl"):
        documents = one.get("rsl")
        for text in documents.values() if isinstance(documents, dict) else ():
            found.setdefault(f"{one['id']}", (text or "").encode()[:4000])
    kept = dict(list(found.items())[::4])
    kept["robots"] = b"License: /a\nUser-agent: B\nLicense: https://c.example/d\nPermits: rag\n"
    kept["link"] = b'</a>; rel="license"; type="application/rsl+xml", <b>;rel=x'
    kept["page"] = (
        b"<html><link rel=license type=application/rsl+xml href=/r>"
        b'<script type="application/rsl+xml">'
        b'<rsl xmlns="https://rslstandard.org/rsl"><content url=""><license><permits type="usage">'
        b"search</permits></license></content></rsl></script></html>"
    )
    return kept


def ai_txt() -> dict[str, bytes]:
    """Files that are declarations and files that are not."""
    return {str(one["id"]): str(one["ai_txt"]).encode() for one in _questions("ai-txt")}


def tdm_ai() -> dict[str, bytes]:
    """Declarations in every form."""
    return {
        str(one["id"]): str(registry[-1]).encode()
        for one in _questions("tdm-ai")
        if isinstance(registry := one["registry"], list)
    }


def onix() -> dict[str, bytes]:
    """Messages."""
    return {
        str(one["id"]): str(registry[-1]).encode()
        for one in _questions("onix")
        if isinstance(registry := one["registry"], list)
    }
