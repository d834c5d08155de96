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

from detectors.models.records import Outputs, Settings
from provenance.errors import ModelError
from provenance.limits import MIB

__all__ = [
    "CONFIG",
    "CONVERTED",
    "WEIGHTS",
    "Configuration",
    "Kind",
    "check_configuration",
    "check_weights",
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
    "quantization": "is quantised, which needs a loader of its own",
    "compression_config": "is quantised, which needs a loader of its own",
}
NAMES_A_PLACE = ("architecture", "backbone")
"""What may name a model that is to be fetched."""

FLOATING = frozenset({"F64", "F32", "F16", "BF16"})
PROBLEMS = {
    None: Outputs.SOFTMAX,
    "single_label_classification": Outputs.SOFTMAX,
    "multi_label_classification": Outputs.SIGMOID,
}
FRAME_SECONDS = 0.01
"""From one frame to the next of the extractor of Audio Spectrogram Transformers, which is fixed."""

LONGEST_WINDOW = 60.0
MOST_LABELS = 10_000
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
        outputs: how they become log-odds.
        rate: samples a second it takes, of an audio classifier.
        seconds: length of sound it takes, where its processor states one.
        tokens: it takes at most, of a text classifier.
    """

    kind: Kind
    labels: tuple[str, ...]
    outputs: Outputs
    rate: int = 0
    seconds: float | None = None
    tokens: int = 0

    @property
    def settings(self) -> Settings:
        """What the preparation is created with."""
        match self.kind:
            case Kind.AUDIO:
                stated: Settings = {} if self.seconds is None else {"seconds": self.seconds}
                return {"rate": self.rate, **stated}
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
    outputs = _outputs(about, labels, folder)
    if kind is Kind.TEXT:
        return Configuration(kind, labels, outputs, tokens=_tokens(about, folder))
    processor = next((folder / one for one in PROCESSORS if (folder / one).exists()), None)
    if processor is None:
        raise ModelError(f"{folder}: lacks {PROCESSORS[0]}", hint="Save its processor beside it.")
    if kind is Kind.IMAGE:
        return Configuration(kind, labels, outputs)
    said = _object(processor)
    inner = said.get("feature_extractor")
    said = inner if isinstance(inner, dict) else said
    rate = said.get("sampling_rate")
    if not isinstance(rate, int) or not 4000 <= rate <= 192_000:
        raise ModelError(f"{processor}: states no sampling_rate")
    return Configuration(kind, labels, outputs, rate=rate, seconds=_seconds(said, processor))


def check_weights(folder: Path) -> None:
    """Refuse weights that are numbers of another kind than a network is run with.

    Raises:
        ModelError: they are quantised, or are no safetensors.
    """
    from safetensors import SafetensorError, safe_open

    for path in sorted(folder.glob("*.safetensors")):
        try:
            with safe_open(path, framework="numpy") as weights:
                types = {
                    name: weights.get_slice(name).get_dtype()
                    for name in weights.keys()  # noqa: SIM118 - it is no mapping
                    if name.endswith(".weight")
                }
        except (OSError, SafetensorError) as fault:
            raise ModelError(f"{path}: is not safetensors ({fault})") from fault
        for name, stored in types.items():
            if stored not in FLOATING:
                raise ModelError(
                    f"{path}: is quantised ({name} is {stored}), which needs a loader of its own",
                    hint="Add the model it was made from.",
                )


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
        if (names_kernel or key in NAMES_A_PLACE) and _holds_path(one):
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
        listed = names.get(about.get("model_type"))
        if architecture in (listed if isinstance(listed, tuple) else (listed,)) and architecture:
            return kind
    raise ModelError(
        f"{folder}: {architecture or 'it'} is no audio, image or sequence classifier of "
        "the transformers library",
        hint="A model that needs its own code is not run.",
    )


def _labels(about: dict[str, Any], folder: Path) -> tuple[str, ...]:
    named = about.get("id2label")
    if not isinstance(named, dict):
        # The library leaves out what it would put in itself: labels without a name, mostly two.
        count = about.get("num_labels", 2)
        count = count if isinstance(count, int) and 0 < count <= MOST_LABELS else 0
        named = {str(place): f"LABEL_{place}" for place in range(count)}
    try:
        labels = tuple(str(named[str(place)]) for place in range(len(named)))
    except KeyError as fault:
        raise ModelError(f"{folder}: its id2label is not numbered from 0") from fault
    if not 1 <= len(labels) <= MOST_LABELS or len(set(labels)) != len(labels):
        raise ModelError(f"{folder}: it has not one label or more, each with a name of its own")
    return labels


def _outputs(about: dict[str, Any], labels: tuple[str, ...], folder: Path) -> Outputs:
    problem = about.get("problem_type")
    if problem == "regression":
        raise ModelError(
            f"{folder}: it estimates a quantity (problem_type: regression), which is no log-odds",
            hint="Only classifiers are run.",
        )
    if problem not in PROBLEMS:
        raise ModelError(f"{folder}: problem_type {problem!r} is not known")
    if len(labels) > 1:
        return PROBLEMS[problem]
    if problem == "single_label_classification":
        raise ModelError(f"{folder}: with one label to choose from, its outputs say nothing")
    return Outputs.SIGMOID


def _seconds(said: dict[str, Any], processor: Path) -> float | None:
    """The length of sound that a processor makes everything into, where it states one."""
    match said.get("feature_extractor_type"):
        case "ASTFeatureExtractor":
            stated = said.get("max_length", 1024)
            unit = FRAME_SECONDS
        case "WhisperFeatureExtractor":
            stated, unit = said.get("chunk_length", 30), 1.0
        case _:
            return None
    if not isinstance(stated, int) or not 1.0 <= stated * unit <= LONGEST_WINDOW:
        raise ModelError(f"{processor}: states no length of sound from 1 to {LONGEST_WINDOW:g} s")
    return round(stated * unit, 6)


def _tokens(about: dict[str, Any], folder: Path) -> int:
    limits = [about.get("max_position_embeddings"), about.get("n_positions")]
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
