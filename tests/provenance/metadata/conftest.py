"""What a reader says of made files."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from provenance.asset import Asset
from provenance.evidence import Declaration
from provenance.protocols import Reader


@pytest.fixture
def declared() -> Callable[..., list[Declaration]]:
    """The declarations of one reader about the bytes of a file."""

    def of(reader: Reader, data: bytes, name: str = "") -> list[Declaration]:
        found = list(reader.read(Asset.from_bytes(data, name=name)))
        return [one for one in found if isinstance(one, Declaration)]

    return of
