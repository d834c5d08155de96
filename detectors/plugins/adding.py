"""Takes a model in: a folder of our own, or any Hugging Face classifier of sound, pictures or text.

`hf:OWNER/NAME@REVISION` is one of a hub: giving it is consent to fetch it from there
(`detectors.plugins.hub`). What is installed is pinned to a commit: the name of a branch is resolved
once. Which of a classifier's outputs means "made by a machine" is asked for unless its labels say
so plainly (`detectors.plugins.labels`).
"""

from __future__ import annotations

import re
import shutil
from collections.abc import Sequence
from dataclasses import dataclass, replace
from importlib import import_module
from pathlib import Path

from detectors.models.folder import ModelFolder, write_model
from detectors.models.places import install, settle, staging
from detectors.models.records import MODEL, NAME, Classifier, ModelRecord
from detectors.plugins.checking import (
    CONVERTED,
    Configuration,
    Kind,
    check_configuration,
    is_plugin_file,
)
from detectors.plugins.hub import HUB, Address, Told, brought, no_safetensors
from detectors.plugins.huggingface import Loaded, lacking
from detectors.plugins.labels import Meaning, meaning
from provenance.asset import Modality
from provenance.errors import ConfigError, ModelError, NotFound
from provenance.files import why

__all__ = ["add"]

PREPARATIONS = {
    Kind.AUDIO: (Modality.AUDIO, "hf-audio"),
    Kind.IMAGE: (Modality.IMAGE, "hf-image"),
    Kind.TEXT: (Modality.TEXT, "hf-text"),
}


@dataclass(frozen=True, slots=True)
class _Said:
    """What whoever adds a classifier says of it."""

    name: str
    synthetic: tuple[str, ...]
    inverted: bool
    licence: str | None

    def meaning(self, configuration: Configuration) -> Meaning:
        """What its outputs say."""
        return meaning(
            configuration.labels,
            configuration.outputs,
            asked=self.synthetic,
            inverted=self.inverted,
        )

    def look(self, folder: Path) -> None:
        """Refuse what is not added, before its weights are there."""
        self.meaning(check_configuration(folder))


def add(
    source: str,
    *,
    name: str | None = None,
    synthetic: Sequence[str] = (),
    inverted: bool = False,
    licence: str | None = None,
    taken: frozenset[str] = frozenset(),
    told: Told | None = None,
) -> ModelFolder:
    """Install a model.

    Args:
        source: a path, or `hf:OWNER/NAME@REVISION`.
        name: of a classifier's detector; made from where it came when None.
        synthetic: labels of a classifier that mean "made by a machine".
        inverted: whether a higher output of a classifier that has one only means the other side.
        licence: of a classifier's weights, SPDX; `NOASSERTION` when None.
        taken: names that belong to other detectors.
        told: of every file that is fetched.

    Raises:
        ConfigError: `source` is not written as it should be, or the labels do not tell.
        NotFound: there is no such folder, or no such model on the hub.
        FetchError: the hub did not answer.
        ModelError: it is no model that is run here; the message says why.
    """
    said = _Said(name or "", tuple(synthetic), inverted, licence)
    if source.startswith(HUB):
        address = Address(source)
        said = _checked(replace(said, name=name or _clean(f"{address.owner}--{address.name}")))
        with brought(address, look=said.look, told=told) as (folder, commit):
            origin = f"{HUB}{address.repository}@{commit}"
            return _classifier(folder, origin, commit, said, taken)
    folder = Path(source)
    if not folder.is_dir():
        raise NotFound(f"{source}: there is no such folder")
    if (folder / MODEL).exists():
        if name or synthetic or inverted:
            raise ConfigError(f"{source}: says itself what it is called and what its scores mean")
        return install(folder, taken=taken)
    said = _checked(replace(said, name=name or _clean(folder.resolve().name)))
    return _classifier(folder, str(folder.resolve()), None, said, taken)


def _checked(said: _Said) -> _Said:
    if (missing := lacking()) is not None:
        raise ConfigError(missing)
    if not NAME.fullmatch(said.name):
        raise ConfigError(f"{said.name!r} cannot be the name of a detector", hint="Give --name.")
    return said


def _classifier(
    folder: Path, origin: str, commit: str | None, said: _Said, taken: frozenset[str]
) -> ModelFolder:
    """Copy the data of a classifier, see that it loads, and install it."""
    new = staging()
    try:
        _copy(folder, new)
        configuration = check_configuration(new)
        _write_tokenizer(folder, new, configuration.kind)
        found = said.meaning(configuration)
        Loaded(new)
        modality, preparation = PREPARATIONS[configuration.kind]
        record = ModelRecord(
            name=said.name,
            version=commit or "1",
            modality=modality,
            preparation=preparation,
            settings=configuration.settings,
            description=f"The classifier {origin}; nobody measured here how often it is wrong.",
            licence=said.licence or "NOASSERTION",
            files={},
            classifier=Classifier(
                origin=origin,
                revision=commit,
                outputs=configuration.outputs,
                inverted=found.inverted,
                synthetic=found.synthetic,
                labels=configuration.labels,
            ),
        )
        write_model(new, record)
        return settle(new, taken=taken)
    finally:
        shutil.rmtree(new, ignore_errors=True)


def _copy(folder: Path, new: Path) -> None:
    """The data files, and nothing else of what lies there."""
    names = sorted(one.name for one in folder.iterdir())
    wanted = [name for name in names if is_plugin_file(name)]
    if not any(name.endswith(".safetensors") for name in wanted):
        raise no_safetensors(str(folder), names)
    for name in wanted:
        _copy_plain(folder, name, new)


def _copy_plain(folder: Path, name: str, new: Path) -> None:
    """Copy one file; a link may lead to the cache of the hub's client, and nowhere else."""
    place = (folder / name).resolve()
    home = folder.resolve()
    cache = home.parent.parent / "blobs" if home.parent.name == "snapshots" else home
    if not place.is_file() or not (place.is_relative_to(home) or place.is_relative_to(cache)):
        raise ModelError(f"{folder / name}: leads out of the folder, or is no file")
    try:
        shutil.copyfile(place, new / name)
    except OSError as fault:
        raise ModelError(f"{folder / name}: cannot be copied ({why(fault)})") from fault


def _write_tokenizer(folder: Path, new: Path, kind: Kind) -> None:
    """An older tokenizer is written anew as `tokenizer.json`."""
    if kind is not Kind.TEXT or (new / "tokenizer.json").exists():
        return
    transformers = import_module("transformers")
    older = [name for name in CONVERTED if (folder / name).is_file()]
    for name in older:
        _copy_plain(folder, name, new)
    try:
        if not older:
            raise ModelError(f"{folder}: has no tokenizer.json")
        transformers.AutoTokenizer.from_pretrained(
            new, local_files_only=True, trust_remote_code=False
        ).save_pretrained(new)
    except (OSError, ValueError, ImportError) as fault:
        raise ModelError(
            f"{folder}: its tokenizer cannot be read ({str(fault)[:200]})",
            hint="Save it with a fast tokenizer.",
        ) from fault
    for one in new.iterdir():
        if not is_plugin_file(one.name):
            one.unlink()
    if not (new / "tokenizer.json").exists():
        raise ModelError(f"{folder}: its tokenizer cannot be written as tokenizer.json")
    check_configuration(new)


def _clean(name: str) -> str:
    """A name of a detector made from a name of something else."""
    cleaned = re.sub(r"[^a-z0-9._-]+", "-", name.lower()).strip("-._")[:100]
    return cleaned or "model"
