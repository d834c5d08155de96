"""A gate: tells what kind of work one is, from features, or says that it is not sure.

A gate never accuses. It runs in the sandboxed worker, beside the decoding, so that a detector
judges only what it was made for and its exceedance is that of works of the same kind. Weights are
read once in a process, from the package.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from importlib import resources
from pathlib import Path
from typing import TYPE_CHECKING, Self

import numpy as np

from detectors.gates.network import Network
from detectors.gates.records import CARD, GATE, WEIGHTS, GateRecord
from provenance.errors import InputError, ModelError, NoModel
from provenance.files import open_regular, why
from provenance.limits import MIB

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from detectors.gates.card import GateCard

    Floats = NDArray[np.float32]

__all__ = ["PACKAGES", "Gate", "Told", "gate", "gates", "place"]

PACKAGES = {"image-kind": "detectors.image", "sound-kind": "detectors.audio"}
"""The gates of Assay: name to the package in whose `weights` folder one lies."""

MOST_BYTES = 16 * MIB


@dataclass(frozen=True, slots=True)
class Told:
    """What a gate told.

    Attributes:
        kind: None where it is not sure.
        confidence: probability of the likeliest kind, whether it was told or not.
    """

    kind: str | None
    confidence: float


class Gate:
    """A gate that is as its record says. Thread-safe.

    Attributes:
        path: its folder.
        record: what `gate.json` says.
        digest: of the bytes of `gate.json`, `sha256:...`.
    """

    def __init__(self, path: Path, record: GateRecord, network: Network) -> None:
        self.path, self.record, self.digest = path, record, record.digest
        self._network = network

    @classmethod
    def read(cls, folder: Path) -> Self:
        """The gate in a folder.

        Raises:
            NoModel: there is no `gate.json` in it.
            ModelError: it is not a gate, or its weights are not those of the record.
        """
        from safetensors import SafetensorError
        from safetensors.numpy import load

        if not os.path.lexists(folder / GATE):
            raise NoModel(
                f"{folder}: there is no {GATE} in it", hint="A gate is a folder with one."
            )
        record = GateRecord.read(_bytes(folder / GATE), shown=str(folder / GATE))
        if WEIGHTS not in record.files:
            raise ModelError(f"{folder}: the gate has no {WEIGHTS}")
        try:
            tensors = load(_held(folder, record, WEIGHTS))
            network = Network.of(tensors, len(record.known))
        except (ValueError, KeyError, SafetensorError) as fault:
            raise ModelError(f"{folder / WEIGHTS}: not the weights of a gate ({fault})") from fault
        return cls(folder, record, network)

    @property
    def width(self) -> int:
        """How many features it takes."""
        return self._network.width

    def probabilities(self, features: Floats) -> Floats:
        """Of each kind, one row a window or picture.

        Args:
            features: shape (n, d).

        Returns:
            float32, shape (n, kinds), in the order of `record.known`; rows sum to 1.
        """
        return self._network.probabilities(features)

    def kind(self, probabilities: Floats) -> str | None:
        """The kind that is told of these probabilities, shape (kinds,); None when not sure."""
        best = int(np.argmax(probabilities))
        told = best < len(self.record.kinds) and probabilities[best] >= self.record.sure
        return self.record.kinds[best] if told else None

    def told(self, features: Floats) -> Told:
        """What is told of one work.

        Args:
            features: shape (d,), or (n, d): the mean of the probabilities of n places counts.
        """
        mean = self.probabilities(np.atleast_2d(features)).mean(axis=0)
        return Told(self.kind(mean), float(mean.max()))

    def file(self, name: str) -> bytes:
        """A file of the gate, with the digest it should have.

        Raises:
            ModelError: there is none, or it is not the one that the record names.
        """
        return _held(self.path, self.record, name)

    def check(self) -> Iterator[str]:
        """Hash every file; the name of each that is as it should be.

        Raises:
            ModelError: one is not, or there is one too many.
        """
        extra = {one.name for one in self.path.iterdir()} - {GATE, *self.record.files}
        if extra:
            raise ModelError(f"{self.path}: holds {min(extra)!r}, which {GATE} does not name")
        for name in self.record.files:
            self.file(name)
            yield name

    @property
    def card(self) -> GateCard:
        """Its card.

        Raises:
            ModelError: there is none, or it is not as the record says.
        """
        from detectors.gates.card import GateCard

        return GateCard.read(self.file(CARD), shown=str(self.path / CARD))


@cache
def gate(name: str) -> Gate:
    """The gate of Assay of this name, read once.

    Raises:
        NoModel: there is none.
        ModelError: it is damaged.
    """
    return Gate.read(place(name))


def gates() -> tuple[str, ...]:
    """Names of the gates that are there; whether they are sound is seen on reading."""
    return tuple(sorted(name for name in PACKAGES if os.path.lexists(place(name) / GATE)))


def place(name: str) -> Path:
    """The folder of a gate of Assay.

    Raises:
        NoModel: no gate is called so.
    """
    if name not in PACKAGES:
        raise NoModel(f"no gate is called {name!r}", hint=f"Known: {', '.join(sorted(PACKAGES))}.")
    return Path(str(resources.files(PACKAGES[name]))) / "weights" / name


def _held(folder: Path, record: GateRecord, name: str) -> bytes:
    if name not in record.files:
        raise ModelError(f"{folder}: the gate has no {name}")
    data = _bytes(folder / name)
    found = hashlib.sha256(data).hexdigest()
    if found != record.files[name]:
        raise ModelError(
            f"{folder / name}: its SHA-256 is {found}, and {GATE} says {record.files[name]}",
            hint="It was changed or damaged: install Assay again.",
        )
    return data


def _bytes(path: Path) -> bytes:
    if path.is_symlink():
        raise ModelError(f"{path}: is a link", hint="A gate is of plain files.")
    try:
        with os.fdopen(open_regular(path), "rb") as file:
            data = file.read(MOST_BYTES + 1)
    except InputError as fault:
        raise ModelError(str(fault)) from fault
    except OSError as fault:
        raise ModelError(f"{path}: cannot be read ({why(fault)})") from fault
    if len(data) > MOST_BYTES:
        raise ModelError(f"{path}: is over {MOST_BYTES:,} bytes")
    return data
