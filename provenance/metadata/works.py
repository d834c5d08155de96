"""What every metadata reader shares: the works of an asset, and the form of a declaration.

An asset is one work, and so is each part of it (a cover, a picture in a book). Their packets are
found and parsed once and shared by all readers. `MetadataReader` keeps the `Reader` protocol of
`provenance.protocols`; a subclass says what one work declares.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass
from functools import cache, cached_property
from importlib import metadata
from typing import TYPE_CHECKING, TypeVar

from provenance.asset import Asset
from provenance.containers.packets import Container, Fault, Packet, PacketKind
from provenance.evidence import Declaration, NotRun, NotRunReason, Statement, Strength
from provenance.metadata.exif_fields import ExifError, ExifField, fields
from provenance.metadata.values import NAME_BYTES, clean
from provenance.metadata.xmp import Property, XmpError, properties

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

__all__ = ["MetadataReader", "Work", "faults", "works"]

MAX_DECLARATIONS = 64
"""Declarations one reader takes from one asset."""

PNG_PLACES = frozenset({"tEXt", "zTXt", "iTXt"})

Parsed = TypeVar("Parsed")


@dataclass
class Work:
    """One work and the packets found in it.

    Attributes:
        part: path inside the asset, None for the asset itself.
        media_type: of the work.
        container: its packets and faults.
    """

    part: str | None
    media_type: str
    container: Container

    @cached_property
    def texts(self) -> tuple[Packet, ...]:
        """The packets of one key and value of text."""
        return tuple(p for p in self.container.packets if p.kind is PacketKind.TEXT)

    @cached_property
    def png(self) -> dict[str, Packet]:
        """The text chunks of a PNG by keyword; of several the first."""
        chunks: dict[str, Packet] = {}
        for packet in self.texts:
            if packet.place in PNG_PLACES:
                chunks.setdefault(packet.key, packet)
        return chunks

    @cached_property
    def xmp(self) -> tuple[Property, ...]:
        """The XMP properties of all packets; what cannot be parsed is among the faults."""
        return self._parsed(PacketKind.XMP, properties)

    @cached_property
    def exif(self) -> tuple[ExifField, ...]:
        """The text fields of all EXIF packets; what cannot be parsed is among the faults."""
        return self._parsed(PacketKind.EXIF, fields)

    def _parsed(
        self, kind: PacketKind, parse: Callable[[bytes], Iterable[Parsed]]
    ) -> tuple[Parsed, ...]:
        found: list[Parsed] = []
        for packet in self.container.packets:
            if packet.kind is not kind:
                continue
            try:
                found += parse(packet.data)
            except (XmpError, ExifError) as flaw:
                fault = Fault(NotRunReason.UNREADABLE, str(flaw))
                if fault not in self.container.faults:
                    self.container.faults.append(fault)
        return tuple(found)

    def values(self, namespace: str, name: str) -> Iterator[str]:
        """The values of one XMP property."""
        for one in self.xmp:
            if one.name == name and one.namespace == namespace:
                yield from one.values


def works(asset: Asset) -> tuple[Work, ...]:
    """The asset and its parts, as far as they hold packets; opened once for all readers."""
    return asset.memo("works", lambda: tuple(_works(asset)))


def _works(asset: Asset) -> Iterator[Work]:
    container = asset.container
    if container.packets:
        yield Work(asset.part, asset.media_type, container)
    for part in container.parts:
        path = part.path if asset.part is None else f"{asset.part}/{part.path}"
        inside = Asset.from_bytes(part.data, name=part.path, part=path)
        if inside.container.packets or inside.container.faults:
            yield Work(path, inside.media_type, inside.container)


def faults(asset: Asset) -> Iterator[tuple[str | None, Fault]]:
    """What could not be read of the asset and of its parts, with the part it concerns.

    Includes XMP and EXIF packets that were found and could not be parsed.
    """
    for work in works(asset):
        _ = work.xmp, work.exif
    yield from ((asset.part, fault) for fault in asset.container.faults)
    for work in works(asset):
        if work.container is not asset.container:
            yield from ((work.part, fault) for fault in work.container.faults)


@cache
def _version() -> str:
    try:
        return metadata.version("assay-provenance")
    except metadata.PackageNotFoundError:
        return "0"


class MetadataReader(ABC):
    """A reader of unsigned declarations. See `provenance.protocols.Reader`."""

    source: str
    media: frozenset[str] = frozenset({"*"})  # parts can be of any kind, whatever holds them

    @property
    def version(self) -> str:
        """The version of this distribution: its readers have no other."""
        return _version()

    @abstractmethod
    def declarations(self, work: Work) -> Iterable[Declaration | NotRun]:
        """What one work declares."""

    def read(self, asset: Asset) -> Iterator[Declaration | NotRun]:
        """What `asset` and its parts declare, each statement once."""
        seen = set[tuple[str | None, str, str]]()
        for work in works(asset):
            for found in self.declarations(work):
                if isinstance(found, NotRun):
                    yield found
                    continue
                key = (found.part, found.field, found.value)
                if key in seen:
                    continue
                if len(seen) == MAX_DECLARATIONS:
                    yield self.over_limit(work, f"more than {MAX_DECLARATIONS} declarations")
                    return
                seen.add(key)
                yield found

    def over_limit(self, work: Work, what: str) -> NotRun:
        """A record that says the rest of a work was not read."""
        return NotRun(
            source=self.source,
            part=work.part,
            check="provenance",
            reason=NotRunReason.LIMIT,
            detail=f"{what}; the rest was not read",
        )

    def declare(
        self,
        work: Work,
        field: str,
        value: str,
        statement: Statement,
        strength: Strength,
        *,
        generator: str | None = None,
    ) -> Declaration:
        """A declaration whose texts are bounded and harmless to display."""
        return Declaration(
            source=self.source,
            part=work.part,
            field=clean(field, NAME_BYTES),
            value=clean(value),
            statement=statement,
            generator=clean(generator, NAME_BYTES) or None if generator else None,
            strength=strength,
        )
