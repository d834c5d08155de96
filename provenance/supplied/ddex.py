"""DDEX ERN messages: `ContainsAI` of a release and its resources, `AiContribution` of contributors.

Follows ERN 4.3.2 with the allowed-value sets of 2026-09-16 (version 012): `All`, `Partly`, `None`.
Elements are found by name, not by version: earlier versions carry them too. What a contributor
made is part of a work, whatever the role, so `All` of a contributor is partly of the work. What a
release says of itself need not be true of each of its resources, but for `All` and `None`.

A message lists many things. The work is the one with the ResourceReference or ISRC that was given,
else the only one of its kind; only an entry's own identifiers count, not those of what it is
related to.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from provenance.asset import Modality
from provenance.evidence import NotRunReason, Statement, Strength
from provenance.rights.xml import local_name
from provenance.supplied.records import Said, Unclear, named

if TYPE_CHECKING:
    from lxml.etree import _Element

__all__ = ["is_ddex", "said_by_ddex"]

KINDS = ("SoundRecording", "Video", "Image", "Text")
KIND_OF = {
    Modality.AUDIO: ("SoundRecording",),
    Modality.VIDEO: ("Video",),
    Modality.IMAGE: ("Image",),
    Modality.TEXT: ("Text",),
    Modality.DOCUMENT: ("Text",),
    Modality.OTHER: KINDS,
}
RELEASES = ("Release", "TrackRelease", "VideoTrackRelease")
CONTAINS, CONTRIBUTION, SPECIAL = "ContainsAI", "AiContribution", "SpecialContributor"
GENERATIVE = "generativeai"
AMOUNTS = {
    "all": Statement.FULLY_AI,
    "partly": Statement.PARTLY_AI,
    # No values of the set; seen where a sender took the element for a flag.
    "true": Statement.PARTLY_AI,
}
DENIALS = frozenset({"none", "false"})
ISRC = re.compile(r"[A-Z]{2}[A-Z0-9]{3}[0-9]{7}")
LONGEST = 300


@dataclass(frozen=True, slots=True)
class Resource:
    """One thing that a message lists.

    Attributes:
        element: it.
        kind: name of the element.
        reference: its ResourceReference, or "".
        isrcs: its own, canonical.
    """

    element: _Element
    kind: str
    reference: str
    isrcs: frozenset[str]

    @property
    def shown(self) -> str:
        """How the sender knows it."""
        isrc = f" (ISRC {min(self.isrcs)})" if self.isrcs else ""
        return f"{self.reference[:40] or 'one without a reference'}{isrc}"


def is_ddex(root: _Element) -> bool:
    """Whether it is a message about new releases."""
    return local_name(root) in ("NewReleaseMessage", "ReleaseNotificationMessage")


def said_by_ddex(root: _Element, resource: str | None, modality: Modality) -> Iterator[Said]:
    """What a message says of one of its resources.

    Args:
        root: of the message.
        resource: its reference or ISRC; None where there is one of the work's kind only.
        modality: of the work.

    Raises:
        Unclear: nobody can tell which resource is meant.
    """
    chosen = _chosen(_resources(root), resource, modality)
    parties = _parties(root)
    told = False
    for one in chosen:
        for value in _own(one.element, CONTAINS):
            told = True
            yield _amount(f"{one.kind}/{CONTAINS}", value)
        yield from _contributions(one, parties)
    references = {one.reference for one in chosen if one.reference}
    yield from _releases(root, references, told=told)


def _resources(root: _Element) -> list[Resource]:
    return [
        Resource(one, local_name(one), _text(one, "ResourceReference"), frozenset(_isrcs(one)))
        for listed in _children(root, "ResourceList")
        for one in listed.iterchildren("*")
        if local_name(one) in KINDS
    ]


def _isrcs(resource: _Element) -> Iterator[str]:
    """In `ResourceId` or `SoundRecordingId`, since ERN 4.3 below an edition."""
    for holder in (resource, *_editions(resource)):
        for one in holder.iterchildren("*"):
            if local_name(one).endswith("Id") and (isrc := _isrc(_text(one, "ISRC"))):
                yield isrc


def _isrc(written: str) -> str | None:
    """An ISRC (ISO 3901) without hyphens; None for anything else."""
    bare = written.upper().replace("-", "").replace(" ", "")
    return bare if ISRC.fullmatch(bare) else None


def _chosen(listed: list[Resource], resource: str | None, modality: Modality) -> list[Resource]:
    if resource is not None:
        isrc, reference = _isrc(resource), resource.strip().casefold()
        mine = [one for one in listed if one.reference.casefold() == reference or isrc in one.isrcs]
        if mine:
            return mine
        there = named([one.shown for one in listed])
        detail = f"none of the resources of the message is called {resource[:80]!r}: it has {there}"
        raise Unclear(NotRunReason.NOT_APPLICABLE, detail)
    mine = [one for one in listed if one.kind in KIND_OF[modality]]
    if len(mine) != 1:
        detail = f"the message has {len(mine):,} resources of the kind {modality.value}"
        if mine:
            there = named([one.shown for one in mine])
            detail += f": say which is meant, by its ResourceReference or ISRC: {there}"
        raise Unclear(NotRunReason.NOT_APPLICABLE, detail)
    return mine


def _amount(field: str, value: str) -> Said:
    said = value.casefold()
    if said in AMOUNTS:
        return Said(field, value, AMOUNTS[said])
    if said in DENIALS:
        return Said(field, value, Statement.NONE, denies=True)
    return Said(field, value, Statement.NONE, Strength.WEAK)


def _contributions(work: Resource, parties: dict[str, str]) -> Iterator[Said]:
    for one in _children(work.element, "Contributor"):
        is_machine = _text(one, SPECIAL).casefold() == GENERATIVE
        told = _text(one, CONTRIBUTION)
        value = told or ("All" if is_machine else "")
        if not value or value.casefold() in DENIALS:  # says nothing of the rest of the work
            continue
        place = f"{work.kind}/Contributor/{CONTRIBUTION if told else SPECIAL}"
        has_ai = value.casefold() in AMOUNTS
        yield Said(
            place,
            value,
            Statement.PARTLY_AI if has_ai else Statement.NONE,
            Strength.MEDIUM if has_ai else Strength.WEAK,
            generator=parties.get(_text(one, "ContributorPartyReference")) if is_machine else None,
        )


def _parties(root: _Element) -> dict[str, str]:
    """Names of parties by reference: that of a generator is the product."""
    return {
        _text(party, "PartyReference"): _text(name, "FullName")
        for listed in _children(root, "PartyList")
        for party in _children(listed, "Party")
        for name in list(_children(party, "PartyName"))[:1]
    }


def _releases(root: _Element, references: set[str], *, told: bool) -> Iterator[Said]:
    """A release that names no resource is about all of them."""
    for listed in _children(root, "ReleaseList"):
        for release in listed.iterchildren("*"):
            if local_name(release) not in RELEASES:
                continue
            held = {
                (one.text or "").strip()
                for one in release.iter("*")
                if local_name(one) == "ReleaseResourceReference"
            }
            if not held or held & references:
                alone = bool(held) and held <= references
                yield from _of_release(release, told=told, alone=alone)


def _of_release(release: _Element, *, told: bool, alone: bool) -> Iterator[Said]:
    """What a release is partly need not be this; where the resource speaks, it says nothing."""
    for value in _own(release, CONTAINS):
        said = _amount(f"{local_name(release)}/{CONTAINS}", value)
        if said.statement is Statement.PARTLY_AI and not alone:
            weaker = Statement.NONE if told else Statement.MAY_CONTAIN_AI
            said = replace(said, statement=weaker)
        yield said


def _own(element: _Element, name: str) -> Iterator[str]:
    """Texts of its children of that name, and of those of its editions."""
    for holder in (element, *_editions(element)):
        for one in _children(holder, name):
            yield (one.text or "").strip()[:LONGEST]


def _editions(element: _Element) -> list[_Element]:
    return [one for one in element.iterchildren("*") if local_name(one).endswith("Edition")]


def _children(element: _Element, name: str) -> Iterator[_Element]:
    return (one for one in element.iterchildren("*") if local_name(one) == name)


def _text(element: _Element, name: str) -> str:
    """Text of its first child of that name, or ''."""
    return next(((one.text or "").strip()[:LONGEST] for one in _children(element, name)), "")
