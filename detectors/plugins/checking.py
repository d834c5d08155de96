"""Looks at the configuration of a Hugging Face classifier before any library loads it.

What a configuration may say there decides which code runs: `auto_map` names Python files of the
model, an attention implementation may be a kernel of a hub, a quantiser brings its own loader. All
of these are refused. What is left names a class that comes with `transformers`, and numbers.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from enum import StrEnum
from importlib import import_module
from pathlib import Path
from typing import Any

from detectors.models.records import Settings
from provenance.errors import ModelError
from provenance.limits import MIB

__all__ = [
    "CONFIG",
    "CONVERTED",
    "WEIGHTS",
    "Configuration",
    "Kind",
    "check_configuration",
    "is_plugin_file",
]

CONFIG = "config.json"
WEIGHTS = "model.safetensors"
INDEX = "model.safetensors.index.json"
PROCESSORS = ("preprocessor_config.json", "processor_config.json")
TOKENIZER = "tokenizer.json"
DATA_FILES = (
    *(CONFIG, WEIGHTS, INDEX, *PROCESSORS, TOKENIZER),
    *("tokenizer_config.json", "special_tokens_map.json", "added_tokens.json"),
)
SHARD = re.compile(r"model-\d{5}-of-\d{5}\.safetensors")
CONVERTED = ("vocab.txt", "vocab.json", "merges.txt", "spiece.model", "sentencepiece.bpe.model")
"""Older tokenizers, which are written anew as `tokenizer.json` when a model is added."""

JSON_BYTES = 64 * MIB
DEEPEST = 32
DENIED = {
    "auto_map": "names code of its own",
    "custom_pipelines": "names code of its own",
    "trust_remote_code": "asks for code of its own",
    "quantization_config": "is quantised, which needs a loader of its own",
}
MOST_TOKENS = 8192
CHARACTERS_A_TOKEN = 3


class Kind(StrEnum):
    """What a classifier classifies."""

    AUDIO = "audio"
    IMAGE = "image"
    TEXT = "text"


@dataclass(frozen=True, slots=True)
class Configuration:
    """What is known of a classifier from its configuration.

    Attributes:
        kind: what it classifies.
        labels: in the order of its outputs.
        rate: samples a second it takes, of an audio classifier.
        tokens: it takes at most, of a text classifier.
    """

    kind: Kind
    labels: tuple[str, ...]
    rate: int = 0
    tokens: int = 0

    @property
    def settings(self) -> Settings:
        """What the preparation is created with."""
        match self.kind:
            case Kind.AUDIO:
                return {"rate": self.rate}
            case Kind.IMAGE:
                return {}
            case Kind.TEXT:
                return {"characters": max(self.tokens * CHARACTERS_A_TOKEN, 100)}


def is_plugin_file(name: str) -> bool:
    """Whether a file of this name belongs to a classifier, all of them data."""
    return name in DATA_FILES or SHARD.fullmatch(name) is not None


def check_configuration(folder: Path) -> Configuration:
    """What the classifier in a folder is.

    Raises:
        ModelError: it is none, is of a kind that is not run, or would bring code of its own.
    """
    for name in DATA_FILES:
        if name.endswith(".json") and (folder / name).exists() and name != TOKENIZER:
            _refuse(_object(folder / name), folder / name)
    about = _object(folder / CONFIG)
    labels = _labels(about, folder)
    kind = _kind(about, folder)
    if about.get("problem_type") not in (None, "single_label_classification"):
        raise ModelError(f"{folder}: only classifiers of one label each are run")
    if kind is Kind.TEXT:
        return Configuration(kind, labels, tokens=_tokens(about, folder))
    processor = next((folder / one for one in PROCESSORS if (folder / one).exists()), None)
    if processor is None:
        raise ModelError(f"{folder}: lacks {PROCESSORS[0]}", hint="Save its processor beside it.")
    if kind is Kind.IMAGE:
        return Configuration(kind, labels)
    said = _object(processor)
    inner = said.get("feature_extractor")
    rate = (inner if isinstance(inner, dict) else said).get("sampling_rate")
    if not isinstance(rate, int) or not 4000 <= rate <= 192_000:
        raise ModelError(f"{processor}: states no sampling_rate")
    return Configuration(kind, labels, rate=rate)


def _refuse(value: Any, path: Path, depth: int = 0) -> None:
    """Refuse what would bring code, however deep it stands."""
    if depth > DEEPEST:
        raise ModelError(f"{path}: is nested too deeply")
    if isinstance(value, list):
        for one in value:
            _refuse(one, path, depth + 1)
    if not isinstance(value, dict):
        return
    for key, one in value.items():
        if key in DENIED and one:
            raise ModelError(
                f"{path}: {DENIED[key]} ({key})", hint="Only models that need no code are added."
            )
        names_kernel = "attn_implementation" in key or "kernel" in key or key.endswith("_from")
        if names_kernel and _holds_path(one):
            raise ModelError(
                f"{path}: names something to fetch ({key})",
                hint="Only models that need no code are added.",
            )
        _refuse(one, path, depth + 1)


def _holds_path(value: Any) -> bool:
    if isinstance(value, dict):
        return any(map(_holds_path, value.values()))
    return isinstance(value, str) and "/" in value


def _kind(about: dict[str, Any], folder: Path) -> Kind:
    """By the class it was saved from, which must be one that comes with the library."""
    known = import_module("transformers.models.auto.modeling_auto")
    named = about.get("architectures")
    architecture = named[0] if isinstance(named, list) and named else None
    kinds: dict[Kind, Any] = {
        Kind.AUDIO: known.MODEL_FOR_AUDIO_CLASSIFICATION_MAPPING_NAMES,
        Kind.IMAGE: known.MODEL_FOR_IMAGE_CLASSIFICATION_MAPPING_NAMES,
        Kind.TEXT: known.MODEL_FOR_SEQUENCE_CLASSIFICATION_MAPPING_NAMES,
    }
    for kind, names in kinds.items():
        if architecture is not None and names.get(about.get("model_type")) == architecture:
            return kind
    raise ModelError(
        f"{folder}: {architecture or 'it'} is no audio, image or sequence classifier of "
        "the transformers library",
        hint="A model that needs its own code is not run.",
    )


def _labels(about: dict[str, Any], folder: Path) -> tuple[str, ...]:
    named = about.get("id2label")
    if not isinstance(named, dict):
        # The library leaves out what it would put in itself: two labels without a name.
        named = {"0": "LABEL_0", "1": "LABEL_1"}
    try:
        labels = tuple(str(named[str(place)]) for place in range(len(named)))
    except KeyError as fault:
        raise ModelError(f"{folder}: its id2label is not numbered from 0") from fault
    if not 2 <= len(labels) <= 10_000 or len(set(labels)) != len(labels):
        raise ModelError(f"{folder}: it has not two labels or more, each with a name of its own")
    return labels


def _tokens(about: dict[str, Any], folder: Path) -> int:
    limits = [about.get("max_position_embeddings")]
    if (folder / "tokenizer_config.json").exists():
        limits.append(_object(folder / "tokenizer_config.json").get("model_max_length"))
    stated = [one for one in limits if isinstance(one, int) and 8 <= one < 10**9]
    # Some of these count two positions that texts cannot use.
    return min([*(one - 2 for one in stated), MOST_TOKENS]) if stated else 512


def _object(path: Path) -> dict[str, Any]:
    try:
        with path.open("rb") as file:
            data = file.read(JSON_BYTES + 1)
        if len(data) > JSON_BYTES:
            raise ModelError(f"{path}: is over {JSON_BYTES:,} bytes")
        value = json.loads(data)
    except FileNotFoundError as fault:
        raise ModelError(f"{path.parent}: lacks {path.name}") from fault
    except (OSError, ValueError, RecursionError) as fault:
        raise ModelError(f"{path}: cannot be read as JSON") from fault
    if not isinstance(value, dict):
        raise ModelError(f"{path}: is not a JSON object")
    return value
