"""Labels as JSON: what a form of a platform asks an uploader, and tags that have no file format.

    {"ai": "none" | "partly" | "fully" | "unknown",
     "tools": ["name of a product", ...],
     "digital_source_type": "http://cv.iptc.org/newscodes/digitalsourcetype/...",
     "apple": ["Track", "Composition", "Artwork", "Music Video"],
     "statement": "in the uploader's words"}

Every key is optional, others are refused; there may be several source types, as an array. Apple's
tags say that a material portion of what they name was made with AI; what they leave out says
nothing, as they have no word for "none". Source types may also come as a plain text, one a line.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from provenance.asset import Modality
from provenance.digital_source_type import DstClass, bare_name, classify
from provenance.evidence import NotRunReason, Statement, Strength
from provenance.limits import KIB
from provenance.metadata.iptc import STATEMENTS as SOURCES
from provenance.supplied.records import Said, Unclear

__all__ = ["said_by_labels"]

AI = {
    "fully": Statement.FULLY_AI,
    "partly": Statement.PARTLY_AI,
    "unknown": Statement.NONE,
    "none": Statement.NONE,
}
APPLE = {
    "Track": frozenset({Modality.AUDIO}),
    "Composition": frozenset({Modality.AUDIO}),
    "Artwork": frozenset({Modality.IMAGE}),
    "Music Video": frozenset({Modality.VIDEO}),
}
LABEL_BYTES = 64 * KIB
KEYS = ("ai", "tools", "digital_source_type", "apple", "statement")
MOST = 20


def said_by_labels(body: bytes, modality: Modality) -> Iterator[Said]:
    """What labels say of a work.

    Args:
        body: JSON.
        modality: of the work.

    Raises:
        Unclear: they are not as above; the message says what is wrong.
    """
    labels = _object(body)
    tools = _texts(labels, "tools")
    generator = tools[0] if tools else None
    if (ai := labels.get("ai")) is not None:
        if not isinstance(ai, str) or ai not in AI:
            raise _wrong(f"ai is one of {', '.join(AI)}, not {str(ai)[:40]!r}")
        strength = Strength.WEAK if ai == "unknown" else Strength.MEDIUM
        named = None if ai == "none" else generator
        yield Said("ai", ai, AI[ai], strength, denies=ai == "none", generator=named)
    elif tools:  # what people work with is not what made their work
        yield Said("tools", ", ".join(tools), Statement.NONE, Strength.WEAK)
    sources = labels.get("digital_source_type")
    for source in [sources] if isinstance(sources, str) else _texts(labels, "digital_source_type"):
        statement = SOURCES.get(classify(bare_name(source[:300])), Statement.NONE)
        yield Said("digital_source_type", source[:300], statement)
    for tag in _texts(labels, "apple"):
        if tag not in APPLE:
            raise _wrong(f"apple holds {', '.join(APPLE)}, not {tag[:40]!r}")
        about = modality in APPLE[tag]
        yield Said(
            f"apple/{tag}",
            tag,
            Statement.PARTLY_AI if about else Statement.NONE,
            Strength.MEDIUM if about else Strength.WEAK,
        )
    words = labels.get("statement")
    if isinstance(words, str) and words:
        yield Said("statement", words[:4000], Statement.NONE, Strength.WEAK)


def _object(body: bytes) -> dict[str, Any]:
    if len(body) > LABEL_BYTES:
        raise Unclear(NotRunReason.LIMIT, f"labels have {LABEL_BYTES:,} bytes at most")
    if sources := _source_types(body):
        return {"digital_source_type": sources}
    try:
        labels = json.loads(body)
    except (ValueError, RecursionError) as fault:
        raise _wrong("it is neither XML nor JSON, nor names of digital source types") from fault
    if not isinstance(labels, dict):
        raise _wrong("labels are one JSON object")
    unknown = sorted(str(key)[:40] for key in labels if key not in KEYS)
    if unknown:
        raise _wrong(f"unknown label {unknown[0]!r}; known: {', '.join(KEYS)}")
    return labels


def _source_types(body: bytes) -> list[str]:
    """The lines of a text that holds nothing but source types; empty for any other."""
    lines = body.removeprefix(b"\xef\xbb\xbf").decode("utf-8", "replace").splitlines()
    named = [line.strip() for line in lines if line.strip()]
    known = (classify(bare_name(one)) is not DstClass.UNKNOWN for one in named[:MOST])
    return named if all(known) else []


def _texts(labels: dict[str, Any], key: str) -> list[str]:
    given = labels.get(key, [])
    if not isinstance(given, list) or not all(isinstance(one, str) for one in given):
        raise _wrong(f"{key} is a list of texts")
    return [one[:200] for one in given[:MOST]]


def _wrong(detail: str) -> Unclear:
    return Unclear(NotRunReason.UNREADABLE, detail)
