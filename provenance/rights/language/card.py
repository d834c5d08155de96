"""Which languages are read, by what they were measured at.

`card.toml` holds the figures of the blind measurement; `python -m tools.measure_language` makes
them. A language measured below the least precision is refused, whoever asks.
"""

from __future__ import annotations

import tomllib
from functools import cache
from pathlib import Path
from typing import Any

from provenance.rights.language.lexicon import LANGUAGES, Language

__all__ = ["shipped"]

PATH = Path(__file__).with_name("card.toml")


@cache
def shipped() -> frozenset[Language]:
    """The languages precise enough to be read."""
    written: dict[str, Any] = tomllib.loads(PATH.read_text("utf-8"))
    least = float(written["least_precision"])
    return frozenset(one for one in LANGUAGES if float(written[one]["precision"]) >= least)
