"""Reads a kit back with the readers anyone's work is read with, and says what they understood.

A kit that our own readers do not take for a reservation is not handed out. Every file stands alone
here, as if it were the only one: what one of them misses is not hidden by another.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from provenance.asset import Asset
from provenance.evidence import Purpose, Reservation, ReservationState
from provenance.plugins import rights_readers
from provenance.protocols import applies
from provenance.rights.mining_entries import said_of
from provenance.rights.publish.declaration import Declaration
from provenance.rights.publish.kit import KitFile, named_agents
from provenance.rights.purposes import PURPOSES, state_for, strictest
from provenance.rights.records import Channel
from provenance.rights.surroundings import RightsFile, Surroundings

__all__ = ["ReadBack", "read_back"]

PLACES = {
    "site/robots.txt": (Channel.ROBOTS_TXT, "/robots.txt"),
    "site/.well-known/tdmrep.json": (Channel.TDMREP_JSON, "/.well-known/tdmrep.json"),
    "site/rsl.xml": (Channel.RSL, "/rsl.xml"),
}
HEADERS = "headers/headers.txt"
PAGE = "page/head.html"
XMP = "works/data-mining.xmp"
ASSERTION = "works/training-mining.json"
BLANK = b"<!doctype html><html><head><title>.</title></head><body></body></html>"
MANIFEST_READERS = frozenset({"training_mining"})
"""Readers that need trust lists, and read what is signed only."""


@dataclass(frozen=True, slots=True)
class ReadBack:
    """What the readers understood of one protocol in one file.

    Attributes:
        path: of the file.
        protocol: that it speaks.
        reserved: purposes it is understood to reserve, for a crawler nobody names.
        missing: purposes it reserves less than was declared, of those it has words for.
        excess: purposes it reserves, and nobody declared.
    """

    path: str
    protocol: str
    reserved: tuple[Purpose, ...]
    missing: tuple[Purpose, ...]
    excess: tuple[Purpose, ...]

    @property
    def is_right(self) -> bool:
        """Whether it reserves something, and nothing but what was declared."""
        return bool(self.reserved) and not self.missing and not self.excess


def read_back(declared: Declaration, files: Sequence[KitFile]) -> tuple[ReadBack, ...]:
    """What every file comes to, protocol by protocol; those for servers repeat the headers."""
    return tuple(
        one
        for file in files
        if file.path in (*PLACES, HEADERS, PAGE, XMP, ASSERTION)
        for one in _file(declared, file, files)
    )


def _file(declared: Declaration, file: KitFile, files: Sequence[KitFile]) -> Iterator[ReadBack]:
    found = list(_purposes(declared, file, files))
    for protocol in file.protocols:
        states = [purposes for name, purposes in found if name == protocol]
        reserved = tuple(
            purpose
            for purpose in PURPOSES
            if ReservationState.RESERVED
            is strictest(state for one in states if (state := state_for(one, purpose)) is not None)
        )
        spoken = {purpose for one in states for purpose in one}
        beside = _beside(declared) if protocol == "robots.txt" else frozenset()
        yield ReadBack(
            file.path,
            protocol,
            reserved,
            tuple(p for p in declared.reserved if p in spoken and p not in reserved),
            tuple(p for p in reserved if p not in declared.reserved and p not in beside),
        )


def _beside(declared: Declaration) -> frozenset[Purpose]:
    """What the agents that are named do besides what is reserved; the kit says so."""
    return frozenset(purpose for agent in named_agents(declared) for purpose in agent.purposes)


Said = tuple[str, dict[Purpose, ReservationState]]


def _purposes(declared: Declaration, file: KitFile, files: Sequence[KitFile]) -> Iterator[Said]:
    if file.path == ASSERTION:
        assertion = json.loads(file.text)
        if said := said_of(assertion["label"], assertion["data"]):
            yield said.protocol, said.states
        return
    asset = _asset(declared, file, files)
    for reader in rights_readers():
        if reader.source in MANIFEST_READERS or not applies(reader.media, asset.media_type):
            continue
        for record in reader.read(asset):
            if isinstance(record, Reservation):
                yield record.protocol, record.purposes


def _asset(declared: Declaration, file: KitFile, files: Sequence[KitFile]) -> Asset:
    """A work with nothing around it but this file."""
    url = f"{declared.site}/a-page.html"
    body = file.text.encode()
    if file.path == XMP:
        picture = b'<svg xmlns="http://www.w3.org/2000/svg"><metadata>%s</metadata></svg>'
        packet = body.partition(b"?>\n")[2].rpartition(b"<?xpacket")[0]
        return Asset.from_bytes(picture % packet, name="a-picture.svg")
    if file.path == PAGE:
        page = BLANK.replace(b"</head>", body + b"</head>")
        around = Surroundings(url, files=_licence(declared, files))
        return _met(Asset.from_bytes(page, name="a-page.html"), around)
    blank = Asset.from_bytes(BLANK, name="a-page.html")
    if file.path == HEADERS:
        pairs = tuple(
            (name, value)
            for name, _, value in (line.partition(": ") for line in file.text.splitlines())
        )
        return _met(blank, Surroundings(url, pairs, _licence(declared, files)))
    channel, path = PLACES[file.path]
    own = RightsFile(channel, declared.site + path, body)
    others = _licence(declared, files) if channel is Channel.ROBOTS_TXT else ()
    return _met(blank, Surroundings(url, files=(own, *others)))


def _licence(declared: Declaration, files: Sequence[KitFile]) -> tuple[RightsFile, ...]:
    """The RSL document, which other files only point to."""
    return tuple(
        RightsFile(Channel.RSL, f"{declared.site}/rsl.xml", file.text.encode())
        for file in files
        if file.path == "site/rsl.xml"
    )


def _met(asset: Asset, around: Surroundings) -> Asset:
    return replace(asset, around=around)
