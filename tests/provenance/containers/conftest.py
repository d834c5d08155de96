"""Opening made files, and looking into what was found."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from provenance.asset import Asset
from provenance.containers import Container, PacketKind, open_container
from provenance.limits import DEFAULT, Limits


@pytest.fixture
def opened() -> Callable[..., Container]:
    """Opens the bytes of a file under the given limits."""

    def open_bytes(data: bytes, name: str = "", limits: Limits = DEFAULT) -> Container:
        return open_container(Asset.from_bytes(data, name=name), limits)

    return open_bytes


@pytest.fixture
def texts(opened: Callable[..., Container]) -> Callable[..., list[tuple[str, str, str]]]:
    """The text packets of a file as (place, key, text)."""

    def of(data: bytes, name: str = "") -> list[tuple[str, str, str]]:
        found = opened(data, name).packets
        return [(p.place, p.key, p.text) for p in found if p.kind is PacketKind.TEXT]

    return of
