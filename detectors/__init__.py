"""What the content itself gives away.

`load(name)` gives a detector by its name. The names `music`, `speech`, `image` and `text` are
Assay's own; a name whose weights did not come along raises `NoModel`, and in a report leaves a
`not_run: no_model` record. Others come from plug-ins through the same door, and from model folders
that were installed (`detectors.models.places`). `load` also takes the path of a model folder, and
`hf:OWNER/NAME[@REVISION]` for a classifier that was added from there.
"""

from __future__ import annotations

from functools import cache, lru_cache
from importlib.metadata import entry_points
from pathlib import Path

from detectors.protocol import Card, Detector
from provenance.asset import Modality
from provenance.errors import ConfigError, NoModel, PluginError

__all__ = ["BUILT_IN", "ENTRY_POINTS", "Card", "Detector", "installed", "load", "of_others"]

ENTRY_POINTS = "assay.detectors"

BUILT_IN: dict[str, frozenset[Modality]] = {
    "image": frozenset({Modality.IMAGE}),
    "music": frozenset({Modality.AUDIO, Modality.VIDEO}),
    "speech": frozenset({Modality.AUDIO, Modality.VIDEO}),
    "text": frozenset({Modality.TEXT, Modality.DOCUMENT}),
}
"""Assay's own detectors and the kinds of work they are for."""


def installed() -> tuple[str, ...]:
    """Names of the detectors that can be loaded, sorted.

    Models are looked for once in a process: one that is added later is there for the next.
    """
    from detectors.models.places import models_folder

    return _installed(models_folder())


@lru_cache(maxsize=16)
def _installed(folder: Path) -> tuple[str, ...]:
    from detectors.models.places import installed_models

    return tuple(sorted({*of_others(), *installed_models(folder)}))


@cache
def of_others() -> frozenset[str]:
    """Names of the detectors that come with Assay or with a plug-in: no model may take one."""
    from detectors.models.places import shipped_models

    return frozenset(
        {*shipped_models(), *(point.name for point in entry_points(group=ENTRY_POINTS))}
    )


def load(name: str | Path) -> Detector:
    """A detector; one that is installed is loaded once.

    Args:
        name: of a detector; or the path of a model folder (a `Path`, or a text with a `/` in it);
            or `hf:OWNER/NAME[@REVISION]`.

    Raises:
        NoModel: it is one of ours and its weights are not installed; there is no model at that
            path; or that classifier was not added.
        ModelError: a model is not as its record says.
        ConfigError: there is no detector of that name.
        PluginError: it does not keep the `Detector` protocol.
    """
    from detectors.models.places import models_folder

    if isinstance(name, str) and name.startswith("hf:"):
        return _load(_added(name), models_folder())
    if isinstance(name, Path) or "/" in name:
        from detectors.models.windowed import WindowedDetector

        return WindowedDetector(name)
    return _load(name, models_folder())


@lru_cache(maxsize=64)
def _load(name: str, folder: Path) -> Detector:
    for point in entry_points(group=ENTRY_POINTS):
        if point.name == name:
            detector = point.load()()
            if not isinstance(detector, Detector):
                raise PluginError(f"{point.value} does not keep detectors.protocol.Detector")
            return detector
    if name in _installed(folder):
        from detectors.models.places import shipped_models, shipped_place
        from detectors.models.windowed import WindowedDetector

        return WindowedDetector(shipped_place(name) if name in shipped_models() else folder / name)
    if name in BUILT_IN:
        raise NoModel(
            f"no weights for the {name} detector are installed",
            hint="This version verifies provenance only; reports say so for every file.",
        )
    known = ", ".join(sorted({*BUILT_IN, *installed()}))
    raise ConfigError(f"there is no detector called {name!r}", hint=f"Known: {known}.")


def _added(address: str) -> str:
    """The name of the installed model that came from there."""
    from detectors.models.folder import open_model
    from detectors.models.places import installed_models, models_folder

    for name in installed_models():
        classifier = open_model(models_folder() / name).record.classifier
        origin = classifier.origin if classifier else ""
        if address in (origin, origin.partition("@")[0]):
            return name
    wanted = address if "@" in address else f"{address}@REVISION"
    raise NoModel(f"{address} is not installed", hint=f"Add it: assay models add {wanted}")
