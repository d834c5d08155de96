"""What a value or a key of the TDM Reservation Protocol says, and what others plainly mean.

Follows the final report of the W3C Community Group, section 4: the value is 0 or 1. Everything else
here is how people write it who have not read that: by the protocol it says nothing, and it is kept
as what was meant.
"""

from __future__ import annotations

import re
from typing import Any

from provenance.evidence import ReservationState
from provenance.rights.records import Formal

__all__ = ["bare", "read_text", "stated"]

RESERVED, ALLOWED = ReservationState.RESERVED, ReservationState.ALLOWED
UNKNOWN = ReservationState.UNKNOWN

YES = frozenset({"1", "true", "yes", "y", "on", "reserved", "all", "all-rights-reserved"})
NO = frozenset({"0", "false", "no", "n", "off", "none", "unreserved", "not-reserved"})
DENIED = frozenset({"false", "no", "n", "deny", "denied", "disallow", "disallowed"})
DENIED |= {"forbidden", "prohibited", "reserved", "not-allowed"}

RESERVATIONS = (
    *("tdmreservation", "reservation", "tdmreserved", "tdmrightsreserved", "tdmoptout", "optout"),
)
PERMISSIONS = ("tdm", "tdmallowed", "allowtdm", "textanddatamining", "datamining", "mining")
STATUSES = ("status", "value", "state")
"""Keys without case and marks, the likeliest first."""

LEADING = re.compile(r"\??([01]|true|false|yes|no)\s*(?:[;#].*|\s.*)", re.IGNORECASE | re.DOTALL)
"""A value that something follows: parameters, as other header fields have, or a comment."""

NAMED = re.compile(r"tdm[-_]reservation\s*[:=]\s*", re.IGNORECASE)
"""The name of the field in front of its own value."""

LETTERS = re.compile(r"[^a-z]+")


def bare(key: str) -> str:
    """A key without case and marks, by which its spellings are compared."""
    return LETTERS.sub("", key[:64].lower())


def read_text(text: str) -> tuple[ReservationState, Formal]:
    """What the value of a header, an attribute or an element says, and whether it is 0 or 1."""
    text = text.strip()
    if text in ("0", "1"):
        return (RESERVED if text == "1" else ALLOWED), Formal.VALID
    text = NAMED.sub("", text, count=1) if NAMED.match(text) else text
    leading = LEADING.fullmatch(text)
    word = (leading[1] if leading else text.removeprefix("?")).strip("\"'").lower()
    return (RESERVED if word in YES else ALLOWED if word in NO else UNKNOWN), Formal.MALFORMED


def stated(
    named: dict[str, Any],
) -> tuple[ReservationState | None, Formal, tuple[str, ...]]:
    """What an object says of mining, by its keys without case and marks."""
    for key in RESERVATIONS:
        value = named.get(key, [])
        if isinstance(value, dict | list):
            continue
        if isinstance(value, str) and value.strip() in ("0", "1"):
            fault = "unknown_token: tdm-reservation is a string"
            return read_text(value)[0], Formal.NONCONFORMING, (fault,)
        if type(value) is int and value in (0, 1):
            fault = "typo: tdm-reservation is spelled otherwise"
            exact = key == "tdmreservation"
            state = RESERVED if value else ALLOWED
            return state, Formal.NONCONFORMING, () if exact else (fault,)
        fault = "unknown_token: tdm-reservation is neither 0 nor 1"
        return read_text(_word(value))[0], Formal.MALFORMED, (fault,)
    for key in PERMISSIONS:
        if _word(named.get(key)) in DENIED:
            return RESERVED, Formal.MALFORMED, ("unknown_token: mining is said to be denied",)
    kinds = (named.get(key) for key in ("type", "id", "name"))
    if any(isinstance(kind, str) and "reserv" in kind.lower() for kind in kinds):
        said = (value.lower() for value in named.values() if isinstance(value, str))
        words = [_word(named.get(key)) for key in STATUSES]
        denied = any(word in DENIED - NO or read_text(word)[0] is RESERVED for word in words)
        if denied or any("all-rights-reserved" in value for value in said):
            fault = "unknown_token: all rights are said to be reserved"
            return RESERVED, Formal.MALFORMED, (fault,)
    profile = named.get("profile")
    if isinstance(profile, str) and "ns/tdmrep" in profile:
        # A policy is for what is reserved: it says how a licence can be had (section 6).
        return RESERVED, Formal.MALFORMED, ("misplaced: a policy stands in place of the rules",)
    return None, Formal.MALFORMED, ()


def _word(value: Any) -> str:
    """A value as one word; `true` for True."""
    if isinstance(value, float) and value.is_integer():
        return str(int(value)) if abs(value) < 10 else ""
    return str(value)[:32].strip().lower() if isinstance(value, str | int) else ""
