"""Whether a gate is as its record says, and its figures follow from what it told."""

from __future__ import annotations

from detectors.gates.figures import GateFigures, figures_of
from detectors.gates.gate import Gate
from detectors.gates.held_out import read_held_out
from detectors.gates.records import HELD_OUT

__all__ = ["derive", "follows"]


def derive(gate: Gate) -> GateFigures:
    """The figures that the card should have, from the stored answers.

    Raises:
        ModelError: a file is missing or not as the record says.
    """
    record = gate.record
    rows = read_held_out(gate.file(HELD_OUT), record.known, shown=str(gate.path / HELD_OUT))
    return figures_of(rows, record.kinds, record.sure, record.untold)


def follows(gate: Gate) -> bool:
    """Whether the card has these figures, byte for byte, and says what the record says.

    Raises:
        ModelError: a file is missing or not as the record says.
    """
    card, record = gate.card, gate.record
    same = (card.gate, card.version, card.kinds) == (record.name, record.version, record.kinds)
    return same and card.figures.model_dump_json() == derive(gate).model_dump_json()
