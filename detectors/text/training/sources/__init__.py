"""How the files of each place are read; one module a group of places."""

from __future__ import annotations

from functools import cache
from importlib import import_module
from pkgutil import iter_modules
from typing import TYPE_CHECKING

from detectors.text.training.sources.pages import is_page, page
from provenance.errors import ConfigError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from detectors.gathering.items import Item
    from detectors.text.training.passages import Extractor, Passage

__all__ = ["passages_of", "places"]


@cache
def places() -> dict[str, Extractor]:
    """What reads the files of each repository or package."""
    found: dict[str, Extractor] = {}
    for module in iter_modules(__path__):
        found |= getattr(import_module(f"{__name__}.{module.name}"), "EXTRACTORS", {})
    return found


def passages_of(item: Item, data: bytes) -> Iterator[Passage]:
    """What is to be read in the file of an item.

    Args:
        item: of the manifest.
        data: bytes of its file.

    Raises:
        ConfigError: it is no page, and nothing reads files of its place.
    """
    own = places().get(item.where)
    if own is not None:
        yield from own(item.path, data)
    elif is_page(item):
        yield from page(item, data)
    else:
        hint = "Write one in detectors/text/training/sources."
        raise ConfigError(f"no module reads files of {item.where}", hint=hint)
