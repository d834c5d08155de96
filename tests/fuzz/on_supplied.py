"""The target that reads what suppliers declare: DDEX, ONIX, labels."""

from __future__ import annotations

from dataclasses import replace

from provenance.asset import Asset
from provenance.evidence import Declaration, NotRun, Statement
from provenance.rights.surroundings import Surroundings
from tests.fuzz.contract import BrokenContractError
from tests.fuzz.registry import named

WORKS = (
    Asset.from_bytes(b"RIFF\x24\x00\x00\x00WAVEfmt " + bytes(30), name="song.wav"),
    Asset.from_bytes(b"\x89PNG\r\n\x1a\n" + bytes(30), name="cover.png"),
    Asset.from_bytes(b"A text.", name="9783161484100.txt"),
)
RESOURCES = (None, "A1", "FRX762600001", "9780306406157")
LONGEST_VALUE, LONGEST_NAME, MOST_RECORDS = 4096, 300, 101


@named(
    "supplied",
    "supplied.ddex",
    "supplied.labels",
    "supplied.onix",
    "supplied.reader",
    "supplied.records",
)
def _supplied(data: bytes) -> None:
    """About every kind of work, by every way of saying which one it is."""
    from provenance.supplied import Supplied
    from provenance.supplied.reader import SuppliedReader, with_rights

    for resource in RESOURCES:
        given = Supplied(data, resource)
        for work in WORKS:
            asset = replace(work, around=Surroundings(supplied=given))
            found = list(SuppliedReader().read(asset))
            _check(found)
            if found != list(SuppliedReader().read(asset)):
                raise BrokenContractError("another answer to the same bytes")
            if len(getattr(with_rights(asset).around, "files", ())) > 2:
                raise BrokenContractError("more documents about rights than were given")


def _check(found: list[Declaration | NotRun]) -> None:
    """Nothing is without bounds, no source is the work's own, and a denial claims no origin."""
    if len(found) > MOST_RECORDS:
        raise BrokenContractError(f"{len(found)} records")
    for one in found:
        if not one.is_supplied or one.part is not None:
            raise BrokenContractError("a record that seems to be of the work")
        if isinstance(one, NotRun):
            continue
        name = max(len(one.field), len(one.generator or ""))
        if len(one.value.encode()) > LONGEST_VALUE or name > LONGEST_NAME:
            raise BrokenContractError("a record without bounds")
        if one.ai_denied and one.statement is not Statement.NONE:
            raise BrokenContractError("a denial that says something of the origin")
