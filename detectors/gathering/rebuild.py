"""Brings the files of a manifest into a folder, each held to its digest.

What lies there already is kept when it is what the manifest says, so that a rebuild that was
stopped goes on where it was. What cannot be had, or has changed, is told and not replaced.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from detectors.gathering.items import Item, Place
from detectors.gathering.places import Source
from provenance.files import replacement

__all__ = ["Rebuilt", "rebuild"]


@dataclass(slots=True)
class Rebuilt:
    """What came of a rebuild.

    Attributes:
        there: items whose files are in the folder.
        fetched: how many of them were brought now.
        missing: items that are not to be had.
        changed: items whose place holds other bytes.
    """

    there: list[Item] = field(default_factory=list)
    fetched: int = 0
    missing: list[Item] = field(default_factory=list)
    changed: list[Item] = field(default_factory=list)


def rebuild(
    items: Iterable[Item],
    out: Path,
    places: Mapping[Place, Source],
    *,
    shown: Callable[[Item], None] | None = None,
) -> Rebuilt:
    """Bring the files of `items` below `out`.

    Args:
        items: in any order; those of one repository or package are brought together.
        out: folder; made where there is none.
        places: what reads each kind of place; items of others are missing.
        shown: told of each item when it is done.

    Raises:
        ConfigError: an item names a place in a way that is none.
    """
    done = Rebuilt()
    for item in sorted(items, key=lambda one: (one.place, one.where, one.revision, one.path)):
        path = out / item.name
        if path.is_file() and _digest(path) == item.sha256:
            done.there.append(item)
        else:
            _bring(item, path, places, done)
        if shown is not None:
            shown(item)
    return done


def _bring(item: Item, path: Path, places: Mapping[Place, Source], done: Rebuilt) -> None:
    source = places.get(item.place)
    data = source.read(item) if source else None
    if data is None:
        done.missing.append(item)
    elif hashlib.sha256(data).hexdigest() != item.sha256:
        done.changed.append(item)
    else:
        path.parent.mkdir(parents=True, exist_ok=True)
        with replacement(path) as (file, put_in_place):
            file.write(data)
            file.flush()
            put_in_place()
        done.there.append(item)
        done.fetched += 1


def _digest(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
