"""`model.json`: what a model is, which files it consists of, and how its scores are put together.

Schema `assay/model/1`. The record names every file with its SHA-256, so that the digest of
`model.json` alone stands for the whole model: it is what reports call the model. It names a
preparation by the name of its entry point and never a module: a folder cannot choose what runs.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import re
from enum import StrEnum
from typing import Annotated, ClassVar, Literal, Self

from pydantic import AfterValidator, AwareDatetime, Field, model_validator

from detectors.models.aggregate import Aggregate
from detectors.models.dependence import Dependence
from detectors.stored import Stored
from provenance.asset import Modality
from provenance.credentials import Record

__all__ = [
    "AI_SCORES",
    "CARD",
    "ENDINGS",
    "FILE_NAME",
    "HUMAN_SCORES",
    "MODEL",
    "NAME",
    "NETWORK",
    "ROOT",
    "STRANGENESS",
    "TABLES",
    "TRAINING",
    "Classifier",
    "ModelRecord",
    "NetworkPlace",
    "Outputs",
    "Settings",
]

MODEL = "model.json"
NETWORK = "network.onnx"
TABLES = "tables.json"
HUMAN_SCORES = "human_scores.csv"
AI_SCORES = "ai_scores.csv"
STRANGENESS = "strangeness.json"
TRAINING = "training.csv"
CARD = "card.json"

ENDINGS = (".onnx", ".safetensors", ".json", ".csv")
"""What a model may consist of: graphs, tensors and tables. None of them runs when it is read."""

NAME = re.compile(r"[a-z0-9][a-z0-9._-]{0,99}")
FILE_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,99}")
REVISION = r"[0-9a-f]{40}"
SHA256 = re.compile(r"[0-9a-f]{64}")
ROOT = "all"

ALONE: dict[str, str | None] = {ROOT: None}

Settings = dict[str, bool | int | float | str]


def _name(name: str) -> str:
    if not NAME.fullmatch(name):
        raise ValueError("a name is of small letters, digits, dots, dashes and underscores")
    return name


def _files(files: dict[str, str]) -> dict[str, str]:
    for name, sha256 in files.items():
        if not FILE_NAME.fullmatch(name) or name == MODEL:
            raise ValueError(f"{name!r} is not the name of a file beside {MODEL}")
        if not name.endswith(ENDINGS):
            raise ValueError(f"{name!r}: a model is of {', '.join(ENDINGS)} files only")
        if not SHA256.fullmatch(sha256):
            raise ValueError(f"{name!r}: {sha256!r} is not a SHA-256")
    return dict(sorted(files.items()))


def _groups(groups: dict[str, str | None]) -> dict[str, str | None]:
    """Every group leads up to the one root, in finitely many steps."""
    if groups.get(ROOT, "") is not None:
        raise ValueError(f"the group {ROOT!r} is the root of all others and has no parent")
    for group, parent in groups.items():
        seen, at = {group}, parent
        while at is not None:
            if at not in groups or at in seen:
                raise ValueError(f"group {group!r} does not lead up to {ROOT!r}")
            seen.add(at)
            at = groups[at]
        if ROOT not in seen:
            raise ValueError(f"group {group!r} does not lead up to {ROOT!r}")
    return groups


class NetworkPlace(Record):
    """Where a network is and which of its tensors count.

    Attributes:
        file: an ONNX graph beside `model.json`.
        input: tensor that takes the features, one row a window.
        output: tensor that gives a logit a window, of shape (n,) or (n, columns).
        column: which column, where there are several.
        batch: windows that are run at once. With 1, a window scores the same in any company.
    """

    file: str = NETWORK
    input: str = "features"
    output: str = "logit"
    column: int = Field(default=0, ge=0, le=10_000)
    batch: int = Field(default=64, ge=1, le=1_024)


class Outputs(StrEnum):
    """How the outputs of a classifier become the log-odds of a window."""

    SOFTMAX = "softmax"
    """One label is right: those that mean synthetic against all others."""

    SIGMOID = "sigmoid"
    """Each output is the log-odds of its own label; of several, the largest."""


class Classifier(Record):
    """A classifier of the `transformers` library that a plug-in runs.

    Attributes:
        origin: where it came from, `hf:OWNER/NAME@REVISION` or the path it was added from.
        revision: commit it is pinned to, None for a path.
        outputs: how they become log-odds; softmax where a record does not say.
        inverted: the one output is the log-odds that a person made it; its sign is turned.
        synthetic: its labels that mean "made by a machine": under softmax at least one and not
            all, under sigmoid at least one, none when inverted.
        labels: all its labels, in the order of its outputs.
    """

    origin: str
    revision: str | None = Field(default=None, pattern=f"^{REVISION}$")
    outputs: Outputs = Outputs.SOFTMAX
    inverted: bool = False
    synthetic: tuple[str, ...]
    labels: tuple[str, ...] = Field(min_length=1)

    @model_validator(mode="after")
    def _some_labels(self) -> Self:
        synthetic, labels = set(self.synthetic), set(self.labels)
        if self.inverted:
            if self.outputs is not Outputs.SIGMOID or len(self.labels) != 1 or synthetic:
                raise ValueError("only a classifier of one output is inverted, and names no label")
        elif not synthetic or not synthetic <= labels:
            raise ValueError("the labels that mean synthetic are some of its labels")
        elif self.outputs is Outputs.SOFTMAX and synthetic == labels:
            raise ValueError("the labels that mean synthetic are some of its labels, not all")
        return self


class ModelRecord(Stored):
    """A model.

    Attributes:
        name: of the detector it makes.
        version: of the model, as whoever trained it counts.
        modality: kind of work it is for.
        preparation: entry point that turns a work into features.
        settings: what the preparation is created with.
        description: one plain sentence.
        licence: SPDX identifier of the weights, or `NOASSERTION`.
        files: name to SHA-256 of every file beside this one.
        aggregate: how local scores become the score.
        dependence: how the windows of a work hang together, where that was measured; with it
            detections tell which share of a work is synthetic.
        minimum_windows: fewer of them, and the detector abstains as too short.
        network: the graph that scores the windows.
        classifier: what scores them instead, in a plug-in.
        groups: each group of works to its parent; the root is `all`.
    """

    called: ClassVar = "a model"

    schema_: Literal["assay/model/1"] = Field(default="assay/model/1", alias="schema")
    name: Annotated[str, AfterValidator(_name)]
    version: str = Field(min_length=1, max_length=100)
    modality: Modality
    preparation: str = Field(min_length=1, max_length=100)
    settings: Settings = Field(default_factory=dict)
    description: str = Field(max_length=1000)
    licence: str = Field(max_length=200)
    created_at: AwareDatetime = dt.datetime.fromtimestamp(0, dt.UTC)
    files: Annotated[dict[str, str], AfterValidator(_files)]
    aggregate: Aggregate = Aggregate.MEAN
    dependence: Dependence | None = None
    minimum_windows: int = Field(default=1, ge=1)
    network: NetworkPlace | None = None
    classifier: Classifier | None = None
    groups: Annotated[dict[str, str | None], AfterValidator(_groups)] = Field(
        default_factory=lambda: dict(ALONE)
    )

    @model_validator(mode="after")
    def _scored_by_one(self) -> Self:
        if (self.network is None) == (self.classifier is None):
            raise ValueError("a model has a network or a classifier, one of the two")
        if self.network is not None and self.network.file not in self.files:
            raise ValueError(f"its network {self.network.file!r} is not among its files")
        if self.aggregate is Aggregate.RANDOM_EFFECTS and self.dependence is None:
            raise ValueError("random effects were not measured: there is no dependence")
        return self

    def to_json(self) -> bytes:
        """The bytes of `model.json`."""
        return self.model_dump_json(by_alias=True, indent=2).encode() + b"\n"

    @property
    def digest(self) -> str:
        """`sha256:...` of the bytes of `model.json`, which hold the digests of all files."""
        return digest_of(self.to_json())


def digest_of(data: bytes) -> str:
    """The digest by which reports call the model of this `model.json`."""
    return f"sha256:{hashlib.sha256(data).hexdigest()}"
