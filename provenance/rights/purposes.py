"""The purposes a work may be used for, and what a statement about one of them says of another.

The words are those of the report. A purpose is a case of broader ones: generative training is
training of a model, and training is text and data mining (Directive (EU) 2019/790 article 2(2)).
What is reserved broadly is reserved narrowly and never the other way round. `search` stands alone;
so do `ai-input` and `ai-index`, of which the lawyers still argue whether mining covers them.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, get_args

from provenance.evidence import Purpose, ReservationState

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

__all__ = ["BROADER", "PURPOSES", "RANK", "state_for", "strictest"]

PURPOSES: tuple[Purpose, ...] = get_args(Purpose)

BROADER: dict[Purpose, tuple[Purpose, ...]] = {
    "train-genai": ("train-ai", "tdm"),
    "train-nongen": ("train-ai", "tdm"),
    "train-ai": ("tdm",),
}
"""What a purpose is a case of, nearest first: who reserves mining reserves training."""

RANK = {
    ReservationState.ALLOWED: 0,
    ReservationState.UNKNOWN: 1,
    ReservationState.CONDITIONAL: 2,
    ReservationState.RESERVED: 3,
}
"""Of several statements about one use, the one with the higher rank counts."""


def strictest(states: Iterable[ReservationState]) -> ReservationState:
    """The most restrictive of some states; `unknown` when there is none."""
    return max(states, key=RANK.__getitem__, default=ReservationState.UNKNOWN)


def state_for(
    purposes: Mapping[Purpose, ReservationState], purpose: Purpose
) -> ReservationState | None:
    """What a statement says about `purpose`, by the nearest purpose it speaks of; None: nothing.

    What nobody can read is not passed over: `unknown` ends the search. Who allows mining does not
    allow training by that: a permission is handed down from training only.
    """
    for named in (purpose, *BROADER.get(purpose, ())):
        state = purposes.get(named)
        handed_down = named != "tdm" or purpose == "tdm"
        if state is not None and (state is not ReservationState.ALLOWED or handed_down):
            return state
    return None
