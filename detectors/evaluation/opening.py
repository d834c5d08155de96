"""Opens the works of a manifest, a few at a time, and hashes them while they are open."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass

from detectors.evaluation.manifest import Item
from provenance.asset import Asset, Modality
from provenance.errors import InputError
from provenance.files import open_regular, why

__all__ = ["Opened", "opened"]


@dataclass(frozen=True, slots=True)
class Opened:
    """A work of a manifest.

    Attributes:
        item: its row.
        asset: its bytes, None when they cannot be read.
        sha256: of them, empty when they cannot be read.
        problem: why they cannot be read.
    """

    item: Item
    asset: Asset | None = None
    sha256: str = ""
    problem: str = ""


@contextmanager
def opened(items: Sequence[Item]) -> Iterator[list[Opened]]:
    """The works, in order, open until the end of the block."""
    with ExitStack() as held:
        yield [_open(item, held) for item in items]


def _open(item: Item, held: ExitStack) -> Opened:
    if item.text is not None:
        # What stands in the manifest as a text is one, even if it looks like HTML.
        data = item.text.encode("utf-8", "replace")
        asset = Asset(f"{item.id}.txt", len(data), "text/plain", Modality.TEXT, data)
        return Opened(item, asset, asset.sha256())
    if item.path is None:
        return Opened(item, problem="there is no path")
    try:
        fd = open_regular(item.path)
        held.callback(os.close, fd)
        asset = Asset.from_fd(fd, name=item.path.name)
        return Opened(item, asset, asset.sha256())
    except (InputError, OSError) as fault:
        return Opened(item, problem=why(fault))
