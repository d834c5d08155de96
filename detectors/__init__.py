"""What the content itself gives away.

`load(name)` gives a detector by its name. The names `music`, `speech`, `image` and `text` are
Assay's own; a name whose weights are not installed raises `NoModel`, and in a report leaves a
`not_run: no_model` record. Others come from plug-ins through the same door.
"""

from __future__ import annotations

from functools import cache
from importlib.metadata import entry_points

from detectors.protocol import Card, Detector
from provenance.asset import Modality
from provenance.errors import ConfigError, NoModel, PluginError

__all__ = ["BUILT_IN", "ENTRY_POINTS", "Card", "Detector", "installed", "load"]

ENTRY_POINTS = "assay.detectors"

BUILT_IN: dict[str, frozenset[Modality]] = {
    "image": frozenset({Modality.IMAGE}),
    "music": frozenset({Modality.AUDIO, Modality.VIDEO}),
    "speech": frozenset({Modality.AUDIO, Modality.VIDEO}),
    "text": frozenset({Modality.TEXT, Modality.DOCUMENT}),
}
"""Assay's own detectors and the kinds of work they are for."""


@cache
def installed() -> tuple[str, ...]:
    """Names of the detectors that can be loaded, sorted."""
    return tuple(sorted({point.name for point in entry_points(group=ENTRY_POINTS)}))


@cache
def load(name: str) -> Detector:
    """The detector called `name`, loaded once.

    Raises:
        NoModel: it is one of ours, and its weights are not installed.
        ConfigError: there is no detector of that name.
        PluginError: it does not keep the `Detector` protocol.
    """
    for point in entry_points(group=ENTRY_POINTS):
        if point.name == name:
            detector = point.load()()
            if not isinstance(detector, Detector):
                raise PluginError(f"{point.value} does not keep detectors.protocol.Detector")
            return detector
    if name in BUILT_IN:
        raise NoModel(
            f"no weights for the {name} detector are installed",
            hint="This version verifies provenance only; reports say so for every file.",
        )
    known = ", ".join(sorted({*BUILT_IN, *installed()}))
    raise ConfigError(f"there is no detector called {name!r}", hint=f"Known: {known}.")
