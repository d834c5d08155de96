"""Opens a work of a manifest once, so that what is hashed is what is read.

A small file is taken into memory; a large one stays where it lies, and is compared before and
after: one that was written to meanwhile belongs to no digest, and nothing of it is kept.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from provenance.asset import Asset, Modality
from provenance.errors import InputError
from provenance.files import State, open_regular, state_of
from provenance.reading import SMALL

if TYPE_CHECKING:
    from detectors.evaluation.manifest import Item

__all__ = ["Opened", "key_of", "opened", "sidecars"]


@dataclass(frozen=True, slots=True)
class Opened:
    """A work, and how its file was when it was opened; None for bytes in memory."""

    asset: Asset
    before: State | None

    def has_changed(self) -> bool:
        """Whether the file was written to since."""
        backing = self.asset.backing
        return isinstance(backing, int) and state_of(backing) != self.before


@contextmanager
def opened(item: Item) -> Iterator[Opened]:
    """A work of a manifest, until the end of the block.

    Raises:
        InputError: there is no such file, or it is no plain one.
        OSError: it cannot be read.
    """
    if item.path is None:
        # What stands in the manifest as a text is one, even if it looks like HTML.
        data = (item.text or "").encode("utf-8", "replace")
        yield Opened(Asset(f"{item.id}.txt", len(data), "text/plain", Modality.TEXT, data), None)
        return
    fd = open_regular(item.path)
    try:
        before = state_of(fd)
        size = os.fstat(fd).st_size
        name = item.path.name
        if size <= SMALL:
            data = os.pread(fd, SMALL + 1, 0)
            if len(data) != size:
                raise InputError(f"{item.path}: changed while it was read")
            yield Opened(Asset.from_bytes(data, name=name), None)
        else:
            yield Opened(Asset.from_fd(fd, name=name), before)
    finally:
        os.close(fd)


def key_of(item: Item) -> str:
    """What changes with every ordinary write to the work; found without reading it.

    Raises:
        OSError: there is no such file.
    """
    digest = hashlib.sha256()
    if item.path is None:
        digest.update(b"text\0" + (item.text or "").encode("utf-8", "replace"))
    else:
        digest.update(f"{item.path}\0{state_of(item.path)}".encode())
        for sidecar in sidecars(item):
            digest.update(f"\0{sidecar}\0{state_of(sidecar)}".encode())
    digest.update(f"\0{item.licence or ''}".encode())
    return digest.hexdigest()


def sidecars(item: Item) -> list[Path]:
    """The files beside a work that speak of it: `NAME.json`, `NAME.license`, `NAME.xmp`."""
    if item.path is None:
        return []
    path = item.path
    beside = (
        *(path.with_name(path.name + ending) for ending in (".json", ".license", ".xmp")),
        path.with_suffix(".xmp"),
    )
    return [one for one in beside if one != path and one.is_file()]
