"""How the files of each place are read; one module a group of places."""

from __future__ import annotations

from functools import cache
from importlib import import_module
from pkgutil import iter_modules
from typing import TYPE_CHECKING

from provenance.errors import ConfigError

if TYPE_CHECKING:
    from detectors.gathering.items import Item
    from detectors.text.training.passages import Extractor

__all__ = ["extractor_of", "places"]


@cache
def places() -> dict[str, Extractor]:
    """What reads the files of each repository or package."""
    found: dict[str, Extractor] = {}
    for module in iter_modules(__path__):
        found |= getattr(import_module(f"{__name__}.{module.name}"), "EXTRACTORS", {})
    return found


def extractor_of(item: Item) -> Extractor:
    """What reads the file of an item.

    Raises:
        ConfigError: nothing reads files of its place.
    """
    known = places()
    if item.where not in known:
        hint = "Write one in detectors/text/training/sources."
        raise ConfigError(f"no module reads files of {item.where}", hint=hint)
    return known[item.where]
