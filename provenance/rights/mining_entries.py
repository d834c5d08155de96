"""What one assertion of a manifest says of each use: training and data mining.

Follows the CAWG Training and Data Mining assertion 1.1 (`cawg.training-mining`), the form it grew
out of (`c2pa.training-mining`, C2PA 1.x; with or without its map of entries), and the IPTC Data
Mining property where a metadata assertion (C2PA 2.4 section 18.13, `cawg.metadata`) repeats it. A
use that is not named is not spoken of. One that is named in a way nobody can read is no permission:
its state is unknown.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from provenance.evidence import Purpose, ReservationState
from provenance.limits import DEFAULT
from provenance.metadata.values import NAME_BYTES, clean
from provenance.rights.data_mining import combined, read_value
from provenance.rights.purposes import strictest
from provenance.rights.records import Formal

__all__ = ["Said", "protocol_of", "said_of"]

PROTOCOLS = {
    "cawg.training-mining": "cawg-training-mining",
    "c2pa.training-mining": "c2pa-training-mining",
}
PROPERTY = "plus-datamining"
PURPOSES: dict[str, Purpose] = {
    "data_mining": "tdm",
    "ai_inference": "ai-input",
    "ai_training": "train-nongen",
    "ai_generative_training": "train-genai",
}
"""By the name of the entry without its prefix; `ai_training` is that of models that generate
nothing."""

PREFIXES = ("cawg.", "c2pa.")
VERSION = re.compile(r"\.v[0-9]+$")
RESERVING = re.compile(r"not[\s_-]?allowed", re.IGNORECASE)
"""A reservation is understood in any spelling; a permission in its own only."""

CONSTRAINT = "constraint_info"
UNRESOLVED = "unresolved_condition"
LONGEST_CONSTRAINTS = (2000, 600, 200)
"""Characters of a constraint's terms that are shown, less when several are long."""
CONSTRAINT_DEPTH = 4

MOST_WARNINGS = 16
MOST_VALUES = 64

States = dict[Purpose, ReservationState]


@dataclass(frozen=True, slots=True)
class Said:
    """What an assertion says.

    Attributes:
        protocol: as the table of standings spells it.
        states: its plain reading.
        formal: whether it keeps its specification.
        warnings: what is wrong with it.
        shown: the assertion as it is reported; every use stands in it, long terms are cut.
        document: all of it.
    """

    protocol: str
    states: States
    formal: Formal
    warnings: tuple[str, ...]
    shown: str
    document: bytes


def protocol_of(label: str) -> str | None:
    """The protocol of an assertion's label, of any version and however often it stands there."""
    return PROTOCOLS.get(VERSION.sub("", label.partition("__")[0]))


def said_of(label: str, data: object) -> Said | None:
    """What the assertion says; None for one that is about something else."""
    if protocol := protocol_of(label):
        states, warnings = _states(data)
        flawed = any(not one.startswith(UNRESOLVED) for one in warnings)
        formal = Formal.NONCONFORMING if flawed else Formal.VALID
        if not states:
            formal = Formal.MALFORMED
        return _said(protocol, states, formal, warnings, data, _shown(data))
    values = [read_value(value) for value in _mining(data)]
    if not any(value.code or "DMI-" in value.written for value in values):
        return None  # nothing there, or somebody else's key of that name
    warnings = tuple(dict.fromkeys(warning for value in values for warning in value.warnings))
    if any(value.states != values[0].states for value in values):
        warnings = (*warnings, "intra_protocol_conflict: several values that differ")
    formal = Formal.NONCONFORMING if warnings else Formal.VALID
    if all(value.formal is Formal.MALFORMED for value in values):
        formal = Formal.MALFORMED
    shown = clean(" | ".join(value.written for value in values[:8]))
    return _said(PROPERTY, combined([one.states for one in values]), formal, warnings, data, shown)


def _said(
    protocol: str,
    states: States,
    formal: Formal,
    warnings: tuple[str, ...],
    data: object,
    shown: str,
) -> Said:
    document = _written(data).encode("utf-8", "replace")
    return Said(protocol, states, formal, warnings[:MOST_WARNINGS], shown, document)


def _mining(data: object) -> Iterator[str]:
    """The values of the Data Mining property in a metadata assertion, which is JSON-LD."""
    for key, value in data.items() if isinstance(data, dict) else ():
        if re.split(r"[:/#]", str(key)[-200:])[-1].casefold() != "datamining":
            continue
        for one in (value if isinstance(value, list) else [value])[:MOST_VALUES]:
            text = one.get("@id") or one.get("@value") if isinstance(one, dict) else one
            if isinstance(text, str) and text.strip():
                yield text


def _states(data: object) -> tuple[States, tuple[str, ...]]:
    """What an assertion says of each use, and what is wrong with how it says it."""
    held = data.get("entries", data) if isinstance(data, dict) else data
    # A list holds objects, each with some of the uses.
    maps = [one for one in (held if isinstance(held, list) else [held]) if isinstance(one, dict)]
    if not maps:
        return {}, ("no_entries: it has no entries",)
    states: States = {}
    warnings: list[str] = []
    for key, entry in (pair for one in maps for pair in one.items()):
        purpose = PURPOSES.get(_bare(str(key)))
        if purpose is None:
            continue
        state, flaw = _state(entry)
        if flaw:
            warnings.append(f"{flaw} ({clean(str(key), NAME_BYTES)})")
        # Of two entries for one use, under both prefixes, the more restrictive counts.
        states[purpose] = strictest((state, states.get(purpose, state)))
    if not states:
        warnings.append("unknown_token: it names no use that is known")
    return states, tuple(warnings)


def _bare(key: str) -> str:
    key = key.strip().casefold()
    for prefix in PREFIXES:
        key = key.removeprefix(prefix)
    return key


def _state(entry: Any) -> tuple[ReservationState, str | None]:
    use = entry.get("use") if isinstance(entry, dict) else entry
    match use:
        case "notAllowed":
            return ReservationState.RESERVED, None
        case "allowed":
            return ReservationState.ALLOWED, None
        case "constrained":
            terms = entry.get(CONSTRAINT) if isinstance(entry, dict) else None
            if isinstance(terms, str) and terms.strip():
                return ReservationState.CONDITIONAL, None
            # CAWG 1.1: without its terms a constraint is as good as a prohibition, and in form.
            return ReservationState.RESERVED, f"{UNRESOLVED}: constrained without saying how"
    if isinstance(use, str) and RESERVING.fullmatch(use.strip()):
        return ReservationState.RESERVED, "nonconforming_value: notAllowed in another spelling"
    return ReservationState.UNKNOWN, "unknown_token: no permission that is known"


def _written(data: object) -> str:
    return json.dumps(data, ensure_ascii=False, sort_keys=True, default=str)


def _shown(data: object) -> str:
    """The assertion with the terms of its constraints cut, so that no use is cut off its end."""
    written = _written(data)
    for longest in LONGEST_CONSTRAINTS:
        if len(written.encode("utf-8", "replace")) <= DEFAULT.value_bytes:
            break
        written = _written(_shortened(data, longest, CONSTRAINT_DEPTH))
    return clean(written)


def _shortened(value: Any, longest: int, depth: int) -> Any:
    if isinstance(value, list) and depth:
        return [_shortened(one, longest, depth - 1) for one in value]
    if not isinstance(value, dict) or not depth:
        return value
    return {
        key: one[:longest]
        if key == CONSTRAINT and isinstance(one, str)
        else _shortened(one, longest, depth - 1)
        for key, one in value.items()
    }
