"""TDM·AI declarations: what their JSON says, in every form it has had.

Follows the TDM·AI protocol of Liccium: the flat form of 2025-07-21 and 2025-11-04 (`all`,
`train-ai`, `train-genai` nested, `ai-use` and `search` on their own, values "true" and "false"),
that of 2025-05-04 (`TDM`, `AiTraining`, `genAiTraining` with `usagePermission` or
`usageReservation`, each on its own), and the drafts before (`tdmOptOut`, `TDMAI`, a list under
`usageReservation`). A file holds one declaration, a list of them, or one on each line.

A later declaration for the same ISCC updates or supersedes earlier ones, as its `intent` says.
"""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from provenance.evidence import ReservationState
from provenance.rights.identifiers import SAID, canonical_iscc, load_json
from provenance.rights.moments import parse_moment
from provenance.rights.records import Formal

if TYPE_CHECKING:
    from provenance.evidence import Purpose

__all__ = ["MOST_DECLARATIONS", "Declared", "declarations", "in_force"]

RESERVED, ALLOWED = ReservationState.RESERVED, ReservationState.ALLOWED
UNKNOWN = ReservationState.UNKNOWN
MOST_DECLARATIONS = 5000

FLAT: tuple[tuple[str, tuple[Purpose, ...]], ...] = (
    ("all", ("tdm", "train-ai", "train-genai")),
    ("train-ai", ("train-ai", "train-genai")),
    ("train-genai", ("train-genai",)),
    ("ai-use", ("ai-input",)),
    ("search", ("search",)),
)
"""Keys of the present form, broad ones first: what is said of a part wins over the whole."""

NAMED: dict[str, tuple[Purpose, ...]] = {
    "tdm": ("tdm",),
    "aitraining": ("train-ai",),
    **dict.fromkeys(("genaitraining", "generativeai", "generativeaitraining"), ("train-genai",)),
}
"""Keys of the forms before, compared without case and hyphens."""

EVERYTHING: tuple[Purpose, ...] = ("tdm", "train-ai", "train-genai")
INTENTS = frozenset({"activate", "update", "supersede"})
DATES = ("timestamp", "created", "issued", "declaredAt", "date", "validFrom")
LISTS = ("declarations", "items", "records", "results")


@dataclass(frozen=True, slots=True)
class Declared:
    """One declaration.

    Attributes:
        iscc: it is about, canonical; None when it has none.
        purposes: the plain reading.
        text: as JSON.
        intent: `activate`, `update` or `supersede`.
        at: when it says it was made.
        until: when a later one took its place.
        formal: whether it keeps a form of the protocol.
        warnings: as in a reservation.
    """

    iscc: str | None
    purposes: dict[Purpose, ReservationState]
    text: str
    intent: str
    at: dt.datetime | None
    formal: Formal
    warnings: tuple[str, ...]
    until: dt.datetime | None = None


def declarations(body: bytes) -> tuple[Declared, ...] | None:
    """What a file declares, in order; None when it is none of these."""
    objects = [one for one in _objects(body) if _declares(one)]
    if not objects:
        return None
    return tuple(map(_declared, objects[: MOST_DECLARATIONS + 1]))


def _objects(body: bytes) -> Iterator[dict[str, Any]]:
    told = load_json(body)
    if told is None and b"\n" in body.strip():  # one on each line
        told = [load_json(line) for line in body.splitlines() if line.strip()]
    if isinstance(told, dict) and not _declares(told):
        told = next((told[key] for key in LISTS if isinstance(told.get(key), list)), told)
    for one in told if isinstance(told, list) else [told]:
        if isinstance(one, dict):
            yield one


def _declares(one: dict[str, Any]) -> bool:
    keys = {_plain(key) for key in one}
    return bool(keys & {_plain(key) for key in SAID})


def _plain(key: Any) -> str:
    return str(key).casefold().replace("-", "").replace("_", "").replace("·", "")


def _declared(one: dict[str, Any]) -> Declared:
    warnings: list[str] = []
    purposes, formal = _purposes(one, warnings)
    written = one.get("iscc")
    iscc = canonical_iscc(written) if isinstance(written, str) else None
    if iscc is None:
        warnings.append("no_iscc: it names no work")
        formal = max(formal, Formal.NONCONFORMING, key=list(Formal).index)
    if {"signature", "proof", "jwt", "vc"} & {_plain(key) for key in one}:
        warnings.append("signature_unverified: its signature is not checked")
    return Declared(
        iscc=iscc,
        purposes=purposes,
        text=json.dumps(one, ensure_ascii=False, sort_keys=True)[:8192],
        intent=_intent(one, warnings),
        at=_moment(one),
        formal=formal,
        warnings=tuple(dict.fromkeys(warnings)),
    )


