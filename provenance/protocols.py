"""The plug points of this wing: anything that keeps one of these Protocols is a reader.

A reader is found through an entry point (`assay.readers`, `assay.rights_readers`), and the
built-in ones come in through the same door. It is created once per worker process without
arguments and then reads many assets, always inside the sandbox. It yields what it found, or a
`NotRun` that says why it could not look. It does not raise for what is wrong with a file.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Protocol, runtime_checkable

from provenance.asset import Asset
from provenance.evidence import Credential, Declaration, NotRun, Reservation

__all__ = ["Reader", "RightsReader", "applies"]


@runtime_checkable
class Reader(Protocol):
    """Reads what a work says about its own origin.

    Attributes:
        source: short name, unique; the `source` of its records and its key in `engine.readers`.
        media: media types it reads: exact (`image/png`), a family (`image/*`) or all (`*`).
        version: of the reader or of the library behind it.
    """

    @property
    def source(self) -> str: ...  # noqa: D102 - see the class
    @property
    def media(self) -> frozenset[str]: ...  # noqa: D102
    @property
    def version(self) -> str: ...  # noqa: D102

    def read(self, asset: Asset) -> Iterable[Credential | Declaration | NotRun]:
        """What `asset` says; nothing at all when it says nothing this reader knows."""
        ...


@runtime_checkable
class RightsReader(Protocol):
    """Reads reservations (opt-outs, permissions) that travel inside a work.

    The attributes are those of `Reader`.
    """

    @property
    def source(self) -> str: ...  # noqa: D102 - see the class
    @property
    def media(self) -> frozenset[str]: ...  # noqa: D102
    @property
    def version(self) -> str: ...  # noqa: D102

    def read(self, asset: Asset) -> Iterable[Reservation | NotRun]:
        """The reservations `asset` carries."""
        ...


def applies(media: frozenset[str], media_type: str) -> bool:
    """Whether a reader of `media` reads `media_type`."""
    family = media_type.partition("/")[0] + "/*"
    return "*" in media or media_type in media or family in media
