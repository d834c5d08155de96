"""How strongly a JPEG was compressed, estimated from its quantisation tables.

The Independent JPEG Group scales the example table of ITU-T T.81 annex K.1 by a quality of 1 to
100; most encoders do the same. Of another's tables the nearest quality is told.
"""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray

__all__ = ["jpeg_quality"]

LUMINANCE = (
    *(16, 11, 10, 16, 24, 40, 51, 61),
    *(12, 12, 14, 19, 26, 58, 60, 55),
    *(14, 13, 16, 24, 40, 57, 69, 56),
    *(14, 17, 22, 29, 51, 87, 80, 62),
    *(18, 22, 37, 56, 68, 109, 103, 77),
    *(24, 35, 55, 64, 81, 104, 113, 92),
    *(49, 64, 78, 87, 103, 121, 120, 101),
    *(72, 92, 95, 98, 112, 100, 103, 99),
)


def jpeg_quality(tables: Mapping[int, Sequence[int]] | None) -> int | None:
    """The quality whose luminance table is nearest to the first of `tables`; None without one."""
    first = (tables or {}).get(0)
    if first is None or len(first) != len(LUMINANCE):
        return None
    # Sorted, since files and libraries order a table in different ways.
    distance = np.abs(_scaled() - np.sort(np.asarray(first, np.float64))).sum(axis=1)
    return 100 - int(distance[::-1].argmin())


@cache
def _scaled() -> NDArray[np.float64]:
    """The table at each quality from 1 to 100, sorted: shape (100, 64)."""
    quality = np.arange(1, 101)[:, np.newaxis]
    percent = np.where(quality < 50, 5000 // quality, 200 - 2 * quality)
    scaled = np.clip((np.array(LUMINANCE) * percent + 50) // 100, 1, 255)
    return np.sort(scaled, axis=1).astype(np.float64)