def _purposes(
    one: dict[str, Any], warnings: list[str]
) -> tuple[dict[Purpose, ReservationState], Formal]:
    flat = {str(key).casefold(): value for key, value in one.items()}
    formal = Formal.VALID
    purposes: dict[Purpose, ReservationState] = {}
    for key, covered in FLAT:
        if key in flat:
            state, fault = _value(flat[key])
            purposes |= dict.fromkeys(covered, state)
            if fault:
                warnings.append(f"{fault}: {key} is {str(flat[key])[:40]!r}")
                formal = Formal.NONCONFORMING if state is not UNKNOWN else Formal.MALFORMED
    earlier = list(_earlier(one, warnings))
    if earlier:
        warnings.append("legacy_vocab: a form of the protocol from before July 2025")
    for covered, state in earlier:
        for purpose in covered:
            if purpose not in purposes or state is RESERVED:
                purposes[purpose] = state
    return purposes, formal if purposes else Formal.MALFORMED


def _earlier(
    one: dict[str, Any], warnings: list[str]
) -> Iterator[tuple[tuple[Purpose, ...], ReservationState]]:
    """What the older forms say, broad statements first."""
    keyed = {_plain(key): value for key, value in one.items()}
    whole = keyed.get("tdmai")
    if isinstance(whole, bool | str):
        yield EVERYTHING, _value(whole)[0]
    for key, state in (("usagereservation", RESERVED), ("usagepermission", ALLOWED)):
        listed = keyed.get(key)
        for name in listed if isinstance(listed, list) else []:
            if _plain(name) in NAMED:
                yield NAMED[_plain(name)], state
    for key, value in keyed.items():
        if key in NAMED:
            yield NAMED[key], _value(value)[0]
    inner = keyed.get("tdmoptout", whole)
    revoked = keyed.get("revocation") is True or keyed.get("status") == "revoked"
    for key, value in inner.items() if isinstance(inner, dict) else ():
        if _plain(key) in NAMED:
            state = _value(value)[0]
            if state is ALLOWED and not revoked and "tdmoptout" in keyed:
                warnings.append(f"ambiguous: {str(key)[:40]} under tdmOptOut is true")
                state = UNKNOWN
            yield NAMED[_plain(key)], state


def _value(value: Any) -> tuple[ReservationState, str | None]:
    """The state of a value, and what is odd about how it is written."""
    match value:
        case "true" | "usagePermission":
            return ALLOWED, None
        case "false" | "usageReservation":
            return RESERVED, None
        case True:
            return ALLOWED, "boolean_value"
        case False:
            return RESERVED, "boolean_value"
        case str() if value.strip().casefold() in ("false", "n", "no", "usagereservation"):
            return RESERVED, "unknown_token"
    return UNKNOWN, "unknown_token"


def _intent(one: dict[str, Any], warnings: list[str]) -> str:
    if one.get("revocation") is True or one.get("status") == "revoked":
        return "supersede"
    intent = one.get("intent", "activate")
    if isinstance(intent, str) and intent.casefold() in INTENTS:
        return intent.casefold()
    warnings.append(f"unknown_token: intent {str(intent)[:40]!r}")
    return "activate"


def _moment(one: dict[str, Any]) -> dt.datetime | None:
    for key in DATES:
        value = one.get(key)
        if isinstance(value, str):
            try:
                return parse_moment(value[:40])[0]
            except (ValueError, OverflowError):
                continue
    return None


def in_force(declared: list[Declared]) -> list[Declared]:
    """Declarations for one ISCC with their places in time: which of them a later one replaced.

    They are taken in the order of their dates when all have one, else in that of the file. One
    that was replaced ends with its successor; without dates it is marked `superseded`.
    """
    ordered = list(declared)
    if all(one.at for one in ordered):
        ordered.sort(key=lambda one: one.at or dt.datetime.min.replace(tzinfo=dt.UTC))
    standing: list[Declared] = []
    replaced: list[Declared] = []
    for one in ordered:
        if one.intent == "activate" or not standing:
            standing.append(one)
            continue
        replaced += (_ended(earlier, one) for earlier in standing)
        if one.intent == "update":
            merged: dict[Purpose, ReservationState] = {}
            for earlier in standing:
                merged |= earlier.purposes
            standing = [replace(one, purposes=merged | one.purposes)]
        else:
            standing = [one]
    return [*replaced, *standing]


def _ended(earlier: Declared, later: Declared) -> Declared:
    if earlier.at is not None and later.at is not None:
        return replace(earlier, until=later.at)
    note = f"superseded: by a later declaration with intent {later.intent}"
    return replace(earlier, warnings=(*earlier.warnings, note))
