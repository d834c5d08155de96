"""What a detection rests on: its local scores, and the work beneath them to be shown with them.

Nothing is scored here: what is shown is `Detection.where`, from which the decision was computed.
`places` puts the scores in order, `asking` asks a sandboxed worker for what lies beneath them,
`showing` is the side of that worker, and `curves` finds how rare such a score is.
"""

from __future__ import annotations

from detectors.explain.asking import Asking, shown_passages
from detectors.explain.curves import curve_of
from detectors.explain.places import (
    Cell,
    Passage,
    cells_of,
    in_a_row,
    passages_of,
    stretches_of,
    unit_of,
)
from detectors.explain.shown import (
    MOST_CHARACTERS,
    Pieces,
    Pixels,
    Shown,
    Spectrogram,
    Unshown,
    Waveform,
)

__all__ = [
    "MOST_CHARACTERS",
    "Asking",
    "Cell",
    "Passage",
    "Pieces",
    "Pixels",
    "Shown",
    "Spectrogram",
    "Unshown",
    "Waveform",
    "cells_of",
    "curve_of",
    "in_a_row",
    "passages_of",
    "shown_passages",
    "stretches_of",
    "unit_of",
]
