"""The plug point between a work and a model: bytes in, windows of numbers out, in the sandbox.

A preparation is found by name through the entry-point group `assay.preparations` and created in a
sandboxed worker, with the settings of the model as keywords. What the worker answers is as
untrusted as the work it read: `unpack` checks every length, type, shape and number of it.

The answer is a length (4 bytes, big-endian), that many bytes of JSON, then the features as they
lie in memory, rows first, little-endian.
"""

from __future__ import annotations

import importlib
import math
import struct
from collections.abc import Mapping
from dataclasses import dataclass, field
from importlib.metadata import EntryPoint, entry_points
from typing import TYPE_CHECKING, Annotated, Any, Literal, Protocol, runtime_checkable

from pydantic import Field, ValidationError

from detectors.decode.workers import asset_of, on_one_thread
from detectors.facts import Facts
from provenance.asset import Asset, Modality
from provenance.credentials import Record
from provenance.errors import ModelError, PluginError
from provenance.evidence import AbstainReason, Feature, NotRunReason

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from detectors.runtime import Network

    Features = NDArray[np.float32] | NDArray[np.uint8] | NDArray[np.int32]

__all__ = [
    "ENTRY_POINTS",
    "EXPLANATIONS",
    "MOST_NAMES",
    "MOST_OF_NAME",
    "Explain",
    "Features",
    "Malformed",
    "Preparation",
    "Prepared",
    "Preparing",
    "Unprepared",
    "Window",
    "entry_point",
    "explanation",
    "pack",
    "preparation",
    "unpack",
]

ENTRY_POINTS, EXPLANATIONS = "assay.preparations", "assay.explanations"

LENGTH = struct.Struct(">I")
HEADER_BYTES = 4 << 20
MOST_WINDOWS = 4096
MOST_AXES = 4
MOST_TOLD = 100
MOST_NAMES, MOST_OF_NAME = 3_000, 100
BYTES = {"<f4": 4, "|u1": 1, "<i4": 4}


class Malformed(ValueError):  # noqa: N818 - what it says of an answer
    """An answer that is not one of `pack`."""


@dataclass(frozen=True, slots=True)
class Window:
    """A place in the work that is scored by itself; fields as in `evidence.Where`."""

    unit: Literal["second", "character", "pixel", "page"]
    range: tuple[float, float] | None = None
    box: tuple[float, float, float, float] | None = None
    part: str | None = None


@dataclass(frozen=True, slots=True)
class Prepared:
    """A work as a model sees it.

    Attributes:
        windows: the places, in order.
        features: shape (windows, ...); float32, uint8 or int32; one row a window.
        group: kind of work, one of the groups of the model.
        facts: what can be told without looking at the content.
        abstain: why a score of it is not to be relied on.
        told: measurements that are shown beside the score.
        names: what a person may call some numbers of the features.
    """

    windows: tuple[Window, ...]
    features: Features
    group: str
    facts: Facts
    abstain: AbstainReason | None = None
    told: tuple[Feature, ...] = ()
    names: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Unprepared:
    """A work that gives no features, and why."""

    reason: NotRunReason
    detail: str


@runtime_checkable
class Preparation(Protocol):
    """Turns a work into features.

    Attributes:
        name: of its entry point.
        version: changes whenever its features do.
        modality: kind of work it is for.
    """

    name: str
    version: str
    modality: Modality

    def prepare(self, asset: Asset) -> Prepared:
        """The windows of a work; called in the sandbox only.

        Raises:
            Undecodable: the work gives no pixels, samples or text.
        """
        ...


class Explain(Protocol):
    """Tells what of a work spoke for its score, for one preparation; runs outside the sandbox."""

    def __call__(self, network: Network, prepared: Prepared) -> tuple[Feature, ...]:
        """Measurements that a person understands, those that moved the score most first.

        Raises:
            EngineError: the network does not work.
        """
        ...


def explanation(name: str) -> Explain | None:
    """What explains scores of a preparation, None where nothing does."""
    points = {point.name: point for point in entry_points(group=EXPLANATIONS)}
    return points[name].load() if name in points else None


def entry_point(name: str) -> EntryPoint:
    """The entry point of a preparation.

    Raises:
        ModelError: none of that name is installed.
    """
    points = {point.name: point for point in entry_points(group=ENTRY_POINTS)}
    if name not in points:
        known = ", ".join(sorted(points)) or "none"
        raise ModelError(
            f"there is no preparation called {name!r}",
            hint=f"Install what brings it, or update Assay. Known: {known}.",
        )
    return points[name]


