"""Takes a model in: a folder of our own, or any Hugging Face classifier of sound, pictures or text.

`hf:OWNER/NAME@REVISION` is one of a hub: giving it is consent to fetch it, by the hub's own client
and into its own cache. What is installed is pinned to a commit: the name of a branch is resolved
once. Which of a classifier's labels means "made by a machine" is asked for unless every label says
plainly which side it is on.
"""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterable, Sequence
from importlib import import_module
from pathlib import Path

from detectors.models.folder import ModelFolder, write_model
from detectors.models.places import install, settle, staging
from detectors.models.records import MODEL, NAME, REVISION, Classifier, ModelRecord
from detectors.plugins.checking import CONVERTED, Kind, check_configuration, is_plugin_file
from detectors.plugins.huggingface import Loaded, lacking
from provenance.asset import Modality
from provenance.errors import ConfigError, FetchError, ModelError, NotFound
from provenance.files import why

__all__ = ["HUB", "Address", "add", "synthetic_labels"]

HUB = "hf:"
ADDRESS = re.compile(
    r"hf:(?P<owner>[A-Za-z0-9][\w.-]{0,95})/(?P<name>[A-Za-z0-9][\w.-]{0,95})"
    r"(?:@(?P<revision>[\w][\w./-]{0,199}))?"
)
PATTERNS = ["*.json", "*.safetensors", "vocab.txt", "merges.txt", "*.model"]
"""What is fetched of a model: never code, never a pickle."""

PREPARATIONS = {
    Kind.AUDIO: (Modality.AUDIO, "hf-audio"),
    Kind.IMAGE: (Modality.IMAGE, "hf-image"),
    Kind.TEXT: (Modality.TEXT, "hf-text"),
}

MACHINE = frozenset(
    [
        "ai",
        "aigenerated",
        "artificial",
        "bot",
        "chatgpt",
        "deepfake",
        "diffusion",
        "fake",
        "gan",
        "generated",
        "gpt",
        "llm",
        "machine",
        "machinegenerated",
        "spoof",
        "spoofed",
        "synthesized",
        "synthetic",
        "synthetically",
        "tts",
    ]
)
PERSON = frozenset(
    {
        *("authentic", "bonafide", "camera", "genuine", "hum", "human", "humanwritten"),
        *("natural", "original", "real"),
    }
)


class Address:
    """A model on a hub.

    Args:
        written: `hf:OWNER/NAME@REVISION`.

    Raises:
        ConfigError: it is not written so, or has no revision.
    """

    def __init__(self, written: str) -> None:
        found = ADDRESS.fullmatch(written)
        if found is None or ".." in written:
            raise ConfigError(f"{written!r} is not hf:OWNER/NAME@REVISION")
        if found["revision"] is None:
            raise ConfigError(
                f"{written}: a revision is needed",
                hint="Add @ and a commit; of a branch, the commit it is at now is kept.",
            )
        self.repository = f"{found['owner']}/{found['name']}"
        self.revision: str = found["revision"]

    @property
    def name(self) -> str:
        """What the detector is called unless another name is given."""
        return _clean(self.repository.replace("/", "--"))


def add(
    source: str,
    *,
    name: str | None = None,
    synthetic: Sequence[str] = (),
    licence: str | None = None,
    taken: frozenset[str] = frozenset(),
) -> ModelFolder:
    """Install a model.

    Args:
        source: a path, or `hf:OWNER/NAME@REVISION`.
        name: of a classifier's detector; made from where it came when None.
        synthetic: labels of a classifier that mean "made by a machine".
        licence: of a classifier's weights, SPDX; `NOASSERTION` when None.
        taken: names that belong to other detectors.

    Raises:
        ConfigError: `source` is not written as it should be, or the labels do not tell.
        NotFound: there is no such folder, or no such model on the hub.
        FetchError: the hub did not answer.
        ModelError: it is no model that is run here; the message says why.
    """
    if source.startswith(HUB):
        address = Address(source)
        folder, commit = _fetched(address)
        origin = f"{HUB}{address.repository}@{commit}"
        given = name or address.name
        return _classifier(folder, origin, commit, given, synthetic, licence, taken)
    folder = Path(source)
    if not folder.is_dir():
        raise NotFound(f"{source}: there is no such folder")
    if (folder / MODEL).exists():
        if name or synthetic:
            raise ConfigError(f"{source}: says itself what it is called and what its scores mean")
        return install(folder, taken=taken)
    given = name or _clean(folder.resolve().name)
    return _classifier(folder, str(folder.resolve()), None, given, synthetic, licence, taken)


def synthetic_labels(labels: Sequence[str]) -> tuple[str, ...] | None:
    """The labels that mean "made by a machine"; None unless every label takes a side."""
    sides = [_side(label) for label in labels]
    machine = tuple(label for label, side in zip(labels, sides, strict=True) if side == "machine")
    return machine if None not in sides and 0 < len(machine) < len(labels) else None


