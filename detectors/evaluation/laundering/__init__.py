"""Laundering: what is done to a work so that a detector no longer knows it, as named suites.

A suite is found by name through the entry-point group `assay.laundering` and created in a sandboxed
worker, because it decodes the files of strangers. What is drawn by chance is drawn from the seed,
the attack and the work's own digest, so that each work is laundered in the same way every time.
"""

from __future__ import annotations

import hashlib
import importlib
from dataclasses import dataclass, replace
from importlib.metadata import EntryPoint, entry_points
from typing import TYPE_CHECKING, Any, Protocol, runtime_checkable

from detectors.decode.workers import LIMITS as DECODING
from detectors.decode.workers import Workers, asset_of, on_one_thread
from detectors.evaluation.scored import LAUNDERING
from provenance import media
from provenance.asset import Asset, Modality
from provenance.errors import ConfigError, PluginError
from provenance.evidence import NotRun, NotRunReason
from provenance.limits import MIB, Limits
from provenance.sandbox import JobFailed, Task

if TYPE_CHECKING:
    import numpy as np

__all__ = [
    "ENTRY_POINTS",
    "LIMITS",
    "Attack",
    "Launderer",
    "Laundering",
    "Suite",
    "attacks_of",
    "suite",
    "suites",
]

ENTRY_POINTS = "assay.laundering"
LIMITS = replace(
    DECODING,
    worker_headroom=3072 * MIB,
    reply_bytes=256 * MIB,
    wall_seconds=120.0,
    cpu_seconds=100,
)
"""Changing the speed of two minutes of stereo takes more time and memory than reading them."""

LAUNDERED, REFUSED = b"+", b"-"


@runtime_checkable
class Suite(Protocol):
    """Ways of laundering one kind of work; created without arguments, in a worker and outside."""

    @property
    def name(self) -> str:
        """Of its entry point."""
        ...

    @property
    def modalities(self) -> tuple[Modality, ...]:
        """Kinds of works it launders."""
        ...

    @property
    def attacks(self) -> tuple[str, ...]:
        """Names of its ways, in the order they are run: small letters, digits, underscores."""
        ...

    def launder(self, attack: str, asset: Asset, rng: np.random.Generator) -> bytes:
        """The bytes of the laundered work; in the sandbox. Raises `Undecodable` for content."""
        ...


def _points() -> dict[str, EntryPoint]:
    return {point.name: point for point in entry_points(group=ENTRY_POINTS)}


def suites() -> tuple[str, ...]:
    """Names of the suites that are installed, sorted."""
    return tuple(sorted(_points()))


def suite(name: str) -> Suite:
    """The suite called `name`.

    Raises:
        ConfigError: none of that name is installed.
        PluginError: it does not keep the protocol.
    """
    point = _points().get(name)
    if point is None:
        known = ", ".join(suites()) or "none"
        raise ConfigError(f"there is no laundering suite called {name!r}", hint=f"Known: {known}.")
    made = point.load()()
    if not isinstance(made, Suite):
        raise PluginError(f"{point.value} does not keep detectors.evaluation.laundering.Suite")
    return made


@dataclass(frozen=True, slots=True)
class Attack:
    """One way of one suite."""

    suite: str
    name: str
    modalities: tuple[Modality, ...]

    def __str__(self) -> str:
        return f"{self.suite}.{self.name}"


def attacks_of(wanted: str) -> tuple[Attack, ...]:
    """All ways of a suite (`audio`), or one of them (`audio.mp3_64`).

    Raises:
        ConfigError: there is no such suite, or it has no such way.
    """
    name, _, one = wanted.partition(".")
    found = suite(name)
    if one and one not in found.attacks:
        known = ", ".join(found.attacks)
        raise ConfigError(f"suite {name} has no attack {one!r}", hint=f"It has: {known}.")
    return tuple(
        Attack(name, attack, found.modalities) for attack in found.attacks if one in ("", attack)
    )


class Launderer:
    """Hands works to sandboxed workers that launder them. Thread-safe.

    Args:
        name: of the suite.
        seed: of what is drawn by chance.
        workers: processes at most.
        limits: caps of what one work may cost.

    Raises:
        ConfigError: no suite of that name is installed.
    """

    def __init__(
        self, name: str, *, seed: int = 0, workers: int | None = None, limits: Limits = LIMITS
    ) -> None:
        point = _points().get(name)
        if point is None:
            raise ConfigError(f"there is no laundering suite called {name!r}")
        task = Task(
            "detectors.evaluation.laundering:Laundering", {"place": point.value, "seed": seed}
        )
        self._workers = Workers(task, size=workers, limits=limits)

    def launder(self, attack: str, asset: Asset) -> Asset | NotRun:
        """The laundered work, or why there is none.

        Raises:
            EngineError: no worker can be started.
        """
        try:
            answer = self._workers.call(asset, attack=attack)
        except JobFailed as failed:
            return _not_run(failed.reason, failed.detail)
        if answer[:1] != LAUNDERED:
            code, _, detail = answer[1:].decode("utf-8", "replace").partition(" ")
            known = code in set(NotRunReason)
            return _not_run(NotRunReason(code) if known else NotRunReason.UNREADABLE, detail)
        data = answer[1:]
        if asset.modality in {Modality.TEXT, Modality.DOCUMENT}:
            # A text stays one, even if a part of it now looks like something else.
            return Asset(asset.name, len(data), "text/plain", Modality.TEXT, data)
        media_type = media.sniff_bytes(data, "")
        return Asset(asset.name, len(data), media_type, media.modality(media_type), data)

    def close(self) -> None:
        """End the workers."""
        self._workers.close()


class Laundering:
    """The worker's side: answers jobs of `{attack, name, size, media_type}`.

    Args:
        place: `module:callable` of the suite.
        seed: of what is drawn by chance.
    """

    def __init__(self, place: str, seed: int) -> None:
        on_one_thread()
        module, _, name = place.partition(":")
        self._suite: Suite = getattr(importlib.import_module(module), name)()
        self._seed = seed

    def __call__(self, job: dict[str, Any], fds: list[int], blobs: list[bytes]) -> bytes:
        """Launder the one work of a job, which comes as a descriptor or as a blob."""
        import numpy as np

        from detectors.decode import Undecodable

        asset, attack = asset_of(job, fds, blobs), job["attack"]
        drawn = f"{self._seed} {attack} {asset.sha256()}".encode()
        rng = np.random.default_rng(int.from_bytes(hashlib.sha256(drawn).digest()[:8]))
        try:
            return LAUNDERED + self._suite.launder(attack, asset, rng)
        except Undecodable as fault:
            return REFUSED + f"{fault.reason} {fault.detail}".encode()


def _not_run(reason: NotRunReason, detail: str) -> NotRun:
    return NotRun(source=LAUNDERING, check="detect", reason=reason, detail=detail)
