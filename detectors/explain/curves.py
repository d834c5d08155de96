"""How rare each score is among human works: the curve a detection was measured by.

It is taken from the tables of the very model that made the detection; without that model, or with
another of the same name, there is none.
"""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

    from detectors.exceedance import Steps
    from detectors.models.tables import Tables
    from provenance.evidence import Detection

__all__ = ["curve_of"]


def curve_of(detection: Detection) -> Steps | None:
    """The steps of the group that applied, None where the model is not installed.

    Raises:
        ModelError: the model that is installed is not as its record says.
    """
    if detection.exceedance is None:
        return None
    from detectors.models.places import models_folder

    tables = _tables(detection.detector, detection.model, models_folder())
    return tables.exceedance.tables.get(detection.exceedance.group) if tables else None


@lru_cache(maxsize=16)
def _tables(name: str, digest: str, _: Path) -> Tables | None:
    """Of an installed model; the folder of models is part of what is asked."""
    import detectors
    from detectors.models.tables import TABLES, Tables
    from detectors.models.windowed import WindowedDetector

    if name not in detectors.installed():
        return None
    detector = detectors.load(name)
    if not isinstance(detector, WindowedDetector) or detector.model.digest != digest:
        return None
    model = detector.model
    return Tables.read(model.read(TABLES), shown=str(model.path)) if model.has(TABLES) else None