def preparation(place: str, settings: Mapping[str, Any]) -> Preparation:
    """The preparation at `module:name`, created.

    Raises:
        PluginError: it does not keep the protocol.
    """
    module, _, name = place.partition(":")
    made = getattr(importlib.import_module(module), name)(**settings)
    if not isinstance(made, Preparation):
        raise PluginError(f"{place} does not keep detectors.models.preparation.Preparation")
    return made


class Preparing:
    """The worker's side: answers jobs of `{name, size, media_type}` with what `pack` makes."""

    def __init__(self, place: str, settings: dict[str, Any]) -> None:
        on_one_thread()
        self._preparation = preparation(place, settings)

    def __call__(self, job: dict[str, Any], fds: list[int], blobs: list[bytes]) -> bytes:
        """Prepare the one work of a job, which comes as a descriptor or as a blob."""
        from detectors.decode import Undecodable

        try:
            return pack(self._preparation.prepare(asset_of(job, fds, blobs)))
        except Undecodable as undecodable:
            return pack(Unprepared(undecodable.reason, undecodable.detail))


class _Head(Record):
    """The JSON of an answer."""

    windows: tuple[Window, ...] = Field(max_length=MOST_WINDOWS)
    shape: tuple[int, ...] = Field(min_length=1, max_length=MOST_AXES)
    type: Literal["<f4", "|u1", "<i4"]
    group: str = Field(max_length=200)
    facts: Facts
    abstain: AbstainReason | None = None
    told: tuple[Feature, ...] = Field(default=(), max_length=MOST_TOLD)
    names: dict[Annotated[str, Field(max_length=MOST_OF_NAME)], int] = Field(
        default_factory=dict, max_length=MOST_NAMES
    )


class _NoHead(Record):
    reason: NotRunReason
    detail: str = Field(max_length=1000)


def pack(one: Prepared | Unprepared) -> bytes:
    """What a worker answers."""
    import numpy as np

    if isinstance(one, Unprepared):
        head: Record = _NoHead(reason=one.reason, detail=one.detail[:1000])
        return _framed(head, b"")
    features = np.ascontiguousarray(one.features)
    features = features.astype(features.dtype.newbyteorder("<"), copy=False)
    head = _Head(
        windows=one.windows,
        shape=features.shape,
        type=features.dtype.str,
        group=one.group,
        facts=one.facts,
        abstain=one.abstain,
        told=one.told,
        names=dict(one.names),
    )
    return _framed(head, features.tobytes())


def _framed(head: Record, body: bytes) -> bytes:
    written = head.model_dump_json().encode()
    return LENGTH.pack(len(written)) + written + body


def unpack(answer: bytes) -> Prepared | Unprepared:
    """What a worker found, checked as what an untrusted process sent.

    Raises:
        Malformed: it is not what `pack` makes, or holds a number that is none.
    """
    import numpy as np

    if len(answer) < LENGTH.size:
        raise Malformed("no length")
    (length,) = LENGTH.unpack_from(answer)
    end = LENGTH.size + length
    if length > HEADER_BYTES or end > len(answer):
        raise Malformed("the length is wrong")
    written = answer[LENGTH.size : end]
    try:
        if b'"windows"' not in written[:12]:
            none = _NoHead.model_validate_json(written)
            return Unprepared(none.reason, none.detail)
        head = _Head.model_validate_json(written)
    except ValidationError as fault:
        raise Malformed("the description is malformed") from fault
    count = math.prod(head.shape)
    if min(head.shape[1:], default=1) < 1 or head.shape[0] != len(head.windows):
        raise Malformed("the shape does not fit the windows")
    if count * BYTES[head.type] != len(answer) - end:
        raise Malformed("the features do not fill their shape")
    features = np.frombuffer(answer, np.dtype(head.type), count, end).reshape(head.shape)
    if head.type == "<f4" and not np.isfinite(features).all():
        raise Malformed("a feature is not a number")
    if not all(math.isfinite(one.value) for one in head.told):
        raise Malformed("a measurement is not a number")
    if not all(map(_is_place, head.windows)):
        raise Malformed("a window lies nowhere")
    return Prepared(
        head.windows, features, head.group, head.facts, head.abstain, head.told, head.names
    )


def _is_place(window: Window) -> bool:
    numbers = (*(window.range or ()), *(window.box or ()))
    return all(map(math.isfinite, numbers))
