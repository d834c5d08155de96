"""Readers that break, and a reading task that has them beside the real ones. Not a test."""

from __future__ import annotations

import os
from typing import Any

from provenance import reading
from provenance.evidence import Declaration, Evidence, NotRun, NotRunReason, Statement, Strength


def said(source: str, value: str = "something") -> Declaration:
    """A declaration as any reader might give it."""
    return Declaration(
        source=source,
        field="test",
        value=value,
        statement=Statement.NONE,
        strength=Strength.WEAK,
    )


class Calm:
    """Says one thing about every file."""

    source = "calm"
    media = frozenset({"*"})
    version = "1"

    def read(self, asset):
        yield said(self.source, asset.name)


class Narrow(Calm):
    """Reads recordings only."""

    source = "narrow"
    media = frozenset({"audio/*"})


class Raising(Calm):
    """Says one thing, then has a bug."""

    source = "raising"

    def read(self, asset):
        yield said(self.source)
        raise KeyError("a bug of the plug-in")


class Crashing(Calm):
    """Takes its process with it when a file says so."""

    source = "crashing"

    def read(self, asset):
        if b"crash" in asset.read_at(0, 100):
            os.abort()
        yield said(self.source)


class Greedy(Calm):
    """Wants all memory when a file says so."""

    source = "greedy"

    def read(self, asset):
        if b"greed" in asset.read_at(0, 100):
            bytearray(8 << 30)
        yield said(self.source)


class Lying(Calm):
    """Gives what is no evidence when a file says so."""

    source = "lying"

    def read(self, asset):
        if b"lies" in asset.read_at(0, 100):
            return [Exception]
        return [said(self.source)]


class CrashingManifests(Crashing):
    """Stands in the place of the manifest reader."""

    source = "c2pa"


class CrashingRights(Calm):
    """A rights reader that takes its process with it."""

    source = "crashing-rights"

    def read(self, asset) -> list[Evidence]:
        if b"crash" in asset.read_at(0, 100):
            os.abort()
        return [NotRun(source=self.source, check="rights", reason=NotRunReason.NO_TEXT)]


READERS = (Calm(), Crashing(), Greedy(), Lying(), Narrow(), Raising())
RIGHTS_READERS = (CrashingRights(),)


def with_hostile_readers(trust: dict[str, Any]) -> reading.Reading:
    """The task: the manifest reader and those of this module."""
    from provenance.plugins import readers

    real = tuple(one for one in readers() if one.source == "c2pa")
    reading.readers = lambda: (*real, *READERS)  # a worker does nothing else in its life
    reading.rights_readers = lambda: RIGHTS_READERS
    return reading.Reading(trust)


def without_manifests(trust: dict[str, Any]) -> reading.Reading:
    """The task: a manifest reader that crashes, and one that does not."""
    reading.readers = lambda: (CrashingManifests(), Calm())
    reading.rights_readers = tuple
    return reading.Reading(trust)
