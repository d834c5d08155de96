"""Identifiers of records: they sort by time and cannot be guessed.

Ten characters of milliseconds since 1970 and sixteen of chance (80 bits), in Crockford's base 32,
lower case, behind a prefix that says what the record is.
"""

from __future__ import annotations

import re
import secrets
import time

__all__ = ["LETTERS", "is_identifier", "new_identifier"]

LETTERS = "0123456789abcdefghjkmnpqrstvwxyz"
SHAPE = re.compile(rf"[a-z]{{3}}_[{LETTERS}]{{26}}")


def new_identifier(prefix: str) -> str:
    """A new one, as `scr_01k...`."""
    number = (time.time_ns() // 1_000_000) << 80 | secrets.randbits(80)
    letters = (LETTERS[number >> shift & 31] for shift in range(125, -1, -5))
    return f"{prefix}_{''.join(letters)}"


def is_identifier(text: str, prefix: str) -> bool:
    """Whether it has the shape of one."""
    return text.startswith(f"{prefix}_") and SHAPE.fullmatch(text) is not None
