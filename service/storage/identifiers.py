"""Identifiers of records: they sort by time and cannot be guessed.

Ten characters of milliseconds since 1970 and sixteen of chance (80 bits), in Crockford's base 32,
lower case, behind a prefix that says what the record is.
"""

from __future__ import annotations

import datetime as dt
import re
import secrets
import time

__all__ = ["LETTERS", "first_identifier", "is_any_identifier", "is_identifier", "new_identifier"]

LETTERS = "0123456789abcdefghjkmnpqrstvwxyz"
SHAPE = re.compile(rf"[a-z]{{3}}_[{LETTERS}]{{26}}")


def new_identifier(prefix: str) -> str:
    """A new one, as `scr_01k...`."""
    return _written(prefix, time.time_ns() // 1_000_000, secrets.randbits(80))


def first_identifier(prefix: str, moment: dt.datetime) -> str:
    """The least one of this moment: what sorts before it was made before."""
    return _written(prefix, int(moment.timestamp() * 1000), 0)


def is_identifier(text: str, prefix: str) -> bool:
    """Whether it has the shape of one."""
    return text.startswith(f"{prefix}_") and SHAPE.fullmatch(text) is not None


def is_any_identifier(text: str) -> bool:
    """Whether it has the shape of one, of whatever record."""
    return SHAPE.fullmatch(text) is not None


def _written(prefix: str, milliseconds: int, chance: int) -> str:
    number = milliseconds << 80 | chance
    letters = (LETTERS[number >> shift & 31] for shift in range(125, -1, -5))
    return f"{prefix}_{''.join(letters)}"
