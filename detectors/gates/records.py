"""`gate.json`: what a gate tells apart, from which features, and which files it consists of.

Schema `assay/gate/1`. As with models, the record names every file with its SHA-256, so that the
digest of `gate.json` alone stands for the whole gate.
"""

from __future__ import annotations

import datetime as dt
from typing import Annotated, ClassVar, Literal, Self

from pydantic import AfterValidator, AwareDatetime, Field, model_validator

from detectors.models.records import FILE_NAME, NAME, SHA256, digest_of
from detectors.stored import Stored
from provenance.asset import Modality

__all__ = ["CARD", "GATE", "HELD_OUT", "TRAINING", "WEIGHTS", "GateRecord"]

GATE = "gate.json"
WEIGHTS = "weights.safetensors"
HELD_OUT = "held_out.csv"
TRAINING = "training.csv"
CARD = "card.json"

ENDINGS = (".safetensors", ".onnx", ".json", ".csv")


def _name(name: str) -> str:
    if not NAME.fullmatch(name):
        raise ValueError("a name is of small letters, digits, dots, dashes and underscores")
    return name


def _kinds(kinds: tuple[str, ...]) -> tuple[str, ...]:
    if len(kinds) < 2 or len(set(kinds)) != len(kinds):
        raise ValueError("a gate tells at least two kinds apart, each named once")
    return tuple(map(_name, kinds))


def _files(files: dict[str, str]) -> dict[str, str]:
    for name, sha256 in files.items():
        if not FILE_NAME.fullmatch(name) or name == GATE or not name.endswith(ENDINGS):
            raise ValueError(f"{name!r} is not the name of a file beside {GATE}")
        if not SHA256.fullmatch(sha256):
            raise ValueError(f"{name!r}: {sha256!r} is not a SHA-256")
    return dict(sorted(files.items()))


class GateRecord(Stored):
    """A gate.

    Attributes:
        name: of the gate.
        version: of its weights.
        modality: kind of work it looks at.
        features: name of the function whose numbers it takes.
        features_version: of that function; the gate is of no use with another.
        kinds: what it tells apart, in the order of its probabilities.
        untold: kinds whose probabilities follow; it learnt them so as not to take them for one of
            `kinds`, and tells nothing of works that are likest to them.
        sure: least probability that counts as told.
        description: one plain sentence.
        licence: SPDX identifier of the weights.
        files: name to SHA-256 of every file beside this one.
    """

    called: ClassVar = "a gate"

    schema_: Literal["assay/gate/1"] = Field(default="assay/gate/1", alias="schema")
    name: Annotated[str, AfterValidator(_name)]
    version: str = Field(min_length=1, max_length=100)
    modality: Modality
    features: str = Field(min_length=1, max_length=200)
    features_version: str = Field(min_length=1, max_length=100)
    kinds: Annotated[tuple[str, ...], AfterValidator(_kinds)]
    untold: tuple[str, ...] = Field(default=(), exclude_if=lambda untold: not untold)
    sure: float = Field(ge=0, le=1)
    description: str = Field(max_length=1000)
    licence: str = Field(max_length=200)
    created_at: AwareDatetime = dt.datetime.fromtimestamp(0, dt.UTC)
    files: Annotated[dict[str, str], AfterValidator(_files)]

    @model_validator(mode="after")
    def _each_once(self) -> Self:
        _kinds(self.known)
        return self

    @property
    def known(self) -> tuple[str, ...]:
        """All kinds that its network has learnt, in the order of its probabilities."""
        return (*self.kinds, *self.untold)

    def to_json(self) -> bytes:
        """The bytes of `gate.json`."""
        return self.model_dump_json(by_alias=True, indent=2).encode() + b"\n"

    @property
    def digest(self) -> str:
        """`sha256:...` of the bytes of `gate.json`, which hold the digests of all files."""
        return digest_of(self.to_json())
