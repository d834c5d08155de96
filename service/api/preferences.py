"""What a request would rather have: the language or the form, by its `Accept` headers (RFC 9110).

Only what is offered counts; a header that cannot be read prefers nothing.
"""

from __future__ import annotations

from collections.abc import Sequence

__all__ = ["preferred"]

MOST = 20
"""Entries of a header that are looked at."""


def preferred(header: str | None, offered: Sequence[str]) -> str:
    """The one of `offered` that the header ranks highest; the first one where it ranks none.

    Args:
        header: `Accept` or `Accept-Language`.
        offered: in the order of the service; `text/html`, or `fr`.
    """
    ranked = [_entry(one) for one in (header or "").split(",")[:MOST]]
    best, most = offered[0], 0.0
    for one in offered:
        rank = max((rank for wanted, rank in ranked if _covers(wanted, one)), default=0.0)
        if rank > most:
            best, most = one, rank
    return best


def _entry(text: str) -> tuple[str, float]:
    wanted, *parameters = (part.strip().lower() for part in text.split(";"))
    for one in parameters:
        name, _, value = one.partition("=")
        if name.strip() == "q":
            return wanted, _weight(value.strip())
    return wanted, 1.0


def _weight(text: str) -> float:
    """A weight from 0 to 1; one that is written otherwise is none."""
    digits = text.replace(".", "", 1)
    return min(float(text), 1.0) if digits.isascii() and digits.isdigit() else 0.0


def _covers(wanted: str, one: str) -> bool:
    """Whether a range (`*/*`, `text/*`, `fr-CA`) asks for what is offered."""
    if "/" in one:
        return wanted in ("*/*", one, f"{one.partition('/')[0]}/*")
    return wanted == "*" or wanted.partition("-")[0] == one
