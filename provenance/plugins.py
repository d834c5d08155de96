"""Finds readers and detectors through entry points; built-ins come in by the same door.

Discovery never raises for one bad plug-in: it is logged and left out, so that a broken extension
cannot stop a verification.
"""

from __future__ import annotations

import logging
from functools import cache
from importlib.metadata import EntryPoint, entry_points
from typing import Any

from provenance.protocols import Reader, RightsReader

__all__ = [
    "READERS",
    "RIGHTS_READERS",
    "load_entry_points",
    "reader_versions",
    "readers",
    "rights_readers",
]

log = logging.getLogger(__name__)

READERS = "assay.readers"
RIGHTS_READERS = "assay.rights_readers"
OURS = "assay-provenance"


def load_entry_points(group: str) -> list[tuple[str, Any]]:
    """The loaded objects of an entry-point group with their names: the built-in ones first."""
    found = []
    for point in sorted(entry_points(group=group), key=_ours_first):
        loaded = _load(point)
        if loaded is not None:
            found.append((point.name, loaded))
    return found


def _ours_first(point: EntryPoint) -> tuple[bool, str]:
    """Built-ins before anyone's, so that no plug-in takes the name of one; then by name."""
    return point.dist is None or point.dist.name != OURS, point.name


def _load(point: EntryPoint) -> Any | None:
    try:
        return point.load()
    except Exception:  # a plug-in may fail in any way; it must not take the engine with it
        log.exception("plug-in %s (%s) cannot be loaded and is left out", point.name, point.value)
        return None


def _instances(group: str, protocol: type[Any]) -> tuple[Any, ...]:
    kept: dict[str, Any] = {}
    for name, factory in load_entry_points(group):
        try:
            instance = factory()
            keeps = isinstance(instance, protocol) and isinstance(instance.source, str)
        except Exception:  # as above
            log.exception("plug-in %s of %s cannot be created and is left out", name, group)
            continue
        if not keeps:
            log.error("plug-in %s does not keep %s and is left out", name, protocol.__name__)
        elif instance.source in kept:
            log.error("plug-in %s: source %s is taken; left out", name, instance.source)
        else:
            kept[instance.source] = instance
    return tuple(kept[source] for source in sorted(kept, key=_first_c2pa))


def _first_c2pa(source: str) -> tuple[bool, str]:
    """Evidence is ordered by reader: the manifest first, then by name."""
    return source != "c2pa", source


@cache
def readers() -> tuple[Reader, ...]:
    """One instance of every reader of origin, the manifest reader first, then by name."""
    return _instances(READERS, Reader)


@cache
def rights_readers() -> tuple[RightsReader, ...]:
    """One instance of every reader of reservations that travel inside a work, by name."""
    return _instances(RIGHTS_READERS, RightsReader)


def reader_versions() -> dict[str, str]:
    """The version of every reader, by its source, for a report's `engine`."""
    every: list[Reader | RightsReader] = [*readers(), *rights_readers()]
    return {one.source: one.version for one in every}
