"""The Data Mining property of a picture, a film or a document: what its owner reserves in XMP.

Follows the IPTC Photo Metadata Standard 2023.1 and later (the same property stands in the Video
Metadata Hub 1.5): `plus:DataMining` in every serialisation of XMP, in every container XMP stands
in, and in the pictures inside a book or a recording. The values are those of
`provenance.rights.data_mining`. A property inside a nested description is about a part of the work
and reserves that.

`DMI-UNSPECIFIED` says nothing: it is shown, and speaks of no use. What a `SEE` value refers to (a
constraint, an encoded rights expression) is kept beside it for a person or a later reader.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import TYPE_CHECKING

from provenance.containers.packets import PacketKind
from provenance.evidence import NotRun, NotRunReason, Reservation
from provenance.metadata.values import clean
from provenance.metadata.works import faults, works
from provenance.metadata.xmp import MAX_PROPERTIES, Situated, XmpError, search
from provenance.rights.data_mining import REFERENCES, Value, combined, read_value
from provenance.rights.records import Channel, Formal, not_looked, reservation

if TYPE_CHECKING:
    from provenance.asset import Asset
    from provenance.containers.packets import Packet

__all__ = ["SOURCE", "PlusReader"]

SOURCE = "plus"
PROTOCOL = "plus-datamining"
NAMESPACE = "http://ns.useplus.org/ldf/xmp/1.0/"
PROPERTY = "datamining"
REFERRED = {shown.partition(":")[2].casefold(): shown for shown in REFERENCES.values()}
WORDS = tuple(word.encode() for word in (PROPERTY, *REFERRED))

CUT = f"truncated: only the first {MAX_PROPERTIES} values were read"
MOST_FAULTS = 64
LONGEST_REFERENCE = 3400


class PlusReader:
    """Reads `plus:DataMining`. See `provenance.protocols.RightsReader`."""

    source = SOURCE
    media = frozenset({"*"})  # parts can be of any kind, whatever holds them
    version = "2025.1"  # of the IPTC standard

    def read(self, asset: Asset) -> Iterator[Reservation | NotRun]:
        """What `asset` and its parts reserve: one record for a work, one for what is inside it."""
        for work in works(asset):
            stated = [one for packet in work.container.packets for one in _stated(packet)]
            for inner in (False, True):
                said = [one for one in stated if one.name == PROPERTY and one.inner is inner]
                if any(one.values for one in said):
                    yield _reservation(work.part, said, stated)
        yield from _unread(asset)


@dataclass(frozen=True, slots=True)
class Stated:
    """A property as it was found.

    Attributes:
        packet: it stood in.
        name: in lower case.
        values: without empty ones.
        inner: whether it is about something inside the work.
        warnings: what is wrong with its name or its place.
    """

    packet: Packet
    name: str
    values: tuple[str, ...]
    inner: bool
    warnings: tuple[str, ...]


def _stated(packet: Packet) -> Iterator[Stated]:
    if packet.kind is not PacketKind.XMP or not _mentions(packet.data):
        return
    try:
        found = search(packet.data, lambda _, name: name.casefold() in (PROPERTY, *REFERRED))
    except XmpError:
        return  # it is among the faults of the container
    cut = (CUT,) if len(found) >= MAX_PROPERTIES else ()
    for one in found:
        name, values = one.property.name.casefold(), one.property.values
        foreign = one.property.namespace != NAMESPACE
        if name != PROPERTY or not foreign or any(map(_is_code, values)):
            yield Stated(packet, name, values, one.inner, (*_warnings(one), *cut))


def _mentions(data: bytes) -> bool:
    """Most packets do not have the word, and are not parsed again; UTF-16 has zeros in it."""
    low = (data.replace(b"\x00", b"") if b"\x00" in data else data).lower()
    return any(word in low for word in WORDS)


def _is_code(value: str) -> bool:
    """Whether somebody else's property of that name means the same."""
    return "DMI" in value[:200].upper() and read_value(value).code is not None


def _warnings(one: Situated) -> Iterator[str]:
    if one.property.namespace != NAMESPACE:
        yield "wrong_namespace: the property is not in the namespace of PLUS"
    if one.property.name != "DataMining":
        yield "typo: the property is called DataMining"
    if one.stray:
        yield "misplaced: no property of the work may stand there"


def _reservation(part: str | None, said: Sequence[Stated], stated: Sequence[Stated]) -> Reservation:
    written = dict.fromkeys(value for one in said for value in one.values)
    values = [read_value(value) for value in islice(written, MAX_PROPERTIES)]
    warnings = [warning for one in said for warning in one.warnings]
    warnings += [warning for value in values for warning in value.warnings]
    if len(written) > MAX_PROPERTIES:
        warnings.append(CUT)
    if any(value.states != values[0].states for value in values):
        warnings.append("intra_protocol_conflict: several values that differ")
    formal = _formal(values, warnings)
    references, unresolved = _references(values, stated)
    first = next(one for one in said if one.values)
    return reservation(
        source=SOURCE,
        protocol=PROTOCOL,
        channel=Channel.EMBEDDED,
        scope="ingredient" if first.inner else "asset",
        purposes=combined([value.states for value in values]),
        native_value=clean("\n".join([*_shown(values), *references])),
        location=f"{first.packet.place} plus:DataMining",
        body=first.packet.data,
        span=_span(first.packet.data, first.values[0]),
        formal=formal,
        part=part,
        warnings=dict.fromkeys([*warnings, *unresolved]),
    )


def _formal(values: Sequence[Value], warnings: Sequence[str]) -> Formal:
    """Malformed when no value is understood; whatever there is to warn of does not conform."""
    if all(value.formal is Formal.MALFORMED for value in values):
        return Formal.MALFORMED
    return Formal.NONCONFORMING if warnings else Formal.VALID


def _shown(values: Sequence[Value]) -> list[str]:
    return [value.written[:250] for value in values[:2]] + ["..."] * (len(values) > 2)


def _references(values: Sequence[Value], stated: Sequence[Stated]) -> tuple[list[str], list[str]]:
    """What the values refer to, as far as it stands in the work, and what does not."""
    texts: list[str] = []
    unresolved: list[str] = []
    for code in dict.fromkeys(value.code for value in values if value.code in REFERENCES):
        shown = REFERENCES[code or ""]
        found = [value for one in stated if REFERRED.get(one.name) == shown for value in one.values]
        texts += [f"{shown}: {clean(text, LONGEST_REFERENCE)}" for text in found[:8]]
        if not found:
            unresolved.append(f"unresolved_condition: there is no {shown} in the work")
    return texts, unresolved


def _span(data: bytes, value: str) -> tuple[int, int] | None:
    """Where the value stands behind the name; None where it is written in another form."""
    sought = value.encode("utf-8", "replace")
    at = data.find(sought, max(data.lower().find(PROPERTY.encode()), 0))
    return (at, at + len(sought)) if at >= 0 else None


def _unread(asset: Asset) -> Iterator[NotRun]:
    """What could not be read may have held a reservation: that is not silence."""
    told = set[tuple[str | None, NotRunReason]]()
    for part, fault in faults(asset):
        if fault.decoding or (part, fault.reason) in told or len(told) == MOST_FAULTS:
            continue
        told.add((part, fault.reason))
        detail = f"metadata, which may hold a reservation, cannot be read: {fault.detail}"
        yield not_looked(SOURCE, fault.reason, detail, part=part)
