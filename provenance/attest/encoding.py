"""How what is signed is written: canonical JSON, strict JSON, base64, moments.

Canonical JSON is RFC 8785. Reading is stricter than JSON itself (RFC 8259 section 4 leaves
repeated names open, and two readers that differ on them would see two statements under one
signature): no repeated names, no NaN, no deeper than a limit.
"""

from __future__ import annotations

import base64
import datetime as dt
import json
from typing import Annotated, Any, NoReturn

import rfc8785
from pydantic import (
    AfterValidator,
    AwareDatetime,
    Field,
    PlainSerializer,
    ValidationError,
    WithJsonSchema,
)

from provenance.errors import ReceiptError
from provenance.limits import DEFAULT

__all__ = ["Base64", "Hex32", "Moment", "canonical", "from_base64", "shown", "strict_json", "where"]

URL_SAFE = str.maketrans("-_", "+/")
SHOWN = 80
LARGEST_INTEGER = 2**53 - 1


def canonical(value: Any) -> bytes:
    """RFC 8785 canonical JSON of `value`.

    Raises:
        ReceiptError: it has no canonical form (an integer beyond 2**53, a lone surrogate, NaN) or
            is nested deeper than `limits.json_nesting`.
    """
    if _too_deep(value, DEFAULT.json_nesting):
        raise ReceiptError(f"the JSON is nested deeper than {DEFAULT.json_nesting} levels")
    try:
        written = rfc8785.dumps(value)
    except (rfc8785.CanonicalizationError, ValueError) as fault:
        raise ReceiptError(f"the JSON has no canonical form (RFC 8785): {fault}") from fault
    if _too_many(written, DEFAULT.json_items):
        raise ReceiptError(f"the JSON has more than {DEFAULT.json_items} items")
    return written


def strict_json(raw: bytes, items: int = DEFAULT.json_items) -> Any:
    """The value of one JSON document in UTF-8.

    Args:
        raw: the document.
        items: how many commas and brackets it may have; more are not even parsed.

    Raises:
        ValueError: it is not JSON, repeats a name, has too many items, or is nested deeper than
            `limits.json_nesting`.
    """
    if _too_many(raw, items):
        raise ValueError("too many items")
    try:
        value = json.loads(
            raw.decode("utf-8"),
            object_pairs_hook=_object,
            parse_constant=_no_constant,
            parse_int=_number,
        )
    except RecursionError as fault:
        raise ValueError("nested too deeply") from fault
    if _too_deep(value, DEFAULT.json_nesting):
        raise ValueError("nested too deeply")
    return value


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError("a name is repeated")
    return found


def _number(text: str) -> int | float:
    """An integer, or the double that RFC 8785 writes like one (section 3.2.2.3)."""
    number = int(text)
    if abs(number) <= LARGEST_INTEGER:
        return number
    try:
        return float(number)
    except OverflowError as fault:
        raise ValueError("a number beyond all doubles") from fault


def _no_constant(name: str) -> NoReturn:
    raise ValueError(f"{name} is not JSON")


def _too_many(raw: bytes, items: int) -> bool:
    return sum(raw.count(sign) for sign in (b",", b"[", b"{")) > items


def _too_deep(value: Any, deepest: int) -> bool:
    """Whether `value` has more than `deepest` levels; does not recurse itself."""
    level = [value]
    for _ in range(deepest):
        inner: list[Any] = []
        for one in level:
            if isinstance(one, dict):
                inner += one.values()
            elif isinstance(one, list | tuple):
                inner += one
        if not inner:
            return False
        level = inner
    return any(isinstance(one, dict | list | tuple) for one in level)


def from_base64(text: str) -> bytes:
    """The bytes of padded base64, standard or URL-safe, as the DSSE protocol allows both.

    Raises:
        ValueError: it is not base64, or not the one way to write these bytes.
    """
    standard = text.translate(URL_SAFE)
    try:
        found = base64.b64decode(standard, validate=True)
    except ValueError as fault:
        raise ValueError("not base64") from fault
    if base64.b64encode(found).decode() != standard:
        raise ValueError("not base64 in its canonical form")
    return found


def _is_base64(text: str) -> str:
    from_base64(text)
    return text


def _in_utc(moment: dt.datetime) -> dt.datetime:
    """In whole seconds, as moments are written: so that what was read is what is written."""
    try:
        return moment.astimezone(dt.UTC).replace(microsecond=0)
    except OverflowError as fault:
        raise ValueError("a date beyond the calendar") from fault


def _utc_seconds(moment: dt.datetime) -> str:
    return moment.replace(tzinfo=None).isoformat(timespec="seconds") + "Z"


def where(fault: ValidationError) -> str:
    """The place of the first thing that a record has wrong, as a path of names."""
    first = fault.errors(include_url=False, include_input=False)[0]
    return ".".join(str(step) for step in first["loc"]) or str(first["msg"])


def shown(text: object) -> str:
    """A short text that a stranger wrote, safe to show on a terminal."""
    plain = "".join(
        sign if sign.isprintable() else "\N{REPLACEMENT CHARACTER}" for sign in f"{text}"
    )
    return plain if len(plain) <= SHOWN else plain[: SHOWN - 1] + "…"


Base64 = Annotated[str, AfterValidator(_is_base64)]
Hex32 = Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]
Moment = Annotated[
    AwareDatetime,
    AfterValidator(_in_utc),
    PlainSerializer(_utc_seconds, return_type=str),
    WithJsonSchema({"type": "string", "format": "date-time"}),
]
