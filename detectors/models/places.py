"""Where models are: those of Assay in its packages, installed ones under one folder of the user's.

`ASSAY_MODELS` names that folder; without it, it is `assay/models` in the user's data folder (XDG
Base Directory Specification). A model is copied there whole, checked after the copy, and put in
place in one step: another process sees all of it or none.
"""

from __future__ import annotations

import os
import shutil
import tempfile
from importlib import resources
from pathlib import Path

from detectors.models.folder import ModelFolder, open_model, put_in_place
from detectors.models.records import MODEL, NAME
from provenance.errors import ConfigError, InputError, ModelError
from provenance.files import why

__all__ = [
    "SETTING",
    "SHIPPED",
    "install",
    "installed_models",
    "model_place",
    "models_folder",
    "shipped_models",
    "shipped_place",
    "staging",
]

SETTING = "ASSAY_MODELS"

SHIPPED = {"music": "detectors.audio"}
"""Models of Assay: name to the package in whose `weights` folder one lies."""


def shipped_place(name: str) -> Path:
    """The folder of a model of Assay, whether or not its weights came along."""
    return Path(str(resources.files(SHIPPED[name]))) / "weights" / name


def shipped_models() -> tuple[str, ...]:
    """Names of the models that came with Assay, sorted."""
    return tuple(sorted(name for name in SHIPPED if os.path.lexists(shipped_place(name) / MODEL)))


def models_folder() -> Path:
    """The folder of the setting `ASSAY_MODELS`, else `assay/models` in the user's data folder."""
    if given := os.environ.get(SETTING):
        return Path(given)
    base = os.environ.get("XDG_DATA_HOME")
    return (Path(base) if base else Path.home() / ".local" / "share") / "assay" / "models"


def installed_models(folder: Path | None = None) -> tuple[str, ...]:
    """Names of the models that are installed, sorted; whether they are sound is seen on loading."""
    place = folder or models_folder()
    try:
        with os.scandir(place) as found:
            names = [one.name for one in found if NAME.fullmatch(one.name)]
    except OSError:
        return ()
    return tuple(sorted(name for name in names if os.path.lexists(place / name / MODEL)))


def model_place(name: str) -> Path | None:
    """The folder of a model of Assay or of an installed one, None when there is none so called."""
    if name in shipped_models():
        return shipped_place(name)
    place = models_folder() / name
    return place if NAME.fullmatch(name) and os.path.lexists(place / MODEL) else None


def staging() -> Path:
    """A new hidden folder beside the installed models, for one that is being put together.

    Raises:
        ConfigError: the folder of models cannot be written.
    """
    place = models_folder()
    try:
        place.mkdir(parents=True, exist_ok=True)
        return Path(tempfile.mkdtemp(prefix=".new-", dir=place))
    except OSError as fault:
        raise ConfigError(
            f"{place}: cannot be written ({why(fault)})", hint=f"Set {SETTING} to another folder."
        ) from fault


def install(source: Path, *, taken: frozenset[str] = frozenset()) -> ModelFolder:
    """Copy a model to the others, in place of one of the same name.

    Args:
        source: its folder.
        taken: names that belong to others.

    Raises:
        ModelError: it is not a model, a digest is wrong, or its name is taken.
        ConfigError: the folder of models cannot be written.
    """
    model = open_model(source)
    new = staging()
    try:
        for name in (*model.record.files, MODEL):
            shutil.copyfile(model.path / name, new / name, follow_symlinks=False)
        return settle(new, taken=taken)
    except OSError as fault:
        raise InputError(f"{source}: cannot be copied ({why(fault)})") from fault
    finally:
        shutil.rmtree(new, ignore_errors=True)


def settle(new: Path, *, taken: frozenset[str] = frozenset()) -> ModelFolder:
    """Check a model that was put together beside the others, and put it in its place.

    Raises:
        ModelError: it is not as its record says, or its name is taken.
    """
    copied = open_model(new)
    for _ in copied.check():
        pass
    name = copied.record.name
    if name in taken:
        raise ModelError(
            f"a detector called {name!r} comes with Assay or with a plug-in",
            hint="Give the model another name.",
        )
    return put_in_place(new, models_folder() / name)
