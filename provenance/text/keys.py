"""What two texts are compared by: letters and digits, without case, accents, spaces or signs."""

from __future__ import annotations

import sys
import unicodedata
from functools import cache

import numpy as np
from numpy.typing import NDArray

from provenance.text.canonical import Canonical
from provenance.text.characters import GONE
from provenance.text.mapped import Mapped

__all__ = ["match_key"]


def match_key(text: Canonical) -> Mapped:
    """The canonical text folded to its letters and digits, with their places in the original."""
    mapped = text.mapped
    table, several = _table()
    folded = table[mapped.points]
    for point in np.unique(mapped.points[mapped.points > 0xFFFF]).tolist():
        if not chr(point).isalnum():
            folded[mapped.points == point] = GONE
    kept = mapped.folded(np.where(folded == GONE, mapped.points, folded))
    if (folded == GONE).any():
        kept = kept.kept(folded != GONE)
    return kept if kept.text.isascii() else kept.expanded(several)


@cache
def _table() -> tuple[NDArray[np.uint32], dict[int, str]]:
    """What each character of the basic plane becomes; others stay."""
    table = np.arange(sys.maxunicode + 1, dtype=np.uint32)
    several: dict[int, str] = {}
    for point in range(0x10000):
        plain = _plain(chr(point))
        if not plain:
            table[point] = GONE
        elif len(plain) == 1:
            table[point] = ord(plain)
        else:
            several[point] = plain
    return table, several


def _plain(character: str) -> str:
    parts = unicodedata.normalize("NFKD", character.casefold())
    return "".join(one for one in parts if one.isalnum()).casefold()