def _side(label: str) -> str | None:
    words = set(re.findall(r"[a-z]+", label.lower()))
    words.add("".join(re.findall(r"[a-z]+", label.lower())))
    machine, person = bool(words & MACHINE), bool(words & PERSON)
    if machine == person or words & {"non", "not", "no", "un"}:
        return None
    return "machine" if machine else "person"


def _classifier(
    folder: Path,
    origin: str,
    commit: str | None,
    name: str,
    synthetic: Sequence[str],
    licence: str | None,
    taken: frozenset[str],
) -> ModelFolder:
    """Copy the data of a classifier, see that it loads, and install it."""
    if (missing := lacking()) is not None:
        raise ConfigError(missing)
    if not NAME.fullmatch(name):
        raise ConfigError(f"{name!r} cannot be the name of a detector", hint="Give --name.")
    new = staging()
    try:
        _copy(folder, new)
        configuration = check_configuration(new)
        _write_tokenizer(folder, new, configuration.kind)
        meaning = _chosen(configuration.labels, synthetic)
        Loaded(new)
        modality, preparation = PREPARATIONS[configuration.kind]
        record = ModelRecord(
            name=name,
            version=commit or "1",
            modality=modality,
            preparation=preparation,
            settings=configuration.settings,
            description=f"The classifier {origin}; nobody measured here how often it is wrong.",
            licence=licence or "NOASSERTION",
            files={},
            classifier=Classifier(
                origin=origin, revision=commit, synthetic=meaning, labels=configuration.labels
            ),
        )
        write_model(new, record)
        return settle(new, taken=taken)
    finally:
        shutil.rmtree(new, ignore_errors=True)


def _chosen(labels: Sequence[str], asked: Sequence[str]) -> tuple[str, ...]:
    shown = ", ".join(labels[:20])
    if unknown := [one for one in asked if one not in labels]:
        raise ConfigError(f"there is no label {unknown[0]!r}", hint=f"Its labels: {shown}.")
    if asked and set(asked) >= set(labels):
        raise ConfigError("not every label can mean synthetic", hint=f"Its labels: {shown}.")
    found = tuple(dict.fromkeys(asked)) or synthetic_labels(labels)
    if found is None:
        raise ConfigError(
            f"which label means that a machine made it cannot be told from: {shown}",
            hint="Say so with --synthetic-label.",
        )
    return found


def _copy(folder: Path, new: Path) -> None:
    """The data files, and nothing else of what lies there."""
    names = sorted(one.name for one in folder.iterdir())
    wanted = [name for name in names if is_plugin_file(name)]
    if not any(name.endswith(".safetensors") for name in wanted):
        pickled = [name for name in names if name.endswith((".bin", ".pt", ".pth", ".ckpt"))]
        raise ModelError(
            f"{folder}: has no weights as safetensors"
            + (f", only {pickled[0]}, which can run code when it is read" if pickled else ""),
            hint="Save it with safe_serialization, or take a revision that has them.",
        )
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


def _fetched(address: Address) -> tuple[Path, str]:
    """The snapshot of a model in the cache of the hub's client, and its commit."""
    try:
        from huggingface_hub import snapshot_download
        from huggingface_hub.errors import HfHubHTTPError, LocalEntryNotFoundError
    except ImportError as fault:
        raise ConfigError(str(lacking()) or "huggingface_hub is not installed") from fault
    pinned = re.fullmatch(REVISION, address.revision) is not None
    path: str | None = None
    for offline in (True, False) if pinned else (False,):
        try:
            path = snapshot_download(
                address.repository,
                revision=address.revision,
                allow_patterns=PATTERNS,
                local_files_only=offline,
            )
        except LocalEntryNotFoundError as fault:
            if not offline:
                raise FetchError(f"{address.repository}: the hub did not answer") from fault
            continue
        except HfHubHTTPError as fault:
            raise NotFound(f"{address.repository}@{address.revision}: not found") from fault
        if _is_whole(Path(path)):
            break
    if path is None or not re.fullmatch(REVISION, Path(path).name):
        raise FetchError(f"{address.repository}: the commit of {address.revision} is not known")
    return Path(path), Path(path).name


def _is_whole(snapshot: Path) -> bool:
    names: Iterable[str] = (one.name for one in snapshot.iterdir())
    found = {Path(name).suffix for name in names}
    return {".json", ".safetensors"} <= found


def _clean(name: str) -> str:
    """A name of a detector made from a name of something else."""
    cleaned = re.sub(r"[^a-z0-9._-]+", "-", name.lower()).strip("-._")[:100]
    return cleaned or "model"
