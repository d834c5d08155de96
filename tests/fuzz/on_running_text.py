"""Targets that take running text out of pages and packages."""

from __future__ import annotations

from provenance.containers.running_text import MEDIA_TYPES, running_text
from provenance.containers.walk import FaultError
from tests.fuzz.contract import SMALL, as_asset
from tests.fuzz.registry import named


@named("running_text", "containers.running_text", "containers.markup")
def _running_text(data: bytes) -> None:
    """The same bytes as every kind of document."""
    for media_type in sorted(MEDIA_TYPES):
        try:
            for part in running_text(as_asset(data, media_type), SMALL):
                part.text.encode()
        except FaultError:
            continue
