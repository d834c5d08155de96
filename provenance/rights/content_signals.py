"""Content signals: what one `Content-Signal` line or header field says.

Follows contentsignals.org (September 2025; `use` since July 2026): `search`, `ai-input` and
`ai-train`, each `yes` or `no`, parted by commas. A signal that is not given neither grants nor
restricts. `use=immediate|reference|full` says how a permitted use may look and speaks of no use by
itself: it stays in the native value.

What is spelt otherwise can show that somebody meant to reserve; it never permits.
"""

from __future__ import annotations

import re

from provenance.evidence import Purpose, ReservationState
from provenance.rights.field_statements import Reading
from provenance.rights.precedence import CONFLICT
from provenance.rights.purposes import strictest
from provenance.rights.records import Formal

__all__ = ["read_signals"]

SIGNALS: dict[str, Purpose] = {"search": "search", "ai-input": "ai-input", "ai-train": "train-ai"}
MISSPELT = {
    **dict.fromkeys(("train-ai", "ai-training", "aitrain", "train"), "ai-train"),
    **dict.fromkeys(("ai-use", "aiinput", "input-ai"), "ai-input"),
}
USES = frozenset({"immediate", "reference", "full"})
YES = frozenset({"yes"})
NO = frozenset({"no"})
MEANT_NO = frozenset({"n", "false", "0", "off", "none", "deny", "disallow", "disallowed", "never"})

PAIR = re.compile(
    r"(?<![A-Za-z_-])([A-Za-z][A-Za-z_-]{1,20}+)"
    r"([ \t]{0,8}+[=:][ \t]{0,8}+[\"']?+)([A-Za-z0-9]{1,20}+)"
)
BETWEEN = re.compile(r"\s*+,\s*+")
MOST_PAIRS = 1000


def read_signals(text: str) -> tuple[Reading, ...]:
    """What a statement says, one reading for each form; none when it says nothing known.

    Args:
        text: one line without its key, or the repeated header fields joined by commas.
    """
    stated: dict[Formal, dict[Purpose, list[ReservationState]]] = {
        Formal.VALID: {},
        Formal.NONCONFORMING: {},
    }
    faults: list[str] = []
    end = 0
    for n, pair in enumerate(PAIR.finditer(text)):
        if n == MOST_PAIRS:
            faults.append("truncated: the rest of the signals was not read")
            break
        parted = n == 0 or BETWEEN.fullmatch(text, end, pair.start()) is not None
        end = pair.end()
        name, value = pair[1].lower().replace("_", "-"), pair[3].lower()
        if name == "use" and value not in USES:
            faults.append(f"unknown_token: use={value}")
        purpose = SIGNALS.get(MISSPELT.get(name, name))
        if purpose is None:
            continue
        exact = parted and name in SIGNALS and "_" not in pair[1] and pair[2] == "="
        state = _state(value) if exact else None
        if state is not None:
            stated[Formal.VALID].setdefault(purpose, []).append(state)
            continue
        faults.append(f"typo: {pair[0][:60]} is no signal as it is spelled")
        meant = ReservationState.RESERVED if value in NO | MEANT_NO else ReservationState.UNKNOWN
        stated[Formal.NONCONFORMING].setdefault(purpose, []).append(meant)
    odd = Formal.NONCONFORMING if stated[Formal.NONCONFORMING] else Formal.VALID
    return tuple(
        _reading(form, said, faults if form is odd else []) for form, said in stated.items() if said
    )


def _state(value: str) -> ReservationState | None:
    if value in YES:
        return ReservationState.ALLOWED
    return ReservationState.RESERVED if value in NO else None


def _reading(
    formal: Formal, said: dict[Purpose, list[ReservationState]], faults: list[str]
) -> Reading:
    conflict = any(len(set(states)) > 1 for states in said.values())
    warnings = (*faults, CONFLICT) if conflict else tuple(faults)
    return Reading({name: strictest(states) for name, states in said.items()}, formal, warnings)
