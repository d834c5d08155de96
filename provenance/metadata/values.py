r"""Values as they may stand in a report: bounded, and without power over whoever displays them.

Metadata are written by anyone. A value with terminal escapes, line separators or bidirectional
overrides could forge the lines of a log or hide part of a report, so these characters are written
out (`\\x1b`, `\\u202e`). Cutting is done by bytes of UTF-8, on a character.
"""

from __future__ import annotations

import json
import re
from typing import Any

from provenance.limits import DEFAULT

__all__ = ["NAME_BYTES", "clean", "json_object"]

NAME_BYTES = 256
"""Longest field or generator name kept."""

JSON_CHARACTERS = 2 << 20
"""Longest JSON text that is parsed: empty lists take twenty times their text in memory."""

# All controls but tab and line feed; marks, isolates and overrides of direction; separators of
# lines and paragraphs; lone surrogates; the byte-order mark.
FORGING = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff\ud800-\udfff]"
)


def clean(value: str, limit: int = DEFAULT.value_bytes) -> str:
    """`value` without white space around it, harmless, and in at most `limit` bytes of UTF-8."""
    text = value.strip()[:limit].replace("\r\n", "\n")
    text = FORGING.sub(_written_out, text)
    return text.encode("utf-8")[:limit].decode("utf-8", "ignore")


def _written_out(found: re.Match[str]) -> str:
    code = ord(found[0])
    return f"\\x{code:02x}" if code < 256 else f"\\u{code:04x}"


def json_object(text: str) -> dict[str, Any] | None:
    """The JSON object `text` holds; None for anything else, however deep or long it is."""
    start = text.lstrip("\ufeff \t\r\n\x00")
    if not start.startswith("{") or len(start) > JSON_CHARACTERS:
        return None
    try:
        value = json.loads(start.rstrip(" \t\r\n\x00"))
    except (ValueError, RecursionError):
        return None
    return value if isinstance(value, dict) else None
