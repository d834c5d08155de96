"""Whether a text is English, French, or something else.

By py3langid (BSD-3-Clause; n-grams of bytes, no pickle), which is not asked which of two but which
of about a hundred: a text of another language must not pass for the likelier of two.
"""

from __future__ import annotations

import io
import lzma
from array import array
from collections.abc import Callable
from enum import StrEnum
from functools import cache
from pathlib import Path
from typing import cast

import numpy as np
from numpy.typing import NDArray

__all__ = ["Language", "identifier", "language_of"]

SEEN = 20_000
"""Characters that are looked at."""


class Language(StrEnum):
    """Languages in which texts are judged."""

    ENGLISH = "en"
    FRENCH = "fr"


@cache
def identifier() -> Callable[[str], tuple[str, float]]:
    """What tells languages apart, read on first use: in memory, for a worker has no other place."""
    from py3langid.langid import MODEL_DIR, MODEL_FILE, LanguageIdentifier

    with lzma.open(Path(MODEL_DIR) / MODEL_FILE) as packed:
        unpacked = io.BytesIO(packed.read())
    with np.load(unpacked, allow_pickle=False) as held:
        made = LanguageIdentifier(
            held["ptc"],
            held["pc"],
            held["classes"].tolist(),
            _whole(held["nextmove"]),
            held["out_feat"].tolist(),
            tk_row=_whole(held["nextmove_row"]),
        )
    return cast("Callable[[str], tuple[str, float]]", made.classify)


def _whole(numbers: NDArray[np.unsignedinteger]) -> array[int]:
    """As an array of the standard library, which Python walks faster."""
    found = array({2: "H", 4: "I", 8: "Q"}[numbers.dtype.itemsize])
    found.frombytes(np.ascontiguousarray(numbers).tobytes())
    return found


def language_of(text: str) -> Language | None:
    """The language of a text of fifty words or more; None when it is neither."""
    found, _ = identifier()(text[:SEEN])
    return Language(found) if found in set(Language) else None
