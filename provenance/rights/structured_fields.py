"""Structured field dictionaries: what stands in a `Content-Usage` header or rule.

Follows RFC 9651 section 4.2.2 (parsing a dictionary) to the letter, because the letter decides: a
value that does not parse says nothing at all. Each member keeps its type and how it was written;
parameters are checked and dropped. The cost is linear in the length of the text. A library does
the same, and takes ten seconds for a dictionary of a mebibyte.
"""

from __future__ import annotations

import base64
import binascii
import re
from dataclasses import dataclass
from enum import StrEnum
from urllib.parse import unquote_to_bytes

__all__ = ["Member", "StructuredFieldError", "Type", "parse_dictionary"]

KEY = re.compile(r"[a-z*][a-z0-9_\-.*]*+")
NUMBER = re.compile(r"-?([0-9]++)(?:(\.)([0-9]*+))?")
STRING = re.compile(r'"(?:[ !#-\[\]-~]|\\["\\])*+"')
TOKEN = re.compile(r"[A-Za-z*][!#$%&'*+\-.^_`|~0-9A-Za-z:/]*+")
BYTES = re.compile(r":([A-Za-z0-9+/=]*+):")
BOOLEAN = re.compile(r"\?[01]")
DISPLAY = re.compile(r'%"((?:[ !#$&-~]|%[0-9a-f]{2})*+)"')
SPACES = re.compile(r" *+")
OPTIONAL_SPACE = re.compile(r"[ \t]*+")
INTEGER_DIGITS, WHOLE_DIGITS, FRACTION_DIGITS = 15, 12, 3


class StructuredFieldError(ValueError):
    """The text is no dictionary; by the specification it is then to be ignored as a whole."""


class Type(StrEnum):
    """Of a member (RFC 9651 section 3)."""

    INTEGER = "integer"
    DECIMAL = "decimal"
    STRING = "string"
    TOKEN = "token"  # noqa: S105 - the type of that name
    BYTES = "byte sequence"
    BOOLEAN = "boolean"
    DATE = "date"
    DISPLAY_STRING = "display string"
    INNER_LIST = "inner list"


@dataclass(frozen=True, slots=True)
class Member:
    """The value of one key.

    Attributes:
        type: what it is.
        written: as it stands there, without parameters; `?1` for a key alone.
    """

    type: Type
    written: str


def parse_dictionary(text: str) -> dict[str, Member]:
    """The members by key, in order; of a key that stands there twice the last counts.

    Args:
        text: the field, its repetitions joined by commas; any characters.

    Raises:
        StructuredFieldError: when it is none.
    """
    members: dict[str, Member] = {}
    end = len(text.rstrip(" "))
    at = _skip(SPACES, text, 0)
    while at < end:
        key, at = _match(KEY, text, at, "a key")
        if text.startswith("=", at):
            members[key], at = _member(text, at + 1)
        else:
            members[key] = Member(Type.BOOLEAN, "?1")
        at = _skip(OPTIONAL_SPACE, text, _parameters(text, at))
        if at >= end:
            return members
        if text[at] != ",":
            raise StructuredFieldError(f"a comma was expected at character {at}")
        at = _skip(OPTIONAL_SPACE, text, at + 1)
        if at >= end:
            raise StructuredFieldError("it ends with a comma")
    return members


def _member(text: str, at: int) -> tuple[Member, int]:
    if not text.startswith("(", at):
        return _item(text, at)
    start, at = at, at + 1
    while True:
        at = _skip(SPACES, text, at)
        if text.startswith(")", at):
            return Member(Type.INNER_LIST, text[start : at + 1]), at + 1
        _, at = _item(text, at)
        at = _parameters(text, at)
        if not text.startswith((" ", ")"), at):
            raise StructuredFieldError(f"a list that does not go on at character {at}")


def _parameters(text: str, at: int) -> int:
    """Where the parameters that begin at `at` end."""
    while text.startswith(";", at):
        _, at = _match(KEY, text, _skip(SPACES, text, at + 1), "the key of a parameter")
        if text.startswith("=", at):
            _, at = _item(text, at + 1)
    return at


def _item(text: str, at: int) -> tuple[Member, int]:
    """A bare item, by its first character (section 4.2.3.1)."""
    first = text[at : at + 1]
    if first == "-" or first in "0123456789":
        return _number(text, at)
    if first == "@":
        number, end = _number(text, at + 1)
        if number.type is not Type.INTEGER:
            raise StructuredFieldError("a date with a fraction")
        return Member(Type.DATE, text[at:end]), end
    for begins, pattern, kind in KINDS:
        if first in begins:
            written, end = _match(pattern, text, at, f"a {kind}")
            _check(kind, written)
            return Member(kind, written), end
    written, end = _match(TOKEN, text, at, "a value")
    return Member(Type.TOKEN, written), end


KINDS = (
    ('"', STRING, Type.STRING),
    (":", BYTES, Type.BYTES),
    ("?", BOOLEAN, Type.BOOLEAN),
    ("%", DISPLAY, Type.DISPLAY_STRING),
)


def _number(text: str, at: int) -> tuple[Member, int]:
    found = NUMBER.match(text, at)
    if found is None:
        raise StructuredFieldError(f"a number was expected at character {at}")
    whole, point, fraction = found.groups()
    if point is None:
        if len(whole) > INTEGER_DIGITS:
            raise StructuredFieldError("an integer with too many digits")
        return Member(Type.INTEGER, found[0]), found.end()
    if len(whole) > WHOLE_DIGITS or not 1 <= len(fraction) <= FRACTION_DIGITS:
        raise StructuredFieldError("a decimal with too many or too few digits")
    return Member(Type.DECIMAL, found[0]), found.end()


def _check(kind: Type, written: str) -> None:
    """Whether what a value encodes can be decoded."""
    try:
        if kind is Type.BYTES:
            encoded = written[1:-1].rstrip("=")
            base64.b64decode(encoded + "=" * (-len(encoded) % 4), validate=True)
        elif kind is Type.DISPLAY_STRING:
            unquote_to_bytes(written[2:-1]).decode("utf-8")
    except (binascii.Error, UnicodeDecodeError) as fault:
        raise StructuredFieldError(f"a {kind} that cannot be decoded") from fault


def _match(pattern: re.Pattern[str], text: str, at: int, what: str) -> tuple[str, int]:
    found = pattern.match(text, at)
    if found is None:
        raise StructuredFieldError(f"{what} was expected at character {at}")
    return found[0], found.end()


def _skip(pattern: re.Pattern[str], text: str, at: int) -> int:
    found = pattern.match(text, at)
    assert found is not None  # noqa: S101 - both patterns match nothing, too
    return found.end()
